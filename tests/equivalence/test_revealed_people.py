"""People of v3 that are written from what is drawn of them, against those that entities are made of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

from mock_lusha.app import create_app
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from mock_lusha.clock import Clock

HEADERS = {"api_key": "equivalence-key-0123456789"}
BOTH = "/v3/contacts/search-and-enrich"
ENRICH = "/v3/contacts/enrich"
REVEALS: tuple[dict[str, Any], ...] = (
    {},
    {"reveal": ["emails"]},
    {"reveal": ["phones"]},
    {"reveal": ["emails", "phones"]},
    {"reveal": []},
)


def _addresses() -> list[str]:
    """Strangers at young and old, small and large companies, with domains that are reserved and not."""
    hosts = ["acme.com", "riverside-hospital.com", "a.io", "tiny-shop.example", "old-mill.co.uk", "züri.ch"]
    return [f"jane.number{n}@{hosts[n % len(hosts)]}" for n in range(600)]


async def _answers(clock: Clock, *, fast: bool) -> list[bytes]:
    app = create_app(Settings(limits="off", credits=None, people=600, companies=60), clock=clock, fast=fast)
    answers = []
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://double.test"
    ) as web:
        addresses = _addresses()
        for at in range(0, len(addresses), 100):
            contacts: list[dict[str, str]] = [{"email": address} for address in addresses[at : at + 100]]
            contacts[7]["clientReferenceId"] = 'quoted "mark"'
            contacts[8] = {"email": "ada.quill@quill-works.example"}
            contacts[9] = {"id": "1"}
            preview = await web.post("/v3/contacts/search", json={"contacts": contacts}, headers=HEADERS)
            answers.append(preview.content)
            for reveal in REVEALS:
                body = {"contacts": contacts, **reveal}
                # Twice: what was paid for is free then, and written once.
                sent = [await web.post(BOTH, json=body, headers=HEADERS) for _ in range(2)]
                answers += [answer.content for answer in sent]
                ids = [result.get("id", "2") for result in sent[0].json()["results"]]
                if reveal != {"reveal": []}:
                    answer = await web.post(ENRICH, json={"ids": ids, **reveal}, headers=HEADERS)
                    answers.append(answer.content)
        used = (await web.get("/v3/account/usage", headers=HEADERS)).json()["credits"]["used"]
        answers.append(str(used).encode())
    return answers


def test_revealed_strangers_equal_entities(clock: Clock) -> None:
    fast, readable = (asyncio.run(_answers(clock, fast=fast)) for fast in (True, False))

    assert sum(answer.count(b'"fullName"') for answer in fast) > 8_000
    for one, other in zip(fast, readable, strict=True):
        assert one == other
