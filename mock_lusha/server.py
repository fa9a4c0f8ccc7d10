"""The server: uvicorn on a socket of our own, in this thread or in one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_lusha.app import create_app
from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError, shorten
from mock_lusha.middleware.delivery import CUT, WHOLE
from mock_lusha.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from starlette.applications import Starlette
    from starlette.types import ASGIApp
    from uvicorn._types import ASGI3Application
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from mock_lusha.clock import Clock
    from mock_lusha.middleware.replay import Replays
    from mock_lusha.reply import Headers

_BACKLOG = 2048
_NUMERIC = frozenset("0123456789.:")
_GRACE = 0.4
"""Seconds that requests under way get at shutdown: a double that is told to stop, stops."""
_TICK = 0.1
"""Seconds between two looks of uvicorn at its date header, and at signals."""
_SMALL = 20_000
"""Bytes of a body that is copied behind the head: one buffer costs the loop less than two."""
_STEP = 0.002
"""Seconds between two looks at whether requests under way have ended."""
_PATIENCE = 10.0
"""Seconds for a thread to begin that was told to."""
_UVICORN = logging.getLogger("uvicorn.error")


def _nothing(record: logging.LogRecord) -> bool:
    return False


class _Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, with a way for the app to close a connection in the middle of an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.access_log = False  # uvicorn keeps one as soon as somebody listens, a test's caplog for instance
        self.scope["extensions"] = {CUT: {"close": self.transport.close}}

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cycle.scope["extensions"][WHOLE] = {"send": partial(_send_whole, cycle)}
        super()._start_asgi_task(cycle, app)


def _send_whole(cycle: RequestResponseCycle, status: int, headers: Headers, body: bytes) -> bool:
    """Send an answer in one write; uvicorn makes two, and looks in every header for what ours never have."""
    del cycle.scope["extensions"][WHOLE]  # else the request is garbage that only the collector finds
    if (
        cycle.response_started
        or cycle.disconnected
        or not cycle.keep_alive
        or cycle.flow.write_paused
        or cycle.scope["method"] == "HEAD"
    ):
        return False
    head = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        head += (name, b": ", value, b"\r\n")
    if len(body) <= _SMALL:
        cycle.transport.write(b"".join((*head, b"\r\n", body)))
    else:
        cycle.transport.writelines((b"".join((*head, b"\r\n")), body))
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    cycle.on_response()
    return True


class _Server(uvicorn.Server):
    """A uvicorn server that tells when it serves, and stops at once where uvicorn sleeps a tenth of a second
    at each step: whoever starts one for a test waits for its end too."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            _UVICORN.removeFilter(_nothing)

    def stop_soon(self) -> None:
        """Stop serving; from any thread."""
        self.should_exit = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has stopped already
            self.loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # What uvicorn has to say from here on is about requests that the shutdown cut off.
        _UVICORN.addFilter(_nothing)
        state = self.server_state
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        for connection in list(state.connections):
            connection.shutdown()
        end = self.loop.time() + _GRACE
        while (state.connections or state.tasks) and self.loop.time() < end and not self.force_exit:
            await asyncio.sleep(_STEP)
        for task in state.tasks:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            for server in self.servers:
                await asyncio.wait_for(server.wait_closed(), _GRACE)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        await super().startup(sockets)
        if self.started:
            self._on_started()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals end the process as asked, with 0: being told to stop is no failure.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one.

    Raises:
        ConfigError: the address cannot be bound, with what to do about it.
    """
    # A number needs no codec of international names, which takes a while to load.
    name = host.encode() if set(host) <= _NUMERIC else host
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(f"host: {shorten(host)} is no address of this machine ({why})") from None
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); try another --port, or --port 0"
        ) from None
    return sock


def url_of(sock: socket.socket) -> str:
    """The address of a socket as a URL that a client on this machine can call."""
    host, port = sock.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(app: ASGIApp, on_started: Callable[[], None]) -> _Server:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=True,
        proxy_headers=False,
    )
    return _Server(config, on_started)


def serve(app: ASGIApp, sock: socket.socket, on_started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    _UVICORN.setLevel(logging.ERROR)
    with contextlib.suppress(KeyboardInterrupt):
        _server(app, on_started).run(sockets=[sock])


def _check_threads() -> None:
    """Refuse to start where a thread is a coroutine of gevent or eventlet, which the server would hold up."""
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    for name, patched in (
        ("gevent", gevent is not None and gevent.is_module_patched("threading")),
        ("eventlet", eventlet is not None and eventlet.is_monkey_patched("thread")),
    ):
        if patched:
            raise ConfigError(
                f"{name} has replaced the threads of this process, and a server needs one of its own: start "
                "`mock-lusha serve` beside it and name its address, with --lusha-url URL for pytest or "
                "MockLusha(url=URL); or leave threads as they are (thread=False where it patches)"
            )


class MockServer:
    """A server in a thread, for tests and notebooks.

        with MockServer(Settings(seed="mine")) as server:
            httpx.get(server.url + "/v2/company?domain=acme.com", headers={"api_key": "any"})

    It listens when ``start`` returns: on a free port, unless the settings name another than the default.
    """

    def __init__(self, settings: Settings | None = None, *, clock: Clock | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._server: _Server | None = None
        self._app: Starlette | None = None
        self._turns: Turns | None = None
        self._over = False
        self._home = 0
        self.url = ""

    def start(self) -> MockServer:
        """Bind, start the thread and wait until it serves.

        Raises:
            ConfigError: the settings or the address cannot be used, or threads of this process are none.
        """
        if self._thread is not None:
            raise RuntimeError("the server is running already")
        _check_threads()
        app = self._app = create_app(self.settings, clock=self._clock)
        default = Settings.__dataclass_fields__["port"].default
        sock = bind(self.settings.host, 0 if self.settings.port == default else self.settings.port)
        self.url = url_of(sock)
        started = threading.Event()
        self._over, self._home = False, os.getpid()
        turns = self._turns = Turns(app)
        server = self._server = _server(turns, started.set)

        def run() -> None:
            try:
                server.run(sockets=[sock])
            finally:
                self._over = True
                sock.close()
                started.set()

        self._thread = threading.Thread(target=run, name="mock-lusha", daemon=True)
        try:
            self._thread.start()
            started.wait()
        except BaseException:  # a handler of signals raised: leave no server behind that nobody knows of
            if started.wait(_PATIENCE):
                self.stop()
            self._thread = None
            raise
        return self

    @property
    def turns(self) -> Turns:
        """The application, for calls of any thread that need no socket.

        Raises:
            RuntimeError: the server does not run, or not in this process, which was forked from its own.
        """
        if self._turns is None:
            raise RuntimeError("the server does not run: start it first")
        # Thread.is_alive says no for ever when a handler of signals raises in it.
        if self._over or self._home != os.getpid():
            raise RuntimeError("the server runs in another process: call it over a socket")
        return self._turns

    @property
    def replays(self) -> Replays:
        """Which recorders answer for which accounts.

        Raises:
            RuntimeError: the server does not run.
        """
        if self._app is None:
            raise RuntimeError("the server does not run: start it first")
        found: Replays = self._app.state.replays
        return found

    @property
    def exchanges(self) -> int:
        """The number of the last exchange so far; 0 before the first."""
        last: int = 0 if self._app is None else self._app.state.journal.last_id
        return last

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that serves.

        Raises:
            RuntimeError: the server does not run.
        """
        if self._server is None:
            raise RuntimeError("the server does not run: start it first")
        return self._server.loop

    def stop(self) -> None:
        """Stop serving and wait for the thread; harmless when it does not run."""
        if self._server is not None and self._thread is not None:
            self._server.stop_soon()
            self._thread.join()
        self._thread = self._server = self._app = self._turns = None

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
