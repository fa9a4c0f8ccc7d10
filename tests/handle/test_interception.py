"""Interception: calls to api.lusha.com by any of the libraries arrive at the double, and nowhere else."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import aiohttp
import httpcore
import httpx
import httpx2
import pytest
import requests
import urllib3
import uvloop
import vcr

from mock_lusha import MockLusha
from mock_lusha.client.intercept import patches
from mock_lusha.client.intercept.switchboard import switchboard
from mock_lusha.client.intercept.targets import BlockedError, Target
from mock_lusha.config import Settings
from mock_lusha.errors import MockLushaError
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from pathlib import Path

    from mock_lusha.client.intercept.gate import Gate

KEYS = (f"intercept-{number:06d}" for number in count())
API = "https://api.lusha.com"
COMPANY = "/v2/company?domain=acme.com"
SINGLE: Final = "searchSingleCompanyV2"
SENT = {"api_key": "the-real-key-0123456789"}
JSON = {**SENT, "content-type": "application/json"}
LOCAL = {"127.0.0.1", "localhost", "::1"}


class Seen(NamedTuple):
    """What a client saw of an answer: its status, its URL as the library tells it, its content."""

    status: int
    url: str
    content: bytes


def by_httpx(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with httpx.Client(headers=headers, timeout=timeout) as client:
        answer = client.request(method, url, content=body, follow_redirects=True)
    return Seen(answer.status_code, str(answer.url), answer.content)


def by_httpx2(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with httpx2.Client(headers=headers, timeout=timeout) as client:
        answer = client.request(method, url, content=body, follow_redirects=True)
    return Seen(answer.status_code, str(answer.url), answer.content)


def by_async_httpx2(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    async def asked() -> Seen:
        async with httpx2.AsyncClient(headers=headers, timeout=timeout) as client:
            answer = await client.request(method, url, content=body, follow_redirects=True)
        return Seen(answer.status_code, str(answer.url), answer.content)

    return asyncio.run(asked())


def by_async_httpx(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    async def asked() -> Seen:
        async with httpx.AsyncClient(headers=headers, timeout=timeout) as client:
            answer = await client.request(method, url, content=body, follow_redirects=True)
        return Seen(answer.status_code, str(answer.url), answer.content)

    return asyncio.run(asked())


def by_requests(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    answer = requests.request(method, url, headers=headers, data=body, timeout=timeout)
    return Seen(answer.status_code, answer.url, answer.content)


ONCE = urllib3.Retry(total=None, connect=0, read=0, other=0, redirect=2)


def by_urllib3(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with urllib3.PoolManager() as manager:
        try:
            answer = manager.request(method, url, headers=headers, body=body, timeout=timeout, retries=ONCE)
        except urllib3.exceptions.MaxRetryError as error:
            raise error.reason or error from error
        return Seen(answer.status, answer.geturl() or "", answer.data)


def by_pool_of_urllib3(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    path = urllib3.util.parse_url(url).request_uri
    with urllib3.connection_from_url(url) as pool:
        try:
            answer = pool.urlopen(method, path, body, headers, timeout=timeout, retries=ONCE)
        except urllib3.exceptions.MaxRetryError as error:
            raise error.reason or error from error
        return Seen(answer.status, answer.geturl() or "", answer.data)


def by_headers_of_a_pool(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with urllib3.connection_from_url(url, headers=dict(headers)) as pool:
        answer = pool.request(
            method, urllib3.util.parse_url(url).request_uri, body=body, timeout=timeout, retries=False
        )
        return Seen(answer.status, answer.geturl() or "", answer.data)


def by_aiohttp(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    async def asked() -> Seen:
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(total=timeout)) as session,
            session.request(method, url, headers=headers, data=body) as answer,
        ):
            return Seen(answer.status, str(answer.url), await answer.read())

    return asyncio.run(asked())


def by_aiohttp_from_a_base(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    parts = urllib3.util.parse_url(url)

    async def asked() -> Seen:
        async with (
            aiohttp.ClientSession(
                f"{parts.scheme}://{parts.netloc}",
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as session,
            session.request(method, parts.request_uri, data=body) as answer,
        ):
            return Seen(answer.status, str(answer.url), await answer.read())

    return asyncio.run(asked())


def by_urllib(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return Seen(answer.status, answer.url, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Seen(error.code, error.url, error.read())


class Way(NamedTuple):
    """A way to call. ``whole`` is whether the library tells the URL of an answer with its host; ``late``,
    ``cut``, ``broken`` and ``unreached`` are what it raises where no answer comes in time, the connection
    is cut before the headers or in the body, and no such host is known."""

    call: Callable[..., Seen]
    late: type[Exception]
    cut: type[Exception]
    broken: type[Exception]
    unreached: type[Exception]
    whole: bool = True
    in_process: bool = False


_HTTPX = (httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.RemoteProtocolError, httpx.ConnectError)
_HTTPX2 = (httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.RemoteProtocolError, httpx2.ConnectError)
_URLLIB = (TimeoutError, RemoteDisconnected, IncompleteRead, urllib.error.URLError)
_REQUESTS = (
    requests.ReadTimeout,
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.ConnectionError,
)
_AIOHTTP = (
    TimeoutError,
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientPayloadError,
    aiohttp.ClientConnectorError,
)
_URLLIB3 = (
    urllib3.exceptions.ReadTimeoutError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.NameResolutionError,
)
WAYS: dict[str, Way] = {
    "httpx": Way(by_httpx, *_HTTPX),
    "httpx, async": Way(by_async_httpx, *_HTTPX),
    "httpx in process": Way(by_httpx, *_HTTPX, in_process=True),
    "httpx in process, async": Way(by_async_httpx, *_HTTPX, in_process=True),
    "httpx2": Way(by_httpx2, *_HTTPX2),
    "httpx2, async": Way(by_async_httpx2, *_HTTPX2),
    "httpx2 in process": Way(by_httpx2, *_HTTPX2, in_process=True),
    "httpx2 in process, async": Way(by_async_httpx2, *_HTTPX2, in_process=True),
    "urllib.request": Way(by_urllib, *_URLLIB),
    "requests": Way(by_requests, *_REQUESTS),
    "requests beside a double in process": Way(by_requests, *_REQUESTS, in_process=True),
    "urllib3": Way(by_urllib3, *_URLLIB3, whole=False),
    "urllib3, a pool": Way(by_pool_of_urllib3, *_URLLIB3, whole=False),
    "urllib3, headers of a pool": Way(by_headers_of_a_pool, *_URLLIB3, whole=False),
    "aiohttp": Way(by_aiohttp, *_AIOHTTP),
    "aiohttp, a base": Way(by_aiohttp_from_a_base, *_AIOHTTP),
}


@pytest.fixture(autouse=True)
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts that were looked up or connected to; none but this machine can be."""
    hosts: list[str] = []
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        hosts.append(address[0])
        if address[0] not in LOCAL:
            raise ConnectionRefusedError(f"{address[0]} is not this machine")
        connect(self, address)

    def looking_up(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        hosts.append(name)
        if name not in LOCAL:
            raise socket.gaierror(socket.EAI_NONAME, f"{name} is not this machine")
        return getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return hosts


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share, each with a key of its own."""
    with MockServer(Settings(port=0, people=0, companies=1, limits="headers")) as running:
        yield running


@pytest.fixture
def handle(double: MockServer) -> Iterator[Callable[..., MockLusha]]:
    """Makes a started handle of the shared server with a key of its own, ended after the test."""
    made: list[MockLusha] = []

    def make(**options: Any) -> MockLusha:
        made.append(MockLusha(server=double, api_key=next(KEYS), **options).start())
        return made[-1]

    yield make
    for each in reversed(made):
        each.stop()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Each way to call, one after the other."""
    return WAYS[request.param]


@pytest.fixture
def lusha(handle: Callable[..., MockLusha], way: Way) -> MockLusha:
    """A handle that intercepts, for calls in that way."""
    made = handle(in_process=way.in_process)
    made.intercept()
    return made


@pytest.fixture
def socketed(handle: Callable[..., MockLusha]) -> MockLusha:
    """A handle that does not intercept yet."""
    return handle()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of a server that is none of ours, and gives every request back."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got = {"path": self.path, "host": self.headers["host"], "key": self.headers["api_key"]}
            content = json.dumps(got).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def nobody_there() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


# What arrives


@pytest.mark.parametrize("spelled", ["api_key", "API_KEY", "Api_Key"])
@pytest.mark.parametrize("sent", ["the-real-key-0123456789", "free"])
def test_any_key_becomes_that_of_the_test(spelled: str, sent: str, way: Way, lusha: MockLusha) -> None:
    headers = {spelled: sent, "x-other": "kept"}

    seen = way.call("GET", API + COMPANY, headers)

    assert (seen.status, json.loads(seen.content)["data"]["name"]) == (200, "Acme")
    lusha.calls.assert_called_with(SINGLE, query={"domain": "acme.com"}, times=1)
    assert headers == {spelled: sent, "x-other": "kept"}


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({}, "send the key in the header api_key"),
        ({"api_key": ""}, "the header api_key was sent empty"),
        (
            {"x-api-key": "the-real-key-0123456789"},
            "a key was sent in the header x-api-key; it is read from the header api_key only",
        ),
    ],
    ids=["no key", "an empty key", "a key elsewhere"],
)
def test_a_key_that_was_not_sent_stays_missing(
    headers: dict[str, str], hint: str, way: Way, lusha: MockLusha
) -> None:
    seen = way.call("GET", API + COMPANY, headers)

    assert (seen.status, json.loads(seen.content)["errors"]) == (401, [hint])
    assert len(lusha.calls) == 0


