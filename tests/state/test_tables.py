"""Tables as state: rows, cells and their runs."""

from __future__ import annotations

import sys
from datetime import date

import pytest

from mock_lusha.errors import ApiError
from mock_lusha.services.table_columns import COLUMNS, EMAIL_COLUMN, signal_column
from mock_lusha.state.tables import NO_DATA, SUCCESS, Table, Tables, TableSpec
from mock_lusha.state.users import User, users_of
from mock_lusha.table_limits import MOST_ROWS, MOST_TABLES

PETRA = User(1, "petra@quill.example", "Petra")
HAS_EMAIL = EMAIL_COLUMN.fact


def table_of(rows: int = 0, facts: int = HAS_EMAIL) -> Table:
    table = Table("7", "Fair", "contacts", PETRA, COLUMNS["contacts"], 0.0)
    table.add(dict.fromkeys(range(1, rows + 1), facts), 0.0)
    return table


def test_a_row_takes_few_bytes() -> None:
    table = table_of(MOST_ROWS)

    size = sys.getsizeof(table.rows) + sys.getsizeof(table.facts)
    size += sum(sys.getsizeof(column.cells) for column in table.columns.values())
    assert size / MOST_ROWS < 24


def test_rows_past_the_most_are_refused_and_none_is_added() -> None:
    table = table_of(MOST_ROWS - 1)

    with pytest.raises(ApiError) as caught:
        table.add({-1 % 2**64: 0, 10**9: 0}, 0.0)

    assert str(caught.value.details[0]) == (
        "a table may have at most 50000 rows; 49999 are there, and 2 would be added"
    )
    assert len(table) == MOST_ROWS - 1


def test_a_run_is_over_after_a_second_and_looking_changes_nothing() -> None:
    column = (table := table_of(3)).columns["c6"]
    column.start([0, 2], [SUCCESS, NO_DATA], 10.0)

    for now in (10.9, 10.0, 10.9):
        assert [column.state(row, now) for row in range(3)] == ["processing", "not_run", "processing"]
        assert table.is_processing(now)
    assert [column.state(row, 11.0) for row in range(3)] == ["success", "not_run", "no_data"]
    assert column.counts(11.0) == {"success": 1, "not_run": 1, "no_data": 1}
    assert not table.is_processing(11.0)


def test_runs_that_overlap_end_one_by_one() -> None:
    column = table_of(3).columns["c6"]
    column.start([0, 1], [SUCCESS] * 2, 0.0)
    column.start([1, 2], [SUCCESS] * 2, 0.5)

    states = ["success", "processing", "processing"]
    assert [column.state(row, 1.2) for row in range(3)] == states


def test_very_many_runs_while_time_stands_still_are_all_over_in_the_end() -> None:
    column = table_of(2).columns["c6"]
    for _ in range(1_000):
        column.start([0], [SUCCESS], 0.0)

    assert column.state(0, 0.9) == "processing"
    assert [column.state(row, 1.0) for row in range(2)] == ["success", "not_run"]


def test_rows_that_are_removed_take_their_cells_with_them() -> None:
    table = table_of(4)
    table.columns["c6"].start([3], [NO_DATA], 0.0)
    table.remove([0, 2])

    assert list(table.rows) == [2, 4]
    assert [table.columns["c6"].state(row, 5.0) for row in range(2)] == ["not_run", "no_data"]


def test_ids_of_tables_belong_to_an_account_and_never_come_twice() -> None:
    spec = {kind: TableSpec(f"of {kind}", kind, PETRA) for kind in COLUMNS}
    ids = [
        Tables("seed", account).create(spec[kind], COLUMNS[kind], 0.0).id
        for account in ("one", "other")
        for kind in COLUMNS
    ]
    assert ids[:2] == [ids[0]] * 2  # the first of an account, whatever it is
    assert len(set(ids)) == 2

    tables = Tables("seed", "one")
    first = tables.create(spec["contacts"], (), 0.0)
    tables.delete(first)
    assert tables.create(spec["contacts"], (), 0.0).id != first.id


def test_an_account_has_so_many_tables_at_most() -> None:
    tables = Tables("seed", "one")
    for number in range(MOST_TABLES):
        tables.create(TableSpec(f"table {number}", "contacts", PETRA), (), 0.0)

    with pytest.raises(ApiError, match="Invalid request parameters") as caught:
        tables.create(TableSpec("one more", "contacts", PETRA), (), 0.0)
    assert "at most 500 tables" in str(caught.value.details[0])
    tables.delete(next(iter(tables)))
    assert tables.create(TableSpec("one more", "contacts", PETRA), (), 0.0).name == "one more"


def test_the_name_of_a_user_is_read_from_the_mailbox() -> None:
    users = users_of(["petra.lindqvist@quill.example", "j-p.o_neil+lusha@quill.example"])

    assert [user.name for user in users] == ["Petra Lindqvist", "J P O Neil"]
    assert [user.id for user in users] == [1001, 1002]


def test_a_clock_that_is_set_back_does_not_begin_a_run_again() -> None:
    column = table_of(1).columns["c6"]
    column.start([0], [SUCCESS], 10.0)

    assert [column.state(0, now) for now in (10.5, 11.0, 2.0)] == ["processing", "success", "success"]


def test_a_cell_holds_any_day() -> None:
    table = table_of(2)
    table.add_column(signal_column("promotion"), 0.0)
    column = table.columns["col_signals_promotion"]
    days = [date(1, 1, 1), date(9999, 12, 31)]
    column.fill([0, 1], days, 0.0)

    assert [column.day(0), column.day(1)] == days
    table.remove([0])
    assert column.day(0) == days[1]


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "\u200b", "x" * 256])
def test_a_name_that_nobody_can_read_is_refused(name: str) -> None:
    with pytest.raises(ApiError):
        Tables("seed", "one").create(TableSpec(name, "contacts", PETRA), (), 0.0)
