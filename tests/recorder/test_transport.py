"""What is recorded through httpx is what came, or an error says why not; what is replayed is what was
recorded."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from recorder.raw_upstream import SILENT, RawUpstream, answer, chunked, refused

from mock_lusha.recorder.cassette import CassetteError, load
from mock_lusha.recorder.guard import LiveCallError
from mock_lusha.recorder.made import is_free_text
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.prose import is_prose
from mock_lusha.recorder.recorder import CassetteMissError
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder

    Send = Callable[..., httpx.Response]

KEY = "MARKEDKEY-0123456789-ABCDEF"
LUSHA = "https://api.lusha.com"
USAGE = {"usage": {"credits": {"total": 100, "used": 25, "remaining": 75}}}
PLAIN = json.dumps(USAGE).encode()
PERSON = {"params": {"email": "jane.marked@marked-mail.com"}}
JSON = "Content-Type: application/json"
PAGE = "Content-Type: text/html; charset=utf-8"


def through_sync(
    recorder: Recorder, method: str = "GET", path: str = "/account/usage", **more: Any
) -> httpx.Response:
    timeout = more.pop("timeout", 15)
    headers = {"api_key": KEY, **more.pop("headers", {})}
    with httpx.Client(transport=RecorderTransport(recorder), base_url=LUSHA, timeout=timeout) as client:
        return client.request(method, path, headers=headers, **more)


def through_async(
    recorder: Recorder, method: str = "GET", path: str = "/account/usage", **more: Any
) -> httpx.Response:
    timeout = more.pop("timeout", 15)
    headers = {"api_key": KEY, **more.pop("headers", {})}

    async def call() -> httpx.Response:
        transport = AsyncRecorderTransport(recorder)
        async with httpx.AsyncClient(transport=transport, base_url=LUSHA, timeout=timeout) as client:
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(call())


@pytest.fixture(params=[through_sync, through_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    made: Send = request.param
    return made


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


def files(tape: Path) -> set[str]:
    """What is in the folder of a cassette, but for the key."""
    return {each.name for each in tape.parent.iterdir()} - {"redaction.key"}


def patience(error: type[Exception] | None) -> httpx.Timeout:
    """Little where an upstream is expected to be too slow, and much where it is not."""
    return httpx.Timeout(15, read=0.3 if error is httpx.ReadTimeout else 15)


def deflated(content: bytes) -> bytes:
    """What many servers send as deflate: without its two bytes ahead."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


# No answer


@contextlib.contextmanager
def _down() -> Any:
    yield refused()


@contextlib.contextmanager
def _answering(given: bytes | None, scheme: str = "http") -> Any:
    with RawUpstream(given) as upstream:
        yield f"{scheme}://{upstream.authority}"


NO_ANSWERS = [
    pytest.param(_down, httpx.ConnectError, id="nobody listens"),
    pytest.param(lambda: _answering(SILENT), httpx.ReadTimeout, id="too slow"),
    pytest.param(lambda: _answering(b""), httpx.RemoteProtocolError, id="closed at once"),
    pytest.param(lambda: _answering(b"HTTP/1.1 200 OK\r\nConte"), httpx.RemoteProtocolError, id="cut header"),
    pytest.param(lambda: _answering(b"SSH-2.0-OpenSSH_9.6\r\n"), httpx.RemoteProtocolError, id="no HTTP"),
    pytest.param(
        lambda: _answering(answer(PLAIN[:20], 200, JSON, length=len(PLAIN))),
        httpx.RemoteProtocolError,
        id="cut in mid-body",
    ),
    pytest.param(
        lambda: _answering(answer(chunked(PLAIN[:20], ended=False), 200, JSON, "Transfer-Encoding: chunked")),
        httpx.RemoteProtocolError,
        id="cut between chunks",
    ),
    pytest.param(lambda: _answering(answer(b"no TLS here", 400), "https"), httpx.ConnectError, id="no TLS"),
]