def test_a_body_arrives(way: Way, lusha: MockLusha) -> None:
    body = {"companies": [{"id": "1", "domain": "acme.com"}, {"id": "ä", "name": "Möbel & Söhne"}]}

    seen = way.call("POST", f"{API}/v2/company", JSON, json.dumps(body).encode())

    assert (seen.status, sorted(json.loads(seen.content))) == (200, ["1", "ä"])
    assert (lusha.calls.last.method, lusha.calls.last.body) == ("POST", body)


def test_a_query_arrives(way: Way, lusha: MockLusha) -> None:
    query = "firstName=J%C3%BCrgen&lastName=O%27Neil+%26%20S%C3%B6hne&companyName=A%2BB%2FC&revealEmails="

    seen = way.call("GET", f"{API}/v2/person?{query}", SENT)

    assert seen.status == 200
    assert lusha.calls.last.queries == {
        "firstName": ["Jürgen"],
        "lastName": ["O'Neil & Söhne"],
        "companyName": ["A+B/C"],
        "revealEmails": [""],
    }


@pytest.mark.parametrize(
    "url",
    ["https://API.Lusha.com/account/usage", "http://api.lusha.com/account/usage", f"{API}:443/account/usage"],
    ids=["upper case", "without TLS", "with the port"],
)
def test_the_api_is_known_however_it_is_written(url: str, way: Way, lusha: MockLusha) -> None:
    assert way.call("GET", url, SENT).status == 200

    lusha.calls.assert_called("getAccountUsageStats", times=1)


