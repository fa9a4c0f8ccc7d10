from __future__ import annotations

import math
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_lusha.clock import Clock, Timestamps, timestamp_of

MOMENT = datetime(2026, 3, 31, 12, 0, 0, 123_456, tzinfo=UTC)


class Machine:
    """A machine's clock that a test turns."""

    def __init__(self, seconds: float = MOMENT.timestamp()) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


def test_a_clock_follows_the_machine() -> None:
    machine = Machine()
    clock = Clock(source=machine)

    before = clock.now()
    machine.seconds += 5

    assert before == MOMENT.timestamp()
    assert clock.now() == MOMENT.timestamp() + 5


def test_without_a_source_it_is_the_machine_s_own() -> None:
    before = time.time()
    now = Clock().now()

    assert before <= now <= time.time()


def test_a_start_sets_the_clock_and_it_runs_on_from_there() -> None:
    machine = Machine()
    clock = Clock(datetime(2030, 1, 1, tzinfo=UTC), machine)

    at_once = clock.timestamp()
    machine.seconds += 90

    assert at_once == "2030-01-01T00:00:00.000Z"
    assert clock.timestamp() == "2030-01-01T00:01:30.000Z"


def test_a_start_in_another_zone_is_the_same_moment() -> None:
    start = datetime(2030, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))

    clock = Clock(start, Machine())

    assert clock.today() == date(2029, 12, 31)
    assert clock.timestamp() == "2029-12-31T23:00:00.000Z"


def test_a_frozen_clock_stands_while_the_machine_runs() -> None:
    machine = Machine()
    clock = Clock(source=machine)

    clock.freeze()
    machine.seconds += 1000

    assert clock.now() == MOMENT.timestamp()


def test_a_frozen_clock_is_moved_by_advance_alone() -> None:
    machine = Machine()
    clock = Clock(source=machine)

    clock.freeze()
    machine.seconds += 1000
    clock.advance(60)
    clock.freeze()

    assert clock.now() == MOMENT.timestamp() + 60


def test_a_running_clock_runs_on_after_advance() -> None:
    machine = Machine()
    clock = Clock(source=machine)

    clock.advance(3600)
    machine.seconds += 1

    assert clock.now() == MOMENT.timestamp() + 3601


@given(steps=st.lists(st.floats(0, 1e6), max_size=20), frozen=st.booleans())
def test_advances_add_up(steps: list[float], frozen: bool) -> None:
    clock = Clock(source=Machine())
    if frozen:
        clock.freeze()

    readings = [clock.now()]
    for step in steps:
        clock.advance(step)
        readings.append(clock.now())

    assert readings == sorted(readings)
    assert readings[-1] == pytest.approx(MOMENT.timestamp() + math.fsum(steps), abs=1e-3)


@pytest.mark.parametrize("frozen", [False, True], ids=["running", "frozen"])
@pytest.mark.parametrize("seconds", [-1, -0.001, -math.inf, math.inf, math.nan])
def test_a_clock_is_not_moved_backwards_nor_out_of_time(seconds: float, frozen: bool) -> None:
    clock = Clock(source=Machine())
    if frozen:
        clock.freeze()

    with pytest.raises(ValueError, match="a clock is advanced by 0 to 3153600000 seconds at a time, not"):
        clock.advance(seconds)

    assert clock.now() == MOMENT.timestamp()


def test_an_advance_by_nothing_is_allowed() -> None:
    clock = Clock(source=Machine())

    clock.advance(0)

    assert clock.now() == MOMENT.timestamp()


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (MOMENT, "2026-03-31T12:00:00.123Z"),
        (datetime(2026, 12, 31, 23, 59, 59, 999_900, tzinfo=UTC), "2026-12-31T23:59:59.999Z"),
        (datetime(2024, 2, 29, 0, 0, 0, 7_000, tzinfo=UTC), "2024-02-29T00:00:00.007Z"),
        (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01T00:00:00.000Z"),
    ],
)
def test_a_timestamp_has_milliseconds_and_z(moment: datetime, written: str) -> None:
    assert Clock(source=Machine(moment.timestamp())).timestamp() == written


@given(st.floats(0, 32e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_timestamp_is_the_moment_cut_to_milliseconds(moment: datetime) -> None:
    written = Clock(source=Machine(moment.timestamp())).timestamp()

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    assert timedelta() <= moment - datetime.fromisoformat(written) < timedelta(milliseconds=1.1)


def test_today_is_the_day_in_utc() -> None:
    clock = Clock(source=Machine(datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC).timestamp()))

    before = clock.today()
    clock.advance(1)

    assert before == date(2026, 3, 31)
    assert clock.today() == date(2026, 4, 1)


def test_two_clocks_do_not_touch_each_other() -> None:
    machine = Machine()
    one, other = Clock(source=machine), Clock(source=machine)

    one.advance(60)
    one.freeze()

    assert other.now() == MOMENT.timestamp()


def test_a_stopwatch_runs_while_the_clock_is_frozen() -> None:
    clock = Clock(source=Machine())
    clock.freeze()

    first, second = clock.stopwatch(), clock.stopwatch()

    assert first < second or first == second < first + 1


@given(st.lists(st.floats(0, 250_000_000_000), min_size=1, max_size=4))
@example([1_774_958_400.123, 1_774_958_400.9999997, 1_774_958_401.0, 1_774_958_400.9994999])
def test_moments_of_one_second_are_written_as_each_alone(moments: list[float]) -> None:
    timestamps = Timestamps()

    for moment in moments:
        within = moment // 1 + 0.25
        assert [timestamps.of(moment), timestamps.of(within)] == [timestamp_of(moment), timestamp_of(within)]
