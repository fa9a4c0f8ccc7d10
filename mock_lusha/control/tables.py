"""Tables of an account: read and create them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.control.context import account_of, account_reference, bad_request, bad_request_for
from mock_lusha.errors import ApiError, ConfigError, shorten
from mock_lusha.scenario.json_places import from_json
from mock_lusha.services.table_fixtures import FixtureRows, fill_table, tables_of
from mock_lusha.state.users import find_user, users_of
from mock_lusha.world.table_files import read_table

if TYPE_CHECKING:
    from mock_lusha.control.context import ControlContext, ControlRequest, Slices
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.tables import Table, Tables

_PAGE = 100


def read_tables(context: ControlContext, request: ControlRequest) -> Reply:
    """The tables of an account, or one of them with a page of its rows: an id and the states of the cells."""
    account = account_of(context, request)
    tables = _tables(context, account)
    now = account.clock.now()
    table_id = request.query.get("table")
    if table_id is None:
        return Reply({**account_reference(account), "tables": [_view(table, now) for table in tables]})
    table = tables.get(table_id)
    if table is None:
        known = ", ".join(table.id for table in tables) or "none"
        raise bad_request(f"the account has no table {shorten(table_id)}; it has {known}")
    page, size = request.query.get("page", 0), request.query.get("size", _PAGE)
    positions = range(len(table))[page * size : (page + 1) * size]
    rows = [
        {
            "id": table.rows[position],
            "cells": {name: column.state(position, now) for name, column in table.columns.items()},
        }
        for position in positions
    ]
    return Reply({**account_reference(account), "tables": [{**_view(table, now), "rows": rows}]})


def create_table(context: ControlContext, request: ControlRequest) -> Slices:
    """Create a table with its rows, free of charge; nothing, if one of them stands for nobody."""
    account = account_of(context, request)
    try:
        fixture = read_table(from_json(request.body, "body"))
    except ConfigError as error:
        raise bad_request_for([error]) from None
    if fixture.account is not None:
        raise bad_request("body.account: the account is named with ?account=KEY")
    if fixture.owner is not None and find_user(users_of(account.users), fixture.owner) is None:
        users = ", ".join(account.users)
        raise bad_request(f"body.owner is a user of the account: {users}, not {shorten(fixture.owner)}")
    worlds = context.worlds
    rows = FixtureRows(worlds.world(account), worlds.lookup(account), fixture)
    yield from rows.finding()
    if rows.problems:
        raise bad_request(*rows.problems)
    _tables(context, account)
    now = account.clock.now()
    try:
        table = fill_table(account, fixture, rows, now)
    except ApiError as error:
        raise bad_request(error.message, *error.details) from None
    return Reply({**account_reference(account), "tables": [_view(table, now)]}, 201)


def _tables(context: ControlContext, account: Account) -> Tables:
    worlds = context.worlds
    return tables_of(
        account,
        worlds.table_fixtures,
        worlds.world(account),
        lambda: worlds.lookup(account),
        account.clock.now(),
    )


def _view(table: Table, now: float) -> dict[str, Any]:
    return {
        "id": table.id,
        "name": table.name,
        "kind": table.kind,
        "owner": table.owner.email,
        "visibility": "shared" if table.is_shared else "private",
        "archived": table.is_archived,
        "count": len(table),
        "processing": table.is_processing(now),
        "columns": {
            column.kind.id: {
                "name": column.kind.name,
                **{state: n for state, n in column.counts(now).items() if n},
            }
            for column in table.columns.values()
        },
    }
