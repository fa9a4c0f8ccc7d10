"""Numbered texts, searched all at once."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

_AT_ONCE = 20_000
"""How many texts are split into words in one go."""
_LAST = "\U0010ffff"
"""Behind every character that a word has."""


class Texts:
    """Texts by number, as they are ``shown`` and ``folded``."""

    def __init__(self, texts: Sequence[str], folded: Sequence[str] | None = None) -> None:
        self.shown = texts
        self.folded: Sequence[str] = [fold(text) for text in texts] if folded is None else folded

    def __len__(self) -> int:
        return len(self.shown)

    @cached_property
    def _words(self) -> tuple[list[str], Any, Any]:
        """All words in their order, where the texts of each begin, and the numbers of these texts."""
        steps = self._ordering()
        while True:
            try:
                next(steps)
            except StopIteration as end:
                index: tuple[list[str], Any, Any] = end.value
                return index

    def _ordering(self) -> Generator[None, None, tuple[list[str], Any, Any]]:
        having: dict[str, list[int]] = {}
        for number, text in enumerate(self.folded):
            if number % _AT_ONCE == 0:
                yield
            for word in text.split("-"):
                having.setdefault(word, []).append(number)
        words = sorted(having)
        yield
        counts = np.array([0, *(len(having[word]) for word in words)], dtype=np.int64)
        numbers = chain.from_iterable(having[word] for word in words)
        return words, np.cumsum(counts), np.fromiter(numbers, dtype=np.int32, count=int(counts.sum()))

    def preparing(self) -> Iterator[None]:
        """Order the words, in steps, which the first search for one does at once otherwise."""
        self._words = yield from self._ordering()

    def begun_by(self, word: str) -> Any:
        """By number, whether some word of the text begins with a folded word."""
        words, starts, numbers = self._words
        first = bisect_left(words, word)
        last = bisect_left(words, f"{word}{_LAST}", first)
        mask = np.zeros(len(self), dtype=bool)
        mask[numbers[starts[first] : starts[last]]] = True
        return mask

    def having(self, words: Iterable[str]) -> Any:
        """By number, whether each of the folded words begins some word of the text."""
        mask = np.ones(len(self), dtype=bool)
        for word in dict.fromkeys(words):
            mask &= self.begun_by(word)
            if not mask.any():
                break
        return mask

    def among(self, texts: set[str]) -> Any:
        """By number, whether the folded text is one of those wanted."""
        return np.fromiter((text in texts for text in self.folded), dtype=bool, count=len(self))
