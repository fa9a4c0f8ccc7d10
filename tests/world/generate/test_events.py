"""Events: what happens to people and companies after the world's day, as time passes."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from mock_lusha.services.signals import (
    SignalRequest,
    activities_of_company,
    signals_of_company,
    signals_of_person,
)
from mock_lusha.world.generate.events import ContactEvent, company_events, contact_events, events
from mock_lusha.world.generate.linkedin_activity import (
    INTENT_CATEGORIES,
    LINKEDIN_ACTIVITY,
    LinkedinActivity,
    category_of,
)
from mock_lusha.world.generate.positions import STEPS
from mock_lusha.world.generate.signals import (
    ALL,
    COMPANY_TYPES,
    CompanySignal,
    Headcount,
    company_signals,
)
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.pools import Pools

TODAY = date(2026, 3, 31)
LATER = date(2027, 3, 31)


@pytest.fixture(scope="module")
def own_world(pools: Pools) -> World:
    return World("lusha", TODAY, pools, companies=120, people=720)


@pytest.fixture(scope="module")
def companies(own_world: World) -> list[Company]:
    return [own_world.company(listed.domain) for listed in own_world.directory.companies]


@pytest.fixture(scope="module")
def people(own_world: World) -> list[Person]:
    keys = map(own_world.key_of_number, range(own_world.directory.people))
    return [own_world.person(key) for key in keys if key is not None]


def asks(*kinds: str, since: date = TODAY, until: date = LATER) -> SignalRequest:
    return SignalRequest(kinds, since, until, later=True)


def test_nothing_happens_up_to_the_day_of_the_world(
    own_world: World, companies: list[Company], people: list[Person]
) -> None:
    for until in (TODAY, TODAY - timedelta(days=400)):
        assert not any(company_events(own_world, company, until) for company in companies)
        assert not any(contact_events(own_world, person, until) for person in people)


def test_what_comes_later_changes_nothing_that_came_before(
    own_world: World, companies: list[Company], people: list[Person]
) -> None:
    half = date(2026, 10, 15)
    for company in companies:
        year = company_events(own_world, company, LATER)
        assert company_events(own_world, company, half) == [e for e in year if e.day <= half]
        assert events(own_world, company, half, LATER) == [e for e in year if e.day >= half]
    for person in people:
        moves = contact_events(own_world, person, LATER)
        assert contact_events(own_world, person, half) == [e for e in moves if e.day <= half]
        assert events(own_world, person, half, LATER) == [e for e in moves if e.day >= half]


def test_events_follow_from_the_seed_and_not_from_what_was_asked_before(
    pools: Pools, own_world: World, companies: list[Company]
) -> None:
    again = World("lusha", TODAY, pools, companies=120, people=720)
    other = World("other", TODAY, pools, companies=120, people=720)

    for company in reversed(companies):
        same = again.company(company.domain)
        assert company_events(again, same, LATER) == company_events(own_world, company, LATER)
    assert [company_events(other, company, LATER) for company in companies] != [
        company_events(own_world, company, LATER) for company in companies
    ]


def test_every_type_happens_about_as_often_as_it_did_before(
    own_world: World, companies: list[Company]
) -> None:
    later = Counter(
        event.kind if isinstance(event, CompanySignal) else LINKEDIN_ACTIVITY
        for company in companies
        for event in company_events(own_world, company, LATER)
    )
    before = sum(
        len(signals)
        for company in companies
        for signals in company_signals(
            own_world.seed, TODAY, own_world.pools, company, [ALL], date.min, TODAY
        ).values()
    )

    assert set(later) == {*COMPANY_TYPES, LINKEDIN_ACTIVITY}
    assert before / 2 < later.total() - later[LINKEDIN_ACTIVITY] < before * 2


def test_facts_of_events_are_those_of_signals(own_world: World, companies: list[Company]) -> None:
    for company in companies:
        signals = [e for e in company_events(own_world, company, LATER) if isinstance(e, CompanySignal)]
        assert len({(signal.kind, signal.id) for signal in signals}) == len(signals)
        for signal in signals:
            if isinstance(signal.facts, Headcount):
                assert (signal.facts.change > 0) is ("Increase" in signal.kind)
                assert signal.facts.after == company.employees


def test_partial_companies_have_no_events(own_world: World, companies: list[Company]) -> None:
    partial = [company for company in companies if company.partial]

    assert partial
    assert not any(company_events(own_world, company, LATER) for company in partial)


def test_a_person_moves_from_the_job_of_before_one_step_up_or_elsewhere(
    own_world: World, people: list[Person]
) -> None:
    kinds: Counter[str] = Counter()
    for person in people:
        job = person.job
        for move in contact_events(own_world, person, LATER):
            kinds[move.kind] += 1
            assert move.previous == job
            assert move.job.departments == job.departments
            if move.kind == "promotion":
                assert move.job.domain == job.domain
                assert STEPS[move.job.seniority.name] == STEPS[job.seniority.name] + 1
            else:
                assert move.job.domain != job.domain
                assert own_world.company(move.job.domain).name == move.job.company
            job = move.job
    assert min(kinds["promotion"], kinds["companyChange"]) > 10
    assert kinds.total() < len(people) / 2


def test_events_end_after_two_years(own_world: World, people: list[Person], companies: list[Company]) -> None:
    end, never = date(2028, 4, 1), date(2200, 1, 1)

    entities: list[Person | Company] = [*people[:50], *companies[:10]]
    for entity in entities:
        assert events(own_world, entity, date.min, never) == events(
            own_world, entity, date.min, date(2029, 1, 1)
        )
        assert not events(own_world, entity, end + timedelta(days=30), never)


def test_services_show_events_beside_signals_newest_first(
    own_world: World, companies: list[Company], people: list[Person]
) -> None:
    for company in companies:
        until_then = signals_of_company(own_world, asks(ALL, since=date.min, until=TODAY), company)
        by_kind = signals_of_company(own_world, asks(ALL, since=date.min), company)
        assert list(by_kind) == [kind for kind in COMPANY_TYPES if kind in by_kind]
        for kind, signals in by_kind.items():
            days = [signal.day for signal in signals]
            assert days == sorted(days, reverse=True)
            assert [s for s in signals if s.day <= TODAY] == until_then.get(kind, [])
    later = [signals_of_person(own_world, asks("companyChange"), person) for person in people]
    moves = [signal for by_kind in later for signal in by_kind.get("companyChange", [])]
    assert any(isinstance(move, ContactEvent) for move in moves)
    assert not any("promotion" in by_kind for by_kind in later)


# Activities on LinkedIn


def written(own_world: World, companies: list[Company], since: date, until: date) -> list[LinkedinActivity]:
    return [
        row
        for company in companies
        for row in activities_of_company(
            own_world, asks(LINKEDIN_ACTIVITY, since=since, until=until), company
        )
    ]


def test_authors_and_companies_of_activities_exist(own_world: World, companies: list[Company]) -> None:
    rows = written(own_world, companies, date.min, TODAY)

    assert rows
    for row in rows:
        assert own_world.knows_person(row.author)
        assert all(own_world.knows_person(key) and key != row.author for key in row.people)
        assert all(map(own_world.knows_company, row.companies))
        assert all(category == category_of(topic) for topic, category in row.topics)
        assert "/mock-lusha-" in row.url
    assert any(row.people for row in rows)
    assert any(row.companies for row in rows)
    assert {row.summary is None for row in rows} == {True, False}


def test_activities_are_of_the_last_90_days_whatever_is_asked_for(
    own_world: World, companies: list[Company]
) -> None:
    for until in (TODAY, date(2026, 6, 15), LATER):
        days = [row.day for row in written(own_world, companies, date.min, until)]
        assert days
        assert until - timedelta(days=90) <= min(days) <= max(days) <= until


def test_activities_are_shown_where_all_types_are_asked_for_and_by_category(
    own_world: World, companies: list[Company]
) -> None:
    named = written(own_world, companies, date.min, TODAY)
    every = [
        row
        for c in companies
        for row in activities_of_company(own_world, asks(ALL, until=TODAY, since=date.min), c)
    ]
    technology = SignalRequest((ALL,), date.min, TODAY, categories=frozenset({"technology"}))
    kept = [row for c in companies for row in activities_of_company(own_world, technology, c)]

    assert every == named
    assert 0 < len(kept) < len(named)
    assert all("Technology" in {category for _, category in row.topics} for row in kept)
    assert not any(activities_of_company(own_world, asks("riskNews", since=date.min), c) for c in companies)


def test_every_topic_has_a_category(pools: Pools) -> None:
    assert {category_of(topic) for topic in pools.topics} == set(INTENT_CATEGORIES)
    assert category_of("Cloud Security") == "Security"
    assert category_of("Cloud Migration") == "Technology"
    assert category_of("Payroll") == "Human Resources"
