"""What v3 keeps of its answers, beside the API that made it: the world knows nothing of JSON."""

from __future__ import annotations

from mock_lusha.api.v3.company_texts import CompanyTexts
from mock_lusha.api.v3.fragments import Fragments
from mock_lusha.caching import SecondHitCache

_REQUESTS = 16
"""For how many inputs of an operation the plans are cached."""


class WorldCache:
    """What v3 keeps of one world, and goes with it; requests by operation and input."""

    def __init__(self) -> None:
        self.fragments = Fragments()
        self.companies = CompanyTexts()
        self._requests: dict[str, SecondHitCache] = {}

    def requests(self, operation: str) -> SecondHitCache:
        """The parsed requests of an operation, for all accounts."""
        requests = self._requests.get(operation)
        if requests is None:
            requests = self._requests[operation] = SecondHitCache(_REQUESTS)
        return requests


class ListCache:
    """Whole lists of filters as JSON, by operation and type; they are the same in all worlds."""

    def __init__(self) -> None:
        self.texts: dict[str, bytes] = {}
