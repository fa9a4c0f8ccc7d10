"""Tables of contacts and of companies: eleven operations for each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.identifiers import id_queries
from mock_lusha.api.v3.table_input import (
    ID_KINDS,
    account_tables,
    acting_user,
    body_of,
    find_column,
    find_table,
    match_of,
    numbers_meant,
    rows_meant,
)
from mock_lusha.api.v3.table_runs import run_outcomes
from mock_lusha.api.v3.table_shapes import column_shape, row_shape, table_shape, table_status
from mock_lusha.services.table_columns import COLUMNS
from mock_lusha.services.tables import (
    add_rows,
    check_is_active,
    missing_rows,
    plan_rows,
    plan_run,
    read_prices,
    row_prices,
    start_run,
)
from mock_lusha.state.tables import TableSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.tables import Column, Table
    from mock_lusha.table_limits import EntityKind

_PAGE = 100
_SURFACE = "api"


def create_table(kind: EntityKind, call: ApiRequest) -> Reply:
    """Create a table, with rows for those ids that stand for somebody, at the price of adding them.

    Raises:
        ApiError: 409 for a name that another table of the account has; 400 where there are too many tables;
            402 where its rows cannot be paid. Nothing is created then.
    """
    body, now = body_of(call), call.record.now
    user = acting_user(call)
    rows = [row for _, row in rows_meant(call, kind, body.get("ids") or ()) if row is not None]
    spec = TableSpec(body["name"], kind, user, is_shared=body.get("visibility") == "shared")
    tables = account_tables(call)
    tables.check(spec)
    cost = call.settle(row_prices(kind, dict(rows))).cost
    table = tables.create(spec, COLUMNS[kind], now)
    add_rows(table, plan_rows(table, rows), now)
    return _reply(call, table_status(table, now), cost, status=201)


def list_tables(kind: EntityKind, call: ApiRequest) -> Reply:
    """A page of the tables that a user sees, the oldest first, which have a text in their names. Free of
    charge."""
    body = body_of(call)
    user = acting_user(call)
    text, status = (body.get("name") or "").strip().lower(), body.get("status")
    tables = [
        table
        for table in account_tables(call)
        if table.kind == kind
        and table.is_visible(user)
        and text in table.name.lower()
        and status in (None, "archived" if table.is_archived else "active")
    ]
    page, size = int(body.get("page", 0)), int(body.get("size", _PAGE))
    shown = tables[page * size : (page + 1) * size]
    return _reply(call, list(map(table_shape, shown)), pagination=_pagination(page, size, len(tables)))


def get_table(kind: EntityKind, call: ApiRequest) -> Reply:
    """A table with its columns. Free of charge."""
    return _reply(call, table_status(find_table(call, kind), call.record.now))


def update_table(kind: EntityKind, call: ApiRequest) -> Reply:
    """Change name or visibility of a table, archive it or take it back; nothing, if nothing is sent. Free of
    charge.

    Raises:
        ApiError: 409 for a name that another table of the account has; nothing is changed then.
    """
    body, table = body_of(call), find_table(call, kind)
    if body.get("name") is not None:
        table.name = account_tables(call).free_name(body["name"], but_of=table)
    if body.get("visibility") is not None:
        table.is_shared = body["visibility"] == "shared"
    if body.get("archived") is not None:
        table.is_archived = body["archived"]
    return _reply(call, table_status(table, call.record.now))


def delete_table(kind: EntityKind, call: ApiRequest) -> Reply:
    """Delete a table for good. Free of charge, and told without a bill."""
    table = find_table(call, kind)
    account_tables(call).delete(table)
    return Reply({"tableId": table.id, "status": "deleted"})


def get_rows(kind: EntityKind, call: ApiRequest) -> Reply:
    """A page of rows in the order in which they were added; 1 credit for each, every time. Empty ones, of
    somebody who is not there any more, are free."""
    table, now = find_table(call, kind), call.record.now
    page, size = call.query.get("page", 0), call.query.get("size", _PAGE)
    positions = range(len(table))[page * size : (page + 1) * size]
    rows = [table.rows[position] for position in positions]
    matches = [match_of(call, kind, row) for row in rows]
    shown = [row for row, match in zip(rows, matches, strict=True) if match is not None]
    cost = call.settle(read_prices(table, shown)).cost
    shapes = [
        row_shape(call.account, table, position, match, now)
        for position, match in zip(positions, matches, strict=True)
    ]
    return _reply(call, shapes, cost, pagination=_pagination(page, size, len(table)))


def add_entities(kind: EntityKind, call: ApiRequest) -> Reply:
    """Add rows; those that are there already stay as they are. A company that is new to the table is 1
    credit.

    Raises:
        ApiError: 400 for what is not an id, for ``companyIds`` that do not go with the ids, and in a table
        that
            is archived or would have too many rows; 402 where the rows cannot be paid. Nothing is added then.
    """
    body, table, now = body_of(call), find_table(call, kind), call.record.now
    check_is_active(table)
    _check_company_ids(call, kind)
    meant = list(rows_meant(call, kind, body["entityIds"]))
    plan = plan_rows(table, [row for _, row in meant if row is not None])
    cost = call.settle(row_prices(kind, plan.fresh)).cost
    add_rows(table, plan, now)
    data = {
        "added": len(plan.fresh),
        "alreadyPresent": plan.present,
        "invalidIds": [text for text, row in meant if row is None],
        "addedBy": {"surface": _SURFACE},
    }
    return _reply(call, data, cost, returned=len(plan.fresh))


def _check_company_ids(call: ApiRequest, kind: EntityKind) -> None:
    """The employers of contacts go with them by place; whom somebody works for is up to the world all the
    same."""
    body = body_of(call)
    companies = body.get("companyIds")
    if companies is None:
        return
    if kind == "companies":
        raise bad_request("companyIds belongs to tables of contacts: the entityIds here are companies")
    if len(companies) != len(body["entityIds"]):
        raise bad_request(
            f"companyIds must have an id for each of the {len(body['entityIds'])} entityIds, "
            f"not {len(companies)}"
        )
    id_queries(call, "company", companies)


def remove_entities(kind: EntityKind, call: ApiRequest) -> Reply:
    """Remove rows; those that are not there change nothing, and what stands for nobody is told. Free of
    charge."""
    body, table = body_of(call), find_table(call, kind)
    check_is_active(table)
    numbers = numbers_meant(call, kind, body["entityIds"])
    wanted = {number for number in numbers if number is not None}
    positions = table.positions(wanted)
    known = {table.rows[position] for position in positions}
    known |= {number for number in wanted - known if match_of(call, kind, number) is not None}
    table.remove(positions)
    invalid = [text for text, number in zip(body["entityIds"], numbers, strict=True) if number not in known]
    return _reply(call, {"removed": len(positions), "invalidIds": invalid}, returned=len(positions))


def list_columns(kind: EntityKind, call: ApiRequest) -> Reply:
    """The columns of a table, and how their cells stand. Free of charge."""
    table, now = find_table(call, kind), call.record.now
    return _reply(call, [column_shape(column, now) for column in table.columns.values()])


def remove_column(kind: EntityKind, call: ApiRequest) -> Reply:
    """Remove a column. Free of charge, and told without a bill.

    Raises:
        ApiError: 400 for a column that every table has, and in a table that is archived.
    """
    table = find_table(call, kind)
    check_is_active(table)
    column = find_column(call, table)
    if column.kind.default:
        raise bad_request(f"column {column.kind.id} ({column.kind.name}) is a default column, and stays")
    del table.columns[column.kind.id]
    return Reply({"tableId": table.id, "columnId": column.kind.id, "removed": True})


def run_column(kind: EntityKind, call: ApiRequest) -> Reply:
    """Begin to fill in cells of a column, which takes a second of the account's clock.

    It is charged when it begins, for each cell that will have a value.

    Raises:
        ApiError: 400 for ``specific`` without ids, for other scopes with ids, for ids that have no row, and
        in
            a table that is archived; 402 where it cannot be paid. Nothing is run then.
    """
    body, table, now = body_of(call), find_table(call, kind), call.record.now
    check_is_active(table)
    column = find_column(call, table)
    positions = _positions(call, table, column)
    plan = plan_run(table, column, positions, run_outcomes(call, table, column, positions))
    cost = call.settle(plan.items).cost
    start_run(table, column, plan, now)
    data = {"columnId": column.kind.id, "runScope": body["runScope"], "status": "processing"}
    return _reply(call, data, cost, returned=len(positions))


def _positions(call: ApiRequest, table: Table, column: Column) -> Sequence[int]:
    """The rows that a run is about."""
    body = body_of(call)
    scope, ids = body["runScope"], body.get("entityIds")
    if scope != "specific":
        if ids:
            raise bad_request(f"entityIds goes with runScope specific, not with {scope}")
        return range(len(table)) if scope == "all" else missing_rows(column)
    if not ids:
        raise bad_request("entityIds must contain at least 1 elements where runScope is specific")
    digits = id_queries(call, ID_KINDS[table.kind], ids)
    wanted = set(map(int, digits))
    present = table.present(wanted)
    missing = [text for text, number in zip(ids, digits, strict=True) if int(number) not in present]
    if missing:
        raise bad_request(
            f"{len(missing)} of the entityIds have no row in table {table.id}, the first is {missing[0]}"
        )
    return table.positions(wanted)


def _pagination(page: int, size: int, total: int) -> Shape:
    return {"page": page, "size": size, "total": total}


def _reply(
    call: ApiRequest,
    data: Any,
    cost: int = 0,
    *,
    returned: int | None = None,
    pagination: Shape | None = None,
    status: int = 200,
) -> Reply:
    """``{data, pagination?, billing}``; ``returned`` is how many rows it tells of, those of a list where it
    does not say."""
    if returned is None:
        returned = len(data) if isinstance(data, list) else 1
    body: Shape = {"data": data}
    if pagination is not None:
        body["pagination"] = pagination
    body["billing"] = {"creditsCharged": cost, "resultsReturned": returned}
    return Reply(body, status)


_OPERATIONS: Mapping[str, Callable[[EntityKind, ApiRequest], Reply]] = {
    "create{}Table": create_table,
    "list{}Tables": list_tables,
    "get{}Table": get_table,
    "update{}Table": update_table,
    "delete{}Table": delete_table,
    "get{}TableEntities": get_rows,
    "add{}TableEntities": add_entities,
    "remove{}TableEntities": remove_entities,
    "list{}TableColumns": list_columns,
    "remove{}TableColumn": remove_column,
    "run{}TableColumn": run_column,
}
_KINDS: Mapping[str, EntityKind] = {"Contacts": "contacts", "Companies": "companies"}
HANDLERS = {
    name.format(title): partial(handler, kind)
    for title, kind in _KINDS.items()
    for name, handler in _OPERATIONS.items()
}
