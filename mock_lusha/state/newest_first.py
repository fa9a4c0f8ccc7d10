"""Exchanges of several accounts, newest first, of which few are looked at where few are taken."""

from __future__ import annotations

from bisect import bisect_left
from heapq import heappop, heappush, heapreplace
from itertools import islice
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterable, Iterator


class Numbered(Protocol):
    """An exchange."""

    @property
    def id(self) -> int:
        """Its number."""


Exchange = TypeVar("Exchange", bound=Numbered)
_NUMBER = attrgetter("id")
_LAST = itemgetter(0)


def newest_first(
    logs: Iterable[tuple[int, deque[Exchange]]], before: int | None = None
) -> Iterator[Exchange]:
    """The exchanges of logs, the one with the highest number below ``before`` first. A log comes with a
    number above which it has none. They are looked for as they are taken: nothing may be added meanwhile."""
    closed = sorted(logs, key=_LAST)
    # The number of a log's next exchange, below zero; which log it is; the exchange, and those before it.
    heads: list[tuple[int, int, Exchange, Iterator[Exchange]]] = []
    while closed or heads:
        # No log is opened before the others have come down to its last exchange.
        while closed and (not heads or closed[-1][0] > -heads[0][0]):
            rest = _down_from(closed.pop()[1], before)
            for entry in islice(rest, 1):
                heappush(heads, (-entry.id, len(closed), entry, rest))
        if heads:
            _, number, entry, rest = heads[0]
            yield entry
            following = next(rest, None)
            if following is None:
                heappop(heads)
            else:
                heapreplace(heads, (-following.id, number, following, rest))


def find_number(records: deque[Exchange], number: int) -> Exchange | None:
    """The exchange of a number in a log, which is in the order of numbers."""
    if not records or records[0].id > number:
        return None
    place = bisect_left(records, number, key=_NUMBER)
    return records[place] if place < len(records) and records[place].id == number else None


def _down_from(records: deque[Exchange], before: int | None) -> Iterator[Exchange]:
    later = 0
    if before is not None and records and records[-1].id >= before:
        later = len(records) - bisect_left(records, before, key=_NUMBER)
    return islice(reversed(records), later, None)
