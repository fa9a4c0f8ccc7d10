"""The columns that searches look at say what the people themselves say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import data_folder
from mock_lusha.world.fast.backgrounds import FormerJob
from mock_lusha.world.fast.columns import (
    BARRED,
    COLUMN_ARRAYS,
    COMPANY_CHANGE,
    NO_MOVE,
    PARTIAL,
    POINTS,
    PROMOTION,
    Columns,
    bit_of,
)
from mock_lusha.world.pin_files import load_pins
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.world.entities import Person
    from mock_lusha.world.fast.backgrounds import Background
    from mock_lusha.world.pools import Pools

TODAY = date(2026, 3, 31)


def made(
    pools: Pools, *pins: Path, seed: str = "lusha", people: int = 600, companies: int = 60
) -> SearchIndex:
    world = World(seed, TODAY, pools, people=people, companies=companies, pins=load_pins(list(pins), pools))
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


def person_at(index: SearchIndex, row: int) -> Person:
    if row < len(index.pinned):
        return index.pinned[row]
    key = index.world.key_of_id(index.sketch(row).id)
    assert key is not None
    return index.world.person(key)


def company_at(index: SearchIndex, row: int) -> str:
    known = len(index.companies_matching(SearchQuery()))
    return index.company(row).domain if row < known else list(index.employers)[row - known]


def said(columns: Columns, row: int, index: SearchIndex) -> dict[str, object]:
    """What the columns say of one row, in the words of the person."""
    bits, points = int(columns.departments[row]), int(columns.points[row])
    first, last = columns.firsts.folded[columns.first_ids[row]], columns.lasts.folded[columns.last_ids[row]]
    return {
        "company": company_at(index, int(columns.companies[row])),
        "departments": {name for i, name in enumerate(index.search_world.departments) if bits >> i & 1},
        "level": int(columns.levels[row]),
        "title": columns.titles.shown[columns.title_ids[row]],
        "place": index.search_world.places.places[columns.place_ids[row]],
        "points": {name for name in POINTS if points & bit_of(name)},
        "barred": bool(points & BARRED),
        "partial": bool(points & PARTIAL),
        "move": int(columns.moves[row]),
        "start": date.fromordinal(int(columns.starts[row])),
        "shown": columns.name(row),
        "name": "-".join(filter(None, (first, last))),
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
        "shown": person.full_name,
        "name": person.key.name,
    }


def background(columns: Columns, row: int, person: Person) -> Background:
    """The background of somebody, with their present employer's name where it was one of the former."""
    own = columns.backgrounds[columns.background_ids[row]]
    at_home = (person.job.company, person.job.domain)
    jobs = [FormerJob(job.title, job.employer or at_home) for job in own.former_jobs]
    return own._replace(former_jobs=tuple(jobs) if columns.moves[row] != NO_MOVE else ())


def test_each_column_is_what_people_made_one_by_one_have(index: SearchIndex) -> None:
    columns = index.columns
    people = [person_at(index, row) for row in range(len(columns))]
    employers = {company_at(index, int(number)): int(number) for number in columns.companies}
    world = index.search_world

    readable = Columns.of(people, employers, world.departments, world.places, world.world.employments)

    for name in COLUMN_ARRAYS:
        fast, slow = getattr(columns, name).tolist(), getattr(readable, name).tolist()
        if name == "title_ids":
            fast, slow = (
                [each.titles.shown[n] for n in ids] for each, ids in ((columns, fast), (readable, slow))
            )
        elif name in {"first_ids", "last_ids"}:
            fast, slow = ([each.name(row) for row in range(len(each))] for each in (columns, readable))
        elif name == "background_ids":
            fast, slow = (
                [background(each, row, people[row]) for row in range(len(each))]
                for each in (columns, readable)
            )
        assert fast == slow, f"draw {name} in PeopleColumns as Columns.of has it"


def test_every_kind_of_value_is_among_the_rows(index: SearchIndex) -> None:
    rows = [is_so(person_at(index, row)) for row in range(600)]

    assert {row["move"] for row in rows} == {NO_MOVE, PROMOTION, COMPANY_CHANGE}
    assert {row["level"] for row in rows} == set(range(1, 11))
    assert {row["barred"] for row in rows} == {row["partial"] for row in rows} == {True, False}
    assert set().union(*(known_points(person_at(index, row)) for row in range(600))) == set(POINTS)


