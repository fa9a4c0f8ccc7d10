"""Transports for httpx, sync and async, that record, replay and pass through."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from typing import TYPE_CHECKING, Any, Final

import httpx

from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.bodies import why_inexact
from mock_lusha.recorder.guard import is_free
from mock_lusha.recorder.interaction import Interaction, kept_headers, read_content
from mock_lusha.recorder.keys import keys_in
from mock_lusha.recorder.recorder import read_body, stopwatch
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.upstreams import (
    OF_ONE_HOP,
    async_transport_for,
    for_upstream,
    kept_here,
    leads_away,
    strange_host,
    transport_for,
    usage_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.contract.document import Operation
    from mock_lusha.recorder.recorder import Recorder

VERDICT: Final = "mock_lusha_verdict"
"""The extension of an answer that says whether it is HIT or LIVE."""
CREDITS: Final = "mock_lusha_credits"
"""The extension that says what a LIVE one is counted with, None where that is unknown."""
_log = logging.getLogger("mock_lusha.recorder")
_DECODED = frozenset({"", "identity", "gzip", "deflate"})
_CHARSET = re.compile(r'charset\s*=\s*("[^"]*"|[^\s;]+)', re.IGNORECASE)
_UNREACHED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,  # a proxy that makes no tunnel
    httpx.UnsupportedProtocol,
)


def asked_of(request: httpx.Request, content: bytes) -> RecorderRequest:
    """A request of httpx as the recorder sees it."""
    body, has_body = read_body(content)
    return RecorderRequest(
        method=request.method,
        path=request.url.path,
        query=tuple(request.url.params.multi_items()),
        body=body,
        has_body=has_body,
        secrets=tuple(dict.fromkeys(keys_in(request.headers.multi_items()))),
        inexact=why_inexact(content, request.headers.multi_items()),
    )


def _checked_request(recorder: Recorder, request: httpx.Request, content: bytes) -> RecorderRequest:
    """A request to a recorder.

    Raises:
        LiveCallError: it is to another host than the upstream, and might be sent there.
    """
    strange = strange_host(recorder, request)
    if strange is not None and recorder.mode != "none":
        recorder.refuse(strange)
    return asked_of(request, content)


def replayed(recording: Interaction, request: httpx.Request) -> httpx.Response:
    """A recorded answer as httpx gives it."""
    content = b"" if request.method == "HEAD" else recording.content()
    return httpx.Response(
        recording.status,
        headers=dict(recording.headers),
        content=content,
        request=request,
        extensions={VERDICT: "HIT"},
    )


def decoded(response: httpx.Response, raw: bytes) -> bytes:
    """The content of an answer, whose bytes are ``raw`` as they came.

    Raises:
        ValueError: it is encoded in a way that cannot be read, and so not be redacted.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    try:
        plain = httpx.Response(response.status_code, headers=response.headers, content=raw).content
    except httpx.DecodingError as error:
        raise ValueError(f"the answer says it is {encoding}, and is not: {error}") from None
    names = [name.strip() for name in encoding.split(",")]
    # httpx passes over what it does not know; whatever remains of several cannot be told from content.
    if raw and not _DECODED.issuperset(names) and (len(names) > 1 or plain == raw):
        raise ValueError(f"the answer is encoded with {encoding}, which cannot be read here")
    return plain


def _in_utf8(content: bytes, response: httpx.Response) -> tuple[bytes, dict[str, str]]:
    """The content in UTF-8, as cassettes are, and the headers that are kept, which say so then.

    Raises:
        ValueError: it is text of no charset that is known here, which would not be the same when replayed.
    """
    headers = kept_headers(response.headers.items())
    kind = headers.get("content-type", "")
    of_json = json.detect_encoding(content) if "json" in kind.lower() else None
    for charset in (of_json, response.charset_encoding, "utf-8"):
        with contextlib.suppress(UnicodeError, LookupError):
            again = content.decode(charset or "utf-8").encode()
            if again != content:
                headers["content-type"] = _CHARSET.sub("charset=utf-8", kind)
            return again, headers
    raise ValueError("the answer is neither UTF-8 nor of the charset it says")


