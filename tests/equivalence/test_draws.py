"""Draws by the hundred thousand are those that are drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.seeded import begun, between, lanes, number, pick, some
from mock_lusha.world.fast import draws

LANES = st.lists(st.integers(0, 65_535), min_size=1, max_size=40)


@given(key=st.lists(st.text() | st.integers(), min_size=1, max_size=3), last=st.text())
def test_a_digest_has_the_lanes_of_its_key(key: list[str | int], last: str) -> None:
    rest = last.encode("utf-8", "surrogatepass")
    made = draws.digests(begun(*key), [rest, b"other"])

    assert tuple(int(lane[0]) for lane in draws.lanes_in(made, range(32))) == lanes(*key, last)
    (short,) = draws.digests(begun(*key, size=8), [rest])
    assert int.from_bytes(short, "little") == number(*key, last)


@given(drawn=LANES, size=st.integers(1, 3_000))
def test_picks_are_those_of_one_lane(drawn: list[int], size: int) -> None:
    pool = range(size)

    assert draws.pick_index(size, np.array(drawn)).tolist() == [pick(pool, lane) for lane in drawn]
    assert draws.between(3, 3 + size, np.array(drawn)).tolist() == [
        between(3, 3 + size, lane) for lane in drawn
    ]


@pytest.mark.parametrize("size", [1, 2, 7, 12, 269, 320])
@given(drawn=LANES, count=st.integers(1, 14))
def test_a_ring_takes_what_is_taken_of_a_pool(size: int, drawn: list[int], count: int) -> None:
    ring = draws.Ring.of(size, np.full(len(drawn), count), np.array(drawn))

    for place in range(0, size, 1 + size // 12):
        wanted = [place in some(range(size), count, lane) for lane in drawn]
        assert ring.taking([place]).tolist() == wanted


@given(drawn=LANES, size=st.integers(0, 12), count=st.integers(1, 6))
def test_bits_are_the_places_taken_of_small_pools(drawn: list[int], size: int, count: int) -> None:
    sizes = np.array([size, 5] * len(drawn))[: len(drawn)]
    bits = draws.some_bits(sizes, np.full(len(drawn), count), np.array(drawn)).tolist()

    assert bits == [
        sum(1 << place for place in some(range(own), count, lane))
        for own, lane in zip(sizes.tolist(), drawn, strict=True)
    ]
