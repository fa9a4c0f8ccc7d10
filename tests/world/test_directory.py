"""Which people and companies are known without being asked for."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.seeded import Shuffle
from mock_lusha.world.directory import Directory
from mock_lusha.world.identity import company_domain
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools

DAY = date(2026, 3, 31)
SIZES = [(1, 1), (1, 0), (5, 0), (3, 5000), (7, 3), (60, 400)]


@pytest.mark.parametrize(("companies", "people"), SIZES)
def test_the_directory_is_as_large_as_asked(pools: Pools, companies: int, people: int) -> None:
    world = World("lusha", DAY, pools, companies=companies, people=people)
    directory = world.directory
    keys = {world.key_of_number(number) for number in range(people)}

    assert len(directory.companies) == companies
    assert sum(directory.staff_size(company) for company in range(companies)) == people
    assert len(keys) == people
    assert None not in keys
    assert world.key_of_number(people) is None
    assert world.key_of_number(-1) is None


@pytest.mark.parametrize(("companies", "people"), SIZES)
def test_every_id_leads_back(pools: Pools, companies: int, people: int) -> None:
    world = World("lusha", DAY, pools, companies=companies, people=people)
    for number in range(0, people, 1 + people // 300):
        key = world.key_of_number(number)

        assert key is not None
        assert world.person_number(key) == number
        assert world.key_of_id(world.person(key).id) == key
    for listed in world.directory.companies:
        company = world.company(listed.domain)

        assert world.company_by_id(company.id) == company


def test_ids_of_nobody_lead_nowhere(pools: Pools) -> None:
    world = World("lusha", DAY, pools, companies=3, people=10)
    keys = [world.key_of_number(number) for number in range(10)]
    ids = {world.person(key).id for key in keys if key is not None}
    near = {id_ + step for id_ in ids for step in (-2, -1, 1, 2)} - ids

    assert len(ids) == 10
    assert all(world.key_of_id(id_) is None for id_ in near | {-1, 0, 1, 10**9, 2 * 10**9, 10**15})
    assert all(world.company_by_id(id_) is None for id_ in (-1, 0, 1, 10**8, 10**15))


def test_names_and_domains_of_companies_are_unique(world: World) -> None:
    listed = world.directory.companies

    assert len(listed) == 2000
    assert len({company.name for company in listed}) == 2000
    assert len({company.domain for company in listed}) == 2000
    assert all(company_domain(company.name) == company.domain for company in listed)


def test_even_many_companies_have_names_of_their_own(pools: Pools) -> None:
    listed = Directory("lusha", 30_000, 0, pools).companies

    assert len({company.domain for company in listed}) == 30_000
    assert all(len(company.name) < 60 for company in listed)


def test_identities_of_people_are_unique(world: World) -> None:
    keys = {world.key_of_number(number) for number in range(20_000)}

    assert len(keys) == 20_000


def test_people_of_a_company_have_their_numbers_in_a_row(world: World) -> None:
    directory = world.directory
    for company in range(0, 2000, 19):
        listed = directory.companies[company]
        staff = directory.staff(company, world.company(listed.domain).place.country_code)
        first = directory.first_number(company)
        numbers = range(first, first + directory.staff_size(company))

        assert [world.key_of_number(number) for number in numbers] == [
            employee.key for employee in staff.values()
        ]
        assert all(directory.company_of(number) == company for number in numbers)


def test_companies_differ_in_how_many_of_their_people_are_listed(world: World) -> None:
    sizes = [world.directory.staff_size(company) for company in range(2000)]

    assert min(sizes) >= 1
    assert max(sizes) > 3 * sum(sizes) / len(sizes)


def test_a_growing_directory_keeps_the_companies_it_had(pools: Pools) -> None:
    few = World("lusha", DAY, pools, companies=50, people=0)
    many = World("lusha", DAY, pools, companies=500, people=0)

    assert many.directory.companies[:50] == few.directory.companies
    for listed in few.directory.companies:
        assert many.company(listed.domain).id == few.company(listed.domain).id


def test_more_people_leave_the_companies_as_they_were(pools: Pools) -> None:
    few = Directory("lusha", 50, 100, pools)
    many = Directory("lusha", 50, 1000, pools)

    assert many.companies == few.companies


CROWDED = """
from dataclasses import replace
from mock_lusha.config import data_folder
from mock_lusha.world.directory import Directory
from mock_lusha.world.pools import Names, Pools
pools = Pools.load(data_folder("fixtures") / "reference")
names = {locale: Names(("Ann", "Bo"), ("Lee", "Fox", "Moss")) for locale in pools.names}
staff = Directory("lusha", 1, 300, replace(pools, names=names)).staff(0, "US")
print(len(staff), *sorted({employee.names[0] for employee in staff.values()}))
"""


def test_a_company_with_few_names_to_give_still_names_everybody() -> None:
    # In a process of its own: were there no name left to give, it would search for ever.
    done = subprocess.run(
        [sys.executable, "-c", CROWDED], capture_output=True, text=True, check=True, timeout=30
    )

    assert done.stdout.split() == ["300", "Ann", "Bo"]


@pytest.mark.parametrize("size", [1, 2, 3, 10, 97, 1000])
def test_shuffled_numbers_are_all_there_and_lead_back(size: int) -> None:
    shuffle = Shuffle(size, "seed", "what")
    shuffled = [shuffle.forward(index) for index in range(size)]

    assert sorted(shuffled) == list(range(size))
    assert [shuffle.back(value) for value in shuffled] == list(range(size))
