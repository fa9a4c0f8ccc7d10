"""Rate-limit windows against a plain model: the list of all requests that were counted."""

from __future__ import annotations

from dataclasses import replace
from math import nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.contract.document import Contract
from mock_lusha.errors import ApiError
from mock_lusha.plans import PLANS, Plan
from mock_lusha.state.limits import EndpointWindow, Windows

ENDPOINTS = {name: EndpointWindow.of(each) for name, each in Contract.load().operations.items()}
PERSON = ENDPOINTS["searchSingleContact"]
START = 1_774_958_400.0
TINY = Plan("tiny", minute=4, hour=6, day=9, features=frozenset())
UNCAPPED = Plan("uncapped", minute=4, hour=None, day=9, features=frozenset())
SECONDS = {"daily": 86_400, "hourly": 3_600, "minute": 60}
ERRORS = {"daily": "daily-quota", "hourly": "hourly-limit", "minute": "minute-limit"}

# Steps of whole eighths of a second: sums of them are exact, so the model and the windows agree on edges.
steps = st.lists(
    st.tuples(
        st.one_of(
            st.integers(0, 24),
            st.sampled_from([8 * 30, 8 * 59, 8 * 60, 8 * 1_800, 8 * 3_600, 8 * 43_200, 8 * 86_400]),
        ),
        st.sampled_from(["searchSingleContact", "searchSingleCompanyV2", "getAccountUsageStats"]),
    ),
    max_size=60,
)


