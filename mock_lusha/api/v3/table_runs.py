"""What comes of running cells: what a scenario says, or what the world has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.v3.table_input import match_of
from mock_lusha.services.signals import DEFAULT_MONTHS, months_before
from mock_lusha.services.table_columns import SIGNAL, newest_signal
from mock_lusha.services.tables import present_entities
from mock_lusha.state.tables import NO_DATA, OUTCOMES

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
    there = present_entities(call.account, call.world, call.lookup, table, positions)
    outcomes = table.outcomes(column.kind, positions)
    return [outcome if is_there else NO_DATA for outcome, is_there in zip(outcomes, there, strict=True)]


def _newest(call: ApiRequest, table: Table, column: Column, position: int) -> date | None:
    match = match_of(call, table.kind, table.rows[position])
    if match is None:
        return None
    since = months_before(call.today, DEFAULT_MONTHS)
    return newest_signal(call.world, column.kind.key, match, since, call.today)
