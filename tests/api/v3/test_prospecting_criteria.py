"""Every criterion of people keeps exactly those whom a slow filter over all of them keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support import CheckedClient

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings, data_folder
from mock_lusha.contract.registry import Registry
from mock_lusha.world.generate.people import local_part
from mock_lusha.world.pins import load_pins
from mock_lusha.world.postal_codes import miles
from mock_lusha.world.search.scores import score_of
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from support import AnswerCheck

    from mock_lusha.world.entities import Course, Job, Person, Place
    from mock_lusha.world.pools import Pools

CONTACTS, COMPANIES = "/v3/contacts/prospecting", "/v3/companies/prospecting"
ALL_LEVELS = {"seniorityIds": list(range(1, 11))}
Fields = dict[str, Any]


class Everybody:
    """All people of a small world, as they are made one by one."""

    def __init__(self, world: World) -> None:
        self.world = world
        keys = [world.key_of_number(number) for number in range(600)]
        self.people = [world.person(key) for key in dict.fromkeys([*world.pins.people, *filter(None, keys)])]

    def jobs(self, person: Person) -> Sequence[Job]:
        return self.world.employments(person)

    def first(self, is_so: Callable[[Person], Any]) -> Person:
        return next(filter(is_so, self.people))

    @property
    def mover(self) -> Person:
        """Somebody with several former jobs, the last one elsewhere."""
        return self.first(lambda p: len(self.jobs(p)) > 2 and self.jobs(p)[0].domain != p.job.domain)

    @property
    def promoted(self) -> Person:
        return self.first(lambda p: p.previous and p.previous.domain == p.job.domain)

    def postal_code(self, place: Place) -> str:
        code = self.world.postal_codes.postal_code(place, 0)
        assert code is not None
        return code


class Case(NamedTuple):
    """The fields of a criterion, and whom they mean in other words."""

    fields: Fields
    means: Callable[[Person], Any]


def has(*words: str) -> Callable[[str], bool]:
    """Whether a text has each word, as a reader would see it."""
    return lambda text: {word.lower() for word in words} <= set(text.lower().replace(",", " ").split())


def courses(person: Person, is_so: Callable[[Course], bool]) -> bool:
    return any(map(is_so, person.courses))


def places(**location: str) -> Fields:
    return {"locations": [location]}


def near(everybody: Everybody, distance: int) -> Case:
    middle = everybody.first(lambda p: p.place.city == "New York").place
    area = {"country": "United States", "zipcode": everybody.postal_code(middle), "distance": distance}
    return Case({"geographicDetails": [area]}, lambda p: miles(middle, p.place) <= distance)


def far(everybody: Everybody) -> Case:
    middle = everybody.first(lambda p: p.place.country_code == "GB").place
    area = {"country": "gb", "zipcode": everybody.postal_code(middle), "distance": 400}
    return Case({"geographicDetails": [area]}, lambda p: miles(middle, p.place) <= 400)


def moved(person: Person, *kinds: str) -> bool:
    if person.previous is None:
        return False
    return ("promotion" if person.previous.domain == person.job.domain else "companyChange") in kinds


def points(person: Person) -> set[str]:
    return {f"{email.kind}_email" for email in person.emails} | {
        f"{phone.kind}_phone" for phone in person.phones
    }


def cases(everybody: Everybody, today: date) -> Mapping[str, Case]:
    """Path of a leaf of the schema -> a case of it."""
    any_one, mover, promoted = everybody.people[77], everybody.mover, everybody.promoted
    jobs = everybody.jobs
    old = today.replace(year=today.year - 2)
    former = jobs(mover)[1]
    mailbox = f"{local_part(mover.key.name)}@{former.domain}"
    return {
        "names": Case(
            {"names": [any_one.full_name.upper(), mover.last_name, "Nobody Atall"]},
            lambda p: p.full_name == any_one.full_name or p.last_name.startswith(mover.last_name),
        ),
        "jobTitles": Case({"jobTitles": ["sales manager"]}, lambda p: has("sales", "manager")(p.job.title)),
        "jobTitlesExactMatch": Case(
            {"jobTitlesExactMatch": [any_one.job.title.lower()]}, lambda p: p.job.title == any_one.job.title
        ),
        "normalizedJobTitles": Case(
            {"normalizedJobTitles": ["vice_president_sales", "Engineering Director"]},
            lambda p: (
                p.job.title
                in {"VP, Sales", "Vice President of Sales", "Director of Engineering", "Engineering Director"}
            ),
        ),
        "searchText": Case({"searchText": "director"}, lambda p: has("director")(p.job.title)),
        "countries": Case(
            {"countries": ["de", "FR", "XX"]}, lambda p: p.place.country in {"Germany", "France"}
        ),
        "locations.city": Case(places(city="new york"), lambda p: p.place.city == "New York"),
        "locations.state": Case(places(state="California"), lambda p: p.place.state == "California"),
        "locations.country": Case(places(country="Germany"), lambda p: p.place.country == "Germany"),
        "locations.continent": Case(places(continent="Europe"), lambda p: p.place.continent == "Europe"),
        "locations.countryGrouping": Case(
            places(countryGrouping="NA"), lambda p: p.place.country in {"United States", "Canada"}
        ),
        "locations.region": Case(
            places(region="Texas"), lambda p: (p.place.state or p.place.city) == "Texas"
        ),
        "locations.countryIso2": Case(places(countryIso2="GB"), lambda p: p.place.country_code == "GB"),
        "seniorityIds": Case({"seniorityIds": [5, 99]}, lambda p: p.job.seniority.name == "manager"),
        "departments": Case({"departments": ["sales", "Nowhere"]}, lambda p: "Sales" in p.job.departments),
        "linkedinUrls": Case(
            {"linkedinUrls": [any_one.linkedin_url, mover.linkedin_url]}, lambda p: p in (any_one, mover)
        ),
        "existingDataPoints": Case(
            {"existingDataPoints": ["direct_phone", "private_email"]},
            lambda p: points(p) & {"direct_phone", "private_email"},
        ),
        "existingDataPointsCondition": Case(
            {"existingDataPoints": ["mobile_phone", "work_email"], "existingDataPointsCondition": "and"},
            lambda p: points(p) >= {"mobile_phone", "work_email"},
        ),
        "signals.types": Case(
            {"signals": {"types": ["promotion"], "startDate": "2000-01-01"}}, lambda p: moved(p, "promotion")
        ),
        "signals.startDate": Case(
            {"signals": {"startDate": old.isoformat()}},
            lambda p: moved(p, "promotion", "companyChange") and p.job_start >= old,
        ),
        "emails": Case(
            {"emails": [email.address for p in (any_one, mover) for email in p.emails]},
            lambda p: p in (any_one, mover) and p.emails,
        ),
        "previousEmails": Case(
            {"previousEmails": [mailbox, f"nobody.atall@{former.domain}"]},
            lambda p: p.key.name == mover.key.name and former.domain in {job.domain for job in jobs(p)},
        ),
        "previousJobTitle": Case(
            {"previousJobTitle": ["senior"]}, lambda p: any(has("senior")(job.title) for job in jobs(p))
        ),
        "skills": Case(
            {"skills": ["salesforce", "Python"]},
            lambda p: {"Salesforce", "Python"} & {word for skill in p.skills for word in skill.split()},
        ),
        "certifications": Case(
            {"certifications": ["Certified"]},
            lambda p: any("certified" in c.title.lower() for c in p.certifications),
        ),
        "awards": Case(
            {"awards": ["employee year"]}, lambda p: any(has("employee", "year")(a.title) for a in p.awards)
        ),
        "ids": Case({"ids": [str(mover.id), str(any_one.id), "17"]}, lambda p: p in (any_one, mover)),
        "jobChangedAfterDate": Case(
            {"jobChangedAfterDate": mover.job_start.isoformat()},
            lambda p: p.previous and p.job_start >= mover.job_start,
        ),
        "jobChangedLastViewDate": Case(
            {"jobChangedLastViewDate": mover.job_start.isoformat()},
            lambda p: p.previous and p.job_start > mover.job_start,
        ),
        "education.degrees": Case(
            {"education": {"degrees": ["Master Science", "Nothing"]}},
            lambda p: courses(p, lambda c: has("master", "science")(c.degree)),
        ),
        "education.fieldsOfStudy": Case(
            {"education": {"fieldsOfStudy": ["Business"]}},
            lambda p: courses(p, lambda c: has("business")(c.field)),
        ),
        "education.schools": Case(
            {"education": {"schools": ["Institute"]}},
            lambda p: courses(p, lambda c: has("institute")(c.school)),
        ),
        "education.startYearGte": Case(
            {"education": {"startYearGte": 2008}}, lambda p: courses(p, lambda c: c.start_year >= 2008)
        ),
        "education.graduationYearLte": Case(
            {"education": {"graduationYearLte": 2010, "degrees": ["Bachelor"]}},
            lambda p: courses(p, lambda c: c.end_year <= 2010 and has("bachelor")(c.degree)),
        ),
        "score.minScore": Case({"score": {"minScore": 60}}, lambda p: score_of(p, today) >= 60),
        "score.maxScore": Case(
            {"score": {"minScore": 20, "maxScore": 40}}, lambda p: 20 <= score_of(p, today) <= 40
        ),
        "geographicDetails.country": far(everybody),
        "geographicDetails.zipcode": near(everybody, 0),
        "geographicDetails.distance": near(everybody, 300),
        "previousCompanyDomains": Case(
            {"previousCompanyDomains": [former.domain, promoted.job.domain]},
            lambda p: {former.domain, promoted.job.domain} & {job.domain for job in jobs(p)},
        ),
        "previousCompanyNames": Case(
            {"previousCompanyNames": [former.company.upper(), promoted.job.company]},
            lambda p: {former.company, promoted.job.company} & {job.company for job in jobs(p)},
        ),
    }


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
OF_FORMER_JOBS = ["previousCompanyDomains", "previousCompanyNames"]


@pytest.fixture(scope="module")
def everybody(pools: Pools, now: datetime) -> Everybody:
    pins = load_pins([data_folder("fixtures")], pools)
    return Everybody(World("lusha", now.date(), pools, people=600, companies=60, pins=pins))


@pytest.fixture(scope="module")
def documented(answer_check: AnswerCheck, now: datetime) -> Iterator[CheckedClient]:
    """A client of the same small world, who is given ids as digits."""
    settings = Settings(people=600, companies=60, limits="off", credits=None, dialect="documented")
    client = CheckedClient(
        create_app(settings, clock=Clock(source=now.timestamp)), answer_check, "digits-0001"
    )
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
