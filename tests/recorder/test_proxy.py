"""The proxy: any client's calls are forwarded, recorded and replayed, and what goes wrong is said in JSON."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import http.client
import json
import logging
import socket
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from recorder.raw_upstream import SILENT, RawUpstream, answer, chunked, refused

from mock_lusha.recorder.cassette import load
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.prose import is_prose
from mock_lusha.recorder.proxy import RecorderProxy
from mock_lusha.server import _server, bind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder

KEY = "MARKEDKEY-0123456789-ABCDEF"
USAGE = {"usage": {"credits": {"total": 100, "used": 25, "remaining": 75}}}
PLAIN = json.dumps(USAGE).encode()
JSON = "Content-Type: application/json"
PAGE = "Content-Type: text/html; charset=utf-8"
PATH = "/account/usage"
PERSON = "/v2/person?email=jane.marked%40marked-mail.com"
BROTLI = b"\x8b\x03\x80{}\x03"
VERDICT = "x-mock-lusha-verdict"


class Answer:
    """An answer as a plain client sees it, which decodes nothing."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.names = [name.lower() for name, _ in response.getheaders()]
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def verdict(self) -> str:
        return self.headers[VERDICT]

    @property
    def message(self) -> str:
        """The message of an error of the proxy's own."""
        told = json.loads(self.body)
        assert told.keys() == {"statusCode", "message"}
        assert told["statusCode"] == self.status
        assert self.headers["content-type"] == "application/json; charset=utf-8"
        message = told["message"]
        assert isinstance(message, str)
        return message


