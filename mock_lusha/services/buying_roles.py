"""Who of a company takes part in buying, and in which role: our rule, for Lusha tells none.

What counts is the level and the departments of the job; a title counts by what it says of these.

* A **decision maker** is whoever leads (director and up), or manages a department that holds budgets.
* A **potential champion** manages or is senior in a department that brings in what it wants to work with.
* Everybody else is an **end user**.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from mock_lusha.world.fast.columns import bit_of, point_bits
from mock_lusha.world.pools import SENIORITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.world.entities import Person
    from mock_lusha.world.search.index import SearchIndex

BuyingRole = Literal["decision maker", "potential champion", "end user"]
ROLES: Final[tuple[BuyingRole, ...]] = ("decision maker", "potential champion", "end user")

LEADERS: Final = frozenset({"founder", "partner", "c-suite", "vice president", "director"})
HOLD_BUDGETS: Final = frozenset({"Finance", "General Management", "Operations"})
CHAMPION: Final = frozenset(
    {
        *("Business Development", "Engineering & Technical", "Information Technology", "Marketing"),
        *("Product", "Sales"),
    }
)
LEVEL_POINTS: Final[Mapping[str, int]] = {
    "founder": 60, "c-suite": 60, "partner": 54, "vice president": 50, "director": 44, "manager": 34,
    "senior": 24, "entry": 12, "other": 8, "intern": 4,
}  # fmt: skip
BUDGET_POINTS, CHAMPION_POINTS, OTHER_POINTS = 30, 22, 10
"""For the department; of several the best counts."""
EMAIL_POINTS = PHONE_POINTS = 5
"""For a detail by which somebody can be reached."""

_EMAIL, _PHONE = bit_of("email"), bit_of("phone")
_LEVELS = {level.id: level.name for level in SENIORITIES}


class Fit(NamedTuple):
    """A role, and how well somebody fits it: from 0 to 100 points."""

    role: BuyingRole
    points: int


@lru_cache(maxsize=4096)
def fit(level: str, departments: Sequence[str], *, has_email: bool, has_phone: bool) -> Fit:
    """The role of a level and departments, and the points: those of the level, of the department, and of what
    they can be reached by."""
    holds_budget = not HOLD_BUDGETS.isdisjoint(departments)
    champions = not CHAMPION.isdisjoint(departments)
    role: BuyingRole = "end user"
    if level in LEADERS or (level == "manager" and holds_budget):
        role = "decision maker"
    elif level in {"manager", "senior"} and champions:
        role = "potential champion"
    points = LEVEL_POINTS[level]
    points += BUDGET_POINTS if holds_budget else CHAMPION_POINTS if champions else OTHER_POINTS
    return Fit(role, points + EMAIL_POINTS * has_email + PHONE_POINTS * has_phone)


def fit_of_person(person: Person) -> Fit:
    """How a person fits."""
    return _fit(person.job.seniority.name, tuple(person.job.departments), point_bits(person))


def fits_of_rows(index: SearchIndex, rows: Sequence[int]) -> list[Fit]:
    """How those in rows of an index fit, without making any of them."""
    columns, names = index.columns, index.search_world.departments
    levels, departments, points = (
        column[rows].tolist() for column in (columns.levels, columns.departments, columns.points)
    )
    named = {
        bits: tuple(name for at, name in enumerate(names) if bits >> at & 1) for bits in set(departments)
    }
    return [
        _fit(_LEVELS[level], named[bits], point)
        for level, bits, point in zip(levels, departments, points, strict=True)
    ]


def _fit(level: str, departments: tuple[str, ...], points: int) -> Fit:
    return fit(level, departments, has_email=points & _EMAIL != 0, has_phone=points & _PHONE != 0)
