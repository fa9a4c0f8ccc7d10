"""How the server begins and ends: it warms up before it is ready, and drains before it stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from typing import TYPE_CHECKING, cast

import uvicorn

from mock_lusha.http.protocol import ConnectionState, HeadTimer
from mock_lusha.process_signals import ending_signals
from mock_lusha.readiness import Readiness
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import FrameType

    from mock_lusha.http.protocol import Connection

LONGEST_HEAD = 30.0
"""Seconds in which the head of a request must come (our bound; Lusha tells none)."""
AT_ONCE = 0.4
"""Seconds that requests under way get where nobody asked to drain: a double that is told to stop, stops."""
ON_THE_WAY = 0.1
"""Seconds between closing the listener and closing connections without a request: one may be on its way. Our
decision."""
_TICK = 0.1
"""Seconds between two looks of uvicorn at its date header, and at signals."""
_LOOK = 10
"""Ticks between two looks at heads that do not come."""
_MOST_WAITING = 4_096
"""Connections that are taken while the listener closes: twice what the kernel lets wait."""
_STEP = 0.002
"""Seconds between two looks at whether requests under way have ended."""
_UVICORN = logging.getLogger("uvicorn.error")
_log = logging.getLogger("mock_lusha")


@frozen
class Patience:
    """What a signal gives the server to end: seconds in which the listener stays open after readiness is gone
    (``drain_delay``), and then seconds in which what is under way is answered (``grace``)."""

    drain_delay: float = 0.0
    grace: float = 10.0


def _nothing(record: logging.LogRecord) -> bool:
    return False


class LifecycleServer(uvicorn.Server):
    """A uvicorn server that tells when it is ready, and ends as it is told to.

    A first signal drains: ``readiness`` is gone, answers close their connections, the listener closes after
    the delay, and what is under way is answered within the grace. A second signal, and ``stop_soon``, do not
    wait for that. What is then left is cut as a connection.

    ``warm`` is what has to be done before it is ready, in steps between which others are served. ``begin`` is
    told of the loop, for what happens as time passes.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        on_ready: Callable[[], None],
        *,
        readiness: Readiness | None = None,
        patience: Patience | None = None,
        warm: Callable[[], AsyncIterator[object]] | None = None,
        begin: Callable[[asyncio.AbstractEventLoop], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(config)
        self.server_state: ConnectionState = ConnectionState()
        self.readiness = readiness or Readiness()
        self._on_ready = on_ready
        self._patience = patience or Patience()
        self._warm = warm
        self._begin = begin
        self._drains = False
        self._heads = HeadTimer(LONGEST_HEAD)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve on sockets until it is told to end."""
        try:
            super().run(sockets)
        finally:
            _UVICORN.removeFilter(_nothing)

    def stop_soon(self) -> None:
        """Stop serving without draining; from any thread."""
        self.should_exit = True
        self.readiness.state = "draining"  # streams of events end
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has stopped already
            self.loop.call_soon_threadsafe(self._told.set)

    # Begin

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and warm up."""
        self.loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        if self._begin is not None:
            await self._begin(self.loop)
        if self._warm is not None:
            self.readiness.state = "warming"
        await super().startup(sockets)
        if not self.started:
            return
        if self._warm is not None:
            await self._warm_up(self._warm)
        if not self.should_exit:
            self._on_ready()

    async def _warm_up(self, warm: Callable[[], AsyncIterator[object]]) -> None:
        await self.on_tick(0)  # answers are dated from the first one on
        async for _ in warm():
            if self.should_exit:
                return
        self.readiness.state = "ready"

    async def main_loop(self) -> None:
        """Look after the connections until it is told to end."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            if counter % _LOOK == 0:
                self._heads.look(self._connections, self.loop.time())
            await self._pause(_TICK)

    @property
    def _connections(self) -> set[Connection]:
        return cast("set[Connection]", self.server_state.connections)

    async def _pause(self, seconds: float) -> None:
        """Wait, or less where a signal comes."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._told.wait(), seconds)

    # End

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at a first signal, end at a second."""
        if self.should_exit:
            self.force_exit = True
        else:
            self._drains = self.should_exit = True
            self.readiness.state = "draining"
        if hasattr(self, "loop"):  # else it has not begun
            self.loop.call_soon_threadsafe(self._told.set)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have the signals that end the server while it serves, where this is the main thread."""
        # Signals end the process as asked, with 0: being told to stop is no failure.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in ending_signals()}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, signal.SIG_DFL if handler is None else handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: drain if a signal came, wait for what is under way, cut what is left."""
        # What uvicorn has to say from here on is about requests that the shutdown cut off.
        _UVICORN.addFilter(_nothing)
        state = self.server_state
        state.draining = True
        for connection in self._connections:
            connection.end_soon()
        self._told.clear()
        listeners: list[socket.socket] = []
        if self._drains and not self.force_exit:
            await self._drain()
            # Plain ones: that of a worker leaves connections to others (see ``shared_listener``).
            listeners = [
                socket.fromfd(sock.fileno(), sock.family, sock.type, sock.proto) for sock in sockets or ()
            ]
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        await self._take_waiting(listeners)
        if self._drains and not self.force_exit and state.connections:
            await self._pause(ON_THE_WAY)
        for connection in list(self._connections):
            connection.shutdown()
        await self._ended(self._patience.grace if self._drains else AT_ONCE)
        for connection in list(self._connections):
            connection.cut()
        self.force_exit = False
        await self._ended(AT_ONCE)
        for task in state.tasks:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            for server in self.servers:
                await asyncio.wait_for(server.wait_closed(), AT_ONCE)

    async def _drain(self) -> None:
        count, delay = len(self.server_state.tasks), self._patience.drain_delay
        if count or delay:
            _log.info("draining: %d requests under way; a second signal ends at once", count)
        await self._pause(delay)

    async def _take_waiting(self, listeners: list[socket.socket]) -> None:
        """Take the connections that the kernel has accepted and the loop has not, and close the listeners.

        To their clients they are open, and a call may be on them; closing the listener would reset them.
        Under load there is one for each client that opens connections.
        """
        await asyncio.sleep(0)  # the loop has let go of its own listeners
        waiting: list[socket.socket] = []
        for listener in listeners:
            listener.setblocking(False)
            with listener, contextlib.suppress(OSError):  # none is left
                while len(waiting) < _MOST_WAITING:
                    waiting.append(listener.accept()[0])
        for sock in waiting:
            with contextlib.suppress(OSError):  # its client is gone
                await self.loop.connect_accepted_socket(self._protocol, sock)

    def _protocol(self) -> asyncio.Protocol:
        """A connection, as uvicorn makes it for its listeners."""
        make = cast("Callable[..., asyncio.Protocol]", self.config.http_protocol_class)
        return make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def _ended(self, seconds: float) -> None:
        """Wait until nothing is under way, for so long at most, or until a second signal."""
        state = self.server_state
        end = self.loop.time() + seconds
        while (state.connections or state.tasks) and self.loop.time() < end and not self.force_exit:
            await asyncio.sleep(_STEP)