@pytest.mark.parametrize(("upstream", "error"), NO_ANSWERS)
def test_an_upstream_that_gives_no_whole_answer_is_an_error_and_nothing_is_recorded(
    send: Send, tape: Path, upstream: Callable[[], Any], error: type[Exception]
) -> None:
    with upstream() as url:
        recorder = open_recorder(tape, "once", upstream=url)
        with pytest.raises(error):
            send(recorder, timeout=patience(error))
    assert not recorder.verdicts
    assert files(tape) == set()


@pytest.mark.parametrize(("upstream", "error"), NO_ANSWERS)
def test_a_failed_call_leaves_the_cassette_as_it_was(
    send: Send, tape: Path, upstream: Callable[[], Any], error: type[Exception]
) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as well:
        send(open_recorder(tape, "once", upstream=well.url))
    before = tape.read_bytes()
    with upstream() as url, pytest.raises(error):
        send(open_recorder(tape, "all", upstream=url), timeout=patience(error))
    assert tape.read_bytes() == before
    assert files(tape) == {"tape.yaml"}


# Encodings and framing

READABLE = [
    pytest.param(answer(PLAIN, 200, JSON), id="as it is"),
    pytest.param(answer(gzip.compress(PLAIN), 200, JSON, "Content-Encoding: gzip"), id="gzip"),
    pytest.param(answer(gzip.compress(PLAIN), 200, JSON, "Content-Encoding: GZip"), id="gzip in capitals"),
    pytest.param(answer(zlib.compress(PLAIN), 200, JSON, "Content-Encoding: deflate"), id="deflate"),
    pytest.param(answer(deflated(PLAIN), 200, JSON, "Content-Encoding: deflate"), id="bare deflate"),
    pytest.param(
        answer(gzip.compress(zlib.compress(PLAIN)), 200, JSON, "Content-Encoding: deflate, gzip"), id="both"
    ),
    pytest.param(
        answer(chunked(PLAIN[:7], PLAIN[7:]), 200, JSON, "Transfer-Encoding: chunked"), id="chunked"
    ),
    pytest.param(
        answer(
            chunked(gzip.compress(PLAIN)), 200, JSON, "Transfer-Encoding: chunked", "Content-Encoding: gzip"
        ),
        id="gzip in chunks",
    ),
    pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + PLAIN, id="until the end"),
    pytest.param(answer(b"\xef\xbb\xbf" + PLAIN, 200, JSON), id="with a byte order mark"),
]


@pytest.mark.parametrize("given", READABLE)
def test_an_answer_is_recorded_as_json_and_replayed_the_same_however_it_came(
    send: Send, tape: Path, given: bytes
) -> None:
    with RawUpstream(given) as upstream:
        first = send(open_recorder(tape, "once", upstream=upstream.url))
    assert (first.status_code, json.loads(first.content)) == (200, USAGE)
    (kept,) = load(tape).interactions
    assert (kept.answer, kept.text, kept.headers) == (USAGE, None, {"content-type": "application/json"})
    again = send(open_recorder(tape))
    assert (again.status_code, again.json()) == (200, USAGE)
    assert dict(again.headers) == {
        "content-type": "application/json",
        "content-length": str(len(again.content)),
    }


UNREADABLE = [
    pytest.param(b"\x8b\x03\x80{}\x03", JSON, "br", "encoded with br", id="brotli"),
    pytest.param(b"\x28\xb5\x2f\xfd{}", JSON, "zstd", "encoded with zstd", id="zstd"),
    pytest.param(gzip.compress(PLAIN), JSON, "x-gzip", "encoded with x-gzip", id="x-gzip"),
    pytest.param(gzip.compress(b"\x8b\x03\x80{}\x03"), JSON, "br, gzip", "encoded with br, gzip", id="two"),
    pytest.param(PLAIN, JSON, "gzip", "says it is gzip, and is not", id="no gzip at all"),
    pytest.param(b"\xff\xfe\xfd", PAGE, "identity", "neither UTF-8 nor of the charset", id="no text"),
    pytest.param(
        b"Jos\xe9", "Content-Type: text/html", "identity", "neither UTF-8 nor", id="text of no charset"
    ),
    pytest.param(b"Jos\xe9", "Content-Type: text/html; charset=moo", "identity", "neither", id="made up"),
]


