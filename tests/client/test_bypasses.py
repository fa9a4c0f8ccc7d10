"""No way that Python can see leads past an interception, and nothing is looked up before it is refused."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_connection as kept_create_connection
from socket import getaddrinfo as kept_getaddrinfo
from socket import gethostbyname as kept_gethostbyname
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
import pytest
import requests
import urllib3
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha import MockLusha
from mock_lusha.client.intercept.hosts import API_HOST, host_name, is_lushas
from mock_lusha.client.intercept.switchboard import switchboard
from mock_lusha.client.intercept.targets import BlockedError, Refusal
from mock_lusha.config import Settings
from mock_lusha.recorder.guard import Guard
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USAGE = "/account/usage"
SENT = {"api_key": "the-real-key-0123456789"}


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share."""
    with MockServer(Settings(port=0, people=0, companies=1, limits="headers")) as running:
        yield running


@pytest.fixture
def lusha(double: MockServer, request: pytest.FixtureRequest) -> Iterator[MockLusha]:
    """A handle that does not intercept yet."""
    key = f"bypass-{abs(hash(request.node.nodeid))}"
    with MockLusha(server=double, api_key=key, verify=False) as handle:
        yield handle


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the resolver below Python was asked for beside this machine, which is all that it knows."""
    asked: list[Any] = []
    getaddrinfo = sys.modules["_socket"].getaddrinfo

    def look_up(host: Any, port: Any, family: int = 0, *args: Any) -> Any:
        if host in {"127.0.0.1", "localhost"}:
            return getaddrinfo(host, port, family, *args)
        sys.audit("socket.getaddrinfo", host, port, family, 0, 0)  # as the real one does
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is not this machine")

    monkeypatch.setattr("_socket.getaddrinfo", look_up)
    return asked


# Names

SPELLED: dict[str, Any] = {
    "text": "api.lusha.com",
    "upper case": "API.LUSHA.COM",
    "a dot at the end": "api.lusha.com.",
    "bytes": b"api.lusha.com",
    "a bytearray": bytearray(b"Api.Lusha.com"),
    "a view of bytes": memoryview(b"api.lusha.com"),
    "full-width letters": "ａｐｉ.lusha.com",
    "full-width dots": "api．lusha．com",
    "ideographic dots": "api。lusha。com",
    "half-width dots": "api｡lusha｡com",
    "a soft hyphen": "api\u00ad.lusha.com",
    "a space of no width": "ap\u200bi.lusha.com",
    "letters in circles": "ⓐⓟⓘ.lusha.com",
    "full-width letters in bytes": "ａpi.lusha.com".encode(),
    "brackets": "[api.lusha.com]",
}


@pytest.mark.parametrize("case", SPELLED)
def test_the_api_is_known_however_it_is_spelled(case: str) -> None:
    assert host_name(SPELLED[case]) == API_HOST


@pytest.mark.parametrize(
    "host", ["lusha.com.example", "notlusha.com", "lusha.community", "", "api.lusha.comm"]
)
def test_another_host_is_another(host: str) -> None:
    assert not is_lushas(host_name(host) or "")


@pytest.mark.parametrize("thing", [None, 443, ("api.lusha.com", 443), object()])
def test_what_is_no_name_is_none(thing: object) -> None:
    assert host_name(thing) is None


@given(
    st.lists(
        st.sampled_from([0, 0xFEE0, 0x1D3B9]),  # as it is, full width, and mathematical
        min_size=len(API_HOST),
        max_size=len(API_HOST),
    ),
    st.sampled_from([".", "。", "．", "｡"]),
    st.sampled_from(["", "\u00ad", "\u200b", "\u2060", "\ufe0f"]),
)
def test_whatever_python_would_look_up_as_the_api_is_the_api(
    shifts: list[int], dot: str, unseen: str
) -> None:
    written = "".join(
        dot if letter == "." else chr(ord(letter) + shift)
        for letter, shift in zip(API_HOST, shifts, strict=True)
    )
    written = written[:2] + unseen + written[2:]
    try:
        asked = written.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return  # nobody is asked

    assert (host_name(written) == API_HOST) is (asked == API_HOST)


# Ways


def by_socket(method: str) -> Callable[[Any], object]:
    def connect(host: Any) -> object:
        with socket.socket() as unasked:
            return getattr(unasked, method)((host, 443))

    return connect


def by_loop(run: Callable[..., object], how: str) -> Callable[[Any], object]:
    async def connect(host: Any) -> None:
        loop = asyncio.get_running_loop()
        if how == "open":
            await asyncio.open_connection(host, 443)
        elif how == "ask":
            await loop.getaddrinfo(host, 443)
        else:
            with socket.socket() as sock:
                sock.setblocking(False)
                await loop.sock_connect(sock, (host, 443))

    return lambda host: run(connect(host))


TAKES_TEXT: dict[str, Callable[[Any], object]] = {
    "create_connection": lambda host: socket.create_connection((host, 443), timeout=5),
    "create_connection, kept from before": lambda host: kept_create_connection((host, 443), timeout=5),
    "getfqdn": socket.getfqdn,
    "asyncio": by_loop(asyncio.run, "open"),
    "asyncio, addresses": by_loop(asyncio.run, "ask"),
    "asyncio, a socket": by_loop(asyncio.run, "connect"),
    "uvloop": by_loop(uvloop.run, "open"),
    "uvloop, addresses": by_loop(uvloop.run, "ask"),
    "uvloop, a socket": by_loop(uvloop.run, "connect"),
    "a connection of httpcore": lambda host: httpcore.HTTPConnection(
        httpcore.Origin(b"https", host.encode(), 443)
    ).handle_request(httpcore.Request("GET", f"https://{host}/")),
}
TAKES_ANY: dict[str, Callable[[Any], object]] = {
    "getaddrinfo": lambda host: socket.getaddrinfo(host, 443),
    "getaddrinfo, kept from before": lambda host: kept_getaddrinfo(host, 443),
    "gethostbyname": socket.gethostbyname,
    "gethostbyname, kept from before": kept_gethostbyname,
    "gethostbyname_ex": socket.gethostbyname_ex,
    "gethostbyaddr": socket.gethostbyaddr,
    "connect": by_socket("connect"),
    "connect_ex": by_socket("connect_ex"),
}


@pytest.mark.parametrize("way", [*TAKES_TEXT, *TAKES_ANY])
@pytest.mark.parametrize("host", [API_HOST, "WWW.lusha.com."])
def test_a_way_that_is_no_librarys_is_refused_before_anything_is_looked_up(
    way: str, host: str, lusha: MockLusha, reached: list[Any]
) -> None:
    with lusha.intercept(), pytest.raises(BlockedError, match=r"^BLOCKED: (api|www)\.lusha\.com was"):
        {**TAKES_TEXT, **TAKES_ANY}[way](host)

    assert reached == []
    assert lusha.blocked == [host_name(host)]


@pytest.mark.parametrize("way", TAKES_ANY)
@pytest.mark.parametrize("case", ["bytes", "ideographic dots", "full-width letters"])
def test_a_name_is_refused_however_it_is_spelled(
    way: str, case: str, lusha: MockLusha, reached: list[Any]
) -> None:
    with lusha.intercept(), pytest.raises(BlockedError):
        TAKES_ANY[way](SPELLED[case])

    assert reached == []


@pytest.mark.parametrize("way", [*TAKES_TEXT, *TAKES_ANY])
def test_the_name_of_a_test_is_told_where_nothing_intercepts(way: str, reached: list[Any]) -> None:
    refusal = Refusal("tests/test_it.py::test_it")
    switchboard().begin(refusal)
    try:
        with pytest.raises(
            BlockedError, match=r"tests/test_it\.py::test_it called .* use lusha\.intercept\(\)"
        ):
            {**TAKES_TEXT, **TAKES_ANY}[way](API_HOST)
    finally:
        switchboard().end(refusal)

    assert (reached, refusal.blocked) == ([], [API_HOST])


def test_a_path_of_a_local_socket_is_no_host(lusha: MockLusha, tmp_path: Any) -> None:
    with lusha.intercept(), socket.socket(socket.AF_UNIX) as sock, pytest.raises(FileNotFoundError):
        sock.connect(str(tmp_path / "lusha.com"))


def _own(function: Any) -> Any:
    """Python's own function, with which a switch was put in place."""
    return switchboard().native(socket, function.__name__)


