"""The rules that a call may fit, of many: found by the words that its identifiers spell."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from mock_lusha.scenario.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MANY: Final = 32
"""Rules with a word from which on they are not asked one after the other."""
T = TypeVar("T")
_NUMBER = itemgetter(0)


class Spelling(Protocol):
    """A call that spells words."""

    def has_any(self, words: Words) -> bool:
        """Whether any of some words of ASCII letters is anywhere in it, or may be."""
        ...

    @property
    def words(self) -> Collection[str]:
        """The words that its identifiers spell."""
        ...


class RuleIndex(Generic[T]):
    """Rules in their order, each with the word of ASCII letters that calls must spell to fit it, or None."""

    def __init__(self, rules: Sequence[tuple[bytes | None, T]]) -> None:
        self._rules = [rule for _, rule in rules]
        self._wordless: list[tuple[int, T]] = []
        self._by_word: dict[str, list[tuple[int, T]]] = {}
        if sum(word is not None for word, _ in rules) < MANY:
            return
        for number, (word, rule) in enumerate(rules):
            if word is None:
                self._wordless.append((number, rule))
            else:
                self._by_word.setdefault(word.decode(), []).append((number, rule))
        self._words = Words([word.encode() for word in self._by_word])
        self._others = [rule for _, rule in self._wordless]

    def to_ask(self, call: Spelling) -> Sequence[T]:
        """The rules that a call may fit, in their order."""
        if not self._by_word:
            return self._rules
        if not call.has_any(self._words):
            return self._others
        found = [each for word in call.words if word in self._by_word for each in self._by_word[word]]
        return [rule for _, rule in sorted([*found, *self._wordless], key=_NUMBER)]
