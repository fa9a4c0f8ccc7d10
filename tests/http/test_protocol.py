"""HTTP/1.1 as it comes over sockets, whole and not: what the application gets, and what is answered."""

from __future__ import annotations

import json
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, cast

import pytest
from raw_http import Wire, running
from recorder.raw_upstream import RawUpstream
from recorder.raw_upstream import answer as upstream_answer

from mock_lusha import MockServer, Settings
from mock_lusha.http.protocol import MOST_HEAD, HeadTimer
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.proxy import RecorderProxy

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path

    from raw_http import Running

    from mock_lusha.http.protocol import HttpProtocol

HOST = b"Host: localhost\r\n"
BODY = b'{"text": "berlin"}'


async def echo(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Answers with what it was asked, in one go; ``/early`` does so before it has read the body."""
    body, more = b"", not scope["path"].startswith("/early")
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    names = [name.decode() for name, _ in scope["headers"]]
    told = {
        "path": scope["path"],
        "method": scope["method"],
        "body": body.decode("latin-1"),
        "headers": names,
    }
    content = json.dumps(told).encode()
    headers = [(b"content-length", b"%d" % len(content)), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@pytest.fixture(scope="module")
def echoing() -> Iterator[Running]:
    with running(echo) as found:
        yield found


def chunks(body: bytes, size: int = 7, *, trailers: bytes = b"") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n" + trailers + b"\r\n"


# Offers of another protocol: none is taken, and the request is served as if none had been made

OFFERS = {
    "curl --http2": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    "Java's HttpClient": b"HTTP2-Settings: AA\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
    "a websocket": b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhl\r\n",
    "TLS": b"Upgrade: TLS/1.3\r\nConnection: Upgrade\r\n",
    "several": b"Upgrade: h2c, websocket\r\nConnection: upgrade\r\n",
    "none": b"",
}
FRAMINGS = {
    "a length": (b"Content-Length: %d\r\n" % len(BODY), BODY),
    "chunks": (b"Transfer-Encoding: chunked\r\n", chunks(BODY)),
    "chunks and trailers": (b"Transfer-Encoding: chunked\r\n", chunks(BODY, trailers=b"api_key: late\r\n")),
    "an announced body": (b"Content-Length: %d\r\nExpect: 100-continue\r\n" % len(BODY), BODY),
    "announced chunks": (b"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", chunks(BODY)),
    "no body": (b"", b""),
}


@pytest.mark.parametrize("split", ["at once", "head first", "byte by byte"])
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_that_is_not_taken_leaves_the_request_whole(
    echoing: Running, offer: str, framing: str, split: str
) -> None:
    frame, content = FRAMINGS[framing]
    head = b"POST /first?q=1 HTTP/1.1\r\n" + HOST + OFFERS[offer] + frame + b"\r\n"
    behind = b"GET /second HTTP/1.1\r\n" + HOST + b"\r\n"
    with Wire(echoing.port) as wire:
        match split:
            case "at once":
                wire.send(head + content + behind)
            case "head first":
                wire.send(head, content, behind)
            case _:
                wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                whole = head + content
                wire.send(*(whole[at : at + 1] for at in range(len(whole))), behind)
        first, second = wire.answer(), wire.answer()

    assert first is not None
    assert second is not None
    assert (first.status, first.told["path"], first.told["method"]) == (200, "/first", "POST")
    assert first.told["body"] == ("" if framing == "no body" else BODY.decode())
    assert "api_key" not in first.told["headers"]
    assert (second.status, second.told["path"], second.told["body"]) == (200, "/second", "")


def test_offers_follow_one_another_on_a_connection(echoing: Running) -> None:
    offered = b"POST /%d HTTP/1.1\r\n" + HOST + OFFERS["curl --http2"] + b"Content-Length: 2\r\n\r\n%d%d"
    with Wire(echoing.port) as wire:
        wire.send(b"".join(offered % (n, n, n) for n in range(5)))
        answers = [wire.answer() for _ in range(5)]

    assert [(each.told["path"], each.told["body"]) for each in answers if each is not None] == [
        (f"/{n}", f"{n}{n}") for n in range(5)
    ]


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/prospecting/filters/contacts/locations", '{"text": "ber"}'),
        ("PATCH", "/_mock/clock", '{"advance": 5}'),
    ],
)
def test_lushas_api_and_the_one_that_steers_it_keep_bodies_too(method: str, target: str, body: str) -> None:
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: localhost\r\napi_key: k\r\nContent-Type: application/json\r\n"
    )
    framed = f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    answers = []
    for offer in ("curl --http2", "none"):
        with MockServer(Settings(port=0)) as server, Wire(int(server.url.rpartition(":")[2])) as wire:
            wire.send(head.encode() + OFFERS[offer] + framed)
            answers.append(wire.answer())

    offered, plain = answers
    assert offered is not None
    assert plain is not None
    assert offered.status == plain.status == 200
    if method == "POST":
        assert offered.body == plain.body
        assert b"Berlin" in plain.body


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_recorder_hands_on_the_body_and_not_the_offer(framing: str, tmp_path: Path) -> None:
    frame, content = FRAMINGS[framing]
    typed = b"Content-Type: application/json\r\napi_key: k\r\n"
    head = b"POST /prospecting/filters/contacts/locations HTTP/1.1\r\n" + HOST + typed
    with RawUpstream(upstream_answer(b"[]")) as upstream:
        recorder = open_recorder(tmp_path / "tape.yaml", "once", upstream=upstream.url)
        with running(RecorderProxy(recorder)) as found, Wire(found.port) as wire:
            wire.send(head + OFFERS["curl --http2"] + frame + b"\r\n" + content)
            answer = wire.answer()
        (request,) = upstream.requests

    assert answer is not None
    assert (answer.status, answer.body) == (200, b"[]")
    assert request.endswith(b"\r\n\r\n" + (b"" if framing == "no body" else BODY))
    assert b"upgrade" not in request.lower()
    assert b"http2-settings" not in request.lower()
    assert b"expect" not in request.lower()


def test_a_tunnel_is_refused_and_what_would_go_through_it_is_not_read(echoing: Running) -> None:
    with Wire(echoing.port) as wire:
        wire.send(b"CONNECT /to HTTP/1.1\r\n" + HOST + b"\r\n" + b"\x16\x03\x01 a handshake")
        answer = wire.answer()

        assert answer is not None
        assert answer.headers["connection"] == "close"
        assert wire.answer() is None


# What is no request

CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
# What is sent -> what is said
NOT_REQUESTS = {
    "words": (b"hello there\r\n\r\n", "this is not HTTP/1.1"),
    "bytes": (bytes(range(256)), "this is not HTTP/1.1"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "the server speaks plain http:// (both"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "this is HTTP/2; the server speaks HTTP/1.1"),
    "a method there is not": (b"BREW / HTTP/1.1\r\n\r\n", "encountered; the API takes GET, HEAD and POST"),
    "a version of its own": (b"GET / HTTP/9.9\r\n\r\n", "this is not HTTP/1.1: Invalid HTTP version"),
    "two framings": (CHUNKED[:-2] + b"Content-Length: 3\r\n\r\nabc", "this is not HTTP/1.1"),
    "two lengths": (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "Content-Length"),
    "a length that is none": (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "Content-Length"),
    "a size of a chunk that is none": (CHUNKED + b"xyz\r\nabc\r\n", "chunk size"),
    "a size of a chunk too large": (CHUNKED + b"f" * 17 + b"\r\nabc\r\n", "this is not HTTP/1.1"),
    "a chunk that is longer": (CHUNKED + b"1\r\nabc\r\n", "this is not HTTP/1.1"),
    "an unknown encoding": (b"POST / HTTP/1.1\r\nTransfer-Encoding: rot13\r\n\r\nabc", "Transfer-Encoding"),
    "a header without name": (b"GET / HTTP/1.1\r\n: x\r\n\r\n", "this is not HTTP/1.1"),
    "a target that is no path": (b"CONNECT lusha.com:443 HTTP/1.1\r\n\r\n", "it begins with /"),
}  # fmt: skip


@pytest.mark.parametrize("behind", [False, True], ids=["alone", "behind a request"])
@pytest.mark.parametrize("case", NOT_REQUESTS)
def test_what_is_no_request_is_answered_and_logged(
    echoing: Running, case: str, behind: bool, caplog: pytest.LogCaptureFixture
) -> None:
    sent, said = NOT_REQUESTS[case]
    before = b"POST /before HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\nok" if behind else b""
    with Wire(echoing.port) as wire, caplog.at_level(logging.WARNING, "mock_lusha"):
        wire.send(before + sent)
        if behind:
            first = wire.answer()
            assert first is not None
            assert first.told["path"] == "/before"
        answer = wire.answer()
        ended = wire.answer() is None

    assert answer is not None
    assert ended
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.status == answer.told["statusCode"] == 400
    assert {"statusCode", "message", "errors", "error"} <= answer.told.keys()
    if not (behind and case in {"TLS", "HTTP/2"}):
        assert said in answer.told["message"]
    (line,) = [each.getMessage() for each in caplog.records]
    assert line.startswith("not a request from 127.0.0.1:")


def test_a_body_that_breaks_off_its_own_answer_ends_the_connection(echoing: Running) -> None:
    with Wire(echoing.port) as wire:
        wire.send(b"POST /early HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n")
        answer = wire.answer()
        assert answer is not None
        assert answer.status == 200
        wire.send(b"no size\r\n")
        assert wire.answer() is None


# How much of a head is taken

PLAIN = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


def padded(size: int) -> bytes:
    """A head of so many bytes."""
    return PLAIN + b"x-pad: " + b"a" * (size - len(PLAIN) - len(b"x-pad: \r\n\r\n")) + b"\r\n\r\n"


# What is sent -> status
HEADS = {
    "all that is taken": (padded(MOST_HEAD), 200),
    "a byte more": (padded(MOST_HEAD + 1), 431),
    "one header without end": (PLAIN + b"x-pad: " + b"a" * 300_000, 431),
    "headers without end": (PLAIN + b"a: b\r\n" * 50_000, 431),
    "a name without end": (PLAIN + b"a" * 300_000, 431),
    "a long query": (b"GET /?q=" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
    "a query that is too long": (b"GET /?q=" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    "a path without end": (b"GET /" + b"a" * 300_000, 414),
    "trailers without end": (CHUNKED + b"1\r\na\r\n0\r\n" + b"a: b\r\n" * 50_000, 431),
    "a trailer without end": (CHUNKED + b"1\r\na\r\n0\r\na: " + b"b" * 300_000, 431),
    "a chunk's extension without end": (CHUNKED + b"1;a=" + b"b" * 300_000, 431),
}


@pytest.mark.parametrize("size", [1_000_000, 4_096, 999], ids=lambda size: f"in pieces of {size}")
@pytest.mark.parametrize("behind", [False, True], ids=["alone", "behind a request"])
@pytest.mark.parametrize("case", HEADS)
def test_a_head_has_at_most_so_many_bytes(echoing: Running, case: str, behind: bool, size: int) -> None:
    sent, status = HEADS[case]
    with Wire(echoing.port) as wire:
        if behind:
            wire.send(PLAIN + b"\r\n")
            assert wire.answer() is not None
        wire.send(*(sent[at : at + size] for at in range(0, len(sent), size)))
        answer = wire.answer()

        assert answer is not None
        assert answer.status == status
        if status != 200:
            assert answer.told["statusCode"] == status
            assert str(MOST_HEAD) in answer.told["errors"][0]
            assert wire.answer() is None


def test_bodies_are_not_heads(echoing: Running) -> None:
    body = b"b" * 500_000
    small = chunks(b"c" * 100_000, 1)
    with Wire(echoing.port) as wire:
        wire.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(body), body)
        wire.send(CHUNKED, *(small[at : at + 999] for at in range(0, len(small), 999)))
        lengths = [len(answer.told["body"]) for _ in range(2) if (answer := wire.answer()) is not None]

    assert lengths == [500_000, 100_000]


# How long a head is waited for


class Connection:
    """What a timer sees of a connection."""

    def __init__(self) -> None:
        self.awaits: object | None = object()
        self.refused = 0

    def refuse_late_head(self) -> None:
        self.refused += 1


def looked(timer: HeadTimer, connection: Connection, *moments: float) -> int:
    for moment in moments:
        timer.look([cast("HttpProtocol", connection)], moment)
    return connection.refused


def test_a_head_that_does_not_come_in_time_is_refused() -> None:
    assert looked(HeadTimer(30), Connection(), 100, 101, 129.9) == 0
    assert looked(HeadTimer(30), Connection(), 100, 101, 130) == 1


def test_time_begins_anew_with_each_request() -> None:
    timer, connection = HeadTimer(30), Connection()

    assert looked(timer, connection, 100, 129) == 0
    connection.awaits = object()
    assert looked(timer, connection, 131, 160) == 0
    connection.awaits = None  # a request is answered, however long that takes
    assert looked(timer, connection, 161, 900) == 0
    connection.awaits = object()
    assert looked(timer, connection, 901, 930) == 0
    assert looked(timer, connection, 931) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", None),
        (b"\r\n", None),
        (b"G", 408),
        (PLAIN, 408),
        (PLAIN + b"\r\n" + PLAIN, 408),
    ],
)
def test_a_connection_that_is_too_slow_ends_with_an_answer_if_it_had_begun(
    sent: bytes, status: int | None
) -> None:
    with running(echo) as found, Wire(found.port) as wire:
        wire.send(sent)
        if sent.count(PLAIN) == 2:
            assert wire.answer() is not None
        wait_until_read(found, sent)
        loop = found.server.loop
        for moment in (1e9, 1e9 + 30):
            loop.call_soon_threadsafe(found.server._heads.look, found.server._connections, moment)
        answer = wire.answer()

        assert (None if answer is None else answer.status) == status
        assert wire.answer() is None


def test_of_requests_that_are_sent_at_once_few_are_in_memory_and_all_are_answered() -> None:
    count, waiting = 20_000, [0]
    request = PLAIN + b"\r\n"

    with running(echo) as found, Wire(found.port) as wire:

        def look() -> None:
            waiting.extend(len(cast("Any", each).pipeline) for each in found.server._connections)

        sender = threading.Thread(target=wire.send, args=(request * count,))
        sender.start()
        for number in range(count):
            assert wire.answer() is not None
            if number % 100 == 0:
                found.server.loop.call_soon_threadsafe(look)
        sender.join()

    assert 0 < max(waiting) < 10_000


def wait_until_read(found: Running, sent: bytes) -> None:
    """Another connection is served after what this one sent was read."""
    with Wire(found.port) as other:
        for _ in range(3):
            other.send(PLAIN + b"\r\n")
            assert other.answer() is not None
