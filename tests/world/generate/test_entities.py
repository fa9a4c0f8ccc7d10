"""What is said of one person or company fits together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from mock_lusha.world.entities import PersonKey
from mock_lusha.world.identity import fold
from mock_lusha.world.pools import SENIORITIES, SIZES

if TYPE_CHECKING:
    from datetime import date

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.pools import Pools
    from mock_lusha.world.world import World

DEPARTMENTS = {
    "Business Development", "Consulting", "Customer Service", "Engineering & Technical", "Finance",
    "General Management", "Health Care & Medical", "Human Resources", "Information Technology", "Legal",
    "Marketing", "Operations", "Other", "Product", "Research & Analytics", "Sales",
}  # fmt: skip
LADDER = ["intern", "entry", "other", "senior", "manager", "director", "vice president", "c-suite"]


@pytest.fixture(scope="module")
def people(world: World) -> list[Person]:
    """Three thousand people of the directory."""
    keys = [world.key_of_number(number) for number in range(0, 20_000, 7)]
    return [world.person(key) for key in keys if key is not None]


@pytest.fixture(scope="module")
def strangers(world: World) -> list[Person]:
    """A thousand people of the open world."""
    return [world.person(PersonKey(f"jane-doe{n}", f"acme{n % 100}-com.example")) for n in range(1000)]


@pytest.fixture(scope="module")
def everybody(people: list[Person], strangers: list[Person]) -> list[Person]:
    return people + strangers


@pytest.fixture(scope="module")
def companies(world: World) -> list[Company]:
    """The directory's companies and 500 of the open world."""
    known = [world.company(listed.domain) for listed in world.directory.companies]
    return known + [world.company(f"acme{number}-com.example") for number in range(500)]


# People


def test_a_title_fits_department_and_level(everybody: list[Person], pools: Pools) -> None:
    for person in everybody:
        for job in (person.job, person.previous):
            if job is not None:
                (department,) = job.departments

                assert job.title in pools.careers.titles[department][job.seniority.name]
                assert job.seniority in SENIORITIES


def test_every_level_and_department_occurs(people: list[Person]) -> None:
    assert {person.job.seniority.name for person in people} == {level.name for level in SENIORITIES}
    assert {person.job.departments[0] for person in people} == DEPARTMENTS


def test_the_levels_have_the_ids_of_the_api() -> None:
    assert {level.name: level.id for level in SENIORITIES} == {
        "founder": 10, "c-suite": 9, "vice president": 8, "partner": 7, "director": 6, "manager": 5,
        "senior": 4, "entry": 3, "intern": 2, "other": 1,
    }  # fmt: skip


def test_a_large_company_is_not_full_of_founders(world: World, people: list[Person]) -> None:
    for person in people:
        employees = world.company(person.key.domain).employees
        if employees is not None and employees > 1000:
            assert person.job.seniority.name not in {"founder", "partner"}


def test_the_employer_is_a_company_of_the_world(world: World, everybody: list[Person]) -> None:
    for person in everybody:
        assert person.job.domain == person.key.domain
        assert person.job.company == world.company(person.key.domain).name
        if person.previous is not None:
            assert person.previous.company == world.company(person.previous.domain).name


def test_the_job_before_was_in_the_same_department(everybody: list[Person]) -> None:
    befores = [(person.previous, person.job) for person in everybody if person.previous is not None]

    assert 0.6 < len(befores) / len(everybody) < 0.95
    assert all(previous.departments == job.departments for previous, job in befores)


def test_a_promotion_is_one_step_up_in_the_same_house(everybody: list[Person]) -> None:
    promoted = 0
    for person in everybody:
        if person.previous is not None and person.previous.domain == person.job.domain:
            promoted += 1

            assert LADDER.index(person.job.seniority.name) - 1 == LADDER.index(person.previous.seniority.name)

    assert promoted > 100


def test_nobody_steps_down_to_a_new_house(everybody: list[Person]) -> None:
    for person in everybody:
        if person.previous is not None and person.job.seniority.name in LADDER:
            assert LADDER.index(person.previous.seniority.name) <= LADDER.index(person.job.seniority.name)


def test_nobody_began_before_there_was_a_company_or_after_today(
    world: World, everybody: list[Person]
) -> None:
    for person in everybody:
        founded = world.company(person.key.domain).founded

        assert person.job_start < world.as_of
        assert founded is None or founded <= person.job_start.year