@pytest.mark.parametrize(("body", "kind", "encoding", "message"), UNREADABLE)
def test_an_answer_that_cannot_be_read_reaches_the_caller_as_it_came_and_is_not_recorded(
    send: Send,
    tape: Path,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    kind: str,
    encoding: str,
    message: str,
) -> None:
    with RawUpstream(answer(body, 200, kind, f"Content-Encoding: {encoding}")) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        if encoding.endswith("gzip") and encoding != "x-gzip":
            with contextlib.suppress(httpx.DecodingError):  # it is the caller who finds it to be no gzip
                send(recorder)
        else:
            found = send(recorder)
            assert (found.status_code, found.content) == (200, body)
            assert found.headers["content-encoding"] == encoding
    assert recorder.verdicts == {"LIVE": 1}
    (problem,) = recorder.problems
    assert problem.startswith(f"{tape}: the answer to getAccountUsageStats was passed on and not recorded: ")
    assert message in problem
    assert problem in caplog.text
    assert files(tape) == set()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"a":' * 900 + b"1" + b"}" * 900, id="deep"),
        pytest.param(b"[" * 200 + b"]" * 200, id="deep lists"),
    ],
)
def test_an_answer_that_is_nested_too_deeply_reaches_the_caller(send: Send, tape: Path, body: bytes) -> None:
    with RawUpstream(answer(body, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        assert send(recorder).content == body
    assert recorder.problems[0].endswith("it is nested more than 80 deep")
    assert files(tape) == set()


def test_an_answer_that_nothing_is_foreseen_for_reaches_the_caller(
    send: Send, tape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("jane.marked@marked-mail.com")

    monkeypatch.setattr("mock_lusha.recorder.redaction.Redactor.interaction", fail)
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        assert send(recorder).json() == USAGE
    assert recorder.problems[0].endswith("RuntimeError: it cannot be redacted and written")
    assert files(tape) == set()


# Where nothing can be kept


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def _gone(*_: object) -> None:
    raise FileNotFoundError(2, "No such file or directory")


def test_nothing_is_paid_for_while_the_disk_is_full(
    send: Send, tape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
        with pytest.raises(CassetteError, match="cannot be written: the disk is full"):
            send(open_recorder(tape, "all", upstream=upstream.url))
        assert upstream.requests == []


@pytest.mark.parametrize("failure", [_full, _gone])
@pytest.mark.parametrize("place", ["os.fsync", "mock_lusha.recorder.recorder.locked"])
def test_when_an_answer_cannot_be_written_nothing_more_is_paid_for(
    send: Send, tape: Path, monkeypatch: pytest.MonkeyPatch, failure: Callable[..., None], place: str
) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "all", upstream=upstream.url)
        with monkeypatch.context() as patched:
            patched.setattr(place, failure)
            with pytest.raises(CassetteError, match="cannot be written: No s"):
                send(recorder)
        for path in ("/account/usage", "/v2/person"):
            with pytest.raises(LiveCallError, match=r"could not be kept: .*No s"):
                send(recorder, path=path)
        assert len(upstream.requests) == 1
    assert recorder.verdicts == {"LIVE": 1, "BLOCKED": 2}


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"\x8b\x03\x80{}\x03", "br"), (b"\xff\xfe\xfd", "identity")], ids=["br", "binary"]
)
def test_passing_through_hands_on_the_very_bytes_that_cannot_be_read(
    send: Send, tape: Path, body: bytes, encoding: str
) -> None:
    with RawUpstream(answer(body, 200, "Set-Cookie: a=1", f"Content-Encoding: {encoding}")) as upstream:
        first = send(open_recorder(tape, "passthrough", upstream=upstream.url))
    assert (first.content, first.headers["content-encoding"]) == (body, encoding)
    assert first.headers["set-cookie"] == "a=1"
    assert files(tape) == set()


