"""The settlement of an account at the end of a test: whether everything came as it was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.protocol import hides
from mock_lusha.errors import ConfigError, MockLushaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.client.control import Control
    from mock_lusha.client.rules import On

__tracebackhide__ = hides


class SettlementError(MockLushaError, AssertionError):
    """Something is wrong at the end that was right at every call: ``problems`` say what, the note reports
    the calls."""

    def __init__(self, problems: Sequence[str], report: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))
        if report:
            self.add_note(report)


class Expectations:
    """What must be true of an account at its end: ``scenarios`` whose counted rules must all have fired,
    ``rules`` that must say what happens, and no more than ``max_credits`` spent.

    Raises:
        ConfigError: ``max_credits`` is not a number of credits.
    """

    def __init__(self, max_credits: int | None) -> None:
        if max_credits is not None and (type(max_credits) is not int or max_credits < 0):
            raise ConfigError(f"max_credits is a whole number from 0 up, not {max_credits!r}")
        self.max_credits = max_credits
        self.scenarios: list[str] = []
        self.rules: list[On] = []

    def clear(self) -> None:
        """Expect nothing of scenarios and rules."""
        self.scenarios, self.rules = [], []

    def settle(self, control: Control) -> dict[str, Any]:
        """The totals of an account, with its ``problems``; the account is forgotten if there are none."""
        unfinished = [
            "lusha.on(...) named calls and not what happens to them: say .fail(...), .reply(...), .delay(...)"
            for rule in self.rules
            if not rule.steps
        ]
        totals = control.settle(scenarios=self.scenarios, max_credits=self.max_credits, forget=not unfinished)
        totals["problems"] += unfinished
        return totals
