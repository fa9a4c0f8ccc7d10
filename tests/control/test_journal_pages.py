"""The journal is read in pages, writes out no more than it shows, and lets others have their turn."""

from __future__ import annotations

import asyncio
import gc
import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha import MockLusha, Settings, create_app
from mock_lusha.control.journal import MOST_SHOWN
from mock_lusha.state.journal import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from support import CheckedClient

CALLS = MOST_SHOWN + 250
LIST = "/prospecting/filters/contacts/departments"


@pytest.fixture(scope="module")
def app() -> Starlette:
    """An application whose journal has more exchanges of two accounts than one answer shows."""
    app = create_app(Settings(people=0, companies=1, journal=5_000, limits="off"))
    for number in range(CALLS):
        asyncio.run(ask(app, "GET", LIST, key="one" if number % 5 else "two"))
    return app


async def ask(app: Any, method: str, target: str, body: Any = None, key: str = "one") -> Any:
    pieces: list[bytes] = []
    path, _, query = target.partition("?")

    async def receive() -> dict[str, Any]:
        content = b"" if body is None else json.dumps(body).encode()
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        pieces.append(message.get("body", b""))

    headers = [(b"host", b"localhost"), (b"api_key", key.encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 1), "http_version": "1.1",
        "server": ("127.0.0.1", 80), "scheme": "http", "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, receive, send)
    return json.loads(b"".join(pieces))


def ids(page: Any) -> list[int]:
    return [exchange["id"] for exchange in page["exchanges"]]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of records that are written out, one entry each."""
    made: list[int] = []
    initialise = Record.__init__

    def counting(self: Record, *given: Any, **named: Any) -> None:
        made.append(1)
        initialise(self, *given, **named)

    monkeypatch.setattr(Record, "__init__", counting)
    return made


def test_the_newest_thousand_are_shown_where_nothing_is_said(app: Starlette) -> None:
    page = asyncio.run(ask(app, "GET", "/_mock/journal"))

    assert ids(page) == list(range(CALLS - MOST_SHOWN + 1, CALLS + 1))
    assert page["more"] is True
    assert page["total"] == CALLS


def test_pages_from_the_newest_to_the_oldest_have_each_exchange_once(app: Starlette) -> None:
    seen: list[int] = []
    page = asyncio.run(ask(app, "GET", "/_mock/journal?last=400"))
    while True:
        seen = ids(page) + seen
        if not page["more"]:
            break
        page = asyncio.run(ask(app, "GET", f"/_mock/journal?last=400&before={seen[0]}"))

    assert seen == list(range(1, CALLS + 1))


@pytest.mark.parametrize(
    ("query", "shown", "more"),
    {
        "three": ("last=3", [CALLS - 2, CALLS - 1, CALLS], True),
        "none": ("last=0", [], True),
        "between two": ("after=10&before=14", [11, 12, 13], False),
        "before the first": ("before=1", [], False),
        "of a status that none has": ("status=500", [], False),
        "of a rule that none fired": ("rule=zz", [], False),
        "of an error that none had": ("error=gdpr", [], False),
        "of an account": ("account=two&last=2", [CALLS - 9, CALLS - 4], True),
    }.values(),
)
def test_what_is_shown_is_the_newest_that_fits(
    query: str, shown: list[int], more: bool, app: Starlette
) -> None:
    page = asyncio.run(ask(app, "GET", f"/_mock/journal?{query}"))

    assert (ids(page), page["more"]) == (shown, more)


def test_only_what_is_shown_is_written_out(
    written: list[int], make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(people=0, companies=1)
    for _ in range(30):
        client.get(LIST)

    client.get("/nothing-is-here", key="other")
    counts = []
    for path in (
        "/_mock/journal?last=3",
        "/_mock/journal?last=3&rule=zz",
        "/_mock/journal?last=3&operation=getContactSeniority",
        "/_mock/explain/last",
    ):
        written.clear()
        assert client.get(path).status_code == 200
        counts.append(len(written))

    assert counts == [3, 0, 0, 1]


ANSWERED = {"operation": "getContactDepartments", "status": 200}


@pytest.mark.parametrize(
    ("expected", "verified", "records"),
    {
        "an operation that was called": ({**ANSWERED, "times": 20}, True, 0),
        "one that was called too often": ({**ANSWERED, "times": 1}, False, 0),
        "a status that it did not have": ({**ANSWERED, "status": 429}, False, 0),
        "what only one was asked": ({"status": 404, "path": "/nothing-is-here"}, True, 1),
        "what it was not asked": ({"status": 404, "path": "/else", "times": 0}, True, 1),
        "a path that another operation has": ({"operation": "getContactSeniority", "path": LIST}, False, 21),
    }.values(),
)
def test_only_what_may_be_the_expected_call_is_written_out(
    expected: Any, verified: bool, records: int, written: list[int], make_client: Callable[..., CheckedClient]
) -> None:
    client = make_client(people=0, companies=1)
    for _ in range(20):
        client.get(LIST)
    client.get("/nothing-is-here", key="other")

    answer = client.request("POST", "/_mock/verify", json=expected).json()

    assert (answer["verified"], len(written)) == (verified, records)


def test_who_looks_at_the_journal_leaves_nothing_in_it(app: Starlette) -> None:
    def records() -> int:
        gc.collect()
        return sum(isinstance(each, Record) for each in gc.get_objects())

    before = records()
    for method, path, body in LONG.values():
        asyncio.run(ask(app, method, path, body))

    assert records() == before


def test_more_than_a_thousand_at_once_is_refused_with_the_way_to_the_rest(app: Starlette) -> None:
    refused = asyncio.run(ask(app, "GET", "/_mock/journal?last=1001"))

    assert refused["statusCode"] == 400
    [why] = refused["errors"]
    assert "last must not be greater than 1000" in why
    assert "before=ID" in why


LONG: dict[str, tuple[str, str, Any]] = {
    "verifying": ("POST", "/_mock/verify", {"path": "/v2/nothing", "times": 0}),
    "judging": ("GET", "/_mock/conduct", None),
    "reading": ("GET", "/_mock/journal", None),
}


@pytest.mark.parametrize("case", LONG)
def test_others_have_their_turn_while_many_exchanges_are_read(case: str, app: Starlette) -> None:
    method, path, body = LONG[case]

    async def both() -> int:
        long = asyncio.create_task(ask(app, method, path, body))
        turns = 0
        while not long.done():
            turns += 1
            await asyncio.sleep(0)
        await long
        return turns

    assert asyncio.run(both()) > CALLS / 100


def test_a_handle_sees_all_calls_of_a_long_journal_and_verifies_them_without_a_socket() -> None:
    with MockLusha(people=0, companies=1, journal=3_000, limits="off") as lusha:
        for _ in range(MOST_SHOWN + 30):
            lusha.client.get(LIST)

        assert len(lusha.calls) == MOST_SHOWN + 30
        assert lusha.calls.count("getContactDepartments", status=200) == MOST_SHOWN + 30
        assert lusha.control.verify("getContactDepartments", path=LIST)["count"] == MOST_SHOWN + 30
