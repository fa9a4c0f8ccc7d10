"""Which companies have the signals that a criterion asks for: the twin of ``search.signal_match``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.fast.draws import pick_index
from mock_lusha.world.fast.later_signals import later_mask
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY, MOST, category_of
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
    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.search.criteria import Mask, SignalCriterion


def signal_mask(companies: CompanyColumns, value: SignalCriterion) -> Mask:
    """The companies, by number, that have a signal of one of the types in these days."""
    mask = np.zeros(len(companies), dtype=bool)
    plain = []
    for name in signal_names(value):
        if name == LINKEDIN_ACTIVITY:
            mask |= _activity(companies, value)
        elif hiring_wanted(value, name) is not None:
            mask |= _hiring(companies, value, name)
        else:
            plain.append(name)
    # Those that tell nothing further are asked together: what one settles the next need not look at.
    mask |= companies.signals.between(plain, value.since, value.until)
    if value.later and value.until > companies.world.as_of:
        mask |= later_mask(companies, value)
    return mask


def _activity(companies: CompanyColumns, value: SignalCriterion) -> Mask:
    columns, as_of = companies.facts.activities, companies.world.as_of
    fits = np.arange(MOST)[:, None] < columns.count
    fits &= columns.ages >= (as_of - value.until).days
    fits &= columns.ages <= (as_of - activity_since(value)).days
    if value.categories is not None:
        wanted = set(map(fold, value.categories))
        # Topics are asked once each; -1 means no second topic.
        about = np.array(
            [*(fold(category_of(topic)) in wanted for topic in companies.world.pools.topics), False]
        )
        fits &= about[columns.topics] | about[columns.seconds]
    return fits.any(axis=0)


def _hiring(companies: CompanyColumns, value: SignalCriterion, name: str) -> Mask:
    as_of, offices = companies.world.as_of, companies.facts.offices
    everyone = np.arange(len(companies))
    mask = np.zeros(len(companies), dtype=bool)
    aged = companies.signals.ages(name)
    lanes = companies.facts.hiring(name, aged[0] > 0)
    for first, names in hiring_wanted(value, name) or ():
        fits: Any
        if name == BY_DEPARTMENT:
            fits = np.array([fold(department) in names for department in HIRING_DEPARTMENTS])
        else:
            places = companies.places.places
            fits = np.array([hires(_at(p.country, p.state), names) for p in places] + [False])
        for ages, lane in zip(aged, lanes, strict=True):
            own = (ages > 0) & (ages <= (as_of - first).days) & (ages >= (as_of - value.until).days)
            if name == BY_DEPARTMENT:
                mask |= own & fits[pick_index(len(HIRING_DEPARTMENTS), lane)]
            else:
                # Where a company has no office, it is not known and has no signals either.
                office = pick_index(np.maximum(1, offices.count), lane)
                mask |= own & fits[offices.places[office, everyone]]
    return mask


def _at(country: str, state: str | None) -> Hiring:
    return Hiring(1, 1, 0, country=country, state=state)
