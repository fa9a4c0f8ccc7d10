"""Lookalikes: the people and companies of an index that are most like others, a few at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.world import arrays as np
from mock_lusha.world.pools import SENIORITIES
from mock_lusha.world.search.person_rows import person_rows
from mock_lusha.world.search.similarity import best, company_parts, person_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mock_lusha.world.account_lookup import Erasures
    from mock_lusha.world.entities import Company, Person, PersonKey, Place
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.similarity import Parts

_LEVELS = {level.id: level.name for level in SENIORITIES}


class SessionResults(NamedTuple):
    """Who came in a session, and must not come again: their ``numbers`` in the directory (an array of 32
    bits), and the texts of identities, or the identity domains, of the others."""

    numbers: Any
    others: Collection[str]


class Pick(NamedTuple):
    """The best rows of an index, how many there are in all, and the points of each by the parts of the
    score."""

    rows: list[int]
    total: int
    parts: Mapping[str, Sequence[int]]

    @property
    def scores(self) -> list[int]:
        """The points of each row."""
        return [sum(points) for points in zip(*self.parts.values(), strict=True)]


class LikePerson(NamedTuple):
    """Somebody who is like the seeds, as far as answers show them. ``number`` is theirs in the directory, or
    None; ``employer`` is id, name and identity domain."""

    id: int
    identity: str
    number: int | None
    first_name: str
    last_name: str
    title: str
    departments: Sequence[str]
    level: str
    employer: tuple[int, str, str]
    place: Place
    linkedin_url: str


def pick_people(
    index: SearchIndex,
    seeds: Sequence[tuple[Person, Company]],
    excluded: Iterable[PersonKey],
    erased: Erasures,
    previous: SessionResults,
    count: int,
) -> Pick:
    """The people who are most like seeds, without these and without others."""
    parts = person_parts(index, seeds)
    pinned = index.pinned
    seed_keys = [person.key for person, _ in seeds]
    barred = index.people_rows({*seed_keys, *excluded, *erased.people})
    barred += [
        row
        for row, person in enumerate(pinned)
        if person.restricted is not None or person.key.text in previous.others
    ]
    points = parts.sums()
    points[_rows_of(index.rows_of_people, previous)] = 0
    if erased.companies:
        points[np.isin(index.columns.companies, index.company_rows(erased.companies))] = 0
    return _pick(parts, points, barred, count)


def pick_companies(
    index: SearchIndex,
    seeds: Sequence[Company],
    excluded: Iterable[str],
    erased: Erasures,
    previous: SessionResults,
    count: int,
) -> Pick:
    """The companies that are most like seeds, without these and without others."""
    parts = company_parts(index, seeds)
    # Employers of pinned people that are neither pinned nor listed stand behind, and no search finds them.
    points = parts.sums()[: index.company_count]
    points[_rows_of(index.rows_of_companies, previous)] = 0
    own = {seed.domain for seed in seeds}
    rows = index.company_rows({*own, *excluded, *erased.companies, *previous.others})
    return _pick(parts, points, [row for row in rows if row < index.company_count], count)


def _rows_of(rows_by_number: Any, previous: SessionResults) -> Any:
    return rows_by_number[np.frombuffer(previous.numbers, dtype=np.uint32)] if len(previous.numbers) else []


def _pick(parts: Parts, points: Any, barred: list[int], count: int) -> Pick:
    rows, total = best(points, barred, count)
    return Pick(rows.tolist(), total, parts.of(rows))


def people_in(index: SearchIndex, rows: Sequence[int]) -> list[LikePerson]:
    """Who is in rows, in their order."""
    pinned = index.pinned
    listed = [row for row in rows if row >= len(pinned)]
    shown = dict(zip(listed, _listed_people(index, listed), strict=True)) if listed else {}
    return [shown[row] if row in shown else _pinned_person(index, pinned[row]) for row in rows]


def _pinned_person(index: SearchIndex, person: Person) -> LikePerson:
    world = index.world
    company = world.company(person.key.domain)
    return LikePerson(
        person.id,
        person.key.text,
        world.person_number(person.key),
        person.first_name,
        person.last_name,
        person.job.title,
        person.job.departments,
        person.job.seniority.name,
        (company.id, company.name, company.domain),
        person.place,
        person.linkedin_url,
    )


def _listed_people(index: SearchIndex, rows: Sequence[int]) -> list[LikePerson]:
    departments, places = index.search_world.departments, index.search_world.places.places
    titles = index.columns.titles.shown
    numbers = index.numbers_of(np.array(rows, dtype=np.intp))
    return [
        LikePerson(
            person.id,
            "",
            number,
            person.first_name,
            person.last_name,
            titles[person.title],
            [name for at, name in enumerate(departments) if person.departments >> at & 1],
            _LEVELS[person.level],
            index.employer(person.company),
            places[person.place],
            person.linkedin_url,
        )
        for number, person in zip(numbers, person_rows(index, rows), strict=True)
    ]
