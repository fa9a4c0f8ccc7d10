"""The catalog: its lists agree with the world, and how a typed text is matched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.config import data_folder
from mock_lusha.world.generate.signals import NEWS_EVENTS
from mock_lusha.world.search.catalog import EVENT_TYPES, MOST, Catalog, match, row_of

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools
    from mock_lusha.world.world import World


@pytest.fixture(scope="module")
def catalog(pools: Pools) -> Catalog:
    return Catalog(data_folder("fixtures") / "reference", pools)


# The world knows no values but those of the lists


def test_every_place_lies_in_a_listed_country_under_its_listed_name(catalog: Catalog, pools: Pools) -> None:
    names = {row["code"]: row["name"] for row in catalog.countries}

    assert {place.country_code: place.country for place in pools.places}.items() <= names.items()


def test_every_country_has_a_continent_and_a_grouping(catalog: Catalog) -> None:
    assert set(catalog.groupings) == {row["code"] for row in catalog.countries}
    assert {row["grouping"] for row in catalog.groupings.values()} == {"na", "emea", "apac", "latam"}
    assert catalog.groupings["US"] == {"continent": "North America", "grouping": "na"}


def test_a_place_and_its_country_are_on_the_same_continent(catalog: Catalog, pools: Pools) -> None:
    for place in pools.places:
        assert catalog.groupings[place.country_code]["continent"] == place.continent, place.city


def test_the_codes_of_trades_are_listed(catalog: Catalog, pools: Pools) -> None:
    sics = {row["code"] for row in catalog.sics}
    naics = {row["code"] for row in catalog.naics}

    for trade in pools.trades:
        assert {f"{code:04}" for code, _ in trade.sic} <= sics, trade.industry
        assert {str(code) for code, _ in trade.naics} <= naics, trade.industry


def test_every_naics_code_of_three_digits_or_more_lies_within_a_shorter_one(catalog: Catalog) -> None:
    codes = {row["code"] for row in catalog.naics}

    assert [code for code in sorted(codes) if len(code) > 2 and code[:-1] not in codes] == []


def test_companies_are_of_listed_industries_and_use_listed_technologies(
    catalog: Catalog, world: World
) -> None:
    subs = {
        (row["main_industry_id"], sub["id"], sub["value"])
        for row in catalog.industries
        for sub in row["sub_industries"]
    }
    technologies = set(world.pools.technologies)
    for listing in world.directory.companies[::20]:
        company = world.company(listing.domain)
        industry = company.industry
        if industry is not None:
            assert (industry.main_id, industry.sub_id, industry.sub) in subs
        assert set(company.technologies) <= technologies


def test_people_work_in_listed_departments(catalog: Catalog, world: World) -> None:
    departments = set(catalog.departments)
    for number in range(0, world.directory.people, 200):
        key = world.key_of_number(number)
        assert key is not None
        assert set(world.person(key).job.departments) <= departments


def test_the_26_news_events_are_in_alphabetical_order() -> None:
    assert len(EVENT_TYPES) == 26 == len(set(EVENT_TYPES))
    assert list(EVENT_TYPES) == sorted(EVENT_TYPES)
    assert set(EVENT_TYPES) == {event for events in NEWS_EVENTS.values() for event in events}


def test_spots_are_countries_then_states_then_cities_each_once(catalog: Catalog) -> None:
    levels = [
        0 if spot.state is spot.city is None else 1 if spot.city is None else 2 for spot in catalog.spots
    ]

    assert levels == sorted(levels)
    assert set(levels) == {0, 1, 2}
    assert len(set(catalog.spots)) == len(catalog.spots)


def test_every_city_and_state_of_the_world_is_found_by_its_name(catalog: Catalog, pools: Pools) -> None:
    for place in pools.places:
        found = catalog.locations(place.city)
        assert any((s.country, s.state, s.city) == (place.country, place.state, place.city) for s in found)
        if place.state is not None:
            states = catalog.locations(place.state)
            assert any((s.country, s.state, s.city) == (place.country, place.state, None) for s in states)


def test_a_country_is_meant_by_its_code_but_not_its_cities(catalog: Catalog) -> None:
    found = catalog.locations("de")

    assert found[0].country == "Germany"
    assert all("de" in (s.city or s.state or s.country).lower() for s in found[1:])


# Matching

WORDS = ["alpha", "beta", "alphabet", "Gamma Alpha", "betalpha", "Délta", "delta-wing", "über alles", "C++"]
CASES = {
    "prefix, then word, then within": ("alpha", ["alpha", "alphabet", "Gamma Alpha", "betalpha"]),
    "upper case": ("ALPHA", ["alpha", "alphabet", "Gamma Alpha", "betalpha"]),
    "accents in the name": ("delta", ["Délta", "delta-wing"]),
    "accents in the text": ("délta", ["Délta", "delta-wing"]),
    "umlauts": ("uber", ["über alles"]),
    "a second word": ("alles", ["über alles"]),
    "two words": ("gamma al", ["Gamma Alpha"]),
    "margins": ("  gamma ", ["Gamma Alpha"]),
    "nothing": ("", []),
    "no letters": ("!?", []),
    "unknown": ("omega", []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_text_matches(case: str) -> None:
    text, expected = CASES[case]

    assert match(text, (row_of(word, word) for word in WORDS)) == expected


def test_a_code_is_a_whole_word_and_counts_as_a_beginning() -> None:
    named = [("Austria", "AT"), ("Atlantis", "XA"), ("Malta", "MT"), ("Katmandu", "KA")]
    rows = [row_of(name, number, code) for number, (name, code) in enumerate(named, 1)]

    assert match("at", rows) == [1, 2, 4]
    assert match("a", rows) == [1, 2, 3, 4]
    assert match("mt", rows) == [3]


@given(st.text("abc -é", max_size=4), st.lists(st.text("abcABC é", max_size=8), max_size=80))
def test_what_is_found_is_bounded_and_in_the_order_of_the_rows_within_a_rank(
    text: str, names: list[str]
) -> None:
    found = match(text, (row_of(name, place) for place, name in enumerate(names)))
    ranks = [_rank(text, names[place]) for place in found]

    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert list(zip(ranks, found, strict=True)) == sorted(zip(ranks, found, strict=True))
    assert all(rank < 3 for rank in ranks)
    hits = sum(_rank(text, name) < 3 for name in names)
    assert len(found) == min(MOST, hits)


def _rank(text: str, name: str) -> int:
    """0 where the name begins with the text, 1 where a word does, 2 where it is within, else 3."""
    wanted = " ".join(_plain(text).split())
    own = " ".join(_plain(name).split())
    if not wanted or wanted not in own:
        return 3
    return 0 if own.startswith(wanted) else 1 if f" {wanted}" in own else 2


def _plain(text: str) -> str:
    return text.lower().replace("é", "e").replace("-", " ")