def test_upstream_is_asked_for_encodings_that_can_be_read_whatever_the_client_takes(
    send: Send, tape: Path
) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        send(open_recorder(tape, "once", upstream=upstream.url), headers={"accept-encoding": "br, zstd"})
        head = upstream.requests[0].lower()
        assert head.count(b"accept-encoding:") == head.count(b"host:") == 1
        assert b"\r\naccept-encoding: gzip, deflate\r\n" in head
        assert b"\r\nhost: %s\r\n" % upstream.authority.encode() in head


def test_the_path_of_the_upstream_stands_ahead_and_is_not_recorded(send: Send, tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=f"{upstream.url}/lusha/", max_credits=9)
        send(recorder, path="/v2/company", params={"domain": "acme.com"})
        lines = [each.partition(b" HTTP")[0] for each in upstream.requests]
    assert lines == [b"GET /lusha/account/usage", b"GET /lusha/v2/company?domain=acme.com"]
    assert load(tape).interactions[0].path == "/v2/company"


@pytest.mark.parametrize(
    ("charset", "body"),
    [("iso-8859-1", "Überlastet".encode("latin-1")), ("utf-16", "Überlastet".encode("utf-16"))],
    ids=["latin", "utf-16"],
)
def test_text_of_another_charset_is_replayed_in_utf_8(
    send: Send, tape: Path, charset: str, body: bytes
) -> None:
    with RawUpstream(answer(body, 503, f"Content-Type: text/plain; charset={charset}")) as upstream:
        first = send(open_recorder(tape, "once", upstream=upstream.url))
    assert (first.text, first.content) == ("Überlastet", body)
    again = send(open_recorder(tape))
    assert (again.status_code, is_free_text(again.text)) == (503, True)
    assert again.headers["content-type"] == "text/plain; charset=utf-8"


# Answers of all kinds

GATEWAY = f"<html>502 Bad Gateway for jane.marked@marked-mail.com with {KEY}</html>".encode()


@pytest.mark.parametrize(
    ("given", "headers", "body"),
    [
        pytest.param(
            answer(b"<html>502 Bad Gateway</html>", 502, PAGE, "Server: nginx"),
            {"content-type": "text/html; charset=utf-8"},
            b"<html>502 Bad Gateway</html>",
            id="a page of a gateway",
        ),
        pytest.param(
            answer(b"<html>502 Bad Gateway</html>", 502, JSON),
            {"content-type": "application/json"},
            b"<html>502 Bad Gateway</html>",
            id="a page that says it is JSON",
        ),
        pytest.param(
            answer(b'{"statusCode":429}', 429, JSON, "Retry-After: 17", "X-Minute-Usage: 51"),
            {"content-type": "application/json", "retry-after": "17", "x-minute-usage": "51"},
            b'{"statusCode":429}',
            id="too many requests",
        ),
        pytest.param(answer(b"", 302, "Location: https://elsewhere.example/x"), {}, b"", id="a redirect"),
        pytest.param(answer(b"", 307, "Location: /account/usage"), {}, b"", id="a redirect to itself"),
        pytest.param(answer(b"", 204), {}, b"", id="no content"),
        pytest.param(answer(b"", 200, JSON), {"content-type": "application/json"}, b"", id="an empty body"),
        pytest.param(answer(b"null", 200, JSON), {"content-type": "application/json"}, b"null", id="null"),
        pytest.param(answer(b"[]", 599), {}, b"[]", id="a status of nobody"),
        pytest.param(
            answer(b"", 200, "Retry-After: 1", "Retry-After: 2"), {"retry-after": "1, 2"}, b"", id="twice"
        ),
    ],
)
def test_an_answer_is_kept_as_it_is_and_asked_for_once(
    send: Send, tape: Path, given: bytes, headers: dict[str, str], body: bytes
) -> None:
    with RawUpstream(given) as upstream:
        first = send(open_recorder(tape, "once", upstream=upstream.url))
        assert len(upstream.requests) == 1
    assert first.content == body
    again = send(open_recorder(tape))
    assert again.status_code == first.status_code
    # What is no JSON is replaced whole.
    made = again.content
    assert is_prose(again.text) if body.startswith(b"<") else made == body
    length = {"content-length": str(len(made))} if body else {}
    assert dict(again.headers) == {**headers, **length}