def _bytes_of(response: httpx.Response) -> bytes:
    stream = response.stream
    if not isinstance(stream, httpx.SyncByteStream):
        raise TypeError("the answer of a transport has an asynchronous stream")
    return b"".join(stream)


async def bytes_of(response: httpx.Response) -> bytes:
    """The bytes of an answer as they came, be they read already or not."""
    stream = response.stream
    if not isinstance(stream, httpx.AsyncByteStream):
        raise TypeError("the answer of an asynchronous transport has a stream that is not")
    return b"".join([piece async for piece in stream])


def answered_of(response: httpx.Response, content: bytes, ms: float) -> Interaction:
    """An answer as the recorder sees it; ``content`` are its bytes, decoded.

    Raises:
        ValueError: it is text of no charset that is known here.
    """
    content, headers = _in_utf8(content, response)
    return Interaction(
        method=response.request.method,
        path=response.request.url.path,
        status=response.status_code,
        headers=headers,
        ms=round(ms, 2),
        **read_content(content, response.headers.get("content-type", "")),
    )


def _record(
    recorder: Recorder, recorder_request: RecorderRequest, response: httpx.Response, raw: bytes, ms: float
) -> int | None:
    """Count and record an answer; returns the credits it is counted with. One that cannot be read is only
    counted: the caller gets it as it came.

    Raises:
        CassetteError: it cannot be written.
    """
    try:
        content = decoded(response, raw)
        answer = answered_of(response, content, ms)
    except (ValueError, RecursionError) as error:
        return recorder.pass_over(recorder_request, response.status_code, str(error))
    return recorder.keep(recorder_request, answer, content)


@contextlib.contextmanager
def _releasing(
    recorder: Recorder, recorder_request: RecorderRequest, *failures: type[Exception]
) -> Iterator[None]:
    """Where it fails like this, the call was not sent, and the guard holds nothing for it."""
    try:
        yield
    except failures:
        recorder.guard.release(
            recorder.operations.find(recorder_request.method, recorder_request.path), recorder_request
        )
        raise


@contextlib.contextmanager
def _reading_usage(recorder: Recorder, recorder_request: RecorderRequest) -> Iterator[Operation | None]:
    """The operation with which the block is to read the usage before the first call that may cost something;
    None where it is not to."""
    guard, operations = recorder.guard, recorder.operations
    operation = operations.find(recorder_request.method, recorder_request.path)
    usage = None if operation is None else operations.usage(operation.generation)
    is_due = usage is not None and not is_free(operation) and guard.claim_usage()
    try:
        yield usage if is_due else None
    except httpx.RequestError:
        guard.return_usage()
        raise


def _for_caller(
    recorder: Recorder, response: httpx.Response, raw: bytes, request: httpx.Request, cost: int | None
) -> httpx.Response:
    """The answer for the caller, with the very bytes that came."""
    upstream_request = response.request
    upstream_headers = [
        (name, value)
        for name, value in response.headers.raw
        if name.lower().decode("latin-1") not in OF_ONE_HOP
    ]
    headers = kept_here(recorder, upstream_request, upstream_headers)
    if leads_away(recorder, upstream_request, upstream_headers):
        _log.warning("the upstream redirects to another server; that address was not passed on")
    return httpx.Response(
        response.status_code,
        headers=headers,
        stream=httpx.ByteStream(raw),
        request=request,
        extensions={
            VERDICT: "LIVE",
            CREDITS: cost,
            **{
                name: value
                for name, value in response.extensions.items()
                if name in {"http_version", "reason_phrase"}
            },
        },
    )


