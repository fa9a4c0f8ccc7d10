"""The journal: what was asked, what was answered, and why."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

from mock_lusha.caching import Interner
from mock_lusha.state.coverage import Tally
from mock_lusha.state.newest_first import find_number, newest_first
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from mock_lusha.state.ledger import Entry
    from mock_lusha.state.ranking import Ranking

MOST_BODY = 50_000
"""Bytes of a request body that are kept: a bulk of 100 fits."""
MOST_ANSWER = 10_000
"""Bytes of an answer that are kept."""
MOST_KEYS = 100_000
"""Accounts whose counts are kept; past that those of the longest idle one are forgotten."""
MOST_IN_ALL = 50_000
"""Exchanges that are kept of all accounts together; past that the longest idle account loses its own."""
MOST_DROPPED = 2_000
"""Dropped exchanges that are held for those who watch; they read ten times a second."""
ENTRY_BYTES = 200
"""About how much a line of the ledger takes."""
MOST_BYTES = 256_000_000
"""Bytes of bodies and answers that are kept of all accounts together; past that the same happens."""
_SLICE = 100
"""Exchanges that are read before other calls are served."""
_INTERNED_BYTES = 4_000_000
"""Bytes of bodies and answers that are known, so that the same are kept once."""


_NUMBER = attrgetter("id")

Summary = dict[str, Any]
"""An exchange in one line, without what was sent and answered: the fields of a ``Record`` of the same names,
and ``label``, which is its title. ``warnings`` is how many there are."""


@mutable
class Record:
    """One exchange. ``begun`` and ``time`` are its beginning and end on the account's clock, ``ms`` is real.

    ``body`` and ``answer`` are cut to MOST_BODY and MOST_ANSWER; ``whole`` says that the body was not.
    ``answered`` is the answer, or what writes it.
    ``started`` is a reading of the stopwatch in seconds, for differences alone; where processes share their
    state, of the machine's clock, and ``decided`` is when it was decided on that. ``account`` is its masked
    key, ``title`` what it is called beside that; all three are empty, or None, where no key led to an
    account. ``status`` is 0 where no answer was sent, ``left`` what each rate window had left then.
    ``misplaced`` names where a key was sent that is read from the header ``api_key`` only. ``happened`` are
    the names of what a scenario did that status and error do not tell. ``defect`` is what went wrong in
    mock-lusha itself. ``trace`` is the trace it is part of, in 32 hex digits.
    """

    id: int
    begun: float
    time: float
    account: str
    operation: str | None
    method: str
    path: str
    query: str
    body: bytes
    status: int
    answered: bytes | Callable[[], bytes]
    charged: int
    left: dict[str, int]
    reset: int | None
    error: str | None
    message: str | None
    details: tuple[str, ...]
    rules: tuple[str, ...]
    warnings: tuple[str, ...]
    misplaced: tuple[str, ...]
    entries: Sequence[Entry]
    lookups: Iterable[Any]
    ms: float
    started: float
    cut: bool = False
    whole: bool = True
    defect: str | None = None
    fingerprint: str | None = None
    title: str | None = None
    ranking: Ranking | None = None
    happened: tuple[str, ...] = ()
    trace: str | None = None
    decided: float | None = None

    @property
    def answer(self) -> bytes:
        """What was answered, as far as it is kept."""
        return self.answered if isinstance(self.answered, bytes) else self.answered()

    @property
    def size(self) -> int:
        """Bytes of what is kept of what was sent and answered, and about those of what was charged."""
        return len(self.body) + len(self.answer) + ENTRY_BYTES * len(self.entries)

    @property
    def ended(self) -> float:
        """When it ended: by the same clock as ``started``."""
        return self.started + self.ms / 1000 if self.decided is None else self.decided

    def record(self) -> Record:
        """Itself: it is written out."""
        return self

    def summary(self) -> Summary:
        """The exchange in one line."""
        return {
            "id": self.id,
            "time": self.time,
            "account": self.account,
            "fingerprint": self.fingerprint,
            "label": self.title,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "charged": self.charged,
            "error": self.error,
            "rules": self.rules,
            "warnings": len(self.warnings) + len(self.misplaced),
            "defect": self.defect,
            "ms": self.ms,
        }

    def sameness(self) -> None:
        """None: it is written out for itself."""

    def digest(self) -> int:
        """Tells requests of an operation apart."""
        return crc32(self.body, crc32(self.query.encode()))


class JournalEntry(Protocol):
    """What the journal keeps of an exchange: the record, or what it can be written from when it is read."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def operation(self) -> str | None:
        """The operation that was called."""

    @property
    def status(self) -> int:
        """The status that was answered."""

    @property
    def error(self) -> str | None:
        """The error or fault that it ended with."""

    @property
    def rules(self) -> Sequence[str]:
        """The rules that fired."""

    @property
    def happened(self) -> Sequence[str]:
        """What a scenario did that status and error do not tell."""

    @property
    def size(self) -> int:
        """Bytes of what was sent and answered, as far as they are kept."""

    def record(self) -> Record:
        """The exchange written out."""

    @property
    def time(self) -> float:
        """When it ended, on the account's clock."""

    @property
    def ms(self) -> float:
        """How long it took, in milliseconds."""

    def summary(self) -> Summary:
        """The exchange in one line."""

    def sameness(self) -> Hashable | None:
        """Equal where summaries differ in number, time and duration alone; None where none may be equal."""

    def digest(self) -> int:
        """Tells requests of an operation apart."""


