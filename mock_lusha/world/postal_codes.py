"""Postal codes: which ones a place has, which place a code is in, and how far places are from each other.

Places have them as patterns (see ``fixtures/reference/places.json``), parted by commas: letters, a number or
a range of numbers (``94102..94134``), and an ending in which ``#`` is a digit and ``@`` a letter. The codes
of a place are numbered in the order of their patterns, as they stand in an alphabet.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from math import asin, cos, prod, radians, sin, sqrt
from typing import TYPE_CHECKING

from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_lusha.world.entities import Place

_PATTERN = re.compile(r"([A-Z-]*)(\d+)(?:\.\.(\d+))?(.*)")
_DIGITS = "0123456789"
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_LETTERS_IN = {"CA": "ABCEGHJKLMNPRSTVWXYZ"}
_EARTH_MILES = 3958.8
_CACHE_SIZE = 1024
"""How many places' codes are kept read."""


class _Codes:
    """The codes of one pattern: ``count`` numbers, each with all the endings there are."""

    def __init__(self, pattern: str, letters: str) -> None:
        match = _PATTERN.fullmatch(pattern)
        if match is None:
            raise ValueError(f"{pattern} is not a pattern of postal codes such as 94102..94134")
        self._prefix, first, last, self._ending = match.groups()
        self._first, self._width = int(first), len(first)
        self.count = int(last or first) - self._first + 1
        self._sets = [{"#": _DIGITS, "@": letters}.get(sign, sign) for sign in self._ending]
        self.endings = prod(map(len, self._sets))
        # A code is written whole, or up to the gap.
        head, *rest = re.split("(?=[ -])", self._ending, maxsplit=1)
        tail = _form(rest[0]) if rest else ""
        self._form = re.compile(rf"{_bare(self._prefix)}(\d{{{self._width},}}?)({_form(head)}(?:{tail})?)")
        self._bare_sets = [signs for signs in self._sets if _bare(signs)]

    def code(self, number: int) -> str:
        """The code of a number, as it is written."""
        head, rest = divmod(number, self.endings)
        ending: list[str] = []
        for signs in reversed(self._sets):
            rest, at = divmod(rest, len(signs))
            ending.append(signs[at])
        return f"{self._prefix}{self._first + head:0{self._width}d}{''.join(reversed(ending))}"

    def reading(self, bare: str) -> tuple[int, str] | None:
        """Which number and which ending a code has, of the ending as much as there is."""
        match = self._form.fullmatch(bare)
        if match is None or not 0 <= int(match[1]) - self._first < self.count:
            return None
        return int(match[1]) - self._first, match[2]

    def interval(self, bare: str) -> tuple[int, int] | None:
        """The first of the numbers that a code stands for, and the one after the last of them."""
        reading = self.reading(bare)
        if reading is None:
            return None
        number, ending = reading
        for signs, letter in zip(self._bare_sets, ending, strict=False):
            if letter not in signs:
                return None  # no code made here has this letter
            number = number * len(signs) + signs.index(letter)
        open_endings = prod(map(len, self._bare_sets[len(ending) :]))
        return number * open_endings, (number + 1) * open_endings


def _form(ending: str) -> str:
    """The expression of an ending, or of a part of it, as it is compared."""
    return "".join({"#": r"\d", "@": "[A-Z]"}.get(sign, sign) for sign in _bare(ending))


def _bare(code: str) -> str:
    """A code without spaces and hyphens, in capitals."""
    return code.upper().replace(" ", "").replace("-", "")


def same_code(own: str, code: str, country_code: str) -> bool:
    """Whether a code stands for a place's ``own``, in a country: the same, or its beginning up to the gap."""
    bare = _without_extension(_bare(code), country_code)
    head = re.split("[ -]", own, maxsplit=1)[0] if re.search("[ -]", own) else own
    return bare != "" and bare in {_bare(own), _bare(head)}


def _without_extension(bare: str, country_code: str) -> str:
    # A code of the United States may have four digits more, of a block of houses.
    return bare[:5] if country_code == "US" and len(bare) == 9 and bare.isdigit() else bare


class PostalCodes:
    """The postal codes of all places; ``patterns`` are places with what their codes look like."""

    def __init__(self, patterns: Iterable[tuple[Place, str]]) -> None:
        self._patterns = dict(patterns)
        self._codes = lru_cache(maxsize=_CACHE_SIZE)(self._read)

    def _read(self, place: Place) -> tuple[_Codes, ...]:
        letters = _LETTERS_IN.get(place.country_code, _LETTERS)
        texts = filter(None, self._patterns.get(place, "").split(", "))
        return tuple(_Codes(text, letters) for text in texts)

    @cached_property
    def _by_country(self) -> dict[str, list[Place]]:
        """Folded name or code of a country -> its places."""
        by_country: dict[str, list[Place]] = {}
        for place in self._patterns:
            for name in (fold(place.country), place.country_code.lower()):
                by_country.setdefault(name, []).append(place)
        return by_country

    def place_of(self, country: str, code: str) -> Place | None:
        """The place that a code is in, in a country by name or ISO 3166 code; None for one of no place."""
        for place in self._by_country.get(fold(country), ()):
            bare = _without_extension(_bare(code), place.country_code)
            if any(codes.reading(bare) for codes in self._codes(place)):
                return place
        return None

    def count(self, place: Place) -> int:
        """How many codes a place has; 0 where there are none."""
        return sum(codes.count * codes.endings for codes in self._codes(place))

    def postal_code(self, place: Place, lane: int) -> str | None:
        """One of the codes of a place by a lane of 16 bits; None where there are none."""
        number = code_number(self.count(place), lane)
        for codes in self._codes(place):
            total = codes.count * codes.endings
            if number < total:
                return codes.code(number)
            number -= total
        return None

    def intervals(self, place: Place, code: str) -> list[tuple[int, int]]:
        """The numbers of a place's codes that a code stands for: (first, one after the last).

        A code without what follows its gap (``SW1A``, ``M5V``) stands for all that begin with it.
        """
        intervals, before = [], 0
        bare = _without_extension(_bare(code), place.country_code)
        for codes in self._codes(place):
            interval = codes.interval(bare)
            if interval is not None:
                intervals.append((before + interval[0], before + interval[1]))
            before += codes.count * codes.endings
        return intervals


def code_number(count: int, lane: int) -> int:
    """Which of a place's codes a lane picks."""
    return lane * count >> 16


def miles(one: Place, other: Place) -> float:
    """The distance of two places along a great circle."""
    (from_x, from_y), (to_x, to_y) = (
        (radians(x), radians(y)) for x, y in (one.coordinates, other.coordinates)
    )
    half = sin((to_y - from_y) / 2) ** 2 + cos(from_y) * cos(to_y) * sin((to_x - from_x) / 2) ** 2
    return 2 * _EARTH_MILES * asin(sqrt(half))
