"""The journal: what was asked, what was answered, and why."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from dataclasses import field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote
from zlib import crc32

from mock_lusha.caching import Interner
from mock_lusha.state.coverage import Tally
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
_KEY_NAME = re.compile(r"key|token|secret|auth", re.IGNORECASE)
_KEY_IN_BODY = re.compile(
    rb'("[^"\\]*(?:api[_-]?key|token|secret|authorization)[^"\\]*"\s*:\s*")(?:[^"\\]|\\.)*"', re.IGNORECASE
)
# The pattern above costs a microsecond a byte, and most bodies have none of its words.
_WORDS_OF_KEYS = (b"key", b"token", b"secret", b"authorization")
_TARGET = b'"url"'
_TARGET_IN_BODY = re.compile(rb'("url"\s*:\s*"[^"?]*\?)(?:[^"\\]|\\.)*"')
"""The query of a URL to which webhooks go: tokens stand there, and the rest is what tests look at."""
_API_KEY = re.compile(r"(x-)?api[_-]?key", re.IGNORECASE)
_API_KEY_IN_BODY = re.compile(rb'"(?:x-)?api[_-]?key"\s*:', re.IGNORECASE)
_LEAST_KEY = 12
_MASK = "\N{HORIZONTAL ELLIPSIS}"


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
class _Log:
    records: deque[JournalEntry]
    counts: Counter[tuple[str | None, int]] = field(default_factory=Counter)
    size: int = 0
    tally: Tally = field(default_factory=Tally)


class Journal:
    """A ring of the last exchanges of each account, and exact counts of all of them.

    ``size`` is the size of a ring. What no account was found for stands under the key None. ``interner``
    holds equal bodies and answers once. ``read`` adds to a tally what a record shows of its request; tallies
    stay when exchanges and counts are cleared, and ``past`` sums those of accounts that are forgotten.
    """

    def __init__(self, size: int, read: Callable[[Record, Tally], None] | None = None) -> None:
        self._ring_size = size
        self._read = read
        self.past = Tally()
        self._most = max(MOST_IN_ALL, size)
        self._logs: OrderedDict[str | None, _Log] = OrderedDict()
        self._count = 0
        self._bytes = 0
        self.interner = Interner(_INTERNED_BYTES)
        self.last_id = 0
        self.watchers = 0
        """How many read the exchanges as they come (see ``state.journal_watch``)."""
        self.dropped: deque[JournalEntry] = deque(maxlen=MOST_DROPPED)
        """What was dropped lately, while somebody watches: it may not have been read yet."""

    def next_id(self) -> int:
        """The number of the next exchange; numbers run through all accounts."""
        self.last_id += 1
        return self.last_id

    def add(self, key: str | None, entry: JournalEntry) -> None:
        """Keep an exchange of an account."""
        log = self._log_of(key)
        records, size = log.records, entry.size
        if len(records) == self._ring_size:
            growth = size - records[0].size
            if self.watchers:
                self.dropped.append(records[0])
            log.tally.fold(records[0], self._read)
        else:
            growth = size
            self._count += 1
        records.append(entry)
        log.counts[entry.operation, entry.status] += 1
        log.tally.note((entry.operation, entry.status, entry.error))
        log.size += growth
        self._bytes += growth
        while self._count > self._most or self._bytes > MOST_BYTES:
            idle = next((other for other in self._logs.values() if other.records), log)
            self._drop(idle)

    def _log_of(self, key: str | None) -> _Log:
        """The log of an account, which is then the one that was used last."""
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = _Log(deque(maxlen=self._ring_size))
            if len(self._logs) > MOST_KEYS:
                self.forget(next(iter(self._logs)))
        self._logs.move_to_end(key)
        return log

    def _drop(self, log: _Log) -> None:
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
        logs = self._logs.values() if everybody else filter(None, (self._logs.get(key),))
        entries = [entry for log in logs for entry in log.records]
        if everybody:
            entries.sort(key=attrgetter("id"))
        return entries

    @property
    def kept(self) -> tuple[int, int]:
        """How many exchanges are kept of all accounts, and their bytes."""
        return self._count, self._bytes

    def newer(self, number: int) -> list[JournalEntry]:
        """What is kept, or was dropped while somebody watches, after an exchange; oldest first."""
        found = [entry for entry in self.dropped if entry.id > number]
        for log in reversed(self._logs.values()):  # the account with the newest exchange is the last
            if log.records and log.records[-1].id <= number:
                break
            for entry in reversed(log.records):
                if entry.id <= number:
                    break
                found.append(entry)
        found.sort(key=attrgetter("id"))
        return found

    def records(self, key: str | None = None, *, everybody: bool = False) -> Iterator[Record]:
        """The kept exchanges of an account, or of everybody, oldest first."""
        return (entry.record() for entry in self.entries(key, everybody=everybody))

    def counts(self, key: str | None = None, *, everybody: bool = False) -> Counter[tuple[str | None, int]]:
        """How many exchanges there were, kept or not, by (operation, status)."""
        logs = self._logs.values() if everybody else filter(None, (self._logs.get(key),))
        return sum((log.counts for log in logs), Counter())

    def keys(self) -> list[str | None]:
        """The keys of the accounts with exchanges."""
        return [key for key, log in self._logs.items() if log.counts]

    def find(self, number: int) -> tuple[str | None, Record] | None:
        """An exchange that is still kept, by its number, and its account's key."""
        kept = ((key, entry) for key, log in self._logs.items() for entry in log.records)
        return next(((key, entry.record()) for key, entry in kept if entry.id == number), None)

    def clear(self, key: str | None = None, *, everybody: bool = False) -> None:
        """Forget the exchanges and counts of an account, or of everybody; not what they tried."""
        logs = [*self._logs.values()] if everybody else [*filter(None, (self._logs.get(key),))]
        for log in logs:
            self._drop(log)
            log.counts.clear()
        if everybody:
            self.interner.clear()

    # What was tried

    def tally(self, key: str | None) -> Tally:
        """What an account tried, with all that is still kept of it read."""
        for _ in self.reading(key):
            pass
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
        return [key for key, log in self._logs.items() if log.tally.outcomes or log.tally.marks]

    def forget(self, key: str | None) -> None:
        """Forget an account; what it tried counts among what accounts tried that are gone."""
        log = self._logs.pop(key, None)
        if log is not None:
            self._drop(log)
            self.past.add(log.tally)

    def take_keyless(self) -> Tally:
        """What was tried without a key that leads to an account, once: it counts among what is gone then."""
        log = self._logs.get(None)
        if log is None:
            return Tally()
        tally = self.tally(None)
        self.past.add(tally)
        log.tally = Tally(last=self.last_id)
        return tally

    def forget_tally(self, key: str | None = None, *, everybody: bool = False) -> None:
        """Forget what an account tried, or everybody; the exchanges stay, and are not read again."""
        for log in self._logs.values() if everybody else filter(None, (self._logs.get(key),)):
            log.tally = Tally(last=self.last_id)
        if everybody:
            self.past = Tally()

    def reset(self) -> None:
        """Forget everything."""
        self.clear(everybody=True)
        self._logs.clear()
        self.past = Tally()


