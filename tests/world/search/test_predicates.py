"""What the filters of a search keep: exactly those whom another formulation of the criterion keeps."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.config import data_folder
from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.fast.company_masks import COMPANY_MASKS
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES, company_signals
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES
from mock_lusha.world.search.criteria import SignalCriterion
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.search.place_criterion import PlaceCriterion
from mock_lusha.world.search.predicates import CONTACT_PREDICATES
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.search.session import Search
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_lusha.contract.document import Contract
    from mock_lusha.world.entities import Company, Person, Place
    from mock_lusha.world.pools import Pools

TODAY = date(2026, 3, 31)
SINCE = date(2025, 9, 30)
ENOUGH = 1_000
OUTSIDE = {"linkedinUrls", "searchText"}
"""Fields of contacts that need more than a predicate over columns."""


@pytest.fixture(scope="module")
def index(pools: Pools) -> SearchIndex:
    world = World("lusha", TODAY, pools, people=600, companies=60)
    return SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))


@pytest.fixture(scope="module")
def people(index: SearchIndex) -> list[Person]:
    return [index.world.person(key) for n in range(600) if (key := index.world.key_of_number(n))]


@pytest.fixture(scope="module")
def companies(index: SearchIndex) -> list[Company]:
    return [index.world.company(listed.domain) for listed in index.world.directory.companies]


def search(index: SearchIndex, question: SearchQuery) -> Search:
    lookup = AccountLookup(index.world, open_world=False, match_rate=1.0, people={}, companies={})
    return Search(index, lookup, question)


def contact_ids(index: SearchIndex, question: SearchQuery) -> set[int]:
    answer = search(index, question).contacts(0, ENOUGH)
    ids = [person.id for person in answer.persons] + [index.sketch(row).id for row in answer.rows]

    assert answer.total == len(ids) == len(set(ids))
    return set(ids)


def company_ids(index: SearchIndex, question: SearchQuery) -> set[int]:
    answer = search(index, question).companies(0, ENOUGH)
    ids = [company.id for company in (*answer.joined, *map(index.company, answer.rows))]

    assert answer.total == len(ids) == len(set(ids))
    return set(ids)


class Case(NamedTuple):
    """A criterion as the search is given it, and whom it means in other words."""

    field: str
    value: Any
    means: Callable[[Any], bool]


def place(**sent: str) -> PlaceCriterion:
    return PlaceCriterion.of(sent)


def plain(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def words(*texts: str | None) -> set[str]:
    return {word for text in texts for word in re.split(r"[\W_]+", plain(text or "")) if word}


def begun(wanted: Iterable[str], *texts: str | None) -> bool:
    """Whether each word is the beginning of one of the texts' words."""
    return all(any(word.startswith(w) for word in words(*texts)) for w in wanted)


def moved(person: Person, same_house: bool, since: date = SINCE) -> bool:
    previous = person.previous
    return (
        previous is not None
        and (previous.domain == person.job.domain) is same_house
        and since <= person.job_start <= TODAY
    )


def person_text(person: Person, *wanted: str) -> bool:
    at = person.place
    texts = (person.full_name, person.job.title, person.job.company, *person.job.departments)
    return begun(wanted, *texts, at.city, at.state, at.country, at.country_code)


def signal(*names: str, since: date = SINCE, until: date = TODAY) -> SignalCriterion:
    return SignalCriterion(names, since, until)


