"""Writing results to a table: ``tableId`` in calls that find, reveal or tell signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import json_text
from mock_lusha.api.v3.table_input import account_tables, row_query
from mock_lusha.errors import ApiError, shorten
from mock_lusha.services.table_columns import facts_of, has_column, signal_column
from mock_lusha.services.tables import add_rows, find_row, plan_rows, row_of, row_prices
from mock_lusha.state.tables import NO_DATA, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.tables import ColumnKind, Table
    from mock_lusha.table_limits import EntityKind
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch

    Cells = Mapping[ColumnKind, Mapping[int, date] | None]
    """Columns that are filled in: by the ids of those who have a value there, the day that it is; None where
    what is known of them says whether they have one."""

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
    if not isinstance(table_id, str):
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


def signal_cells(kinds: Mapping[str, Mapping[int, date]]) -> Cells:
    """Columns of types of signals: the day of the newest one, by the id of whoever has had some."""
    return {signal_column(kind): days for kind, days in kinds.items() if has_column(kind)}


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
    matches = _matches(call, kind, ids)
    plan = plan_rows(table, [row_of(match) for match in matches.values()])
    created = table.new_columns(cells)
    paid_before = sum(table.is_paid(position) for position in table.positions(ids))
    cost = call.settle([] if paid else row_prices(kind, plan.fresh)).cost
    add_rows(table, plan, now)
    positions = table.positions(matches)
    if paid:
        table.pay(positions)
    for column in created:
        table.add_column(column, now)
    for column, days in cells.items():
        facts = {row: facts_of(match) for row, match in matches.items()} if days is None else {}
        outcomes: list[int | date] = []
        for position in positions:
            row = table.rows[position]
            if days is None:
                outcomes.append(SUCCESS if facts[row] & column.fact else NO_DATA)
            else:
                outcomes.append(days.get(row, NO_DATA))
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


def _matches(call: ApiRequest, kind: EntityKind, ids: Sequence[int]) -> dict[int, PersonMatch | CompanyMatch]:
    """The entities that are written, as the call sees them, by their ids; who must not be shown is left
    out."""
    record = call.record
    # Another lookup, so that the journal lists what the caller looked up.
    lookup = call.worlds.lookup(call.account, record.outcomes, lasting=record.lasting)
    matches = {number: find_row(lookup, row_query(call, kind, str(number))) for number in ids}
    return {number: match for number, match in matches.items() if match is not None}
