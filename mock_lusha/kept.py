"""What was made of inputs that come again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

_LONGEST = 50_000
"""Bytes that an input may have: a bulk of 100 fits."""


class Kept:
    """The last ``most`` things that were made of inputs more than once, by the input."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._once: OrderedDict[int, None] = OrderedDict()
        self._made: OrderedDict[bytes, Any] = OrderedDict()

    def get(self, raw: bytes) -> Any:
        """What was made of an input, None where it is not kept."""
        return self._made.get(raw)

    def put(self, raw: bytes, made: Any) -> None:
        """Keep what was made of an input, if it is not new and not very long; the oldest is forgotten.

        Most that are new never come again, and what is dropped at once costs least.
        """
        seen = hash(raw)
        if seen not in self._once:
            self._once[seen] = None
            if len(self._once) > self._most:
                self._once.popitem(last=False)
        elif len(raw) <= _LONGEST:
            self._made[raw] = made
            if len(self._made) > self._most:
                self._made.popitem(last=False)
