"""The totals of a server whose processes share their state: those of each key apart."""

from __future__ import annotations

from collections import OrderedDict

from mock_lusha.state.journal import MOST_KEYS
from mock_lusha.state.totals import Totals


class SharedTotals(Totals):
    """Totals by key: those of a key can be replaced by newer ones, which counts nothing twice.

    ``past`` sums those of the longest idle keys, where there are very many.
    """

    def __init__(self) -> None:
        super().__init__()
        self.past = Totals()
        self._own = Totals()
        self._by_key: OrderedDict[str, Totals] = OrderedDict()

    @property
    def own(self) -> Totals:
        """What is of this process alone; no key has it."""
        return self._own

    def of(self, key: str) -> Totals:
        """The totals of a key alone, which is then the one that was used last."""
        totals = self._by_key.get(key)
        if totals is None:
            totals = self._by_key[key] = Totals()
            if len(self._by_key) > MOST_KEYS:
                self.past.add(self._by_key.popitem(last=False)[1])
        self._by_key.move_to_end(key)
        return totals

    def sum(self) -> Totals:
        """What was counted of all keys."""
        sum_ = Totals()
        for totals in (self._own, self.past, *self._by_key.values()):
            sum_.add(totals)
        return sum_

    def part(self, key: str) -> Totals | None:
        """What a key has, if it has any."""
        return self._by_key.get(key)

    def put(self, key: str, totals: Totals | None) -> None:
        """Replace what a key has."""
        self._by_key.pop(key, None)
        if totals is not None:
            self._by_key[key] = totals

    def reset(self, past: Totals) -> None:
        """Begin with what keys have that are gone."""
        self._by_key.clear()
        self.past = past
