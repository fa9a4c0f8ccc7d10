"""The stream of calls as they come: whole, in order, resumable, bounded, and free for who makes them."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from control.steering import KEY

from mock_lusha import Control, MockServer, Settings
from mock_lusha.control.events import MOST_STREAMS
from mock_lusha.state.journal import MOST_DROPPED, Journal
from mock_lusha.state.journal_watch import MOST_BEHIND, JournalWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

USAGE = "/v3/account/usage"


def events(text: str) -> list[tuple[str, int, Any]]:
    """Name, id and data of each event."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], int(fields["id"].rpartition("-")[2]), json.loads(fields["data"])))
    return found


def past(client: CheckedClient, **query: Any) -> list[tuple[str, int, Any]]:
    answer = client.get("/_mock/events", params={**query, "follow": "false"}, headers={"api_key": ""})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    return events(answer.text)


def told(found: list[tuple[str, int, Any]]) -> list[int]:
    return [call["id"] for name, _, data in found if name == "calls" for call in data["calls"]]


class Listener:
    """Reads a stream of a server, event by event."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> tuple[str, int, Any]:
        block: list[str] = []
        for line in self._lines:
            if not line and block:
                return events("\n".join(block))[0]
            if line and not line.startswith(":"):
                block.append(line)
        raise EOFError

    def until(self, number: int) -> list[dict[str, Any]]:
        """The calls up to one of a number."""
        calls: list[dict[str, Any]] = []
        while not calls or calls[-1]["id"] < number:
            name, _, data = self.next()
            if name == "calls":
                assert data["skipped"] == 0
                calls += data["calls"]
        return calls


@pytest.fixture
def running() -> Iterator[MockServer]:
    with MockServer(Settings(people=200, companies=20, limits="headers", credits=None)) as server:
        yield server


@pytest.fixture
def listen(running: MockServer) -> Iterator[Callable[..., Listener]]:
    opened: list[Any] = []

    def listen(**query: Any) -> Listener:
        client = httpx.Client(base_url=running.url, trust_env=False, timeout=20)
        stream = client.stream("GET", "/_mock/events", params=query)
        answer = stream.__enter__()
        opened.append((stream, client))
        listener = Listener(answer.iter_lines())
        assert listener.next()[0] == "hello"
        return listener

    yield listen
    for stream, client in opened:
        stream.__exit__(None, None, None)
        client.close()


def test_a_call_is_told_in_one_line_without_what_was_sent(lusha: CheckedClient) -> None:
    lusha.get(
        "/v2/person", params={"email": "ada.quill@quill-works.example", "api_key": "secret-4711-secret"}
    )

    (hello, _, greeting), (name, number, data) = past(lusha, last=5)

    assert (hello, name, number) == ("hello", "calls", 1)
    assert greeting["last"] == 1
    (call,) = data["calls"]
    assert call["operation"] == "searchSingleContact"
    assert call["account"] == f"…{KEY[-4:]}"
    assert "secret-4711" not in json.dumps(data)
    assert {"request", "answer"} & call.keys() == set()


def test_calls_that_are_alike_are_told_as_the_journal_has_them(lusha: CheckedClient) -> None:
    """They share what is written of them; no two of these are equal in what is told."""
    for path in (USAGE, USAGE, "/v2/person?email=ada.quill@quill-works.example", "/nowhere", "/nowhere"):
        lusha.get(path)
    lusha.get("/v2/person?email=ada.quill@quill-works.example")  # it is free now
    lusha.request("PATCH", f"/_mock/accounts?account={KEY}", json={"label": "renamed"})
    lusha.get(USAGE)

    (_, _, data) = past(lusha, last=9)[-1]

    kept = lusha.get("/_mock/journal").json()["exchanges"]
    names = data["calls"][0].keys() - {"warnings"}
    assert [{name: call[name] for name in names} for call in data["calls"]] == [
        {name: exchange[name] for name in names} for exchange in kept
    ]
    assert len(kept) == 7


def test_numbers_say_where_to_go_on(lusha: CheckedClient) -> None:
    for _ in range(6):
        lusha.get(USAGE)

    assert told(past(lusha, last=2)) == [5, 6]
    assert told(past(lusha, after=4)) == [5, 6]
    answer = lusha.get("/_mock/events", params={"follow": "false"}, headers={"Last-Event-ID": "5"})
    assert told(events(answer.text)) == [6]
    assert told(past(lusha)) == []


@pytest.mark.parametrize("after", ["4711", "ffffffff-1"])
def test_who_comes_from_another_run_is_told_all(after: str, lusha: CheckedClient) -> None:
    lusha.get(USAGE)

    found = past(lusha, after=after)

    assert told(found) == [1]
    assert found[1][2]["skipped"] == 0


def test_an_id_of_this_run_is_gone_on_from(lusha: CheckedClient) -> None:
    lusha.get(USAGE)
    run = past(lusha)[0][2]["run"]
    lusha.get(USAGE)

    assert told(past(lusha, after=f"{run}-1")) == [2]


def test_what_the_journal_lost_is_counted(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, journal=3)
    for _ in range(10):
        client.get(USAGE)

    (_, _, data) = past(client, after=1)[-1]

    assert [call["id"] for call in data["calls"]] == [8, 9, 10]
    assert data["skipped"] == 6


def test_one_account_is_told_alone(lusha: CheckedClient) -> None:
    lusha.get(USAGE)
    lusha.get(USAGE, headers={"api_key": "another-key-4711"})
    lusha.get(USAGE)

    assert told(past(lusha, last=9, account=KEY)) == [1, 3]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"last": "1001"}, "last must not be greater than 1000"),
        ({"last": "-1"}, "last"),
        ({"after": "x"}, "after must be the id of an event, or the number of a call"),
        ({"follow": "perhaps"}, "follow"),
        ({"acount": "k"}, "acount"),
    ],
    ids=str,
)
def test_a_query_that_cannot_be_used_is_refused(
    query: dict[str, str], said: str, lusha: CheckedClient
) -> None:
    answer = lusha.get("/_mock/events", params={"follow": "false", **query})

    assert answer.status_code == 400
    assert said in answer.json()["message"]


def test_a_last_event_id_that_is_not_a_number_is_refused(lusha: CheckedClient) -> None:
    answer = lusha.get("/_mock/events", headers={"last-event-id": "abc"})

    assert answer.status_code == 400
    assert "Last-Event-ID must be the id of an event, or the number of a call" in answer.json()["message"]


def test_calls_of_many_short_accounts_all_arrive_in_order(
    running: MockServer, listen: Callable[..., Listener]
) -> None:
    listener = listen()
    with httpx.Client(base_url=running.url, trust_env=False) as client, Control(running.url) as control:
        for number in range(200):
            key = f"short-life-{number}-4711"
            client.get(USAGE, headers={"api_key": key})
            control.of(key).settle()

    calls = listener.until(200)

    assert [call["id"] for call in calls] == list(range(1, 201))


def test_the_stream_says_when_somebody_steers(running: MockServer, listen: Callable[..., Listener]) -> None:
    listener = listen()
    with Control(running.url, account="steered-key-4711") as control:
        control.accounts()
        control.advance(60)

    assert listener.next() == ("changed", 0, {"changes": 1})


def test_several_listen_at_once_and_each_hears_all(
    running: MockServer, listen: Callable[..., Listener]
) -> None:
    listeners = [listen() for _ in range(3)]
    with httpx.Client(base_url=running.url, headers={"api_key": "k"}, trust_env=False) as client:
        for _ in range(5):
            client.get(USAGE)

    assert [[call["id"] for call in listener.until(5)] for listener in listeners] == [[1, 2, 3, 4, 5]] * 3


def test_a_server_that_ends_ends_its_streams() -> None:
    with (
        MockServer(Settings(people=200, companies=20)) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=20) as client,
        client.stream("GET", "/_mock/events") as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == "event: hello"
        threading.Thread(target=server.stop).start()

        assert "event: calls" not in list(lines)  # it ends as an answer does, and is not cut


def test_too_many_streams_are_refused(lusha: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_lusha.control.events.MOST_STREAMS", 0)

    answer = lusha.get("/_mock/events")

    assert MOST_STREAMS > 6
    assert answer.status_code == 503
    assert "streams of events are open: close one" in answer.text


def calls_made(client: CheckedClient) -> int:
    """How many functions one call of the API takes."""
    count = 0

    def see(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call" and "mock_lusha" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        client.get(USAGE)
    finally:
        sys.setprofile(before)
    return count


def test_a_call_costs_the_same_whether_or_not_somebody_looks(lusha: CheckedClient) -> None:
    for _ in range(3):
        lusha.get(USAGE)
    alone = calls_made(lusha)

    with JournalWatch(lusha.journal, lusha.journal.last_id) as watch:
        seen = calls_made(lusha)
        entries, skipped = watch.take(10)

    assert (len(entries), skipped) == (1, 0)
    assert seen == alone > 0


class Entry:
    """An exchange, as far as a journal looks at it."""

    operation, status, error, size, ms, time = "getAccountUsage", 200, None, 10, 1.0, 0.0
    rules = happened = ()

    def __init__(self, number: int) -> None:
        self.id = number

    def record(self) -> Any:
        raise NotImplementedError

    digest = summary = sameness = record


def test_what_is_dropped_is_held_for_those_who_watch_and_for_nobody_else() -> None:
    journal = Journal(2)

    def add(key: str) -> None:
        journal.add(key, Entry(journal.next_id()))

    add("b")
    journal.mark("c", "receiver-examined")
    with JournalWatch(journal, 0) as watch:
        add("a")
        journal.mark("b", "receiver-examined")
        assert [entry.id for entry in watch.take(9)[0]] == [1, 2]
    with JournalWatch(journal, 2) as watch:
        for key in ("a", "a", "a", "b", "b"):
            add(key)
        journal.clear("b")
        entries, skipped = watch.take(100)
        assert [entry.id for entry in entries] == [3, 4, 5, 6, 7]
        assert skipped == 0
        for _ in range(MOST_DROPPED * 2):
            add("a")
        assert len(journal.dropped) == MOST_DROPPED
        entries, skipped = watch.take(100)
        assert len(entries) == 100
        assert entries[-1].id == journal.last_id - MOST_BEHIND + 100
        assert skipped == 2 * MOST_DROPPED - MOST_BEHIND
        assert (len(watch.take(MOST_BEHIND)[0]), watch.take(9)) == (MOST_BEHIND - 100, ([], 0))
    assert not journal.dropped
    add("a")
    assert not journal.dropped


def test_of_a_stream_that_is_asked_for_by_head_there_are_the_headers_alone(
    running: MockServer, listen: Callable[..., Listener]
) -> None:
    listener = listen()

    answer = httpx.head(f"{running.url}/_mock/events", trust_env=False)
    httpx.get(f"{running.url}{USAGE}", headers={"api_key": "k"}, trust_env=False)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.content == b""
    assert [call["id"] for call in listener.until(1)] == [1]
