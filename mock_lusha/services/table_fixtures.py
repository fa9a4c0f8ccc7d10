"""Tables that an account has from the start, created when somebody first looks at its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.services.table_columns import COLUMNS
from mock_lusha.services.tables import find_row, plan_rows, row_of
from mock_lusha.state.tables import TableSpec
from mock_lusha.state.users import find_user, users_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.tables import Table, Tables
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.table_files import TableFixture


def tables_of(
    account: Account,
    fixtures: Iterable[TableFixture],
    lookup: Callable[[], AccountLookup],
    now: float,
    warn: Callable[[str], None],
) -> Tables:
    """The tables of an account. Rows that stand for nobody in its world are left out, with a warning."""
    tables = account.tables
    if not tables.is_filled:
        tables.is_filled = True
        for fixture in fixtures:
            if fixture.account in (None, account.key):
                fill_table(account, fixture, lookup(), now, warn)
    return tables


def fill_table(
    account: Account, fixture: TableFixture, lookup: AccountLookup, now: float, warn: Callable[[str], None]
) -> Table:
    """Create the table of a fixture, with its rows.

    Raises:
        ApiError: 400 where there is no room for it, 409 for a name that another table has.
    """
    users = users_of(account.users)
    owner = users[0] if fixture.owner is None else find_user(users, fixture.owner)
    if owner is None:
        owner = users[0]
        warn(
            f"{fixture.source}: {fixture.owner} is not a user of this account; "
            f"the table {fixture.name} belongs to {owner.email}"
        )
    spec = TableSpec(fixture.name, fixture.kind, owner, is_shared=fixture.is_shared, surface="workspace")
    table = account.tables.create(spec, COLUMNS[fixture.kind], now)
    rows = []
    for query in fixture.rows:
        match = find_row(lookup, query, fixture.kind)
        if match is None:
            sent = ", ".join(f"{name} {value}" for name, value in query._asdict().items() if value)
            warn(f"{fixture.source}: nobody is known by {sent}; the table {fixture.name} has no row for it")
        else:
            rows.append(row_of(match, fixture.kind))
    table.add(plan_rows(table, rows).fresh, now)
    return table
