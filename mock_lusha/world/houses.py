"""Houses: what companies mean for those who work there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mock_lusha.world.identity import domain_label
from mock_lusha.world.positions import steps_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.keyed import Lanes
    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.positions import Department, Departments

_EVER = 1_000_000
_AT_HOME = 30_000
_ABROAD = 65_536 - _AT_HOME


class House:
    """A company as an employer.

    ``places`` are where its people may live besides; ``founded`` is its first year (0 where that is not
    known), and ``age`` how many days ago that began. ``rest`` is how the key of its people ends, as it is
    hashed, and ``label`` its domain in one word. ``written`` is what endpoints made of it, by what they made
    it from.
    """

    __slots__ = (
        "age", "company", "departments", "domain", "employer", "founded", "label", "place", "places", "rest",
        "steps", "written",
    )  # fmt: skip

    def __init__(
        self, company: Company, as_of: date, departments: Departments, places: Sequence[Place]
    ) -> None:
        self.company = company
        self.domain = company.domain
        self.employer = company.name, company.domain
        self.label = domain_label(company.domain)
        self.rest = b"\x1f" + company.domain.encode("utf-8", "surrogatepass")
        self.place = company.place
        self.places = places
        self.steps = steps_at(company)
        self.departments: Sequence[Department] = departments.of(company)
        self.founded = company.founded or 0
        self.age = (as_of - date(self.founded, 1, 1)).days if self.founded else _EVER
        self.written: dict[Any, Any] = {}

    def home(self, draw: Lanes) -> Place:
        """Where somebody lives whom the directory does not list: in the company's city, or its country."""
        lane = draw[31] - _AT_HOME
        return self.place if lane < 0 else self.places[lane * len(self.places) // _ABROAD]
