"""What was put in lately, bounded: the oldest is forgotten in one go, so that putting in costs little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key: at least the last ``least`` that were put in, at most twice as many."""

    __slots__ = ("_least", "_old", "_young")

    def __init__(self, least: int) -> None:
        self._least = least
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def update(self, values: Mapping[K, V]) -> None:
        """Put in several; what was there before counts as put in anew."""
        self._young.update(values)
        if len(self._young) > self._least:
            self._old, self._young = self._young, {}

    def get(self, key: K) -> V | None:
        """The value of a key, None if there is none or it was forgotten."""
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def __contains__(self, key: object) -> bool:
        return key in self._young or key in self._old