POINTS: dict[str, Callable[[Person], bool]] = {
    "email": lambda p: bool(p.emails),
    "work_email": lambda p: any(e.kind == "work" for e in p.emails),
    "private_email": lambda p: any(e.kind == "private" for e in p.emails),
    "phone": lambda p: bool(p.phones),
    "mobile_phone": lambda p: any(t.kind == "mobile" for t in p.phones),
    "direct_phone": lambda p: any(t.kind == "direct" for t in p.phones),
    "unknown_phone": lambda p: any(t.kind == "phone" for t in p.phones),
    "no_dnc_phone": lambda p: any(not t.do_not_call for t in p.phones),
}
CONTACTS = {
    "a department": Case("departments", ["Sales"], lambda p: "Sales" in p.job.departments),
    "one of two departments": Case(
        "departments", ["Legal", "Marketing"], lambda p: bool({"Legal", "Marketing"} & {*p.job.departments})
    ),
    "a department among unknown ones": Case(
        "departments", ["Alchemy", "Finance"], lambda p: "Finance" in p.job.departments
    ),
    "a level": Case("seniority", [5], lambda p: p.job.seniority.name == "manager"),
    "one of two levels": Case(
        "seniority", [10, 9], lambda p: p.job.seniority.name in {"founder", "c-suite"}
    ),
    **{point: Case("existing_data_points", [point], means) for point, means in POINTS.items()},
    "one of two details": Case(
        "existing_data_points",
        ["direct_phone", "private_email"],
        lambda p: POINTS["direct_phone"](p) or POINTS["private_email"](p),
    ),
    "a country": Case("locations", [place(country="Germany")], lambda p: p.place.country_code == "DE"),
    "a country by code": Case("locations", [place(country="de")], lambda p: p.place.country == "Germany"),
    "a continent": Case(
        "locations", [place(continent="north america")], lambda p: p.place.continent == "North America"
    ),
    "a group of countries": Case(
        "locations", [place(country_grouping="NA")], lambda p: p.place.country_code in {"US", "CA"}
    ),
    "a state": Case(
        "locations",
        [place(country="United States", state="California")],
        lambda p: p.place.country_code == "US" and p.place.state == "California",
    ),
    "a state by code": Case(
        "locations",
        [place(country="US", state="ca")],
        lambda p: p.place.country_code == "US" and p.place.state == "California",
    ),
    "one of two places": Case(
        "locations",
        [place(country="FR"), place(country="IT")],
        lambda p: p.place.country in {"France", "Italy"},
    ),
    "a word of the title": Case("jobTitles", ["manager"], lambda p: begun(["manager"], p.job.title)),
    "words of the title in any order": Case(
        "jobTitles", ["manager sales"], lambda p: begun(["sales", "manager"], p.job.title)
    ),
    "one of two titles": Case(
        "jobTitles",
        ["engineer", "Director"],
        lambda p: begun(["engineer"], p.job.title) or begun(["director"], p.job.title),
    ),
    "a whole title": Case(
        "jobTitlesExactMatch", ["content strategist"], lambda p: p.job.title == "Content Strategist"
    ),
    "a promotion": Case("signal", signal("promotion"), lambda p: moved(p, same_house=True)),
    "a change of company": Case("signal", signal("companyChange"), lambda p: moved(p, same_house=False)),
    "any move": Case("signal", signal(ALL), lambda p: moved(p, True) or moved(p, False)),
    "a move within two days": Case(
        "signal",
        signal(ALL, since=date(2024, 1, 1), until=date(2024, 12, 31)),
        lambda p: p.previous is not None and p.job_start.year == 2024,
    ),
    "a text": Case("searchText", "sales", lambda p: person_text(p, "sales")),
    "a text of several words": Case(
        "searchText", "manager in United States", lambda p: person_text(p, "manager", "united", "states")
    ),
    "the beginnings of words": Case("searchText", "Ital eng", lambda p: person_text(p, "ital", "eng")),
}  # fmt: skip


def overlaps(limits: tuple[int, int | None] | None, least: int, most: int | None) -> bool:
    if limits is None:
        return False
    top = float("inf") if limits[1] is None else limits[1]
    return max(limits[0], least) <= min(top, float("inf") if most is None else most)


def company_text(company: Company, *wanted: str) -> bool:
    at, industry = company.place, company.industry
    return begun(
        wanted,
        company.name,
        company.domain.removesuffix(".example"),
        company.description,
        at.city,
        at.state,
        at.country,
        at.country_code,
        *(() if industry is None else (industry.main, industry.sub)),
        *company.specialities,
    )


