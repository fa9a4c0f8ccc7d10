"""Reads a journal as exchanges come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from mock_lusha.state.journal import Journal, JournalEntry


MOST_BEHIND = 2_000
"""Exchanges that a watch may be behind; past that the oldest are not shown. Our decision."""


class JournalWatch:
    """Looks for new exchanges whenever it is asked, in a ``with`` block.

    Whoever makes calls does nothing for those who watch: the journal is read by the numbers of its exchanges,
    which have no gaps but those that the journal knows, so what was lost in between is counted exactly. While
    somebody watches, the journal holds on to what it drops, since accounts of tests are forgotten in less
    time than passes between two looks. Exchanges are read up to the number before which none is missing.

    ``position`` is the number of the last exchange that was read.
    """

    def __init__(self, journal: Journal, position: int) -> None:
        self._journal = journal
        self._arrivals = 0
        """How many exchanges had been added when all there were had been read."""
        self.position = min(position, journal.settled)

    def __enter__(self) -> Self:
        self._journal.watchers += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.watchers -= 1
        if not self._journal.watchers:
            self._journal.dropped.clear()

    def take(self, most: int) -> tuple[list[JournalEntry], int]:
        """The next exchanges since the last look, oldest first and at most so many, and how many before them
        are past. Whoever falls behind by more than ``MOST_BEHIND`` goes on with the newest of that many."""
        journal, begin = self._journal, self.position
        last = journal.settled
        if last <= begin:
            return [], 0
        entries = journal.newer(begin, last, self._arrivals)[-MOST_BEHIND:]
        if len(entries) > most:
            entries = entries[:most]
            last = entries[-1].id
        elif last == journal.last_id:
            self._arrivals = journal.arrivals
        self.position = last
        unused = sum(begin < number <= last for number in journal.unused)
        return entries, last - begin - len(entries) - unused

    def newest(self, most: int) -> list[JournalEntry]:
        """The newest exchanges, oldest first and at most so many; those before them are past."""
        last = self._journal.settled
        entries = self._journal.newer(self.position, last)[-most:] if most else []
        self.position = max(last, self.position)
        return entries
