"""Sums of all that a server served, which outlive accounts and what is cleared: they never fall."""

from __future__ import annotations

from collections import Counter
from typing import Final

MOST_OUTCOMES: Final = 200
"""Statuses, each with an error, that are told apart of an operation: scenarios may answer any status."""
OTHER: Final = -1
"""The status of calls whose outcome is one too many to be told apart."""
BOUNDS: Final = (
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    25.0,
    50.0,
    100.0,
    250.0,
    500.0,
    1000.0,
    2500.0,
    5000.0,
    10_000.0,
)
"""What the buckets of durations reach to, in milliseconds. Our decision: most calls take less than one."""


class CallTotals:
    """The calls of one operation.

    ``outcomes`` counts them by status and error. ``buckets`` counts those that took longer than the bound
    before theirs in BOUNDS, and at most their own; the last one has no bound. ``ms`` is how long they took
    together, in milliseconds, ``charged`` what they cost, in credits.
    """

    __slots__ = ("buckets", "charged", "ms", "outcomes")

    def __init__(self) -> None:
        self.outcomes: dict[tuple[int, str | None], int] = {}
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.ms = 0.0
        self.charged = 0

    def begin(self, status: int, error: str | None) -> None:
        """Count the first call of an outcome."""
        outcome = (status if len(self.outcomes) < MOST_OUTCOMES else OTHER, error)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


class Totals:
    """The totals of a server. Calls are counted where they are written down (``http/access_log.py``).

    ``calls`` are by operation (None where the path has none), ``faults`` by what a rule of a scenario did,
    ``attempts`` to deliver webhooks by what came of them. ``delivery_credits`` are what deliveries cost.
    ``unshared`` are calls that are in no journal, where processes share their state: they ended before they
    were written down, by their error.
    """

    def __init__(self) -> None:
        self.calls: dict[str | None, CallTotals] = {}
        self.faults: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.unshared: Counter[str] = Counter()
        self.delivery_credits = 0

    def begin(self, operation: str | None) -> CallTotals:
        """The totals of an operation before its first call."""
        totals = self.calls[operation] = CallTotals()
        return totals
