"""One port speaks plain HTTP, TLS, and CONNECT before TLS, and leads to api.lusha.com alone."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import httpx
import pytest
from raw_http import Wire, running
from tls.handshakes import ask_in_pieces, hello, trusting

from mock_lusha import MockServer, Settings
from mock_lusha.errors import ConfigError
from mock_lusha.lifecycle import LONGEST_HEAD, Patience
from mock_lusha.tls.front import Fronts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

    from raw_http import Running

    from mock_lusha.tls.authority import Authority

CONNECT = b"CONNECT api.lusha.com:443 HTTP/1.1\r\nHost: api.lusha.com:443\r\n\r\n"
USAGE = "/v3/account/usage"
LARGE = 3_000_000


async def echo(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Answers with the scheme, the length and the digest of the body, in as many bytes as came."""
    digest, length = hashlib.sha256(), 0
    while True:
        message = await receive()
        digest.update(message.get("body", b""))
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    answer = {"scheme": scope["scheme"], "length": length, "digest": digest.hexdigest()}
    body = json.dumps(answer).encode().ljust(length)
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for at in range(0, len(body), 100_000):
        await send({"type": "http.response.body", "body": body[at : at + 100_000], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def echoing(authority: Authority) -> Iterator[Running]:
    with running(echo, protocol=Fronts(authority.folder)) as found:
        yield found


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[MockServer]:
    settings = Settings(
        port=0, tls=True, tls_folder=authority.folder, limits="headers", people=300, companies=30
    )
    with MockServer(settings) as server:
        yield server


def port_of(server: MockServer) -> int:
    return int(server.url.rpartition(":")[2])


def encrypted(port: int, context: ssl.SSLContext, host: str = "api.lusha.com") -> Wire:
    wire = Wire(port)
    wire.socket = context.wrap_socket(wire.socket, server_hostname=host)
    wire._stream = wire.socket.makefile("rb")
    return wire


def test_one_account_is_called_in_every_way(server: MockServer, authority: Authority) -> None:
    context = trusting(authority)
    counts = []
    for _ in range(2):
        for url, proxy in (
            (server.url, None),
            ("https://api.lusha.com", server.url),
            ("http://api.lusha.com", server.url),
        ):
            with httpx.Client(
                trust_env=False, verify=context, proxy=proxy, headers={"api_key": "k"}
            ) as client:
                usage = client.get(url + USAGE).json()
            counts.append(usage["rateLimits"]["daily"]["used"])
    with encrypted(port_of(server), context) as wire:
        wire.send(f"GET {USAGE} HTTP/1.1\r\nHost: api.lusha.com\r\napi_key: k\r\n\r\n".encode())
        direct = wire.answer()

    assert direct is not None
    assert [*counts, direct.told["rateLimits"]["daily"]["used"]] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("before", [b"", CONNECT], ids=["TLS", "CONNECT"])
@pytest.mark.parametrize("size", [1, 7, 1_000_000])
def test_it_does_not_matter_how_bytes_are_cut(
    echoing: Running, authority: Authority, before: bytes, size: int
) -> None:
    with Wire(echoing.port) as wire:
        wire.socket.setsockopt(6, 1, 1)  # TCP_NODELAY: each piece is a packet
        request = b"GET / HTTP/1.1\r\nHost: api.lusha.com\r\nConnection: close\r\n\r\n"
        answer = ask_in_pieces(wire.socket, trusting(authority), request, before=before, size=size)

    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"scheme": "https"' in answer


def test_plain_requests_may_come_byte_by_byte_too(echoing: Running) -> None:
    with Wire(echoing.port) as wire:
        wire.send(*(b"%c" % byte for byte in b"COPY / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        answer = wire.answer()

    assert answer is not None
    assert answer.told["scheme"] == "http"


def test_large_bodies_arrive_whole_both_ways(echoing: Running, authority: Authority) -> None:
    body = b"0123456789abcdef" * (LARGE // 16)
    proxy = f"http://127.0.0.1:{echoing.port}"
    with httpx.Client(trust_env=False, verify=trusting(authority), proxy=proxy) as client:
        answers = [client.post("https://api.lusha.com/", content=body) for _ in range(2)]

    for answer in answers:
        assert len(answer.content) == len(body)
        assert answer.json() == {
            "scheme": "https",
            "length": len(body),
            "digest": hashlib.sha256(body).hexdigest(),
        }


def test_requests_behind_each_other_are_answered_in_order(echoing: Running, authority: Authority) -> None:
    with encrypted(echoing.port, trusting(authority)) as wire:
        one = b"POST / HTTP/1.1\r\nHost: api.lusha.com\r\nContent-Length: %d\r\n\r\n%s"
        wire.send(b"".join(one % (n, b"x" * n) for n in range(200, 210)))
        lengths = [answer.told["length"] for answer in (wire.answer() for _ in range(10)) if answer]

    assert lengths == list(range(200, 210))


CONNECTS = {
    "another host": (b"example.com:443", 403, "example.com is no host of Lusha"),
    "the double itself": (b"127.0.0.1:443", 403, "127.0.0.1 is no host of Lusha"),
    "another host of Lusha": (b"dashboard.lusha.com:443", 403, "dashboard.lusha.com is a host of Lusha that"),
    "one that only ends so": (b"notlusha.com:443", 403, "notlusha.com is no host of Lusha"),
    "one that begins so": (b"api.lusha.com.example.com:443", 403, "is no host of Lusha"),
    "IPv6": (b"[::1]:443", 403, "is no host of Lusha"),
    "another port": (b"api.lusha.com:22", 403, "api.lusha.com is served at port 443, not 22"),
    "a huge port": (b"api.lusha.com:" + b"4" * 5_000, 403, "is served at port 443, not 4444"),
    "no port": (b"api.lusha.com", 400, "CONNECT takes host:port, such as api.lusha.com:443"),
    "an empty port": (b"api.lusha.com:", 400, "CONNECT takes host:port"),
    "no host": (b":443", 400, "CONNECT takes host:port"),
    "a URL": (b"https://api.lusha.com/", 400, "CONNECT takes host:port"),
    "other letters": ("äpi.lusha.com:443".encode(), 403, "is no host of Lusha"),
    "too much": (b"api.lusha.com:443 HTTP/1.1\r\nx: " + b"x" * 9_000, 431, "may have 8192 bytes"),
}


@pytest.mark.parametrize("name", CONNECTS)
def test_it_leads_to_the_api_alone(server: MockServer, name: str) -> None:
    target, status, why = CONNECTS[name]
    with Wire(port_of(server)) as wire:
        wire.send(b"CONNECT " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = wire.answer()
        rest = wire.answer()

    assert answer is not None
    assert answer.status == status
    assert why in "".join(answer.told["errors"])
    assert rest is None


@pytest.mark.parametrize("target", ["API.lusha.com:443", "api.lusha.com.:443", "api.lusha.com:0443"])
def test_a_name_may_be_written_as_the_dns_takes_it(server: MockServer, target: str) -> None:
    with Wire(port_of(server)) as wire:
        wire.send(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        assert wire.socket.recv(100).startswith(b"HTTP/1.1 200 ")


def test_what_comes_through_connect_is_tls(server: MockServer) -> None:
    with Wire(port_of(server)) as wire:
        wire.send(CONNECT + b"GET / HTTP/1.1\r\n\r\n")
        assert wire._stream.readline() == b"HTTP/1.1 200 Connection established\r\n"
        assert wire._stream.readline() == b"\r\n"
        answer = wire.answer()

    assert answer is not None
    assert answer.status == 400
    assert answer.told["errors"] == ["after CONNECT comes a TLS handshake"]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://example.com/v3/account/usage", 403),
        ("https://example.com/v3/account/usage", 403),
        ("http://www.lusha.com/v3/account/usage", 403),
        ("http://127.0.0.1:1/v3/account/usage", 403),
        ("ftp://example.com/", 403),
        ("http://user@api.lusha.com/v3/account/usage", 200),
        ("http://api.lusha.com/v3/account/usage", 200),
        ("http://127.0.0.1:PORT/v3/account/usage", 200),
        ("http://localhost:PORT/v3/account/usage", 200),
        ("/v3/account/usage?at=http://example.com", 200),
    ],
)
@pytest.mark.parametrize("over", ["http", "https"])
def test_a_target_with_another_host_is_refused(
    server: MockServer, authority: Authority, target: str, status: int, over: str
) -> None:
    port = port_of(server)
    with Wire(port) if over == "http" else encrypted(port, trusting(authority)) as wire:
        wire.send(
            f"GET {target.replace('PORT', str(port))} HTTP/1.1\r\nHost: x\r\napi_key: k\r\n\r\n".encode()
        )
        answer = wire.answer()

    assert answer is not None
    assert answer.status == status


def test_another_host_of_lusha_is_refused_by_name(server: MockServer, authority: Authority) -> None:
    with encrypted(port_of(server), trusting(authority), "www.lusha.com") as wire:
        wire.send(b"GET / HTTP/1.1\r\nHost: www.lusha.com\r\n\r\n")
        answer = wire.answer()
        rest = wire.answer()

    assert answer is not None
    assert answer.status == 403
    assert "www.lusha.com is a host of Lusha" in answer.told["errors"][0]
    assert rest is None


def test_whoever_still_sends_when_refused_sees_why(server: MockServer, authority: Authority) -> None:
    with encrypted(port_of(server), trusting(authority), "www.lusha.com") as wire:
        wire.send(b"POST / HTTP/1.1\r\nHost: www.lusha.com\r\nContent-Length: %d\r\n\r\n" % LARGE)
        wire.send(*([b"x" * 100_000] * (LARGE // 100_000)))
        answer = wire.answer()

    assert answer is not None
    assert answer.status == 403


def test_a_host_that_is_not_lushas_has_no_certificate(server: MockServer, authority: Authority) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        encrypted(port_of(server), trusting(authority), "example.com")


def test_a_client_that_offers_http_2_gets_1(server: MockServer, authority: Authority) -> None:
    with encrypted(port_of(server), trusting(authority, ["h2", "http/1.1"])) as wire:
        assert isinstance(wire.socket, ssl.SSLSocket)
        assert wire.socket.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("garbage", [b"\x16", b"\x16\x03\x01\x00\x05hello", b"\x16" * 70_000])
def test_what_begins_like_tls_and_is_none_ends_the_connection(server: MockServer, garbage: bytes) -> None:
    with Wire(port_of(server)) as wire:
        wire.send(garbage)
        wire.socket.shutdown(1)
        while wire.socket.recv(1_000):
            pass


# Bounds and ends


def on_loop(found: Running, call: Callable[[], Any]) -> Any:
    """What a call comes to on the loop of the server."""
    results: list[Any] = []
    done = threading.Event()

    def act() -> None:
        results.append(call())
        done.set()

    found.server.loop.call_soon_threadsafe(act)
    assert done.wait(10)
    return results[0]


def ended(wire: Wire) -> bool:
    """Whether a connection ends, with whatever may come before."""
    try:
        while wire.socket.recv(10_000):
            pass
    except ConnectionResetError:
        pass
    return True


BEGINNINGS: dict[str, bytes | None] = {
    "nothing": b"",
    "a letter": b"C",
    "half a CONNECT": CONNECT[:30],
    "a CONNECT without TLS": CONNECT,
    "half a handshake": None,
    "a handshake and no more of it": None,
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_whoever_does_not_go_on_is_cut_off(echoing: Running, authority: Authority, name: str) -> None:
    beginning = BEGINNINGS[name]
    if beginning is None:
        whole = hello(trusting(authority))
        beginning = whole[: len(whole) // 2] if "half" in name else whole
    heads, connections = echoing.server._heads, echoing.server._connections
    with Wire(echoing.port) as wire:
        wire.send(beginning)
        if name.startswith("a CONNECT") or (beginning[:1] == b"\x16" and "half" not in name):
            assert wire.socket.recv(10_000)
        while not on_loop(echoing, lambda: len(connections)):
            pass
        now = echoing.server.loop.time()
        on_loop(echoing, lambda: heads.look(connections, now))
        on_loop(echoing, lambda: heads.look(connections, now + LONGEST_HEAD))
        assert ended(wire)

    assert on_loop(echoing, lambda: (len(connections), len(echoing.server.server_state.tasks))) == (0, 0)


def test_a_request_over_tls_that_does_not_go_on_is_answered_so(
    echoing: Running, authority: Authority
) -> None:
    heads, connections = echoing.server._heads, echoing.server._connections
    with encrypted(echoing.port, trusting(authority)) as wire:
        wire.send(b"GET / HT")
        while on_loop(echoing, lambda: not any(each._has_begun for each in connections)):  # type: ignore[attr-defined] # once it is HTTP
            pass
        now = echoing.server.loop.time()
        on_loop(echoing, lambda: heads.look(connections, now))
        on_loop(echoing, lambda: heads.look(connections, now + LONGEST_HEAD))
        answer = wire.answer()

    assert answer is not None
    assert answer.status == 408


def test_what_is_under_way_over_tls_is_answered_when_the_server_drains(authority: Authority) -> None:
    held, go = threading.Event(), threading.Event()

    async def hold(scope: Any, receive: Any, send: Any) -> None:
        import asyncio  # noqa: PLC0415 - for this application alone

        held.set()
        await asyncio.get_running_loop().run_in_executor(None, go.wait)
        await echo(scope, receive, send)

    protocol = Fronts(authority.folder)
    with running(hold, protocol=protocol, patience=Patience(0, 60)) as found:
        context = trusting(authority)
        with (
            encrypted(found.port, context) as busy,
            encrypted(found.port, context) as idle,
            Wire(found.port) as silent,
        ):
            busy.send(b"GET / HTTP/1.1\r\nHost: api.lusha.com\r\n\r\n")
            assert held.wait(10)
            on_loop(found, lambda: found.server.handle_exit(15, None))
            assert idle.answer() is None
            assert ended(silent)
            go.set()
            answer = busy.answer()
            rest = busy.answer()
        found.thread.join(20)

        assert answer is not None
        assert (answer.status, rest) == (200, None)
        assert answer.headers["connection"] == "close"
        assert not found.thread.is_alive()
        assert not found.server.server_state.connections
        assert not found.server.server_state.tasks


def test_without_the_setting_nothing_of_it_is_loaded() -> None:
    program = (
        "import sys; from mock_lusha import MockServer, Settings\n"
        "with MockServer(Settings(port=0)): pass\n"
        "print([name for name in sys.modules if name.startswith(('mock_lusha.tls', 'cryptography'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


@pytest.mark.parametrize("home", ["", "/proc/self", "/dev/null"])
def test_a_user_who_can_keep_nothing_is_served_with_a_ca_in_memory_that_the_log_shows(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, home: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", home)
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError("no entry for this user")))

    with MockServer(Settings(port=0, tls=True)) as running_server:
        port = int(running_server.url.rpartition(":")[2])
        (line,) = caplog.messages
        context = ssl.create_default_context(cadata=line[line.index("-----BEGIN") :])
        with (
            socket.create_connection(("127.0.0.1", port), 10) as plain,
            context.wrap_socket(plain, server_hostname="api.lusha.com") as tls,
        ):
            assert tls.version() in {"TLSv1.2", "TLSv1.3"}

    assert "name another folder with --tls-folder" in line or "name a folder with --tls-folder" in line
    assert "PRIVATE" not in line


def test_a_folder_that_is_named_is_never_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"cannot be kept in .*file/ca"):
        Fronts(tmp_path / "file" / "ca")


def test_it_is_said_where_what_to_trust_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert Fronts(None).trust() == "`mock-lusha ca` has what to trust"
    folder = tmp_path / "ca"
    assert Fronts(folder).trust() == f"`mock-lusha ca pem --tls-folder {folder}` has what to trust"

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    in_memory = Fronts(None)
    for level, where in (("WARNING", "in the warning above"), ("ERROR", "shown with --log-level warning")):
        caplog.set_level(level, "mock_lusha")
        assert in_memory.trust() == (
            f"what to trust is {where}, as its CA is in memory; --tls-folder names a folder to keep one"
        )
