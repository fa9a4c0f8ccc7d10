"""The directory's companies as columns say what the companies themselves say."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.fast.company_columns import CompanyColumns
from mock_lusha.world.fast.company_masks import COMPANY_MASKS
from mock_lusha.world.fast.signal_days import signal_days
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES, company_signals
from mock_lusha.world.pools import REVENUES, SIZES
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES, SearchedCompany
from mock_lusha.world.search.criteria import SignalCriterion
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.search.place_criterion import PlaceCriterion
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools
    from mock_lusha.world.search.predicates import SearchWorld

TODAY = date(2026, 3, 31)


class BuiltWorld:
    """The companies of a directory, as columns and one by one."""

    def __init__(self, pools: Pools, seed: str, companies: int, people: int) -> None:
        world = World(seed, TODAY, pools, companies=companies, people=people)
        index = SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))
        self.search_world: SearchWorld = index.search_world
        self.firms = CompanyColumns.draw(world, index.search_world.places)
        self.companies = [world.company(listed.domain) for listed in world.directory.companies]
        self.searched = [SearchedCompany(company, index.search_world) for company in self.companies]

    def keep_the_same(self, field: str, value: Any) -> None:
        """Both ways of asking find the same companies."""
        wanted = [COMPANY_PREDICATES[field](entry, value, self.search_world) for entry in self.searched]

        assert COMPANY_MASKS[field](self.firms, value).tolist() == wanted, (field, value)


@pytest.fixture(scope="module", params=[("lusha", 400, 4_000), ("ünï", 90, 90_000), ("", 150, 0)], ids=str)
def drawn(request: pytest.FixtureRequest, pools: Pools) -> BuiltWorld:
    return BuiltWorld(pools, *request.param)


def test_columns_say_what_companies_say(drawn: BuiltWorld) -> None:
    firms = drawn.firms
    for row, company in enumerate(drawn.companies):
        size, revenue = int(firms.size[row]), int(firms.revenue[row])

        assert firms.places.places[firms.place[row]] == company.place
        assert (None if size < 0 else SIZES[size]) == company.size
        assert (None if revenue < 0 else REVENUES[revenue]) == company.revenue
        assert firms.employees[row] == (-1 if company.employees is None else company.employees)
        assert firms.linkedin[row] == (
            -1 if company.employees_in_linkedin is None else company.employees_in_linkedin
        )
        assert firms.founded[row] == (company.founded or 0)
        assert firms.main[row] == (-1 if company.industry is None else company.industry.main_id)
        assert firms.partial[row] == company.partial


def values_of(drawn: BuiltWorld) -> dict[str, set[Any]]:
    """Every value that some company has, by the field that asks for it."""
    found: dict[str, set[Any]] = {field: set() for field in COMPANY_PREDICATES}
    for company in drawn.companies:
        found["technologies"] |= set(company.technologies)
        found["intentTopics"] |= {topic.name for topic in company.intent}
        found["sicCodes"] |= {str(code) for code, _ in company.sic}
        found["naicsCodes"] |= {str(code)[:length] for code, _ in company.naics for length in (2, 3, 6)}
        found["names"] |= {company.name, company.name.upper()}
        found["domains"].add(f"https://www.{company.domain}/")
        for place in (company.place, *company.offices):
            sent = {"country": place.country, "state": place.state, "city": place.city}
            for field in ("locations", "companyLocations"):
                found[field] |= {PlaceCriterion.of(sent), PlaceCriterion.of({"country": place.country_code})}
        if company.industry is not None:
            found["mainIndustriesIds"].add(company.industry.main_id)
            found["subIndustriesIds"].add(str(company.industry.sub_id))
    return found


def test_each_value_that_companies_have_finds_the_same_either_way(drawn: BuiltWorld) -> None:
    for field, values in values_of(drawn).items():
        ordered = sorted(values, key=str)
        for value in some_of(ordered, 20):
            drawn.keep_the_same(field, [value])
        if values:
            drawn.keep_the_same(field, ordered[:5])


def some_of(values: list[Any], number: int) -> list[Any]:
    """About as many of them, from the first on, at equal distances."""
    return values[:: max(1, len(values) // number)]


BOUNDS = [None, 0, 1, 10, 11, 200, 1_000_000, 2 * 10**10]


@pytest.mark.parametrize("field", ["sizes", "revenues", "employeesInLinkedIn"])
def test_ranges_find_the_same_either_way(drawn: BuiltWorld, field: str) -> None:
    for pair in [*itertools.product(BOUNDS, BOUNDS), *SIZES, *REVENUES]:
        drawn.keep_the_same(field, pair if field == "employeesInLinkedIn" else [pair])


def test_every_word_of_a_company_finds_the_same_either_way(drawn: BuiltWorld) -> None:
    words = sorted({word for entry in drawn.searched for word in entry.text.split("-")})
    for word in some_of(words, 30):
        for text in (word, word[:1], word[: max(1, len(word) - 1)], f"{word} {words[0]}", f"the {word} bas"):
            drawn.keep_the_same("searchText", text)


@pytest.mark.parametrize("kind", [*COMPANY_TYPES, ALL])
def test_signals_find_the_same_either_way(drawn: BuiltWorld, kind: str) -> None:
    for since, until in (
        (date(2025, 9, 30), TODAY),
        (date(2026, 3, 29), TODAY),
        (date(2020, 1, 1), date(2025, 12, 24)),
        (date(2026, 4, 1), date(2026, 5, 1)),
        (TODAY, date(2026, 1, 1)),
    ):
        drawn.keep_the_same("signal", SignalCriterion((kind,), since, until))
        drawn.keep_the_same("signal", SignalCriterion((kind, "peopleNews"), since, until))


def test_the_days_of_signals_are_those_of_the_signals(drawn: BuiltWorld, pools: Pools) -> None:
    world = drawn.search_world.world
    for company in drawn.companies[:120]:
        made = company_signals(world.seed, TODAY, pools, company, [ALL], date.min, date.max)
        days = signal_days(world.seed, TODAY, company)

        assert list(days) == list(made)
        for kind, found in days.items():
            assert sorted(found) == sorted(signal.day for signal in made[kind])
