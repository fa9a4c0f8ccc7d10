"""The signals of companies and people in a world: those that are pinned, or else those that are drawn.

``later`` says whether also those drawn of days after the world's own count (see ``generate.events``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.world.fast.signal_days import signal_days
from mock_lusha.world.generate.events import company_events, contact_events
from mock_lusha.world.generate.linkedin_activity import LinkedinActivity
from mock_lusha.world.generate.signals import (
    ALL,
    COMPANY_TYPES,
    CompanySignal,
    ContactSignal,
    company_signals,
    contact_signals,
    dated_signals,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.generate.events import ContactEvent
    from mock_lusha.world.world import World


def signals_of_company(
    world: World, company: Company, kinds: Collection[str], since: date, until: date, *, later: bool
) -> dict[str, list[CompanySignal]]:
    """Type -> signals of a company from ``since`` to ``until``, newest first; no type is empty."""
    given = world.given_signals(company.domain)
    by_kind: dict[str, list[CompanySignal]] = {}
    if given is None:
        by_kind = company_signals(world.seed, world.as_of, world.pools, company, kinds, since, until)
        if not later or until <= world.as_of:
            return by_kind
        events = company_events(world, company, until)
        further = [event for event in events if isinstance(event, CompanySignal)]
    else:
        further = dated_signals(world.seed, world.pools, company, given)
    for signal in further:
        if since <= signal.day <= until and (ALL in kinds or signal.kind in kinds):
            by_kind.setdefault(signal.kind, []).insert(0, signal)
    return {kind: by_kind[kind] for kind in COMPANY_TYPES if kind in by_kind}


def days_of_company(world: World, company: Company) -> dict[str, list[date]]:
    """Type -> days of the signals of a company, none of them drawn of days after the world's own."""
    given = world.given_signals(company.domain)
    if given is None:
        return signal_days(world.seed, world.as_of, company)
    return {kind: [day for name, day in given if name == kind] for kind, _ in given}


def activities_of_company(
    world: World, company: Company, since: date, until: date, *, later: bool
) -> list[LinkedinActivity]:
    """What people of a company wrote on LinkedIn from ``since`` to ``until``, newest first."""
    rows = world.linkedin_activities(company.domain, since, until)
    if later and until > world.as_of:
        events = company_events(world, company, until)
        newer = [row for row in events if isinstance(row, LinkedinActivity) and row.day >= since]
        rows = [*reversed(newer), *rows]
    return rows


def signals_of_person(
    world: World, person: Person, kinds: Collection[str], since: date, until: date, *, later: bool
) -> list[ContactSignal | ContactEvent]:
    """The moves of a person from ``since`` to ``until``, newest first."""
    pinned = world.pins.people.get(person.key) if world.pins.people else None
    signals: list[ContactSignal | ContactEvent] = []
    if pinned is not None and pinned.signals is not None:
        signals += (ContactSignal(kind, day) for kind, day in pinned.signals)
    else:
        if later and until > world.as_of:
            signals += reversed(contact_events(world, person, until))
        signals += contact_signals(person, kinds, since, until)
    return [
        signal
        for signal in signals
        if since <= signal.day <= until and (ALL in kinds or signal.kind in kinds)
    ]
