"""What comes of running cells: what a scenario says, or what the world has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.v3.table_input import match_of
from mock_lusha.services.signals import DEFAULT_MONTHS, months_before
from mock_lusha.services.table_columns import SIGNAL, newest_signal
from mock_lusha.state.tables import NO_DATA, OUTCOMES, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.state.tables import Column, Table


def run_outcomes(
    call: ApiRequest, table: Table, column: Column, positions: Sequence[int]
) -> list[int] | None:
    """What comes of each cell; None where the facts of its row say it.

    A scenario that fails cells, or lets them stay empty, speaks for all of the run. A column of signals has a
    value where there was one in the last six months.
    """
    if call.record.cells is not None:
        return [OUTCOMES[call.record.cells]] * len(positions)
    if column.kind.source != SIGNAL:
        return None
    since = months_before(call.today, DEFAULT_MONTHS)
    outcomes = []
    for position in positions:
        match = match_of(call, table.kind, table.rows[position])
        newest = (
            None if match is None else newest_signal(call.world, column.kind.key, match, since, call.today)
        )
        outcomes.append(NO_DATA if newest is None else SUCCESS)
    return outcomes
