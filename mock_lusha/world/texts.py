"""Numbered texts, searched all at once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Texts:
    """Texts by number, as they are ``shown`` and ``folded``."""

    def __init__(self, shown: Sequence[str], folded: Sequence[str] | None = None) -> None:
        self.shown = shown
        self.folded: Sequence[str] = [fold(text) for text in shown] if folded is None else folded

    def __len__(self) -> int:
        return len(self.shown)

    @cached_property
    def _laid_out(self) -> tuple[str, Any]:
        """All folded texts behind one another, each word after a hyphen, and where each text begins."""
        lengths = np.array([0, *(len(text) + 2 for text in self.folded)], dtype=np.int64)
        return "".join(f"\n-{text}" for text in self.folded), np.cumsum(lengths)[:-1]

    def begun_by(self, word: str) -> Any:
        """By number, whether some word of the text begins with a folded word."""
        whole, starts = self._laid_out
        mask = np.zeros(len(self), dtype=bool)
        between = whole.split(f"-{word}")
        if len(between) > 1:
            lengths = np.fromiter(map(len, between), dtype=np.int64, count=len(between))
            found = np.cumsum(lengths[:-1] + len(word) + 1) - 1
            mask[starts.searchsorted(found, side="right") - 1] = True
        return mask

    def having(self, words: Iterable[str]) -> Any:
        """By number, whether each of the folded words begins some word of the text."""
        mask = np.ones(len(self), dtype=bool)
        for word in words:
            mask &= self.begun_by(word)
        return mask

    def among(self, wanted: set[str]) -> Any:
        """By number, whether the folded text is one of those wanted."""
        return np.fromiter((text in wanted for text in self.folded), dtype=bool, count=len(self))
