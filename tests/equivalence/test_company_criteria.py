"""Criteria of v3 on companies: columns keep exactly the companies that the readable predicates keep."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.company_profile import COMPANY_TYPES
from mock_lusha.world.fast.company_columns import CompanyColumns
from mock_lusha.world.fast.company_masks import COMPANY_MASKS
from mock_lusha.world.generate.linkedin_activity import INTENT_CATEGORIES, LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import ALL, HIRING_DEPARTMENTS
from mock_lusha.world.generate.signals import COMPANY_TYPES as SIGNAL_TYPES
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES, SearchedCompany
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
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mock_lusha.world.pools import Pools
    from mock_lusha.world.search.criteria import Coverage
    from mock_lusha.world.search.predicates import SearchWorld

TODAY = date(2026, 3, 31)
LONG_AGO = date(2024, 1, 1)
COVERAGES: tuple[Coverage, ...] = ("last_funding", "any_round", "total_funds", "last_round")


class BuiltWorld:
    """The companies of a directory, as columns and one by one."""

    def __init__(self, pools: Pools, seed: str, companies: int, people: int) -> None:
        world = World(seed, TODAY, pools, companies=companies, people=people)
        index = SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))
        self.search_world: SearchWorld = index.search_world
        self.columns = CompanyColumns.draw(world, index.search_world.places)
        self.entries = [
            SearchedCompany(world.company(listed.domain), index.search_world)
            for listed in world.directory.companies
        ]

    def kept(self, field: str, value: Any) -> int:
        """How many companies both ways of asking keep, which have to be the same ones."""
        wanted = [COMPANY_PREDICATES[field](entry, value, self.search_world) for entry in self.entries]

        assert COMPANY_MASKS[field](self.columns, value).tolist() == wanted, (field, value)
        return sum(wanted)


@pytest.fixture(scope="module", params=[("lusha", 300, 900), ("ünï", 90, 9_000), ("", 120, 60)], ids=str)
def drawn(request: pytest.FixtureRequest, pools: Pools) -> BuiltWorld:
    return BuiltWorld(pools, *request.param)


def some_of(built: BuiltWorld) -> list[SearchedCompany]:
    entries = [entry for entry in built.entries if not entry.company.partial]
    return entries[:: max(1, len(entries) // 12)]


def terms(built: BuiltWorld, name: str) -> Iterator[Terms]:
    for entry in some_of(built):
        company = entry.company
        names = company.technologies if name == "technologies" else [topic.name for topic in company.intent]
        for every in (True, False):
            yield Terms(tuple(text.upper() for text in names[:2]), every)
            yield Terms((*names[:1], "Basket Weaving"), every)
    yield Terms((), every=True)


def intents(built: BuiltWorld) -> Iterator[IntentCriterion]:
    topics = [entry.company.intent for entry in built.entries if entry.company.intent][:8]
    for (first, *rest), every in itertools.product(topics, (True, False)):
        names = (first.name, *(topic.name for topic in rest[:1]))
        for score in ((None, None), (first.score, first.score), (80, None), (None, 70), (101, None)):
            yield IntentCriterion(Terms(names, every), score)
    for score in ((None, None), (90, None), (None, 60), (1, 50)):
        yield IntentCriterion(Terms(()), score)


def texts(built: BuiltWorld) -> list[str]:
    own = [t for entry in some_of(built) for t in (*entry.company.specialities, *entry.profile.keywords)]
    return [*own[::5], own[0].upper(), own[0][:4], "of the", "", "qqqzzz"]


def keywords(built: BuiltWorld) -> Iterator[KeywordCriterion]:
    for text in texts(built):
        for fields in ((), ("description",), ("name", "Specialities"), ("keywords", "nonsense"), ("x",)):
            yield KeywordCriterion((text,), fields)


def postal_codes(built: BuiltWorld) -> Iterator[list[PostalCriterion]]:
    for entry in built.entries[::7]:
        for place, code in zip(entry.company.offices, entry.profile.postal_codes, strict=False):
            if code is not None:
                yield [PostalCriterion(code.lower(), place.country_code)]
                yield [PostalCriterion(code.split(" ")[0])]
                yield [PostalCriterion(code, "Atlantis"), PostalCriterion("SW1A", "GB")]


def areas(_: BuiltWorld) -> Iterator[list[AreaCriterion]]:
    for code, country, distance in (
        ("94105", "United States", 25), ("10001", "US", 200), ("EC1A 1BB", "GB", 60), ("10115", "de", 9000),
        ("75001", "France", 0), ("00000", "US", 500), ("94105", "Atlantis", 500),
    ):  # fmt: skip
        yield [AreaCriterion(code, country, distance)]


def fundings(_: BuiltWorld) -> Iterator[FundingCriterion]:
    yield from (FundingCriterion(is_ipo=True), FundingCriterion(is_ipo=False))
    for coverage in COVERAGES:
        for bounds in ((None, 5_000_000), (10_000_000, 60_000_000), (200_000_000, None)):
            yield FundingCriterion(amounts=((coverage, bounds),))
        yield FundingCriterion(since=(coverage, TODAY - timedelta(days=900)))
        for name in ("pre_seed", "seed", "series_a", "series_b", "series_h", "other"):
            yield FundingCriterion(rounds=((coverage, name), ("any_round", "series_h")))
        for name in ("venture", "private_equity", "grant"):
            yield FundingCriterion(is_ipo=False, names=((coverage, name),))


def pages(built: BuiltWorld) -> Iterator[list[str]]:
    page = "https://www.linkedin.com/company/"
    yield [f"{page}mock-lusha-{entry.company.handle}/about" for entry in some_of(built)]
    yield [f"{page}lusha", "nonsense", "https://www.linkedin.com/in/mock-lusha-a"]


def labels(built: BuiltWorld) -> Iterator[list[str]]:
    for entry in some_of(built):
        if entry.company.industry is not None:
            yield [entry.company.industry.sub, entry.company.industry.main[:5]]
    yield from (["Software"], ["!?"], ["Basket Weaving"])


FIELDS: dict[str, Callable[[BuiltWorld], Iterable[Any]]] = {
    "technologies": lambda built: terms(built, "technologies"),
    "intentTopics": lambda built: terms(built, "intentTopics"),
    "intent": intents,
    "topicCountThreshold": lambda _: [
        [(0, 0)], [(2, 3)], [(None, 2), (6, None)], [(7, 9)], [(None, None)],
    ],
    "foundedYear": lambda _: [
        [(2000, 2010)], [(None, 1990)], [(2015, None), (1980, 1985)], [(None, None)], [(1, 2)],
    ],
    "businessModel": lambda _: [["B2B"], ["b2g"], ["B2C", "B2G"], ["B2X"]],
    "companyType": lambda _: [[name] for name in (*COMPANY_TYPES, "educational", "Cooperative")],
    "ids": lambda built: [[e.company.id for e in built.entries[::3]], [1, -1, 10**12]],
    "linkedinUrls": pages,
    "keywords": keywords,
    "exactKeywords": lambda built: [[text, "basket weaving"] for text in texts(built)],
    "specialities": lambda built: [[text, "basket weaving"] for text in texts(built)],
    "exactSpecialities": lambda built: [[text, "basket weaving"] for text in texts(built)],
    "industriesLabels": labels,
    "geographicDetails": areas,
    "locationsZipcodes": postal_codes,
    "headquarterZipcodes": postal_codes,
    "funding": fundings,
}  # fmt: skip
"""Field -> values of it, most of which some company has and others have not."""


@pytest.mark.parametrize("field", FIELDS)
def test_each_criterion_keeps_the_same_companies_either_way(drawn: BuiltWorld, field: str) -> None:
    counts = [drawn.kept(field, value) for value in FIELDS[field](drawn)]

    assert any(0 < count < len(drawn.entries) for count in counts), "some value keeps some companies"


@pytest.mark.parametrize("until", [TODAY, date(2026, 1, 31)], ids=str)
@pytest.mark.parametrize("since", [LONG_AGO, date(2026, 1, 15)], ids=str)
def test_narrowed_signals_keep_the_same_companies_either_way(
    drawn: BuiltWorld, since: date, until: date
) -> None:
    kept = 0
    for department in (*HIRING_DEPARTMENTS, "sales", "Alchemy"):
        narrowed = SignalCriterion(
            ("surgeInHiringByDepartment",), since, until, departments=((department, since),)
        )
        kept += drawn.kept("signal", narrowed)
    for where in (("United States", None), (None, "California"), ("germany", "Bavaria"), ("Atlantis", None)):
        narrowed = SignalCriterion(("surgeInHiringByLocation",), since, until, locations=((*where, since),))
        kept += drawn.kept("signal", narrowed)
        drawn.kept("signal", SignalCriterion((ALL,), since, until, locations=((*where, since),)))
    for categories in (None, *((category,) for category in INTENT_CATEGORIES), ("technology", "x"), ("x",)):
        narrowed = SignalCriterion((LINKEDIN_ACTIVITY,), since, until, categories=categories)
        kept += drawn.kept("signal", narrowed)
    assert kept


@pytest.mark.parametrize("until", [date(2026, 4, 20), date(2026, 9, 15)], ids=str)
@pytest.mark.parametrize("since", [LONG_AGO, date(2026, 4, 1), date(2026, 7, 4)], ids=str)
def test_signals_after_the_day_of_the_world_keep_the_same_companies_either_way(
    drawn: BuiltWorld, since: date, until: date
) -> None:
    def later(*names: str, **narrowed: Any) -> int:
        return drawn.kept("signal", SignalCriterion(names, since, until, later=True, **narrowed))

    counts = [later(name) for name in (*SIGNAL_TYPES, LINKEDIN_ACTIVITY, "nonsense")]
    later(ALL, LINKEDIN_ACTIVITY)
    for department in HIRING_DEPARTMENTS:
        later("surgeInHiringByDepartment", "peopleNews", departments=((department, since),))
    for where in (("United States", None), ("Germany", "Bavaria")):
        later("surgeInHiringByLocation", locations=((*where, since),))
    for category in INTENT_CATEGORIES:
        later(LINKEDIN_ACTIVITY, categories=(category,))
    assert any(counts) is (since < until)
    assert later("riskNews") >= drawn.kept("signal", SignalCriterion(("riskNews",), since, until))
