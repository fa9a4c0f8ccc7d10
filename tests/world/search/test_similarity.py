"""Scores of lookalikes: the tables give what one person or company after another would be given."""

from __future__ import annotations

from datetime import date
from math import log10
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import Settings
from mock_lusha.world import arrays as np
from mock_lusha.world.generate.positions import STEPS
from mock_lusha.world.search.similarity import (
    COMPANY_WEIGHTS,
    PERSON_WEIGHTS,
    WHOLE,
    best,
    company_parts,
    person_parts,
)
from mock_lusha.world.search.title_forms import normal_title
from mock_lusha.world_store import WorldStore

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Person, Place
    from mock_lusha.world.search.index import SearchIndex

ROUNDED = 3
"""Points by which the rounding of each part may differ from that of the sum."""


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return WorldStore(Settings(people=600, companies=60)).index_of("similar", date(2026, 3, 31))


def industry(one: Company, other: Company) -> float:
    if one.industry is None or other.industry is None:
        return 0
    if one.industry.sub_id == other.industry.sub_id:
        return 1
    return 0.5 if one.industry.main_id == other.industry.main_id else 0


def size(one: Company, other: Company) -> float:
    if one.employees is None or other.employees is None:
        return 0
    return max(0, 1 - abs(log10(one.employees) - log10(other.employees)) / 2)


def place(one: Place, other: Place) -> float:
    if one.country != other.country:
        return 0
    if (one.state, one.city) == (other.state, other.city):
        return 1
    return 0.7 if one.state is not None and one.state == other.state else 0.5


def title(one: Person, other: Person) -> float:
    words, others = set(normal_title(one.job.title)), set(normal_title(other.job.title))
    return len(words & others) / max(1, len(words | others))


def of_companies(one: Company, other: Company) -> dict[str, float]:
    where = place(one.place, other.place)
    near = {"industry": industry(one, other), "size": size(one, other), "place": where}
    return {name: weight * near[name] for name, weight in COMPANY_WEIGHTS.items()}


def of_people(index: SearchIndex, one: Person, other: Person) -> dict[str, float]:
    employers = [index.world.company(person.key.domain) for person in (one, other)]
    apart = abs(STEPS[one.job.seniority.name] - STEPS[other.job.seniority.name])
    near = {
        "title": title(one, other),
        "department": not {*one.job.departments}.isdisjoint(other.job.departments),
        "seniority": max(0, 1 - apart / 3),
        "industry": industry(*employers),
        "size": size(*employers),
        "place": place(one.place, other.place),
    }
    return {name: weight * near[name] for name, weight in PERSON_WEIGHTS.items()}


def mean(parts: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(each[name] for each in parts) / len(parts) for name in parts[0]}


@pytest.mark.parametrize("weights", [PERSON_WEIGHTS, COMPANY_WEIGHTS])
def test_the_weights_are_one_together(weights: dict[str, int]) -> None:
    assert sum(weights.values()) == WHOLE


def test_companies_have_the_points_that_each_would_be_given(index: SearchIndex) -> None:
    seeds = [index.company(row) for row in (0, 3, 7, 20, 41)]
    parts = company_parts(index, seeds)

    for row in range(index.company_count):
        expected = mean([of_companies(index.company(row), seed) for seed in seeds])
        for name, points in parts.of(np.array([row])).items():
            # Sizes are compared in grains of a hundredth of a factor of ten.
            assert points[0] == pytest.approx(expected[name], abs=20 if name == "size" else ROUNDED)
        assert parts.sums()[row] == pytest.approx(sum(expected.values()), abs=30)


def test_people_have_the_points_that_each_would_be_given(index: SearchIndex) -> None:
    pinned = len(index.pinned)
    rows = range(0, len(index.columns), 13)
    people = {
        row: index.pinned[row] if row < pinned else index.world.person(key)
        for row in rows
        if row < pinned or (key := index.world.key_of_number(index.numbers_of(np.array([row]))[0]))
    }
    seeds = list(people.values())[:7]
    parts = person_parts(index, [(seed, index.world.company(seed.key.domain)) for seed in seeds])

    for row, person in people.items():
        expected = mean([of_people(index, person, seed) for seed in seeds])
        for name, points in parts.of(np.array([row])).items():
            assert points[0] == pytest.approx(expected[name], abs=20 if name == "size" else ROUNDED), name


def test_the_best_come_first_and_those_of_equal_points_in_the_order_of_the_index() -> None:
    points = np.array([2_000, 500, 3_000, 2_000, 999, 2_000, 3_000, 1_000])

    rows, total = best(points.copy(), [6], 3)
    everybody, _ = best(points.copy(), [], 100)

    assert (rows.tolist(), total) == ([2, 0, 3], 5)
    assert everybody.tolist() == [2, 6, 0, 3, 5, 7]
