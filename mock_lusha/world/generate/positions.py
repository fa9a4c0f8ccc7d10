"""Positions: the titles of departments, by levels that make a ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.values import mutable
from mock_lusha.world.generate.person_profiles import DepartmentProfiles
from mock_lusha.world.pools import SENIORITIES

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Seniority
    from mock_lusha.world.pools import Careers

LEVELS = {level.name: level for level in SENIORITIES}
LADDER = tuple(
    LEVELS[name]
    for name in (
        "intern", "entry", "other", "senior", "manager", "director", "vice president", "c-suite", "partner",
        "founder",
    )
)  # fmt: skip
STEPS = {level.name: step for step, level in enumerate(LADDER)}
HEALTHCARE = 11
LARGE = 1000
_OWNERS = (STEPS["partner"], STEPS["founder"])


def _weighted(weights: dict[str, int]) -> tuple[str, ...]:
    return tuple(name for name, weight in weights.items() for _ in range(weight))


SENIORITY_POOL = _weighted(
    {
        "founder": 3, "partner": 2, "c-suite": 6, "vice president": 8, "director": 14, "manager": 21,
        "senior": 17, "entry": 9, "intern": 2, "other": 18,
    }
)  # fmt: skip
# A company of thousands has few founders and partners among those one meets.
LARGE_SENIORITY_POOL = _weighted(
    {
        "c-suite": 3, "vice president": 8, "director": 15, "manager": 24, "senior": 20, "entry": 9,
        "intern": 2, "other": 19,
    }
)  # fmt: skip
_DEPARTMENTS = {
    "Sales": 15, "Engineering & Technical": 15, "Marketing": 10, "Operations": 10, "Finance": 8,
    "Information Technology": 9, "Human Resources": 6, "General Management": 5, "Customer Service": 5,
    "Business Development": 5, "Product": 5, "Research & Analytics": 3, "Consulting": 2, "Legal": 2,
    "Other": 1,
}  # fmt: skip
DEPARTMENT_POOL = _weighted(_DEPARTMENTS)
HOSPITAL_POOL = _weighted(_DEPARTMENTS | {"Health Care & Medical": 60, "Sales": 4, "Product": 1})


@mutable
class Position:
    """A title at a level, ``step`` of the ladder."""

    title: str
    department: Department
    step: int

    @property
    def departments(self) -> tuple[str, ...]:
        """The department's name, as jobs have it."""
        return self.department.names

    @property
    def seniority(self) -> Seniority:
        """The level."""
        return LADDER[self.step]


class Department:
    """A department: its positions by steps of the ladder, and its shelf of profiles."""

    __slots__ = ("ladder", "names", "shelf")

    def __init__(self, name: str, careers: Careers, shelf: DepartmentProfiles) -> None:
        self.names = (name,)
        self.shelf = shelf
        titles = careers.titles[name]
        self.ladder = tuple(
            [
                tuple([Position(title, self, step) for title in titles[level.name]])
                for step, level in enumerate(LADDER)
            ]
        )


class Departments:
    """The departments of a seed and a year, each made when it is first needed."""

    def __init__(self, seed: str, year: int, careers: Careers) -> None:
        self._seed = seed
        self._year = year
        self._careers = careers
        self._departments: dict[str, Department] = {}

    def get(self, name: str) -> Department:
        """The department of a name."""
        department = self._departments.get(name)
        if department is None:
            shelf = DepartmentProfiles(self._seed, self._year, self._careers, name)
            department = self._departments[name] = Department(name, self._careers, shelf)
        return department


def kind_of(company: Company) -> tuple[bool, bool]:
    """Whether a company is a large one, and whether a hospital or the like (see STEPS_IN, DEPARTMENTS_IN)."""
    large = company.employees is not None and company.employees > LARGE
    return large, company.industry is not None and company.industry.main_id == HEALTHCARE


STEPS_IN = tuple([tuple([STEPS[name] for name in pool]) for pool in (SENIORITY_POOL, LARGE_SENIORITY_POOL)])
"""Steps of the ladder that people are on, as often as they weigh: in small companies, and in large ones."""
DEPARTMENTS_IN = (DEPARTMENT_POOL, HOSPITAL_POOL)
"""Departments, as often as they weigh: of companies, and of hospitals."""


def _before(step: int, down: int) -> int:
    """The step of the job before, at another company; nobody owned one."""
    lower = max(0, step - down)
    return STEPS["director"] if lower in _OWNERS else lower


BEFORE = tuple((_before(step, 0), _before(step, 1)) for step in range(len(LADDER)))
"""By the step that somebody is on, and by whether it goes down: the step they were on elsewhere."""
