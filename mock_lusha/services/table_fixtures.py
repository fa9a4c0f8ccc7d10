"""Tables that an account has from the start, created when somebody first looks at its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.services.billing import settle
from mock_lusha.services.enrichment import remembered
from mock_lusha.services.table_columns import COLUMNS
from mock_lusha.services.tables import find_row, plan_rows, row_of
from mock_lusha.state.tables import TableSpec
from mock_lusha.state.users import find_user, users_of
from mock_lusha.world.resolver import PersonMatch, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.tables import Table, Tables
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.resolver import CompanyMatch, CompanyQuery
    from mock_lusha.world.table_files import TableFixture
    from mock_lusha.world.world import World

_AT_ONCE = 100
"""Rows that are looked up before others are served."""
_FIXTURES = "tables of fixtures"


def tables_of(
    account: Account,
    fixtures: Iterable[TableFixture],
    world: World,
    lookup: Callable[[], AccountLookup],
    now: float,
) -> Tables:
    """The tables of an account. Of fixtures, rows that stand for nobody in its world are left out, and an
    owner who is not a user is the first one; ``warnings`` of the tables say so."""
    tables = account.tables
    if not tables.is_filled:
        tables.is_filled = True
        for fixture in fixtures:
            if fixture.account in (None, account.key):
                rows = FixtureRows(world, lookup(), fixture)
                for _ in rows.finding():
                    pass
                fill_table(account, fixture, rows, now)
                tables.warnings += rows.problems
                if fixture.owner is not None and find_user(users_of(account.users), fixture.owner) is None:
                    tables.warnings.append(
                        f"{fixture.source}: {fixture.owner} is not a user of this account; the table "
                        f"{fixture.name} belongs to {account.users[0]}"
                    )
    return tables


class FixtureRows:
    """The rows of a fixture: whom they stand for, in ``matches``, and what ``problems`` there are."""

    def __init__(self, world: World, lookup: AccountLookup, fixture: TableFixture) -> None:
        self._world = world
        self._lookup = lookup
        self._fixture = fixture
        self.matches: list[tuple[PersonQuery | CompanyQuery, PersonMatch | CompanyMatch]] = []
        self.problems: list[str] = []

    def finding(self) -> Iterator[None]:
        """Look all of them up, in steps so short that others are served between them."""
        fixture = self._fixture
        for at, query in enumerate(fixture.rows):
            match = find_row(self._lookup, query)
            if match is not None:
                self.matches.append((query, match))
            else:
                sent = ", ".join(f"{name} {value}" for name, value in query._asdict().items() if value)
                self.problems.append(
                    f"{fixture.source}: nobody is known by {sent}; the table {fixture.name} has no row for it"
                )
            if at % _AT_ONCE == _AT_ONCE - 1:
                yield

    def rows(self) -> Sequence[tuple[int, int]]:
        """The rows."""
        return [row_of(match) for _, match in self.matches]

    def people(self) -> dict[int, str]:
        """What an account is to remember of the people."""
        return {
            match.person.id: remembered(self._world, match.person, query.email)
            for query, match in self.matches
            if isinstance(match, PersonMatch) and isinstance(query, PersonQuery)
        }

    def companies(self) -> dict[int, str]:
        """What an account is to remember of the companies, and of the employers."""
        return {match.company.id: match.company.domain for _, match in self.matches}


def fill_table(account: Account, fixture: TableFixture, rows: FixtureRows, now: float) -> Table:
    """Create the table of a fixture with its rows, whose ids the account remembers.

    Raises:
        ApiError: 400 where there is no room for it, 409 for a name that another table has.
    """
    users = users_of(account.users)
    owner = users[0] if fixture.owner is None else find_user(users, fixture.owner) or users[0]
    spec = TableSpec(fixture.name, fixture.kind, owner, is_shared=fixture.is_shared, surface="workspace")
    table = account.tables.create(spec, COLUMNS[fixture.kind], now)
    settle(account, _FIXTURES, (), people=rows.people(), companies=rows.companies())
    table.add(plan_rows(table, rows.rows()).fresh, now)
    return table
