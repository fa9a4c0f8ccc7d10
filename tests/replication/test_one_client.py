"""One client that asks any process is told what a single process without a store tells it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import orjson
import pytest
from replicas import SECRET
from replication.episodes import KEYS, Teller, pinned

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

SMALL: dict[str, Any] = {"people": 200, "companies": 30}
NOW = 1_774_958_400.0
NUMBERED = ("/_mock/accounts", "/_mock/conduct", "/_mock/explain", "/_mock/journal", "/_mock/verify")
"""Paths whose answers have numbers of exchanges, which have gaps where there is a store, or accounts in
another order."""


class Answer(NamedTuple):
    call: str
    key: str
    status: int
    headers: list[tuple[str, str]]
    content: bytes


async def told(count: int, url: str | None, teller: Teller, renew: int = 0) -> list[Answer]:
    """What a client is told that asks one application after the other; without a URL they have no store.
    After each ``renew`` calls a new application takes the place of one."""
    moment = NOW
    settings = Settings(**SMALL, store=url, store_secret=None if url is None else SECRET)
    answers: list[Answer] = []
    async with AsyncExitStack() as stack:

        async def joined() -> httpx.AsyncClient:
            app = create_app(settings, clock=Clock(source=lambda: moment))
            await app.state.begin(asyncio.get_running_loop())
            stack.push_async_callback(ended, app)
            transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
            client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
            return await stack.enter_async_context(client)

        clients = [await joined() for _ in range(count)]
        for number, (key, call) in enumerate(teller.calls()):
            moment += call.machine
            if renew and number % renew == renew - 1:
                clients[number // renew % count] = await joined()
            path = call.path.replace("KEY", key)
            answer = await clients[number % count].request(
                call.method, path, json=call.body, headers={"api_key": key}
            )
            body = answer.json()
            teller.answered(key, body if isinstance(body, dict) else {})
            content, headers = answer.content, answer.headers.multi_items()
            if path.startswith(NUMBERED):
                content, headers = orjson.dumps(without_numbers(body)), []
            answers.append(
                Answer(
                    f"{number} {call.method} {path}",
                    key,
                    answer.status_code,
                    headers,
                    content,
                )
            )
    return answers


async def ended(app: Starlette) -> None:
    """End an application as a server does."""
    app.state.webhooks.stop()
    if app.state.replica is not None:
        app.state.replica.close()
        await asyncio.sleep(0)  # connections are closed then


def without_numbers(value: Any) -> Any:
    """A body without what is another number where there is a store. How often ``marks`` were seen depends,
    for a single process alone, on whether somebody had looked before the journal lost an exchange."""
    if isinstance(value, dict):
        return {
            name: without_numbers(each)
            for name, each in value.items()
            if name not in {"exchanges", "id", "last_exchange", "marks", "ms", "text"}
        }
    if isinstance(value, list):
        plain = [without_numbers(each) for each in value]
        # Accounts are shown in another order where there is a store.
        if all(isinstance(each, dict) and ("plan" in each or "verdicts" in each) for each in plain):
            plain.sort(key=lambda account: account["fingerprint"] or "")
        return plain
    return value


@pytest.mark.parametrize("seed", [1, None])
def test_any_of_three_processes_tells_what_a_single_one_does(url: str, seed: int | None) -> None:
    """With a seed, stories of each kind are mixed; without, it is a right and a wrong call of each
    operation."""

    def teller() -> Teller:
        return Teller(0, (pinned,), KEYS[:1]) if seed is None else Teller(seed)

    alone = asyncio.run(told(1, None, teller()))
    shared = asyncio.run(told(3, url, teller()))

    assert len(alone) > 150
    for one, other in zip(alone, shared, strict=True):
        assert one == other


@pytest.mark.parametrize("seed", [1, 2])
def test_processes_that_join_later_take_on_snapshots_and_tell_the_same(
    url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_lusha.replication.snapshots.EVERY", 4)
    monkeypatch.setattr("mock_lusha.replication.snapshots.MOST_APPENDED", 10)

    alone = asyncio.run(told(1, None, Teller(seed)))
    shared = asyncio.run(told(3, url, Teller(seed), renew=25))

    for one, other in zip(alone, shared, strict=True):
        assert one == other
