"""Houses: what companies mean for those who work there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mock_lusha.world.identity import domain_label
from mock_lusha.world.lives import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.lives import Life, Lives
    from mock_lusha.world.positions import Position

_EVER = 1_000_000
_AT_HOME = 30_000
_ABROAD = 65_536 - _AT_HOME


class House:
    """A company as an employer, and the lives of its people.

    ``places`` are where they may live besides. ``rest`` is how the keys of its people end, as they are
    hashed, and ``label`` its domain in one word. ``written`` is what endpoints made of it.
    """

    __slots__ = (
        "_age", "_founded", "_places", "_today", "company", "domain", "employer", "label", "lives", "place",
        "rest", "written",
    )  # fmt: skip

    def __init__(self, company: Company, as_of: date, lives: Lives, places: Sequence[Place]) -> None:
        self.company = company
        self.domain = company.domain
        self.employer = company.name, company.domain
        self.label = domain_label(company.domain)
        self.lives = lives
        self.rest = b"\x1f" + company.domain.encode("utf-8", "surrogatepass")
        self.place = company.place
        self.written: Any = None
        self._places = places
        self._today = as_of.toordinal()
        self._founded = company.founded
        self._age = _EVER if company.founded is None else self._days_since(company.founded, 1)

    def home(self, lane: int) -> Place:
        """Where somebody lives whom the directory does not list: in the company's city, or its country."""
        if lane < _AT_HOME:
            return self.place
        return self._places[(lane - _AT_HOME) * len(self._places) // _ABROAD]

    def start(self, life: Life) -> int:
        """How many days ago a life began here. Nobody came before there was a company: they came in its first
        year.
        """
        start = life.start
        if start <= self._age or self._founded is None:
            return start
        return max(self._days_since(self._founded, 1 + start % 12), LATEST)

    def before(self, life: Life) -> tuple[Position, tuple[str, str]] | None:
        """The position before, and name and domain of the company where that was."""
        if life.before is None or (life.employer is not None and life.employer[1] == self.domain):
            return None
        return life.before, life.employer or self.employer

    def _days_since(self, year: int, month: int) -> int:
        return self._today - date(year, month, 1).toordinal()
