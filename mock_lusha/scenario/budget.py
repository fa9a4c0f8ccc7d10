"""What the patterns and JSON paths of scenarios may cost one call, counted and not timed: a slow machine must
not decide otherwise than a fast one."""

from __future__ import annotations

from typing import Final

from mock_lusha.errors import MockLushaError

MOST_STEPS: Final = 25_000
"""Steps of one call, for all rules together: about a tenth of a second at worst. Our decision."""


class OverBudgetError(MockLushaError):
    """The patterns and paths of a call cost more than it has steps for."""


class StepBudget:
    """The steps that a call has left. One step is one JSON value visited by a path, or 400 pairs of a
    character and an instruction of a pattern.
    """

    __slots__ = ("left",)

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps away.

        Raises:
            OverBudgetError: there are not so many left, nor will there be for the rest of the call.
        """
        self.left -= steps
        if self.left < 0:
            raise OverBudgetError(
                f"its patterns or JSON paths take more than the {MOST_STEPS} steps that all rules together "
                f"have for one call"
            )
