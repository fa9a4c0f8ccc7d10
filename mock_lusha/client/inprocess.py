"""Transports for httpx and httpx2 that call the application itself, in the thread of the caller, without a
socket.

What a client sees is what it would see over a socket: the same bytes, and for delays, timeouts and cut
connections the same exceptions. A call that has to wait goes on where the server's loop runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx

from mock_lusha.client.intercept.targets import KEY
from mock_lusha.client.interrupts import is_of_handler, may_interrupt
from mock_lusha.client.scope import http_scope
from mock_lusha.http.delivery import CUT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from mock_lusha.http.serialized_app import SerializedApp
    from mock_lusha.server import MockServer

    KeyFor = Callable[[str | None], str | None]

_NO_ANSWER = "Server disconnected without sending a response."
_GONE_EARLY = "peer closed connection without sending complete message body (incomplete message body)"
_LATE = "The read operation timed out"
_FAILED = {
    "type": "http.response.start",
    "status": 500,
    "headers": [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"21"),
        (b"connection", b"close"),
    ],
}
# (start message or None, piece of the body, whether more follows); None where it ended early
Piece = tuple["Mapping[str, Any] | None", bytes, bool] | None


class _Conversation:
    """One request to the application, whose answer comes in ``pieces``.

    They are there after ``begin``, unless the application has to wait: then the rest of them comes from the
    thread of the server, which calls ``arrived`` after each.
    """

    lib: Any = httpx
    """httpx, or what is made like it: whose exceptions are raised."""

    def __init__(self, request: Any, body: bytes) -> None:
        self.request = request
        self.pieces: queue.SimpleQueue[Piece] = queue.SimpleQueue()
        self.arrived: Callable[[], None] | None = None
        self._body: bytes | None = body
        self._start: Mapping[str, Any] | None = None
        self._begun = self._over = False
        self._gone: asyncio.Event | None = None
        self.first: tuple[Any, bytes, bool] = ({}, b"", False)

    def begin(self, server: MockServer, key_for: KeyFor | None) -> None:
        """Call the application: in this thread, or on the server's loop where a handler of signals might
        raise in the middle of it."""
        try:
            turns = server.turns
            self._loop = server.loop
        except RuntimeError as error:
            if is_of_handler(error):
                raise
            raise self.lib.ConnectError(str(error)) from None
        scope = _scope(self.request, key_for, self._close)
        if not may_interrupt():
            rest = self._begun_in(turns, scope)
            if rest is None:
                self._end()
            else:
                self._call(lambda: self._go_on(rest))
            return
        self._call(lambda: self._begin_there(turns, scope))

    def _begun_in(self, turns: SerializedApp, scope: dict[str, Any]) -> Awaitable[None] | None:
        try:
            return turns.begin(scope, self._receive, self._send)
        except Exception:  # noqa: BLE001 - it has been logged
            self._fail()
            return None

    def _begin_there(self, turns: SerializedApp, scope: dict[str, Any]) -> None:
        rest = self._begun_in(turns, scope)
        if rest is None:
            self._end()
        else:
            self._go_on(rest)

    def _call(self, step: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(step)
        except RuntimeError as error:
            if is_of_handler(error):
                raise
            self._end()  # the server has stopped meanwhile

    def hang_up(self) -> None:
        """The client goes away."""
        with contextlib.suppress(RuntimeError):  # it has stopped already
            self._loop.call_soon_threadsafe(self._close)

    @property
    def patience(self) -> float | None:
        """Seconds that each piece may take."""
        patience: float | None = self.request.extensions.get("timeout", {}).get("read")
        return patience

    def _go_on(self, rest: Awaitable[None]) -> None:
        self._gone = asyncio.Event()
        if self._over:
            self._gone.set()
        self._task = self._loop.create_task(self._finish(rest))

    async def _finish(self, rest: Awaitable[None]) -> None:
        try:
            await rest
        except Exception:  # noqa: BLE001 - as above
            self._fail()
            self._close()
        finally:
            self._end()  # also where the server stops meanwhile

    def _put(self, piece: Piece) -> None:
        self.pieces.put(piece)
        if self.arrived is not None:
            self.arrived()

    def _close(self) -> None:
        self._end()
        if self._gone is not None:
            self._gone.set()

    def _fail(self) -> None:
        """Answer as a server does for an application that failed before it did; else the connection ends."""
        if not self._begun and not self._over:
            self._over = True
            self._put((_FAILED, b"" if self.request.method == "HEAD" else b"Internal Server Error", False))

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._put(None)

    async def _receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if self._gone is not None:
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if self._over:
            return
        if message["type"] == "http.response.start":
            self._start = message
            self._begun = True
            return
        head = self.request.method == "HEAD"
        more = message.get("more_body", False) and not head
        start, self._start = self._start, None
        self._over = not more
        self._put((start, b"" if head else message.get("body", b""), more))


def _scope(request: Any, key_for: KeyFor | None, close: Callable[[], None]) -> dict[str, Any]:
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    key = None if key_for is None else key_for(request.headers.get(KEY))
    if key is not None:
        name = KEY.encode()
        headers = [*(header for header in headers if header[0] != name), (name, key.encode())]
    return http_scope(request.method, request.url.raw_path, headers, **{CUT: {"close": close}})


class _Stream(_Conversation):
    """Its pieces as they come, for whoever waits for them."""

    def next(self) -> Piece:
        """The piece that follows."""
        try:
            return self.pieces.get(timeout=self.patience)
        except queue.Empty as error:
            self.hang_up()
            if is_of_handler(error):
                raise
            raise self.lib.ReadTimeout(_LATE, request=self.request) from None

    def close(self) -> None:
        """The client has enough."""
        if self.first[2]:
            self.hang_up()

    def __iter__(self) -> Iterator[bytes]:
        _, content, more = self.first
        yield content
        while more:
            piece = self.next()
            if piece is None:
                raise self.lib.RemoteProtocolError(_GONE_EARLY, request=self.request)
            _, content, more = piece
            yield content


def _loop() -> asyncio.AbstractEventLoop | None:
    """The caller's, if it is asyncio's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _AsyncStream(_Conversation):
    """The same under a loop: asyncio's, or through a thread another."""

    _wait: Callable[[], Awaitable[Piece]] | None = None

    async def next(self) -> Piece:
        """The piece that follows."""
        try:
            return self.pieces.get_nowait()
        except queue.Empty:
            pass
        if self._wait is None:
            self._wait = self._way_to_wait()
        try:
            return await self._wait()
        except (TimeoutError, queue.Empty):
            self.hang_up()
            raise self.lib.ReadTimeout(_LATE, request=self.request) from None
        except BaseException:  # cancelled
            self.hang_up()
            raise

    async def aclose(self) -> None:
        """The client has enough."""
        if self.first[2]:
            self.hang_up()

    def _way_to_wait(self) -> Callable[[], Awaitable[Piece]]:
        pieces, patience = self.pieces, self.patience
        loop = _loop()
        if loop is None:
            from anyio import to_thread  # noqa: PLC0415 - for loops that are not asyncio's

            return lambda: to_thread.run_sync(lambda: pieces.get(timeout=patience))
        news = asyncio.Event()

        def arrived() -> None:
            with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits
                loop.call_soon_threadsafe(news.set)

        async def piece() -> Piece:
            while pieces.empty():
                news.clear()
                if pieces.empty():
                    await asyncio.wait_for(news.wait(), patience)
            return pieces.get_nowait()

        self.arrived = arrived
        return piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        _, content, more = self.first
        yield content
        while more:
            piece = await self.next()
            if piece is None:
                raise self.lib.RemoteProtocolError(_GONE_EARLY, request=self.request)
            _, content, more = piece
            yield content


