"""How each library is made to call the double: one function a library, which gives back how to undo it.

Only the address, and the key in the header ``api_key``, of a call are changed, at the last place where the
library still knows both; URLs in its answers stay as the caller wrote them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_lusha.handle.interception import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.handle.interception import Target


def _patched(owner: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Put ``make(original)`` in place; undone out of turn it stays in the chain and only passes calls on."""
    original = getattr(owner, name)
    wrapper = make(original)
    active = [True]

    @functools.wraps(original)
    def switch(*args: Any, **kwargs: Any) -> Any:
        return wrapper(*args, **kwargs) if active[0] else original(*args, **kwargs)

    setattr(owner, name, switch)

    def undo() -> None:
        active[0] = False
        if getattr(owner, name) is switch:
            setattr(owner, name, original)

    return undo


def patch_httpx(target: Target) -> Callable[[], None]:
    """Its transports, sync and async; one that the code under test brings itself is left alone."""
    import httpx  # noqa: PLC0415 - it may not be installed

    from mock_lusha.handle.certificates import verification  # noqa: PLC0415 - with the first interception
    from mock_lusha.handle.inprocess import AsyncInProcessTransport, InProcessTransport  # noqa: PLC0415 - httpx

    server = target.server
    within = None if server is None else InProcessTransport(server, target.key_for)
    async_within = None if server is None else AsyncInProcessTransport(server, target.key_for)
    once = httpx.Limits(max_keepalive_connections=0)
    base = httpx.URL(target.url)

    def redirected(request: httpx.Request) -> httpx.Request:
        url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        headers = httpx.Headers(request.headers)
        key = target.key_for(headers.get(KEY))
        if key is not None:
            headers[KEY] = key
        return httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
        )

    def sync(original: Any) -> Any:
        def handle_request(self: Any, request: httpx.Request) -> Any:
            if not target.takes(request.url.host):
                return original(self, request)
            if within is not None:
                return within.handle_request(request)
            # A transport of our own: the caller's may be one to a proxy.
            inner = httpx.HTTPTransport(verify=verification(target.url), trust_env=False, limits=once)
            return original(inner, redirected(request))

        return handle_request

    def asynchronous(original: Any) -> Any:
        async def handle_async_request(self: Any, request: httpx.Request) -> Any:
            if not target.takes(request.url.host):
                return await original(self, request)
            if async_within is not None:
                return await async_within.handle_async_request(request)
            # One for each call also because connections belong to a loop, and nobody tells when that ends.
            inner = httpx.AsyncHTTPTransport(verify=verification(target.url), trust_env=False, limits=once)
            return await original(inner, redirected(request))

        return handle_async_request

    undo_sync = _patched(httpx.HTTPTransport, "handle_request", sync)
    undo_async = _patched(httpx.AsyncHTTPTransport, "handle_async_request", asynchronous)

    def undo() -> None:
        undo_async()
        undo_sync()

    return undo


