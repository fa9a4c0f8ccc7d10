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

    def add(self, other: CallTotals) -> None:
        """Add what another one has."""
        for outcome, count in other.outcomes.items():
            is_many = outcome not in self.outcomes and len(self.outcomes) >= MOST_OUTCOMES
            kept = (OTHER, outcome[1]) if is_many else outcome
            self.outcomes[kept] = self.outcomes.get(kept, 0) + count
        self.buckets = [own + more for own, more in zip(self.buckets, other.buckets, strict=True)]
        self.ms += other.ms
        self.charged += other.charged


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

    @property
    def own(self) -> Totals:
        """Where is counted what is of this process alone: how long calls took that it served."""
        return self

    def of(self, key: str) -> Totals:
        """Where what comes of the account of a key is counted."""
        return self

    def sum(self) -> Totals:
        """What was counted of all accounts."""
        return self

    def add(self, other: Totals) -> None:
        """Add what another one has."""
        for operation, calls in other.calls.items():
            (self.calls.get(operation) or self.begin(operation)).add(calls)
        self.faults.update(other.faults)
        self.attempts.update(other.attempts)
        self.unshared.update(other.unshared)
        self.delivery_credits += other.delivery_credits