def test_a_page_of_a_gateway_is_recorded_without_the_person_and_the_key(send: Send, tape: Path) -> None:
    with RawUpstream(answer(GATEWAY, 502, PAGE)) as upstream:
        first = send(open_recorder(tape, "once", upstream=upstream.url), path="/v2/person", **PERSON)
    assert first.content == GATEWAY
    again = send(open_recorder(tape), path="/v2/person", **PERSON).text
    assert is_prose(again)
    assert "marked" not in (again + tape.read_text()).lower()


@pytest.mark.parametrize(
    "name", ["api_key", "API-KEY", "apikey", "x-api-key", "X-Lusha-Api-Key", "authorization"]
)
def test_a_key_that_is_echoed_is_not_recorded_in_whatever_header_it_was_sent(
    send: Send, tape: Path, name: str
) -> None:
    other = "OTHERKEY-9876543210"
    with RawUpstream(answer(f"{other} is no key".encode(), 401, PAGE)) as upstream:
        send(open_recorder(tape, "once", upstream=upstream.url), headers={name: f"Bearer {other}"})
        assert other.encode() in upstream.requests[0]
    assert other not in tape.read_text()


def test_head_has_the_length_that_came_and_no_body(send: Send, tape: Path) -> None:
    given = answer(b"", 200, JSON, length=len(PLAIN))
    with RawUpstream(given) as upstream:
        first = send(open_recorder(tape, "once", upstream=upstream.url), "HEAD")
        assert upstream.requests[0].startswith(b"HEAD /account/usage ")
    assert (first.content, first.headers["content-length"]) == (b"", str(len(PLAIN)))
    again = send(open_recorder(tape), "HEAD")
    assert (again.status_code, again.content) == (200, b"")
    assert again.headers["content-type"] == "application/json"


def test_the_same_request_twice_is_recorded_twice_and_replayed_in_order(send: Send, tape: Path) -> None:
    given = [answer(b'{"statusCode":429}', 429, JSON), answer(PLAIN, 200, JSON)]
    with RawUpstream(*given) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        assert [send(recorder).status_code for _ in given] == [429, 200]
    replay = open_recorder(tape)
    assert [send(replay).status_code for _ in range(3)] == [429, 200, 200]
    assert replay.verdicts == {"HIT": 3}


def test_a_miss_reaches_no_upstream_and_names_what_is_near(send: Send, tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON)) as upstream:
        send(open_recorder(tape, "once", upstream=upstream.url))
        replay = open_recorder(tape, upstream=upstream.url)
        with pytest.raises(CassetteMissError, match=r"MISS: .*/v2/company[^$]*near: interactions\[0\]"):
            send(replay, path="/v2/company", params={"domain": "acme.com"})
        assert len(upstream.requests) == 1
    assert replay.verdicts == {"MISS": 1}


