"""What was worked out once is kept as far as there is room."""

from __future__ import annotations

from mock_lusha.world.memo import Memo


def made(memo: Memo, key: str, size: int = 1) -> list[str]:
    """The keys that were made anew when this one was asked for."""
    anew: list[str] = []

    def make() -> str:
        anew.append(key)
        return key.upper()

    assert memo.of(key, make, lambda _: size) == key.upper()
    return anew


def test_a_value_is_made_once() -> None:
    memo = Memo(10)

    assert made(memo, "a") == ["a"]
    assert made(memo, "a") == []


def test_what_was_asked_for_least_lately_goes_first() -> None:
    memo = Memo(3)
    for key in "abcab":
        made(memo, key)
    made(memo, "d")

    assert made(memo, "b") == made(memo, "a") == []
    assert made(memo, "c") == ["c"]


def test_several_go_where_one_large_one_comes() -> None:
    memo = Memo(5)
    for key in "abc":
        made(memo, key)
    made(memo, "d", 4)

    assert made(memo, "d") == []
    assert made(memo, "a") == ["a"]


def test_what_is_larger_than_all_the_room_is_not_kept_and_displaces_nothing() -> None:
    memo = Memo(5)
    made(memo, "a")

    assert made(memo, "b", 6) == made(memo, "b", 6) == ["b"]
    assert made(memo, "a") == []
