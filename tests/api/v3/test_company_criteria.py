"""Every criterion of companies keeps exactly those that a slow filter over all of them keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from api.v3.company_criteria import EveryCompany, company_cases
from api.v3.person_criteria import ALL_LEVELS
from api.v3.test_prospecting_criteria import COMPANIES, CONTACTS, OF_FORMER_JOBS, SCHEMAS, ids, leaves
from support import CheckedClient

from mock_lusha.clock import Clock
from mock_lusha.config import data_folder
from mock_lusha.world.pin_files import load_pins
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from deployment import NewApp
    from support import AnswerCheck

    from mock_lusha.world.pools import Pools

OF_PEOPLE = [*leaves(SCHEMAS, SCHEMAS["CompanyFilterCriteria"])]
OF_COMPANIES = [*leaves(SCHEMAS, SCHEMAS["CompanyProspectingFilters"])]
NOWHERE = "locations.countryIso2"
"""A search of contacts takes the code of a country for their companies, and finds nobody."""


@pytest.fixture(scope="module")
def every(pools: Pools, now: datetime) -> EveryCompany:
    pins = load_pins([data_folder("fixtures")], pools)
    return EveryCompany(World("lusha", now.date(), pools, people=500, companies=250, pins=pins))


@pytest.fixture(scope="module")
def client(new_module_app: NewApp, answer_check: AnswerCheck, now: datetime) -> Iterator[CheckedClient]:
    """A client of the same small world, who is given ids as digits."""
    settings = {"limits": "off", "credits": None, "dialect": "documented"}
    app = new_module_app(Clock(source=now.timestamp), people=500, companies=250, **settings)
    client = CheckedClient(app, answer_check, "digits-0002")
    yield client
    client.close()


@pytest.mark.parametrize("leaf", [leaf for leaf in OF_COMPANIES if leaf not in OF_FORMER_JOBS])
def test_companies_are_kept_that_a_slow_filter_keeps(
    client: CheckedClient, every: EveryCompany, leaf: str
) -> None:
    case = company_cases(every)[leaf]
    wanted = {company.id for company in every.companies if case.means(company)}
    all_ids = {company.id for company in every.companies}
    included = {"companies": {"include": case.fields}}
    excluded = {"companies": {"include": {}, "exclude": case.fields}}

    assert wanted
    assert wanted < all_ids
    assert ids(client, COMPANIES, included, includePartialProfiles=True) == wanted
    assert ids(client, COMPANIES, excluded, includePartialProfiles=True) == all_ids - wanted


@pytest.mark.parametrize("leaf", [leaf for leaf in OF_PEOPLE if leaf not in {*OF_FORMER_JOBS, NOWHERE}])
def test_people_are_kept_whose_companies_a_slow_filter_keeps(
    client: CheckedClient, every: EveryCompany, leaf: str
) -> None:
    case = company_cases(every)[leaf]
    world = every.world
    keys = dict.fromkeys([*world.pins.people, *map(world.key_of_number, range(world.directory.people))])
    people = [world.person(key) for key in keys if key is not None]
    wanted = {person.id for person in people if case.means(world.company(person.key.domain))}
    include = {"contacts": {"include": ALL_LEVELS}}

    assert wanted
    assert ids(client, CONTACTS, include | {"companies": {"include": case.fields}}) == wanted
    left = ids(client, CONTACTS, include | {"companies": {"exclude": case.fields}})
    assert left == {person.id for person in people} - wanted


def test_nobody_is_found_by_the_code_of_a_country_of_their_company(client: CheckedClient) -> None:
    filters = {"companies": {"include": {"locations": [{"countryIso2": "US"}]}}}

    assert ids(client, CONTACTS, filters) == set()
