"""What was tried of the API: small sets of each account, which outlive its exchanges in the journal.

What is counted of a call as it ends is its operation, status and error. What was sent in it, and what came
of that, is read out of its record later: when somebody asks, or before the journal loses it. Of what the
journal loses only so many requests of an operation are read; the others are counted as unread.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Protocol
from zlib import crc32

from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MOST_OUTCOMES: Final = 5_000
"""Operations with a status and an error that are told apart in a tally: scenarios may answer any status."""
MOST_FOLDED: Final = 200
"""Different requests of an operation that are read before the journal loses them (our decision)."""
_TIMES_FOLDED: Final = 2
"""How often one request is read then: the second time it is free, or fails otherwise."""

Outcome = tuple[str | None, int, str | None]
"""An operation (None where the path has none), the status that was answered, and the error or fault."""


class Entry(Protocol):
    """What a tally needs of an exchange in the journal."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def operation(self) -> str | None:
        """The operation that was called."""

    @property
    def rules(self) -> Sequence[str]:
        """The rules that fired, each with ``#`` and how often."""

    @property
    def happened(self) -> Sequence[str]:
        """What a scenario did that status and error do not tell."""

    def digest(self) -> int:
        """Tells requests of an operation apart."""

    def record(self) -> Any:
        """The exchange written out."""


@mutable
class Tally:
    """What was tried, by one account or by several.

    ``outcomes`` count calls, ``others`` those whose outcomes are one too many to be told apart. ``fields``
    has places of requests by operation (``query.email``, ``body.contacts.email``), ``values`` the values of
    enumerations that were sent there. ``marks`` count what is seen of an exchange otherwise, by the names of
    ``coverage.marks``. ``unread`` is the number of exchanges whose fields and marks are not known. ``last``
    is the number of the last exchange that was read, ``folded`` how often which requests were folded.
    """

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    others: int = 0
    fields: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    marks: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    last: int = 0
    folded: dict[str, dict[int, int]] = field(default_factory=dict)

    def note(self, outcome: Outcome) -> None:
        """Count a call."""
        outcomes = self.outcomes
        times = outcomes.get(outcome)
        if times is not None:
            outcomes[outcome] = times + 1
        elif len(outcomes) < MOST_OUTCOMES:
            outcomes[outcome] = 1
        else:
            self.others += 1

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return sum(self.outcomes.values()) + self.others

    def fold(self, entry: Entry, read: Callable[[Any, Tally], None] | None) -> None:
        """Read an exchange that the journal is about to lose, unless enough of its operation were read."""
        operation = entry.operation
        if entry.id <= self.last or operation is None:
            return
        folded = self.folded.get(operation)
        if folded is None:
            folded = self.folded[operation] = {}
        if read is None or len(folded) >= MOST_FOLDED:
            self.unread += 1
            return
        digest = entry.digest()
        if entry.rules:  # the same request comes to something else then
            digest = crc32(entry.rules[-1].partition("#")[0].encode(), digest)
        times = folded.get(digest, 0)
        if times < _TIMES_FOLDED:
            folded[digest] = times + 1
            read(entry.record(), self)
        elif entry.happened:
            self.marks.update(entry.happened)

    def ahead(self, entries: Iterable[Entry], read: Callable[[Any, Tally], None] | None) -> Tally:
        """What this will be when what is kept is read, in a tally of its own.

        Of exchanges that the journal loses only so many are read, but all that were looked at before: whoever
        looks at the tally itself changes what it will be.
        """
        tally = Tally()
        tally.add(self)
        if read is not None:
            for entry in entries:
                if entry.id > self.last:
                    read(entry.record(), tally)
        return tally

    def add(self, other: Tally) -> None:
        """Add what another one has."""
        self.others += other.others
        for outcome, times in other.outcomes.items():
            if outcome in self.outcomes or len(self.outcomes) < MOST_OUTCOMES:
                self.outcomes[outcome] = self.outcomes.get(outcome, 0) + times
            else:
                self.others += times
        for operation, places in other.fields.items():
            self.fields.setdefault(operation, set()).update(places)
        for operation, by_place in other.values.items():
            own = self.values.setdefault(operation, {})
            for place, values in by_place.items():
                own.setdefault(place, set()).update(values)
        self.marks.update(other.marks)
        self.unread += other.unread

    def plain(self) -> dict[str, Any]:
        """It as JSON, in a fixed order."""
        return {
            "outcomes": [
                [*outcome, times]
                for outcome, times in sorted(self.outcomes.items(), key=lambda item: tuple(map(str, item[0])))
            ],
            "fields": {name: sorted(places) for name, places in sorted(self.fields.items())},
            "values": {
                name: {place: sorted(values) for place, values in sorted(by_place.items())}
                for name, by_place in sorted(self.values.items())
            },
            "others": self.others,
            "marks": dict(sorted(self.marks.items())),
            "unread": self.unread,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Tally:
        """One out of what ``plain`` gave."""
        return cls(
            outcomes={
                (operation, status, error): times for operation, status, error, times in plain["outcomes"]
            },
            others=plain["others"],
            fields={name: set(places) for name, places in plain["fields"].items()},
            values={
                name: {place: set(values) for place, values in by_place.items()}
                for name, by_place in plain["values"].items()
            },
            marks=Counter(plain["marks"]),
            unread=plain["unread"],
        )
