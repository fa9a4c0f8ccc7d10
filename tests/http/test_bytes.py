"""Same seed, same day, same requests: the same bytes, in any process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    from mock_lusha.clock import Clock

_PEOPLE: list[dict[str, Any]] = [
    {"contactId": "b", "email": "jane.doe@acme.com"},
    {
        "contactId": "a",
        "fullName": "Zoë Müller",
        "companies": [{"name": "Naïve Bäckerei", "isCurrent": True}],
    },
    {"contactId": "日本", "linkedinUrl": "https://www.linkedin.com/in/someone"},
    {"contactId": "nobody", "email": "nobody"},
]
REQUESTS: list[tuple[str, str, Any]] = [
    ("GET", "/v2/person?email=ada.quill@quill-works.example", None),
    ("GET", "/v2/person?email=jane.doe@acme.com&signals=allSignals&signalsStartDate=2020-01-01", None),
    ("GET", "/v2/person?linkedinUrl=https://www.linkedin.com/in/someone&revealPhones=true", None),
    ("GET", "/v2/person?email=greta.datenschutz@quill-works.example", None),
    ("GET", "/v2/person?firstName=Jane", None),
    ("POST", "/v2/person", {"contacts": _PEOPLE, "metadata": {"signals": ["allSignals"]}}),
    ("POST", "/v2/person", {"contacts": [{"contactId": "1", "fullName": "Madonna"}]}),
    ("POST", "/v2/person", {"contacts": [{"contactId": 1, "x": 1, "y": 2, "companies": 5}], "z": 3}),
    ("GET", "/v2/company?domain=acme.com&signals=allSignals", None),
    ("GET", "/company?company=Quill Works", None),
    (
        "POST",
        "/v2/company",
        {
            "companies": [{"id": str(n), "domain": f"acme{n}.com"} for n in range(20)],
            "signals": ["allSignals"],
            "signalsFilters": {"include": {"newsEventTypes": ["M&A", "IPO", "Partnership", "Recognition"]}},
        },
    ),
    ("GET", "/v2/company?domain=...", None),
    ("GET", "/v2/nowhere", None),
    ("GET", "/account/usage", None),
]
SCRIPT = """
import asyncio, json, sys
from datetime import UTC, datetime
import httpx
from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings

async def main():
    app = create_app(Settings(), clock=Clock(source=datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://double.test") as client:
        for method, path, body in json.load(sys.stdin):
            answer = await client.request(method, path, json=body, headers={"api_key": "a-key-of-its-own"})
            print(answer.status_code, answer.headers.raw, answer.content)

asyncio.run(main())
"""


def answers(client: CheckedClient) -> list[bytes]:
    return [client.request(method, path, json=body).content for method, path, body in REQUESTS]


def test_two_apps_of_one_seed_answer_with_the_same_bytes(make_client: Callable[..., CheckedClient]) -> None:
    first, second = answers(make_client(seed="same")), answers(make_client(seed="same"))

    assert first == second
    assert len(set(first)) == len(REQUESTS)


def test_another_seed_is_another_world(make_client: Callable[..., CheckedClient]) -> None:
    one, two = make_client(seed="one"), make_client(seed="two")
    for method, path, body in REQUESTS[:-1]:
        first, second = (client.request(method, path, json=body) for client in (one, two))

        assert first.status_code == second.status_code
        assert (first.content == second.content) is (first.status_code != 200), path


def test_the_key_does_not_matter_for_the_data(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(limits="off")
    first = answers(client)
    client.key = "quite-another-key"

    assert answers(client) == first


def test_the_order_of_questions_does_not_matter_for_the_data(
    make_client: Callable[..., CheckedClient],
) -> None:
    forward, backward = make_client(credits="unlimited"), make_client(credits="unlimited")
    lookups = [(path, body) for method, path, body in REQUESTS if method == "GET" and "usage" not in path]
    told = {path: forward.get(path).json() for path, _ in lookups}
    told_back = {path: backward.get(path).json() for path, _ in reversed(lookups)}

    assert told_back == told


def test_a_pinned_day_keeps_the_data_while_time_goes_by(
    make_client: Callable[..., CheckedClient], clock: Clock
) -> None:
    def told(client: CheckedClient) -> list[bytes]:
        return [
            client.get("/v2/person", params={"email": "jane.doe@acme.com"}).content,
            client.get("/v2/company", params={"domain": "acme.com"}).content,
            client.get(
                "/v2/company",
                params={"domain": "acme1.com", "signals": "allSignals", "signalsStartDate": "2024-01-01"},
            ).content,
        ]

    day = date(2026, 1, 15)
    pinned, running, account_of_day_one = make_client(as_of=day), make_client(), make_client()
    first, unpinned = told(pinned), told(running)
    told(account_of_day_one)
    clock.advance(100 * 86_400)

    assert told(make_client(as_of=day)) == first
    assert told(make_client()) != unpinned
    assert told(make_client()) != first
    assert [account_of_day_one.get("/v2/company", params={"domain": "acme.com"}).content] == unpinned[1:2], (
        "an account keeps the day on which it was made"
    )


def test_two_processes_agree_whatever_their_hash_seed_zone_and_folder(tmp_path: Path) -> None:
    def output(hash_seed: str, zone: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=json.dumps(REQUESTS).encode(),
            capture_output=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C"},
        )
        return done.stdout

    first = output("1", "Pacific/Kiritimati")

    assert first.count(b"\n") == len(REQUESTS)
    assert first == output("4242", "America/New_York")
