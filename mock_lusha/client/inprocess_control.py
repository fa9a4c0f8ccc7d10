"""A connection to a server of this process without a socket, in the thread of the caller."""

from __future__ import annotations

import os
import queue
from typing import TYPE_CHECKING, Any

from mock_lusha.client.connection import Connection
from mock_lusha.client.interrupts import is_of_handler, may_interrupt
from mock_lusha.client.protocol import PATIENCE
from mock_lusha.client.scope import http_scope

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Awaitable, Callable, Mapping

    from mock_lusha.http.serialized_app import SerializedApp
    from mock_lusha.server import MockServer


class InProcessConnection(Connection):
    """A ``Connection`` without a socket; a forked child, where no server runs, takes the socket."""

    def __init__(self, server: MockServer) -> None:
        super().__init__(server.url)
        self._server = server
        self._home = os.getpid()

    def ask(
        self,
        method: str,
        target: str,
        content: bytes | None,
        headers: Mapping[str, str],
        patience: float = PATIENCE,
    ) -> tuple[int, bytes]:
        """The status and the body of an answer; raises as a ``Connection`` does."""
        if os.getpid() != self._home:
            return super().ask(method, target, content, headers, patience)
        scope = _scope(method, target, headers)
        answers: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        try:
            turns, loop = self._server.turns, self._server.loop
            # The loop goes first: a client may have seen the end of a call that is not in the journal yet.
            # And what a handler of signals raises must reach the test, and not end a request in the middle.
            if turns.waiting or may_interrupt():
                loop.call_soon_threadsafe(_carry_out, turns, loop, scope, content or b"", answers.put)
            else:
                _carry_out(turns, loop, scope, content or b"", answers.put)
            return answers.get(timeout=patience)
        except (RuntimeError, queue.Empty) as error:
            if is_of_handler(error):
                raise
            raise ConnectionError("the server has stopped") from None


def _carry_out(
    turns: SerializedApp,
    loop: AbstractEventLoop,
    scope: dict[str, Any],
    content: bytes,
    put_answer: Callable[[tuple[int, bytes]], object],
) -> None:
    """Call the application: here until it waits, then on the loop, where other requests are served between
    slices of long work."""
    status, pieces = 500, []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        pieces.append(message.get("body", b""))

    async def end(rest: Awaitable[None]) -> None:
        try:
            await rest
        except Exception:  # noqa: BLE001 - it has been logged; over a socket it is a 500 too
            put_answer((500, b"".join(pieces)))
        else:
            put_answer((status, b"".join(pieces)))

    try:
        rest = turns.begin(scope, receive, send)
    except Exception:  # noqa: BLE001 - as above
        put_answer((500, b"".join(pieces)))
        return
    if rest is None:
        put_answer((status, b"".join(pieces)))
    else:
        import asyncio  # noqa: PLC0415 - for long work alone

        asyncio.run_coroutine_threadsafe(end(rest), loop)


def _scope(method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
    raw_headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return http_scope(method, target.encode(), [(b"host", b"localhost"), *raw_headers])
