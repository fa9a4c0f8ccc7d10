"""What happens to tables: rows are added, read and removed, and columns are run, at their prices.

What costs something is planned first, then charged, then done, so that a call that cannot be paid changes
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from mock_lusha.errors import ApiError
from mock_lusha.services.billing import EMAIL, PHONE
from mock_lusha.services.enrichment import find_company, find_person
from mock_lusha.services.table_columns import EMAIL_COLUMN, PHONE_COLUMN, facts_of
from mock_lusha.state.ledger import Item
from mock_lusha.state.tables import NOT_RUN, SUCCESS
from mock_lusha.world.resolver import PersonMatch, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.ledger import Details
    from mock_lusha.state.tables import Column, Table
    from mock_lusha.table_limits import EntityKind
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.resolver import CompanyMatch, CompanyQuery
    from mock_lusha.world.world import World

_PAID_BEFORE: Final = "paid in this table"
_REVEALS: Final = {EMAIL_COLUMN.id: ("email", EMAIL), PHONE_COLUMN.id: ("phone", PHONE)}


class RowPlan(NamedTuple):
    """Rows to add: the facts of those that are new, by id, and how many there were already."""

    fresh: Mapping[int, int]
    present: int


class RunPlan(NamedTuple):
    """A run of a column: at which rows, what comes of each, and what that costs."""

    positions: Sequence[int]
    outcomes: Sequence[int | date]
    items: Sequence[Item | Details]


def find_row(lookup: AccountLookup, query: PersonQuery | CompanyQuery) -> PersonMatch | CompanyMatch | None:
    """Whom a row would be of; None for somebody who is not known, or must not be shown."""
    if isinstance(query, PersonQuery):
        person, miss = find_person(lookup, query)
        return person if miss is None else None
    company, miss = find_company(lookup, query)
    return company if miss is None else None


def row_of(match: PersonMatch | CompanyMatch) -> tuple[int, int]:
    """The id and the facts of a row."""
    entity = match.person if isinstance(match, PersonMatch) else match.company
    return entity.id, facts_of(match)


def plan_rows(table: Table, rows: Sequence[tuple[int, int]]) -> RowPlan:
    """Which rows would be new; one that comes twice is there already the second time.

    Raises:
        ApiError: 400 where there would be too many.
    """
    facts = dict(rows)
    present = table.present(facts)
    fresh = {row: bits for row, bits in facts.items() if row not in present}
    table.check_room(len(fresh))
    return RowPlan(fresh, len(rows) - len(fresh))


def row_prices(kind: EntityKind, rows: Iterable[int]) -> list[Item]:
    """What adding rows costs: a company each time it is new to a table, people nothing (Lusha's document)."""
    if kind == "contacts":
        return []
    return [Item("company", f"table:company:{row}", again=True) for row in rows]


def add_rows(table: Table, plan: RowPlan, now: float) -> None:
    """Add rows; what is paid for when it is added is paid for in this table."""
    first = len(table)
    table.add(plan.fresh, now)
    if table.kind == "companies":
        table.pay(range(first, len(table)))


def read_prices(table: Table, rows: Iterable[int]) -> list[Item]:
    """What reading rows costs: 1 credit each, every time."""
    return [Item("table-row", _entity(table, row), again=True) for row in rows]


def present_entities(
    account: Account, world: World, lookup: AccountLookup, table: Table, positions: Sequence[int]
) -> list[bool]:
    """Whether the entity of each row is still there: not erased, and of those outside the directory, not
    forgotten."""
    is_known: Callable[[int], bool]
    if table.kind == "contacts":
        is_known, memory = world.has_person_id, account.people
        erased = {world.person(key).id for key in lookup.erased.people}
    else:
        is_known, memory = world.has_company_id, account.companies
        erased = {world.company(domain).id for domain in lookup.erased.companies}
    rows = [table.rows[position] for position in positions]
    return [row not in erased and (is_known(row) or row in memory) for row in rows]


def plan_run(
    table: Table, column: Column, positions: Sequence[int], outcomes: Sequence[int | date]
) -> RunPlan:
    """What running a column at some rows comes to; ``outcomes`` are what comes of each.

    Cells that get no value cost nothing. A mailbox or telephone that the account revealed before is free
    until the cell has it; cells that have a value are paid again. A company is paid once in a table, whatever
    is run.
    """
    price = _person_price if table.kind == "contacts" else _company_price
    items = [
        price(table, column, position)
        for position, outcome in zip(positions, outcomes, strict=True)
        if has_value(outcome)
    ]
    return RunPlan(positions, outcomes, items)


def has_value(outcome: int | date) -> bool:
    """Whether a cell with an outcome has a value."""
    return not isinstance(outcome, int) or outcome == SUCCESS


def start_run(table: Table, column: Column, plan: RunPlan, now: float) -> None:
    """Begin a run that is paid for."""
    column.start(plan.positions, plan.outcomes, now)
    if table.kind == "companies":
        table.pay(
            position
            for position, outcome in zip(plan.positions, plan.outcomes, strict=True)
            if has_value(outcome)
        )


def missing_rows(column: Column) -> list[int]:
    """The rows whose cell was never run."""
    return [position for position, cell in enumerate(column.cells) if cell == NOT_RUN]


def _entity(table: Table, row: int) -> str:
    """A row of a table in the words of the ledger."""
    what = "person" if table.kind == "contacts" else "company"
    return f"table:{table.id}:{what}:{row}"


def _person_price(table: Table, column: Column, position: int) -> Item | Details:
    person = table.rows[position]
    reveal = _REVEALS.get(column.kind.id)
    if reveal is None:
        return Item("table-cell", f"{_entity(table, person)}:{column.kind.id}", again=True)
    kind, bits = reveal
    if not column.has_value(position):
        return person, bits
    return Item(kind, f"person:{person}", again=True, remain=True)


def _company_price(table: Table, column: Column, position: int) -> Item:
    entity = _entity(table, table.rows[position])
    free = _PAID_BEFORE if table.is_paid(position) else None
    return Item("table-cell", entity, free=free, again=True)


def check_is_active(table: Table) -> None:
    """Tables that are archived take no changes but to themselves (our decision).

    Raises:
        ApiError: 400.
    """
    if table.is_archived:
        raise ApiError("bad-request", ["the table is archived: set archived to false first"])