def _response(stream: _Stream | _AsyncStream, first: Piece) -> Any:
    """The response that begins with a first piece, and goes on with what follows."""
    lib = stream.lib
    if first is None or first[0] is None:
        raise lib.RemoteProtocolError(_NO_ANSWER, request=stream.request)
    stream.first = first
    start = first[0]
    date = (b"date", formatdate(usegmt=True).encode())
    headers = [date, *((name.lower(), value) for name, value in start["headers"])]
    return lib.Response(start["status"], headers=headers, stream=stream)


@cache
def _of(lib: Any, kind: type, base: str) -> Any:
    """A class as a library wants it: of its own base."""
    return type(kind.__name__, (kind, getattr(lib, base)), {"lib": lib})


class _InProcess:
    """For any thread. ``key_for`` gives the key that stands for one that is sent, None where that stays."""

    lib: Any = httpx

    def __init__(self, server: MockServer, key_for: KeyFor | None = None) -> None:
        self._server = server
        self._key_for = key_for


class _Sync(_InProcess):
    def handle_request(self, request: Any) -> Any:
        """Call the application and wait for its answer."""
        stream: _Stream = _of(self.lib, _Stream, "SyncByteStream")(request, request.read())
        stream.begin(self._server, self._key_for)
        return _response(stream, stream.next())


class _Async(_InProcess):
    async def handle_async_request(self, request: Any) -> Any:
        """Call the application and wait for its answer."""
        stream: _AsyncStream = _of(self.lib, _AsyncStream, "AsyncByteStream")(request, await request.aread())
        stream.begin(self._server, self._key_for)
        first = await stream.next()
        if _loop() is not None:
            await asyncio.sleep(0)  # its other tasks get on, as they do while a socket is waited for
        return _response(stream, first)


class InProcessTransport(_Sync, httpx.BaseTransport):
    """``httpx.Client(transport=InProcessTransport(server), base_url=server.url)``."""


class AsyncInProcessTransport(_Async, httpx.AsyncBaseTransport):
    """The same for ``httpx.AsyncClient``, under asyncio or, through a thread, under another loop."""


def in_process(lib: Any, server: MockServer, key_for: KeyFor) -> _Sync:
    """A transport for httpx, or for a library that is made like it."""
    transport: _Sync = _of(lib, _Sync, "BaseTransport")(server, key_for)
    return transport


def async_in_process(lib: Any, server: MockServer, key_for: KeyFor) -> _Async:
    """The same for its asynchronous client."""
    transport: _Async = _of(lib, _Async, "AsyncBaseTransport")(server, key_for)
    return transport
