"""Calls in process are what they are over a socket: the same bytes, and the same errors."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import httpx
import pytest

from mock_lusha import MockLusha
from mock_lusha.client.inprocess import AsyncInProcessTransport, InProcessTransport
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from starlette.types import Receive, Scope, Send

    from mock_lusha.client.rules import On
    from mock_lusha.http.exchange import Exchange

KEYS = (f"in-process-{number:06d}" for number in count())
COMPANY = "/v2/company?domain=acme.com"
SINGLE: Final = "searchSingleCompanyV2"
COMPANIES = {"companies": [{"id": "1", "domain": "acme.com"}, {"id": "ä", "name": "Möbel & Söhne"}]}
kinds = pytest.mark.parametrize("kind", ["sync", "async"])


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share, each with a key of its own."""
    with MockServer(Settings(port=0, people=0, companies=1, limits="headers")) as running:
        yield running


@pytest.fixture
def lusha(double: MockServer) -> Iterator[MockLusha]:
    """A handle whose clients call in process."""
    with MockLusha(server=double, api_key=next(KEYS), in_process=True) as started:
        yield started


class Case(NamedTuple):
    """A request, the rule it meets if any, and what it comes to: a status, or what is raised.

    In a header ``{key}`` is the account's key.
    """

    comes_to: int | type[Exception]
    method: str = "GET"
    url: str = COMPANY
    options: Mapping[str, Any] = {}
    rule: Callable[[On], On] | None = None
    timeout: float | None = 5


class Outcome(NamedTuple):
    """What came of a request, but for its date."""

    comes_to: int | type[Exception]
    headers: list[tuple[str, str]]
    content: bytes
    version: str = ""
    reason: str = ""
    url: str = ""
    call: tuple[Any, ...] = ()


def pieces() -> Iterator[bytes]:
    yield from (b'{"companies":', b'[{"id":"1","domain":"acme.com"}]}')


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


IS_JSON = {"content-type": "application/json"}
CASES: dict[str, Case] = {
    "get": Case(200),
    "get without a timeout": Case(200, timeout=None),
    "get with a slash": Case(200, url="/v2/company/?domain=acme.com"),
    "head": Case(200, "HEAD"),
    "post": Case(200, "POST", "/v2/company", {"json": COMPANIES}),
    "post piece by piece": Case(200, "POST", "/v2/company", {"content": pieces, "headers": IS_JSON}),
    "post a form": Case(400, "POST", "/v2/company", {"data": {"a": "ä"}}),
    "post a file": Case(400, "POST", "/v2/company", {"files": {"a": b"x"}, "headers": {"content-type": "multipart/form-data; boundary=b"}}),
    "post nothing": Case(400, "POST", "/v2/company"),
    "post no JSON": Case(400, "POST", "/v2/company", {"content": b"{", "headers": IS_JSON}),
    "bad request": Case(400, url="/v2/person"),
    "no key": Case(401, options={"headers": {"api_key": ""}}),
    "a key in upper case": Case(200, options={"headers": {"API_KEY": "{key}"}}),
    "headers twice": Case(200, options={"headers": [("x-a", "1"), ("X-A", "2")]}),
    "not found": Case(404, url="/nowhere"),
    "no such method": Case(404, "PUT", "/v2/company"),
    "no such company": Case(404, url="/v2/company?domain=nobody.example"),
    "a unicode path": Case(404, url="/v2/cömpany/ü%2Fx%FF%20y"),
    "a unicode query": Case(200, url="/v2/person?email=jürgen%2Bx%20@acme.com&companyName=Möbel%26&firstName="),
    "a body as large as may be": Case(400, "POST", "/v2/company", {"content": b"1" * 1_000_000, "headers": IS_JSON}),
    "a body too large": Case(413, "POST", "/v2/company", {"content": b"1" * 1_000_001, "headers": IS_JSON}),
    "an error": Case(429, rule=lambda on: on.fail(429)),
    "a status of its own": Case(507, rule=lambda on: on.reply(507, {"full": True}, headers={"X-Disk": 1})),
    "no content": Case(204, rule=lambda on: on.reply(204)),
    "a text": Case(503, rule=lambda on: on.reply(503, "wärmer", content_type="text/plain; charset=utf-8")),
    "an unknown phrase": Case(499, rule=lambda on: on.fail(499)),
    "an empty body": Case(200, rule=lambda on: on.garble("empty-body")),
    "half a body": Case(200, rule=lambda on: on.garble("truncated-json")),
    "trickled": Case(200, rule=lambda on: on.trickle(10_000)),
    "trickled within the timeout of each piece": Case(200, rule=lambda on: on.trickle(4_000), timeout=0.3),
    "trickled too slowly": Case(httpx.ReadTimeout, rule=lambda on: on.trickle(1), timeout=0.15),
    "cut before headers": Case(httpx.RemoteProtocolError, rule=lambda on: on.cut()),
    "cut mid body": Case(httpx.RemoteProtocolError, rule=lambda on: on.cut(mid_body=True)),
    "delayed": Case(200, rule=lambda on: on.delay(0.05)),
    "delayed beyond the timeout": Case(httpx.ReadTimeout, rule=lambda on: on.delay(5), timeout=0.15),
}  # fmt: skip


