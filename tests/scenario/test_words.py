"""Words are found wherever they stand, in short texts and in long ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.scenario.words import Words

words = st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=10)


@given(words=words, text=st.binary(max_size=1500))
def test_any_of_the_words_is_in_a_text_where_one_is(words: list[bytes], text: bytes) -> None:
    assert Words(words).are_in(text) is any(word in text for word in words)


@given(words=words, before=st.binary(max_size=900), after=st.binary(max_size=900), which=st.integers(0, 9))
def test_a_word_is_found_between_whatever_stands_around_it(
    words: list[bytes], before: bytes, after: bytes, which: int
) -> None:
    assert Words(words).are_in(before + words[which % len(words)] + after)


@pytest.mark.parametrize(
    "word", [b"a.c", b"a-b", b"(", b"$", b"a b", b"\\", b"[", b"\n", "ö".encode(), b"<", b"#"]
)
@pytest.mark.parametrize("size", [10, 5_000])
def test_a_word_stands_for_itself_alone(word: bytes, size: int) -> None:
    found = Words([word, b"never"])

    assert not found.are_in(b"abc" * size)
    assert found.are_in(b"xyz" * size + word)


def test_no_words_are_no_words() -> None:
    assert not Words([])
    assert Words([b"one"])
