"""What comes of running cells: what a scenario says, or what the world has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.v3.table_input import match_of
from mock_lusha.services.signals import DEFAULT_MONTHS, months_before
from mock_lusha.services.table_columns import SIGNAL, facts_of, newest_signal
from mock_lusha.services.tables import present_entities
from mock_lusha.state.tables import NO_DATA, OUTCOMES, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.state.tables import Column, Table


def run_outcomes(
    call: ApiRequest, table: Table, column: Column, positions: Sequence[int]
) -> Sequence[int | date]:
    """What comes of each cell.

    A scenario that fails cells, or lets them stay empty, speaks for all of the run. A column of signals has
    the day of the newest one of the last six months. Of somebody who is not there any more nothing comes.
    """
    if call.record.cells is not None:
        return [OUTCOMES[call.record.cells]] * len(positions)
    if column.kind.source == SIGNAL:
        return [_newest(call, table, column, position) or NO_DATA for position in positions]
    return _known(call, table, column, positions)


def _known(call: ApiRequest, table: Table, column: Column, positions: Sequence[int]) -> list[int]:
    """What comes of cells by what is known of the entities of their rows.

    That stands in the rows since they were added. Of those who are pinned it may have been changed since, and
    a scenario may want something else of all: these are looked up again.
    """
    there = present_entities(call.account, call.world, call.lookup, table, positions)
    outcomes = list(table.outcomes(column.kind, positions))
    is_pinned = call.world.is_pinned_person if table.kind == "contacts" else call.world.is_pinned_company
    for at, position in enumerate(positions):
        row = table.rows[position]
        if not there[at]:
            outcomes[at] = NO_DATA
        elif call.record.outcomes or is_pinned(row):
            match = match_of(call, table.kind, row)
            fact = column.kind.fact
            has_value = match is not None and (not fact or facts_of(match) & fact)
            outcomes[at] = SUCCESS if has_value else NO_DATA
    return outcomes


def _newest(call: ApiRequest, table: Table, column: Column, position: int) -> date | None:
    match = match_of(call, table.kind, table.rows[position])
    if match is None:
        return None
    since = months_before(call.today, DEFAULT_MONTHS)
    return newest_signal(call.world, column.kind.key, match, since, call.today)
