"""An HTTP server for clients in any language: forwards, records and answers, or replays."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from mock_lusha.errors import BODILESS, MockLushaError
from mock_lusha.recorder.cassette import CassetteError
from mock_lusha.recorder.guard import LiveCallError
from mock_lusha.recorder.recorder import CassetteMissError
from mock_lusha.recorder.transport import VERDICT as ANSWERED
from mock_lusha.recorder.transport import AsyncRecorderTransport, bytes_of, decoded
from mock_lusha.recorder.upstreams import ANY_HOST
from mock_lusha.web_origin import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping

    from mock_lusha.recorder.recorder import Recorder

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger("mock_lusha.recorder")
VERDICT = b"x-mock-lusha-verdict"
_PATIENCE = 60.0
# The server frames and dates the answer itself.
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection", b"keep-alive", b"expect"})
# What is offered to the server is not offered to the upstream.
_OFFERS = frozenset({b"upgrade", b"http2-settings"})
_OF_THE_SERVER = _FRAMING | {b"date", VERDICT}


class RecorderProxy:
    """An ASGI application over one recorder.

    Answers carry the verdict in ``x-mock-lusha-verdict``. A miss is 404, a blocked call 403, an upstream that
    cannot be reached 502, one that takes too long 504, what cannot be written 500; the body says why. A page
    of another site, and a request to a host that is not this machine or one of ``hosts``, are 403 too: the
    call would be made with the developer's key.
    """

    def __init__(
        self,
        recorder: Recorder,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        hosts: Collection[str] = (),
    ) -> None:
        self.recorder = recorder
        self._hosts = frozenset(host.lower() for host in hosts)
        self._transport = transport or AsyncRecorderTransport(recorder)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        content = await _read(receive)
        if content is None:
            return
        try:
            problem = refusal(
                scope["headers"],
                any_host=self._is_named(scope["headers"]),
                scheme=scope.get("scheme", "http"),
            )
            if problem is not None:
                self.recorder.refuse(f"BLOCKED: {problem}")
            response = await self._transport.handle_async_request(self._request(scope, content))
            headers, body = await _for_client(response, of_head=scope["method"] == "HEAD")
            status, verdict = response.status_code, response.extensions.get(ANSWERED, "LIVE")
        except (MockLushaError, httpx.RequestError, httpx.InvalidURL) as error:
            status, verdict = _outcome_of(error)
            body = orjson.dumps({"statusCode": status, "message": _message(error)})
            headers = [(b"content-type", b"application/json; charset=utf-8")]
            headers.append((b"content-length", b"%d" % len(body)))
        operation = self.recorder.operations.find(scope["method"], scope["path"])
        # No query, no body and no key: they may be personal.
        _log.info(
            "%s %s %s %s credits=%s", verdict, scope["method"],
            "-" if operation is None else operation.id, status, self.recorder.guard.spent,
        )  # fmt: skip
        headers.append((VERDICT, verdict.encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _is_named(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether a request is to one of the hosts by which this recorder is known to others."""
        hosts = [value.decode("latin-1").strip().lower() for name, value in headers if name == b"host"]
        return len(hosts) == 1 and not self._hosts.isdisjoint({hosts[0], hosts[0].rpartition(":")[0]})

    @staticmethod
    def _request(scope: MutableMapping[str, Any], content: bytes) -> httpx.Request:
        target: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope["query_string"]
        url = httpx.URL(ANY_HOST).copy_with(raw_path=target + (b"?" + query if query else b""))
        headers = [(name, value) for name, value in scope["headers"] if name not in _FRAMING | _OFFERS]
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
        return httpx.Request(
            scope["method"], url, headers=headers, content=content, extensions={"timeout": timeout}
        )


async def _for_client(response: httpx.Response, *, of_head: bool) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of an answer for a client that may not know the encodings that httpx accepts."""
    raw = await bytes_of(response)
    headers = [
        (name.lower(), value) for name, value in response.headers.raw if name.lower() not in _OF_THE_SERVER
    ]
    if of_head:
        return headers + [
            (name.lower(), value) for name, value in response.headers.raw if name.lower() == b"content-length"
        ], b""
    try:
        body = decoded(response, raw)
        headers = [(name, value) for name, value in headers if name != b"content-encoding"]
    except ValueError:
        body = raw  # only where nothing is recorded: the client may know better
    if response.status_code not in BODILESS:
        headers.append((b"content-length", b"%d" % len(body)))
    return headers, body


def _outcome_of(error: Exception) -> tuple[int, str]:
    """The status and the verdict for what went wrong."""
    match error:
        case CassetteMissError():
            return 404, "MISS"
        case LiveCallError():
            return 403, "BLOCKED"
        case CassetteError():
            return 500, "LIVE"  # it was answered, and could not be written
        case MockLushaError():
            return 500, "ERROR"
        case httpx.InvalidURL():
            return 400, "ERROR"
        case httpx.TimeoutException():
            return 504, "ERROR"
        case _:
            return 502, "ERROR"


def _message(error: Exception) -> str:
    why = str(error) or type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return f"the upstream cannot be reached: {why}"
        case httpx.TimeoutException():
            return f"the upstream did not answer in time: {why}"
        case httpx.RequestError():
            return f"the upstream gave no whole answer: {why}"
        case _:
            return why


async def _read(receive: Receive) -> bytes | None:
    """The body of a request; None where the client went away."""
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)