def without_keys(query: str) -> str:
    """A query string in which whatever looks like a key, by its parameter's name, is masked."""
    if not query or not _KEY_NAME.search(unquote(query) if "%" in query else query):
        return query
    parts = []
    for part in query.split("&"):
        name, equals, _ = part.partition("=")
        parts.append(f"{name}={_MASK}" if equals and _KEY_NAME.search(unquote(name)) else part)
    return "&".join(parts)


def masked(text: bytes, key: str) -> bytes:
    """A body in which whatever looks like a key, by its property's name, is masked, what a URL
    of webhooks has behind its question mark, and ``key`` itself."""
    if text:
        lower = text.lower()
        if any(word in lower for word in _WORDS_OF_KEYS):
            text = _KEY_IN_BODY.sub(rb"\1" + _MASK.encode() + b'"', text)
        if _TARGET in text:
            text = _TARGET_IN_BODY.sub(rb"\1" + _MASK.encode() + b'"', text)
        if _is_telling(key):
            text = text.replace(key.encode("latin-1"), _MASK.encode())
    return text


def hidden(text: str, key: str) -> str:
    """A text in which ``key`` is masked."""
    return text.replace(key, _MASK) if key in text and _is_telling(key) else text


def _is_telling(key: str) -> bool:
    # What is short, or a mere word, may stand for anything else.
    return len(key) >= _LEAST_KEY and any(letter.isdigit() for letter in key)


def misplaced_keys(names: Iterable[str], query: str, body: bytes) -> Iterator[str]:
    """Where, besides the header ``api_key``, a key was sent: in headers of ``names``, the query, the body."""
    yield from (f"header {name}" for name in names)
    for part in query.split("&") if "=" in query else ():
        name, _, value = part.partition("=")
        if value and _API_KEY.fullmatch(unquote(name)):
            yield f"query parameter {unquote(name)}"
    if _API_KEY_IN_BODY.search(body):
        yield "body"
