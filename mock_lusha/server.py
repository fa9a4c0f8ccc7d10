"""The server: uvicorn on a socket of our own, in this thread or in one of its own."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, cast

import uvicorn

from mock_lusha.app import create_app
from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError, MockLushaError, shorten
from mock_lusha.http.protocol import HttpProtocol
from mock_lusha.http.serialized_app import SerializedApp
from mock_lusha.lifecycle import LifecycleServer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable
    from types import TracebackType

    from starlette.applications import Starlette
    from starlette.types import ASGIApp

    from mock_lusha.clock import Clock
    from mock_lusha.http.guards.replay import Replays
    from mock_lusha.lifecycle import Patience
    from mock_lusha.readiness import Readiness

BACKLOG = 2048
"""Connections that wait to be accepted, at most."""
_NUMERIC = frozenset("0123456789.:")
_PATIENCE = 10.0
"""Seconds for a thread to begin that was told to."""
_UVICORN = logging.getLogger("uvicorn.error")


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
        sock.listen(BACKLOG)
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


def protocol_of(settings: Settings) -> Callable[..., Any]:
    """What connections are made of: plain HTTP, or whatever is spoken where TLS is.

    Raises:
        ConfigError: TLS cannot be had here; the message says why.
    """
    if not settings.tls:
        return HttpProtocol
    from mock_lusha.tls.front import Fronts  # noqa: PLC0415 - plain HTTP need not pay for it

    return Fronts(settings.tls_folder)


def _server(
    app: ASGIApp,
    on_ready: Callable[[], None],
    *,
    protocol: Callable[..., Any] = HttpProtocol,
    readiness: Readiness | None = None,
    patience: Patience | None = None,
    warm: Callable[[], AsyncIterator[object]] | None = None,
    begin: Callable[[asyncio.AbstractEventLoop], Awaitable[None]] | None = None,
    accepts: int = BACKLOG,
) -> LifecycleServer:
    config = uvicorn.Config(
        app,
        http=cast("Any", protocol),
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=True,
        backlog=accepts,
        proxy_headers=False,
    )
    return LifecycleServer(config, on_ready, readiness=readiness, patience=patience, warm=warm, begin=begin)


def serve(
    app: ASGIApp,
    sock: socket.socket,
    on_ready: Callable[[], None],
    patience: Patience,
    *,
    protocol: Callable[..., Any] = HttpProtocol,
    readiness: Readiness | None = None,
    warm: Callable[[], AsyncIterator[object]] | None = None,
    begin: Callable[[asyncio.AbstractEventLoop], Awaitable[None]] | None = None,
    accepts: int = BACKLOG,
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP, and drain then.

    Connections are made of ``protocol`` (see ``protocol_of``).
    ``readiness`` is told of it; ``warm`` is done before ``on_ready`` is called, in steps. At most ``accepts``
    connections are accepted at once.
    """
    _UVICORN.setLevel(logging.ERROR)
    with contextlib.suppress(KeyboardInterrupt):
        _server(
            app,
            on_ready,
            protocol=protocol,
            readiness=readiness,
            patience=patience,
            warm=warm,
            begin=begin,
            accepts=accepts,
        ).run(sockets=[sock])


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
            httpx.get(server.url + "/v3/account/usage", headers={"api_key": "any"})

    It listens when ``start`` returns: on a free port, unless the settings name another than the default.
    """

    def __init__(self, settings: Settings | None = None, *, clock: Clock | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._server: LifecycleServer | None = None
        self._app: Starlette | None = None
        self._turns: SerializedApp | None = None
        self._over = False
        self._home = 0
        self.url = ""

    def __repr__(self) -> str:
        return f"<MockServer {f'at {self.url}' if self._thread is not None else 'not running'}>"

    def start(self) -> MockServer:
        """Bind, start the thread and wait until it serves.

        Raises:
            ConfigError: the settings or the address cannot be used, or threads of this process are none.
            StoreError: the store of the settings cannot be used.
        """
        if self._thread is not None:
            raise RuntimeError("the server is running already")
        _check_threads()
        if self.settings.workers > 1:
            count = self.settings.workers
            raise ConfigError(
                f"workers: a server in this process is one worker, not {count}: leave the setting out, or "
                f"start `mock-lusha serve --workers {count}` and name its address"
            )
        app = self._app = create_app(self.settings, clock=self._clock)
        protocol = protocol_of(self.settings)
        default = Settings.__dataclass_fields__["port"].default
        sock = bind(self.settings.host, 0 if self.settings.port == default else self.settings.port)
        self.url = url_of(sock)
        started = threading.Event()
        self._over, self._home = False, os.getpid()
        turns = self._turns = SerializedApp(app)
        server = self._server = _server(
            turns,
            started.set,
            protocol=protocol,
            readiness=app.state.readiness,
            warm=app.state.warm if self.settings.warm else None,
            begin=app.state.begin,
        )

        problems: list[MockLushaError] = []

        def run() -> None:
            try:
                server.run(sockets=[sock])
            except MockLushaError as error:
                problems.append(error)
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
        if problems:
            self.stop()
            raise problems[0]
        return self

    @property
    def turns(self) -> SerializedApp:
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