COMPANIES = {
    "a size": Case("sizes", [(201, 500)], lambda c: c.size == (201, 500)),
    "one of two sizes": Case(
        "sizes", [(1, 10), (1001, 5000)], lambda c: c.size in {(1, 10), (1001, 5000)}
    ),
    "a size across ranges": Case("sizes", [(40, 60)], lambda c: overlaps(c.size, 40, 60)),
    "a size without a top": Case("sizes", [(5001, None)], lambda c: c.size is not None and c.size[0] >= 5001),
    "a size with a top for none": Case(
        "sizes", [(100001, 999_999)], lambda c: c.size == (100001, None)
    ),
    "a size without a bottom": Case("sizes", [(None, 50)], lambda c: c.size is not None and c.size[0] < 50),
    "a revenue across ranges": Case(
        "revenues", [(2_000_000, 20_000_000)], lambda c: overlaps(c.revenue, 2_000_000, 20_000_000)
    ),
    "a revenue without a top": Case(
        "revenues", [(600_000_000, None)], lambda c: overlaps(c.revenue, 600_000_000, None)
    ),
    "people on LinkedIn": Case(
        "employeesInLinkedIn",
        (50, 300),
        lambda c: c.employees_in_linkedin is not None and 50 <= c.employees_in_linkedin <= 300,
    ),
    "people on LinkedIn at the least": Case(
        "employeesInLinkedIn",
        (300, None),
        lambda c: c.employees_in_linkedin is not None and c.employees_in_linkedin >= 300,
    ),
    "a country": Case("locations", [place(country="us")], lambda c: c.place.country == "United States"),
    "a continent": Case("locations", [place(continent="Europe")], lambda c: c.place.continent == "Europe"),
    "a country of any office": Case(
        "companyLocations",
        [place(country="United States")],
        lambda c: any(o.country_code == "US" for o in (c.place, *c.offices)),
    ),
    "a state of any office": Case(
        "companyLocations",
        [place(country="United States", state="Texas")],
        lambda c: any(o.country_code == "US" and o.state == "Texas" for o in (c.place, *c.offices)),
    ),
    "a main industry": Case(
        "mainIndustriesIds", [17], lambda c: c.industry and c.industry.main.startswith("Technology")
    ),
    "a main industry as text": Case(
        "mainIndustriesIds", ["12"], lambda c: c.industry and c.industry.main == "Manufacturing"
    ),
    "a text": Case("searchText", "manufacturing", lambda c: company_text(c, "manufacturing")),
    "a text of several words": Case(
        "searchText", "the services of United", lambda c: company_text(c, "services", "united")
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTACTS.values(), ids=CONTACTS)
def test_a_search_finds_whom_the_criterion_means_and_excluding_leaves_the_others(
    index: SearchIndex, people: list[Person], case: Case
) -> None:
    wanted = {person.id for person in people if case.means(person)}
    everybody = {person.id for person in people}

    assert wanted, "the case is about somebody"
    assert wanted < everybody
    assert contact_ids(index, SearchQuery(contacts={case.field: case.value})) == wanted
    assert contact_ids(index, SearchQuery(not_contacts={case.field: case.value})) == everybody - wanted


@pytest.mark.parametrize("case", COMPANIES.values(), ids=COMPANIES)
def test_a_company_search_finds_what_the_criterion_means_and_excluding_leaves_the_others(
    index: SearchIndex, companies: list[Company], case: Case
) -> None:
    wanted = {c.id for c in companies if case.means(c)}
    every = {company.id for company in companies}

    assert wanted, "the case is about some company"
    assert wanted < every
    assert company_ids(index, SearchQuery(companies={case.field: case.value})) == wanted
    assert company_ids(index, SearchQuery(not_companies={case.field: case.value})) == every - wanted


@pytest.mark.parametrize(
    "names", [("surgeInHiring",), ("peopleNews", "headcountIncrease6m"), COMPANY_TYPES, (ALL,)]
)
@pytest.mark.parametrize("since", [SINCE, date(2026, 3, 15), date(2025, 1, 1)], ids=str)
def test_a_company_is_found_by_its_signals(
    index: SearchIndex, companies: list[Company], names: tuple[str, ...], since: date
) -> None:
    world = index.world
    wanted = {
        c.id
        for c in companies
        if company_signals(world.seed, world.as_of, world.pools, c, names, since, TODAY)
    }
    value = signal(*names, since=since)

    assert wanted
    assert company_ids(index, SearchQuery(companies={"signal": value})) == wanted
    assert (
        company_ids(index, SearchQuery(not_companies={"signal": value})) == {c.id for c in companies} - wanted
    )


def test_a_company_is_found_by_an_earlier_signal_though_a_later_one_is_past_the_window(
    index: SearchIndex, companies: list[Company]
) -> None:
    world, until = index.world, date(2025, 12, 31)
    wanted = {
        c.id
        for c in companies
        if company_signals(world.seed, world.as_of, world.pools, c, ["peopleNews"], SINCE, until)
    }

    assert wanted
    value = signal("peopleNews", until=until)
    assert company_ids(index, SearchQuery(companies={"signal": value})) == wanted


def test_people_are_found_by_what_their_company_is(
    index: SearchIndex, people: list[Person], companies: list[Company]
) -> None:
    case = COMPANIES["a size"]
    domains = {company.domain for company in companies if case.means(company)}
    wanted = {person.id for person in people if person.key.domain in domains}
    others = {person.id for person in people} - wanted

    assert contact_ids(index, SearchQuery(companies={"sizes": [(201, 500)]})) == wanted
    assert contact_ids(index, SearchQuery(not_companies={"sizes": [(201, 500)]})) == others


# What an entity has leads to it, however it is written


def accented(text: str) -> str:
    """The text in capitals, an accent on each Latin letter."""
    return "".join(
        f"{c}\N{COMBINING ACUTE ACCENT}" if c.isascii() and c.isalpha() else c for c in text.upper()
    )


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "with accents": accented,
    "without accents": plain,
    "between blanks": lambda text: f"  {text} ",
}


