"""Writing results to a table: ``tableId`` in calls that find, reveal or tell signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import json_text
from mock_lusha.api.v3.table_input import account_tables, row_query
from mock_lusha.errors import ApiError, shorten
from mock_lusha.services.table_columns import has_column, signal_column
from mock_lusha.services.tables import add_rows, find_row, plan_rows, row_of, row_prices
from mock_lusha.state.tables import NO_DATA, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.tables import ColumnKind, EntityKind, Table

    Cells = Mapping[ColumnKind, Collection[int] | None]
    """Columns that are filled in: the ids of those who have a value there; None where their rows say it."""

_FEATURE = "tables"


def write_table(
    call: ApiRequest, kind: EntityKind, ids: Sequence[int], cells: Cells | None = None, *, paid: bool = False
) -> Shape:
    """Write entities to the table that a call names; the member ``tableWrite`` of its answer.

    There is none where the call names no table, or it cannot be written: the answer stays as it is then, and
    the journal says why. Companies that are new to a table are 1 credit, unless the call ``paid`` for them
    already.
    """
    table_id = call.body.get("tableId")
    if table_id is None:
        return {}
    try:
        return {"tableWrite": _write(call, _table(call, kind, table_id), ids, cells or {}, paid=paid)}
    except ApiError as error:
        reason = "; ".join(map(str, error.details)) or error.message
        call.warn(f"nothing was written to table {shorten(table_id)}: {reason}")
        return {}


def member_text(shape: Shape) -> str:
    """Members of an object as JSON with a comma before them; empty where there are none."""
    return f",{json_text(shape)[1:-1]}" if shape else ""


def signal_cells(kinds: Mapping[str, Collection[int]]) -> Cells:
    """Columns of types of signals, with the ids of those who have had some."""
    return {signal_column(kind): ids for kind, ids in kinds.items() if has_column(kind)}


def _table(call: ApiRequest, kind: EntityKind, table_id: str) -> Table:
    if _FEATURE not in call.account.features:
        raise ApiError("plan-restricted", [f"the plan {call.account.plan.name} does not have {_FEATURE}"])
    table = account_tables(call).get(table_id)
    if table is None:
        raise ApiError("table-not-found", ["no table has this id"])
    if table.kind != kind:
        raise ApiError("table-not-found", [f"it is a table of {table.kind}"])
    if table.is_archived:
        raise ApiError("bad-request", ["it is archived"])
    return table


def _write(call: ApiRequest, table: Table, ids: Sequence[int], cells: Cells, *, paid: bool) -> Shape:
    kind, now = table.kind, call.record.now
    lookup = call.worlds.lookup(
        call.account
    )  # another one, so that the journal lists what the caller looked up
    matches = [find_row(lookup, row_query(call, kind, str(number)), kind) for number in ids]
    plan = plan_rows(table, [row_of(match, kind) for match in matches if match is not None])
    created = table.new_columns(cells)
    paid_before = sum(table.is_paid(position) for position in table.positions(ids))
    cost = call.settle([] if paid else row_prices(table, plan.fresh)).cost
    add_rows(table, plan, now)
    positions = table.positions(ids)
    if paid:
        table.pay(positions)
    for column in created:
        table.add_column(column, now)
    for column, holders in cells.items():
        outcomes = (
            table.outcomes(column, positions)
            if holders is None
            else [SUCCESS if table.rows[position] in holders else NO_DATA for position in positions]
        )
        table.columns[column.id].fill(positions, outcomes, now)
    is_free = kind == "contacts"  # every row of people counts as paid for: at a price of 0
    return {
        "tableId": table.id,
        "added": len(plan.fresh),
        "alreadyPresent": plan.present,
        "columnsCreated": len(created),
        "rowsProcessed": len(ids),
        "rowsCharged": len(plan.fresh) if is_free or not paid else len(positions) - paid_before,
        "rowsAlreadyPaidInTable": plan.present if is_free else paid_before,
        "creditsCharged": cost,
    }
