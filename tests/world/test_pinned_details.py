"""Pinned facts that v3 shows: what is given is shown, and leads back to whom it was given."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.errors import DataFileError
from mock_lusha.services.signals import SignalRequest, signals_of_company, signals_of_person
from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.generate.events import events
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.pin_files import load_pins
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.pools import Pools

    MakeWorld = Callable[[str], World]

DAY = date(2026, 3, 31)
FULL = """
companies:
  - domain: quillworks.example
    name: Quillworks
    subIndustry: Software Development
    employees: 150
    revenue: {min: 1000000, max: 100000000}
    city: Boston
    state: Massachusetts
    country: United States
    zipCode: "02108"
    companyType: Public Company
    businessModel: [B2B, B2G]
    keywords: [FinTech, payments]
    phones: ["+1 617-555-0100"]
    emails: [hello@quillworks.example]
    alternativeDomains: [quill.example, go.quillworks.example]
    signals:
      - {type: riskNews, date: 2026-01-05}
      - {type: surgeInHiring, date: 2026-02-01}
      - {type: riskNews, date: 2026-03-01}
      - {type: peopleNews, date: 2026-05-01}
people:
  - firstName: Ada
    lastName: Quillfeather
    companyDomain: quillworks.example
    jobTitle: VP Sales
    state: MA
    phones: [{number: +1 617-555-0142, phoneType: mobile}]
    previousEmployment:
      - {companyDomain: inkwell.example, companyName: Inkwell Ltd, jobTitle: Sales Director}
      - {companyName: Vellum, jobTitle: Account Executive, seniority: entry, departments: [Marketing]}
    education:
      - {school: University of Inkwell, degree: BSc, field: Economics, startYear: 2004, endYear: 2007}
    certifications:
      - {title: Certified Scribe, issuer: Guild, year: 2019, month: 5}
    awards:
      - {title: Seller of the Year, company: Inkwell Ltd, year: 2021, month: 2}
    signals:
      - {type: promotion, date: 2024-07-01}
      - {type: companyChange, date: 2025-12-01}
      - {type: promotion, date: 2026-06-01}
