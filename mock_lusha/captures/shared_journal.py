"""The journal of a server whose processes share their state: that of each key apart."""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import TYPE_CHECKING

from mock_lusha.http.draft import Draft
from mock_lusha.state.coverage import Tally
from mock_lusha.state.journal import AccountLog, Journal
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_lusha.state.journal import JournalEntry, Record


class Keyless(str):
    """The key under which exchanges are kept that were sent with a key which leads to no account; no other
    text is equal to it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyless) and super().__eq__(other)

    def __hash__(self) -> int:
        return hash((Keyless, str(self)))

    def __str__(self) -> str:
        return self[:]


@frozen
class JournalPart:
    """What the journal has of a key: its ``log`` with an account, and that without one (``keyless``); and
    what it tried in the past, before its account was forgotten."""

    log: AccountLog | None
    keyless: AccountLog | None
    past: Tally | None

    def wait(self, seconds: float) -> None:
        """Have all exchanges begin so much later on the stopwatch."""
        for log in (self.log, self.keyless):
            for entry in () if log is None else log.records:
                if isinstance(entry, Draft):
                    entry.delay(seconds)


class SharedJournal(Journal):
    """A journal in which what belongs to a key can be replaced by something newer.

    What no account was found for is kept by the key that was sent with it (``sender``, which is set before
    an exchange is added), and shown as one log. What those tried that are forgotten is kept by key, too.
    """

    def __init__(self, size: int, read: Callable[[Record, Tally], None] | None = None) -> None:
        self._past: dict[str, Tally] = {}
        super().__init__(size, read)
        self.sender = ""

    @property
    def past(self) -> Tally:
        """What accounts tried that are forgotten."""
        sum_ = Tally()
        for tally in self._past.values():
            sum_.add(tally)
        return sum_

    @past.setter
    def past(self, tally: Tally) -> None:
        self._past = {"": tally} if tally.calls or tally.marks else {}

    def _let_go(self, key: str | None, tally: Tally) -> None:
        self._past.setdefault(f"{key or ''}", Tally()).add(tally)

    def add(self, key: str | None, entry: JournalEntry) -> None:
        """Keep an exchange."""
        super().add(Keyless(self.sender) if key is None else key, entry)

    def _keyless(self) -> Sequence[Keyless]:
        return [key for key in self._logs if isinstance(key, Keyless)]

    def _logs_of(self, key: str | None, everybody: bool) -> Sequence[AccountLog]:
        if key is None and not everybody:
            return [self._logs[each] for each in self._keyless()]
        return super()._logs_of(key, everybody)

    def entries(self, key: str | None = None, *, everybody: bool = False) -> list[JournalEntry]:
        """What is kept, oldest first; of all that was sent without a key that leads to an account no more
        than of one account."""
        entries = super().entries(key, everybody=everybody)
        if key is None and not everybody:
            entries = sorted(entries, key=attrgetter("id"))[-self._ring_size :]
        return entries

    def newest(
        self, key: str | None = None, *, everybody: bool = False, before: int | None = None
    ) -> Iterator[JournalEntry]:
        """As ``entries``, newest first."""
        if key is not None or everybody:
            return super().newest(key, everybody=everybody, before=before)
        entries = reversed(self.entries())
        return (entry for entry in entries if before is None or entry.id < before)

    def keys(self) -> list[str | None]:
        """The keys of the accounts with exchanges."""
        return _shown(super().keys())

    def tallied(self) -> list[str | None]:
        """The keys of the accounts that tried something."""
        return _shown(super().tallied())

    def find(self, number: int) -> tuple[str | None, Record] | None:
        """An exchange that is still kept, and its account's key."""
        found = super().find(number)
        return None if found is None else (None if isinstance(found[0], Keyless) else found[0], found[1])

    def tally(self, key: str | None) -> Tally:
        """What an account tried."""
        if key is not None:
            return super().tally(key)
        sum_ = Tally()
        for each in self._keyless():
            sum_.add(super().tally(each))
        return sum_

    def tried(self, key: str | None) -> Tally:
        """What an account tried, without a change."""
        if key is not None:
            return super().tried(key)
        sum_ = Tally()
        for each in self._keyless():
            sum_.add(super().tried(each))
        return sum_

    def reading(self, key: str | None) -> Iterator[None]:
        """Read what is kept of an account into its tally."""
        for each in self._keyless() if key is None else (key,):
            yield from super().reading(each)

    def forget(self, key: str | None) -> None:
        """Forget an account; what it tried counts among what accounts tried that are gone."""
        log = self._logs.pop(key, None)
        if log is not None:
            self._drop(log)
            self._let_go(key, log.tally)

    def take_keyless(self) -> Tally:
        """What was tried without a key that leads to an account, once."""
        sum_ = Tally()
        for key in self._keyless():
            tally = super().tally(key)
            sum_.add(tally)
            self._let_go(key, tally)
            self._logs[key].tally = Tally(last=self._logs[key].last)
        return sum_

    # In parts

    def part(self, key: str) -> JournalPart:
        """What there is of a key."""
        return JournalPart(self._logs.get(key), self._logs.get(Keyless(key)), self._past.get(key))

    def put(self, key: str, part: JournalPart) -> None:
        """Replace what there is of a key."""
        for name, log in ((key, part.log), (Keyless(key), part.keyless)):
            before = self._logs.pop(name, None)
            if before is not None:
                self._count -= len(before.records)
                self._bytes -= before.size
            if log is not None:
                log.records = deque(log.records, self._ring_size)
                self.arrivals = log.arrival = self.arrivals + 1  # whoever watches looks at it
                self._logs[name] = log
                self._count += len(log.records)
                self._bytes += log.size
                self.last_id = max(self.last_id, log.last)
        self._past.pop(key, None)
        if part.past is not None:
            self._past[key] = part.past


def _shown(keys: Sequence[str | None]) -> list[str | None]:
    """Keys, with None for all that lead to no account, where the last of those stands."""
    shown: dict[str | None, None] = {}
    for key in keys:
        name = None if isinstance(key, Keyless) else key
        shown.pop(name, None)
        shown[name] = None
    return [*shown]
