"""Where a newcomer stands in what is kept in an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")


def place(values: dict[K, V], key: K, is_later: Callable[[V], bool]) -> None:
    """Move the last entry of a dict, by its ``key``, before those at the end that are later."""
    later = []
    for other in reversed(values):
        if other == key:
            continue
        if not is_later(values[other]):
            break
        later.append(other)
    for other in reversed(later):
        values[other] = values.pop(other)
