"""A server of any application, and connections to it that send bytes as they are."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.server import _server, bind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.lifecycle import LifecycleServer


class Running(NamedTuple):
    """A server that serves, and its thread."""

    port: int
    server: LifecycleServer
    thread: threading.Thread


@contextlib.contextmanager
def running(app: Any, **options: Any) -> Iterator[Running]:
    """A server of any application, which ends with the block if not before."""
    started = threading.Event()
    server = _server(app, options.pop("on_ready", started.set), **options)
    with bind("127.0.0.1", 0) as sock:
        port: int = sock.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([sock],))
        thread.start()
        try:
            while not (started.is_set() or server.started):
                assert thread.is_alive()
                started.wait(0.001)
            yield Running(port, server, thread)
        finally:
            server.stop_soon()
            thread.join()


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


class Wire:
    """A connection, and the answers that come on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._stream = self.socket.makefile("rb")

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.socket.sendall(piece)

    def answer(self) -> Answer | None:
        """The next answer, None at the end of the connection."""
        line = self._stream.readline()
        while line.startswith(b"HTTP/1.1 100"):
            assert self._stream.readline() == b"\r\n"
            line = self._stream.readline()
        if not line:
            return None
        headers = {}
        while (field := self._stream.readline().strip()) != b"":
            name, _, value = field.decode().partition(": ")
            headers[name] = value
        return Answer(int(line.split()[1]), headers, self._stream.read(int(headers["content-length"])))

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self.socket.close()
