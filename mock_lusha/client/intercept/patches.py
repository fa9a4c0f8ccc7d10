"""The places that calls pass, and what a switch does there: one function for each kind of place.

Only the address, and the key in the header ``api_key``, of a call are changed, at the last place where the
library still knows both; URLs in its answers stay as the caller wrote them.
"""

from __future__ import annotations

import contextvars
import functools
import socket
import ssl
import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mock_lusha.client.intercept.certificates import verification
from mock_lusha.client.intercept.targets import KEY
from mock_lusha.recorder import REAL

if TYPE_CHECKING:
    from mock_lusha.client.intercept.gate import Gate, Make
    from mock_lusha.client.intercept.targets import Target

_CONNECTED = "_mock_lusha_connected"
"""Attribute of a connection of http.client: the Target it is connected to in place of its host."""
_WANTED = "_mock_lusha_wanted"
"""The host that a request of it names with a whole URL, as is done behind a proxy."""


# httpx and httpx2, and what they stand on: httpcore and httpcore2


def _httpx(library: str) -> tuple[Make, Make]:
    """Transports, sync and async; one that the code under test made itself is left alone."""
    core_name = library.replace("httpx", "httpcore")

    def sync(gate: Gate, original: Any) -> Any:
        def handle_request(self: Any, request: Any) -> Any:
            if REAL in request.extensions:
                with gate.let_through():
                    return original(self, request)
            if gate.is_passed_by(sys.modules.get(core_name), "ConnectionPool", "handle_request"):
                return original(self, request)
            target = gate.target(request.url.host)
            if target is None:
                return original(self, request)
            lib: Any = sys.modules[library]
            if target.server is not None:
                from mock_lusha.client.inprocess import in_process  # noqa: PLC0415 - without a socket

                return in_process(lib, target.server, target.key_for).handle_request(request)
            # A transport of our own: the caller's may be one to a proxy.
            inner = lib.HTTPTransport(trust_env=False, verify=verification(target.url))
            inner._pool = direct_pool(gate, core_name, "ConnectionPool", target)
            native = gate.board.native(lib.HTTPTransport, "handle_request")
            return native(inner, _redirected(lib, target, request))

        return handle_request

    def asynchronous(gate: Gate, original: Any) -> Any:
        async def handle_async_request(self: Any, request: Any) -> Any:
            if REAL in request.extensions:
                with gate.let_through():
                    return await original(self, request)
            if gate.is_passed_by(sys.modules.get(core_name), "AsyncConnectionPool", "handle_async_request"):
                return await original(self, request)
            target = gate.target(request.url.host)
            if target is None:
                return await original(self, request)
            lib: Any = sys.modules[library]
            if target.server is not None:
                from mock_lusha.client.inprocess import async_in_process  # noqa: PLC0415

                transport = async_in_process(lib, target.server, target.key_for)
                return await transport.handle_async_request(request)
            inner = lib.AsyncHTTPTransport(trust_env=False, verify=verification(target.url))
            inner._pool = direct_pool(gate, core_name, "AsyncConnectionPool", target)
            native = gate.board.native(lib.AsyncHTTPTransport, "handle_async_request")
            return await native(inner, _redirected(lib, target, request))

        return handle_async_request

    return sync, asynchronous


def _redirected(lib: Any, target: Target, request: Any) -> Any:
    base = lib.URL(target.url)
    url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
    headers = lib.Headers(request.headers)
    key = target.key_for(headers.get(KEY))
    if key is not None:
        headers[KEY] = key
    return lib.Request(
        request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
    )


def _pools(library: str) -> tuple[Make, Make]:
    """Pools, called directly, or by a library that kept httpx's own methods, as vcrpy does."""

    def sync(gate: Gate, original: Any) -> Any:
        def handle_request(self: Any, request: Any) -> Any:
            if REAL in request.extensions:
                with gate.let_through():
                    return original(self, request)
            target = gate.target(request.url.host)
            if target is None:
                return original(self, request)
            pool = direct_pool(gate, library, "ConnectionPool", target)
            return pool.handle_request(_core_request(sys.modules[library], target, request))

        return handle_request

    def asynchronous(gate: Gate, original: Any) -> Any:
        async def handle_async_request(self: Any, request: Any) -> Any:
            if REAL in request.extensions:
                with gate.let_through():
                    return await original(self, request)
            target = gate.target(request.url.host)
            if target is None:
                return await original(self, request)
            pool = direct_pool(gate, library, "AsyncConnectionPool", target)
            return await pool.handle_async_request(_core_request(sys.modules[library], target, request))

        return handle_async_request

    return sync, asynchronous


