"""Events: signals of people and companies on days after the world's own, which come as time passes.

They are drawn by month, of whoever they happen to: what comes in a month depends on nothing that was asked
before, and the world itself stays as it was on its day. Nothing comes later than two years after it, so that
work stays bounded wherever a clock is set to.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mock_lusha.seeded import lanes, number, pick
from mock_lusha.values import frozen
from mock_lusha.world.entities import Company, Job
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY, activity
from mock_lusha.world.generate.positions import LADDER, STEPS
from mock_lusha.world.generate.signals import COMPANY_TYPES, CompanySignal, dated_signals, signal_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.entities import Person
    from mock_lusha.world.generate.linkedin_activity import LinkedinActivity
    from mock_lusha.world.world import World

MOST_MONTHS = 24
COMPANY_BELOW, ACTIVITY_BELOW, MOVE_BELOW = 2_600, 5_400, 1_000
"""Lanes below: a type of signals comes up in a month (one in 25), somebody writes, somebody moves. Whether
somebody moves in a month of a year is drawn for all of its months at once."""
CHANGE_BELOW = 36_000
"""A lane below it: the move is to another company."""
HIGHEST = STEPS["vice president"]
FAMILIES: dict[str, list[str]] = {}
for _kind in COMPANY_TYPES:
    # Opposite types share one draw: nothing rises and falls in the same month.
    _family = _kind.replace("Increase", "Change").replace("Decrease", "Change")
    FAMILIES.setdefault(_family, []).append(_kind)
ACTIVITY_LANE = len(FAMILIES)


@frozen
class ContactEvent:
    """A move of a person after the world's day: ``kind`` is promotion or companyChange, from the ``previous``
    job to the ``job``."""

    kind: str
    day: date
    job: Job
    previous: Job


def events(
    world: World, entity: Person | Company, since: date, until: date
) -> Sequence[ContactEvent | CompanySignal | LinkedinActivity]:
    """What happens to a person or company from ``since`` to ``until``, both included, oldest first."""
    if isinstance(entity, Company):
        return [event for event in company_events(world, entity, until) if since <= event.day]
    return [event for event in contact_events(world, entity, until) if since <= event.day]


def company_events(world: World, company: Company, until: date) -> list[CompanySignal | LinkedinActivity]:
    """What happens to a company after the world's day up to ``until``, oldest first."""
    if company.partial or company.employees is None or until <= world.as_of:
        return []
    given = world.given_signals(company.domain)
    if given is not None:
        dated = dated_signals(world.seed, world.pools, company, given)
        return [signal for signal in dated if world.as_of < signal.day <= until]
    drawn = [
        event
        for year, month in months_between(world.as_of, until)
        for event in _company_month(world, company, year, month)
        if world.as_of < event.day <= until
    ]
    return sorted(drawn, key=lambda event: (event.day, event.id))


def contact_events(world: World, person: Person, until: date) -> list[ContactEvent]:
    """The moves of a person after the world's day up to ``until``, oldest first."""
    moves: list[ContactEvent] = []
    job = person.job
    pinned = world.pins.people.get(person.key) if world.pins.people else None
    if pinned is not None and pinned.signals is not None:
        before = person.previous or job
        return [
            ContactEvent(kind, day, job, job if kind == "promotion" else before)
            for kind, day in reversed(pinned.signals)
            if world.as_of < day <= until
        ]
    whether: dict[int, Lanes] = {}
    for year, month in months_between(world.as_of, until):
        if year not in whether:
            whether[year] = lanes(world.seed, "events", *person.key, year)
        if whether[year][month - 1] >= MOVE_BELOW:
            continue
        own = lanes(world.seed, "event", *person.key, f"{year}-{month}")
        day = _day(year, month, own[0])
        if world.as_of < day <= until:
            kind, new = _next_job(world, job, own)
            moves.append(ContactEvent(kind, day, new, job))
            job = new
    return moves


def months_between(after: date, until: date) -> Iterator[tuple[int, int]]:
    """(year, month) of the months from the world's day to another one."""
    first = after.year * 12 + after.month - 1
    last = min(until.year * 12 + until.month - 1, first + MOST_MONTHS)
    for at in range(first, last + 1):
        year, month = divmod(at, 12)
        yield year, month + 1


def _day(year: int, month: int, lane: int) -> date:
    return date(year, month, 1) + timedelta(days=lane * monthrange(year, month)[1] >> 16)


def _company_month(
    world: World, company: Company, year: int, month: int
) -> Iterator[CompanySignal | LinkedinActivity]:
    text = f"{year}-{month}"
    draw = lanes(world.seed, "events", company.domain, text)
    for lane, kinds in zip(draw, FAMILIES.values(), strict=False):
        if lane >= COMPANY_BELOW:
            continue
        kind = kinds[lane % len(kinds)]
        if kind.startswith("headcountIncrease") and (company.employees or 0) < 2:
            continue
        own = lanes(world.seed, "event", company.domain, kind, text)
        day = _day(year, month, own[0])
        id_ = 1_000_000 + number(world.seed, company.domain, kind, text) % 9_000_000
        yield CompanySignal(kind, id_, day, signal_facts(world.pools, company, kind, day, own))
    if draw[ACTIVITY_LANE] < ACTIVITY_BELOW:
        people = world.colleagues(company.domain)
        own = lanes(world.seed, "event", company.domain, LINKEDIN_ACTIVITY, text)
        if people:
            topic = pick(world.pools.topics, own[1])
            others = world.company_profile(company.domain).competitors
            yield activity(world.seed, company, _day(year, month, own[0]), (topic,), people, others, text)


def _next_job(world: World, job: Job, own: Lanes) -> tuple[str, Job]:
    """One step up at the same company, or a job like it at another one."""
    step = STEPS[job.seniority.name]
    titles = world.pools.careers.titles[job.departments[0] if job.departments else "Other"]
    if own[1] >= CHANGE_BELOW and step < HIGHEST:
        title = pick(titles[LADDER[step + 1].name], own[2])
        return "promotion", Job(title, job.departments, LADDER[step + 1], job.company, job.domain)
    listed = world.directory.companies
    at = own[3] * len(listed) >> 16
    # Not the company where they are already, unless there is no other.
    domain = listed[at if listed[at].domain != job.domain else at - 1].domain
    title = pick(titles[job.seniority.name], own[2])
    return "companyChange", Job(title, job.departments, job.seniority, world.company(domain).name, domain)
