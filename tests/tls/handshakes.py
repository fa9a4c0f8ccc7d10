"""TLS as clients speak it, byte by byte where that is needed."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from mock_lusha.tls.authority import Authority


def trusting(authority: Authority, alpn: Sequence[str] = ()) -> ssl.SSLContext:
    """What a client has that trusts this CA and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem.decode())
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def agree(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> ssl.SSLObject:
    """Shake hands in memory; what the client has agreed to."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    done = {ours: False, theirs: False}
    while not all(done.values()):
        for side in done:
            try:
                side.do_handshake()
                done[side] = True
            except ssl.SSLWantReadError:
                continue
    return ours


def hello(client: ssl.SSLContext, host: str = "api.lusha.com") -> bytes:
    """The first bytes of a handshake."""
    sent = ssl.MemoryBIO()
    side = client.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=host)
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return sent.read()
    raise AssertionError


def ask_in_pieces(
    wire: socket.socket, client: ssl.SSLContext, request: bytes, *, before: bytes = b"", size: int
) -> bytes:
    """Send a request over TLS in pieces of a size, behind bytes that are plain; all that is answered in TLS.
    Where there are plain bytes, they come with the first of TLS, and one answer is read before it."""
    came, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client.wrap_bio(came, sent, server_hostname="api.lusha.com")
    plain, answered, asked, established = before, b"", False, not before

    def send() -> None:
        nonlocal plain
        data, plain = plain + sent.read(), b""
        for at in range(0, len(data), size):
            wire.sendall(data[at : at + size])

    while True:
        try:
            if not asked:
                tls.do_handshake()
                tls.write(request)
                asked = True
                send()
            piece = tls.read(65_536)
            if not piece:
                return answered
            answered += piece
        except ssl.SSLWantReadError:
            send()
            data = wire.recv(65_536)
            if not data:
                came.write_eof()
            elif not established:
                head, _, data = data.partition(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200")
                established = True
            came.write(data)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return answered