def level(at: Place, write: Callable[[str], str]) -> PlaceCriterion:
    sent = {"country": at.country, "city": at.city, "state": at.state, "continent": at.continent}
    return PlaceCriterion.of({name: write(value) for name, value in sent.items() if value})


OF_PERSON: dict[str, Callable[[Person, Callable[[str], str]], Any]] = {
    "departments": lambda p, write: [write(name) for name in p.job.departments],
    "seniority": lambda p, _: [p.job.seniority.id],
    "locations": lambda p, write: [level(p.place, write)],
    "jobTitles": lambda p, write: [write(p.job.title)],
    "jobTitlesExactMatch": lambda p, write: [write(p.job.title)],
    "linkedinUrls": lambda p, _: [p.linkedin_url],
    "searchText": lambda p, write: write(f"{p.full_name} {p.job.company}"),
    "signal": lambda p, _: signal(ALL, since=p.job_start, until=p.job_start) if p.previous else None,
    "existing_data_points": lambda p, _: [name for name, has in POINTS.items() if has(p)],
}
OF_COMPANY: dict[str, Callable[[Company, Callable[[str], str]], Any]] = {
    "names": lambda c, write: [write(c.name)],
    "domains": lambda c, _: [f"https://www.{c.domain}/about".upper()],
    "locations": lambda c, write: [level(c.place, write)],
    "companyLocations": lambda c, write: [level(office, write) for office in c.offices[-1:]],
    "technologies": lambda c, write: [write(name) for name in c.technologies[-1:]],
    "intentTopics": lambda c, write: [write(topic.name) for topic in c.intent[-1:]],
    "sizes": lambda c, _: [c.size] if c.size else None,
    "revenues": lambda c, _: [c.revenue] if c.revenue else None,
    "employeesInLinkedIn": lambda c, _: (c.employees_in_linkedin,) * 2 if c.employees_in_linkedin else None,
    "sicCodes": lambda c, _: [f"{code:04d}" for code, _ in c.sic[-1:]],
    "naicsCodes": lambda c, _: [str(code) for code, _ in c.naics[-1:]],
    "mainIndustriesIds": lambda c, _: [c.industry.main_id] if c.industry else None,
    "subIndustriesIds": lambda c, _: [str(c.industry.sub_id)] if c.industry else None,
    "searchText": lambda c, write: write(f"{c.name} {c.place.city}"),
}