class Model:
    """All requests counted so far, as (seconds since the first, operation)."""

    def __init__(self, plan: Plan) -> None:
        self.limits = {"daily": plan.day, "hourly": plan.hour, "minute": plan.minute}
        self.counted: list[tuple[float, str]] = []

    def used(self, window: str, elapsed: float) -> int:
        length = SECONDS[window]
        return sum(1 for when, _ in self.counted if when // length == elapsed // length)

    def refusal(self, elapsed: float, operation: str) -> str | None:
        for window, limit in self.limits.items():
            if limit is not None and self.used(window, elapsed) >= limit:
                return ERRORS[window]
        length, most, error = (
            (60, 5, "minute-limit") if operation == "getAccountUsageStats" else (1, 25, "too-many-requests")
        )
        own = sum(1 for when, op in self.counted if op == operation and when // length == elapsed // length)
        return error if own >= most else None


@given(steps, st.sampled_from([TINY, UNCAPPED, PLANS["free"], PLANS["scale"]]))
def test_windows_are_what_counting_all_requests_would_say(
    sequence: list[tuple[int, str]], plan: Plan
) -> None:
    windows, model = Windows(plan), Model(plan)
    now, first = START, None

    for eighths, operation in sequence:
        now += eighths / 8
        first = now if first is None else first
        elapsed = now - first
        refusal: str | None = None
        try:
            windows.check(ENDPOINTS[operation], now)
        except ApiError as error:
            refusal = error.kind.name
        else:
            windows.count(ENDPOINTS[operation], now)

        assert refusal == model.refusal(elapsed, operation)

        if refusal is None:
            model.counted.append((elapsed, operation))
        shown = dict(windows.headers(now))
        for window, limit in model.limits.items():
            name = window.encode()
            used = model.used(window, elapsed)
            if limit is None:
                assert not [header for header in shown if name in header]
            else:
                assert shown[b"x-rate-limit-" + name] == b"%d" % limit
                assert shown[b"x-" + name + b"-usage"] == b"%d" % used
                assert shown[b"x-" + name + b"-requests-left"] == b"%d" % (limit - used)


@pytest.mark.parametrize("window", SECONDS)
@given(eighths=st.integers(0, 8 * 200_000))
def test_the_reset_is_the_least_whole_number_of_seconds_after_which_a_request_is_served(
    window: str, eighths: int
) -> None:
    limits = {name: 2 if name == window else 1_000 for name in SECONDS}
    plan = Plan("one", limits["minute"], limits["hourly"], limits["daily"], frozenset())
    windows = Windows(plan)
    windows.count(PERSON, START)
    now = START + eighths / 8
    for _ in range(2):
        windows.count(PERSON, now)

    with pytest.raises(ApiError) as caught:
        windows.check(PERSON, now)
    reset = caught.value.values["reset"]

    assert caught.value.kind.name == ERRORS[window]
    assert isinstance(reset, int)
    assert reset >= 1
    if reset > 1:
        with pytest.raises(ApiError):
            windows.check(PERSON, now + reset - 1)
    windows.check(PERSON, now + reset)


@given(
    start=st.floats(START, START + 1e6),
    later=st.floats(0, 200_000),
    window=st.sampled_from(["daily", "hourly", "minute", "operation"]),
)
def test_a_full_window_has_room_from_the_very_moment_at_which_it_reopens(
    start: float, later: float, window: str
) -> None:
    windows, now = Windows(replace(TINY, minute=60, hour=60, day=60)), start + later
    windows.count(PERSON, start)
    if window == "operation":
        for _ in range(PERSON.requests):
            windows.count(PERSON, now)
    else:
        windows.spend([window], now)

    full = windows.full(PERSON, now)

    assert full is not None
    assert full.name == window
    assert now < full.reopens <= now + full.seconds + 1e-6
    before = windows.full(PERSON, max(now, nextafter(full.reopens, 0)))
    assert before is not None
    assert before == full
    after = windows.full(PERSON, full.reopens)
    assert after is None or after.name != window


@given(st.integers(0, 8 * 200_000))
def test_the_reset_header_counts_down_to_the_end_of_the_day(eighths: int) -> None:
    windows = Windows(TINY)
    windows.count(PERSON, START)

    shown = dict(windows.daily_headers(START + eighths / 8))

    left = 8 * 86_400 - eighths % (8 * 86_400)
    assert shown[b"X-RateLimit-Reset-Daily"] == b"%d" % -(-left // 8)


@pytest.mark.parametrize("window", ["hourly", "daily"])
def test_a_window_that_begins_spent_is_full_at_the_first_request_and_empty_in_the_next(window: str) -> None:
    windows = Windows(TINY, frozenset({window}))

    with pytest.raises(ApiError) as caught:
        windows.check(PERSON, START)
    windows.check(PERSON, START + SECONDS[window])

    assert caught.value.kind.name == ERRORS[window]
    assert caught.value.values["reset"] == SECONDS[window]


def test_a_spent_window_the_plan_does_not_have_refuses_nothing() -> None:
    windows = Windows(UNCAPPED, frozenset({"hourly"}))

    windows.check(PERSON, START)

    assert not [name for name, _ in windows.headers(START) if b"hourly" in name]


def test_past_the_limit_nothing_is_left_and_usage_goes_on() -> None:
    windows = Windows(TINY)
    for _ in range(12):
        windows.count(PERSON, START)

    shown = dict(windows.headers(START))

    assert (shown[b"x-daily-requests-left"], shown[b"x-daily-usage"]) == (b"0", b"12")
    assert dict(windows.daily_headers(START))[b"X-RateLimit-Remaining-Daily"] == b"0"


PER_MINUTE = EndpointWindow("getTea", "drinks", requests=2, seconds=60)
PER_TEN = EndpointWindow("getMilk", "milk", requests=2, seconds=10)


def test_operations_of_one_name_share_a_window_and_are_refused_by_their_own() -> None:
    windows, other = Windows(PLANS["scale"]), replace(PER_MINUTE, operation="getCoffee")
    windows.count(PER_MINUTE, START)
    windows.count(other, START)

    with pytest.raises(ApiError) as refusal:
        windows.check(other, START + 50)
    windows.check(PERSON, START + 50)
    windows.check(other, START + 60)

    assert refusal.value.kind.name == "minute-limit"
    assert refusal.value.values == {"limit": 2, "reset": 10}
    assert list(map(str, refusal.value.details)) == ["getCoffee takes 2 requests a minute, whatever the plan"]


def test_what_is_taken_back_is_taken_back_from_the_shared_window() -> None:
    windows, other = Windows(PLANS["scale"]), replace(PER_MINUTE, operation="getCoffee")
    windows.count(PER_MINUTE, START)
    windows.count(PER_MINUTE, START)

    windows.uncount(other)

    windows.check(PER_MINUTE, START)


def test_a_window_of_other_seconds_says_how_many() -> None:
    windows = Windows(PLANS["scale"])
    windows.count(PER_TEN, START)
    windows.count(PER_TEN, START)

    with pytest.raises(ApiError) as refusal:
        windows.check(PER_TEN, START + 4)

    assert refusal.value.values == {"limit": 2, "reset": 6}
    assert list(map(str, refusal.value.details)) == [
        "getMilk takes 2 requests in 10 seconds, whatever the plan"
    ]


PUBLISHED = {
    "free": (40, None, 100),
    "starter": (40, None, 100),
    "pro": (50, 150, 1_500),
    "premium": (300, 1_800, 18_000),
    "scale": (300, 5_000, 50_000),
    "legacy": (300, 600, 6_000),
}


def test_the_plans_have_the_published_limits() -> None:
    assert {name: (plan.minute, plan.hour, plan.day) for name, plan in PLANS.items()} == PUBLISHED
