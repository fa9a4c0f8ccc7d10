"""Career templates, which many people share, and what stays their own."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.config import data_folder
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.fast.lookup import FastLookup
from mock_lusha.world.generate.career_templates import CAREER_SHIFT, CAREERS, DAYS, LATEST, PhoneLine
from mock_lusha.world.generate.phones import phone_numbers
from mock_lusha.world.generate.positions import DEPARTMENTS_IN, STEPS_IN
from mock_lusha.world.pools import SENIORITIES, Pools
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.generate.career_templates import CareerTemplate
    from mock_lusha.world.pools import Pools as AllPools

lanes = st.integers(0, 65_535)


@pytest.fixture(scope="module")
def pools() -> AllPools:
    return Pools.load(data_folder("fixtures") / "reference")


@pytest.fixture(scope="module")
def world(pools: AllPools) -> World:
    return World("lusha", date(2026, 3, 31), pools, companies=60, people=400)


@pytest.fixture(scope="module")
def lives(world: World) -> list[CareerTemplate]:
    house = world.employer("acme-com.example")
    return [house.careers.take(number) for number in range(CAREERS)]


def test_companies_of_a_kind_have_the_same_lives(world: World) -> None:
    houses = [world.employer(f"acme{number}-com.example") for number in range(40)]

    assert len({id(house.careers) for house in houses}) in {2, 3, 4}


def test_there_are_1024_lives_in_each_of_four_kinds_of_company() -> None:
    assert (CAREERS, CAREERS << CAREER_SHIFT) == (1_024, 65_536)
    assert len(STEPS_IN) * len(DEPARTMENTS_IN) == 4


def test_a_life_is_made_once(lives: list[CareerTemplate], world: World) -> None:
    house = world.employer("acme-com.example")

    assert all(life is house.careers.take(number) for number, life in enumerate(lives))
    assert len({id(life) for life in lives}) == CAREERS


def test_nothing_of_a_life_was_seen_after_it_was(lives: list[CareerTemplate]) -> None:
    for life in lives:
        stamps = [stamp for _, stamp in life.private] + [line.stamp for line in life.lines]
        stamps += [life.work] if life.works else []

        assert life.start >= LATEST
        assert 0 <= life.last_seen <= min([life.start, *[stamp % DAYS for stamp in stamps]])


def test_whoever_cannot_be_reached_has_a_spare_telephone(lives: list[CareerTemplate]) -> None:
    assert all(life.spare for life in lives)
    assert any(not life.reached for life in lives)


def test_one_telephone_in_seven_must_not_be_called(lives: list[CareerTemplate]) -> None:
    barred = Counter(line.stamp < DAYS for life in lives for line in life.lines)

    assert 0.10 < barred[True] / barred.total() < 0.19


@pytest.mark.parametrize("level", SENIORITIES, ids=lambda level: level.name)
def test_what_is_given_decides_and_the_rest_is_as_it_was(world: World, level: object) -> None:
    house = world.employer("acme-com.example")
    for number in range(0, CAREERS, 64):
        life, given = house.careers.take(number), house.careers.build(number, "Legal", level)  # type: ignore[arg-type] # parametrize knows no types

        assert {(each.seniority, each.departments) for each in given.positions} == {(level, ("Legal",))}
        assert (given.start, given.private, given.lines) == (life.start, life.private, life.lines)


def test_people_of_one_life_differ_in_what_is_their_own(world: World) -> None:
    strangers = FastLookup(world)
    found = [strangers.find(f"jane.number{number}@acme.com") for number in range(3000)]
    people = [each for each in found if each is not None]
    by_life = Counter(id(each[8]) for each in people)
    shared = by_life.most_common(1)[0][0]
    alike = [each for each in people if id(each[8]) == shared]

    assert len(alike) > 3
    assert len({each[5] for each in alike}) == len(alike)
    assert len({each[6].city for each in people}) > 10
    assert len({each[7].title for each in people}) > 300


def test_a_job_at_a_young_company_began_in_its_first_year(world: World) -> None:
    young = None
    for number in range(400):
        house = world.employer(f"young{number}-com.example")
        if house.company.founded == 2024:
            young = house
            break
    assert young is not None

    starts = [world.person(PersonKey(f"jane-doe{n}", young.domain)).job_start for n in range(300)]

    assert min(starts) == date(2024, 1, 1)
    assert sum(start.year == 2024 for start in starts) > 100


@given(
    place=st.integers(0, 10_000),
    mobile=st.integers(0, 2),
    ranges=st.tuples(lanes, lanes, lanes),
    digits=st.one_of(lanes.map(lambda lane: (lane, lane, lane)), st.tuples(lanes, lanes, lanes)),
)
def test_no_two_telephones_of_somebody_have_one_number(
    pools: AllPools, place: int, mobile: int, ranges: tuple[int, ...], digits: tuple[int, ...]
) -> None:
    lines = [PhoneLine("mobile" if at == mobile else "phone", at == mobile, 0) for at in range(3)]

    found = phone_numbers(pools.places[place % len(pools.places)], lines, ranges + digits, 0)

    assert len(set(found)) == 3