@pytest.mark.parametrize("field", OF_PERSON)
@given(number=st.integers(0, 599), how=st.sampled_from(sorted(WRITTEN)))
def test_what_a_person_has_leads_to_them_and_excluding_it_leaves_them_out(
    index: SearchIndex, people: list[Person], field: str, number: int, how: str
) -> None:
    person = people[number]
    value = OF_PERSON[field](person, WRITTEN[how])
    if not value:
        return
    kept = contact_ids(index, SearchQuery(contacts={field: value}))
    left = contact_ids(index, SearchQuery(not_contacts={field: value}))

    assert person.id in kept
    assert not kept & left
    assert kept | left == {each.id for each in people}
    assert contact_ids(index, SearchQuery(contacts={field: value}, not_contacts={field: value})) == set()


@pytest.mark.parametrize("field", OF_COMPANY)
@given(number=st.integers(0, 59), how=st.sampled_from(sorted(WRITTEN)))
def test_what_a_company_has_leads_to_it_and_excluding_it_leaves_it_out(
    index: SearchIndex, companies: list[Company], field: str, number: int, how: str
) -> None:
    company = companies[number]
    value = OF_COMPANY[field](company, WRITTEN[how])
    if not value:
        return
    kept = company_ids(index, SearchQuery(companies={field: value}))
    left = company_ids(index, SearchQuery(not_companies={field: value}))

    assert company.id in kept
    assert not kept & left
    assert kept | left == {each.id for each in companies}
    assert company_ids(index, SearchQuery(companies={field: value}, not_companies={field: value})) == set()


ALONE = {"names": lambda c: c.name, "domains": lambda c: c.domain}
SHARED: dict[str, Callable[[Company], set[str]]] = {
    "technologies": lambda c: set(c.technologies),
    "intentTopics": lambda c: {topic.name for topic in c.intent},
    "sicCodes": lambda c: {f"{code:04d}" for code, _ in c.sic},
    "naicsCodes": lambda c: {str(code) for code, _ in c.naics},
    "mainIndustriesIds": lambda c: {str(c.industry.main_id)} if c.industry else set(),
    "subIndustriesIds": lambda c: {str(c.industry.sub_id)} if c.industry else set(),
}


@pytest.mark.parametrize("field", ALONE)
def test_a_name_or_domain_finds_its_company_alone(
    index: SearchIndex, companies: list[Company], field: str
) -> None:
    for company in companies:
        value = ALONE[field](company)

        assert company_ids(index, SearchQuery(companies={field: [value]})) == {company.id}


@pytest.mark.parametrize("field", SHARED)
def test_each_value_that_companies_have_finds_exactly_those_that_have_it(
    index: SearchIndex, companies: list[Company], field: str
) -> None:
    values = set().union(*(SHARED[field](company) for company in companies))

    assert values
    for value in values:
        wanted = {company.id for company in companies if value in SHARED[field](company)}

        assert company_ids(index, SearchQuery(companies={field: [value]})) == wanted


def test_a_shorter_naics_code_stands_for_all_below_it(index: SearchIndex, companies: list[Company]) -> None:
    wanted = {c.id for c in companies if any(str(code)[:2] == "54" for code, _ in c.naics)}

    assert wanted
    assert company_ids(index, SearchQuery(companies={"naicsCodes": ["54"]})) == wanted


def test_linkedin_urls_find_exactly_those_named(index: SearchIndex, people: list[Person]) -> None:
    some = people[10:40:7]
    urls = [person.linkedin_url for person in some]

    assert contact_ids(index, SearchQuery(contacts={"linkedinUrls": urls})) == {p.id for p in some}


def test_a_linkedin_url_excluded_leaves_the_others_that_are_included(
    index: SearchIndex, people: list[Person]
) -> None:
    first, second, third = people[3], people[30], people[300]
    question = SearchQuery(
        contacts={"linkedinUrls": [first.linkedin_url, second.linkedin_url]},
        not_contacts={"linkedinUrls": [second.linkedin_url, third.linkedin_url]},
    )

    assert contact_ids(index, question) == {first.id}


# Values that nobody has

