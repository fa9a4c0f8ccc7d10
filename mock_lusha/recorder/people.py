"""The people an exchange is about, as their names stand in its fields, and whether a text names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha.recorder.texts import plain, spellings
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHORTEST_LAST: Final = 3
_SHORT_LAST: Final = 2
_SHORTEST_INSIDE: Final = 4
_SHORTEST_FUSED: Final = 7
_SHORTEST_WITHIN: Final = 6
_SHORTEST_WITH_INITIAL: Final = 2
_PUNYCODE: Final = "xn--"
_MOST_WORDS: Final = 6
"""A name of more words is looked for by its first and last ones."""
_TITLE_WORDS: Final = "dr mr mrs ms miss prof sir dame jr sr ii iii iv phd md mba"
_TITLES: Final = frozenset(_TITLE_WORDS.split())


@mutable
class People:
    """Names that must not occur in what is kept.

    ``fused`` are whole names without blanks, first name first and last name first; ``lasts`` and ``firsts``
    their parts. ``shorts`` are last names of two letters, which tell somebody only beside a first one. All
    are folded. ``sought`` is what follows from them.
    """

    fused: set[str]
    lasts: set[str]
    firsts: set[str]
    shorts: set[str]
    sought: tuple[tuple[int, int], set[str], list[str]] | None = None

    @classmethod
    def none(cls) -> People:
        """Nobody."""
        return cls(set(), set(), set(), set())

    def add(self, firsts: Iterable[str], lasts: Iterable[str]) -> None:
        """Take the first and last names that stand side by side, each with each."""
        first_words = [each for text in firsts for each in _names(text)]
        last_words = [each for text in lasts for each in _names(text)]
        self.firsts.update(first for each in first_words for first in ("".join(each), each[0]))
        for last in last_words:
            self._add_last(last)
            for first in first_words:
                self._add_pair([*first, *last])
                self._add_pair([first[0], *last])
                self._add_pair([first[0], last[-1]])
                self._add_initial(first[0], last)
                self.fused.add("".join((*last, *first)))
                self.fused.add("".join((*last, first[0])))

    def add_full(self, text: str) -> None:
        """Take a full name."""
        for each in _names(text):
            self._add_last(each[-1:])
            self._add_last(each[1:][-2:])
            if len(each) > 1:
                self.firsts.add(each[0])
                self._add_pair(each)
                self._add_pair([each[0], each[-1]])
                self._add_pair([*each[1:], each[0]])
                self._add_initial(each[0], each[1:])
                self._add_initial(each[0], each[-1:])

    def add_handle(self, text: str) -> None:
        """Take what may be a name in a mailbox or a profile's address: two words or more."""
        for each in _names(text):
            if len(each) > 1 and min(map(len, each[:2])) > 1:
                self._add_pair(each)
                self._add_pair(each[:2])

    def _add_last(self, name: list[str]) -> None:
        fused = "".join(name)
        if len(fused) >= _SHORTEST_LAST or (fused and not fused.isascii()):
            self.lasts.add(fused)
        elif len(fused) == _SHORT_LAST:
            self.shorts.add(fused)

    def _add_initial(self, first: str, last: list[str]) -> None:
        if len("".join(last)) >= _SHORTEST_WITH_INITIAL:
            self._add_pair([first[0], *last])

    def _add_pair(self, name: list[str]) -> None:
        self.fused.add("".join(name))
        self.fused.add("".join((name[-1], *name[:-1])))

    def are_in(self, text: str) -> bool:
        """Whether a text names one of them: in full, by the last name as a word of its own, or by a longer
        one within a word. Letters that stand apart or backwards, and digits in their place, hide nothing."""
        if not self.fused and not self.lasts and not self.shorts:
            return False
        ways = _both_ways(plain(text))
        names, inside = self._sought()
        if any(self._are_among(found, names) for found in ways):
            return True
        wholes = "\0".join("".join(found) for found in ways)
        return any(each in wholes for each in inside)

    def _sought(self) -> tuple[set[str], list[str]]:
        """Names that are words, and those that are looked for within words."""
        size = len(self.fused), len(self.lasts)
        if self.sought is None or self.sought[0] != size:
            names = self.fused | self.lasts
            inside = [each for each in self.fused if len(each) >= _SHORTEST_FUSED]
            inside += [each for each in self.lasts if len(each) >= _SHORTEST_WITHIN]
            inside += [each for each in names if len(each) > 1 and not each.isascii()]
            self.sought = size, names, inside
        return self.sought[1:]

    def _are_among(self, found: list[str], names: set[str]) -> bool:
        if not (self.shorts.isdisjoint(found) or self.firsts.isdisjoint(found)):
            return True
        for start in range(len(found)):
            fused = ""
            for word in found[start : start + _MOST_WORDS]:
                fused += word
                if fused in names:
                    return True
        return bool(self.shorts) and "".join(found) in self.shorts

    def own(self, domain: str) -> bool:
        """Whether a domain is one of theirs: a label of it is a name, or has one in it."""
        labels = plain(domain).split(".")
        labels += [*map(_unpunycoded, labels), "".join(labels[:-1])]
        ways = (found for label in dict.fromkeys(labels) for found in _both_ways(label))
        fused = {"".join(found) for found in ways}
        names = self._sought()[0]
        if not (fused.isdisjoint(names) and fused.isdisjoint(self.firsts)):
            return True
        wholes = "\0".join(fused)
        return any(len(each) >= _SHORTEST_INSIDE and each in wholes for each in names)


def _both_ways(text: str) -> tuple[list[str], ...]:
    """The words of a plain text in each way to read it, from either end."""
    return *spellings(text), *spellings(text[::-1])


def _unpunycoded(label: str) -> str:
    """The label of a domain with the letters that it stands for."""
    if not label.lower().startswith(_PUNYCODE):
        return label
    try:
        return label[len(_PUNYCODE) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _names(text: str) -> Iterator[list[str]]:
    """The words of a name, in each way to spell it."""
    for found in spellings(text):
        name = [word for word in found if word not in _TITLES] or found
        if name:
            yield name


def handle_of(text: str) -> str:
    """What of a mail address or a profile's address may be a name: the mailbox, or the last part."""
    read = plain(text)
    local, at, _ = read.rpartition("@")
    return local if at else read.split("?")[0].rstrip("/").rpartition("/")[2]
