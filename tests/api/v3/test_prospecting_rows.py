"""Rows that are written from columns say what the readable shape says of the people themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from mock_lusha.api.v3.company_shapes import company_preview
from mock_lusha.api.v3.prospect_shapes import contact_prospect
from mock_lusha.api.v3.search_rows import ListedCompany, ListedPeople, contact_rows, signal_text
from mock_lusha.config import Settings, data_folder
from mock_lusha.services.billing import EMAIL, PHONE
from mock_lusha.state.account_profiles import AccountProfile
from mock_lusha.state.accounts import Account
from mock_lusha.world.resolver import PersonMatch
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from datetime import date

    from mock_lusha.clock import Clock
    from mock_lusha.world.pools import Pools

PEOPLE, COMPANIES = 300, 30


@pytest.mark.parametrize("dialect", ["live", "documented"])
@pytest.mark.parametrize("plan", ["scale", "legacy"])
def test_rows_of_columns_are_those_of_the_people(
    pools: Pools, clock: Clock, now: Any, dialect: str, plan: str
) -> None:
    index = index_of(pools, now.date())
    world = index.world
    settings = Settings(dialect=dialect, plan=plan, credits=None)
    account = Account("a-key-of-rows", "", AccountProfile("rows"), settings, clock)
    kept = ListedPeople()
    for page in (range(10, 20), range(15, 25)):
        kept.get(index, page, dialect)
    people = kept.get(index, range(PEOPLE), dialect)
    details = [(row.id, (EMAIL, PHONE, EMAIL | PHONE)[at % 3]) for at, row in enumerate(people[::2])]
    account.ledger.charge(1, "any", details)

    rows = contact_rows(account, people, [signal_text(None)] * PEOPLE)

    keys = [world.key_of_id(row.id) for row in people]
    assert len(set(keys)) == PEOPLE
    assert kept.get(index, range(PEOPLE), dialect) == people
    assert list(map(orjson.loads, rows)) == [readable(account, world, key) for key in keys]


@pytest.mark.parametrize("dialect", ["live", "documented"])
def test_rows_of_companies_are_their_previews_for_each_account(
    pools: Pools, clock: Clock, now: Any, dialect: str
) -> None:
    index = index_of(pools, now.date())
    world = index.world
    for key in ("a-key-of-rows", "another-key-of-rows"):
        account = Account(key, "", AccountProfile(key), Settings(dialect=dialect), clock)
        listed = list(map(index.remembering(ListedCompany), index.companies_matching(SearchQuery())))

        assert len(listed) == COMPANIES
        for entry in listed:
            preview = company_preview(account, world, entry.company, entry.company.domain)
            assert orjson.loads(entry.row(account)) == preview


def index_of(pools: Pools, today: date) -> SearchIndex:
    world = World("lusha", today, pools, people=PEOPLE, companies=COMPANIES)
    return SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))


def readable(account: Account, world: World, key: Any) -> dict[str, Any]:
    person, company = world.person(key), world.company(key.domain)
    shape: dict[str, Any] = contact_prospect(account, PersonMatch(person, company, company.domain, "id"))
    return shape