class RecorderTransport(httpx.BaseTransport):
    """``httpx.Client(transport=RecorderTransport(recorder))``; ``inner`` is what forwards."""

    def __init__(self, recorder: Recorder, inner: httpx.BaseTransport | None = None) -> None:
        self.recorder = recorder
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Replay, or forward and record.

        Raises:
            CassetteMissError: it is not recorded.
            LiveCallError: it may not be forwarded.
            CassetteError: it cannot be written down.
            httpx.TransportError: the upstream cannot be reached; nothing is written then.
        """
        content = request.read()
        recorder_request = _checked_request(self.recorder, request, content)
        recording = self.recorder.decide(recorder_request)
        return (
            replayed(recording, request)
            if recording is not None
            else self.forward(recorder_request, request, content)
        )

    def forward(
        self, recorder_request: RecorderRequest, request: httpx.Request, content: bytes
    ) -> httpx.Response:
        """Send a request upstream, whatever the cassette has, and record the answer."""
        with _releasing(self.recorder, recorder_request, httpx.RequestError, MockLushaError):
            inner = self._inner = self._inner or transport_for(self.recorder.upstream)
            forward = for_upstream(self.recorder, request, content)
            self._read_usage(inner, forward, recorder_request)
        start = stopwatch()
        with _releasing(self.recorder, recorder_request, *_UNREACHED):
            response = inner.handle_request(forward)
        response.request = forward
        try:
            raw = _bytes_of(response)
        finally:
            response.close()
        cost = _record(self.recorder, recorder_request, response, raw, (stopwatch() - start) * 1000)
        return _for_caller(self.recorder, response, raw, request, cost)

    def _read_usage(
        self, inner: httpx.BaseTransport, forward: httpx.Request, recorder_request: RecorderRequest
    ) -> None:
        with _reading_usage(self.recorder, recorder_request) as usage:
            if usage is not None:
                usage_call = usage_request(self.recorder, usage, forward)
                response = inner.handle_request(usage_call)
                response.request = usage_call
                try:
                    response.read()
                finally:
                    response.close()
                self.recorder.guard.usage = _usage_of(response)

    def close(self) -> None:
        """Close the connections upstream."""
        if self._inner is not None:
            self._inner.close()


class AsyncRecorderTransport(httpx.AsyncBaseTransport):
    """The same for ``httpx.AsyncClient``."""

    def __init__(self, recorder: Recorder, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.recorder = recorder
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Replay, or forward and record; raises as the other does."""
        content = await request.aread()
        recorder_request = _checked_request(self.recorder, request, content)
        recording = self.recorder.decide(recorder_request)
        if recording is not None:
            return replayed(recording, request)
        return await self.forward(recorder_request, request, content)

    async def forward(
        self, recorder_request: RecorderRequest, request: httpx.Request, content: bytes
    ) -> httpx.Response:
        """Send a request upstream, whatever the cassette has, and record the answer."""
        with _releasing(self.recorder, recorder_request, httpx.RequestError, MockLushaError):
            inner = self._inner = self._inner or async_transport_for(self.recorder.upstream)
            forward = for_upstream(self.recorder, request, content)
            await self._read_usage(inner, forward, recorder_request)
        start = stopwatch()
        with _releasing(self.recorder, recorder_request, *_UNREACHED):
            response = await inner.handle_async_request(forward)
        response.request = forward
        try:
            raw = await bytes_of(response)
        finally:
            await response.aclose()
        cost = _record(self.recorder, recorder_request, response, raw, (stopwatch() - start) * 1000)
        return _for_caller(self.recorder, response, raw, request, cost)

    async def _read_usage(
        self, inner: httpx.AsyncBaseTransport, forward: httpx.Request, recorder_request: RecorderRequest
    ) -> None:
        with _reading_usage(self.recorder, recorder_request) as usage:
            if usage is not None:
                usage_call = usage_request(self.recorder, usage, forward)
                response = await inner.handle_async_request(usage_call)
                response.request = usage_call
                try:
                    await response.aread()
                finally:
                    await response.aclose()
                self.recorder.guard.usage = _usage_of(response)

    async def aclose(self) -> None:
        """Close the connections upstream."""
        if self._inner is not None:
            await self._inner.aclose()


def _usage_of(response: httpx.Response) -> dict[str, Any]:
    """What a usage answer says; empty where it says nothing that can be read."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    usage = answer.get("usage", answer) if isinstance(answer, dict) else None
    return usage if isinstance(usage, dict) else {}