def test_mailboxes_and_phones_are_up_to_three_and_different(everybody: list[Person]) -> None:
    for person in everybody:
        addresses = [email.address for email in person.emails]
        numbers = [phone.number for phone in person.phones]

        assert len(set(addresses)) == len(addresses) <= 3
        assert len(set(numbers)) == len(numbers) <= 3
        assert len({phone.kind for phone in person.phones}) == len(numbers)
        assert sum(email.kind == "work" for email in person.emails) <= 1


def test_every_number_of_mailboxes_and_phones_occurs(people: list[Person]) -> None:
    emails = Counter(len(person.emails) for person in people)
    phones = Counter(len(person.phones) for person in people)

    assert set(emails) == {0, 1, 2, 3}
    assert set(phones) == {0, 1, 2, 3}
    assert min(*emails.values(), *phones.values()) > len(people) // 20


def test_every_kind_and_confidence_occurs(people: list[Person]) -> None:
    emails = [email for person in people for email in person.emails]
    phones = [phone for person in people for phone in person.phones]

    assert {email.kind for email in emails} == {"work", "private"}
    assert {email.confidence for email in emails} == {"A+", "A", "B"}
    assert {phone.kind for phone in phones} == {"mobile", "direct", "phone"}
    assert {phone.do_not_call for phone in phones} == {True, False}


def test_a_work_mailbox_is_the_name_at_the_company(everybody: list[Person]) -> None:
    for person in everybody:
        for email in person.emails:
            if email.kind == "work":
                assert email.address == f"{person.key.name.replace('-', '.')}@{person.key.domain}"


def test_someone_with_nothing_to_reach_them_by_is_partial(people: list[Person]) -> None:
    partial = [person for person in people if person.partial]

    assert 0 < len(partial) < len(people) // 20
    assert all(not person.emails and not person.phones for person in partial)
    assert all(person.emails or person.phones for person in people if not person.partial)


def test_whoever_is_asked_for_in_the_open_world_can_be_reached(strangers: list[Person]) -> None:
    assert not any(person.partial for person in strangers)


def test_a_name_is_its_parts_and_its_identity(everybody: list[Person]) -> None:
    for person in everybody:
        assert person.full_name == f"{person.first_name} {person.last_name}"
        assert person.key.name == fold(person.full_name)


def test_ids_of_people_are_unique(everybody: list[Person]) -> None:
    assert len({person.id for person in everybody}) == len(everybody)


def test_a_profile_fits_the_department(everybody: list[Person], pools: Pools) -> None:
    careers = pools.careers
    for person in everybody:
        department = person.job.departments[0]

        assert 4 <= len(person.skills) <= 10
        assert set(person.skills) <= set(careers.skills[department])
        assert {c.title for c in person.certifications} <= {
            c["title"] for c in careers.certifications[department]
        }
        assert {(c.degree, c.field) for c in person.courses} <= {
            (c["degree"], c["field"]) for c in careers.courses[department]
        }
        assert {award.title for award in person.awards} <= set(careers.awards)
        assert {award.company for award in person.awards} <= {person.job.company}


def test_nothing_in_a_profile_lies_ahead(everybody: list[Person], world: World) -> None:
    today = world.as_of
    for person in everybody:
        days: list[date] = [person.updated]
        days += [email.updated for email in person.emails]
        days += [phone.updated for phone in person.phones]

        assert all(day <= today for day in days)
        assert all((item.year, item.month) <= (today.year, today.month) for item in person.certifications)
        assert all((item.year, item.month) <= (today.year, today.month) for item in person.awards)
        assert all(course.start_year < course.end_year < today.year for course in person.courses)


# Companies


def test_a_size_holds_the_number_of_employees(companies: list[Company]) -> None:
    for company in companies:
        if company.employees is None:
            assert company.size is None
        else:
            assert company.size in SIZES
            least, most = company.size

            assert least <= company.employees
            assert most is None or company.employees <= most


def test_every_size_occurs(companies: list[Company]) -> None:
    assert {company.size for company in companies} == {*SIZES, None}


def test_revenue_fits_the_number_of_employees(companies: list[Company]) -> None:
    known = [company for company in companies if company.revenue is not None]

    assert len(known) > len(companies) // 2
    for company in known:
        assert company.employees is not None
        assert company.revenue is not None
        least, most = company.revenue

        assert least <= company.employees * 380_000
        assert most is None or company.employees * 60_000 <= most