"""
PERSON = "people:\n  - firstName: Zoe\n    lastName: Moss\n    companyDomain: moss.example\n    "
COMPANY = "companies:\n  - domain: moss.example\n    "


@pytest.fixture
def make_world(tmp_path: Path, pools: Pools) -> MakeWorld:
    """A world with the pins of a YAML text."""

    def make(text: str) -> World:
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        return World("lusha", DAY, pools, companies=60, people=400, pins=load_pins([tmp_path], pools))

    return make


@pytest.fixture
def full(make_world: MakeWorld) -> World:
    return make_world(FULL)


def company_of(world: World) -> Company:
    return world.company("quillworks.example")


def person_of(world: World) -> Person:
    (key,) = world.pins.people
    return world.person(key)


def look(world: World) -> AccountLookup:
    return AccountLookup(world, open_world=True, match_rate=1.0, people={}, companies={})


def asks(*kinds: str, until: date = DAY) -> SignalRequest:
    return SignalRequest(kinds, date.min, until, later=True)


def test_every_given_fact_of_a_company_is_its(full: World) -> None:
    company, profile = company_of(full), full.company_profile("quillworks.example")

    assert (company.employees, company.revenue) == (150, (1_000_000, 100_000_000))
    assert company.industry is not None
    assert (company.industry.main_id, company.industry.sub_id) == (17, 129)
    assert (company.place.city, company.place.state_code) == ("Boston", "MA")
    assert (company.kind, profile.company_type) == ("Public company", "Public Company")
    assert profile.postal_codes[0] == "02108"
    assert profile.business_model == ("B2B", "B2G")
    assert profile.keywords == ("fintech", "payments")
    assert profile.phones == ("+1 617-555-0100",)
    assert profile.emails == ("hello@quillworks.example",)
    assert profile.alternative_domains == ("quill.example", "go.quillworks.example")
    assert sum(count for _, count in profile.departments) == 150


def test_every_given_fact_of_a_person_is_theirs(full: World) -> None:
    person = person_of(full)
    first, second = full.employments(person)

    assert (person.place.state_code, person.phones[0].do_not_call) == ("MA", False)
    assert person.previous == first
    assert (first.company, first.domain, first.title) == ("Inkwell Ltd", "inkwell.example", "Sales Director")
    assert (first.departments, first.seniority.name) == (("Sales",), "director")
    assert (second.company, second.domain) == ("Vellum", "vellum.example")
    assert (second.departments, second.seniority.name) == (("Marketing",), "entry")
    ((course,), (certification,), (award,)) = person.courses, person.certifications, person.awards
    assert (course.school, course.degree, course.field) == ("University of Inkwell", "BSc", "Economics")
    assert (course.start_year, course.end_year) == (2004, 2007)
    assert (certification.title, certification.issuer, certification.month) == (
        "Certified Scribe",
        "Guild",
        5,
    )
    assert (award.title, award.company, award.year) == ("Seller of the Year", "Inkwell Ltd", 2021)


@pytest.mark.parametrize("host", ["quill.example", "https://www.quill.example/", "go.quillworks.example"])
def test_another_domain_leads_to_its_company_and_the_people_there(full: World, host: str) -> None:
    lookup = look(full)

    company = lookup.company(CompanyQuery(domain=host))
    person = lookup.person(PersonQuery(first_name="Ada", last_name="Quillfeather", company_domain=host))

    assert company is not None
    assert company.company.domain == "quillworks.example"
    assert person is not None
    assert person.person.key == person_of(full).key


def test_a_mailbox_at_another_domain_is_of_somebody_at_its_company(full: World) -> None:
    match = look(full).person(PersonQuery(email="jane.doe@quill.example"))

    assert match is not None
    assert match.company.domain == "quillworks.example"


def test_given_signals_of_a_company_are_all_that_it_has(full: World) -> None:
    company = company_of(full)
    by_kind = signals_of_company(full, asks(ALL), company)

    assert {kind: [s.day.isoformat() for s in signals] for kind, signals in by_kind.items()} == {
        "riskNews": ["2026-03-01", "2026-01-05"],
        "surgeInHiring": ["2026-02-01"],
    }
    assert "peopleNews" in signals_of_company(full, asks("peopleNews", until=date(2026, 5, 1)), company)
    assert [event.day for event in events(full, company, DAY, date(2027, 1, 1))] == [date(2026, 5, 1)]


def test_given_signals_of_a_person_are_all_that_they_have(full: World) -> None:
    person = person_of(full)
    by_kind = signals_of_person(full, asks(ALL), person)

    assert {kind: [s.day for s in signals] for kind, signals in by_kind.items()} == {
        "companyChange": [date(2025, 12, 1)],
        "promotion": [date(2024, 7, 1)],
    }
    assert [event.day for event in events(full, person, DAY, date(2027, 1, 1))] == [date(2026, 6, 1)]


@pytest.mark.parametrize(("kind", "same"), [("promotion", True), ("companyChange", False)])
def test_the_last_given_move_says_when_the_job_began_and_where_they_were_before(
    make_world: MakeWorld, kind: str, same: bool
) -> None:
    person = person_of(make_world(f"{PERSON}signals: [{{type: {kind}, date: 2026-01-15}}]\n"))

    assert person.job_start == date(2026, 1, 15)
    assert person.previous is not None
    assert (person.previous.domain == person.job.domain) is same


def test_nobody_who_never_moved_was_anywhere_before(make_world: MakeWorld) -> None:
    for given in ("signals: []", "previousEmployment: []"):
        world = make_world(f"{PERSON}{given}\n")
        assert person_of(world).previous is None
        assert world.employments(person_of(world)) == ()


MISTAKES: list[tuple[str, int, list[str]]] = [
    (f"{COMPANY}companyType: Cooperative\n", 3, ["companyType is one of Government", "Cooperative"]),
    (f"{COMPANY}businessModel: B2B\n", 3, ["businessModel is a list", "B2B"]),
    (f"{COMPANY}businessModel: [B2X]\n", 3, ["a business model is one of B2B, B2C, B2G", "B2X"]),
    (f"{COMPANY}keywords: [7]\n", 3, ["a keyword is a text", "7"]),
    (f"{COMPANY}emails: [moss]\n", 3, ["email is an address such as", "moss"]),
    (f"{COMPANY}alternativeDomains: [moss]\n", 3, ["an alternative domain is one such as", "moss"]),
    (f"{COMPANY}revenue: 5\n", 3, ["revenue is a mapping", "5"]),
    (f"{COMPANY}revenue: {{min: 10, max: 5}}\n", 3, ["max is a whole number from 10 up", "5"]),
    (f"{COMPANY}zipCode: 2108\n", 3, ["zipCode is a text", "2108"]),
    (
        f"{COMPANY}signals: [{{type: promotion, date: 2026-01-01}}]\n",
        3,
        ["one of websiteTraffic", "promotion"],
    ),
    (f"{COMPANY}signals: [{{type: riskNews}}]\n", 3, ["date is missing"]),
    (
        f"{COMPANY}signals: [{{type: riskNews, date: soon}}]\n",
        3,
        ["date is a date such as 2026-03-31", "soon"],
    ),
    (f"{COMPANY}signals: [{{type: riskNews, day: 2026-01-01}}]\n", 3, ["a signal has no 'day'"]),
    (f"{COMPANY}state: Nowhere\n", 3, ["no known place is Nowhere"]),
    (
        f"{COMPANY}name: Moss\n  - domain: fern.example\n    alternativeDomains: [moss.example]\n",
        4,
        ["company moss.example is pinned twice"],
    ),
    (f"{PERSON}signals: [{{type: riskNews, date: 2026-01-01}}]\n", 5, ["one of promotion, companyChange"]),
    (f"{PERSON}previousEmployment: [{{jobTitle: Boss}}]\n", 5, ["companyDomain or companyName is needed"]),
    (f"{PERSON}previousEmployment: [{{companyName: Fern}}]\n", 5, ["jobTitle is missing"]),
    (f"{PERSON}education: [{{degree: BSc}}]\n", 5, ["school is missing"]),
    (f"{PERSON}education: [{{school: Fern, startYear: 12}}]\n", 5, ["startYear is a whole number", "12"]),
    (f"{PERSON}certifications: [{{issuer: Guild}}]\n", 5, ["title is missing"]),
    (f"{PERSON}awards: [{{title: Prize, month: 13}}]\n", 5, ["month is a whole number from 1 to 12", "13"]),
]


@pytest.mark.parametrize(("text", "line", "parts"), MISTAKES, ids=[row[0][-50:] for row in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_what_would_do(
    make_world: MakeWorld, text: str, line: int, parts: list[str]
) -> None:
    with pytest.raises(DataFileError) as caught:
        make_world(text)

    message = str(caught.value)
    assert f":{line}:" in message or f"line {line}" in message, message
    assert all(part in message for part in parts), message
