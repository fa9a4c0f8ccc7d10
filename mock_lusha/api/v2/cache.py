"""What v2 keeps of its answers, beside the API that made it: the world knows nothing of JSON."""

from __future__ import annotations

from mock_lusha.api.v2.fragments import Fragments
from mock_lusha.caching import SecondHitCache

_SINGLE_PLANS, _BULK_PLANS = 256, 16
"""For how many inputs of an operation the plans are cached."""


class WorldCache:
    """What v2 keeps of one world, and goes with it; plans by operation and input."""

    def __init__(self) -> None:
        self.fragments = Fragments()
        self._plans: dict[str, SecondHitCache] = {}

    def plans(self, operation: str, *, bulk: bool) -> SecondHitCache:
        """The plans for inputs of an operation, for all accounts."""
        plans = self._plans.get(operation)
        if plans is None:
            plans = self._plans[operation] = SecondHitCache(_BULK_PLANS if bulk else _SINGLE_PLANS)
        return plans


class ListCache:
    """Whole lists of filters as JSON, by operation; they are the same in all worlds."""

    def __init__(self) -> None:
        self.lists: dict[str, bytes] = {}