def test_what_puts_pythons_own_back_does_not_open_the_way(
    lusha: MockLusha, reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with lusha.intercept():
        # pytest-socket puts back at a test's end what it had found when it was imported.
        monkeypatch.setattr(socket, "getaddrinfo", _own(socket.getaddrinfo))
        monkeypatch.setattr(socket.socket, "connect", sys.modules["_socket"].socket.connect)
        with pytest.raises(BlockedError):
            socket.create_connection((API_HOST, 443))

    assert reached == []


# http.client and what stands on it


@pytest.fixture
def proxy() -> Iterator[tuple[int, list[str]]]:
    """A proxy, and what it is asked for; it is nobody's way to Lusha."""
    seen: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            seen.append(self.path)
            self.send_error(403)

        do_GET = do_CONNECT  # noqa: N815 - the base class asks for it

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port, seen
        server.shutdown()


def asked(connection: HTTPConnection, url: str = USAGE) -> tuple[int, str]:
    connection.request("GET", url, headers=SENT)
    with connection.getresponse() as answer:
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("kind", [HTTPConnection, HTTPSConnection])
def test_http_client_is_served_and_keeps_its_connection(kind: type[HTTPConnection], lusha: MockLusha) -> None:
    with lusha.intercept(), closing(kind("API.lusha.com", timeout=5)) as connection:
        statuses = [asked(connection)[0] for _ in range(2)]
        kept = connection.sock
        statuses.append(asked(connection)[0])

        assert connection.sock is kept

    assert statuses == [200, 200, 200]
    lusha.calls.assert_called("getAccountUsageStats", times=3)


def test_http_client_connected_by_hand_is_served(lusha: MockLusha) -> None:
    with lusha.intercept(), closing(HTTPSConnection(API_HOST)) as connection:
        connection.connect()
        connection.putrequest("GET", USAGE)
        connection.putheader(b"API_KEY", "any")
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == 200

    lusha.calls.assert_called("getAccountUsageStats", times=1)


def test_a_connection_of_http_client_goes_where_it_belongs_before_and_after(
    lusha: MockLusha, reached: list[Any]
) -> None:
    with closing(HTTPConnection(API_HOST)) as connection:
        here, there = socket.socketpair()
        connection.sock = here  # as if it had been connected to the real one before
        with there, lusha.intercept():
            assert asked(connection)[0] == 200
            assert there.recv(10) == b""
        with pytest.raises(socket.gaierror):
            asked(connection)

    assert reached == [API_HOST]


def test_a_tunnel_of_http_client_is_not_dug(lusha: MockLusha, proxy: tuple[int, list[str]]) -> None:
    with lusha.intercept(), closing(HTTPSConnection("127.0.0.1", proxy[0])) as connection:
        connection.set_tunnel(API_HOST)
        assert asked(connection)[0] == 200
    with lusha.intercept(), closing(HTTPConnection("127.0.0.1", proxy[0])) as connection:
        assert asked(connection, f"http://{API_HOST}{USAGE}")[0] == 200
        assert asked(connection, "http://www.example/")[0] == 403

    assert proxy[1] == ["http://www.example/"]


class OwnConnection(HTTPSConnection):
    """Connects in a way of its own, as copies of urllib3 inside other packages do."""

    def connect(self) -> None:
        self.sock = kept_create_connection((self.host, self.port), timeout=5)
        if self._tunnel_host:  # type: ignore[attr-defined] # it is there, and typeshed does not say so
            self._tunnel()  # type: ignore[attr-defined] # the same


def test_a_connection_with_a_way_of_its_own_is_refused_through_a_proxy_too(
    lusha: MockLusha, proxy: tuple[int, list[str]]
) -> None:
    with lusha.intercept(), closing(OwnConnection("127.0.0.1", proxy[0])) as connection:
        connection.set_tunnel(API_HOST)
        with pytest.raises(BlockedError):
            asked(connection)
    with lusha.intercept(), closing(OwnConnection(API_HOST)) as connection, pytest.raises(BlockedError):
        asked(connection)

    assert proxy[1] == []


def test_sessions_and_pools_with_proxies_ask_no_proxy(lusha: MockLusha, proxy: tuple[int, list[str]]) -> None:
    address = f"http://127.0.0.1:{proxy[0]}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": address, "https": address}))
    with (
        requests.Session() as session,
        urllib3.ProxyManager(address) as manager,
        httpx.Client(proxy=address, headers=SENT) as client,
    ):
        session.proxies = {"http": address, "https": address}
        with lusha.intercept():
            for scheme in ("http", "https"):
                url = f"{scheme}://{API_HOST}{USAGE}"
                asking = urllib.request.Request(url, headers=SENT)
                with opener.open(asking, timeout=5) as answer:
                    assert answer.status == 200
                assert session.get(url, headers=SENT, timeout=5).status_code == 200
                assert manager.request("GET", url, headers=SENT).status == 200
                assert client.get(url).status_code == 200
        assert proxy[1] == []
        assert session.get("http://www.example/", timeout=5).status_code == 403

    assert proxy[1] == ["http://www.example/"]
    lusha.calls.assert_called("getAccountUsageStats", times=8)


