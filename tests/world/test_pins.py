"""People and companies with given facts: what is given wins, the rest fits it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import data_folder
from mock_lusha.errors import DataFileError
from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.generate.signals import contact_signals
from mock_lusha.world.pin_files import load_pins, pin_files
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.world.entities import Person
    from mock_lusha.world.pools import Pools

    MakeWorld = Callable[[str], World]

DAY = date(2026, 3, 31)
FULL = """\
companies:
  - domain: moss-works.example
    name: Moss Works International
    companyId: 777
    subIndustry: Banking
    employees: 6000
    founded: 1899
    city: Berlin
    country: Germany
    description: Moss Works International lends money.
    specialities: [Lending]
    technologies: [Abacus]
people:
  - firstName: Zoë
    lastName: van Moss
    companyDomain: https://www.moss-works.example/
    personId: 4711
    jobTitle: Keeper of Moss
    departments: [Legal, Product]
    seniority: vice president
    city: Hamburg
    country: DE
    emails:
      - zoe@moss-works.example
      - {email: zoe.moss@gmail.com, emailType: private, emailConfidence: B}
    phones:
      - +49 30 23125001
      - {number: +49 30 23125002, phoneType: direct, doNotCall: true}
    linkedinUrl: https://www.linkedin.com/in/zoe-van-moss
    jobStartDate: 2020-05-06
    skills: [Moss]
    tags: [Friend]
