"""Transports for httpx that call the application itself, on the loop of its server, without a socket.

What a client sees is what it would see over a socket: the same bytes, and for delays, timeouts and cut
connections the same exceptions of httpx.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx

from mock_lusha.middleware.delivery import CUT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from mock_lusha.server import MockServer

_NO_ANSWER = "Server disconnected without sending a response."
_GONE_EARLY = "peer closed connection without sending complete message body (incomplete message body)"
_LATE = "The read operation timed out"
# (start message or None, piece of the body, whether more follows); None where it ended early
Piece = tuple["Mapping[str, Any] | None", bytes, bool] | None


class _Conversation:
    """One request to the application, whose answer comes in pieces through ``put``, from another thread."""

    def __init__(self, server: MockServer, request: httpx.Request, body: bytes) -> None:
        try:
            self._app = server.app
            self._loop = server.loop
        except RuntimeError as error:
            raise httpx.ConnectError(str(error)) from None
        self._scope = _scope(request, self._close)
        self._body: bytes | None = body
        self._head = request.method == "HEAD"
        self._start: Mapping[str, Any] | None = None
        self._over = False
        self._gone: asyncio.Event | None = None

    def begin(self, put: Callable[[Piece], None]) -> None:
        self._put = put
        try:
            self._loop.call_soon_threadsafe(self._run)
        except RuntimeError:
            raise httpx.ConnectError("the server has stopped") from None

    def hang_up(self) -> None:
        """The client goes away."""
        with contextlib.suppress(RuntimeError):  # it has stopped already
            self._loop.call_soon_threadsafe(self._close)

    def _run(self) -> None:
        self._gone = asyncio.Event()
        self._task = self._loop.create_task(self._serve())

    async def _serve(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
        except Exception:  # noqa: BLE001 - it has been logged; a server closes the connection then
            self._close()
        finally:
            self._end()  # also where the server stops meanwhile

    def _close(self) -> None:
        self._end()
        if self._gone is not None:
            self._gone.set()

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
            return
        more = message.get("more_body", False) and not self._head
        start, self._start = self._start, None
        self._over = not more
        self._put((start, b"" if self._head else message.get("body", b""), more))


def _scope(request: httpx.Request, close: Callable[[], None]) -> dict[str, Any]:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "extensions": {CUT: {"close": close}},
    }


def _response(start: Mapping[str, Any], stream: Any) -> httpx.Response:
    date = (b"date", formatdate(usegmt=True).encode())
    headers = [date, *((name.lower(), value) for name, value in start["headers"])]
    return httpx.Response(start["status"], headers=headers, stream=stream)


class _Stream(httpx.SyncByteStream):
    def __init__(
        self,
        piece: tuple[Any, bytes, bool],
        following: Callable[[], Iterator[bytes]],
        hang_up: Callable[[], None],
    ) -> None:
        _, self._first, self._more = piece
        self._following, self._hang_up = following, hang_up

    def close(self) -> None:
        """The client has enough."""
        if self._more:
            self._hang_up()

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        if self._more:
            yield from self._following()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(
        self,
        piece: tuple[Any, bytes, bool],
        following: Callable[[], AsyncIterator[bytes]],
        hang_up: Callable[[], None],
    ) -> None:
        _, self._first, self._more = piece
        self._following, self._hang_up = following, hang_up

    async def aclose(self) -> None:
        """The client has enough."""
        if self._more:
            self._hang_up()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._first
        if self._more:
            async for piece in self._following():
                yield piece


def _patience(request: httpx.Request) -> float | None:
    patience: float | None = request.extensions.get("timeout", {}).get("read")
    return patience


class InProcessTransport(httpx.BaseTransport):
    """``httpx.Client(transport=InProcessTransport(server), base_url=server.url)``; for any thread."""

    def __init__(self, server: MockServer) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Call the application and wait for its answer."""
        pieces: queue.SimpleQueue[Piece] = queue.SimpleQueue()
        conversation = _Conversation(self._server, request, request.read())
        patience = _patience(request)

        def following() -> Piece:
            try:
                return pieces.get(timeout=patience)
            except queue.Empty:
                conversation.hang_up()
                raise httpx.ReadTimeout(_LATE, request=request) from None

        def rest() -> Iterator[bytes]:
            more = True
            while more:
                piece = following()
                if piece is None:
                    raise httpx.RemoteProtocolError(_GONE_EARLY, request=request)
                _, content, more = piece
                yield content

        conversation.begin(pieces.put)
        piece = following()
        if piece is None or piece[0] is None:
            raise httpx.RemoteProtocolError(_NO_ANSWER, request=request)
        return _response(piece[0], _Stream(piece, rest, conversation.hang_up))


class AsyncInProcessTransport(httpx.AsyncBaseTransport):
    """The same for ``httpx.AsyncClient``, under asyncio or, through a thread, under another loop."""

    def __init__(self, server: MockServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Call the application and wait for its answer."""
        body = await request.aread()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return await self._by_thread(request)
        pieces: asyncio.Queue[Piece] = asyncio.Queue()
        conversation = _Conversation(self._server, request, body)
        patience = _patience(request)

        async def following() -> Piece:
            try:
                return await asyncio.wait_for(pieces.get(), patience)
            except TimeoutError:
                conversation.hang_up()
                raise httpx.ReadTimeout(_LATE, request=request) from None
            except asyncio.CancelledError:
                conversation.hang_up()
                raise

        async def rest() -> AsyncIterator[bytes]:
            more = True
            while more:
                piece = await following()
                if piece is None:
                    raise httpx.RemoteProtocolError(_GONE_EARLY, request=request)
                _, content, more = piece
                yield content

        def put(piece: Piece) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        conversation.begin(put)
        piece = await following()
        if piece is None or piece[0] is None:
            raise httpx.RemoteProtocolError(_NO_ANSWER, request=request)
        return _response(piece[0], _AsyncStream(piece, rest, conversation.hang_up))

    async def _by_thread(self, request: httpx.Request) -> httpx.Response:
        from anyio import to_thread  # noqa: PLC0415 - for loops that are not asyncio's

        def answered() -> tuple[httpx.Response, bytes]:
            response = InProcessTransport(self._server).handle_request(request)
            return response, response.read()

        response, content = await to_thread.run_sync(answered)
        return httpx.Response(response.status_code, headers=response.headers.raw, content=content)
