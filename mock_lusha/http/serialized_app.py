"""Lets one application be called from any thread, one at a time: a call has the turn until it waits."""

from __future__ import annotations

from threading import RLock
from types import coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Generator

    from starlette.types import ASGIApp, Receive, Scope, Send


class SerializedApp:
    """An application as a server serves it, and as other threads may call it beside the server.

    What the application keeps is changed by nobody else between two points where a call waits, as on an
    event loop. A call that calls again, in its own thread, is not kept waiting for itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turn = RLock()
        self.waiting = 0
        """Calls that are neither over nor have the turn."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a call on an event loop."""
        rest = self.begin(scope, receive, send)
        if rest is not None:
            await rest

    def begin(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None] | None:
        """Serve a call here and now, without a loop, and up to where it waits for the first time.

        What is left of it then is to be awaited on an event loop. None where nothing is.

        An application gives a bare ``yield`` (``asyncio.sleep(0)``) before it waits for a loop's things.
        """
        call: Any = self._app(scope, receive, send)
        with self._turn:
            try:
                awaited = call.send(None)
            except StopIteration:
                return None
            self.waiting += 1
        return self._rest(call, awaited)

    @coroutine
    def _rest(self, call: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
        while True:
            value: Any = None
            try:
                value = yield awaited
                step: Any = call.send
            except BaseException as error:  # noqa: BLE001 - it is the call's, as what it awaited comes to
                step, value = call.throw, error
            with self._turn:
                self.waiting -= 1
                try:
                    awaited = step(value)
                except StopIteration:
                    return
                self.waiting += 1