@mutable
class AccountLog:
    """What the journal has of one account. ``last`` is the highest number of an exchange that was added,
    ``arrival`` is how many had been added of all when one was added here."""

    records: deque[JournalEntry]
    last: int = 0
    arrival: int = 0
    counts: Counter[tuple[str | None, int]] = field(default_factory=Counter)
    size: int = 0
    tally: Tally = field(default_factory=Tally)


class Journal:
    """A ring of the last exchanges of each account, and exact counts of all of them.

    ``size`` is the size of a ring. What no account was found for stands under the key None. ``interner``
    holds equal bodies and answers once. ``read`` adds to a tally what a record shows of its request; tallies
    stay when exchanges and counts are cleared, and ``past`` sums those of accounts that are forgotten.

    Exchanges are numbered as they are added. Where processes share their state the store numbers them: they
    may be added in another order, and stand in that of their numbers.
    """

    def __init__(self, size: int, read: Callable[[Record, Tally], None] | None = None) -> None:
        self._ring_size = size
        self._read = read
        self.past = Tally()
        self._most = max(MOST_IN_ALL, size)
        self._logs: OrderedDict[str | None, AccountLog] = OrderedDict()
        self._counts_of_idle: Counter[tuple[str | None, int]] = Counter()
        self._count = 0
        self._bytes = 0
        self.interner = Interner(_INTERNED_BYTES)
        self.last_id = 0
        self.arrivals = 0
        """How many exchanges were added."""
        self.seen: Callable[[], int] | None = None
        """Up to which number all calls have come here, where the store numbers them."""
        self.awaited: set[int] = set()
        """Numbers of calls that have come, and that are not over yet."""
        self.unused: deque[int] = deque(maxlen=MOST_DROPPED)
        """Numbers that something else has than a call of the API, the last ones."""
        self.watchers = 0
        """How many read the exchanges as they come (see ``state.journal_watch``)."""
        self.dropped: deque[JournalEntry] = deque(maxlen=MOST_DROPPED)
        """What was dropped lately, while somebody watches: it may not have been read yet."""

    def next_id(self) -> int:
        """The number of the next exchange; numbers run through all accounts."""
        self.last_id += 1
        return self.last_id

    @property
    def settled(self) -> int:
        """The number up to which no exchange is added any more."""
        if self.seen is None:
            return self.last_id
        return min(self.seen(), *(number - 1 for number in self.awaited)) if self.awaited else self.seen()

    def add(self, key: str | None, entry: JournalEntry) -> None:
        """Keep an exchange of an account."""
        log = self._log_of(key)
        records, size, number = log.records, entry.size, entry.id
        self.arrivals = log.arrival = self.arrivals + 1
        oldest = None
        if len(records) == self._ring_size:
            oldest = records[0] if records[0].id < number else entry
            growth = size - oldest.size
            if self.watchers:
                self.dropped.append(oldest)
            log.tally.fold(oldest, self._read)
        else:
            growth = size
            self._count += 1
        if oldest is not entry:
            records.append(entry)
        if number >= log.last:
            log.last = number
        else:
            records.extend(sorted([records.pop() for _ in range(len(records))], key=_NUMBER))
        if self.awaited:
            self.awaited.discard(number)
        log.counts[entry.operation, entry.status] += 1
        log.tally.note((entry.operation, entry.status, entry.error))
        log.size += growth
        self._bytes += growth
        while self._count > self._most or self._bytes > MOST_BYTES:
            idle = next((other for other in self._logs.values() if other.records), log)
            self._drop(idle)

    def _log_of(self, key: str | None) -> AccountLog:
        """The log of an account, which is then the one that was used last."""
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = AccountLog(deque(maxlen=self._ring_size), arrival=self.arrivals)
            if len(self._logs) > MOST_KEYS:
                self.forget(next(iter(self._logs)))
        self._logs.move_to_end(key)
        return log

    def _logs_of(self, key: str | None, everybody: bool) -> Sequence[AccountLog]:
        return [*self._logs.values()] if everybody else [*filter(None, (self._logs.get(key),))]

    def _drop(self, log: AccountLog) -> None:
        for entry in log.records:
            log.tally.fold(entry, self._read)
        self._bytes -= log.size
        self._count -= len(log.records)
        log.size = 0
        if self.watchers:
            self.dropped.extend(log.records)
        log.records.clear()

    def entries(self, key: str | None = None, *, everybody: bool = False) -> list[JournalEntry]:
        """What is kept of the exchanges of an account, or of everybody, oldest first: to choose from, since
        writing one out costs a hundred times as much as looking at it."""
        entries = [entry for log in self._logs_of(key, everybody) for entry in log.records]
        if everybody:
            entries.sort(key=_NUMBER)
        return entries

    def newest(
        self, key: str | None = None, *, everybody: bool = False, before: int | None = None
    ) -> Iterator[JournalEntry]:
        """As ``entries``, newest first, from the last one before a number on. Few cost little, however many
        are kept, as each is looked for when it is taken; nothing may be added meanwhile."""
        logs = self._logs_of(key, everybody)
        return newest_first([(log.last, log.records) for log in logs], before)

    @property
    def kept(self) -> tuple[int, int]:
        """How many exchanges are kept of all accounts, and their bytes."""
        return self._count, self._bytes

    def newer(self, number: int, last: int, arrival: int = 0) -> list[JournalEntry]:
        """What is kept, or was dropped while somebody watches, after an exchange and up to another, by their
        numbers; oldest first. Those that were added first, so many, are known to be none of them."""
        found = [entry for entry in self.dropped if number < entry.id <= last]
        for log in reversed(self._logs.values()):  # the account to which one was added last is the last
            if log.arrival <= arrival:
                break
            for entry in reversed(log.records):
                if entry.id <= number:
                    break
                if entry.id <= last:
                    found.append(entry)
        found.sort(key=_NUMBER)
        return found

    def records(self, key: str | None = None, *, everybody: bool = False) -> Iterator[Record]:
        """The kept exchanges of an account, or of everybody, oldest first."""
        return (entry.record() for entry in self.entries(key, everybody=everybody))

    def counts(self, key: str | None = None, *, everybody: bool = False) -> Counter[tuple[str | None, int]]:
        """How many exchanges there were, kept or not, by (operation, status)."""
        counts: Counter[tuple[str | None, int]] = Counter()
        for log in self._logs_of(key, everybody):
            counts.update(log.counts)
        return counts + self._counts_of_idle if everybody else counts

    def keys(self) -> list[str | None]:
        """The keys of the accounts with exchanges, that of the last exchange last."""
        return [key for key, log in self._by_number() if log.counts]

    def _by_number(self) -> list[tuple[str | None, AccountLog]]:
        return sorted(self._logs.items(), key=lambda item: item[1].last)

    def find(self, number: int) -> tuple[str | None, Record] | None:
        """An exchange that is still kept, by its number, and its account's key."""
        for key, log in self._logs.items():
            entry = find_number(log.records, number) if log.last >= number else None
            if entry is not None:
                return key, entry.record()
        return None

    def clear(self, key: str | None = None, *, everybody: bool = False) -> None:
        """Forget the exchanges and counts of an account, or of everybody; not what they tried."""
        for log in self._logs_of(key, everybody):
            self._drop(log)
            log.counts.clear()
        if everybody:
            self._counts_of_idle.clear()
            self.interner.clear()

    # What was tried

    def tally(self, key: str | None) -> Tally:
        """What an account tried, with all that is still kept of it read."""
        deque(self.reading(key), 0)
        log = self._logs.get(key)
        return Tally() if log is None else log.tally

    def reading(self, key: str | None) -> Iterator[None]:
        """Read what is kept of an account into its tally, in slices between which calls may come."""
        log = self._logs.get(key)
        if log is None or self._read is None:
            return
        for number, entry in enumerate([*log.records], 1):
            # What was lost meanwhile has been folded.
            if log.records and entry.id >= log.records[0].id and entry.id > log.tally.last:
                self._read(entry.record(), log.tally)
                log.tally.last = entry.id
            if number % _SLICE == 0:
                yield

    def tried(self, key: str | None) -> Tally:
        """As ``tally``, but nothing is another one afterwards (see ``Tally.ahead``)."""
        log = self._logs.get(key)
        return Tally() if log is None else log.tally.ahead(log.records, self._read)

    def mark(self, key: str, name: str) -> None:
        """Note that an account tried something that no exchange shows."""
        (self._logs.get(key) or self._log_of(key)).tally.marks[name] += 1  # their order stays

    def tallied(self) -> list[str | None]:
        """The keys of the accounts that tried something."""
        return [key for key, log in self._by_number() if log.tally.outcomes or log.tally.marks]

    def forget(self, key: str | None) -> None:
        """Forget an account; what it tried counts among what accounts tried that are gone."""
        log = self._logs.pop(key, None)
        if log is not None:
            self._drop(log)
            self.past.add(log.tally)

    def forget_idle(self, key: str) -> None:
        """Forget an account that was idle; its calls still count among those of everybody."""
        self._counts_of_idle.update(self.counts(key))
        self.forget(key)

    def take_keyless(self) -> Tally:
        """What was tried without a key that leads to an account, once: it counts among what is gone then."""
        log = self._logs.get(None)
        if log is None:
            return Tally()
        tally = self.tally(None)
        self.past.add(tally)
        log.tally = Tally(last=log.last)
        return tally

    def forget_tally(self, key: str | None = None, *, everybody: bool = False) -> None:
        """Forget what an account tried, or everybody; the exchanges stay, and are not read again."""
        for log in self._logs_of(key, everybody):
            log.tally = Tally(last=log.last)  # others' exchanges with lower numbers may come yet
        if everybody:
            self.past = Tally()

    def reset(self) -> None:
        """Forget everything."""
        self.clear(everybody=True)
        self._logs.clear()
        self.past = Tally()
