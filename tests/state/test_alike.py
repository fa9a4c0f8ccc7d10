"""Bytes that come again are the bytes that were kept, and never others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.state.alike import Alike

TEXTS = st.builds(
    lambda begin, middle, end, length: begin + b"x" * length + middle + b"x" * length + end,
    *[st.binary(max_size=3)] * 3,
    st.integers(0, 120),
)


@given(st.lists(st.tuples(TEXTS, st.integers(100, 300)), max_size=30), st.integers(0, 1_000))
def test_what_is_given_is_what_was_asked_for(asked: list[tuple[bytes, int]], most: int) -> None:
    alike = Alike(most)

    for text, size in [*asked, *asked]:
        assert alike.first(text, size) == text[:size]


def test_a_text_that_comes_again_is_kept_once() -> None:
    alike = Alike(10_000)

    assert alike.first(b"x" * 200, 300) is alike.first(b"x" * 100 + b"x" * 100, 300)


def test_the_same_beginning_of_a_long_text_is_kept_once() -> None:
    alike = Alike(10_000)

    assert alike.first(b"x" * 400, 300) is alike.first(b"x" * 300 + b"x" * 100, 300)


def test_what_differs_in_the_middle_alone_is_something_else() -> None:
    alike = Alike(10_000)
    texts = [b"x" * 150 + letter + b"x" * 249 for letter in (b"a", b"b")]

    assert [alike.first(text, 300) for text in texts * 2] == [text[:300] for text in texts * 2]


def test_past_the_bound_what_was_known_is_forgotten() -> None:
    alike = Alike(1_000)
    first = alike.first(b"x" * 200, 300)
    alike.first(b"y" * 200, 300)
    assert alike.first(b"x" * 100 + b"x" * 100, 300) is first

    for letter in b"abc":
        alike.first(bytes([letter]) * 200, 300)

    assert alike.first(b"x" * 100 + b"x" * 100, 300) is not first


def test_what_goes_with_a_text_as_before_is_kept_once_and_else_as_it_is() -> None:
    alike = Alike(10_000)
    first, same, other = ["a", "b"], ["a", "b"], ["a", "c"]

    assert alike.with_text(b"text", first) is first
    assert alike.with_text(b"text", same) is first
    assert alike.with_text(b"another", same) is same
    assert alike.with_text(b"text", other) is other
    assert alike.with_text(b"text", ["a", "c"]) is other


def test_things_count_for_the_bound() -> None:
    alike = Alike(10_000)
    first = alike.with_text(b"text", list(range(10)))
    assert alike.with_text(b"text", list(range(10))) is first

    alike.with_text(b"another", list(range(100)))

    assert alike.with_text(b"text", list(range(10))) is not first
