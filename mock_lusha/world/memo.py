"""What was worked out once and is kept for the next time, as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Memo:
    """Values by key, at most ``most`` bytes of them; what was asked for least lately goes first.

    A value that is larger than all the room is not kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """The value of a key, made if it is not there; ``size`` tells its bytes."""
        kept = self._values.get(key)
        if kept is not None:
            self._values.move_to_end(key)
            found: T = kept[0]
            return found
        made = make()
        room = size(made)
        if room <= self._most:
            self._values[key] = (made, room)
            self._held += room
            while self._held > self._most:
                self._held -= self._values.popitem(last=False)[1][1]
        return made
