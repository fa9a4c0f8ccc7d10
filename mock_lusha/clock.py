"""The only reader of time."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FARTHEST = 100 * 365 * 86_400.0


class Clock:
    """Seconds since the epoch, from the machine, shifted or frozen.

    ``start`` sets the clock to that moment; it runs on from there. ``source`` is the machine's clock and
    is given by tests that want to own it.
    """

    def __init__(self, start: datetime | None = None, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0 if start is None else start.timestamp() - source()
        self._frozen: float | None = None

    def now(self) -> float:
        """Seconds since the epoch, on this clock."""
        return self._source() + self._offset if self._frozen is None else self._frozen

    def today(self) -> date:
        """The date in UTC, on this clock."""
        return datetime.fromtimestamp(self.now(), UTC).date()

    def timestamp(self) -> str:
        """The moment in ISO 8601 with milliseconds and Z, as Lusha writes it."""
        moment = datetime.fromtimestamp(self.now(), UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def freeze(self) -> None:
        """Stop the clock where it is; ``advance`` still moves it."""
        self._frozen = self.now()

    def advance(self, seconds: float) -> None:
        """Move the clock forward. A clock never goes back: windows and ledgers rely on it."""
        if not 0 <= seconds <= _FARTHEST:
            msg = f"a clock is advanced by 0 or more seconds, not {seconds}"
            raise ValueError(msg)
        if self._frozen is None:
            self._offset += seconds
        else:
            self._frozen += seconds

    @staticmethod
    def stopwatch() -> float:
        """A reading in seconds that only differences are taken of; never frozen."""
        return time.perf_counter()
