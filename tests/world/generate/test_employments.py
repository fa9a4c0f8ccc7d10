"""What people did before: it leads to where they are, and exists."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from mock_lusha.world.generate.positions import LADDER
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.entities import Person
    from mock_lusha.world.pools import Pools

STEPS = {level.id: step for step, level in enumerate(LADDER)}


@pytest.fixture(scope="module")
def people(world: World) -> list[Person]:
    keys = filter(None, map(world.key_of_number, range(2_000)))
    return [world.person(key) for key in keys]


def test_the_first_of_them_is_the_job_before_and_some_have_several(
    world: World, people: list[Person]
) -> None:
    counts = set()
    for person in people:
        jobs = world.employments(person)
        counts.add(len(jobs))
        assert jobs[:1] == ((person.previous,) if person.previous else ())

    assert counts == {0, 1, 2, 3}


def test_backwards_in_time_levels_fall_or_stay_and_the_department_stays(
    world: World, people: list[Person]
) -> None:
    falls = 0
    for person in people:
        jobs = (person.job, *world.employments(person))
        for later, earlier in pairwise(jobs):
            assert earlier.departments == person.job.departments
            assert STEPS[earlier.seniority.id] <= STEPS[later.seniority.id]
            falls += earlier.seniority != later.seniority

    assert falls > 500


def test_employers_exist_and_titles_are_of_their_department_and_level(
    world: World, pools: Pools, people: list[Person]
) -> None:
    for person in people:
        for job in world.employments(person):
            (department,) = job.departments
            assert world.company(job.domain).name == job.company
            assert world.knows_company(job.domain)
            assert job.title in pools.careers.titles[department][job.seniority.name]


def test_they_are_the_same_in_every_world_of_a_seed_and_others_in_another(
    pools: Pools, world: World, people: list[Person]
) -> None:
    again, other = (World(seed, world.as_of, pools) for seed in ("lusha", "another"))

    mine = [world.employments(person) for person in people[:200]]
    assert [again.employments(again.person(person.key)) for person in people[:200]] == mine
    assert [other.employments(person) for person in people[:200]] != mine
