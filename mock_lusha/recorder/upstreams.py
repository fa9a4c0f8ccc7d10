"""The upstream: what is sent to it and to nobody else, by which proxy, and where its redirects lead."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING, Any, Final

import httpx

from mock_lusha.errors import MockLushaError
from mock_lusha.recorder import REAL
from mock_lusha.recorder.guard import is_loopback
from mock_lusha.recorder.recorder import UPSTREAM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.contract.document import Operation
    from mock_lusha.recorder.recorder import Recorder

    Headers = list[tuple[bytes, bytes]]

ANY_HOST: Final = "http://recorder.invalid"
"""The address under which requests of the proxy come, whatever host they name."""
READABLE: Final = "gzip, deflate"
OF_ONE_HOP: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te"),
        *("trailer", "transfer-encoding", "upgrade"),
    }
)
_ABOUT_THE_WAY: Final = frozenset(
    {
        *("host", "forwarded", "via", "content-length", "x-real-ip", "expect", "x-host"),
        *("origin", "referer"),  # the recorder's own address
    }
)
_ABOUT_THE_WAY_TOO: Final = (
    *("proxy-", "x-forwarded-", "x-original-", "x-rewrite-", "x-override-", "x-accel-", "x-envoy-"),
    *("x-http-host", "x-proxy-"),
)
_LEADS_AWAY: Final = frozenset({b"alt-svc", b"content-location", b"refresh"})
_LOCATION: Final = b"location"
_PLAIN_PATH: Final = re.compile(rb"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without a backslash
_PORTS: Final = {"http": 80, "https": 443}
_EXTENSIONS: Final = frozenset({"timeout", "trace"})  # others choose a target or a name of the host


def strange_host(recorder: Recorder, request: httpx.Request) -> str | None:
    """Why a request is not one for the upstream; None where it is.

    Those are to the upstream's own address, to api.lusha.com, which the upstream stands for, and to the
    recorder's proxy.
    """
    own = {
        _authority(httpx.URL(address))
        for address in (recorder.upstream, UPSTREAM, "http://api.lusha.com", ANY_HOST)
    }
    if _authority(request.url) not in own:
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii', 'replace')}"
        return (
            f"BLOCKED: a request to {origin} was sent nowhere: this recorder is for {recorder.upstream} and "
            f"{UPSTREAM}; send it with another client"
        )
    if not _PLAIN_PATH.fullmatch(request.url.raw_path):
        return "BLOCKED: a request was sent nowhere: its path begins with two slashes or is not plain ASCII"
    return None


def _authority(url: httpx.URL) -> tuple[str, int | None]:
    return url.host.lower(), url.port or _PORTS.get(url.scheme)


def for_upstream(recorder: Recorder, request: httpx.Request, content: bytes) -> httpx.Request:
    """The request as it goes upstream: with the upstream's host alone, and nothing that is for servers on the
    way. Encodings that could not be read back, and so not be redacted, are not accepted."""
    upstream = httpx.URL(recorder.upstream)
    path = upstream.raw_path.rstrip(b"/") + request.url.raw_path
    url = httpx.URL(scheme=upstream.scheme, host=upstream.host, port=upstream.port, raw_path=path)
    hop_headers = {
        option.strip().lower()
        for name, value in request.headers.multi_items()
        if name.lower() == "connection"
        for option in value.split(",")
    }
    headers = httpx.Headers(
        [
            (name, value)
            for name, value in request.headers.multi_items()
            if _is_passed_on(name.lower()) and name.lower() not in hop_headers
        ]
    )
    if recorder.upstream_key is not None:
        headers["api_key"] = recorder.upstream_key
    headers["accept-encoding"] = READABLE
    headers["host"] = url.netloc.decode("ascii")
    return httpx.Request(
        request.method, url, headers=headers, content=content,
        extensions={**_extensions(request.extensions), REAL: True},
    )  # fmt: skip


def _is_passed_on(name: str) -> bool:
    name = name.replace("_", "-")  # as many servers read it; no header that is listed has one
    return not (name in OF_ONE_HOP or name in _ABOUT_THE_WAY or name.startswith(_ABOUT_THE_WAY_TOO))


def _extensions(extensions: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in extensions.items() if name in _EXTENSIONS}


def usage_request(recorder: Recorder, operation: Operation, request: httpx.Request) -> httpx.Request:
    """The call of ``operation``, which reports what is left, with the key and the timeouts of a request that
    is about to be made."""
    headers = {name: value for name, value in request.headers.items() if name.lower() == "api_key"}
    path = httpx.URL(recorder.upstream).raw_path.rstrip(b"/") + operation.path.encode()
    url = request.url.copy_with(raw_path=path)
    return httpx.Request(operation.method, url, headers=headers, extensions=request.extensions)


def kept_here(recorder: Recorder, request: httpx.Request, headers: Headers) -> Headers:
    """The headers of the answer to ``request``, none of which leads past the recorder.

    An address of the upstream becomes the recorder's own, a path; one of another server is left out, so
    that no client follows it.
    """
    result = []
    for name, value in headers:
        if name.lower() == _LOCATION:
            own = _own_location(recorder, request, value)
            if own is not None:
                result.append((name, own))
        elif name.lower() not in _LEADS_AWAY:
            result.append((name, value))
    return result


def leads_away(recorder: Recorder, request: httpx.Request, headers: Headers) -> bool:
    """Whether an answer redirects to somewhere else than the upstream."""
    return any(
        name.lower() == _LOCATION and _own_location(recorder, request, value) is None
        for name, value in headers
    )


def _own_location(recorder: Recorder, request: httpx.Request, location: bytes) -> bytes | None:
    """The path on the recorder for an address of the upstream; None for any other."""
    text = location.decode("latin-1").strip()
    if "\\" in text or not text.isascii() or not text.isprintable():
        return None  # clients differ in what they make of it
    upstream = httpx.URL(recorder.upstream)
    try:
        target = request.url.join(text)
    except (httpx.InvalidURL, ValueError):
        return None
    if target.scheme not in _PORTS:
        return None
    base, path = upstream.raw_path.rstrip(b"/"), target.raw_path
    if _authority(target) != _authority(upstream):
        if target.host != httpx.URL(UPSTREAM).host:
            return None
        base = b""  # the upstream speaks for Lusha
    own = path[len(base) :] if path.startswith(base) else b""
    return own if _PLAIN_PATH.fullmatch(own) else None


def proxy_for(upstream: str) -> httpx.Proxy | None:
    """The proxy that the environment names for an upstream (``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``,
    except ``NO_PROXY``); None without one, and always for an upstream on this machine.

    Raises:
        MockLushaError: what the environment names is not a proxy that can be used.
    """
    if is_loopback(upstream):
        return None
    url = httpx.URL(upstream)
    proxies = urllib.request.getproxies_environment()
    address = proxies.get(url.scheme) or proxies.get("all")
    if not address or _is_bypassed(url.netloc.decode("ascii"), proxies):
        return None
    try:
        return httpx.Proxy(address if "://" in address else f"http://{address}")
    except (httpx.InvalidURL, ValueError):
        # What it names may hold a password.
        raise MockLushaError(
            f"{url.scheme.upper()}_PROXY or ALL_PROXY is no address of a proxy such as http://127.0.0.1:3128"
        ) from None


def _is_bypassed(authority: str, proxies: dict[str, str]) -> bool:
    # What typeshed has in its place asks the system's settings too, on some systems.
    bypass = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined] # typeshed lacks it
    bypasses: bool = bypass(authority, proxies)
    return bypasses


def transport_for(upstream: str) -> httpx.HTTPTransport:
    """The transport that sends to an upstream."""
    local = is_loopback(upstream)
    try:
        return httpx.HTTPTransport(trust_env=not local, proxy=proxy_for(upstream))
    except ImportError as error:  # for SOCKS
        raise MockLushaError(f"the proxy that the environment names cannot be used: {error}") from None


def async_transport_for(upstream: str) -> httpx.AsyncHTTPTransport:
    """The transport that sends to an upstream from an event loop."""
    # It keeps no connections: it cannot know when the loop that they belong to ends.
    once = httpx.Limits(max_keepalive_connections=0)
    local = is_loopback(upstream)
    try:
        return httpx.AsyncHTTPTransport(trust_env=not local, proxy=proxy_for(upstream), limits=once)
    except ImportError as error:
        raise MockLushaError(f"the proxy that the environment names cannot be used: {error}") from None
