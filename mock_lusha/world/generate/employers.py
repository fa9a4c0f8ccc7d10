"""Employers: what companies mean for those who work there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mock_lusha.world.generate.career_templates import LATEST
from mock_lusha.world.identity import domain_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.generate.career_templates import CareerTemplate, CareerTemplates
    from mock_lusha.world.generate.positions import Position

_EVER = 1_000_000
AT_HOME = 30_000
"""A lane below it: somebody lives in the city of their company."""
_ABROAD = 65_536 - AT_HOME


class Employer:
    """A company as an employer, and the careers of its people (``templates`` are those built already).

    ``places`` are where they may live besides. ``age`` is how many days ago the year began in which it was
    founded. ``rest`` is how the keys of its people end, as they are hashed, and ``label`` its domain in one
    word.
    """

    __slots__ = (
        "_as_of",
        "_places",
        "age",
        "careers",
        "company",
        "domain",
        "employer",
        "label",
        "place",
        "rest",
        "templates",
    )  # fmt: skip

    def __init__(
        self, company: Company, as_of: date, careers: CareerTemplates, places: Sequence[Place]
    ) -> None:
        self.company = company
        self.domain = company.domain
        self.employer = company.name, company.domain
        self.label = domain_label(company.domain)
        self.careers = careers
        self.templates = careers.templates
        self.rest = b"\x1f" + company.domain.encode("utf-8", "surrogatepass")
        self.place = company.place
        self._places = places
        self._as_of = as_of
        year = company.founded
        self.age = _EVER if year is None else (as_of - date(year, 1, 1)).days

    def home(self, lane: int) -> Place:
        """Where somebody lives whom the directory does not list: in the company's city, or its country."""
        if lane < AT_HOME:
            return self.place
        return self._places[(lane - AT_HOME) * len(self._places) // _ABROAD]

    def start(self, career: CareerTemplate) -> int:
        """How many days ago somebody's job began. Nobody came before there was a company: they came in its
        first year, at the beginning of a month.
        """
        start, year = career.start, self.company.founded
        if start <= self.age or year is None:
            return start
        return max((self._as_of - date(year, start % 12 + 1, 1)).days, LATEST)

    def before(self, career: CareerTemplate) -> tuple[Position, tuple[str, str]] | None:
        """The position before, and name and domain of the company where that was."""
        if career.before is None or (career.employer is not None and career.employer[1] == self.domain):
            return None
        return career.before, career.employer or self.employer
