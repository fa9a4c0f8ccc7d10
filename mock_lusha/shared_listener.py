"""A listening socket that several processes accept from, with an eye on how many connections each has.

All are woken by a new connection, and the first one would take whatever waits: of 16 connections opened at
once one of two workers took all. So each takes one at a time, and leaves it for a moment to those that have
fewer.
"""

from __future__ import annotations

import socket
from typing import Any, Final

UNUSED: Final = 0xFFFF_FFFF
"""The number of connections of a worker that does not serve."""
_MOST_PASSES: Final = 300
"""Looks at a connection that is left to others, after which it is taken, a few milliseconds: they may be
busy, or stand. Of 16 connections at once 20 looks left 5 and 11 to two workers on two cores, these 6 and 10
at worst."""


class SharedListener(socket.socket):
    """Takes the place of ``listener``. ``counts`` are the connections of the workers, shared by all of them;
    this one's are at ``number``."""

    def __init__(self, listener: socket.socket, counts: memoryview, number: int, backlog: int) -> None:
        super().__init__(listener.family, listener.type, listener.proto, fileno=listener.detach())
        self._counts = counts
        self._number = number
        self._backlog = backlog
        self._passes = 0

    def listen(self, backlog: int = 0, /) -> None:
        """Listen, with the one backlog that all have: that of asyncio is how many are accepted at a time."""
        super().listen(self._backlog)

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection, or leave it to others.

        Raises:
            BlockingIOError: there is none, or it is left to others.
        """
        own = self._counts[self._number]
        if self._passes < _MOST_PASSES and any(count < own for count in self._counts[1:]):
            self._passes += 1
            raise BlockingIOError
        self._passes = 0
        taken, address = super().accept()
        return _Connection(taken, self._counts, self._number), address


class _Connection(socket.socket):
    """A connection that is counted until it is closed."""

    def __init__(self, taken: socket.socket, counts: memoryview, number: int) -> None:
        super().__init__(taken.family, taken.type, taken.proto, fileno=taken.detach())
        self._counts = counts
        self._number = number
        counts[number] += 1

    def close(self) -> None:
        """Close it."""
        if self.fileno() >= 0:
            self._counts[self._number] -= 1
        super().close()