def outcome(double: MockServer, case: Case, kind: str, *, in_process: bool) -> Outcome:
    """What comes of a request of an account at its beginning, made in one of the two ways."""
    options = dict(case.options)
    streamed = options.get("content") is pieces

    async def asked(lusha: MockLusha) -> httpx.Response:
        if streamed:
            options["content"] = async_pieces()
        return await lusha.async_client.request(case.method, case.url, timeout=case.timeout, **options)

    def asked_at_once(lusha: MockLusha) -> httpx.Response:
        if streamed:
            options["content"] = pieces()
        return lusha.client.request(case.method, case.url, timeout=case.timeout, **options)

    # What stands behind a tilde changes nothing that is drawn.
    key = f"both-ways~{next(KEYS)}"
    if isinstance(options.get("headers"), dict):
        options["headers"] = {name: value.format(key=key) for name, value in options["headers"].items()}
    with MockLusha(server=double, api_key=key, in_process=in_process) as lusha:
        lusha.clock.freeze()
        lusha.clock.set("2026-03-31T12:00:00Z")
        if case.rule is not None:
            case.rule(lusha.on())
        try:
            answer = asyncio.run(asked(lusha)) if kind == "async" else asked_at_once(lusha)
        except httpx.TransportError as error:
            return Outcome(type(error), [], b"", url=str(error.request.url))
        call = lusha.calls[-1] if lusha.calls else None
        told = ("operation", "method", "path", "queries", "body", "status", "answer", "charged", "warnings")
        return Outcome(
            answer.status_code,
            [(name, "" if name == "date" else value) for name, value in answer.headers.multi_items()],
            answer.content,
            answer.http_version,
            answer.reason_phrase,
            str(answer.url),
            () if call is None else tuple(getattr(call, name) for name in told),
        )


@kinds
@pytest.mark.parametrize("name", CASES)
def test_a_call_in_process_is_what_it_is_over_a_socket(name: str, kind: str, double: MockServer) -> None:
    case = CASES[name]

    over, within = (outcome(double, case, kind, in_process=in_process) for in_process in (False, True))

    assert within == over
    assert within.comes_to == case.comes_to
    if isinstance(case.comes_to, int):
        assert within.headers[0] == ("date", "")
        empty = case.method == "HEAD" or name in {"no content", "an empty body"}
        assert (within.content == b"") is empty


@kinds
def test_an_answer_has_the_date_of_now(kind: str, lusha: MockLusha) -> None:
    async def asked() -> httpx.Response:
        return await lusha.async_client.get(COMPANY)

    answer = asyncio.run(asked()) if kind == "async" else lusha.client.get(COMPANY)

    assert abs(parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()) < 10


def test_no_socket_is_needed(lusha: MockLusha, monkeypatch: pytest.MonkeyPatch) -> None:
    def connecting(self: Any, address: Any) -> None:
        raise AssertionError(f"connected to {address}")

    async def asked() -> int:
        return (await lusha.async_client.get(COMPANY)).status_code

    with monkeypatch.context() as patch:
        patch.setattr("socket.socket.connect", connecting)
        seen = [lusha.client.get(COMPANY).status_code, asyncio.run(asked())]

    assert seen == [200, 200]


def test_a_server_elsewhere_is_called_over_a_socket(double: MockServer) -> None:
    with MockLusha(url=double.url, in_process=True) as lusha:
        assert isinstance(lusha.transport, httpx.HTTPTransport)
        assert isinstance(lusha.async_transport, httpx.AsyncHTTPTransport)
        assert lusha.client.get(COMPANY).status_code == 200


def test_a_transport_is_for_a_client_of_ones_own(double: MockServer) -> None:
    headers = {"api_key": next(KEYS)}

    async def asked() -> int:
        async with httpx.AsyncClient(
            transport=AsyncInProcessTransport(double), base_url=double.url, headers=headers
        ) as client:
            return (await client.get(COMPANY)).status_code

    with httpx.Client(transport=InProcessTransport(double), base_url=double.url, headers=headers) as client:
        assert client.get(COMPANY).status_code == 200
    assert asyncio.run(asked()) == 200


