"""The columns that searches look at say what the people themselves say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.catalog import Catalog
from mock_lusha.world.columns import (
    BARRED,
    COMPANY_CHANGE,
    NO_MOVE,
    PARTIAL,
    POINTS,
    PROMOTION,
    Columns,
    bit_of,
)
from mock_lusha.world.pins import load_pins
from mock_lusha.world.search import SearchIndex
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.world.entities import Person
    from mock_lusha.world.pools import Pools

TODAY = date(2026, 3, 31)


def made(pools: Pools, *pins: Path, people: int = 600, companies: int = 60) -> SearchIndex:
    world = World(
        "lusha", TODAY, pools, people=people, companies=companies, pins=load_pins(list(pins), pools)
    )
    return SearchIndex(world, Catalog(data_folder("fixtures") / "reference", pools))


@pytest.fixture(scope="module")
def index(pools: Pools) -> SearchIndex:
    return made(pools)


def known_points(person: Person) -> set[str]:
    emails = {f"{email.kind}_email" for email in person.emails}
    phones = {"unknown_phone" if phone.kind == "phone" else f"{phone.kind}_phone" for phone in person.phones}
    found = emails | phones
    found |= {"email"} if person.emails else set()
    found |= {"phone"} if person.phones else set()
    found |= {"no_dnc_phone"} if any(not phone.do_not_call for phone in person.phones) else set()
    return found


def said(columns: Columns, row: int, index: SearchIndex) -> dict[str, object]:
    """What the columns say of one row, in the words of the person."""
    bits, points = int(columns.department_bits[row]), int(columns.points[row])
    return {
        "company": index.companies[columns.company_rows[row]].company.domain,
        "departments": {name for i, name in enumerate(columns.departments) if bits >> i & 1},
        "level": int(columns.levels[row]),
        "title": columns.titles[columns.title_ids[row]],
        "place": columns.places[columns.place_ids[row]],
        "points": {name for name in POINTS if points & bit_of(name)},
        "barred": bool(points & BARRED),
        "partial": bool(points & PARTIAL),
        "move": int(columns.moves[row]),
        "start": date.fromordinal(int(columns.starts[row])),
        "name": columns.names[row],
    }


def is_so(person: Person) -> dict[str, object]:
    move = NO_MOVE
    if person.previous is not None:
        move = PROMOTION if person.previous.company == person.job.company else COMPANY_CHANGE
    return {
        "company": person.key.domain,
        "departments": set(person.job.departments),
        "level": person.job.seniority.id,
        "title": person.job.title,
        "place": person.place,
        "points": known_points(person),
        "barred": any(phone.do_not_call for phone in person.phones),
        "partial": not person.emails and not person.phones,
        "move": move,
        "start": person.job_start,
        "name": person.key.name,
    }


def test_every_row_says_what_its_person_says(index: SearchIndex) -> None:
    assert len(index.columns) == 600
    for row in range(600):
        assert said(index.columns, row, index) == is_so(index.person_at(row))


def test_every_kind_of_value_is_among_the_rows(index: SearchIndex) -> None:
    rows = [is_so(index.person_at(row)) for row in range(600)]

    assert {row["move"] for row in rows} == {NO_MOVE, PROMOTION, COMPANY_CHANGE}
    assert {row["level"] for row in rows} == set(range(1, 11))
    assert {row["barred"] for row in rows} == {row["partial"] for row in rows} == {True, False}
    assert set().union(*(known_points(index.person_at(row)) for row in range(600))) == set(POINTS)


def test_every_person_of_the_directory_has_one_row(index: SearchIndex) -> None:
    ids = [index.person_at(row).id for row in range(600)]
    keys = [index.world.key_of_number(number) for number in range(600)]

    assert len(set(ids)) == 600
    assert set(ids) == {index.world.person(key).id for key in keys if key}
    assert sorted(index.rows.tolist()) == list(range(600))
    for number, key in enumerate(keys):
        assert index.person_at(int(index.rows[number])).key == key


def test_the_order_is_no_order_of_companies_or_ids(index: SearchIndex) -> None:
    first = [index.person_at(row) for row in range(50)]

    assert len({person.key.domain for person in first}) > 10
    assert [person.id for person in first] != sorted(person.id for person in first)


def test_a_person_pinned_over_has_no_row_and_is_among_the_pinned(pools: Pools, tmp_path: Path) -> None:
    plain = made(pools)
    person = plain.person_at(7)
    (tmp_path / "pins.yaml").write_text(
        f"people:\n- firstName: {person.first_name}\n  lastName: {person.last_name}\n"
        f"  companyDomain: {person.key.domain}\n  jobTitle: Keeper of Bees\n"
    )
    pinned = made(pools, tmp_path)
    keys = [pinned.person_at(row).key for row in range(599)]

    assert len(pinned.columns) == 599
    assert person.key not in keys
    assert [p.key for p in pinned.pinned] == [person.key]
    assert set(keys) == {plain.person_at(row).key for row in range(600)} - {person.key}
    assert list(pinned.rows.tolist()).count(-1) == 1
    for row in range(599):
        assert said(pinned.columns, row, pinned) == is_so(pinned.person_at(row))


def test_columns_keep_the_order_they_are_given(index: SearchIndex) -> None:
    people = [index.person_at(row) for row in (17, 3, 400)]
    columns = Columns(people, index.company_rows, index.departments)

    assert [said(columns, row, index) for row in range(3)] == [is_so(person) for person in people]


@pytest.mark.parametrize(("people", "companies"), [(0, 1), (1, 1), (3, 40), (100, 1)])
def test_a_directory_of_any_size_has_its_rows(pools: Pools, people: int, companies: int) -> None:
    index = made(pools, people=people, companies=companies)

    assert len(index.columns) == people
    assert len(index.companies) == companies
    for row in range(people):
        assert said(index.columns, row, index) == is_so(index.person_at(row))


@pytest.mark.parametrize("word", ["", "fax", "work_phone", "EMAIL"])
def test_a_word_that_is_no_kind_of_detail_has_no_bit(word: str) -> None:
    assert bit_of(word) == 0