@pytest.mark.parametrize(
    ("seed", "people", "companies"),
    [
        ("lusha", 600, 60), ("lusha", 0, 1), ("lusha", 1, 1), ("lusha", 3, 40), ("lusha", 100, 1),
        # Several thousand at one house: there names are picked twice, and in the end doubled.
        ("ünï\x1f2", 4000, 2), ("", 2000, 900), ("3", 1500, 7),
    ],
)  # fmt: skip
def test_every_row_says_what_its_person_says_whatever_the_seed_and_size(
    pools: Pools, seed: str, people: int, companies: int
) -> None:
    index = made(pools, seed=seed, people=people, companies=companies)
    columns = index.columns

    assert len(columns) == people
    for row in range(people):
        assert said(columns, row, index) == is_so(person_at(index, row))


def test_people_are_drawn_alike_in_several_portions(pools: Pools, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made(pools).columns
    monkeypatch.setattr("mock_lusha.world.fast.people_columns._AT_ONCE", 37)
    portions = made(pools).columns

    for name in ("companies", "points", "starts", "title_ids", "place_ids", "moves"):
        assert getattr(whole, name).tolist() == getattr(portions, name).tolist()
    assert [whole.name(row) for row in range(600)] == [portions.name(row) for row in range(600)]


def test_every_person_of_the_directory_has_one_row(index: SearchIndex) -> None:
    keys = {number: index.world.key_of_number(number) for number in range(600)}
    rows = {key: index.people_rows([key]) for key in keys.values() if key is not None}

    assert sorted(row for (row,) in rows.values()) == list(range(600))
    for key, (row,) in rows.items():
        assert index.sketch(row).id == index.world.person(key).id


def test_a_sketch_says_what_its_person_says(index: SearchIndex) -> None:
    for row in range(0, 600, 7):
        sketch, person = index.sketch(row), person_at(index, row)

        assert (sketch.name, sketch.title) == (person.full_name, person.job.title)
        assert index.company(sketch.company).domain == person.key.domain
        assert date.fromordinal(sketch.start) == person.job_start


def test_the_order_is_no_order_of_companies_or_ids(index: SearchIndex) -> None:
    first = [person_at(index, row) for row in range(50)]

    assert len({person.key.domain for person in first}) > 10
    assert [person.id for person in first] != sorted(person.id for person in first)


def test_pinned_people_come_first_whoever_employs_them_and_have_no_other_row(
    pools: Pools, tmp_path: Path
) -> None:
    plain = made(pools)
    person, other, third = (person_at(plain, row) for row in (7, 70, 77))
    (tmp_path / "pins.yaml").write_text(
        f"people:\n- firstName: {person.first_name}\n  lastName: {person.last_name}\n"
        f"  companyDomain: {person.key.domain}\n  jobTitle: Keeper of Bees\n"
        "- {firstName: Zoë, lastName: Ørsted, companyDomain: outside.com, departments: [Sales, Legal]}\n"
        "- {firstName: Ada, lastName: Quill, companyDomain: pinned-works.com, emails: [], phones: []}\n"
        "companies:\n- {domain: pinned-works.com, name: Pinned Works}\n"
        # Where a company is, how large, how old and what it does shapes who works there.
        f"- {{domain: {other.key.domain}, city: Tokyo, employees: 90000, founded: 2025}}\n"
        f"- {{domain: {third.key.domain}, country: Vietnam, subIndustry: Hospitals & Clinics}}\n",
        encoding="utf-8",
    )
    pinned = made(pools, tmp_path)
    columns = pinned.columns
    keys = [person_at(pinned, row).key for row in range(len(columns))]

    assert len(columns) == 602
    assert len(set(keys)) == 602
    assert keys[:3] == [p.key for p in pinned.pinned]
    assert person.key in keys[:3]
    for row in range(602):
        assert said(columns, row, pinned) == is_so(person_at(pinned, row))
        assert pinned.people_rows([keys[row]]) == [row]


@pytest.mark.parametrize("word", ["", "fax", "work_phone", "EMAIL"])
def test_a_word_that_is_no_kind_of_detail_has_no_bit(word: str) -> None:
    assert bit_of(word) == 0
