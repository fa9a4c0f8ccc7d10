"""The clock of an account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mock_lusha.client.display import shown_or
from mock_lusha.client.protocol import hides

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.client.control import Control

__tracebackhide__ = hides


class HandleClock:
    """Windows, renewal of credits and default dates of signals follow this clock; data and delays do not."""

    def __init__(self, control: Control, moved: Callable[[], object] = lambda: None) -> None:
        self._control = control
        self._moved = moved

    def __repr__(self) -> str:
        def shown() -> str:
            clock = self._control.clock()
            return f"<clock: {clock['now']}{', frozen' if clock['frozen'] else ''}>"

        return shown_or(shown, "<clock>")

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.fromisoformat(self._control.clock()["now"])

    @property
    def frozen(self) -> bool:
        """Whether the clock stands."""
        frozen: bool = self._control.clock()["frozen"]
        return frozen

    def advance(self, by: float | timedelta = 0, *, days: float = 0, hours: float = 0) -> None:
        """Move the clock forward by seconds, or a timedelta, and days and hours.

        What becomes due of webhooks is delivered before this returns.

        Raises:
            ControlError: it is negative, or too far.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        if days or hours:
            seconds += timedelta(days=days, hours=hours).total_seconds()
        self._control.advance(seconds)
        self._moved()

    def set(self, moment: datetime | str) -> None:
        """Set the clock to a moment (UTC where it names no zone); windows begin again if that is earlier."""
        self._control.set_clock(moment)
        self._moved()

    def freeze(self, moment: datetime | str | None = None) -> None:
        """Stop the clock, at a moment if there is one."""
        self._control.freeze()
        if moment is not None:
            self.set(moment)

    def unfreeze(self) -> None:
        """Let the clock run on."""
        self._control.freeze(False)
