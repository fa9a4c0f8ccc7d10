"""What a criterion of signals wants of companies' signals, type by type."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY, WINDOW
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from datetime import date

    from mock_lusha.world.generate.signals import Hiring
    from mock_lusha.world.search.criteria import SignalCriterion

    HiringNames = tuple[str | None, ...]
    """A folded department, or a folded country and state, where None is any."""

BY_DEPARTMENT, BY_LOCATION = "surgeInHiringByDepartment", "surgeInHiringByLocation"
"""The types that tell who is hired, or where."""


def signal_names(value: SignalCriterion) -> tuple[str, ...]:
    """The types of a criterion one by one. All are those of both generations; v3 names its own besides."""
    if ALL not in value.names:
        return value.names
    return (*COMPANY_TYPES, *(name for name in value.names if name == LINKEDIN_ACTIVITY))


def activity_since(value: SignalCriterion) -> date:
    """The first day that counts of what people write: none is shown that is older than WINDOW days."""
    return max(value.since, value.until - timedelta(days=WINDOW))


def hiring_wanted(value: SignalCriterion, name: str) -> list[tuple[date, HiringNames]] | None:
    """What a criterion wants of signals of a type that tell who is hired: the first day that counts, and the
    department or place; None where all of them will do."""
    if name == BY_DEPARTMENT and value.departments is not None:
        return [(first, (fold(department),)) for department, first in value.departments]
    if name == BY_LOCATION and value.locations is not None:
        return [
            (first, tuple(None if text is None else fold(text) for text in (country, state)))
            for country, state, first in value.locations
        ]
    return None


def hires(facts: Hiring, names: HiringNames) -> bool:
    """Whether it is about the department, or the country and state."""
    own = (facts.country, facts.state) if facts.department is None else (facts.department,)
    return all(name is None or name == fold(text or "") for name, text in zip(names, own, strict=True))
