"""Bytes that come again are the bytes that were kept, and never others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.caching import Interner

TEXTS = st.builds(
    lambda begin, middle, end, length: begin + b"x" * length + middle + b"x" * length + end,
    *[st.binary(max_size=3)] * 3,
    st.integers(0, 120),
)


@given(st.lists(st.tuples(TEXTS, st.integers(100, 300)), max_size=30), st.integers(0, 1_000))
def test_what_is_given_is_what_was_asked_for(asked: list[tuple[bytes, int]], most: int) -> None:
    interner = Interner(most)

    for text, size in [*asked, *asked]:
        assert interner.prefix(text, size) == text[:size]


def test_a_text_that_comes_again_is_kept_once() -> None:
    interner = Interner(10_000)

    assert interner.prefix(b"x" * 200, 300) is interner.prefix(b"x" * 100 + b"x" * 100, 300)


def test_the_same_beginning_of_a_long_text_is_kept_once() -> None:
    interner = Interner(10_000)

    assert interner.prefix(b"x" * 400, 300) is interner.prefix(b"x" * 300 + b"x" * 100, 300)


def test_what_differs_in_the_middle_alone_is_something_else() -> None:
    interner = Interner(10_000)
    texts = [b"x" * 150 + letter + b"x" * 249 for letter in (b"a", b"b")]

    assert [interner.prefix(text, 300) for text in texts * 2] == [text[:300] for text in texts * 2]


def test_past_the_bound_what_was_known_is_forgotten() -> None:
    interner = Interner(1_000)
    first = interner.prefix(b"x" * 200, 300)
    interner.prefix(b"y" * 200, 300)
    assert interner.prefix(b"x" * 100 + b"x" * 100, 300) is first

    for letter in b"abc":
        interner.prefix(bytes([letter]) * 200, 300)

    assert interner.prefix(b"x" * 100 + b"x" * 100, 300) is not first


def test_what_goes_with_a_text_as_before_is_kept_once_and_else_as_it_is() -> None:
    interner = Interner(10_000)
    first, same, other = ["a", "b"], ["a", "b"], ["a", "c"]

    assert interner.sequence(b"text", first) is first
    assert interner.sequence(b"text", same) is first
    assert interner.sequence(b"another", same) is same
    assert interner.sequence(b"text", other) is other
    assert interner.sequence(b"text", ["a", "c"]) is other


def test_things_count_for_the_bound() -> None:
    interner = Interner(10_000)
    first = interner.sequence(b"text", list(range(10)))
    assert interner.sequence(b"text", list(range(10))) is first

    interner.sequence(b"another", list(range(100)))

    assert interner.sequence(b"text", list(range(10))) is not first