def test_the_answer_is_that_of_the_api(way: Way, lusha: MockLusha, reached: list[str]) -> None:
    reached.clear()

    seen = way.call("GET", API + COMPANY, SENT)

    assert seen.url == (API + COMPANY if way.whole else COMPANY)
    assert set(reached) <= {"127.0.0.1"}
    assert lusha.blocked == []


@pytest.mark.parametrize("status", [400, 401, 429, 451, 500, 503])
def test_an_error_is_what_it_is(status: int, way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).fail(status, times=1)

    seen = way.call("GET", API + COMPANY, SENT)

    assert (seen.status, json.loads(seen.content)["statusCode"]) == (status, status)
    assert way.call("GET", API + COMPANY, SENT).status == 200


def test_a_delay_is_waited_for(way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(0.05, times=1)

    assert way.call("GET", API + COMPANY, SENT).status == 200
    assert lusha.calls.last.ms > 45


def test_what_comes_too_late_looks_as_a_real_timeout(way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(5)

    for url in (lusha.url, API):
        with pytest.raises(way.late) as caught:
            way.call("GET", url + COMPANY, {"api_key": lusha.api_key}, timeout=0.15)
        assert type(caught.value) is way.late


@pytest.mark.parametrize("mid_body", [False, True], ids=["before headers", "mid body"])
def test_a_cut_connection_looks_as_a_real_one(mid_body: bool, way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).cut(mid_body=mid_body)
    raised = way.broken if mid_body else way.cut

    calls = []
    for url in (lusha.url, API):
        with pytest.raises(raised) as caught:
            way.call("GET", url + COMPANY, {"api_key": lusha.api_key})
        assert type(caught.value) is raised
        calls.append(len(lusha.calls))

    assert calls[1] == 2 * calls[0] > 0


@pytest.mark.parametrize("to", ["/account/usage", f"{API}/account/usage"], ids=["path", "URL"])
def test_a_redirection_is_followed_to_the_double(to: str, handle: Callable[..., MockLusha]) -> None:
    ways = [way for name, way in WAYS.items() if name != "urllib3, headers of a pool"]
    for way in ways:
        lusha = handle(in_process=way.in_process)
        lusha.on(SINGLE).reply(302, headers={"Location": to})
        with lusha.intercept():
            seen = way.call("GET", API + COMPANY, SENT)

        assert seen.status == 200
        assert [call.path for call in lusha.calls] == ["/v2/company", "/account/usage"]


def test_many_threads_are_intercepted_at_once(way: Way, lusha: MockLusha) -> None:
    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(lambda _: way.call("GET", API + COMPANY, SENT).status, range(12)))

    assert seen == [200] * 12
    lusha.calls.assert_called(SINGLE, times=12)


def pieces() -> Iterator[bytes]:
    yield from (b'{"companies":', b'[{"id":"1","domain":"acme.com"}]}')


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


def stream_by_httpx() -> int:
    with httpx.Client(headers=JSON) as client:
        return client.post(f"{API}/v2/company", content=pieces()).status_code


def stream_by_async_httpx() -> int:
    async def asked() -> int:
        async with httpx.AsyncClient(headers=JSON) as client:
            return (await client.post(f"{API}/v2/company", content=async_pieces())).status_code

    return asyncio.run(asked())


def stream_by_requests() -> int:
    return requests.post(f"{API}/v2/company", headers=JSON, data=pieces(), timeout=5).status_code


def stream_by_urllib3() -> int:
    with urllib3.PoolManager() as manager:
        return manager.request("POST", f"{API}/v2/company", headers=JSON, body=pieces()).status


def stream_by_aiohttp() -> int:
    async def asked() -> int:
        async with (
            aiohttp.ClientSession(headers=JSON) as session,
            session.post(f"{API}/v2/company", data=async_pieces()) as answer,
        ):
            return answer.status

    return asyncio.run(asked())


STREAMS: dict[str, Callable[[], int]] = {
    "httpx": stream_by_httpx,
    "httpx, async": stream_by_async_httpx,
    "requests": stream_by_requests,
    "urllib3": stream_by_urllib3,
    "aiohttp": stream_by_aiohttp,
}


@pytest.mark.parametrize("in_process", [False, True], ids=["over a socket", "in process"])
@pytest.mark.parametrize("library", STREAMS)
def test_a_body_that_is_streamed_arrives(
    library: str, in_process: bool, handle: Callable[..., MockLusha]
) -> None:
    lusha = handle(in_process=in_process)
    lusha.intercept()

    assert STREAMS[library]() == 200

    assert lusha.calls.last.body == {"companies": [{"id": "1", "domain": "acme.com"}]}


def test_clients_that_were_made_before_are_intercepted(socketed: MockLusha) -> None:
    with httpx.Client(headers=SENT) as client, requests.Session() as session, urllib3.PoolManager() as pools:
        session.headers.update(SENT)
        with socketed.intercept():
            seen = [
                client.get(API + COMPANY).status_code,
                session.get(API + COMPANY).status_code,
                pools.request("GET", API + COMPANY, headers=SENT).status,
            ]

    assert seen == [200, 200, 200]
    socketed.calls.assert_called(SINGLE, times=3)


def test_a_transport_of_ones_own_is_left_alone(socketed: MockLusha) -> None:
    mine = httpx.MockTransport(lambda request: httpx.Response(299, text=request.headers["api_key"]))

    with socketed.intercept(), httpx.Client(transport=mine, headers=SENT) as client:
        answer = client.get(API + COMPANY)

    assert (answer.status_code, answer.text) == (299, SENT["api_key"])
    assert len(socketed.calls) == 0


def test_an_answer_is_read_piece_by_piece(socketed: MockLusha) -> None:
    with (
        socketed.intercept(),
        httpx.Client(headers=SENT) as client,
        client.stream("GET", API + COMPANY) as answer,
    ):
        first = next(answer.iter_raw())
    with (
        socketed.intercept(),
        requests.get(API + COMPANY, headers=SENT, stream=True, timeout=5) as streamed,
    ):
        second = next(streamed.iter_content(7))

    assert first.startswith(b'{"data"')
    assert second == b'{"data"'


# Proxies


def test_proxies_of_the_environment_do_not_matter(
    way: Way, lusha: MockLusha, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = nobody_there()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)

    for url in (API, "http://api.lusha.com"):
        assert way.call("GET", url + COMPANY, SENT).status == 200
    for url in ("https://app.lusha.com", "http://app.lusha.com"):
        with pytest.raises(BlockedError):
            way.call("GET", url + COMPANY, SENT)

    lusha.calls.assert_called(SINGLE, times=2)


def test_a_proxy_of_a_client_does_not_matter(socketed: MockLusha) -> None:
    proxy = nobody_there()

    async def asked() -> int:
        async with aiohttp.ClientSession(headers=SENT, proxy=proxy) as session:
            return (await session.get(API + COMPANY)).status

    with socketed.intercept():
        with httpx.Client(proxy=proxy, headers=SENT) as client:
            assert client.get(API + COMPANY).status_code == 200
        with urllib3.ProxyManager(proxy, headers=SENT) as manager:
            assert manager.request("GET", API + COMPANY, headers=SENT).status == 200
        for url in (API, "http://api.lusha.com"):
            answer = requests.get(
                url + COMPANY, headers=SENT, proxies={"http": proxy, "https": proxy}, timeout=5
            )
            assert answer.status_code == 200
        assert asyncio.run(asked()) == 200

    socketed.calls.assert_called(SINGLE, times=5)


# What is refused

BLOCKED = {
    "app": ("app.lusha.com", "app.lusha.com"),
    "the domain itself": ("lusha.com", "lusha.com"),
    "upper case": ("API-STAGING.lusha.com", "api-staging.lusha.com"),
    "a trailing dot": ("app.lusha.com.", "app.lusha.com"),
    "below the API": ("v3.api.lusha.com", "v3.api.lusha.com"),
}


@pytest.mark.parametrize("case", BLOCKED)
def test_another_host_of_lushas_is_refused_and_noted_and_nothing_is_sent(
    case: str, way: Way, lusha: MockLusha, reached: list[str]
) -> None:
    host, noted = BLOCKED[case]
    reached.clear()

    with pytest.raises(BlockedError) as caught:
        way.call("GET", f"https://{host}{COMPANY}", SENT)

    assert str(caught.value) == (
        f"BLOCKED: {noted} was called, and lusha.intercept() is in force: calls of api.lusha.com are sent to "
        "the double, and no other host of Lusha's may be called"
    )
    assert isinstance(caught.value, MockLushaError)
    assert not isinstance(caught.value, OSError)
    assert lusha.blocked == [noted]
    assert reached == []
    assert len(lusha.calls) == 0


def test_a_redirection_to_another_host_of_lushas_is_refused(way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).reply(302, headers={"Location": "https://app.lusha.com/"})

    if way.call is by_headers_of_a_pool:
        assert way.call("GET", API + COMPANY, SENT).status == 302
        return
    of_one_host = way.call is by_pool_of_urllib3  # which refuses another by itself
    with pytest.raises(urllib3.exceptions.HostChangedError if of_one_host else BlockedError):
        way.call("GET", API + COMPANY, SENT)

    assert lusha.blocked == ([] if of_one_host else ["app.lusha.com"])
    lusha.calls.assert_called(times=1)


async def open_connection() -> None:
    await asyncio.open_connection("api.lusha.com", 443)


STRANGERS: dict[str, tuple[Callable[[], object], str]] = {
    "socket": (lambda: socket.create_connection(("API.lusha.com.", 443)), "api.lusha.com"),
    "a name in bytes": (lambda: socket.getaddrinfo(b"api.lusha.com", 443), "api.lusha.com"),
    "asyncio": (lambda: asyncio.run(open_connection()), "api.lusha.com"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_library_that_is_not_known_is_kept_from_the_api(
    case: str, socketed: MockLusha, reached: list[str]
) -> None:
    call, noted = STRANGERS[case]
    socketed.intercept()
    reached.clear()

    with pytest.raises(BlockedError) as caught:
        call()

    assert str(caught.value) == (
        f"BLOCKED: {noted} was called, and lusha.intercept() is in force: only calls by httpx, httpx2, "
        "httpcore, requests, urllib3, aiohttp, urllib.request and http.client can be sent to the double"
    )
    assert socketed.blocked == [noted]
    assert reached == []


def test_a_library_that_is_not_known_is_kept_from_other_hosts_of_lushas(
    socketed: MockLusha, reached: list[str]
) -> None:
    socketed.intercept()
    reached.clear()

    with pytest.raises(BlockedError, match=r"^BLOCKED: app\.lusha\.com was called, .* no other host"):
        urllib.request.urlopen("http://app.lusha.com/", timeout=1)

    assert socketed.blocked == ["app.lusha.com"]
    assert reached == []


# What is left alone


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_other_hosts_are_left_alone(host: str, way: Way, lusha: MockLusha, elsewhere: int) -> None:
    seen = way.call("GET", f"http://{host}:{elsewhere}{COMPANY}", SENT)

    assert json.loads(seen.content) == {
        "path": COMPANY,
        "host": f"{host}:{elsewhere}",
        "key": SENT["api_key"],
    }
    assert (len(lusha.calls), lusha.blocked) == (0, [])


def test_other_libraries_reach_other_hosts(socketed: MockLusha, elsewhere: int) -> None:
    socketed.intercept()

    with urllib.request.urlopen(f"http://localhost:{elsewhere}/path", timeout=5) as answer:
        assert json.loads(answer.read())["path"] == "/path"
    assert socket.getaddrinfo(b"127.0.0.1", 80)[0][4] == ("127.0.0.1", 80)


HOSTS: dict[str, bool | None] = {  # None is refused
    "api.lusha.com": True,
    "API.LUSHA.COM": True,
    "api.lusha.com.": True,
    "lusha.com": None,
    "www.lusha.com": None,
    "API-STAGING.lusha.com": None,
    "app.lusha.com.": None,
    "api.lusha.com.lusha.com": None,
    "api.lusha.com.example": False,
    "api.lusha.com.evil.example": False,
    "notlusha.com": False,
    "api.notlusha.com": False,
    "api-lusha.com": False,
    "lusha.com.example": False,
    "lusha.community": False,
    "lusha": False,
    "com": False,
    "127.0.0.1": False,
    "localhost": False,
    "": False,
}


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host or "none")
def test_only_the_api_is_taken_and_only_lushas_hosts_are_refused(host: str) -> None:
    target = Target("http://127.0.0.1:1", "key")

    if HOSTS[host] is None:
        with pytest.raises(BlockedError, match=f"^BLOCKED: {host.lower().rstrip('.')} was called"):
            target.takes(host)
    else:
        assert target.takes(host) is HOSTS[host]

    assert target.blocked == ([host.lower().rstrip(".")] if HOSTS[host] is None else [])


@pytest.mark.parametrize(
    ("sent", "key"),
    [("any", "key"), (b"any", "key"), (" any ", "key"), ("", None), (b"", None), ("  ", None), (None, None)],
    ids=["any", "bytes", "spaces around", "empty", "empty bytes", "spaces", "none"],
)
def test_the_tests_own_key_is_for_any_that_was_sent(sent: str | bytes | None, key: str | None) -> None:
    assert Target("http://127.0.0.1:1", "key").key_for(sent) == key


# As it was before


def in_force() -> bool:
    """Whether anybody has the calls of Lusha's hosts."""
    return switchboard().active(0) is not None


def test_nothing_is_in_force_after_the_block(socketed: MockLusha) -> None:
    before = in_force()

    with socketed.intercept() as first:
        with socketed.intercept():
            pass
        inside = in_force()
    first.stop()

    assert (before, inside, in_force()) == (False, True, False)


def test_an_error_in_the_block_ends_it_too(socketed: MockLusha) -> None:
    with pytest.raises(ZeroDivisionError), socketed.intercept():
        raise ZeroDivisionError

    assert not in_force()


def test_the_end_of_the_handle_ends_it_too(double: MockServer) -> None:
    with MockLusha(server=double, api_key=next(KEYS)) as lusha:
        lusha.intercept()
        lusha.intercept()
        inside = in_force()

    assert (inside, in_force()) == (True, False)


def test_after_the_block_the_api_is_what_it_was(
    way: Way, handle: Callable[..., MockLusha], reached: list[str]
) -> None:
    lusha = handle(in_process=way.in_process)
    with lusha.intercept():
        way.call("GET", API + COMPANY, SENT)
    reached.clear()

    with pytest.raises(way.unreached):
        way.call("GET", API + COMPANY, SENT)

    assert set(reached) == {"api.lusha.com"}
    lusha.calls.assert_called(times=1)


@pytest.mark.parametrize("order", ["in turn", "out of turn"])
def test_of_two_interceptions_the_later_one_has_the_calls(
    order: str, way: Way, handle: Callable[..., MockLusha], reached: list[str]
) -> None:
    first, second = (handle(in_process=way.in_process) for _ in range(2))
    outer, inner = first.intercept(), second.intercept()
    way.call("GET", API + COMPANY, SENT)
    if order == "in turn":
        inner.stop()
    else:
        outer.stop()
    way.call("GET", API + COMPANY, SENT)
    counted = (len(first.calls), len(second.calls))

    outer.stop()
    inner.stop()
    reached.clear()
    with pytest.raises(way.unreached):
        way.call("GET", API + COMPANY, SENT)

    assert counted == ((1, 1) if order == "in turn" else (0, 2))
    assert set(reached) == {"api.lusha.com"}
    assert (len(first.calls), len(second.calls)) == counted


def test_what_two_interceptions_refuse_is_noted_once(socketed: MockLusha) -> None:
    with socketed.intercept(), socketed.intercept(), pytest.raises(BlockedError):
        by_httpx("GET", "https://app.lusha.com/", {})

    assert socketed.blocked == ["app.lusha.com"]


def test_an_interception_that_cannot_begin_leaves_nothing_behind(
    socketed: MockLusha, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(gate: Gate, original: Any) -> Any:
        raise ZeroDivisionError

    def unseen() -> None:
        pass

    monkeypatch.setattr(aiohttp.BaseConnector, "connect", unseen)
    monkeypatch.setattr(patches, "PLACES", [("aiohttp", "BaseConnector", "connect", broken)])

    with pytest.raises(ZeroDivisionError):
        socketed.intercept()

    assert not in_force()
    assert aiohttp.BaseConnector.__dict__["connect"] is unseen


def test_the_handles_own_clients_go_their_own_way(socketed: MockLusha, reached: list[str]) -> None:
    async def asked() -> int:
        return (await socketed.async_client.get(COMPANY)).status_code

    with socketed.intercept():
        seen = [socketed.client.get(COMPANY).status_code, asyncio.run(asked())]

    assert seen == [200, 200]
    socketed.calls.assert_called(SINGLE, times=2)
    assert set(reached) <= {"127.0.0.1"}


def test_what_a_pool_was_made_with_goes_with_the_call(socketed: MockLusha) -> None:
    socketed.on().delay(5)

    with socketed.intercept():
        manager = urllib3.PoolManager(timeout=0.15, retries=False)

        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            manager.request("GET", "https://api.lusha.com/account/usage", headers={"api_key": "any"})


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A proxy that the environment names; it notes what it is asked for, and serves nothing."""
    seen: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            seen.append(self.path)
            self.send_error(403)

        do_GET = do_CONNECT  # noqa: N815 - the base class asks for it

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        yield seen
        server.shutdown()
        thread.join()


def connected(host: str) -> None:
    with socket.socket() as unasked:
        unasked.connect((host, 443))


def by_a_proxy_of_httpcore(url: str) -> int:
    with httpcore.HTTPProxy(os.environ["https_proxy"]) as pool:
        return pool.request("GET", url, headers={"api_key": "any"}).status


SERVED: dict[str, Callable[[str], int]] = {
    "urllib over http": lambda host: by_urllib("GET", f"http://{host}/account/usage", SENT).status,
    "urllib over https": lambda host: by_urllib("GET", f"https://{host}/account/usage", SENT).status,
    "httpcore": lambda host: (
        httpcore.request("GET", f"https://{host}/account/usage", headers={"api_key": "any"}).status
    ),
    "httpcore by a proxy": lambda host: by_a_proxy_of_httpcore(f"https://{host}/account/usage"),
}
ESCAPES: dict[str, Callable[[str], object]] = {
    "a socket": lambda host: socket.create_connection((host, 443), timeout=5),
    "a socket without asking": connected,
    "an address": lambda host: socket.gethostbyname_ex(host)[0],
    "asyncio on uvloop": lambda host: uvloop.run(asyncio.open_connection(host, 443)),
}


@pytest.mark.parametrize("name", SERVED)
def test_what_a_proxy_would_be_asked_for_arrives_too(
    name: str, socketed: MockLusha, proxy: list[str]
) -> None:
    with socketed.intercept():
        status = SERVED[name]("api.lusha.com")
        with pytest.raises(BlockedError):
            SERVED[name]("www.lusha.com")

    assert (status, proxy, socketed.blocked) == (200, [], ["www.lusha.com"])
    socketed.calls.assert_called("getAccountUsageStats", times=1)


@pytest.mark.parametrize("name", ESCAPES)
def test_no_other_way_leads_to_lusha(name: str, socketed: MockLusha, proxy: list[str]) -> None:
    for host in ("api.lusha.com", "www.lusha.com"):
        with socketed.intercept(), pytest.raises(BlockedError):
            ESCAPES[name](host)

    assert proxy == []
    gc.collect()


def test_two_slashes_are_a_path_and_no_host(socketed: MockLusha, proxy: list[str]) -> None:
    with socketed.intercept():
        answer = requests.get("https://api.lusha.com//account/usage", headers={"api_key": "any"}, timeout=5)

    assert answer.json()["statusCode"] == 404
    assert proxy == []


def test_a_recorder_that_kept_httpxs_own_methods_is_stopped_below(
    socketed: MockLusha, tmp_path: Path, proxy: list[str]
) -> None:
    with socketed.intercept(), vcr.use_cassette(str(tmp_path / "it.yaml")):
        try:
            status = httpx.get("https://api.lusha.com/account/usage", headers={"api_key": "live"}).status_code
        except BlockedError:
            status = 0

    assert status in {0, 200}
    assert proxy == []
