"""Exchanges of the journal and charges of the ledger, a thousand of each, as columns of plain values.

To reduce each for itself takes five times as long as to write columns.
"""

from __future__ import annotations

from array import array
from collections import deque
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.http.draft import Draft
from mock_lusha.state.journal import MOST_ANSWER, AccountLog
from mock_lusha.state.ledger import Charge, Item
from mock_lusha.values import frozen
from mock_lusha.world.resolver import CompanyQuery, Lookup, LookupTrail, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mock_lusha.state.accounts import Account

    Columns = Mapping[str, list[Any]]
    Rows = tuple[tuple[Any, ...], ...]

AS_THEY_ARE: Final = tuple(
    name for name in Draft.__slots__ if name not in {"_account", "_answer", "_entries", "_lookups"}
)
"""What is kept of an exchange as it is; the rest is made plain."""
_STRANGERS: Final = 2
"""How long a row of lookups is that says who strangers were: addresses, and ids in bytes."""


@frozen
class FormerAccount:
    """What exchanges tell of an account that was forgotten after them."""

    key: str
    label: str
    fingerprint: str
    title: str | None


class PlainLookups:
    """Lookups as plain values, which become lookups when somebody reads them."""

    __slots__ = ("rows",)

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    @classmethod
    def rows_of(cls, lookups: Iterable[Any]) -> Rows:
        """Lookups in plain values."""
        if isinstance(lookups, PlainLookups):
            return lookups.rows
        looks = lookups._looks if isinstance(lookups, LookupTrail) else lookups
        return tuple(
            [
                (tuple(look[0]), *look[1:]) if isinstance(look, Lookup) else (look[0], look[1].tobytes())
                for look in looks
            ]
        )

    def __iter__(self) -> Iterator[Lookup]:
        for row in self.rows:
            if len(row) == _STRANGERS:
                trail = LookupTrail()
                trail.add_strangers(row[0].split("\n"), array("Q", row[1]))
                yield from trail
            else:
                query, *facts = row
                is_company = len(query) == len(CompanyQuery._fields)
                yield Lookup((CompanyQuery if is_company else PersonQuery)(*query), *facts)


class ChargeTable:
    """Charges by number: exchanges and the ledger hold the same ones."""

    def __init__(self, charges: Iterable[Charge] = ()) -> None:
        self.charges = [*charges]
        self._numbers = {id(charge): number for number, charge in enumerate(self.charges)}

    def number(self, charge: Charge) -> int:
        """The number of a charge, which is kept from now on."""
        number = self._numbers.setdefault(id(charge), len(self.charges))
        if number == len(self.charges):
            self.charges.append(charge)
        return number

    def columns(self) -> Columns:
        """All of them."""
        columns = _columns(Charge.__slots__, self.charges)
        columns["_items"] = [
            [(*item,) for item in items] if Item in set(map(type, items)) else items
            for items in columns["_items"]
        ]
        return columns

    @classmethod
    def of(cls, columns: Columns) -> ChargeTable:
        """The charges that ``columns`` gave."""
        items = [
            tuple([Item(*each) if len(each) > 2 else each for each in row]) if isinstance(row, list) else row
            for row in columns["_items"]
        ]
        return cls(_made(Charge, {**columns, "_items": items}))


class PlainLogs:
    """Logs of the journal of a key, whose account is this one now, in plain values."""

    def __init__(self, account: Account | None, charges: ChargeTable) -> None:
        self._account = account
        self._charges = charges

    def plain(self, log: AccountLog | None) -> dict[str, Any] | None:
        """A log in plain values."""
        if log is None:
            return None
        drafts: list[Any] = [*log.records]
        rows: dict[int, Rows] = {}  # of equal answers, which share what was looked up
        columns = _columns(AS_THEY_ARE, drafts)
        columns["account"] = [self._plain_account(draft._account) for draft in drafts]
        columns["answer"] = [_answer_of(draft) for draft in drafts]
        columns["entries"] = [
            self._charges.number(entries) if isinstance(entries, Charge) else entries
            for entries in [draft._entries for draft in drafts]
        ]
        columns["lookups"] = [
            (rows.get(id(it)) or rows.setdefault(id(it), PlainLookups.rows_of(it))) if it else ()
            for it in [draft._lookups for draft in drafts]
        ]
        return {
            "drafts": columns,
            "last": log.last,
            "counts": log.counts,
            "size": log.size,
            "tally": log.tally,
        }

    def log(self, plain: Mapping[str, Any] | None) -> AccountLog | None:
        """The log that ``plain`` gave."""
        if plain is None:
            return None
        columns = dict(plain["drafts"])
        accounts, answers, entries, lookups = map(columns.pop, ("account", "answer", "entries", "lookups"))
        charges = self._charges.charges
        columns["_account"] = [self._account if each is True else each for each in accounts]
        columns["_answer"] = answers
        columns["_entries"] = [charges[each] if isinstance(each, int) else each for each in entries]
        columns["_lookups"] = [PlainLookups(rows) if rows else () for rows in lookups]
        return AccountLog(
            deque(_made(Draft, columns)),
            last=plain["last"],
            counts=plain["counts"],
            size=plain["size"],
            tally=plain["tally"],
        )

    def _plain_account(self, account: Any) -> Any:
        if account is None:
            return None
        if account is self._account:
            return True
        return FormerAccount(account.key, account.label, account.fingerprint, account.title)


def _answer_of(draft: Draft) -> bytes:
    answer = draft._answer
    if not isinstance(answer, bytes):
        # Kept from now on, since it is taken again: the journal counts it as so long already.
        answer = draft._answer = answer()[:MOST_ANSWER]
    return answer


def _columns(names: Iterable[str], things: Sequence[Any]) -> dict[str, list[Any]]:
    return {name: [*map(attrgetter(name), things)] for name in names}


def _made(cls: Any, columns: Columns) -> list[Any]:
    """Things of a class with slots, of which there are columns of values."""
    count = len(next(iter(columns.values())))
    things = [object.__new__(cls) for _ in range(count)]
    for name, column in columns.items():
        deque(map(cls.__dict__[name].__set__, things, column), 0)
    return things
