"""The journal: what was asked, what was answered, and why."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.state.credits import Entry

MOST_BODY = 10_000
"""Bytes of a request body, and as many of an answer, that are kept."""
MOST_IN_ALL = 50_000
"""Exchanges that are kept of all accounts together; past that the longest idle account loses its own."""
_KEY_IN_QUERY = re.compile(r"((?:^|&)[^=&]*(?:key|token|secret|auth)[^=&]*=)[^&]*", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Record:
    """One exchange. ``time`` is on the account's clock, ``ms`` real; bodies are cut to 10,000 bytes.

    ``started`` is a reading of the stopwatch in seconds, for differences alone.
    ``status`` is 0 where no answer was sent, and ``left`` gives what each rate window had left then.
    ``misplaced`` names where a key was sent that is read from the header ``api_key`` only.
    """

    id: int
    time: float
    account: str
    operation: str | None
    method: str
    path: str
    query: str
    body: bytes
    status: int
    answer: bytes
    charged: int
    left: dict[str, int]
    reset: int | None
    error: str | None
    details: tuple[str, ...]
    rules: tuple[str, ...]
    warnings: tuple[str, ...]
    misplaced: tuple[str, ...]
    entries: Sequence[Entry]
    lookups: Sequence[Any]
    ms: float
    started: float
    cut: bool = False


@dataclass(slots=True, eq=False)
class _Log:
    records: deque[Record]
    counts: Counter[tuple[str | None, int]] = field(default_factory=Counter)


class Journal:
    """A ring of the last exchanges of each account, and exact counts of all of them.

    ``kept`` is the size of a ring. What no account was found for stands under the key None.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._logs: OrderedDict[str | None, _Log] = OrderedDict()
        self._held = 0
        self._last = 0

    def next_id(self) -> int:
        """The number of the next exchange; numbers run through all accounts."""
        self._last += 1
        return self._last

    def add(self, key: str | None, record: Record) -> None:
        """Keep an exchange of an account."""
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = _Log(deque(maxlen=self._kept))
        self._logs.move_to_end(key)
        self._held += len(log.records) < self._kept
        log.records.append(record)
        log.counts[record.operation, record.status] += 1
        while self._held > max(MOST_IN_ALL, self._kept):
            idle = next((each for each in self._logs.values() if each.records), log)
            self._held -= len(idle.records)
            idle.records.clear()

    def records(self, key: str | None = None, *, everybody: bool = False) -> Iterator[Record]:
        """The kept exchanges of an account, or of everybody, oldest first."""
        if everybody:
            found = [record for log in self._logs.values() for record in log.records]
            yield from sorted(found, key=lambda record: record.id)
        elif key in self._logs:
            yield from self._logs[key].records

    def counts(self, key: str | None = None, *, everybody: bool = False) -> Counter[tuple[str | None, int]]:
        """How many exchanges there were, kept or not, by (operation, status)."""
        logs = self._logs.values() if everybody else filter(None, (self._logs.get(key),))
        return sum((log.counts for log in logs), Counter())

    def keys(self) -> list[str | None]:
        """The keys of the accounts with exchanges."""
        return list(self._logs)

    def find(self, number: int) -> tuple[str | None, Record] | None:
        """An exchange that is still kept, by its number, and its account's key."""
        for key, log in self._logs.items():
            for record in log.records:
                if record.id == number:
                    return key, record
        return None

    def clear(self, key: str | None = None, *, everybody: bool = False) -> None:
        """Forget the exchanges and counts of an account, or of everybody."""
        if everybody:
            self._logs.clear()
            self._held = 0
        else:
            log = self._logs.pop(key, None)
            self._held -= 0 if log is None else len(log.records)


def without_keys(query: str) -> str:
    """A query string in which whatever looks like a key is masked."""
    return _KEY_IN_QUERY.sub(r"\1…", query)