def _connections() -> tuple[Make, Make]:
    """Connections, which belong to one host: one that is made by hand is refused."""

    def sync(gate: Gate, original: Any) -> Any:
        def handle_request(self: Any, request: Any) -> Any:
            gate.guard(request.url.host)
            return original(self, request)

        return handle_request

    def asynchronous(gate: Gate, original: Any) -> Any:
        async def handle_async_request(self: Any, request: Any) -> Any:
            gate.guard(request.url.host)
            return await original(self, request)

        return handle_async_request

    return sync, asynchronous


def direct_pool(gate: Gate, library: str, kind: str, target: Target) -> Any:
    """A pool of httpcore that nobody has patched, whatever respx does. It keeps no connections: those of
    asyncio belong to a loop, and there is no notice of its end."""
    core: Any = sys.modules[library]
    pool_class = getattr(core, kind)
    connection_class = getattr(core, kind.replace("ConnectionPool", "HTTPConnection"))
    name = "handle_async_request" if kind.startswith("Async") else "handle_request"
    handle = gate.board.native(connection_class, name)

    verify = verification(target.url)
    context = verify if isinstance(verify, ssl.SSLContext) else ssl.create_default_context()
    pool = pool_class(ssl_context=context, max_keepalive_connections=0)
    create = pool.create_connection

    def create_connection(origin: Any) -> Any:
        connection = create(origin)
        setattr(connection, name, functools.partial(handle, connection))
        return connection

    pool.create_connection = create_connection
    setattr(pool, name, functools.partial(gate.board.native(pool_class, name), pool))
    return pool


def _core_request(core: Any, target: Target, request: Any) -> Any:
    base = urlsplit(target.url)
    url = core.URL(
        scheme=base.scheme.encode(),
        host=(base.hostname or "").encode(),
        port=base.port,
        target=request.url.target,
    )
    headers = [
        (name, (target.key_for(value) or value.decode()).encode() if name.lower() == KEY.encode() else value)
        for name, value in request.headers
    ]
    return core.Request(
        request.method, url, headers=headers, content=request.stream, extensions=request.extensions
    )


# aiohttp


