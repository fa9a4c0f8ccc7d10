from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.caching import GenerationalMap


@given(st.lists(st.integers(0, 40)), st.integers(1, 8))
def test_the_last_ones_are_there_and_at_most_twice_as_many(numbers: list[int], least: int) -> None:
    recent: GenerationalMap[int, str] = GenerationalMap(least)
    for number in numbers:
        recent.update({number: f"of {number}"})

    for number in numbers[-least:]:
        assert number in recent
        assert recent.get(number) == f"of {number}"
    assert sum(number in recent for number in range(41)) <= 2 * least + 1


def test_what_was_never_put_in_is_not_there() -> None:
    recent: GenerationalMap[str, int] = GenerationalMap(3)

    assert "any" not in recent
    assert recent.get("any") is None


def test_what_is_put_in_anew_is_as_good_as_new() -> None:
    recent: GenerationalMap[int, int] = GenerationalMap(2)
    recent.update({0: 0})
    for number in range(1, 50):
        recent.update({0: 0})
        recent.update({number: number})

    assert 0 in recent
    assert 1 not in recent