def test_a_client_that_follows_redirects_does_so_through_the_recorder(send: Send, tape: Path) -> None:
    moved = answer(b"", 307, "Location: https://api.lusha.com/account/usage?moved=1")
    with RawUpstream(moved, answer(PLAIN, 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        assert send(recorder, follow_redirects=True).json() == USAGE
        assert len(upstream.requests) == 2
    assert [each.status for each in load(tape).interactions] == [307, 200]


def test_bodies_are_forwarded_as_they_were_sent(send: Send, tape: Path) -> None:
    sent = '{"contacts": [ {"contactId":"1","email":"é@marked-mail.com"}]}'.encode()
    with RawUpstream(answer(b"{}", 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)
        send(recorder, "POST", "/v2/person", content=iter([sent]) if send is through_sync else sent)
        head, _, body = upstream.requests[0].partition(b"\r\n\r\n")
    assert body == sent
    assert b"content-length: %d" % len(sent) in head.lower()
    assert b"transfer-encoding" not in head.lower()


def test_any_transport_may_stand_below(tape: Path) -> None:
    inner = httpx.MockTransport(lambda request: httpx.Response(200, json={"path": request.url.path}))
    recorder = open_recorder(tape, "once", upstream="http://127.0.0.1:1/below")
    with httpx.Client(transport=RecorderTransport(recorder, inner), base_url=LUSHA) as client:
        assert client.get("/account/usage").json() == {"path": "/below/account/usage"}


# Money


def may_be_spent(recorder: Recorder) -> int:
    return recorder.guard.spent + recorder.guard.held


def test_calls_at_once_stay_below_the_cap_together(tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON), answer(b"{}", 200, JSON)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url, max_credits=6)

        async def all_of_them() -> list[httpx.Response | BaseException]:
            transport = AsyncRecorderTransport(recorder)
            async with httpx.AsyncClient(transport=transport, base_url=LUSHA, timeout=15) as client:
                calls = [client.get("/v2/person", params={"email": f"a{n}@b.example"}) for n in range(4)]
                return await asyncio.gather(*calls, return_exceptions=True)

        found = asyncio.run(all_of_them())
        assert sum(b"/v2/person" in each for each in upstream.requests) == 1
    assert sum(isinstance(each, LiveCallError) for each in found) == 3
    assert sum(isinstance(each, httpx.Response) for each in found) == 1
    assert recorder.verdicts == {"BLOCKED": 3, "LIVE": 1}
    assert may_be_spent(recorder) == 6


def test_calls_of_many_threads_are_all_recorded(tape: Path) -> None:
    with RawUpstream(answer(PLAIN, 200, JSON), together=6) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url)

        def call(n: int) -> int:
            return through_sync(recorder, params={"n": str(n)}).status_code

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(call, range(6))) == [200] * 6
    replay = open_recorder(tape)
    assert [through_sync(replay, params={"n": str(n)}).status_code for n in range(6)] == [200] * 6
    assert len(load(tape).interactions) == 6
    assert files(tape) == {"tape.yaml"}


@pytest.mark.parametrize(
    ("given", "error", "spent"),
    [
        pytest.param(SILENT, httpx.ReadTimeout, 6, id="no answer in time"),
        pytest.param(answer(b"{", 200, JSON, length=9), httpx.RemoteProtocolError, 6, id="cut"),
        pytest.param(answer(b"\x8b", 200, "Content-Encoding: br"), None, 6, id="unreadable"),
        pytest.param(answer(b"\x8b", 500, "Content-Encoding: br"), None, 6, id="failed there"),
        pytest.param(answer(b"\x8b", 404, "Content-Encoding: br"), None, 0, id="refused there"),
    ],
)
def test_a_call_whose_price_nobody_knows_counts_as_the_most_it_may_cost(
    send: Send, tape: Path, given: bytes | None, error: type[Exception] | None, spent: int
) -> None:
    with RawUpstream(given) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url, max_credits=9)
        assert recorder.guard.claim_usage()  # as if it was read before
        with contextlib.nullcontext() if error is None else pytest.raises(error):
            send(recorder, path="/v2/person", timeout=patience(error), **PERSON)
    assert may_be_spent(recorder) == spent


def test_a_call_that_was_never_sent_costs_nothing(send: Send, tape: Path) -> None:
    recorder = open_recorder(tape, "once", upstream=refused(), max_credits=9)
    with pytest.raises(httpx.ConnectError):
        send(recorder, path="/v2/person", **PERSON)
    assert may_be_spent(recorder) == 0


def test_reading_the_usage_ahead_has_the_patience_of_the_client(send: Send, tape: Path) -> None:
    with RawUpstream(SILENT) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url, max_credits=9)
        with pytest.raises(httpx.ReadTimeout):
            send(recorder, path="/v2/person", timeout=patience(httpx.ReadTimeout), **PERSON)
        assert len(upstream.requests) == 1
        assert recorder.guard.claim_usage()  # the next call reads it
    assert may_be_spent(recorder) == 0
