"""The only reader of time."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FARTHEST = 100 * 365 * 86_400.0
_EPOCH = date(1970, 1, 1).toordinal()


class Clock:
    """Seconds since the epoch, from the machine, shifted or frozen.

    ``start`` sets the clock to that moment; it runs on from there. ``source`` is the machine's clock and
    is given by tests that want to own it.
    """

    def __init__(self, start: datetime | None = None, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._moment = None if start is None else start.timestamp()
        self.begin(source())
        self._frozen: float | None = None

    def begin(self, machine: float) -> None:
        """Start as if that had been at a moment of the machine's clock: processes that share their state have
        one start."""
        self._start = self._offset = 0.0 if self._moment is None else self._moment - machine

    @contextmanager
    def held(self, machine: float) -> Iterator[None]:
        """Read the machine's clock as if it stood at a moment, which is when a call was let in somewhere."""
        source, self._source = self._source, lambda: machine
        try:
            yield
        finally:
            self._source = source

    def now(self) -> float:
        """Seconds since the epoch, on this clock."""
        return self._source() + self._offset if self._frozen is None else self._frozen

    def machine(self) -> float:
        """Seconds since the epoch on the clock that this one follows, wherever this one was set to."""
        return self._source()

    def today(self) -> date:
        """The date in UTC, on this clock."""
        return date_of(self.now())

    def timestamp(self) -> str:
        """The moment in ISO 8601 with milliseconds and Z, as Lusha writes it."""
        return timestamp_of(self.now())

    @property
    def frozen(self) -> bool:
        """Whether the clock stands."""
        return self._frozen is not None

    def freeze(self) -> None:
        """Stop the clock where it is; ``advance`` and ``set`` still move it."""
        self._frozen = self.now()

    def unfreeze(self) -> None:
        """Let the clock run on from where it stands."""
        if self._frozen is not None:
            self._offset, self._frozen = self._frozen - self._source(), None

    def set(self, moment: datetime) -> None:
        """Put the clock to a moment, also an earlier one; windows then begin anew."""
        seconds = moment.timestamp()
        if self._frozen is None:
            self._offset = seconds - self._source()
        else:
            self._frozen = seconds

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Raises:
            ValueError: the seconds are less than 0, more than a hundred years, or no number.
        """
        if not 0 <= seconds <= _FARTHEST:
            msg = f"a clock is advanced by 0 to {_FARTHEST:.0f} seconds at a time, not {seconds}"
            raise ValueError(msg)
        if self._frozen is None:
            self._offset += seconds
        else:
            self._frozen += seconds

    def of_its_own(self) -> Clock:
        """A clock that follows this one until it is moved or frozen for itself."""
        return Clock(source=self.now)

    def reset(self) -> None:
        """Follow the source again, as at the start."""
        self._offset, self._frozen = self._start, None

    @property
    def setting(self) -> tuple[float, float, float | None]:
        """How it was set: what it was ahead of its source by at the start, what it is now, and where it
        stands, if it does. It can be set again to this."""
        return self._start, self._offset, self._frozen

    @setting.setter
    def setting(self, setting: tuple[float, float, float | None]) -> None:
        self._start, self._offset, self._frozen = setting

    @staticmethod
    def stopwatch() -> float:
        """A reading in seconds that only differences are taken of; never frozen."""
        return time.perf_counter()


def timestamp_of(seconds: float) -> str:
    """A moment in seconds since the epoch in ISO 8601 with milliseconds and Z, as Lusha writes it."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Timestamps:
    """Writes moments as ``timestamp_of`` does, in a quarter of the time where they are of one second."""

    def __init__(self) -> None:
        self._second = math.nan
        self._text = ""

    def of(self, seconds: float) -> str:
        """A moment in seconds since the epoch."""
        second = seconds // 1
        microseconds = round((seconds - second) * 1e6)
        if microseconds == 1_000_000:
            return timestamp_of(seconds)
        if second != self._second:
            self._second, self._text = second, timestamp_of(second)[: -len("000Z")]
        return f"{self._text}{microseconds // 1000:03d}Z"


def date_of(moment: float) -> date:
    """The date in UTC of a moment in seconds since the epoch."""
    return date.fromordinal(_EPOCH + int(moment // 86_400))