# What is imported late

LATE = """
import json, sys
from mock_lusha import MockLusha

with MockLusha(people=0, companies=1) as lusha:
    with lusha.intercept():
        before = [name for name in ("httpx2", "aiohttp", "urllib3") if name in sys.modules]
        import asyncio
        import aiohttp, httpx2, requests
        url, key = "https://api.lusha.com/account/usage", {"api_key": "any"}
        async def asked():
            async with aiohttp.ClientSession(headers=key) as session, session.get(url) as answer:
                return answer.status
        seen = [
            httpx2.get(url, headers=key).status_code,
            requests.get(url, headers=key, timeout=5).status_code,
            asyncio.run(asked()),
        ]
    print(json.dumps([before, seen, lusha.calls.count()]))
"""


def test_a_library_that_is_imported_inside_is_served_and_none_is_imported_for_it() -> None:
    told = subprocess.run([sys.executable, "-c", LATE], check=True, capture_output=True, text=True)

    assert json.loads(told.stdout) == [[], [200, 200, 200], 3]


# A recorder means the real thing


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """An address at Lusha's that leads here, and the keys that were sent to it."""
    keys: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers["api_key"])
            content = b'{"usage": {"credits": {"remaining": 9}}}'
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    getaddrinfo = sys.modules["_socket"].getaddrinfo

    def here(host: Any, *args: Any, **options: Any) -> Any:
        return getaddrinfo("127.0.0.1" if host_name(host) == API_HOST else host, *args, **options)

    monkeypatch.setattr("_socket.getaddrinfo", here)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://{API_HOST}:{server.server_port}", keys
        server.shutdown()


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_recorder_reaches_its_upstream_and_the_double_is_not_asked(
    asynchronous: bool, lusha: MockLusha, real: tuple[str, list[str]]
) -> None:
    recorder = Recorder(
        None, "passthrough", upstream=real[0], upstream_key="the-real-key", guard=Guard(real[0], 0)
    )

    async def recorded() -> int:
        async with httpx.AsyncClient(transport=AsyncRecorderTransport(recorder), base_url=real[0]) as client:
            return (await client.get(USAGE, headers=SENT)).status_code

    with lusha.intercept():
        if asynchronous:
            status = asyncio.run(recorded())
        else:
            with httpx.Client(transport=RecorderTransport(recorder), base_url=real[0]) as client:
                status = client.get(USAGE, headers=SENT).status_code
        plain = httpx.get(real[0] + USAGE, headers=SENT).status_code

    assert (status, plain, real[1]) == (200, 200, ["the-real-key"])
    lusha.calls.assert_called("getAccountUsageStats", times=1)