class Client:
    """One connection to a proxy, kept open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def __call__(
        self, method: str = "GET", path: str = PATH, body: bytes | None = None, **headers: str
    ) -> Answer:
        self.connection.request(method, path, body, {"api_key": KEY, **headers})
        return Answer(self.connection.getresponse())


@contextlib.contextmanager
def proxying(recorder: Recorder) -> Iterator[int]:
    """The port of a proxy that serves."""
    started = threading.Event()
    server = _server(RecorderProxy(recorder), started.set)
    with bind("127.0.0.1", 0) as sock:
        port: int = sock.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        try:
            assert started.wait(20)
            yield port
        finally:
            server.stop_soon()
            thread.join()


@contextlib.contextmanager
def client_of(recorder: Recorder) -> Iterator[Client]:
    with proxying(recorder) as port:
        client = Client(port)
        with contextlib.closing(client.connection):
            yield client


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


def files(tape: Path) -> set[str]:
    """What is in the folder of a cassette, but for the key."""
    return {each.name for each in tape.parent.iterdir()} - {"redaction.key"}


def recorded(tape: Path, given: bytes, method: str = "GET", path: str = PATH) -> Answer:
    """What a client gets of an upstream that answers so, while it is recorded."""
    with (
        RawUpstream(given) as upstream,
        client_of(open_recorder(tape, "once", upstream=upstream.url)) as client,
    ):
        return client(method, path)


def replayed(tape: Path, method: str = "GET", path: str = PATH) -> Answer:
    with client_of(open_recorder(tape)) as client:
        return client(method, path)


# What went wrong


@contextlib.contextmanager
def _down() -> Iterator[str]:
    yield refused()


@contextlib.contextmanager
def _answering(given: bytes | None, scheme: str = "http") -> Iterator[str]:
    with RawUpstream(given) as upstream:
        yield f"{scheme}://{upstream.authority}"


@pytest.mark.parametrize(
    ("upstream", "status", "message"),
    [
        pytest.param(_down, 502, "the upstream cannot be reached: ", id="nobody listens"),
        pytest.param(
            lambda: _answering(SILENT), 504, "the upstream did not answer in time: ReadTimeout", id="too slow"
        ),
        pytest.param(
            lambda: _answering(b""), 502, "the upstream gave no whole answer: ", id="closed at once"
        ),
        pytest.param(
            lambda: _answering(b"SSH-2.0-OpenSSH_9.6\r\n"), 502, "the upstream gave no whole", id="no HTTP"
        ),
        pytest.param(
            lambda: _answering(answer(PLAIN[:20], 200, JSON, length=len(PLAIN))),
            502,
            "the upstream gave no whole answer: ",
            id="cut in mid-body",
        ),
        pytest.param(
            lambda: _answering(
                answer(chunked(PLAIN[:20], ended=False), 200, JSON, "Transfer-Encoding: chunked")
            ),
            502,
            "the upstream gave no whole answer: ",
            id="cut between chunks",
        ),
        pytest.param(
            lambda: _answering(answer(b"no TLS here", 400), "https"),
            502,
            "the upstream cannot be reached: [SSL",
            id="no TLS",
        ),
    ],
)
def test_an_upstream_that_gives_no_whole_answer_is_told_of_and_nothing_is_recorded(
    monkeypatch: pytest.MonkeyPatch, tape: Path, upstream: Callable[[], Any], status: int, message: str
) -> None:
    if status == 504:
        monkeypatch.setattr("mock_lusha.recorder.proxy._PATIENCE", 0.5)
    with upstream() as url, client_of(open_recorder(tape, "once", upstream=url)) as client:
        found = client()
    assert (found.status, found.verdict) == (status, "ERROR")
    assert found.message.startswith(message)
    assert files(tape) == set()


@pytest.mark.parametrize(
    ("body", "kind", "encoding", "message"),
    [
        pytest.param(BROTLI, JSON, "br", "encoded with br, which cannot be read here", id="brotli"),
        pytest.param(PLAIN, JSON, "gzip", "the answer says it is gzip, and is not", id="no gzip at all"),
        pytest.param(b"\xff\xfe\xfd", PAGE, "identity", "the answer is neither UTF-8 nor", id="no text"),
    ],
)
def test_an_answer_that_cannot_be_read_is_handed_on_as_it_came_and_is_not_recorded(
    tape: Path, caplog: pytest.LogCaptureFixture, body: bytes, kind: str, encoding: str, message: str
) -> None:
    found = recorded(tape, answer(body, 200, kind, f"Content-Encoding: {encoding}"))
    assert (found.status, found.verdict, found.body) == (200, "LIVE", body)
    assert found.headers.get("content-encoding", "identity") == encoding
    assert message in caplog.text
    assert files(tape) == set()


def test_an_answer_too_deep_to_be_redacted_is_handed_on_and_is_not_recorded(tape: Path) -> None:
    body = b'{"a":' * 1000 + b"1" + b"}" * 1000
    found = recorded(tape, answer(body, 200, JSON))
    assert (found.status, found.verdict, found.body) == (200, "LIVE", body)
    assert files(tape) == set()


def test_a_miss_is_404_and_names_what_is_near(tape: Path) -> None:
    recorded(tape, answer(PLAIN, 200, JSON))
    found = replayed(tape, path="/v2/company?domain=acme.com")
    assert (found.status, found.verdict) == (404, "MISS")
    assert "MISS: it has no GET /v2/company" in found.message
    assert "near: interactions[0] GET /account/usage" in found.message


def test_a_blocked_call_is_403_and_says_what_would_allow_it(tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url, max_credits=0)
        with client_of(recorder) as client:
            found = client(path=PERSON)
        assert upstream.requests == []
    assert (found.status, found.verdict) == (403, "BLOCKED")
    assert found.message.startswith("BLOCKED: searchSingleContact was not sent to ")
    assert "--max-credits is 0" in found.message


def test_a_cassette_that_was_damaged_meanwhile_is_told_of(tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        tape.write_text("format: [", encoding="utf-8")
        with client_of(recorder) as client:
            found = client()
    assert (found.status, found.verdict) == (500, "LIVE")
    assert f"{tape}: is damaged: line " in found.message
    assert tape.read_text(encoding="utf-8") == "format: ["


def test_a_miss_of_head_has_the_length_of_what_it_would_say_and_no_body(tape: Path) -> None:
    recorded(tape, answer(PLAIN, 200, JSON))
    found = replayed(tape, "HEAD", "/v2/company?domain=acme.com")
    assert (found.status, found.verdict, found.body) == (404, "MISS", b"")
    assert int(found.headers["content-length"]) > 0


# What came


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(answer(PLAIN, 200, JSON), id="as it is"),
        pytest.param(answer(gzip.compress(PLAIN), 200, JSON, "Content-Encoding: gzip"), id="gzip"),
        pytest.param(answer(zlib.compress(PLAIN), 200, JSON, "Content-Encoding: deflate"), id="deflate"),
        pytest.param(
            answer(chunked(PLAIN[:7], PLAIN[7:]), 200, JSON, "Transfer-Encoding: chunked"), id="chunked"
        ),
        pytest.param(
            answer(
                chunked(gzip.compress(PLAIN)),
                200,
                JSON,
                "transfer-encoding: chunked",
                "CONTENT-ENCODING: gzip",
            ),
            id="gzip in chunks",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + PLAIN, id="to the end"),
    ],
)
def test_a_client_that_decodes_nothing_gets_the_plain_answer_live_and_replayed(
    tape: Path, given: bytes
) -> None:
    first, again = recorded(tape, given), replayed(tape)
    assert (first.body, first.verdict) == (PLAIN, "LIVE")
    assert (json.loads(again.body), again.verdict) == (USAGE, "HIT")
    for each in (first, again):
        assert each.status == 200
        assert each.headers["content-type"] == "application/json"
        assert each.headers["content-length"] == str(len(each.body))
        assert sorted(each.names) == ["content-length", "content-type", "date", VERDICT]


@pytest.mark.parametrize(
    ("given", "body", "kept"),
    [
        pytest.param(
            answer(b"<html>502 Bad Gateway</html>", 502, PAGE),
            b"<html>502 Bad Gateway</html>",
            {"content-type": "text/html; charset=utf-8"},
            id="a page of a gateway",
        ),
        pytest.param(
            answer(b'{"statusCode":429}', 429, JSON, "Retry-After: 17"),
            b'{"statusCode":429}',
            {"content-type": "application/json", "retry-after": "17"},
            id="too many requests",
        ),
        pytest.param(answer(b"", 302, "Location: https://elsewhere.example/x"), b"", {}, id="a redirect"),
        pytest.param(answer(b"", 200, JSON), b"", {"content-type": "application/json"}, id="an empty body"),
    ],
)
def test_an_answer_is_kept_as_it_is_and_asked_for_once(
    tape: Path, given: bytes, body: bytes, kept: dict[str, str]
) -> None:
    with RawUpstream(given) as upstream:
        with client_of(open_recorder(tape, "once", upstream=upstream.url)) as client:
            first = client()
        assert len(upstream.requests) == 1
    again = replayed(tape)
    assert first.body == body
    # What is no JSON is replaced whole.
    assert is_prose(again.body.decode()) if body.startswith(b"<") else again.body == body
    assert first.status == again.status == int(given[9:12])
    length = {"content-length": str(len(again.body))}
    assert {n: v for n, v in again.headers.items() if n not in {"date", VERDICT}} == {**kept, **length}


def test_a_redirect_leads_to_the_recorder_or_nowhere(tape: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = recorded(tape, answer(b"", 302, "Location: https://api.lusha.com/v2/x?a=1"))
    assert (found.status, found.headers["location"]) == (302, "/v2/x?a=1")
    assert "redirects" not in caplog.text
    tape.unlink()
    found = recorded(
        tape, answer(b"", 302, "Location: https://elsewhere.example/x", "Refresh: 0; url=//x.example")
    )
    assert found.status == 302
    assert {"location", "refresh"}.isdisjoint(found.names)
    assert "the upstream redirects to another server" in caplog.text


def test_no_content_has_no_length(tape: Path) -> None:
    first, again = recorded(tape, answer(b"", 204)), replayed(tape)
    for each in (first, again):
        assert (each.status, each.body) == (204, b"")
        assert sorted(each.names) == ["date", VERDICT]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_has_the_length_that_came_and_no_body(tape: Path, encoding: str) -> None:
    given = answer(b"", 200, JSON, f"Content-Encoding: {encoding}", length=len(PLAIN))
    first, again = recorded(tape, given, "HEAD"), replayed(tape, "HEAD")
    assert (first.status, first.body, first.verdict) == (200, b"", "LIVE")
    assert first.headers["content-length"] == str(len(PLAIN))
    assert first.headers["content-encoding"] == encoding
    assert (again.status, again.body, again.verdict) == (200, b"", "HIT")
    assert again.headers["content-type"] == "application/json"


def test_headers_that_came_twice_are_handed_on_twice_but_for_those_that_are_the_servers(tape: Path) -> None:
    given = answer(
        PLAIN,
        200,
        JSON,
        *("Set-Cookie: a=1", "Set-Cookie: b=2", "Keep-Alive: timeout=5"),
        *("Date: Tue, 31 Mar 2026 12:00:00 GMT", "X-Mock-Lusha-Verdict: HIT"),
    )
    found = recorded(tape, given)
    assert sorted(found.names) == [
        *("content-length", "content-type", "date", "set-cookie", "set-cookie", VERDICT),
    ]
    assert found.verdict == "LIVE"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(BROTLI, "br"), (PLAIN, "gzip"), (b"\xff\xfe\xfd", None)],
    ids=["brotli", "no gzip", "binary"],
)
def test_passing_through_hands_on_what_cannot_be_read_and_what_it_is(
    tape: Path, body: bytes, encoding: str | None
) -> None:
    more = [f"Content-Encoding: {encoding}"] if encoding else []
    with RawUpstream(answer(body, 200, JSON, *more)) as upstream:
        recorder = open_recorder(tape, "passthrough", upstream=upstream.url)
        with client_of(recorder) as client:
            found = client()
    assert (found.status, found.body, found.verdict) == (200, body, "LIVE")
    assert found.headers.get("content-encoding") == encoding
    assert found.headers["content-length"] == str(len(body))
    assert files(tape) == set()


# What is sent


def test_the_upstream_gets_the_request_as_it_was_but_for_the_hop(tape: Path) -> None:
    sent = '{"contacts": [ {"contactId":"1","fullName":"Zoë"}]}'.encode()
    with RawUpstream(answer(b"{}", 200, JSON)) as upstream:
        with client_of(open_recorder(tape, "once", upstream=f"{upstream.url}/below")) as client:
            client(
                "POST", "/v2/person?a=%C3%A9&b=1+2", sent, **{"content-type": "application/json", "x-a": "1"}
            )
        head, _, body = upstream.requests[0].partition(b"\r\n\r\n")
        authority = upstream.authority.encode()
    assert body == sent
    first, *lines = head.split(b"\r\n")
    assert first == b"POST /below/v2/person?a=%C3%A9&b=1+2 HTTP/1.1"
    headers = [line.lower() for line in lines]
    assert len({line.partition(b":")[0] for line in headers}) == len(headers)
    assert {
        b"host: " + authority,
        b"api_key: " + KEY.lower().encode(),
        b"content-type: application/json",
        b"x-a: 1",
        b"accept-encoding: gzip, deflate",
        b"content-length: %d" % len(sent),
    } <= set(headers)


def test_a_body_that_is_encoded_stays_so_and_says_so(tape: Path) -> None:
    sent = gzip.compress(b"{}")
    with RawUpstream(answer(b"{}", 200, JSON)) as upstream:
        with client_of(open_recorder(tape, "passthrough", upstream=upstream.url)) as client:
            client("POST", "/v2/person", sent, **{"content-encoding": "gzip"})
        assert upstream.requests[0].endswith(b"\r\n\r\n" + sent)
        assert b"\r\ncontent-encoding: gzip\r\n" in upstream.requests[0].lower()


def test_a_body_in_chunks_is_forwarded_whole(tape: Path) -> None:
    with RawUpstream(answer(b"{}", 200, JSON)) as upstream:
        with client_of(open_recorder(tape, "once", upstream=upstream.url)) as client:
            client.connection.request(
                "POST", "/v2/person", iter([b'{"contacts"', b":[]}"]), {"api_key": KEY}, encode_chunked=True
            )
            assert Answer(client.connection.getresponse()).status == 200
        assert upstream.requests[0].endswith(b'\r\n\r\n{"contacts":[]}')
    assert load(tape).interactions[0].body == {"contacts": []}


@pytest.mark.parametrize("target", ["//other.example/x", "/a%2Fb", "/%ff", "*"])
def test_odd_targets_are_answered(tape: Path, target: str) -> None:
    with (
        RawUpstream(answer(PLAIN, 200, JSON)) as upstream,
        client_of(open_recorder(tape, "once", upstream=upstream.url)) as client,
    ):
        found = client("OPTIONS", target)
        assert found.status in {200, 400, 403, 502}
        assert all(b" HTTP/1.1\r\n" in each for each in upstream.requests)
        assert client().status == 200


def test_a_client_that_leaves_in_mid_body_causes_no_call(tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        with proxying(open_recorder(tape, "once", upstream=upstream.url)) as port:
            with socket.create_connection(("127.0.0.1", port)) as gone:
                gone.sendall(b"POST /v2/person HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
            client = Client(port)
            with contextlib.closing(client.connection):
                assert client().status == 200
        assert len(upstream.requests) == 1


# Connections


def test_one_connection_serves_many_calls_whatever_became_of_them(tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON), answer(b"", 204), b"", answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        with client_of(recorder) as client:
            client.connection.connect()
            sock = client.connection.sock
            found = [client() for _ in range(4)]
            assert client.connection.sock is sock
    assert [each.status for each in found] == [200, 204, 502, 200]
    assert [each.verdict for each in found] == ["LIVE", "LIVE", "ERROR", "LIVE"]
    assert len(load(tape).interactions) == 3


def test_calls_at_once_are_forwarded_together_and_all_recorded(tape: Path) -> None:
    with (
        RawUpstream(answer(PLAIN, 200, JSON), together=8) as upstream,
        proxying(open_recorder(tape, "once", upstream=upstream.url)) as port,
        ThreadPoolExecutor(8) as pool,
    ):

        def call(n: int) -> tuple[int, str]:
            client = Client(port)
            with contextlib.closing(client.connection):
                found = client(path=f"{PATH}?n={n}")
            return found.status, found.verdict

        assert list(pool.map(call, range(8))) == [(200, "LIVE")] * 8
    assert len(load(tape).interactions) == 8
    assert files(tape) == {"tape.yaml"}


def test_a_verdict_is_that_of_the_call_whatever_else_is_under_way(tape: Path) -> None:
    recorded(tape, answer(PLAIN, 200, JSON))
    with (
        RawUpstream(answer(PLAIN, 200, JSON), together=2) as upstream,
        proxying(open_recorder(tape, "new", upstream=upstream.url)) as port,
        ThreadPoolExecutor(2) as pool,
        contextlib.ExitStack() as stack,
    ):
        one, two, other = (Client(port) for _ in range(3))
        for each in (one, two, other):
            stack.callback(each.connection.close)
        first = pool.submit(one, "GET", f"{PATH}?n=1")
        assert upstream.arrived.acquire(timeout=20)
        hit = other()
        second = pool.submit(two, "GET", f"{PATH}?n=2")
        assert [each.verdict for each in (first.result(), hit, second.result())] == ["LIVE", "HIT", "LIVE"]


def test_what_is_logged_has_the_verdict_and_neither_key_nor_person(
    tape: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    recorded(tape, answer(f"no {KEY} for jane.marked@marked-mail.com".encode(), 401, PAGE), path=PERSON)
    lines = [each.getMessage() for each in caplog.records if each.name == "mock_lusha.recorder"]
    assert lines == ["LIVE GET searchSingleContact 401 credits=0"]
    assert "marked" not in caplog.text.lower()
    assert "marked" not in tape.read_text(encoding="utf-8").lower()


# Web pages


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost:3000"},
        {"Host": "localhost:8081", "Origin": "https://localhost:8081"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example:8081"},
        {"Host": "[::1"},
        {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_page_of_elsewhere_spends_nothing(tape: Path, headers: dict[str, str], method: str) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "all", upstream=upstream.url)
        with client_of(recorder) as client:
            found = client(method, PERSON, b"{}" if method == "POST" else None, **headers)
        assert upstream.requests == []
    assert (found.status, found.verdict) == (403, "BLOCKED")
    assert found.message.startswith("BLOCKED: ")
    assert next(iter(headers.values()))[:10] in found.message
    assert files(tape) == set()
    assert len(recorder.refused) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"Host": "[::1]:8081"}, {"Host": "lusha.localhost"}, {"Sec-Fetch-Site": "none"}]
)
def test_programs_and_typed_addresses_are_forwarded(tape: Path, headers: dict[str, str]) -> None:
    with (
        RawUpstream(answer(PLAIN, 200, JSON)) as upstream,
        client_of(open_recorder(tape, "all", upstream=upstream.url)) as client,
    ):
        assert client("GET", PATH, None, **headers).status == 200


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("recorder:8081", None, 200),
        ("RECORDER", None, 200),
        ("recorder:8081", "http://recorder:8081", 200),
        ("recorder:8081", "http://evil.example", 403),
        ("recorder.evil.example", None, 403),
        ("localhost", None, 200),
    ],
)
def test_a_host_that_is_named_is_answered(tape: Path, host: str, origin: str | None, status: int) -> None:
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    scope = {"type": "http", "method": "GET", "path": PATH, "query_string": b"", "headers": headers}
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "passthrough", upstream=upstream.url)
        asyncio.run(RecorderProxy(recorder, hosts=["Recorder"])(scope, receive, send))
    assert sent[0]["status"] == status