UNKNOWN_OF_CONTACTS: dict[str, list[Any]] = {
    "departments": [["Alchemy"], [""], ["&"]],
    "seniority": [[0], [11], [99], [-1], [10**9]],
    "existing_data_points": [["work_phone"], ["fax"], [""], ["partial"]],
    "locations": [
        [place(country="Atlantis")],
        [place()],
        [place(country=" ")],
        [place(country="?!")],
        [place(state="?!")],
        [place(city="?!")],
        [place(continent="-")],
        [place(country_grouping="-")],
        [place(country="US", city="Nowhereville")],
        [place(country="Germany", state="California")],
    ],
    "jobTitles": [["Alchemist"], [""], [" & "], ["anager"]],
    "jobTitlesExactMatch": [["Content"], [""], ["Manager Of Nothing"]],
    "signal": [signal(ALL, since=date(2026, 4, 1)), signal(ALL, since=TODAY, until=date(2026, 1, 1))],
    "linkedinUrls": [
        ["https://www.linkedin.com/in/nobody-here"],
        ["nonsense"],
        [""],
        ["https://example.com/in/ada-quill"],
    ],
    "searchText": ["qqqzzz", "sales qqqzzz", "!?", "of the"],
}
UNKNOWN_OF_COMPANIES: dict[str, list[Any]] = {
    "names": [["Nowhere Ltd"], [""], ["!?"]],
    "domains": [["nowhere.example"], ["nonsense"], [""], ["http://["]],
    "locations": [[place(country="Atlantis")], [place()], [place(state="?!")]],
    "companyLocations": [[place(country="Atlantis")], [place()], [place(state="?!")]],
    "technologies": [["Abacus 3000"], [""], ["!?"]],
    "intentTopics": [["Basket Weaving"], [""]],
    "sizes": [[(0, 0)], [(None, 0)]],
    "revenues": [[(0, 0)], [(None, 0)]],
    "employeesInLinkedIn": [(10**9, None), (None, -1)],
    "sicCodes": [["9999"], [""], ["x"], [" "]],
    "naicsCodes": [["999999"], [""], ["x"], [" "]],
    "mainIndustriesIds": [[4], ["4"], [-1], ["x"], [""]],
    "subIndustriesIds": [[4], ["9999"], ["x"], [""]],
    "searchText": ["qqqzzz", "!?", "the"],
    "signal": [signal("surgeInHiring", since=date(2026, 4, 1))],
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, v) for field, values in UNKNOWN_OF_CONTACTS.items() for v in values],
    ids=lambda each: repr(each)[:70],
)
def test_an_unknown_value_finds_nobody_and_excludes_nobody(
    index: SearchIndex, field: str, value: Any
) -> None:
    assert contact_ids(index, SearchQuery(contacts={field: value})) == set()
    assert len(contact_ids(index, SearchQuery(not_contacts={field: value}))) == 600


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, v) for field, values in UNKNOWN_OF_COMPANIES.items() for v in values],
    ids=lambda each: repr(each)[:70],
)
def test_an_unknown_value_finds_no_company_and_excludes_none(
    index: SearchIndex, field: str, value: Any
) -> None:
    assert company_ids(index, SearchQuery(companies={field: value})) == set()
    assert len(company_ids(index, SearchQuery(not_companies={field: value}))) == 60


# Nothing is advertised that does not work


def test_every_criterion_on_contacts_of_the_contract_has_a_predicate_and_a_case(contract: Contract) -> None:
    advertised = set(contract.schemas["ContactFilterCriteria"]["properties"])
    advertised -= {"existingDataPoints", "signals", "countries"}

    assert set(CONTACT_PREDICATES) | OUTSIDE == advertised
    assert {case.field for case in CONTACTS.values()} | {"linkedinUrls"} == advertised
    assert set(OF_PERSON) == set(UNKNOWN_OF_CONTACTS) == advertised


def test_every_criterion_on_companies_of_the_contract_has_a_predicate_and_a_case(contract: Contract) -> None:
    advertised = set(contract.schemas["CompanyFilterCriteria"]["properties"])
    advertised -= {"sics", "naics", "signals", "excludePartialCompanies"}

    assert set(COMPANY_PREDICATES) == set(COMPANY_MASKS) >= advertised
    assert {*SHARED, *ALONE, "signal", *(case.field for case in COMPANIES.values())} == advertised
    assert set(OF_COMPANY) | {"signal"} == set(UNKNOWN_OF_COMPANIES) == advertised