def test_a_call_that_does_not_wait_needs_no_loop_of_asyncios(
    double: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where a handler of signals is installed, by another test for one, calls run on the server's loop.
    monkeypatch.setattr("mock_lusha.client.inprocess.may_interrupt", lambda: False)
    request = httpx.Request("GET", double.url + COMPANY, headers={"api_key": next(KEYS)})

    with pytest.raises(StopIteration) as ended:
        AsyncInProcessTransport(double).handle_async_request(request).send(None)

    assert ended.value.value.status_code == 200


def test_other_tasks_of_the_loop_get_on_meanwhile(lusha: MockLusha) -> None:
    heard: list[str] = []

    async def asked() -> list[str]:
        asyncio.get_running_loop().call_soon(heard.append, "other")
        await lusha.async_client.get(COMPANY)
        return list(heard)

    assert asyncio.run(asked()) == ["other"]


def test_of_a_key_that_is_sent_another_may_be_made(double: MockServer) -> None:
    key = next(KEYS)
    transport = InProcessTransport(double, lambda sent: None if sent is None else key)

    with httpx.Client(transport=transport, base_url=double.url) as client:
        seen = [
            client.get(COMPANY, headers=headers).status_code
            for headers in ({"api_key": "any"}, {"API_KEY": "other"}, {})
        ]

    assert seen == [200, 200, 401]
    with MockLusha(server=double, api_key=key, verify=False) as lusha:
        lusha.calls.assert_called(SINGLE, times=2)


# Piece by piece


def test_pieces_come_as_they_are_sent(lusha: MockLusha) -> None:
    lusha.on(SINGLE).trickle(10_000)

    async def asked() -> list[int]:
        async with lusha.async_client.stream("GET", COMPANY) as answer:
            return [len(piece) async for piece in answer.aiter_raw()]

    with lusha.client.stream("GET", COMPANY) as answer:
        sizes = [len(piece) for piece in answer.iter_raw()]

    assert sizes[:-1] == [500] * (len(sizes) - 1)
    assert 0 < sizes[-1] <= 500
    assert sum(sizes) == int(answer.headers["content-length"]) > 1_000
    assert asyncio.run(asked()) == sizes


@kinds
def test_of_a_body_that_is_cut_the_first_half_comes(kind: str, lusha: MockLusha) -> None:
    lusha.on(SINGLE).cut(mid_body=True)
    got: list[bytes] = []

    async def asked() -> None:
        async with lusha.async_client.stream("GET", COMPANY) as answer:
            async for piece in answer.aiter_raw():
                got.append(piece)  # noqa: PERF401 - those before the cut are wanted too

    def asked_at_once() -> None:
        with lusha.client.stream("GET", COMPANY) as answer:
            got.extend(answer.iter_raw())

    with pytest.raises(httpx.RemoteProtocolError) as caught:
        asyncio.run(asked()) if kind == "async" else asked_at_once()

    assert str(caught.value) == (
        "peer closed connection without sending complete message body (incomplete message body)"
    )
    assert b"".join(got).startswith(b'{"data"')
    assert (lusha.calls.last.status, lusha.calls.last.error) == (200, "cut-mid-body")


# What goes wrong in the application itself


async def fails_at_once(
    scope: Scope, receive: Receive, send: Send, exchange: Exchange, delay_factor: float
) -> None:
    exchange.status = 200
    raise ZeroDivisionError


async def fails_later(
    scope: Scope, receive: Receive, send: Send, exchange: Exchange, delay_factor: float
) -> None:
    exchange.status = 200
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ZeroDivisionError


# What the application does in place of sending its answer -> what it comes to
FAILURES: dict[str, tuple[Callable[..., Any], tuple[int, bytes] | None]] = {
    "before any answer": (fails_at_once, (500, b"Internal Server Error")),
    "in the middle of it": (fails_later, None),
}


@kinds
@pytest.mark.parametrize("in_process", [False, True], ids=["over a socket", "in process"])
@pytest.mark.parametrize("case", FAILURES)
def test_an_application_that_fails_is_seen_to(
    case: str, in_process: bool, kind: str, double: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, comes_to = FAILURES[case]
    lusha = MockLusha(server=double, api_key=next(KEYS), in_process=in_process, verify=False).start()

    async def asked() -> httpx.Response:
        return await lusha.async_client.get(COMPANY)

    with monkeypatch.context() as patch:
        patch.setattr("mock_lusha.http.operation.deliver", fails)
        try:
            answer = asyncio.run(asked()) if kind == "async" else lusha.client.get(COMPANY)
            seen = answer.status_code, answer.content
        except httpx.RemoteProtocolError:
            seen = None
    defects = [each["defect"] for each in lusha.control.journal()["exchanges"]]
    lusha.stop()

    assert seen == comes_to
    assert defects == ["ZeroDivisionError: "]


# Many at once


def companies(number: int) -> list[str]:
    return [f"/v2/company?domain=company-{each}.com" for each in range(number)]


def names(answers: list[httpx.Response]) -> list[str]:
    return [answer.json()["data"]["domain"] for answer in answers]


def test_threads_call_at_once(lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(0.2)
    urls = companies(16)
    client = lusha.client

    begun = time.perf_counter()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(client.get, urls))
    took = time.perf_counter() - begun

    assert names(answers) == [url.partition("=")[2] for url in urls]
    assert 0.2 <= took + 0.01 < 16 * 0.2 / 2
    lusha.calls.assert_called(SINGLE, times=16)


def test_a_loop_calls_at_once(lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(0.2)
    urls = companies(40)

    async def asked() -> list[httpx.Response]:
        return list(await asyncio.gather(*map(lusha.async_client.get, urls)))

    begun = time.perf_counter()
    answers = asyncio.run(asked())
    took = time.perf_counter() - begun

    assert names(answers) == [url.partition("=")[2] for url in urls]
    assert 0.2 <= took + 0.01 < 40 * 0.2 / 2
    lusha.calls.assert_called(SINGLE, times=40)


def test_loops_one_after_the_other_and_threads_beside_them_call(lusha: MockLusha) -> None:
    async def asked() -> list[int]:
        answers = await asyncio.gather(*(lusha.async_client.get(COMPANY) for _ in range(5)))
        return [answer.status_code for answer in answers]

    client = lusha.client
    with ThreadPoolExecutor(4) as pool:
        beside = pool.map(lambda _: client.get(COMPANY).status_code, range(20))
        seen = [*asyncio.run(asked()), *asyncio.run(asked()), *beside]

    assert seen == [200] * 30
    lusha.calls.assert_called(SINGLE, times=30)


def ended(lusha: MockLusha, calls: int) -> list[tuple[int, str | None]]:
    """How so many calls ended, in order; the last ones may still be under way."""
    deadline = time.monotonic() + 5
    while len(lusha.calls) < calls and time.monotonic() < deadline:
        pass
    return sorted((call.status, call.error) for call in lusha.calls)


def test_who_is_cancelled_goes_away(lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(30, times=1)

    async def asked() -> int:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lusha.async_client.get(COMPANY, timeout=None), 0.1)
        return (await lusha.async_client.get(COMPANY)).status_code

    assert asyncio.run(asked()) == 200
    assert ended(lusha, 2) == [(0, "client went away"), (200, None)]


@kinds
def test_who_waited_too_long_goes_away(kind: str, lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(30, times=1)

    async def asked() -> None:
        await lusha.async_client.get(COMPANY, timeout=0.1)

    with pytest.raises(httpx.ReadTimeout) as caught:
        asyncio.run(asked()) if kind == "async" else lusha.client.get(COMPANY, timeout=0.1)

    assert str(caught.value) == "The read operation timed out"
    assert lusha.client.get(COMPANY).status_code == 200
    assert ended(lusha, 2) == [(0, "client went away"), (200, None)]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_server_that_stops_meanwhile_ends_the_call_at_once(kind: str) -> None:
    with MockServer(Settings(port=0, people=0, companies=1)) as server:
        lusha = MockLusha(server=server, in_process=True, verify=False).start()
        lusha.on().delay(60)
        stopper = threading.Timer(0.2, server.stop)
        stopper.start()

        def ask() -> None:
            if kind == "sync":
                lusha.client.get(COMPANY, timeout=30)
            else:
                asyncio.run(lusha.async_client.get(COMPANY, timeout=30))

        with pytest.raises(httpx.RemoteProtocolError):
            ask()

        stopper.join()
        with pytest.raises(httpx.ConnectError):
            lusha.client.get(COMPANY)
        lusha.release()


def test_a_head_does_not_wait_for_a_body(lusha: MockLusha) -> None:
    lusha.on().trickle(1)

    assert lusha.client.head(COMPANY, timeout=0.5).status_code == 200


def test_who_has_read_enough_goes_away(lusha: MockLusha) -> None:
    lusha.on().trickle(200)

    with lusha.client.stream("GET", COMPANY) as answer:
        next(answer.iter_raw())

    assert ended(lusha, 1) == [(200, "client went away")]
