"""Draws that share the beginning of their keys, and picks of several, against the plain way to get them."""

from __future__ import annotations

from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.seeded import SeededDraws, lanes, number, some, tail

WORDS = st.text(max_size=20)


@given(st.lists(WORDS, min_size=1, max_size=3), st.lists(WORDS, min_size=1, max_size=3))
def test_a_key_in_two_parts_draws_what_the_whole_key_draws(begin: list[str], rest: list[str]) -> None:
    keyed = SeededDraws(*begin)

    assert keyed.lanes(tail(*rest)) == lanes(*begin, *rest)
    assert keyed.number(tail(*rest)) == number(*begin, *rest)


def test_one_draw_does_not_change_the_next() -> None:
    keyed = SeededDraws("seed", "person")
    first = keyed.lanes(b"a")
    keyed.lanes(b"b")

    assert keyed.lanes(b"a") == first


@given(st.integers(1, 60), st.integers(0, 70), st.integers(0, 65_535))
def test_some_of_a_pool_are_different_and_as_many_as_asked_for(size: int, count: int, lane: int) -> None:
    pool = tuple(range(size))

    found = some(pool, count, lane)

    assert len(found) == len(set(found)) == min(count, size)
    assert set(found) <= set(pool)


@pytest.mark.parametrize("size", [2, 3, 4, 6, 12, 30])
def test_some_walk_the_pool_with_the_next_step_that_leads_through_all_of_it(size: int) -> None:
    pool = tuple(range(size))
    for lane in range(0, 65_536, 997):
        step = 1 + lane % (size - 1)
        while gcd(step, size) != 1:
            step += 1
        start = lane * size >> 16

        walked = tuple((start + i * step) % size for i in range(size - 1))
        assert some(pool, size - 1, lane) == walked