def test_a_company_has_room_for_the_people_it_lists(world: World) -> None:
    for index, listed in enumerate(world.directory.companies):
        employees = world.company(listed.domain).employees

        assert employees is None or employees >= world.directory.staff_size(index)


def test_no_company_is_younger_than_its_funding(companies: list[Company], world: World) -> None:
    funded = [company for company in companies if company.funding is not None]

    assert funded
    for company in funded:
        assert company.funding is not None
        assert company.founded is not None
        days = [round_.day for round_ in company.funding.rounds]

        assert days == sorted(days)
        assert company.founded <= days[0].year
        assert days[-1] <= world.as_of
        assert all(round_.amount > 0 for round_ in company.funding.rounds)
        assert all(round_.lead_investors for round_ in company.funding.rounds)


def test_an_ipo_is_of_a_public_company(companies: list[Company]) -> None:
    for company in companies:
        if company.funding is not None:
            assert company.funding.is_ipo == (company.kind == "Public company")


def test_what_is_said_of_a_company_is_of_its_trade(companies: list[Company], pools: Pools) -> None:
    trades = {trade.industry: trade for trade in pools.trades}
    for company in companies:
        if company.industry is not None:
            trade = trades[company.industry]

            assert set(company.specialities) <= set(trade.specialities)
            assert set(company.sic) <= set(trade.sic)
            assert set(company.naics) <= set(trade.naics)
            assert company.sic
            assert company.naics
            assert set(company.technologies) <= set(pools.technologies)


def test_a_description_tells_what_the_facts_tell(companies: list[Company]) -> None:
    years = 0
    for company in companies:
        if company.description is not None:
            years += str(company.founded) in company.description

            assert company.description.startswith(f"{company.name} ")
            assert "{" not in company.description
            assert company.place.city in company.description

    assert years > len(companies) // 2


def test_intent_is_of_known_topics_within_its_scale(companies: list[Company], pools: Pools) -> None:
    for company in companies:
        names = [topic.name for topic in company.intent]

        assert len(set(names)) == len(names)
        assert set(names) <= set(pools.topics)
        assert all(60 <= topic.score <= 100 and -15 <= topic.trend <= 20 for topic in company.intent)


def test_the_head_office_is_the_first_of_different_offices(companies: list[Company]) -> None:
    for company in companies:
        if not company.partial:
            assert company.offices[0] == company.place
            assert len(set(company.offices)) == len(company.offices)


def test_of_a_partial_company_only_name_and_place_are_known(companies: list[Company]) -> None:
    partial = [company for company in companies if company.partial]

    assert len(companies) // 100 < len(partial) < len(companies) // 10
    for company in partial:
        unknown = (company.employees, company.size, company.revenue, company.founded, company.industry)
        texts = (company.description, company.funding, company.kind, company.street, company.followers)
        lists = (company.technologies, company.intent, company.sic, company.naics, company.offices)

        assert set(unknown + texts) == {None}
        assert set(lists) == {()}
        assert company.name
        assert company.place.city


def test_ids_of_companies_are_unique(companies: list[Company]) -> None:
    assert len({company.id for company in companies}) == len(companies)
    assert len({company.lusha_id for company in companies}) > len(companies) * 0.99


def test_people_are_mostly_where_their_company_is(people: list[Person], world: World) -> None:
    there = sum(
        person.place.country_code == world.company(person.key.domain).place.country_code for person in people
    )

    assert 0.7 < there / len(people) < 1


def test_places_are_of_the_reference(everybody: list[Person], companies: list[Company], pools: Pools) -> None:
    places = {person.place for person in everybody} | {company.place for company in companies}
    places |= {office for company in companies for office in company.offices}

    assert places <= set(pools.places)
    assert len({place.country_code for place in places}) > 40


def test_nobody_was_last_seen_before_their_job_or_their_details(world: World) -> None:
    for number in range(0, 20_000, 23):
        key = world.key_of_number(number)
        assert key is not None
        person = world.person(key)

        assert person.updated >= person.job_start
        assert all(person.updated >= email.updated for email in person.emails)
        assert all(person.updated >= phone.updated for phone in person.phones)