def _aiohttp(gate: Gate, original: Any) -> Any:
    """Connectors, whichever session they belong to."""

    async def connect(self: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        target = gate.target(req.url.raw_host)
        if target is not None:
            base = urlsplit(target.url)
            req.url = req.url.with_scheme(base.scheme).with_host(base.hostname).with_port(base.port)
            req.proxy = None
            key = target.key_for(req.headers.get(KEY))
            if key is not None:
                req.headers[KEY] = key
        return await original(self, req, *args, **kwargs)

    return connect


# http.client, which urllib.request stands on, and urllib3 with requests


def _putrequest(gate: Gate, original: Any) -> Any:
    """The host of a request is known here, and not before: a connection to a proxy serves any host."""

    def putrequest(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        # Behind a proxy for plain HTTP the URL is a whole one; elsewhere it is a path, which may begin with
        # two slashes and names no host then.
        whole = urlsplit(url) if url.lower().startswith(("http://", "https://")) else None
        setattr(self, _WANTED, (whole and whole.hostname) or None)
        target = gate.target(_host_of(self))
        if self.sock is not None and getattr(self, _CONNECTED, None) is not target:
            # It was connected before somebody began, or ended, or is one to a proxy. Connects again to send.
            self.sock.close()
            self.sock = None
        return original(self, method, url, *args, **kwargs)

    return putrequest


def _putheader(gate: Gate, original: Any) -> Any:
    def putheader(self: Any, header: Any, *values: Any) -> Any:
        target = gate.target(_host_of(self))
        if target is not None:
            name = header.decode("latin-1") if isinstance(header, bytes) else header
            if name.lower() == KEY:
                values = tuple(target.key_for(str(value)) or value for value in values)
        return original(self, header, *values)

    return putheader


def _connect(gate: Gate, original: Any) -> Any:
    def connect(self: Any) -> Any:
        target = gate.target(_host_of(self))
        if target is None:
            setattr(self, _CONNECTED, None)
            return original(self)
        base = urlsplit(target.url)
        # urllib3 has a word of its own for the default.
        timed = self.timeout is None or isinstance(self.timeout, int | float)
        address = (base.hostname or "", base.port or (443 if base.scheme == "https" else 80))
        sock = socket.create_connection(address, *([self.timeout] if timed else []))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if base.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=base.hostname)
        self.sock = sock
        self.is_verified = True  # urllib3 warns otherwise
        setattr(self, _CONNECTED, target)
        return None

    return connect


def _host_of(connection: Any) -> str:
    """The host that a connection is for, whichever proxy it leads to."""
    tunnel = getattr(connection, "_tunnel_host", None)
    host: str = getattr(connection, _WANTED, None) or tunnel or connection.host
    return host


def _send(gate: Gate, original: Any) -> Any:
    def send(self: Any, data: Any) -> Any:
        target = gate.target(_host_of(self))
        if target is not None:
            if self.sock is None and self.auto_open:
                self.connect()
            if getattr(self, _CONNECTED, None) is not target:
                # It connects in a way of its own, through a proxy for instance.
                raise target.refuse(_host_of(self))
        return original(self, data)

    return send


# What any other library needs to reach a host


def _resolver(gate: Gate, original: Any) -> Any:
    """A resolver, before it looks an address up."""

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        gate.guard(host)
        return original(host, *args, **kwargs)

    return resolve


def _socket_connect(gate: Gate, original: Any) -> Any:
    """A socket, which looks the address up itself before the audit event."""

    def connect(self: Any, address: Any) -> Any:
        if isinstance(address, tuple) and address:
            gate.guard(address[0])
        return original(self, address)

    return connect


def _loop_getaddrinfo(gate: Gate, original: Any) -> Any:
    """A loop of asyncio, which looks addresses up in another thread."""

    async def getaddrinfo(self: Any, host: Any, port: Any, **kwargs: Any) -> Any:
        gate.guard(host)
        if not gate.is_letting_through():
            return await original(self, host, port, **kwargs)
        run = contextvars.copy_context().run
        return await self.run_in_executor(None, lambda: run(socket.getaddrinfo, host, port, **kwargs))

    return getaddrinfo


def _uvloop_getaddrinfo(gate: Gate, original: Any) -> Any:
    """A loop that looks addresses up without Python's resolver."""

    async def getaddrinfo(self: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
        gate.guard(host)
        return await original(self, host, *args, **kwargs)

    return getaddrinfo


def _uvloop_create_connection(gate: Gate, original: Any) -> Any:
    async def create_connection(self: Any, factory: Any, host: Any = None, *args: Any, **kwargs: Any) -> Any:
        gate.guard(host)
        return await original(self, factory, host, *args, **kwargs)

    return create_connection


def _uvloop_sock_connect(gate: Gate, original: Any) -> Any:
    async def sock_connect(self: Any, sock: Any, address: Any) -> Any:
        if isinstance(address, tuple) and address:
            gate.guard(address[0])
        return await original(self, sock, address)

    return sock_connect


def _in_pairs(module: str, make: tuple[Make, Make], *classes: str) -> tuple[tuple[str, str, str, Make], ...]:
    names = ("handle_request", "handle_async_request")
    return tuple((module, *place) for place in zip(classes, names, make, strict=True))


PLACES: Final[tuple[tuple[str, str, str, Make], ...]] = (
    *_in_pairs("httpx", _httpx("httpx"), "HTTPTransport", "AsyncHTTPTransport"),
    *_in_pairs("httpx2", _httpx("httpx2"), "HTTPTransport", "AsyncHTTPTransport"),
    *_in_pairs("httpcore", _pools("httpcore"), "ConnectionPool", "AsyncConnectionPool"),
    *_in_pairs("httpcore", _connections(), "HTTPConnection", "AsyncHTTPConnection"),
    *_in_pairs("httpcore2", _pools("httpcore2"), "ConnectionPool", "AsyncConnectionPool"),
    *_in_pairs("httpcore2", _connections(), "HTTPConnection", "AsyncHTTPConnection"),
    ("aiohttp", "BaseConnector", "connect", _aiohttp),
    ("http.client", "HTTPConnection", "putrequest", _putrequest),
    ("http.client", "HTTPConnection", "putheader", _putheader),
    ("http.client", "HTTPConnection", "send", _send),
    ("http.client", "HTTPConnection", "connect", _connect),
    ("http.client", "HTTPSConnection", "connect", _connect),
    ("urllib3.connection", "HTTPConnection", "connect", _connect),
    ("urllib3.connection", "HTTPSConnection", "connect", _connect),
    ("socket", "", "getaddrinfo", _resolver),
    ("socket", "", "gethostbyname", _resolver),
    ("socket", "", "gethostbyname_ex", _resolver),
    ("socket", "", "gethostbyaddr", _resolver),
    ("socket", "socket", "connect", _socket_connect),
    ("socket", "socket", "connect_ex", _socket_connect),
    ("asyncio.base_events", "BaseEventLoop", "getaddrinfo", _loop_getaddrinfo),
    ("uvloop", "Loop", "getaddrinfo", _uvloop_getaddrinfo),
    ("uvloop", "Loop", "create_connection", _uvloop_create_connection),
    ("uvloop", "Loop", "sock_connect", _uvloop_sock_connect),
)
"""Module, class in it (or none), name of the function, and what makes the switch."""
