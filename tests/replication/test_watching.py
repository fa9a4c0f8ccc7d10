"""Whoever watches one process sees the calls of all: in order, none twice, none lost."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from replicas import round_robin
from support import CheckedClient

from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.errors import ApiError
from mock_lusha.replication.poller import Poller
from mock_lusha.server import MockServer
from mock_lusha.state.journal import Journal
from mock_lusha.state.journal_watch import JournalWatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support import AnswerCheck

SMALL: dict[str, Any] = {"people": 0, "companies": 1, "limits": "off"}
USAGE = "/v3/account/usage"


def told(lines: Iterator[str], last: int) -> tuple[list[int], str]:
    """The numbers of the calls of a stream up to one, and the id of the event that has it."""
    numbers: list[int] = []
    event_id = ""
    while not numbers or numbers[-1] < last:
        line = next(lines)
        if line.startswith("id: "):
            event_id = line.removeprefix("id: ")
        if line.startswith('data: {"calls"'):
            data = json.loads(line.removeprefix("data: "))
            assert data["skipped"] == 0
            numbers += [call["id"] for call in data["calls"]]
    return numbers, event_id


def test_a_stream_of_one_process_has_the_calls_of_another_and_goes_on_there(tmp_path: Path) -> None:
    settings = Settings(
        port=0, store=f"sqlite:{tmp_path / 'state.sqlite'}", store_secret="a-secret-of-the-tests", **SMALL
    )
    with MockServer(settings) as one, MockServer(settings) as other:

        def call(server: MockServer, key: str) -> None:
            httpx.get(server.url + USAGE, headers={"api_key": key}, trust_env=False).raise_for_status()

        def last() -> int:
            answer = httpx.get(f"{other.url}/_mock/journal", params={"last": 1}, trust_env=False)
            number: int = answer.json()["exchanges"][-1]["id"]
            return number

        with (
            httpx.Client(trust_env=False, timeout=20) as client,
            client.stream("GET", f"{one.url}/_mock/events") as stream,
        ):
            lines = stream.iter_lines()
            assert next(lines) == "event: hello"
            for number in range(12):  # those of the process itself come before others' that it has not read
                call((one, other)[number % 2], f"key-{number % 3}")
            httpx.post(f"{other.url}/_mock/accounts/drain?account=key-1", trust_env=False)
            call(other, "key-2")
            numbers, event_id = told(lines, last())
        call(one, "key-1")
        with httpx.Client(trust_env=False, timeout=20) as client:
            query = {"after": event_id, "follow": "false"}
            rest, _ = told(client.get(f"{other.url}/_mock/events", params=query).iter_lines(), last())

    assert numbers == sorted(set(numbers))
    assert len(numbers) == 13
    assert rest == [numbers[-1] + 1]


def test_the_calls_of_one_account_are_told_though_another_ones_came_between(
    answer_check: AnswerCheck,
) -> None:
    app = round_robin(3, Settings(**SMALL), Clock(source=lambda: 1_770_000_000.0))
    client = CheckedClient(app, answer_check, None)
    for key in ("key-1", "key-2", "key-1"):
        client.get(USAGE, key=key)
    query = {"account": "key-1", "last": "9", "follow": "false"}
    streams = [client.get("/_mock/events", params=query).text for _ in range(3)]
    exchanges = client.get("/_mock/journal?account=key-1").json()["exchanges"]
    client.close()
    app.end()

    numbers = [exchange["id"] for exchange in exchanges]
    assert len(numbers) == 2
    assert [told(iter(stream.splitlines()), numbers[-1])[0] for stream in streams] == [numbers] * 3


def test_one_timer_looks_for_all_who_watch_and_ends_with_the_last() -> None:
    async def steps() -> list[str]:
        log: list[str] = []
        turns: asyncio.Queue[None] = asyncio.Queue()

        async def look() -> None:
            log.append("look")
            raise ApiError("unavailable")  # it is asked again

        async def pause(seconds: float) -> None:
            try:
                await turns.get()
            except asyncio.CancelledError:
                log.append("end")
                raise

        async def turn() -> None:
            for _ in range(5):
                await asyncio.sleep(0)

        follower = Poller(look, pause)
        for _ in range(2):
            with follower.follow():
                with follower.follow():
                    await turn()
                turns.put_nowait(None)
                await turn()
            await turn()
        return log

    assert asyncio.run(steps()) == ["look", "look", "end"] * 2


class Entry:
    """An exchange, as far as a journal looks at it."""

    operation, status, error, size, ms, time = "getAccountUsage", 200, None, 10, 1.0, 0.0
    rules = happened = ()

    def __init__(self, number: int) -> None:
        self.id = number

    def record(self) -> Any:
        raise NotImplementedError

    digest = summary = sameness = record


def test_calls_that_come_late_stand_in_order_and_are_told_once() -> None:
    journal, seen = Journal(4), 0
    journal.seen = lambda: seen

    def add(key: str, *numbers: int) -> None:
        for number in numbers:
            journal.last_id = max(journal.last_id, number)
            journal.add(key, Entry(number))

    def ids(entries: list[Any]) -> list[int]:
        return [entry.id for entry in entries]

    with JournalWatch(journal, 0) as watch:
        add("a", 2, 4)
        seen = 2
        assert ids(watch.take(9)[0]) == [2]  # 1 is of the server's log, and may not be known yet
        add("b", 3)
        add("a", 7, 6)
        seen = 7
        journal.unused.append(5)
        journal.awaited.add(6)
        assert (ids(watch.take(9)[0]), watch.position) == ([3, 4], 5)
        journal.awaited.discard(6)
        assert watch.take(9)[1] == 0
        add("a", 5)  # the ring is full: it is among the last four, and 2 is not
        assert watch.position == 7
    assert ids(journal.entries("a")) == [4, 5, 6, 7]
    add("a", 1)
    assert ids(journal.entries("a")) == [4, 5, 6, 7]
    assert journal.counts("a").total() == 6
    assert ids(journal.entries(everybody=True)) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("path", ["/v3/companies/search", "/nowhere"])
def test_a_call_whose_client_leaves_before_it_is_sent_has_no_number_of_others(path: str) -> None:
    async def steps() -> list[Any]:
        apps = round_robin(2, Settings(**SMALL), Clock(source=lambda: 1_770_000_000.0)).apps
        for app in apps:
            await app.state.begin(asyncio.get_running_loop())
        clients = [
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 1)), base_url="http://127.0.0.1"
            )
            for app in apps
        ]

        async def leave() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise AssertionError(message)

        scope = {
            "type": "http", "method": "POST", "path": path, "query_string": b"", "headers": [],
            "client": ("127.0.0.1", 1), "scheme": "http", "extensions": {},
        }  # fmt: skip
        await apps[0](scope, leave, send)
        for client in reversed(clients):
            await client.get(USAGE, headers={"api_key": "any-key"})
        journals = [(await client.get("/_mock/journal")).json() for client in clients]
        counted = [
            line
            for client in clients
            for line in (await client.get("/_mock/metrics")).text.splitlines()
            if line.startswith("mock_lusha_calls_unshared")
        ]
        for app in apps:
            app.state.webhooks.stop()
        return [*([exchange["id"] for exchange in journal["exchanges"]] for journal in journals), counted]

    first, second, counted = asyncio.run(steps())

    assert len(set(first)) == len(first) == 2
    assert first == second
    assert counted == ['mock_lusha_calls_unshared_total{error="client went away"} 1']
