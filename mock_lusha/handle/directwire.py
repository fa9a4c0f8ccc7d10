"""A way to steer a server of this process without a socket, in the thread of whoever steers."""

from __future__ import annotations

import os
import queue
from typing import TYPE_CHECKING, Any

from mock_lusha.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.server import MockServer
    from mock_lusha.turns import Turns

_PATIENCE = 15.0


class DirectWire(Wire):
    """As a ``Wire``, without the way. A forked child, where the server does not run, takes the socket."""

    def __init__(self, server: MockServer) -> None:
        super().__init__(server.url)
        self._server = server
        self._home = os.getpid()

    def ask(
        self, method: str, target: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """The status and the body of an answer; raises as a ``Wire`` does."""
        if os.getpid() != self._home:
            return super().ask(method, target, content, headers)
        scope = _scope(method, target, headers)
        try:
            turns = self._server.turns
            if turns.waiting:
                found = self._after_those_that_wait(turns, scope, content or b"")
            else:
                found = _carried_out(turns, scope, content or b"")
        except (RuntimeError, queue.Empty):
            raise ConnectionError("the server has stopped") from None
        return super().ask(method, target, content, headers) if found is None else found

    def _after_those_that_wait(
        self, turns: Turns, scope: dict[str, Any], content: bytes
    ) -> tuple[int, bytes] | None:
        """Let the loop first do what it can: a client may have seen an end that is not written down yet."""
        answers: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
        self._server.loop.call_soon_threadsafe(lambda: answers.put(_carried_out(turns, scope, content)))
        return answers.get(timeout=_PATIENCE)


def _carried_out(turns: Turns, scope: dict[str, Any], content: bytes) -> tuple[int, bytes] | None:
    """The answer; None where the application had to wait for something, which no order does."""
    status, pieces = 500, []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        pieces.append(message.get("body", b""))

    try:
        rest = turns.begin(scope, receive, send)
    except Exception:  # noqa: BLE001 - it has been logged; over a socket it is a 500 too
        return 500, b"".join(pieces)
    return None if rest is not None else (status, b"".join(pieces))


def _scope(method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (b"host", b"localhost"),
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
        ],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
