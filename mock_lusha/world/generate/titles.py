"""What a job title that somebody was given says of their department and level."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from mock_lusha.world.generate.positions import LEVELS
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.world.entities import Seniority
    from mock_lusha.world.pools import Careers

_OTHER = "Other"
_CHIEFS: Mapping[str, str] = {
    "ceo": "General Management", "president": "General Management", "cto": "Engineering & Technical",
    "cfo": "Finance", "cio": "Information Technology", "ciso": "Information Technology",
    "cmo": "Marketing", "coo": "Operations", "cro": "Sales", "cpo": "Product", "chro": "Human Resources",
    "clo": "Legal", "cdo": "Research & Analytics",
}  # fmt: skip
_LEVEL_WORDS: Mapping[str, str] = {
    "intern": "intern", "founder": "founder", "cofounder": "founder",
    "vp": "vice president", "svp": "vice president", "evp": "vice president", "vice": "vice president",
    "chief": "c-suite", **dict.fromkeys(_CHIEFS, "c-suite"),
    "director": "director", "head": "director",
    "manager": "manager", "partner": "partner",
    "senior": "senior", "sr": "senior", "lead": "senior", "principal": "senior", "staff": "senior",
    "junior": "entry", "jr": "entry", "associate": "entry", "assistant": "entry", "graduate": "entry",
    "trainee": "entry", "coordinator": "entry",
}  # fmt: skip
_SMALL = frozenset({"a", "and", "for", "of", "the", "to", "officer"})
_TELLING = 0.2
"""The share of a word's titles that are a department's, above which the word counts for the department."""


class Titles:
    """The titles that are known, to read others by. A title that is among them is what it is there."""

    def __init__(self, careers: Careers) -> None:
        self._careers = careers

    def read(self, title: str) -> tuple[str, Seniority]:
        """The department and the level of a title; ``Other`` and ``other`` where it says nothing."""
        folded = fold(title)
        pair = self._by_title.get(folded)
        if pair is not None:
            return pair[0], LEVELS[pair[1]]
        words = folded.split("-")
        return self._department(words), LEVELS[_level(words)]

    def _department(self, words: list[str]) -> str:
        """The department whose titles have most of the words, as far as a word is rather its than others'."""
        votes: Counter[str] = Counter()
        for word in words:
            if word in _CHIEFS and "vice" not in words:
                return _CHIEFS[word]
            if word in _SMALL or word in _LEVEL_WORDS:
                continue
            counts = self._departments_by_word.get(word, {})
            total = sum(counts.values())
            for department, count in counts.items():
                if count > total * _TELLING:
                    votes[department] += 1000 * count // total
        return max(votes, key=lambda department: (votes[department], department)) if votes else _OTHER

    @cached_property
    def _by_title(self) -> Mapping[str, tuple[str, str]]:
        return {
            fold(title): (department, level)
            for department, levels in self._careers.titles.items()
            for level, titles in levels.items()
            for title in titles
        }

    @cached_property
    def _departments_by_word(self) -> Mapping[str, Mapping[str, int]]:
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for title, (department, _) in self._by_title.items():
            for word in set(title.split("-")):
                counts[word][department] += 1
        return counts


def _level(words: list[str]) -> str:
    """The first of the levels, from those that decide whatever else is said, that a word of a title names."""
    levels = {_LEVEL_WORDS[word] for word in words if word in _LEVEL_WORDS}
    if "vice president" in levels:
        levels.discard("c-suite")  # a vice president is not a president
    if levels >= {"partner", "manager"} or "business" in words:
        levels.discard("partner")  # who looks after partners, or is one to other departments
    for level in ("intern", "founder", "vice president", "c-suite", "partner", "director", "manager"):
        if level in levels:
            return level
    return next((level for level in ("senior", "entry") if level in levels), "other")
