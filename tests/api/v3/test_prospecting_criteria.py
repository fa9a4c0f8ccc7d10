"""Every criterion of people keeps exactly those whom a slow filter over all of them keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from api.v3.person_criteria import ALL_LEVELS, Case, Everybody, cases, has, points
from support import CheckedClient

from mock_lusha.clock import Clock
from mock_lusha.config import data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.world.identity import identity_domain
from mock_lusha.world.pin_files import load_pins
from mock_lusha.world.search.session import handful
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from deployment import NewApp
    from support import AnswerCheck

    from mock_lusha.world.pools import Pools

CONTACTS, COMPANIES = "/v3/contacts/prospecting", "/v3/companies/prospecting"


def leaves(schemas: Mapping[str, Any], schema: Any) -> Iterator[str]:
    """Paths of the leaves of a schema of filters."""
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "items" in schema:
        yield from leaves(schemas, schema["items"])
    elif "properties" in schema:
        for name, part in schema["properties"].items():
            for rest in leaves(schemas, part):
                yield f"{name}.{rest}" if rest else name
    else:
        yield ""


SCHEMAS = Registry.load().contracts["v3"].schemas
OF_CONTACTS = list(leaves(SCHEMAS, SCHEMAS["ContactFilterCriteria"]))
OF_COMPANIES = list(leaves(SCHEMAS, SCHEMAS["ContactsOnCompanySearchFilters"]))
REFINING = {leaf for leaf in OF_CONTACTS if leaf.startswith(("score", "education", "jobChanged"))}
OF_FORMER_JOBS = ["previousCompanyDomains", "previousCompanyNames"]


@pytest.fixture(scope="module")
def everybody(pools: Pools, now: datetime) -> Everybody:
    pins = load_pins([data_folder("fixtures")], pools)
    return Everybody.listed(World("lusha", now.date(), pools, people=600, companies=60, pins=pins))


@pytest.fixture(scope="module")
def documented(new_module_app: NewApp, answer_check: AnswerCheck, now: datetime) -> Iterator[CheckedClient]:
    """A client of the same small world, who is given ids as digits."""
    settings = {"limits": "off", "credits": None, "dialect": "documented"}
    app = new_module_app(Clock(source=now.timestamp), people=600, companies=60, **settings)
    client = CheckedClient(app, answer_check, "digits-0001")
    yield client
    client.close()


def ids(client: CheckedClient, path: str, filters: Any, **options: Any) -> set[int]:
    found: list[int] = []
    total = None
    while total is None or len(found) < total:
        pagination = {"page": len(found) // 100, "size": 100}
        answer = client.post(path, json={"pagination": pagination, "filters": filters, "options": options})
        assert answer.status_code == 200, answer.text
        found += [int(row["id"]) for row in answer.json()["results"]]
        total = answer.json()["pagination"]["total"]
    assert len(found) == total == len(set(found))
    return set(found)


@pytest.mark.parametrize("leaf", [*OF_CONTACTS, *OF_FORMER_JOBS])
def test_a_criterion_keeps_whom_a_slow_filter_keeps(
    documented: CheckedClient, everybody: Everybody, now: datetime, leaf: str
) -> None:
    case = cases(everybody, now.date())[leaf]
    wanted = {person.id for person in everybody.people if case.means(person)}
    every = {person.id for person in everybody.people}
    side = "companies" if leaf in OF_FORMER_JOBS else "contacts"
    include = {"contacts": {"include": ALL_LEVELS}}
    if side == "contacts":
        included: Any = {"contacts": {"include": {**ALL_LEVELS, **case.fields}}}
        excluded: Any = {"contacts": {"include": ALL_LEVELS, "exclude": case.fields}}
    else:
        included = include | {"companies": {"include": case.fields}}
        excluded = include | {"companies": {"exclude": case.fields}}

    assert wanted
    assert wanted < every
    assert ids(documented, CONTACTS, included) == wanted
    assert ids(documented, CONTACTS, excluded) == every - wanted


@pytest.mark.parametrize("leaf", [*OF_COMPANIES, *OF_FORMER_JOBS])
def test_companies_are_found_by_whom_they_have(
    documented: CheckedClient, everybody: Everybody, now: datetime, leaf: str
) -> None:
    world = everybody.world
    case = rare(leaf) or cases(everybody, now.date())[leaf]
    domains = {person.key.domain for person in everybody.people if case.means(person)}
    every = {
        world.company(d).id for d in [*world.pins.companies, *(c.domain for c in world.directory.companies)]
    }
    wanted = {world.company(domain).id for domain in domains} & every
    whole: Any = {"companies": {"include": {}}}
    if leaf in OF_FORMER_JOBS:
        included: Any = {"companies": {"include": case.fields}}
        excluded: Any = {"companies": {"include": {}, "exclude": case.fields}}
    else:
        included = whole | {"contacts": {"include": case.fields}}
        excluded = whole | {"contacts": {"exclude": case.fields}}

    assert wanted
    assert wanted < every
    assert ids(documented, COMPANIES, included, includePartialProfiles=True) == wanted
    assert ids(documented, COMPANIES, excluded, includePartialProfiles=True) == every - wanted


def rare(leaf: str) -> Case | None:
    """A case of few people, where that of contacts is of somebody in each company."""
    return {
        "jobTitles": Case({"jobTitles": ["counsel"]}, lambda p: has("counsel")(p.job.title)),
        "departments": Case({"departments": ["Legal"]}, lambda p: "Legal" in p.job.departments),
        "existingDataPoints": Case(
            {"existingDataPoints": ["direct_phone"]}, lambda p: "direct_phone" in points(p)
        ),
        "seniorityIds": Case({"seniorityIds": [10]}, lambda p: p.job.seniority.name == "founder"),
    }.get(leaf)


def test_people_who_join_a_search_are_asked_the_same(
    documented: CheckedClient, everybody: Everybody, now: datetime
) -> None:
    world = everybody.world
    joins: Any = {"companies": {"include": {"domains": [f"joins{number}.com" for number in range(25)]}}}
    everybody_joins = ids(documented, CONTACTS, joins)
    keys = [
        key
        for number in range(25)
        for key in handful(world, world.company(identity_domain(f"joins{number}.com")))
        if world.person(key).id in everybody_joins
    ]
    guests = [world.person(key) for key in keys]
    assert {guest.id for guest in guests} == everybody_joins

    everyone = Everybody(world, [*guests, *everybody.people])
    found = set()
    for leaf, case in cases(everyone, now.date()).items():
        wanted = {guest.id for guest in guests if case.means(guest)}
        found |= {leaf} if wanted else set()
        if leaf in OF_FORMER_JOBS:
            include = {"companies": {"include": {**joins["companies"]["include"], **case.fields}}}
        else:
            include = joins | {"contacts": {"include": case.fields}}
        if leaf in REFINING:
            include["contacts"]["include"] |= ALL_LEVELS
        assert ids(documented, CONTACTS, include) == wanted, leaf
    assert len(found) > 30


def test_companies_have_one_person_who_is_all_that_is_asked_for(
    documented: CheckedClient, everybody: Everybody
) -> None:
    filters = {
        "companies": {"include": {}},
        "contacts": {"include": {"departments": ["Sales"], "seniorityIds": [6]}},
    }
    domains = {
        p.key.domain
        for p in everybody.people
        if "Sales" in p.job.departments and p.job.seniority.name == "director"
    }
    found = ids(documented, COMPANIES, filters, includePartialProfiles=True)

    assert {everybody.world.company(domain).id for domain in domains} == found


def test_companies_that_join_a_search_are_asked_for_their_people(
    documented: CheckedClient, everybody: Everybody
) -> None:
    world = everybody.world
    joins = {"domains": [f"joins{number}.com" for number in range(25)]}
    domains = [identity_domain(domain) for domain in joins["domains"]]
    listed = ids(documented, CONTACTS, {"companies": {"include": joins}})
    have = {
        domain
        for domain in domains
        for person in map(world.person, handful(world, world.company(domain)))
        if person.id in listed and "Sales" in person.job.departments
    }
    mine, others = (
        {world.company(domain).id for domain in domains if (domain in have) is wanted}
        for wanted in (True, False)
    )
    sales = {"departments": ["Sales"]}

    assert mine
    assert others
    for side, wanted in (("include", mine), ("exclude", others)):
        filters = {"companies": {"include": joins}, "contacts": {side: sales}}
        assert ids(documented, COMPANIES, filters, includePartialProfiles=True) == wanted


def test_whoever_is_erased_speaks_for_no_company(
    make_client: Callable[..., CheckedClient], everybody: Everybody
) -> None:
    client = make_client(people=600, companies=60, limits="off", credits=None, dialect="documented")
    world = everybody.world
    person = everybody.first(
        lambda p: p.job.seniority.name == "founder" and world.knows_company(p.key.domain)
    )
    alike = [
        p for p in everybody.people if p.key.domain == person.key.domain and p.job.title == person.job.title
    ]
    assert alike == [person]
    own = {"domains": [person.key.domain]}
    filters = {"companies": {"include": own}, "contacts": {"include": {"jobTitles": [person.job.title]}}}
    without = {"companies": {"include": own}, "contacts": {"exclude": {"jobTitles": [person.job.title]}}}

    before = ids(client, COMPANIES, filters), ids(client, COMPANIES, without)
    one = {"firstName": person.first_name, "lastName": person.last_name, "companyDomain": person.key.domain}
    client.post(f"/_mock/entities/erase?account={client.key}", json={"people": [one]}).raise_for_status()
    after = ids(client, COMPANIES, filters), ids(client, COMPANIES, without)

    assert before == after[::-1] == ({world.company(person.key.domain).id}, set())


def test_pinned_people_are_found_by_what_is_pinned(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(people=100, companies=10, limits="off", credits=None)
    former = [
        {"companyName": "Old House", "companyDomain": "old-house.com", "jobTitle": "Junior Glassblower"},
        {"companyDomain": "older-house.com", "jobTitle": "Glass Intern"},
    ]
    course = {
        "school": "Nowhere College",
        "degree": "MBA",
        "field": "Glass",
        "startYear": 1999,
        "endYear": 2001,
    }
    ann = {
        "firstName": "Ann", "lastName": "Former", "companyDomain": "ann-works.com",
        "jobTitle": "Sales Manager", "previousEmployment": former, "education": [course],
        "skills": ["Glassblowing"],
    }  # fmt: skip
    client.post(f"/_mock/entities?account={client.key}", json={"people": [ann]}).raise_for_status()
    sales = {"departments": ["Sales"]}

    for contacts, companies in (
        ({"previousJobTitle": ["glassblower"]}, {}),
        ({"previousJobTitle": ["glass intern"]}, {}),
        ({"skills": ["glassblowing"]}, {}),
        ({"previousEmails": ["ann.former@older-house.com"]}, {}),
        (
            sales
            | {"education": {"schools": ["nowhere"], "fieldsOfStudy": ["glass"], "graduationYearLte": 2001}},
            {},
        ),
        (sales, {"previousCompanyNames": ["OLD HOUSE"]}),
        (sales, {"previousCompanyDomains": ["older-house.com"]}),
    ):
        filters = {"contacts": {"include": contacts}, "companies": {"include": companies}}
        body = {"pagination": {"page": 0, "size": 10}, "filters": filters}
        assert [row["lastName"] for row in client.post(CONTACTS, json=body).json()["results"]] == ["Former"]
