"""A port that speaks plain HTTP, TLS, and CONNECT before TLS: the first bytes of a connection say which.

What follows is the same protocol on the same connection: nothing is copied to a second one.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from mock_lusha.clock import Clock
from mock_lusha.errors import ApiError, shorten
from mock_lusha.http.protocol import HttpProtocol
from mock_lusha.tls.authority import Authority, NoFolderError
from mock_lusha.tls.contexts import Contexts
from mock_lusha.tls.hosts import API_HOST, TLS_PORT, plain_host, refusal
from mock_lusha.tls.layer import TlsLayer
from mock_lusha.web_origin import is_loopback_host

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.http.protocol import ConnectionState

_log = logging.getLogger("mock_lusha")
_TLS_RECORD = 0x16
_CONNECT = b"CONNECT "
_MOST_HEAD = 8_192
"""Bytes that the head of a CONNECT may have: it has a host, and few headers (our bound)."""
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Fronts:
    """What a server makes its connections of. ``folder`` is that of the CA, None for that of the user.

    Raises:
        ConfigError: TLS cannot be had here; the message says why.
    """

    def __init__(self, folder: Path | None) -> None:
        now = Clock().now
        self._folder = folder
        authority = _authority(folder, now())
        self._is_kept = authority.is_kept
        self._contexts = Contexts(authority, now)

    def __call__(self, **shared: Any) -> Front:
        """A connection, with what a server shares among its own."""
        return Front(self._contexts, **shared)

    def trust(self) -> str:
        """Where users find the certificate that programs have to trust."""
        if self._folder is not None:
            return f"`mock-lusha ca pem --tls-folder {self._folder}` has what to trust"
        if self._is_kept:
            return "`mock-lusha ca` has what to trust"
        is_shown = _log.isEnabledFor(logging.WARNING)
        where = "in the warning above" if is_shown else "shown with --log-level warning"
        return f"what to trust is {where}, as its CA is in memory; --tls-folder names a folder to keep one"


def _authority(folder: Path | None, now: float) -> Authority:
    """The CA of the folder that is named, or of the user; one in memory where the user can keep none.

    A container may run as a user without a home, with nothing that it may write to. Our decision: it serves,
    and the log has the certificate, for clients that are to trust it.
    """
    try:
        return Authority.open(folder, now)
    except NoFolderError as error:
        if folder is not None:
            raise
        authority = Authority.in_memory(now)
        _log.warning(
            "%s. It is in memory now and ends with this server; programs have to trust\n%s",
            error,
            authority.pem.decode().strip(),
        )
        return authority


class Front(asyncio.Protocol):
    """A connection of which it is not known yet what is spoken on it."""

    def __init__(self, contexts: Contexts, server_state: ConnectionState, **shared: Any) -> None:
        self._contexts = contexts
        self._connections = cast("set[Any]", server_state.connections)
        self._make = partial(_ServedProtocol, server_state=server_state, **shared)
        self._shared = {"server_state": server_state, **shared}
        self._transport: asyncio.Transport
        self._start = b""
        self._in_tunnel = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first bytes; no longer than for the head of a request."""
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Look at the first bytes, and hand the connection over as soon as they tell."""
        start = self._start = self._start + data
        if start[0] == _TLS_RECORD:
            self._begin_tls()
        elif self._in_tunnel:
            self._hand_over(self._refusing(ApiError("bad-request", ["after CONNECT comes a TLS handshake"])))
        elif not start.startswith(_CONNECT):
            if not _CONNECT.startswith(start):
                self._hand_over(self._make())
        elif b"\r\n\r\n" in start[:_MOST_HEAD]:
            self._connect(*start.split(b"\r\n\r\n", 1))
        elif len(start) >= _MOST_HEAD:
            why = [f"the head of a CONNECT may have {_MOST_HEAD} bytes"]
            self._hand_over(self._refusing(ApiError("head-too-large", why)))

    def _refusing(self, error: ApiError) -> HttpProtocol:
        return _RefusingProtocol(error, **self._shared)

    def _hand_over(self, protocol: HttpProtocol) -> None:
        self._connections.discard(self)
        self._transport.set_protocol(protocol)
        protocol.connection_made(cast("Any", self._transport))
        protocol.data_received(self._start)

    def _begin_tls(self) -> None:
        end = partial(self._connections.discard, self)
        layer = TlsLayer(self._transport, self._contexts.first, self._above, end)
        self._transport.set_protocol(layer)
        layer.data_received(self._start)
        self._start = b""

    def _above(self, host: str) -> HttpProtocol:
        """The protocol for a host whose certificate the client took."""
        self._connections.discard(self)
        return self._make() if host == API_HOST else self._refusing(refusal(host))

    def _connect(self, head: bytes, rest: bytes) -> None:
        """Let a client through to the API, which is here, and to nowhere else."""
        error = _connect_error(head.split(b"\r\n", 1)[0])
        if error is not None:
            self._hand_over(self._refusing(error))
            return
        self._transport.write(_ESTABLISHED)
        self._in_tunnel, self._start = True, b""
        if rest:
            self.data_received(rest)

    # What the server asks of a connection

    @property
    def awaits(self) -> object:
        """The first bytes, or the rest of the handshake."""
        return self

    def refuse_late_head(self) -> None:
        """End it: they did not come in time."""
        self._transport.abort()

    def end_soon(self) -> None:
        """Nothing is under way."""

    def shutdown(self) -> None:
        """End it: nothing is under way."""
        self._transport.abort()

    def cut(self) -> None:
        """End it."""
        self._transport.abort()


def _connect_error(line: bytes) -> ApiError | None:
    """Why a CONNECT is refused, by its first line."""
    words = line.decode("latin-1").split(" ")
    target = words[1] if len(words) == 3 and words[2].startswith("HTTP/1.") else ""
    host, colon, port = target.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()):
        return ApiError("bad-request", [f"CONNECT takes host:port, such as {API_HOST}:{TLS_PORT}"])
    if plain_host(host) != API_HOST:
        return refusal(host)
    if port.lstrip("0") != str(TLS_PORT):
        why = f"{API_HOST} is served at port {TLS_PORT}, not {shorten(port, 20)}"
        return ApiError("host-refused", [why])
    return None


class _ServedProtocol(HttpProtocol):
    """A connection of the API on a port that may be somebody's proxy: a request whose target has another host
    was meant for that host."""

    def on_headers_complete(self) -> None:
        if self.url[:1] not in {b"/", b"*"} and b"://" in self.url:
            self._check_host(self.url.decode("latin-1"))
        super().on_headers_complete()

    def _check_host(self, target: str) -> None:
        try:
            parts = urlsplit(target)
            host, port = plain_host(parts.hostname or ""), parts.port
        except ValueError:
            raise ApiError("bad-request", ["the target of the request is no URL"]) from None
        local = (self.server or ("", 0))[:2]
        here = port == local[1] and (host == local[0] or is_loopback_host(host))
        if host != API_HOST and not here:
            raise refusal(host)


class _RefusingProtocol(HttpProtocol):
    """A connection on which there is one answer, whatever comes: an error."""

    def __init__(self, error: ApiError, **shared: Any) -> None:
        super().__init__(**shared)
        self._error: ApiError | None = error

    def data_received(self, data: bytes) -> None:
        error, self._error = self._error, None
        if error is None:
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        self._refuse(error)
