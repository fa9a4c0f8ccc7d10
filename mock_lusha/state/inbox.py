"""The inboxes of an account: deliveries that came to the double itself, by the name in their address."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_KEPT: Final = 1_000
"""How many deliveries the inboxes of an account keep; past that the oldest are dropped, and counted."""


@frozen
class Received:
    """A delivery that came to an inbox, ``at`` a moment of the account's clock: the ``attempt`` of the
    ``delivery``, which has an id unless it tells of an opt-out or is a test."""

    inbox: str
    at: float
    headers: Mapping[str, str]
    body: bytes
    delivery: str | None
    attempt: int


class Inboxes:
    """What came, whichever name it came to."""

    def __init__(self) -> None:
        self._received: deque[Received] = deque()
        self._dropped: dict[str, int] = {}

    def add(self, received: Received) -> None:
        """Keep a delivery, in the place of the oldest one where there are very many."""
        self._received.append(received)
        if len(self._received) > MOST_KEPT:
            oldest = self._received.popleft()
            self._dropped[oldest.inbox] = self._dropped.get(oldest.inbox, 0) + 1

    def of(self, name: str) -> Sequence[Received]:
        """What came to one, the newest last."""
        return [each for each in self._received if each.inbox == name]

    def dropped(self, name: str) -> int:
        """How many one does not have any more."""
        return self._dropped.get(name, 0)

    def has(self, delivery: str, attempt: int) -> bool:
        """Whether an attempt at a delivery came."""
        return any((each.delivery, each.attempt) == (delivery, attempt) for each in self._received)

    def clear(self, name: str) -> int:
        """Empty one; how many it had."""
        before = len(self._received)
        self._received = deque(each for each in self._received if each.inbox != name)
        self._dropped.pop(name, None)
        return before - len(self._received)