"""


@pytest.fixture
def make_world(tmp_path: Path, pools: Pools) -> MakeWorld:
    """A world with the pins of a YAML text."""

    def make(text: str) -> World:
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        return World("lusha", DAY, pools, companies=60, people=400, pins=load_pins([tmp_path], pools))

    return make


def look(world: World) -> AccountLookup:
    return AccountLookup(world, open_world=False, match_rate=0.0, people={}, companies={})


def only_person(world: World) -> Person:
    (key,) = world.pins.people
    return world.person(key)


# What is given wins


def test_every_given_fact_of_a_person_is_theirs(make_world: MakeWorld) -> None:
    person = only_person(make_world(FULL))

    assert person.key == PersonKey("zoe-van-moss", "moss-works.example")
    assert (person.first_name, person.last_name, person.full_name) == ("Zoë", "van Moss", "Zoë van Moss")
    assert person.id == 4711
    assert person.job.title == "Keeper of Moss"
    assert person.job.departments == ("Legal", "Product")
    assert person.job.seniority.name == "vice president"
    assert (person.place.city, person.place.country_code) == ("Hamburg", "DE")
    assert [(e.address, e.kind, e.confidence) for e in person.emails] == [
        ("zoe@moss-works.example", "work", "A+"),
        ("zoe.moss@gmail.com", "private", "B"),
    ]
    assert [(p.number, p.kind, p.do_not_call) for p in person.phones] == [
        ("+49 30 23125001", "mobile", False),
        ("+49 30 23125002", "direct", True),
    ]
    assert person.linkedin_url == "https://www.linkedin.com/in/zoe-van-moss"
    assert person.job_start == date(2020, 5, 6)
    assert person.skills == ("Moss",)
    assert person.tags == ("Friend",)
    assert person.restricted is None


def test_every_given_fact_of_a_company_is_its(make_world: MakeWorld) -> None:
    company = make_world(FULL).company("moss-works.example")

    assert (company.id, company.name, company.founded) == (777, "Moss Works International", 1899)
    assert company.industry is not None
    assert (company.industry.main, company.industry.sub) == ("Finance", "Banking")
    assert (company.employees, company.size) == (6000, (5001, 10000))
    assert (company.place.city, company.place.country_code) == ("Berlin", "DE")
    assert company.description == "Moss Works International lends money."
    assert company.specialities == ("Lending",)
    assert company.technologies == ("Abacus",)


def test_what_is_not_given_fits_what_is(make_world: MakeWorld, pools: Pools) -> None:
    world = make_world(
        "companies:\n"
        "  - {domain: moss.example, subIndustry: Banking, employees: 6000, founded: 2024, city: Berlin}\n"
        "people:\n"
        "  - {firstName: Zoe, lastName: Moss, companyDomain: moss.example, departments: [Legal],"
        " seniority: director}\n"
    )
    person, company = only_person(world), world.company("moss.example")
    (trade,) = [trade for trade in pools.trades if trade.industry == company.industry]

    assert person.job.title in pools.careers.titles["Legal"]["director"]
    assert set(person.skills) <= set(pools.careers.skills["Legal"])
    assert person.job.company == company.name
    assert person.job_start.year >= 2024
    assert person.previous is None or person.previous.departments == ("Legal",)
    assert company.revenue is None or company.revenue[0] <= 6000 * 380_000
    assert company.revenue is None or company.revenue[1] is None or company.revenue[1] >= 6000 * 60_000
    assert company.employees_in_linkedin is not None
    assert set(company.sic) <= set(trade.sic)
    assert company.offices == (company.place,)
    assert company.funding is None or company.funding.rounds[0].day.year >= 2024
    assert not company.partial


@pytest.mark.parametrize(
    ("employees", "size"),
    [
        (1, (1, 10)), (10, (1, 10)), (11, (11, 50)), (42, (11, 50)), (5000, (1001, 5000)),
        (100_000, (10_001, 100_000)), (100_001, (100_001, None)), (2_000_000, (100_001, None)),
    ],
)  # fmt: skip
def test_the_size_follows_the_employees(
    make_world: MakeWorld, employees: int, size: tuple[int, int | None]
) -> None:
    world = make_world(f"companies: [{{domain: moss.example, employees: {employees}}}]")

    assert world.company("moss.example").size == size


def test_emptied_lists_leave_nothing_to_reach_somebody_by(make_world: MakeWorld) -> None:
    person = only_person(
        make_world("people: [{firstName: Zoe, lastName: Moss, companyName: Moss, emails: [], phones: []}]")
    )

    assert person.partial


def test_a_time_of_day_is_dropped_from_a_start_date(make_world: MakeWorld) -> None:
    world = make_world(
        "people: [{firstName: Zoe, lastName: Moss, companyName: Moss, jobStartDate: 2026-03-01 10:00:00}]"
    )
    person = only_person(world)

    assert type(person.job_start) is date
    assert person.job_start == date(2026, 3, 1)
    assert len(contact_signals(person, ["allSignals"], date(2026, 1, 1), DAY)) == (
        person.previous is not None
    )


def test_pinned_details_are_not_newer_than_the_world(make_world: MakeWorld, pools: Pools) -> None:
    pins = make_world(FULL).pins
    earlier = World("lusha", date(2024, 5, 1), pools, companies=60, people=400, pins=pins)
    person = only_person(earlier)

    assert all(email.updated <= date(2024, 5, 1) for email in person.emails)
    assert all(phone.updated <= date(2024, 5, 1) for phone in person.phones)


# They are found


def test_a_pinned_person_is_found_by_each_identifier(make_world: MakeWorld) -> None:
    world = make_world(FULL)
    lookup, person = look(world), only_person(world)
    queries = [
        PersonQuery(person_id="4711"),
        PersonQuery(linkedin_url="linkedin.com/in/Zoe-van-Moss/"),
        PersonQuery(email="Zoe.Moss@gmail.com"),
        PersonQuery(email="zoe@moss-works.example"),
        PersonQuery(first_name="ZOE", last_name="Van Moss", company_domain="moss-works.example"),
        PersonQuery(first_name="Zoë", last_name="van Moss", company_name="Moss Works"),
    ]
    for query in queries:
        match = lookup.person(query)

        assert match is not None, query
        assert match.person.id == person.id, query
        assert match.company == world.company("moss-works.example"), query


def test_a_pinned_company_is_found_by_each_identifier(make_world: MakeWorld) -> None:
    lookup = look(make_world(FULL))
    for query in (
        CompanyQuery(company_id="777"),
        CompanyQuery(domain="moss-works.example"),
        CompanyQuery(name="Moss Works"),
    ):
        match = lookup.company(query)

        assert match is not None, query
        assert match.company.id == 777, query


def test_a_made_id_of_a_pinned_entity_leads_back(make_world: MakeWorld) -> None:
    world = make_world(
        "companies: [{domain: moss.example, employees: 7}]\n"
        "people: [{firstName: Zoe, lastName: Moss, companyDomain: moss.example}]"
    )
    person = only_person(world)

    assert world.key_of_id(person.id) == person.key
    assert world.company_by_id(world.company("moss.example").id) == world.company("moss.example")


def test_made_mailboxes_and_profile_of_a_pinned_person_lead_back(make_world: MakeWorld) -> None:
    world = make_world(
        "people:\n"
        + "".join(
            f"  - {{firstName: Zoe, lastName: Moss{letter}, companyDomain: moss.example}}\n"
            for letter in "abcdefghijkl"
        )
    )
    lookup = look(world)
    for key in world.pins.people:
        person = world.person(key)
        for query in (
            PersonQuery(linkedin_url=person.linkedin_url),
            *(PersonQuery(email=email.address) for email in person.emails),
        ):
            match = lookup.person(query)

            assert match is not None, query
            assert match.person == person, query


def test_facts_can_be_pinned_on_someone_of_the_directory(make_world: MakeWorld, pools: Pools) -> None:
    plain = World("lusha", DAY, pools, companies=60, people=400)
    key = plain.key_of_number(123)
    assert key is not None
    listed = plain.person(key)
    world = make_world(
        f"people: [{{firstName: {listed.first_name}, lastName: {listed.last_name},"
        f" companyDomain: {key.domain}, jobTitle: Keeper of Moss}}]"
    )
    person = world.person(key)

    assert person.job.title == "Keeper of Moss"
    assert person.id == listed.id
    assert world.key_of_id(listed.id) == key
    for query in (
        PersonQuery(person_id=str(listed.id)),
        PersonQuery(linkedin_url=person.linkedin_url),
        *(PersonQuery(email=email.address) for email in person.emails),
    ):
        match = look(world).person(query)

        assert match is not None
        assert match.person == person


def test_a_pinned_name_of_a_listed_company_is_its_name_everywhere(
    make_world: MakeWorld, pools: Pools
) -> None:
    domains = [
        listed.domain for listed in World("lusha", DAY, pools, companies=60, people=0).directory.companies
    ]
    rows = "".join(f"  - {{domain: {domain}, name: Renamed {n}}}\n" for n, domain in enumerate(domains))
    world = make_world(f"companies:\n{rows}")
    befores = 0
    for number in range(400):
        key = world.key_of_number(number)
        assert key is not None
        person = world.person(key)
        assert person.job.company == world.company(key.domain).name
        if person.previous is not None:
            befores += 1
            assert person.previous.company == world.company(person.previous.domain).name

    assert befores > 100


# The files


def test_the_pins_that_ship_load(pools: Pools) -> None:
    pins = load_pins([data_folder("fixtures")], pools)
    world = World("lusha", DAY, pools, companies=60, people=400, pins=pins)
    by_name = {key.name: world.person(key) for key in pins.people}

    assert by_name["ada-quill"].job.title == "Head of Archives"
    assert by_name["greta-datenschutz"].restricted == "gdpr"
    assert by_name["conrad-withheld"].restricted == "compliance"
    assert by_name["paula-partial"].partial
    assert world.company("quill-works.example").employees == 42
    assert by_name["ada-quill"].job.company == "Quill Works"


def test_pins_are_read_from_yaml_files_but_accounts(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "accounts.yaml", "notes.txt", "c.json"):
        (tmp_path / name).write_text("", encoding="utf-8")

    assert [path.name for path in pin_files([tmp_path])] == ["a.yaml", "b.yml"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "people:\ncompanies:\n", "people: []\n", "{}"])
def test_a_file_without_entries_pins_nothing(make_world: MakeWorld, text: str) -> None:
    pins = make_world(text).pins

    assert (pins.people, pins.companies) == ({}, {})


def refused(folder: Path, pools: Pools, text: str | bytes) -> DataFileError:
    path = folder / "own.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataFileError) as caught:
        load_pins([folder], pools)

    assert caught.value.path == path
    place = str(path) if caught.value.line is None else f"{path}:{caught.value.line}"
    assert str(caught.value) == f"{place}: {caught.value.message}"
    assert "\n" not in caught.value.message
    return caught.value


PERSON = "people:\n  - firstName: Zoe\n    lastName: Moss\n    companyDomain: moss.example\n    "
BO = "  - {firstName: Bo, lastName: Moss, companyName: M"
COMPANY = "companies:\n  - domain: moss.example\n    "


MISTAKES: list[tuple[str, int, list[str]]] = [
    ("- a\n- b\n", 1, ["mapping"]),
    ("just words\n", 1, ["mapping", "just words"]),
    ("people:\n\npeoples: []\n", 3, ["'peoples'", "did you mean people?"]),
    ("people: {}\n", 1, ["people is a list"]),
    ("people: Zoe\n", 1, ["people is a list", "Zoe"]),
    ("people:\n  - Zoe\n", 2, ["a pinned person is a mapping", "Zoe"]),
    ("people:\n  -\n", 2, ["a pinned person is a mapping"]),
    ("people:\n  - lastName: Moss\n", 2, ["firstName is missing"]),
    ("people:\n  - firstName: Zoe\n", 2, ["lastName is missing"]),
    ("people:\n  - firstName: Zoe\n    lastName: '?'\n", 3, ["lastName has no letters"]),
    ("people:\n  - firstName: 7\n    lastName: Moss\n", 2, ["firstName is a text", "7"]),
    ("people:\n  - firstName: ' '\n    lastName: Moss\n", 2, ["firstName is a text"]),
    (
        "people:\n  - firstName: Zoe\n    lastName: Moss\n",
        2,
        ["companyDomain or companyName is needed"],
    ),
    (
        "people:\n  - firstName: Zoe\n    lastName: Moss\n    companyDomain: moss\n",
        4,
        ["companyDomain is a domain such as acme.example", "moss"],
    ),
    (
        "people:\n  - firstName: Zoe\n    lastName: Moss\n    companyName: '&'\n",
        4,
        ["companyName has no letters"],
    ),
    (f"{PERSON}jobTittle: Boss\n", 5, ["'jobTittle'", "did you mean jobTitle?"]),
    (f"{PERSON}qqqq: Boss\n", 5, ["'qqqq'", "known are firstName, lastName"]),
    (f"{PERSON}jobTitle: [Boss]\n", 5, ["jobTitle is a text"]),
    (f"{PERSON}departments: Sales\n", 5, ["departments is a list", "Sales"]),
    (f"{PERSON}departments:\n      - Sales\n      - Sails\n", 7, ["Sales", "Legal", "Sails"]),
    (f"{PERSON}seniority: boss\n", 5, ["seniority is one of founder", "intern", "boss"]),
    (f"{PERSON}seniority: [manager]\n", 5, ["seniority is one of founder"]),
    (f"{PERSON}personId: abc\n", 5, ["personId is a whole number from 1 up", "abc"]),
    (f"{PERSON}personId: 0\n", 5, ["personId is a whole number from 1 up", "0"]),
    (f"{PERSON}personId: true\n", 5, ["personId is a whole number"]),
    (f"{PERSON}personId: 99999999999999999999999\n", 5, ["personId is a whole number"]),
    (f"{PERSON}city: Nowhereville\n", 5, ["no known place is Nowhereville", "places.json"]),
    (f"{PERSON}city: Berlin\n    country: FR\n", 5, ["no known place is Berlin, FR"]),
    (f"{PERSON}country: Atlantis\n", 5, ["no known place is Atlantis"]),
    (f"{PERSON}city: 7\n", 5, ["city is a text"]),
    (f"{PERSON}city: Nowhere\n    country: {{a: 1}}\n", 6, ["country is a text, not {'a': 1}"]),
    (f"{PERSON}tags: {{a: 1}}\n", 5, ["tags is a list, not {'a': 1}"]),
    (f"{PERSON}emails: zoe@moss.example\n", 5, ["emails is a list"]),
    (f"{PERSON}emails:\n      - zoe\n", 6, ["email is an address such as", "zoe"]),
    (f"{PERSON}emails:\n      - 7\n", 6, ["an email is a mapping", "7"]),
    (f"{PERSON}emails:\n      - {{emailType: work}}\n", 6, ["email is missing"]),
    (
        f"{PERSON}emails:\n      - email: z@moss.example\n        emailType: home\n",
        7,
        ["emailType is one of work, private", "home"],
    ),
    (
        f"{PERSON}emails:\n      - email: z@moss.example\n        emailType: [work]\n",
        7,
        ["emailType is one of work, private"],
    ),
    (
        f"{PERSON}emails:\n      - email: z@moss.example\n        emailConfidence: C\n",
        7,
        ["emailConfidence is one of A+, A, B", "C"],
    ),
    (f"{PERSON}emails:\n      - {{adress: z@moss.example}}\n", 6, ["'adress'", "email"]),
    (f"{PERSON}phones:\n      - 49301\n", 6, ["a phone is a mapping", "49301"]),
    (f"{PERSON}phones:\n      - {{phoneType: mobile}}\n", 6, ["number is missing"]),
    (f"{PERSON}phones:\n      - number: 49301\n", 6, ["number is a text", "49301"]),
    (
        f"{PERSON}phones:\n      - number: '+1'\n        phoneType: cell\n",
        7,
        ["phoneType is one of mobile, direct, phone", "cell"],
    ),
    (
        f"{PERSON}phones:\n      - number: '+1'\n        doNotCall: maybe\n",
        7,
        ["doNotCall is true or false", "maybe"],
    ),
    (f"{PERSON}linkedinUrl: zoe-moss\n", 5, ["linkedinUrl is a LinkedIn profile such as", "zoe-moss"]),
    (f"{PERSON}linkedinUrl: https://acme.com/in/z\n", 5, ["linkedinUrl is a LinkedIn profile"]),
    (f"{PERSON}jobStartDate: soon\n", 5, ["jobStartDate is a date such as 2026-03-31", "soon"]),
    (f"{PERSON}jobStartDate: 2026-02-30\n", 5, []),
    (f"{PERSON}jobStartDate: '2026-02-30'\n", 5, ["jobStartDate is a date such as 2026-03-31"]),
    (f"{PERSON}skills: Moss\n", 5, ["list", "Moss"]),
    (f"{PERSON}skills:\n      - Moss\n      - 7\n", 7, ["a text", "7"]),
    (f"{PERSON}tags: 7\n", 5, ["list", "7"]),
    (f"{PERSON}restricted: yes\n", 5, ["gdpr, compliance"]),
    (f"{PERSON}restricted: dsgvo\n", 5, ["gdpr, compliance", "dsgvo"]),
    (f"{PERSON}restricted: [gdpr]\n", 5, ["gdpr, compliance"]),
    ("companies:\n  - name: '&'\n", 2, ["name has no letters"]),
    ("companies:\n  - employees: 7\n", 2, ["domain or name is needed"]),
    ("companies:\n  - domain: acme\n", 2, ["domain is a domain such as acme.example", "acme"]),
    (f"{COMPANY}industry: Banking\n", 3, ["'industry'", "did you mean subIndustry?"]),
    (f"{COMPANY}subIndustry: Magic\n", 3, ["subIndustry is one of", "Banking", "Magic"]),
    (f"{COMPANY}employees: many\n", 3, ["employees is a whole number from 1 up", "many"]),
    (f"{COMPANY}employees: 0\n", 3, ["employees is a whole number from 1 up", "0"]),
    (f"{COMPANY}employees: 1.5\n", 3, ["employees is a whole number from 1 up", "1.5"]),
    (f"{COMPANY}founded: 99\n", 3, ["founded is a whole number", "99"]),
    (f"{COMPANY}founded: 20111\n", 3, ["founded is a", "20111"]),
    (f"{COMPANY}city: Nowhereville\n", 3, ["no known place is Nowhereville"]),
    (f"{COMPANY}technologies: Abacus\n", 3, ["list", "Abacus"]),
    (f"{COMPANY}name: Moss\n    name: Mess\n", 4, ["'name'", "second time"]),
    (f"{COMPANY}name: [\n", 4, ["is not YAML"]),
    ("people: [}\n", 1, ["is not YAML"]),
    ("people:\n  - *nobody\n", 2, ["is not YAML"]),
    ("people:\n  - !!python/name:os.getcwd\n", 2, ["is not YAML"]),
    (f"{COMPANY}employees: 7\n  - domain: moss.example\n", 4, ["company moss.example is pinned twice"]),
    (f"{COMPANY}employees: 7\n  - name: Moss\n", 4, ["company moss.example is pinned twice"]),
    (
        f"{COMPANY}companyId: 7\n  - domain: mess.example\n    companyId: 7\n",
        4,
        ["companyId 7 is pinned twice"],
    ),
    (
        f"{PERSON}city: Berlin\n  - {{firstName: ZOË, lastName: moss, companyName: Moss}}\n",
        6,
        ["is pinned twice"],
    ),
    (
        f"{PERSON}personId: 7\n{BO}, personId: 7}}\n",
        6,
        ["personId 7 is pinned twice"],
    ),
    (
        f"{PERSON}emails: [z@m.example]\n{BO}, emails: [Z@m.example]}}\n",
        6,
        ["email z@m.example is pinned twice"],
    ),
    (
        f"{PERSON}linkedinUrl: https://www.linkedin.com/in/moss\n{BO}, linkedinUrl: linkedin.com/in/Moss}}\n",
        6,
        ["linkedinUrl moss is pinned twice"],
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    MISTAKES,
    ids=[text.strip().splitlines()[-1].strip(" -") for text, _, _ in MISTAKES],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, pools: Pools, text: str, line: int, says: list[str]
) -> None:
    error = refused(tmp_path, pools, text)

    assert error.line == line
    for words in says:
        assert words in error.message


def test_a_person_pinned_in_two_files_is_refused_in_the_second(tmp_path: Path, pools: Pools) -> None:
    for folder in ("shipped", "own"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "people.yaml").write_text(f"{PERSON}city: Berlin\n", encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        load_pins([tmp_path / "shipped", tmp_path / "own"], pools)

    assert caught.value.path == tmp_path / "own" / "people.yaml"
    assert "pinned twice" in caught.value.message
    assert "Zoe Moss" in caught.value.message or "zoe-moss" in caught.value.message
    assert "PersonKey(" not in caught.value.message


def test_what_is_not_text_is_refused(tmp_path: Path, pools: Pools) -> None:
    error = refused(tmp_path, pools, b"people: \xff\xfe\n")

    assert error.line is None
    assert "UTF-8" in error.message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, pools: Pools) -> None:
    (tmp_path / "own.yaml").mkdir()
    with pytest.raises(DataFileError) as caught:
        load_pins([tmp_path], pools)

    assert caught.value.path == tmp_path / "own.yaml"
    assert "cannot be read" in caught.value.message
