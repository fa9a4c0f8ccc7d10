"""Transports for httpx, sync and async, that record, replay and pass through."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

import httpx

from mock_lusha.recorder import REAL
from mock_lusha.recorder.cassette import CassetteError
from mock_lusha.recorder.guard import USAGE
from mock_lusha.recorder.interaction import Interaction, kept_headers, read_content
from mock_lusha.recorder.keys import keys_in
from mock_lusha.recorder.recorder import Asked, read_body, stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.recorder.recorder import Recorder

VERDICT: Final = "mock_lusha_verdict"
"""The extension of an answer that tells HIT from LIVE."""
_READABLE = "gzip, deflate"
_DECODED = frozenset({"", "identity", "gzip", "deflate"})
_OF_ONE_HOP = frozenset({"transfer-encoding", "connection", "keep-alive"})
_CHARSET = re.compile(r'charset\s*=\s*("[^"]*"|[^\s;]+)', re.IGNORECASE)
_UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def asked_of(request: httpx.Request, content: bytes) -> Asked:
    """A request of httpx as the recorder sees it."""
    body, has_body = read_body(content)
    return Asked(
        method=request.method,
        path=request.url.path,
        query=tuple(request.url.params.multi_items()),
        body=body,
        has_body=has_body,
        secrets=tuple(dict.fromkeys(keys_in(request.headers.multi_items()))),
    )


def replayed(found: Interaction, request: httpx.Request) -> httpx.Response:
    """A recorded answer as httpx gives it."""
    content = b"" if request.method == "HEAD" else found.content()
    return httpx.Response(
        found.status,
        headers=dict(found.headers),
        content=content,
        request=request,
        extensions={VERDICT: "HIT"},
    )


def redirected(recorder: Recorder, request: httpx.Request, content: bytes) -> httpx.Request:
    """The request as it goes upstream. Encodings that could not be read back, and so not be redacted, are
    not accepted."""
    upstream = httpx.URL(recorder.upstream)
    path = upstream.raw_path.rstrip(b"/") + request.url.raw_path
    url = request.url.copy_with(scheme=upstream.scheme, host=upstream.host, port=upstream.port, raw_path=path)
    headers = httpx.Headers(
        [(n, v) for n, v in request.headers.multi_items() if n.lower() not in {"host", *_OF_ONE_HOP}]
    )
    if recorder.upstream_key is not None:
        headers["api_key"] = recorder.upstream_key
    headers["accept-encoding"] = _READABLE
    headers["host"] = url.netloc.decode("ascii")
    return httpx.Request(
        request.method, url, headers=headers, content=content, extensions={**request.extensions, REAL: True}
    )


def usage_request(recorder: Recorder, request: httpx.Request) -> httpx.Request:
    """The call that tells what is left, with the key and the patience of a request that is about to be
    made."""
    headers = {name: value for name, value in request.headers.items() if name.lower() == "api_key"}
    path = httpx.URL(recorder.upstream).raw_path.rstrip(b"/") + b"/account/usage"
    url = request.url.copy_with(raw_path=path)
    return httpx.Request("GET", url, headers=headers, extensions=request.extensions)


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
    # httpx passes over what it does not know; whatever remains of several is not told from a content.
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


def answered_of(response: httpx.Response, raw: bytes, ms: float) -> Interaction:
    """An answer as the recorder sees it; ``raw`` are its bytes as they came.

    Raises:
        ValueError: it is encoded in a way that cannot be read, and so not be redacted.
    """
    content, headers = _in_utf8(decoded(response, raw), response)
    return Interaction(
        method=response.request.method,
        path=response.request.url.path,
        status=response.status_code,
        headers=headers,
        ms=round(ms, 2),
        **read_content(content, response.headers.get("content-type", "")),
    )


def _kept(recorder: Recorder, asked: Asked, response: httpx.Response, raw: bytes, ms: float) -> None:
    answered = None
    try:
        answered = answered_of(response, raw, ms)
        recorder.keep(asked, answered)
    except ValueError as error:
        if answered is None:
            recorder.verdicts["LIVE"] += 1
            if response.status_code >= 400:
                _uncharged(recorder, asked)
        if recorder.path is None or recorder.mode in {"passthrough", "verify"}:
            return
        raise CassetteError(recorder.path, f"{error}: it was not recorded") from None


def _uncharged(recorder: Recorder, asked: Asked) -> None:
    """Give back what the guard holds for a call that cost nothing: it was not sent, or was refused."""
    recorder.guard.count(
        Interaction(
            asked.method,
            asked.path,
            502,
            operation=recorder.operation(asked),
            query=asked.query,
            body=asked.body,
        )
    )


@contextlib.contextmanager
def _not_sent(recorder: Recorder, asked: Asked, *failures: type[Exception]) -> Iterator[None]:
    """Where it fails like this, the call was not sent, and the guard holds nothing for it."""
    try:
        yield
    except failures:
        _uncharged(recorder, asked)
        raise


def _passed_on(response: httpx.Response, raw: bytes, request: httpx.Request) -> httpx.Response:
    """The answer for the caller, with the very bytes that came."""
    headers = [
        (name, value) for name, value in response.headers.raw if name.lower().decode() not in _OF_ONE_HOP
    ]
    return httpx.Response(
        response.status_code,
        headers=headers,
        stream=httpx.ByteStream(raw),
        request=request,
        extensions={
            VERDICT: "LIVE",
            **{k: v for k, v in response.extensions.items() if k in {"http_version", "reason_phrase"}},
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
        asked = asked_of(request, content)
        found = self.recorder.decide(asked)
        return replayed(found, request) if found is not None else self.forward(asked, request, content)

    def forward(self, asked: Asked, request: httpx.Request, content: bytes) -> httpx.Response:
        """Send a request upstream, whatever the cassette has, and take down the answer."""
        if self._inner is None:
            self._inner = httpx.HTTPTransport(trust_env=False)
        forward = redirected(self.recorder, request, content)
        with _not_sent(self.recorder, asked, httpx.RequestError):
            self._read_usage(forward, asked)
        begun = stopwatch()
        with _not_sent(self.recorder, asked, *_UNREACHED):
            response = self._inner.handle_request(forward)
        response.request = forward
        try:
            raw = _bytes_of(response)
        finally:
            response.close()
        _kept(self.recorder, asked, response, raw, (stopwatch() - begun) * 1000)
        return _passed_on(response, raw, request)

    def _read_usage(self, forward: httpx.Request, asked: Asked) -> None:
        guard = self.recorder.guard
        if not guard.needs_usage or self.recorder.operation(asked) == USAGE or self._inner is None:
            return
        ask = usage_request(self.recorder, forward)
        response = self._inner.handle_request(ask)
        response.request = ask
        try:
            response.read()
        finally:
            response.close()
        guard.usage = _usage_of(response)

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
        asked = asked_of(request, content)
        found = self.recorder.decide(asked)
        if found is not None:
            return replayed(found, request)
        return await self.forward(asked, request, content)

    async def forward(self, asked: Asked, request: httpx.Request, content: bytes) -> httpx.Response:
        """Send a request upstream, whatever the cassette has, and take down the answer."""
        if self._inner is None:
            # It keeps no connection: nobody tells it when the loop that those belong to ends.
            once = httpx.Limits(max_keepalive_connections=0)
            self._inner = httpx.AsyncHTTPTransport(trust_env=False, limits=once)
        forward = redirected(self.recorder, request, content)
        with _not_sent(self.recorder, asked, httpx.RequestError):
            await self._read_usage(forward, asked)
        begun = stopwatch()
        with _not_sent(self.recorder, asked, *_UNREACHED):
            response = await self._inner.handle_async_request(forward)
        response.request = forward
        try:
            raw = await bytes_of(response)
        finally:
            await response.aclose()
        _kept(self.recorder, asked, response, raw, (stopwatch() - begun) * 1000)
        return _passed_on(response, raw, request)

    async def _read_usage(self, forward: httpx.Request, asked: Asked) -> None:
        guard = self.recorder.guard
        if not guard.needs_usage or self.recorder.operation(asked) == USAGE or self._inner is None:
            return
        ask = usage_request(self.recorder, forward)
        response = await self._inner.handle_async_request(ask)
        response.request = ask
        try:
            await response.aread()
        finally:
            await response.aclose()
        guard.usage = _usage_of(response)

    async def aclose(self) -> None:
        """Close the connections upstream."""
        if self._inner is not None:
            await self._inner.aclose()


def _usage_of(response: httpx.Response) -> dict[str, Any]:
    """What a usage answer says; empty where it says nothing that can be read."""
    try:
        usage = response.json().get("usage")
    except (ValueError, AttributeError):
        usage = None
    return usage if isinstance(usage, dict) else {}
