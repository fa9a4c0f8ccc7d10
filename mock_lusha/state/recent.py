"""What was put in lately, bounded: the oldest is forgotten in one go, so that putting in costs little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key: at least the last ``least`` that were put in, at most twice as many.

    They are in ``young`` and ``old``, those in ``young`` put in later.
    """

    __slots__ = ("_least", "old", "young")

    def __init__(self, least: int) -> None:
        self._least = least
        self.young: dict[K, V] = {}
        self.old: dict[K, V] = {}

    def update(self, values: Mapping[K, V]) -> None:
        """Put in several; what was there before counts as put in anew."""
        self.young.update(values)
        if len(self.young) > self._least:
            self.old, self.young = self.young, {}

    def get(self, key: K) -> V | None:
        """The value of a key, None if there is none or it was forgotten."""
        found = self.young.get(key)
        return self.old.get(key) if found is None else found

    def forget(self, key: K) -> None:
        """Forget a key."""
        self.young.pop(key, None)
        self.old.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self.young or key in self.old
