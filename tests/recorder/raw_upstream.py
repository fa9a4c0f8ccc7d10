"""An upstream that answers with given bytes, and closes: it can break off wherever a test wants it to."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from mock_lusha.server import bind

if TYPE_CHECKING:
    from types import TracebackType

_PATIENCE = 20.0
SILENT = None
"""In place of an answer: the connection stays open, and nothing comes."""


def answer(body: bytes = b"", status: int = 200, *headers: str, length: int | None = None) -> bytes:
    """An answer's bytes; ``length`` is what it says of its body, where that is not so."""
    lines = [f"HTTP/1.1 {status} Whatever", *headers, "Connection: close"]
    if not any(header.lower().startswith("transfer-encoding") for header in headers) and status != 204:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(*pieces: bytes, ended: bool = True) -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + (b"0\r\n\r\n" if ended else b"")


class RawUpstream:
    """``with RawUpstream(answer(b"{}")) as upstream: ...``

    Each connection gets the next of the answers, and the last one again and again. ``together`` connections
    are awaited before any of them is answered. ``arrived`` is released once for each request.
    """

    def __init__(self, *answers: bytes | None, together: int = 1) -> None:
        self.requests: list[bytes] = []
        self.arrived = threading.Semaphore(0)
        self._answers = list(answers)
        self._gate = threading.Barrier(together)
        self._stopped = threading.Event()
        self._sock = bind("127.0.0.1", 0)
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self._sock.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.authority}"

    def __enter__(self) -> RawUpstream:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._gate.abort()
        socket.create_connection(self._sock.getsockname()).close()  # wakes what waits for a connection
        for thread in self._threads:
            thread.join()
        self._sock.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._sock.accept()
            if self._stopped.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, threading.BrokenBarrierError):
            connection.settimeout(_PATIENCE)
            request = _read(connection)
            with self._lock:
                self.requests.append(request)
                given = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            self.arrived.release()
            self._gate.wait(_PATIENCE)
            if given is None:
                self._stopped.wait(_PATIENCE)
            else:
                connection.sendall(given)


def _read(connection: socket.socket) -> bytes:
    """A whole request; of anything but HTTP what comes first."""
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        request += piece
        if not piece or request.startswith(b"\x16\x03"):  # how TLS begins
            return request
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def refused() -> str:
    """The URL of a port where nobody listens."""
    with bind("127.0.0.1", 0) as sock:
        return f"http://127.0.0.1:{sock.getsockname()[1]}"
