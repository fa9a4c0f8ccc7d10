"""Numbered texts are searched by the beginnings of their words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.world.identity import fold
from mock_lusha.world.search.texts import Texts

words = st.text(alphabet="abcé李", min_size=1, max_size=4)
texts = st.lists(st.lists(words, max_size=4).map(" ".join), max_size=12)


@given(shown=texts, word=words.map(fold))
def test_a_word_finds_the_texts_with_a_word_that_begins_with_it(shown: list[str], word: str) -> None:
    wanted = [any(each.startswith(word) for each in fold(text).split("-") if each) for text in shown]

    assert Texts(shown).begun_by(word).tolist() == wanted


@given(shown=texts, asked=st.lists(words.map(fold), max_size=3))
def test_several_words_are_all_needed(shown: list[str], asked: list[str]) -> None:
    found = Texts(shown)
    wanted = [all(found.begun_by(word)[number] for word in asked) for number in range(len(shown))]

    assert found.having(asked).tolist() == wanted


def test_only_whole_folded_texts_are_among_those_wanted() -> None:
    assert Texts(["Señor Dev", "Dev", "señor"]).among({"senor-dev", "senor"}).tolist() == [True, False, True]
