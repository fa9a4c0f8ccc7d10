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
    which have no gaps, so what was lost in between is counted exactly. While somebody watches, the journal
    holds on to what it drops, since accounts of tests are forgotten in less time than passes between two
    looks.

    ``position`` is the number of the last exchange that was read.
    """

    def __init__(self, journal: Journal, position: int) -> None:
        self._journal = journal
        self.position = min(position, journal.last_id)

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
        begin = self.position
        if self._journal.last_id == begin:
            return [], 0
        entries = self._journal.newer(begin)[-MOST_BEHIND:][:most]
        self.position = entries[-1].id if entries else self._journal.last_id
        return entries, self.position - begin - len(entries)

    def newest(self, most: int) -> list[JournalEntry]:
        """The newest exchanges, oldest first and at most so many; those before them are past."""
        entries = self._journal.newer(self.position)[-most:] if most else []
        self.position = self._journal.last_id
        return entries
