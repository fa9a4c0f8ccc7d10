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
    their parts. ``shorts`` are last names of two letters, which identify a person only beside a first one.
    All are folded. ``sought`` is what follows from them.
    """

    fused: set[str]
    lasts: set[str]
    firsts: set[str]
    shorts: set[str]
    sought: tuple[tuple[int, int], set[str], list[str]] | None = None

    @classmethod
    def none(cls) -> People:
        """An empty set of names."""
        return cls(set(), set(), set(), set())

    def add(self, firsts: Iterable[str], lasts: Iterable[str]) -> None:
        """Take the first and last names that stand side by side, each with each."""
        first_words = [name for text in firsts for name in _names(text)]
        last_words = [name for text in lasts for name in _names(text)]
        self.firsts.update(first for name in first_words for first in ("".join(name), name[0]))
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
        for name in _names(text):
            self._add_last(name[-1:])
            self._add_last(name[1:][-2:])
            if len(name) > 1:
                self.firsts.add(name[0])
                self._add_pair(name)
                self._add_pair([name[0], name[-1]])
                self._add_pair([*name[1:], name[0]])
                self._add_initial(name[0], name[1:])
                self._add_initial(name[0], name[-1:])

    def add_handle(self, text: str) -> None:
        """Take what may be a name in a mailbox or a profile's address: two words or more."""
        for name in _names(text):
            if len(name) > 1 and min(map(len, name[:2])) > 1:
                self._add_pair(name)
                self._add_pair(name[:2])

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
        names, inside = self._searched_names()
        if any(self._are_among(words, names) for words in ways):
            return True
        wholes = "\0".join("".join(words) for words in ways)
        return any(name in wholes for name in inside)

    def _searched_names(self) -> tuple[set[str], list[str]]:
        """Names that are words, and those that are looked for within words."""
        size = len(self.fused), len(self.lasts)
        if self.sought is None or self.sought[0] != size:
            names = self.fused | self.lasts
            inside = [name for name in self.fused if len(name) >= _SHORTEST_FUSED]
            inside += [name for name in self.lasts if len(name) >= _SHORTEST_WITHIN]
            inside += [name for name in names if len(name) > 1 and not name.isascii()]
            self.sought = size, names, inside
        return self.sought[1:]

    def _are_among(self, words: list[str], names: set[str]) -> bool:
        if not (self.shorts.isdisjoint(words) or self.firsts.isdisjoint(words)):
            return True
        for start in range(len(words)):
            fused = ""
            for word in words[start : start + _MOST_WORDS]:
                fused += word
                if fused in names:
                    return True
        return bool(self.shorts) and "".join(words) in self.shorts

    def own(self, domain: str) -> bool:
        """Whether a domain is one of theirs: a label of it is a name, or has one in it."""
        labels = plain(domain).split(".")
        labels += [*map(_decode_punycode, labels), "".join(labels[:-1])]
        ways = (words for label in dict.fromkeys(labels) for words in _both_ways(label))
        fused = {"".join(words) for words in ways}
        names = self._searched_names()[0]
        if not (fused.isdisjoint(names) and fused.isdisjoint(self.firsts)):
            return True
        wholes = "\0".join(fused)
        return any(len(name) >= _SHORTEST_INSIDE and name in wholes for name in names)


def _both_ways(text: str) -> tuple[list[str], ...]:
    """The words of a plain text in each way to read it, from either end."""
    return *spellings(text), *spellings(text[::-1])


def _decode_punycode(label: str) -> str:
    """The label of a domain with the letters that it stands for."""
    if not label.lower().startswith(_PUNYCODE):
        return label
    try:
        return label[len(_PUNYCODE) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _names(text: str) -> Iterator[list[str]]:
    """The words of a name, in each way to spell it."""
    for words in spellings(text):
        name = [word for word in words if word not in _TITLES] or words
        if name:
            yield name


def handle_of(text: str) -> str:
    """What of a mail address or a profile's address may be a name: the mailbox, or the last part."""
    address = plain(text)
    local, at, _ = address.rpartition("@")
    return local if at else address.split("?")[0].rstrip("/").rpartition("/")[2]
