"""What criteria of v3 keep of companies: exactly those that another formulation of the criterion keeps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import Hiring, company_signals
from mock_lusha.world.pins import PinnedCompany, Pins
from mock_lusha.world.postal_codes import miles
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES
from mock_lusha.world.search.criteria import (
    AreaCriterion,
    FundingCriterion,
    IntentCriterion,
    KeywordCriterion,
    PostalCriterion,
    SignalCriterion,
    Terms,
)
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.search.session import Search
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.world.company_profile import CompanyProfile
    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.pools import Pools

TODAY = date(2026, 3, 31)
SINCE = date(2025, 6, 1)
COUNT = 240
PINNED = "quillworks.example"


@pytest.fixture(scope="module")
def index(pools: Pools) -> SearchIndex:
    place = next(place for place in pools.places if place.city == "Boston")
    pinned = PinnedCompany(domain=PINNED, name="Quillworks", employees=150, size=(51, 200), place=place)
    pins = Pins(companies={PINNED: pinned})
    world = World("lusha", TODAY, pools, people=720, companies=COUNT, pins=pins)
    return SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))


@pytest.fixture(scope="module")
def companies(index: SearchIndex) -> list[Company]:
    domains = [PINNED, *(listed.domain for listed in index.world.directory.companies)]
    return [index.world.company(domain) for domain in domains]


def company_ids(index: SearchIndex, query: SearchQuery) -> set[int]:
    lookup = AccountLookup(index.world, open_world=False, match_rate=1.0, people={}, companies={})
    answer = Search(index, lookup, query).companies(0, 2 * COUNT)
    return {company.id for company in (*answer.joined, *map(index.company, answer.rows))}


class Case(NamedTuple):
    """A criterion as the search is given it, and which companies it means in other words."""

    field: str
    value: Any
    means: Callable[[Company, CompanyProfile, World], object]


def offices(company: Company) -> tuple[Place, ...]:
    return company.offices or (company.place,)


def near(company: Company, world: World, city: str, distance: int) -> bool:
    center = next(place for place in world.pools.places if place.city == city)
    return any(miles(center, place) <= distance for place in offices(company))


def topics(company: Company, least: int = 0, most: int = 100) -> set[str]:
    return {topic.name for topic in company.intent if least <= topic.score <= most}


def has_word(text: str, *texts: str) -> bool:
    return any(word.startswith(text) for each in texts for word in each.lower().replace("-", " ").split())


def hires(company: Company, world: World, kind: str, **facts: str) -> bool:
    signals = company_signals(world.seed, TODAY, world.pools, company, [kind], SINCE, TODAY)
    return any(
        isinstance(signal.facts, Hiring) and all(getattr(signal.facts, k) == v for k, v in facts.items())
        for signal in signals.get(kind, ())
    )


def writes(company: Company, world: World, category: str | None = None) -> bool:
    rows = world.linkedin_activities(company.domain, SINCE, TODAY)
    return any(category in {None, own} for row in rows for _, own in row.topics)


def signal(kind: str, **narrowed: Any) -> SignalCriterion:
    return SignalCriterion((kind,), SINCE, TODAY, **narrowed)


CASES = {
    "a year": Case("foundedYear", [(2005, 2012)], lambda c, _, __: c.founded and 2005 <= c.founded <= 2012),
    "years up to one": Case("foundedYear", [(None, 1999)], lambda c, _, __: c.founded and c.founded < 2000),
    "a model": Case("businessModel", ["b2g"], lambda _, p, __: "B2G" in p.business_model),
    "one of two models": Case(
        "businessModel", ["B2G", "B2C"], lambda _, p, __: {"B2G", "B2C"} & set(p.business_model)
    ),
    "a type": Case("companyType", ["public company"], lambda _, p, __: p.company_type == "Public Company"),
    "one of two types": Case(
        "companyType", ["Educational", "Government"],
        lambda _, p, __: p.company_type in {"Educational", "Government"},
    ),
    "a label of an industry": Case(
        "industriesLabels", ["Software"], lambda c, _, __: c.industry and "Software" in c.industry.sub
    ),
    "a main label": Case(
        "industriesLabels", ["FINANCE"], lambda c, _, __: c.industry and c.industry.main == "Finance"
    ),
    "every technology": Case(
        "technologies", Terms(("React", "Slack"), every=True),
        lambda c, _, __: {"React", "Slack"} <= set(c.technologies),
    ),
    "one of the technologies": Case(
        "technologies", Terms(("React", "Slack")), lambda c, _, __: {"React", "Slack"} & set(c.technologies)
    ),
    "a score": Case("intent", IntentCriterion(Terms(()), (95, None)), lambda c, _, __: topics(c, 95)),
    "scores in bounds": Case(
        "intent", IntentCriterion(Terms(()), (60, 64)), lambda c, _, __: topics(c, 60, 64)
    ),
    "a number of topics": Case(
        "topicCountThreshold", [(5, None)], lambda c, _, __: len(c.intent) >= 5
    ),
    "a speciality": Case(
        "specialities", ["bill"], lambda c, _, __: has_word("bill", *c.specialities)
    ),
    "a keyword": Case(
        "keywords", KeywordCriterion(("Manufact",)), lambda _, p, __: has_word("manufact", *p.keywords)
    ),
    "a keyword in the description": Case(
        "keywords", KeywordCriterion(("software",), ("description",)),
        lambda c, _, __: has_word("software", c.description or ""),
    ),
    "an exact keyword": Case("exactKeywords", ["Finance"], lambda _, p, __: "finance" in p.keywords),
    "miles round a place": Case(
        "geographicDetails", [AreaCriterion("94105", "United States", 60)],
        lambda c, _, w: near(c, w, "San Francisco", 60),
    ),
    "miles round one of two places": Case(
        "geographicDetails", [AreaCriterion("10001", "US", 5), AreaCriterion("02108", "US", 5)],
        lambda c, _, w: near(c, w, "New York", 5) or near(c, w, "Boston", 5),
    ),
    "a listed company": Case(
        "funding", FundingCriterion(is_ipo=True), lambda c, _, __: c.funding and c.funding.is_ipo
    ),
    "a round": Case(
        "funding", FundingCriterion(rounds=(("any_round", "series_a"),)),
        lambda c, _, __: c.funding and any(r.kind == "Series A" for r in c.funding.rounds),
    ),
    "the last round": Case(
        "funding", FundingCriterion(rounds=(("last_round", "series_a"), ("last_funding", "seed"))),
        lambda c, _, __: c.funding and c.funding.rounds[-1].kind in {"Series A", "Seed Round"},
    ),
    "all funds": Case(
        "funding", FundingCriterion(amounts=(("total_funds", (20_000_000, None)),)),
        lambda c, _, __: c.funding and sum(r.amount for r in c.funding.rounds) >= 20_000_000,
    ),
    "a round since a day, of a kind": Case(
        "funding",
        FundingCriterion(since=("last_round", date(2022, 1, 1)), names=(("any_round", "venture"),)),
        lambda c, _, __: c.funding and c.funding.rounds[-1].day >= date(2022, 1, 1),
    ),
    "people writing": Case("signal", signal(LINKEDIN_ACTIVITY), lambda c, _, w: writes(c, w)),
    "people writing of security": Case(
        "signal", signal(LINKEDIN_ACTIVITY, categories=("security",)),
        lambda c, _, w: writes(c, w, "Security"),
    ),
    "hiring for a department": Case(
        "signal", signal("surgeInHiringByDepartment", departments=(("marketing", SINCE),)),
        lambda c, _, w: hires(c, w, "surgeInHiringByDepartment", department="Marketing"),
    ),
    "hiring in a country": Case(
        "signal", signal("surgeInHiringByLocation", locations=(("United States", None, SINCE),)),
        lambda c, _, w: hires(c, w, "surgeInHiringByLocation", country="United States"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_criterion_keeps_what_it_means_and_excluding_it_leaves_the_others(
    index: SearchIndex, companies: list[Company], case: Case
) -> None:
    profile = index.world.company_profile
    wanted = {c.id for c in companies if case.means(c, profile(c.domain), index.world)}
    every = {company.id for company in companies}

    assert wanted, "the case is about some company"
    assert wanted < every
    assert company_ids(index, SearchQuery(companies={case.field: case.value})) == wanted
    assert company_ids(index, SearchQuery(not_companies={case.field: case.value})) == every - wanted


OWN: dict[str, Callable[[Company, CompanyProfile], Any]] = {
    "ids": lambda c, _: [c.id],
    "linkedinUrls": lambda c, _: [f"http://linkedin.com/company/mock-lusha-{c.handle}/"],
    "exactSpecialities": lambda c, _: [text.upper() for text in c.specialities[-1:]],
    "exactKeywords": lambda _, p: [text.upper() for text in p.keywords[-1:]],
    "locationsZipcodes": lambda c, p: [
        PostalCriterion(code, place.country_code)
        for place, code in zip(c.offices[-1:], p.postal_codes[-1:], strict=True)
        if code
    ],
    "headquarterZipcodes": lambda c, p: [
        PostalCriterion(code, c.place.country) for code in p.postal_codes[:1] if code
    ],
    "intentTopics": lambda c, _: Terms(tuple(topics(c)), every=True) if c.intent else None,
}


@pytest.mark.parametrize("field", OWN)
def test_what_a_company_has_leads_to_it(index: SearchIndex, companies: list[Company], field: str) -> None:
    asked = 0
    for company in companies[::5]:
        value = OWN[field](company, index.world.company_profile(company.domain))
        if value:
            kept = company_ids(index, SearchQuery(companies={field: value}))
            assert company.id in kept
            assert len(kept) < len(companies) / 2
            asked += 1
    assert asked > 5


UNKNOWN: dict[str, list[Any]] = {
    "ids": [[1], [-1], [10**12]],
    "linkedinUrls": [["https://www.linkedin.com/company/nobody"], ["nonsense"], ["http://["]],
    "businessModel": [["B2X"], [""]],
    "companyType": [["Cooperative"]],
    "foundedYear": [[(1, 2)], [(2027, None)]],
    "industriesLabels": [["Basket Weaving"], ["!?"], ["of"]],
    "technologies": [Terms(("React", "Abacus 3000"), every=True)],
    "intent": [IntentCriterion(Terms(("Basket Weaving",))), IntentCriterion(Terms(()), (101, None))],
    "topicCountThreshold": [[(7, None)]],
    "keywords": [KeywordCriterion(("qqqzzz",)), KeywordCriterion(("finance",), ("nonsense",))],
    "exactKeywords": [["financ"], [""]],
    "specialities": [["qqqzzz"], [""], ["the"]],
    "exactSpecialities": [["bill"]],
    "geographicDetails": [[AreaCriterion("00000", "US", 5000)], [AreaCriterion("94105", "Atlantis", 5000)]],
    "locationsZipcodes": [[PostalCriterion("", "US")], [PostalCriterion("00000")]],
    "headquarterZipcodes": [[PostalCriterion("9", "US")]],
    "funding": [
        FundingCriterion(rounds=(("any_round", "series_h"),)),
        FundingCriterion(names=(("any_round", "grant"),)),
    ],
    "signal": [
        signal(LINKEDIN_ACTIVITY, categories=("x",)),
        signal("surgeInHiringByDepartment", departments=(("x", SINCE),)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in UNKNOWN.items() for value in values],
    ids=lambda each: repr(each)[:60],
)
def test_an_unknown_value_keeps_no_company_and_leaves_out_none(
    index: SearchIndex, field: str, value: Any
) -> None:
    assert company_ids(index, SearchQuery(companies={field: value})) == set()
    assert len(company_ids(index, SearchQuery(not_companies={field: value}))) == COUNT + 1


def test_every_criterion_has_a_case() -> None:
    of_both = {
        "names", "domains", "locations", "companyLocations", "intentTopics", "sizes", "revenues",
        "employeesInLinkedIn", "sicCodes", "naicsCodes", "mainIndustriesIds", "subIndustriesIds",
        "searchText",
    }  # fmt: skip

    assert {case.field for case in CASES.values()} | set(OWN) | of_both == set(COMPANY_PREDICATES)
    assert set(UNKNOWN) | of_both == set(COMPANY_PREDICATES)
