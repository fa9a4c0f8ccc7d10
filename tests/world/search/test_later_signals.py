"""Searches by signals of days after the world's own find whom the events are of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.account_lookup import AccountLookup
from mock_lusha.world.entities import Person, PersonKey
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.pins import PinnedPerson, Pins
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.criteria import SignalCriterion
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.search.session import Search
from mock_lusha.world.signal_lookup import signals_of_company, signals_of_person
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools

TODAY = date(2026, 3, 31)
MOVED = PinnedPerson(
    PersonKey("ada-quill", "quill.example"), ("Ada", "Quill"), signals=(("promotion", date(2026, 5, 1)),)
)
STAYS = PinnedPerson(PersonKey("bo-quill", "quill.example"), ("Bo", "Quill"), signals=())


@pytest.fixture(scope="module")
def index(pools: Pools) -> SearchIndex:
    pins = Pins(people={pinned.key: pinned for pinned in (MOVED, STAYS)})
    world = World("lusha", TODAY, pools, people=900, companies=90, pins=pins)
    return SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))


def people_of(world: World) -> list[Person]:
    keys = [world.key_of_number(number) for number in range(world.directory.people)]
    return [world.person(key) for key in (*world.pins.people, *keys) if key is not None]


def found_people(index: SearchIndex, criterion: SignalCriterion) -> set[int]:
    lookup = AccountLookup(index.world, open_world=False, match_rate=1.0, people={}, companies={})
    answer = Search(index, lookup, SearchQuery(contacts={"signal": criterion})).contacts(0, 5_000)
    return {person.id for person in answer.persons} | {index.sketch(row).id for row in answer.rows}


PERIODS = [
    (date(2026, 4, 1), date(2026, 4, 30)),
    (date(2026, 5, 1), date(2026, 5, 1)),
    (date(2026, 7, 9), date(2027, 2, 3)),
    (date(2025, 12, 1), date(2026, 10, 1)),
    (date(2027, 1, 1), date(2031, 1, 1)),
    (date(2026, 10, 1), date(2026, 4, 1)),
]


@pytest.mark.parametrize("names", [("promotion",), ("companyChange",), (ALL,)], ids=str)
@pytest.mark.parametrize(("since", "until"), PERIODS, ids=str)
def test_people_are_found_by_their_moves(
    index: SearchIndex, names: tuple[str, ...], since: date, until: date
) -> None:
    world = index.world
    wanted = {
        person.id
        for person in people_of(world)
        if signals_of_person(world, person, names, since, until, later=True)
    }

    assert found_people(index, SignalCriterion(names, since, until, later=True)) == wanted
    if until.year < 2030 and (until - since).days > 25:
        assert 0 < len(wanted) < 500


def test_who_is_said_to_have_moved_is_found_and_who_is_said_to_stay_is_not(index: SearchIndex) -> None:
    ids = found_people(index, SignalCriterion((ALL,), date(2026, 4, 1), date(2028, 1, 1), later=True))

    assert index.world.person(MOVED.key).id in ids
    assert index.world.person(STAYS.key).id not in ids


def test_every_move_that_is_pinned_is_found(pools: Pools) -> None:
    days = tuple(("companyChange", date(2025, month, 1)) for month in (12, 8, 3))
    pinned = PinnedPerson(PersonKey("cy-quill", "quill.example"), ("Cy", "Quill"), signals=days)
    world = World("lusha", TODAY, pools, people=60, companies=20, pins=Pins(people={pinned.key: pinned}))
    own = SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))

    for _, day in days:
        assert world.person(pinned.key).id in found_people(own, SignalCriterion((ALL,), day, day))
        assert world.person(pinned.key).id not in found_people(own, SignalCriterion(("promotion",), day, day))


def test_without_them_a_search_finds_what_it_always_found(index: SearchIndex) -> None:
    since, until = date(2026, 4, 1), date(2028, 1, 1)

    assert found_people(index, SignalCriterion((ALL,), since, until)) == {index.world.person(MOVED.key).id}


@pytest.mark.parametrize(("since", "until"), PERIODS, ids=str)
def test_companies_are_found_by_theirs(index: SearchIndex, since: date, until: date) -> None:
    world = index.world
    companies = [world.company(listed.domain) for listed in world.directory.companies]
    lookup = AccountLookup(world, open_world=False, match_rate=1.0, people={}, companies={})
    criterion = SignalCriterion((ALL,), since, until, later=True)
    answer = Search(index, lookup, SearchQuery(companies={"signal": criterion})).companies(0, 500)
    found = {company.id for company in (*answer.joined, *map(index.company, answer.rows))}

    assert found == {
        company.id
        for company in companies
        if signals_of_company(world, company, (ALL,), since, until, later=True)
    }
