"""Reads what other processes did while somebody watches here."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

INTERVAL: Final = 0.25
"""Seconds between two looks. Our decision: whoever watches sees a call within a second."""


class Poller:
    """Calls ``look``, which runs what is missing here, again and again while somebody watches: one timer for
    all who do, which ends with the last. ``pause`` waits for so many seconds.

    It is the loop's that runs when the first begins to watch; without one nothing is read.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._look = look
        self._pause = pause
        self._watchers = 0
        self._task: asyncio.Task[None] | None = None
        self._pauses = False

    @contextmanager
    def follow(self) -> Iterator[None]:
        """A context in which what others did is read as it comes."""
        self._watchers += 1
        if self._task is None or self._task.done():
            with suppress(RuntimeError):  # no loop runs: whoever is called without one does not wait
                self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield
        finally:
            self._watchers -= 1
            # A look that is under way goes on to its end: what it runs must not be run by halves.
            if not self._watchers and self._task is not None and self._pauses:
                self._task.cancel()
                self._task = None

    async def _run(self) -> None:
        own = self._task
        while self._watchers and self._task is own:
            with suppress(ApiError):  # the store cannot be used: it is asked again
                await self._look()
            self._pauses = True
            try:
                await self._pause(INTERVAL)
            finally:
                self._pauses = False
        self._task = None
