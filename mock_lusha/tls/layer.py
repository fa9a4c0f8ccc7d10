"""TLS on a connection that is there: between its transport and the protocol that speaks HTTP on it.

asyncio's own TLS wants to begin before the first byte is read, and here that byte says that it is TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_lusha.tls.contexts import HostContext

_PIECE = 262_144
"""Bytes that are read from TLS at once."""
_NO_NAME = "CALLBACK_FAILED"
"""OpenSSL's word where there is no certificate for a name, which is said there."""
_UNTRUSTED = "; the client does not trust the CA of this machine, see `mock-lusha ca`"
_HINTS = dict.fromkeys(
    ("TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_BAD_CERTIFICATE"), _UNTRUSTED
)
"""What alerts of clients mean, as OpenSSL calls them."""
_log = logging.getLogger("mock_lusha")


class TlsLayer(asyncio.Protocol):
    """The protocol of a transport on which TLS is spoken.

    ``begin`` makes the protocol above for the host that the client named, once the handshake is done; it gets
    a ``TlsTransport``. ``end`` is called where the connection is lost before.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        context: HostContext,
        begin: Callable[[str], asyncio.Protocol],
        end: Callable[[], None],
    ) -> None:
        self._transport = transport
        self._begin = begin
        self._end = end
        self._above: asyncio.Protocol | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._over = False

    # What comes in

    def data_received(self, data: bytes) -> None:
        """Take up what came, and give what is in it to the protocol above."""
        if self._over:
            return
        self._incoming.write(data)
        try:
            if self._above is None and not self._shake_hands():
                return
            self._read()
        except ssl.SSLError as error:
            self._fail(error)

    def _shake_hands(self) -> bool:
        """Go on with the handshake; whether it is done."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        self._flush()
        context: Any = self._tls.context  # a HostContext, the one that was chosen
        above = self._above = self._begin(context.host)
        above.connection_made(TlsTransport(self))
        return True

    def _read(self) -> None:
        above = self._above
        assert above is not None  # noqa: S101 - the handshake is done
        while not self._over:
            try:
                data = self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                break
            except ssl.SSLZeroReturnError:
                data = b""
            if not data:
                above.eof_received()
                self.close()
                return
            above.data_received(data)
        self._flush()  # a change of keys has an answer

    def _fail(self, error: ssl.SSLError) -> None:
        """End a connection on which something else than TLS came, with the alert that says so."""
        why = error.reason or str(error)
        if self._above is None and why != _NO_NAME:
            peer = self._transport.get_extra_info("peername")
            host, port = peer[:2] if isinstance(peer, tuple) else ("?", 0)
            _log.warning("no TLS with %s:%s: %s%s", host, port, shorten(why, 120), _HINTS.get(why, ""))
        self._flush()
        self._over = True
        self._transport.close()

    # What goes out

    def write(self, pieces: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send pieces, in one go."""
        if self._over:
            return
        try:
            for piece in pieces:
                if piece:
                    self._tls.write(piece)
        except ssl.SSLError as error:
            self._fail(error)
        else:
            self._flush()

    def close(self) -> None:
        """Say that nothing more comes, and close the connection when it is sent."""
        self._say_that_it_ends()
        self._transport.close()

    def write_eof(self) -> None:
        """Say that nothing more comes; what the peer still sends is not read any more."""
        self._say_that_it_ends()
        self._transport.write_eof()

    def _say_that_it_ends(self) -> None:
        if self._over:
            return
        self._over = True
        with contextlib.suppress(ssl.SSLError):  # it waits for the peer to say the same
            self._tls.unwrap()
        self._flush()

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            self._transport.write(data)

    # What the transport says

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that the connection is gone."""
        self._over = True
        if self._above is None:
            self._end()
        else:
            self._above.connection_lost(exc)

    def eof_received(self) -> bool:
        """Pass on that nothing more comes; the connection is closed, as TLS has no half of one."""
        if self._above is not None:
            self._above.eof_received()
        return False

    def pause_writing(self) -> None:
        """Pass on that the peer does not read."""
        if self._above is not None:
            self._above.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it does again."""
        if self._above is not None:
            self._above.resume_writing()

    # What the transport above needs

    @property
    def below(self) -> asyncio.Transport:
        """The transport on which TLS is spoken."""
        return self._transport

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be sent."""
        return self._over or self._transport.is_closing()

    @property
    def context(self) -> ssl.SSLContext:
        """The context of the host that the client named."""
        return self._tls.context

    @property
    def tls(self) -> ssl.SSLObject:
        """What was agreed with the peer."""
        return self._tls


class TlsTransport(asyncio.Transport):
    """What the protocol above has for its transport."""

    def __init__(self, layer: TlsLayer) -> None:
        super().__init__()
        self._layer = layer
        self._below = layer.below

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What asyncio's transports tell."""
        if name == "sslcontext":
            return self._layer.context
        if name == "ssl_object":
            return self._layer.tls
        return self._below.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send data."""
        self._layer.write((data,))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send several pieces of it in one go."""
        self._layer.write(list_of_data)

    def can_write_eof(self) -> bool:
        """Whether the connection below can be closed for sending alone."""
        return self._below.can_write_eof()

    def write_eof(self) -> None:
        """Close it for sending."""
        self._layer.write_eof()

    def is_closing(self) -> bool:
        """Whether it is closed, or will be when all is sent."""
        return self._layer.is_over

    def close(self) -> None:
        """Close it when all is sent."""
        self._layer.close()

    def abort(self) -> None:
        """Close it at once."""
        self._below.abort()

    def pause_reading(self) -> None:
        """Let the peer wait."""
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._below.resume_reading()

    def is_reading(self) -> bool:
        """Whether the peer may send."""
        return self._below.is_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Say when the protocol is to pause."""
        self._below.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Bytes that wait to be sent."""
        return self._below.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """When the protocol pauses, as low and high."""
        return self._below.get_write_buffer_limits()