def patch_urllib3(target: Target) -> Callable[[], None]:
    """Its pools of connections, which requests uses too."""
    import inspect  # noqa: PLC0415 - with the first interception

    from urllib3.connectionpool import HTTPConnectionPool  # noqa: PLC0415 - it may not be installed

    base = urlsplit(target.url)
    pool = HTTPConnectionPool(base.hostname or "", base.port, maxsize=8)

    def make(original: Any) -> Any:
        shape = functools.cache(lambda: inspect.signature(original))  # only a call of the API needs it

        def urlopen(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            # Behind a proxy for plain HTTP the URL is a whole one; elsewhere it is a path, which may begin
            # with two slashes and names no host then.
            whole = urlsplit(url) if url.lower().startswith(("http://", "https://")) else None
            if not target.takes((whole and whole.hostname) or self.host):
                return original(self, method, url, *args, **kwargs)
            given = shape().bind(self, method, url, *args, **kwargs)
            sent = given.arguments.get("headers")
            headers = (self.headers if sent is None else sent).copy()
            for name in [name for name in headers if name.lower() == KEY]:
                headers[name] = target.key_for(headers[name]) or headers[name]
            path = url if whole is None else whole._replace(scheme="", netloc="").geturl() or "/"
            path = path.partition("#")[0]
            given.arguments |= {"self": pool, "url": path, "headers": headers}
            # What the caller's pool was made with goes with the call.
            given.arguments.setdefault("timeout", self.timeout)
            given.arguments.setdefault("retries", self.retries)
            return original(*given.args, **given.kwargs)

        return urlopen

    undo = _patched(HTTPConnectionPool, "urlopen", make)

    def close() -> None:
        undo()
        pool.close()

    return close


def patch_aiohttp(target: Target) -> Callable[[], None]:
    """Its connectors, whichever session they belong to."""
    import aiohttp  # noqa: PLC0415 - it may not be installed

    base = urlsplit(target.url)

    def make(original: Any) -> Any:
        async def connect(self: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
            if target.takes(req.url.raw_host or ""):
                req.url = req.url.with_scheme(base.scheme).with_host(base.hostname).with_port(base.port)
                req.proxy = None
                key = target.key_for(req.headers.get(KEY))
                if key is not None:
                    req.headers[KEY] = key
            return await original(self, req, *args, **kwargs)

        return connect

    return _patched(aiohttp.BaseConnector, "connect", make)


def _guarded(target: Target, *hosts: Any) -> None:
    """Refuse what is about to reach one of Lusha's hosts past the patches above."""
    for host in hosts:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if isinstance(name, str) and target.takes(name):
            raise target.refuse(
                name, "only calls by httpx, requests, urllib3 and aiohttp can be sent to the double"
            )


def _undone(*undo: Callable[[], None]) -> Callable[[], None]:
    def all_undone() -> None:
        for each in reversed(undo):
            each()

    return all_undone


def guard_socket(target: Target) -> Callable[[], None]:
    """What any other library needs to reach a host: its address."""
    import socket  # noqa: PLC0415

    def asks(original: Any) -> Any:
        def ask(host: Any, *args: Any, **kwargs: Any) -> Any:
            _guarded(target, host)
            return original(host, *args, **kwargs)

        return ask

    def connects(original: Any) -> Any:
        def connect(self: Any, address: Any) -> Any:
            _guarded(target, *(address[:1] if isinstance(address, tuple) else ()))
            return original(self, address)

        return connect

    return _undone(
        *(_patched(socket, name, asks) for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex")),
        _patched(socket.socket, "connect", connects),
    )


def guard_http(target: Target) -> Callable[[], None]:
    """Python's own client, which a proxy would reach Lusha for."""
    from http.client import HTTPConnection  # noqa: PLC0415

    def make(original: Any) -> Any:
        def putrequest(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            whole = urlsplit(url).hostname if url.lower().startswith(("http://", "https://")) else None
            _guarded(target, whole, self.host, getattr(self, "_tunnel_host", None))
            return original(self, method, url, *args, **kwargs)

        return putrequest

    return _patched(HTTPConnection, "putrequest", make)


def guard_httpcore(target: Target) -> Callable[[], None]:
    """What httpx stands on: called by itself, or by whoever kept httpx's methods from before."""
    import httpcore  # noqa: PLC0415 - it may not be installed

    def sync(original: Any) -> Any:
        def handle_request(self: Any, request: Any) -> Any:
            _guarded(target, request.url.host)
            return original(self, request)

        return handle_request

    def asynchronous(original: Any) -> Any:
        async def handle_async_request(self: Any, request: Any) -> Any:
            _guarded(target, request.url.host)
            return await original(self, request)

        return handle_async_request

    return _undone(
        _patched(httpcore.ConnectionPool, "handle_request", sync),
        _patched(httpcore.AsyncConnectionPool, "handle_async_request", asynchronous),
    )


def guard_uvloop(target: Target) -> Callable[[], None]:
    """A loop that asks for addresses itself."""
    import uvloop  # noqa: PLC0415 - it may not be installed

    def asks(original: Any) -> Any:
        async def getaddrinfo(self: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
            _guarded(target, host)
            return await original(self, host, *args, **kwargs)

        return getaddrinfo

    def connects(original: Any) -> Any:
        async def create_connection(
            self: Any, factory: Any, host: Any = None, *args: Any, **named: Any
        ) -> Any:
            _guarded(target, host)
            return await original(self, factory, host, *args, **named)

        return create_connection

    return _undone(
        _patched(uvloop.Loop, "getaddrinfo", asks), _patched(uvloop.Loop, "create_connection", connects)
    )
