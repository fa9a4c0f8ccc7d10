"""What was worked out once is kept as far as there is room."""

from __future__ import annotations

from mock_lusha.caching import SizedLRU


def made(cache: SizedLRU, key: str, size: int = 1) -> list[str]:
    """The keys that were made anew when this one was asked for."""
    anew: list[str] = []

    def make() -> str:
        anew.append(key)
        return key.upper()

    assert cache.get_or_make(key, make, lambda _: size) == key.upper()
    return anew


def test_a_value_is_made_once() -> None:
    cache = SizedLRU(10)

    assert made(cache, "a") == ["a"]
    assert made(cache, "a") == []


def test_what_was_asked_for_least_lately_goes_first() -> None:
    cache = SizedLRU(3)
    for key in "abcab":
        made(cache, key)
    made(cache, "d")

    assert made(cache, "b") == made(cache, "a") == []
    assert made(cache, "c") == ["c"]


def test_several_go_where_one_large_one_comes() -> None:
    cache = SizedLRU(5)
    for key in "abc":
        made(cache, key)
    made(cache, "d", 4)

    assert made(cache, "d") == []
    assert made(cache, "a") == ["a"]


def test_what_is_larger_than_all_the_room_is_not_kept_and_displaces_nothing() -> None:
    cache = SizedLRU(5)
    made(cache, "a")

    assert made(cache, "b", 6) == made(cache, "b", 6) == ["b"]
    assert made(cache, "a") == []
