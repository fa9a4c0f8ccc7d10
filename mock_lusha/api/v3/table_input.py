"""What a call of tables speaks of: the user who acts, the table, the column, and whose rows are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.identifiers import NOBODY, id_queries, person_query
from mock_lusha.api.v3.ids import number_of
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.services.table_fixtures import tables_of
from mock_lusha.services.tables import find_row, row_of
from mock_lusha.state.users import find_user, users_of
from mock_lusha.world.resolver import CompanyQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.ids import Kind
    from mock_lusha.state.tables import Column, Table, Tables
    from mock_lusha.state.users import User
    from mock_lusha.table_limits import EntityKind
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch, PersonQuery

ID_KINDS: dict[EntityKind, Kind] = {"contacts": "contact", "companies": "company"}


def account_tables(call: ApiRequest) -> Tables:
    """The tables of the account, those of fixtures among them."""
    worlds, account = call.worlds, call.account
    tables = tables_of(
        account, worlds.table_fixtures, call.world, lambda: worlds.lookup(account), call.record.now
    )
    for text in tables.warnings:
        call.warn(text)
    tables.warnings.clear()
    return tables


def acting_user(call: ApiRequest) -> User:
    """The user who acts: ``owner.email`` of a body, or ``email`` in the query.

    Raises:
        ApiError: 400 where none is named, or one that the account does not have.
    """
    emails = ", ".join(call.account.users)
    is_body = call.body is not None
    where = "owner.email" if is_body else "email"
    email = call.body["owner"]["email"] if is_body else call.query.get("email")
    if not email:
        raise bad_request(f"{where} should not be empty; the users of this account are {emails}")
    user = find_user(users_of(call.account.users), email)
    if user is None:
        raise bad_request(
            Detail(f"{where} must be a user of this account, whose users are {emails}", shorten(email))
        )
    return user


def find_table(call: ApiRequest, kind: EntityKind) -> Table:
    """The table in the path, if the user who acts sees it.

    Raises:
        ApiError: 400 without a user; 404 for a table that is not known, is another account's or user's, or
            has rows of the other kind.
    """
    user = acting_user(call)
    table_id = call.path["table_id"]
    table = account_tables(call).get(table_id)
    if table is None or table.kind != kind or not table.is_visible(user):
        why = "no table has this id" if table is None else f"{user.email} does not see it"
        if table is not None and table.kind != kind:
            why = f"it is a table of {table.kind}"
        raise ApiError("table-not-found", [Detail(f"table {shorten(table_id)}: {why}", hint=True)])
    return table


def find_column(call: ApiRequest, table: Table) -> Column:
    """The column in the path.

    Raises:
        ApiError: 404 for one that the table does not have.
    """
    column_id = call.path["column_id"]
    column = table.columns.get(column_id)
    if column is None:
        known = ", ".join(table.columns)
        raise ApiError(
            "column-not-found",
            [Detail(f"the columns of table {table.id} are {known}", shorten(column_id), hint=True)],
        )
    return column


def rows_meant(
    call: ApiRequest, kind: EntityKind, ids: Sequence[str]
) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """Each id, with the row that it would be; None for one that stands for nobody.

    Raises:
        ApiError: 400 for what is neither a token nor digits.
    """
    for text, digits in zip(ids, id_queries(call, ID_KINDS[kind], ids), strict=True):
        match = None if digits == NOBODY else find_row(call.lookup, row_query(call, kind, digits))
        yield text, None if match is None else row_of(match)


def row_query(call: ApiRequest, kind: EntityKind, digits: str) -> PersonQuery | CompanyQuery:
    """How the entity of a row is looked up."""
    if kind == "contacts":
        return person_query(call, digits)
    return CompanyQuery(company_id=digits)


def numbers_meant(call: ApiRequest, kind: EntityKind, ids: Sequence[str]) -> list[int | None]:
    """The number that each id stands for; None for what stands for none, or is not an id at all."""
    return [_number(call, kind, text.strip()) for text in ids]


def _number(call: ApiRequest, kind: EntityKind, text: str) -> int | None:
    try:
        return number_of(call.account, ID_KINDS[kind], text)
    except ValueError:
        return None


def match_of(call: ApiRequest, kind: EntityKind, row: int) -> PersonMatch | CompanyMatch | None:
    """The entity of a row; None for one that is not known any more, or must not be shown any more."""
    return find_row(call.lookup, row_query(call, kind, str(row)))


def body_of(call: ApiRequest) -> dict[str, Any]:
    """The body of a call that has one."""
    body: dict[str, Any] = call.body
    return body
