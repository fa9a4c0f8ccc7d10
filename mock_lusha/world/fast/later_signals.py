"""Which companies had signals after the world's day: the twin of ``generate.events``, by months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.fast.draws import pick_index
from mock_lusha.world.generate.events import (
    ACTIVITY_BELOW,
    ACTIVITY_LANE,
    COMPANY_BELOW,
    FAMILIES,
    months_between,
)
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY, category_of
from mock_lusha.world.generate.signals import HIRING_DEPARTMENTS, Hiring
from mock_lusha.world.identity import fold
from mock_lusha.world.search.signal_match import (
    BY_DEPARTMENT,
    activity_since,
    hires,
    hiring_wanted,
    signal_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.search.criteria import Mask, SignalCriterion
    from mock_lusha.world.search.signal_match import HiringNames

_DAY_LANE, _TOPIC_LANE, _HIRING_LANE = 0, 1, 3


def later_mask(companies: CompanyColumns, value: SignalCriterion) -> Mask:
    """The companies, by number, that had a signal of one of the types after the world's day."""
    mask = np.zeros(len(companies), dtype=bool)
    for year, month in months_between(companies.world.as_of, value.until):
        for name in signal_names(value):
            for rows in _fitting(companies, value, name, year, month):
                mask[rows] = True
    return mask


def _fitting(
    companies: CompanyColumns, value: SignalCriterion, name: str, year: int, month: int
) -> Iterator[Any]:
    """Numbers of companies that have a signal of a type in a month as a criterion wants it."""
    draw = companies.facts.month(year, month)
    has_signals = companies.employees >= 0
    if name == LINKEDIN_ACTIVITY:
        there = has_signals & (companies.staff > 0) & (draw[ACTIVITY_LANE] < ACTIVITY_BELOW)
        rows = there.nonzero()[0]
        days, topic = companies.facts.event_lanes(name, year, month, rows, (_DAY_LANE, _TOPIC_LANE))
        fits = _within(companies, days, year, month, activity_since(value), value.until)
        if value.categories is not None:
            wanted = set(map(fold, value.categories))
            topics = companies.world.pools.topics
            fits &= np.array([fold(category_of(each)) in wanted for each in topics])[
                pick_index(len(topics), topic)
            ]
        yield rows[fits]
        return
    found = [(at, kinds) for at, kinds in enumerate(FAMILIES.values()) if name in kinds]
    if not found:
        return  # nobody knows the type
    ((family, kinds),) = found
    there = has_signals & (draw[family] < COMPANY_BELOW) & (draw[family] % len(kinds) == kinds.index(name))
    if name.startswith("headcountIncrease"):
        there &= companies.employees >= 2
    rows = there.nonzero()[0]
    days, lane = companies.facts.event_lanes(name, year, month, rows, (_DAY_LANE, _HIRING_LANE))
    wanted_hiring = hiring_wanted(value, name)
    if wanted_hiring is None:
        yield rows[_within(companies, days, year, month, value.since, value.until)]
        return
    for first, names in wanted_hiring:
        fits = _within(companies, days, year, month, first, value.until)
        yield rows[fits & _hired(companies, rows, lane, name, names)]


def _hired(companies: CompanyColumns, rows: Any, lane: Any, name: str, names: HiringNames) -> Any:
    """By row, whether a signal is about a department, or a place."""
    if name == BY_DEPARTMENT:
        departments = np.array([fold(department) in names for department in HIRING_DEPARTMENTS])
        return departments[pick_index(len(HIRING_DEPARTMENTS), lane)]
    offices, places = companies.facts.offices, companies.places.places
    there = [hires(Hiring(1, 1, 0, country=each.country, state=each.state), names) for each in places]
    office = pick_index(np.maximum(1, offices.count[rows]), lane)
    return np.array([*there, False])[offices.places[office, rows]]


def _within(companies: CompanyColumns, lane: Any, year: int, month: int, since: date, until: date) -> Any:
    """By row, whether the day that a lane picks in a month lies after the world's and in these days."""
    first = date(year, month, 1).toordinal()
    days = first + (lane * monthrange(year, month)[1] >> 16)
    after = max(companies.world.as_of.toordinal() + 1, since.toordinal())
    return (days >= after) & (days <= until.toordinal())
