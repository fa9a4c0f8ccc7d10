"""What happened lately to people and companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mock_lusha.world.entities import PersonKey
from mock_lusha.world.generate.signals import (
    ALL,
    COMPANY_TYPES,
    CONTACT_TYPES,
    NEWS_EVENTS,
    Headcount,
    Hiring,
    ItSpend,
    News,
    Traffic,
    company_signals,
    contact_signals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.generate.signals import CompanySignal
    from mock_lusha.world.world import World

YEAR = timedelta(days=365)
HORIZONS = ("1m", "3m", "6m", "12m")
Found = dict[str, list["CompanySignal"]]


def signals_of(
    world: World,
    company: Company,
    kinds: Iterable[str] = (ALL,),
    since: date | None = None,
    until: date | None = None,
) -> Found:
    return company_signals(
        world.seed,
        world.as_of,
        world.pools,
        company,
        kinds,
        since or world.as_of - YEAR,
        until or world.as_of,
    )


@pytest.fixture(scope="module")
def companies(world: World) -> list[Company]:
    known = [world.company(listed.domain) for listed in world.directory.companies]
    return known + [world.company(f"acme{number}-com.example") for number in range(300)]


@pytest.fixture(scope="module")
def found(world: World, companies: list[Company]) -> list[tuple[Company, Found]]:
    """Each company with all its signals of a year."""
    return [(company, signals_of(world, company)) for company in companies]


@pytest.fixture(scope="module")
def people(world: World) -> list[Person]:
    keys = [world.key_of_number(number) for number in range(0, 20_000, 10)]
    return [world.person(key) for key in keys if key is not None] + [
        world.person(PersonKey(f"jane-doe{n}", "acme-com.example")) for n in range(200)
    ]


# People


def moves(world: World, person: Person, kind: str, days: int = 36_500) -> list[tuple[str, date]]:
    made = contact_signals(person, [kind], world.as_of - timedelta(days=days), world.as_of)
    return [(signal.kind, signal.day) for signal in made]


def test_a_move_in_the_same_house_is_a_promotion_and_else_a_change(
    world: World, people: list[Person]
) -> None:
    kinds = set()
    for person in people:
        made = moves(world, person, ALL)
        if person.previous is None:
            assert made == []
            continue
        same = person.previous.domain == person.job.domain
        kind, other = CONTACT_TYPES if same else CONTACT_TYPES[::-1]
        kinds.add(kind)

        assert made == [(kind, person.job_start)]
        assert moves(world, person, kind) == made
        assert moves(world, person, other) == []

    assert kinds == {"promotion", "companyChange"}


def test_a_move_shows_only_in_the_window_both_days_included(people: list[Person]) -> None:
    person = next(person for person in people if person.previous is not None)
    day, step = person.job_start, timedelta(days=1)

    assert len(contact_signals(person, [ALL], day, day)) == 1
    assert contact_signals(person, [ALL], day + step, day + YEAR) == []
    assert contact_signals(person, [ALL], day - YEAR, day - step) == []
    assert contact_signals(person, [], day, day) == []
    assert contact_signals(person, ["nothing"], day, day) == []


def test_some_but_not_most_people_moved_within_half_a_year(world: World, people: list[Person]) -> None:
    moved = sum(bool(moves(world, person, ALL, days=182)) for person in people)

    assert 0.05 < moved / len(people) < 0.5


# Companies


def test_there_are_the_22_types_and_the_26_events() -> None:
    assert len(set(COMPANY_TYPES)) == len(COMPANY_TYPES) == 22
    assert sum(map(len, NEWS_EVENTS.values())) == 26
    assert {f"headcount{way}{h}" for way in ("Increase", "Decrease") for h in HORIZONS} < set(COMPANY_TYPES)


def test_every_type_occurs(found: list[tuple[Company, Found]]) -> None:
    assert {kind for _, kinds in found for kind in kinds} == set(COMPANY_TYPES)


def test_every_event_occurs(found: list[tuple[Company, Found]]) -> None:
    events = {
        signal.facts.event
        for _, kinds in found
        for signals in kinds.values()
        for signal in signals
        if isinstance(signal.facts, News)
    }

    assert events == {event for events in NEWS_EVENTS.values() for event in events}


def test_a_partial_company_has_none(found: list[tuple[Company, Found]]) -> None:
    assert any(company.partial for company, _ in found)
    assert all(not kinds for company, kinds in found if company.partial)


def test_signals_lie_in_the_last_year_newest_first(world: World, found: list[tuple[Company, Found]]) -> None:
    for _, kinds in found:
        for signals in kinds.values():
            days = [signal.day for signal in signals]

            assert days == sorted(days, reverse=True)
            assert all(world.as_of - YEAR <= day <= world.as_of for day in days)


@pytest.mark.parametrize(("since", "until"), [(30, 0), (182, 31), (1, 0), (365, 364)])
def test_a_window_shows_what_lies_in_it(
    world: World, found: list[tuple[Company, Found]], since: int, until: int
) -> None:
    first, last = world.as_of - timedelta(days=since), world.as_of - timedelta(days=until)
    for company, kinds in found[::4]:
        inside = {
            kind: kept
            for kind, signals in kinds.items()
            if (kept := [signal for signal in signals if first <= signal.day <= last])
        }

        assert signals_of(world, company, since=first, until=last) == inside


def test_asking_for_a_type_shows_it_and_no_other(world: World, found: list[tuple[Company, Found]]) -> None:
    company, kinds = max(found, key=lambda pair: len(pair[1]))
    for kind in COMPANY_TYPES:
        assert signals_of(world, company, [kind]) == ({kind: kinds[kind]} if kind in kinds else {})
    wanted = list(kinds)[:3]

    assert signals_of(world, company, wanted) == {kind: kinds[kind] for kind in wanted}
    assert signals_of(world, company, [*wanted, ALL]) == kinds
    assert signals_of(world, company, []) == {}


def test_the_same_question_has_the_same_answer(world: World, companies: list[Company]) -> None:
    for company in companies[::20]:
        assert signals_of(world, company) == signals_of(world, company)


def test_nothing_rises_and_falls_over_the_same_months(found: list[tuple[Company, Found]]) -> None:
    families = ["websiteTraffic{}", "itSpend{}", *(f"headcount{{}}{horizon}" for horizon in HORIZONS)]
    for _, kinds in found:
        for family in families:
            assert not {family.format("Increase"), family.format("Decrease")} <= set(kinds)


def test_a_headcount_ends_at_the_number_of_employees(found: list[tuple[Company, Found]]) -> None:
    for company, kinds in found:
        for kind, signals in kinds.items():
            for signal in signals:
                if kind.startswith("headcount"):
                    assert isinstance(signal.facts, Headcount)
                    before, after = signal.facts.before, signal.facts.after

                    assert after == company.employees
                    assert before < after if "Increase" in kind else before > after
                    assert signal.facts.change == round((after - before) * 100 / before)
                    assert before > 0


@pytest.mark.parametrize("employees", [1, 2, 3, 10])
def test_even_in_a_small_company_an_increase_is_one(world: World, employees: int) -> None:
    seen = 0
    for number in range(200):
        company = replace(world.company(f"acme{number}-com.example"), employees=employees)
        for kind, signals in signals_of(world, company).items():
            for signal in signals:
                if isinstance(signal.facts, Headcount):
                    seen += 1

                    assert signal.facts.before > 0
                    assert signal.facts.after == employees
                    assert (signal.facts.before < employees) == ("Increase" in kind)

    assert seen


def test_facts_are_of_the_family_of_their_type(found: list[tuple[Company, Found]]) -> None:
    for _, kinds in found:
        for kind, signals in kinds.items():
            for signal in signals:
                facts, up = signal.facts, "Decrease" not in kind

                assert signal.kind == kind
                match facts:
                    case Traffic():
                        assert kind.startswith("websiteTraffic")
                        assert (facts.change > 0) == (facts.last_month > facts.average) == up
                    case ItSpend():
                        assert kind.startswith("itSpend")
                        assert (facts.change > 0) == up
                        assert facts.annual > 0
                    case Hiring():
                        assert kind.startswith("surgeInHiring")
                        assert facts.jobs > facts.average > 0
                        assert facts.change == round((facts.jobs - facts.average) * 100 / facts.average)
                        assert (facts.department is not None) == (kind == "surgeInHiringByDepartment")
                        assert (facts.country is not None) == (kind == "surgeInHiringByLocation")
                    case News():
                        assert kind in NEWS_EVENTS
                    case Headcount():
                        assert kind.startswith("headcount")


def test_hiring_is_where_the_company_has_an_office(found: list[tuple[Company, Found]]) -> None:
    seen = 0
    for company, kinds in found:
        for signal in kinds.get("surgeInHiringByLocation", []):
            assert isinstance(signal.facts, Hiring)
            assert (signal.facts.country, signal.facts.state) in {
                (o.country, o.state) for o in company.offices
            }
            seen += 1

    assert seen


def test_an_event_belongs_to_its_category_and_names_the_company(
    found: list[tuple[Company, Found]],
) -> None:
    for company, kinds in found:
        for kind, signals in kinds.items():
            for signal in signals:
                if isinstance(signal.facts, News):
                    news = signal.facts
                    text = news.title + news.summary + news.highlight

                    assert news.event in NEWS_EVENTS[kind]
                    assert company.name in text
                    assert "{" not in text
                    assert news.effective <= signal.day


def test_ids_of_signals_are_unique_within_a_company(found: list[tuple[Company, Found]]) -> None:
    for _, kinds in found:
        ids = [signal.id for signals in kinds.values() for signal in signals]

        assert len(set(ids)) == len(ids)
