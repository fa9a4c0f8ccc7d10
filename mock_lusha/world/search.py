"""Searching people and companies.

The directory and the pinned entities are searched; in the open world a company or person that an include
filter names joins them, a company with a handful of its people.
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.keyed import between, lanes, number, pick
from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.columns import BARRED, PARTIAL, Columns
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.filters import (
    COMPANY_PREDICATES,
    CONTACT_PREDICATES,
    Searched,
    Within,
    search_words,
)
from mock_lusha.world.finder import CompanyQuery, PersonQuery
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from mock_lusha.world.catalog import Catalog
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.lookup import Lookup
    from mock_lusha.world.world import World

    Fields = Mapping[str, Any]

HANDFUL = (3, 8)
"""How many people of a company outside the directory join a search that names it, at the least and most."""


@frozen
class Question:
    """What is searched for: criteria by field, none of them empty, and the switches of a search."""

    contacts: Fields = field(default_factory=dict)
    not_contacts: Fields = field(default_factory=dict)
    companies: Fields = field(default_factory=dict)
    not_companies: Fields = field(default_factory=dict)
    partial_contacts: bool = True
    partial_companies: bool = True
    exclude_barred: bool = False


@frozen
class Answer:
    """All that match: how many there are, and the entities at some of their places."""

    total: int
    found: list[Any]


class SearchIndex:
    """The searched people and companies of a world, drawn up when the first search needs them."""

    def __init__(self, world: World, catalog: Catalog) -> None:
        self.world = world
        self._catalog = catalog

    @cached_property
    def within(self) -> Within:
        """What predicates need besides the entities."""
        groupings = {code: row["grouping"] for code, row in self._catalog.groupings.items()}
        return Within(self.world, groupings)

    @property
    def departments(self) -> list[str]:
        """All departments, in the order of their bits."""
        return self._catalog.departments

    @cached_property
    def companies(self) -> list[Searched]:
        """Pinned companies, then the directory's, in an order of no meaning that never changes."""
        world = self.world
        pinned = list(world.pins.companies)
        listed = [c.domain for c in world.directory.companies if c.domain not in world.pins.companies]
        listed.sort(key=lambda domain: number(world.seed, "order", domain))
        return [Searched(world.company(domain), self.within) for domain in (*pinned, *listed)]

    @cached_property
    def company_rows(self) -> dict[str, int]:
        """Identity domain -> row in ``companies``."""
        return {entry.company.domain: row for row, entry in enumerate(self.companies)}

    @cached_property
    def pinned(self) -> list[Person]:
        """Pinned people; whom the API may not show come last."""
        people = [self.world.person(key) for key in self.world.pins.people]
        return sorted(people, key=lambda person: person.restricted is not None)

    @cached_property
    def order(self) -> Any:
        """Numbers of the directory's people, less those pinned over, in an order of no meaning."""
        world = self.world
        numbers = np.arange(world.directory.people, dtype=np.uint64)
        mixed = (numbers + np.uint64(number(world.seed, "order") >> 1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        order = np.argsort(mixed, kind="stable")
        taken = [n for n in map(world.person_number, world.pins.people) if n is not None]
        return order[~np.isin(order, taken)] if taken else order

    @cached_property
    def rows(self) -> Any:
        """Number in the directory -> row of ``columns``; -1 for those pinned over."""
        found = np.full(self.world.directory.people, -1, dtype=np.int64)
        found[self.order] = np.arange(len(self.order))
        return found

    @cached_property
    def columns(self) -> Columns:
        """The directory's people as columns, in ``order``."""
        return Columns(self._everybody(), self.company_rows, self.departments).reordered(self.order)

    def _everybody(self) -> Iterator[Person]:
        # Made one by one and not kept: only their columns are.
        world = self.world
        for index, listed in enumerate(world.directory.companies):
            country = world.company(listed.domain).place.country_code
            for employee in world.directory.draw_staff(index, country).values():
                yield world.brief_person(employee)

    def signal_types(self, company: Company, since: date, until: date) -> list[str]:
        """The types of signals a company has from ``since`` to ``until``."""
        row = self.company_rows.get(company.domain)
        entry = self.companies[row] if row is not None else Searched(company, self.within)
        return entry.signal_types(since, until)

    def person_at(self, row: int) -> Person:
        """The person of a row of ``columns``."""
        key = self.world.key_of_number(int(self.order[row]))
        if key is None:
            raise IndexError(row)
        return self.world.person(key)


class Search:
    """One search on behalf of an account: the index and whoever joins it."""

    def __init__(self, index: SearchIndex, lookup: Lookup, question: Question) -> None:
        self._index = index
        self._question = question
        self._world = index.world
        self._erased = lookup.erased
        self._profiles: dict[tuple[str, ...], set[PersonKey]] = {}
        self.shown: dict[str, str] = {}
        """Identity domain -> domain as the caller wrote it, of companies that joined."""
        self._joined: dict[str, Searched] = {}
        self._guests: dict[PersonKey, Person] = {
            person.key: person for person in index.pinned if person.key not in self._erased.people
        }
        self._join_companies(lookup)
        self._join_people(lookup)

    def _join_companies(self, lookup: Lookup) -> None:
        fields = self._question.companies
        queries = [CompanyQuery(name=name) for name in fields.get("names", ())]
        queries += [CompanyQuery(domain=domain) for domain in fields.get("domains", ())]
        for query in queries:
            match = lookup.company(query)
            if match is None or match.company.domain in self._index.company_rows:
                continue
            self._join(match.company)
            self.shown[match.company.domain] = match.shown
            for key in handful(self._world, match.company):
                if lookup.resolves(key) and key not in self._erased.people:
                    self._guests.setdefault(key, self._world.person(key))

    def _join_people(self, lookup: Lookup) -> None:
        for side in (self._question.contacts, self._question.not_contacts):
            urls = tuple(side.get("linkedinUrls", ()))
            for url in urls:
                match = lookup.person(PersonQuery(linkedin_url=url))
                if match is None:
                    continue
                self._profiles.setdefault(urls, set()).add(match.person.key)
                if side is self._question.contacts and not self._world.knows_person(match.person.key):
                    self._guests.setdefault(match.person.key, match.person)
        for person in self._guests.values():
            if person.key.domain not in self._index.company_rows:
                self._join(self._world.company(person.key.domain))

    def _join(self, company: Company) -> None:
        if company.domain not in self._joined:
            self._joined[company.domain] = Searched(company, self._index.within)

    def company(self, domain: str) -> Company:
        """The company of an identity domain, under the name the caller gave it if it joined."""
        joined = self._joined.get(domain)
        return self._world.company(domain) if joined is None else joined.company

    @cached_property
    def _entries(self) -> list[Searched]:
        return [*self._index.companies, *self._joined.values()]

    # Companies

    def companies(self, offset: int, count: int) -> Answer:
        """The companies that match, ``count`` of them from ``offset``."""
        # Those named come first; an entry that joined only as somebody's employer is not searched for.
        named = [entry for domain, entry in self._joined.items() if domain in self.shown]
        found = [entry for entry in (*named, *self._index.companies) if self._keeps(entry)]
        return Answer(len(found), [entry.company for entry in found[offset : offset + count]])

    def _keeps(self, entry: Searched) -> bool:
        question, within = self._question, self._index.within
        if entry.company.domain in self._erased.companies:
            return False
        if entry.company.partial and not question.partial_companies:
            return False
        return all(
            COMPANY_PREDICATES[name](entry, value, within) for name, value in question.companies.items()
        ) and not any(
            COMPANY_PREDICATES[name](entry, value, within) for name, value in question.not_companies.items()
        )

    # Contacts

    def contacts(self, offset: int, count: int) -> Answer:
        """The people that match, ``count`` of them from ``offset``; those who joined come first."""
        index = self._index
        guests = list(self._guests.values())
        rows = {**index.company_rows, **{d: len(index.companies) + i for i, d in enumerate(self._joined)}}
        firsts = Columns(guests, rows, index.departments)
        kept = self._kept_companies()
        first_rows = np.flatnonzero(self._mask(firsts, kept, [person.key for person in guests]))
        later_rows = np.flatnonzero(self._mask(index.columns, kept, None))
        end = offset + count
        found = [guests[row] for row in first_rows[offset:end].tolist()]
        start = max(0, offset - len(first_rows))
        rest = max(0, end - len(first_rows))
        found += [index.person_at(row) for row in later_rows[start:rest].tolist()]
        return Answer(len(first_rows) + len(later_rows), found)

    def _kept_companies(self) -> Any:
        question = self._question
        if not (question.companies or question.not_companies or self._erased.companies) and (
            question.partial_companies
        ):
            return np.ones(len(self._entries), dtype=bool)
        return np.fromiter(map(self._keeps, self._entries), dtype=bool, count=len(self._entries))

    def _mask(self, columns: Columns, kept: Any, keys: Sequence[PersonKey] | None) -> Any:
        """Rows that match; ``keys`` are whose they are, None for the directory's."""
        question = self._question
        mask = kept[columns.company_rows]
        if not question.partial_contacts:
            mask = mask & ((columns.points & PARTIAL) == 0)
        if question.exclude_barred:
            mask = mask & ((columns.points & BARRED) == 0)
        if keys is None and self._erased.people:
            mask = mask & ~self._people_named(columns, self._erased.people, None)
        for name, value in question.contacts.items():
            mask = mask & self._matching(columns, name, value, keys)
        for name, value in question.not_contacts.items():
            mask = mask & ~self._matching(columns, name, value, keys)
        return mask

    def _matching(self, columns: Columns, name: str, value: Any, keys: Sequence[PersonKey] | None) -> Any:
        if name == "linkedinUrls":
            return self._people_named(columns, self._profiles.get(tuple(value), set()), keys)
        if name == "searchText":
            return self._text(columns, value)
        return CONTACT_PREDICATES[name](columns, value, self._index.within)

    def _people_named(self, columns: Columns, named: set[PersonKey], keys: Sequence[PersonKey] | None) -> Any:
        if keys is not None:
            return np.array([key in named for key in keys], dtype=bool)
        mask = np.zeros(len(columns), dtype=bool)
        for key in named:
            known = self._world.person_number(key)
            if known is not None and self._index.rows[known] >= 0:
                mask[self._index.rows[known]] = True
        return mask

    def _text(self, columns: Columns, text: str) -> Any:
        """Each word begins a word of the name, title, department, company or place."""
        words = list(dict.fromkeys(search_words(text)))
        texts = (
            (columns.title_ids, [fold(title) for title in columns.titles]),
            (columns.company_rows, [fold(entry.company.name) for entry in self._entries]),
            (
                columns.place_ids,
                [fold(f"{p.city} {p.state or ''} {p.country} {p.country_code}") for p in columns.places],
            ),
        )
        mask = np.full(len(columns), bool(words))
        for word in words:
            if not mask.any():
                break
            mask &= self._word(columns, f"-{word}", texts)
        return mask

    @staticmethod
    def _word(columns: Columns, begins: str, texts: Sequence[tuple[Any, list[str]]]) -> Any:
        def has(text: str) -> bool:
            return begins in f"-{text}"

        found = np.fromiter(map(has, columns.names), dtype=bool, count=len(columns))
        for ids, folded in texts:
            found |= np.fromiter(map(has, folded), dtype=bool, count=len(folded))[ids]
        bits = sum(1 << i for i, name in enumerate(columns.departments) if has(fold(name)))
        return found | ((columns.department_bits & bits) != 0)


def handful(world: World, company: Company) -> list[PersonKey]:
    """Some people of a company outside the directory, the same ones always."""
    draw = lanes(world.seed, "handful", company.domain)
    names = world.pools.names[company.place.locale]
    found: dict[PersonKey, None] = {}
    for index in range(between(*HANDFUL, draw[0])):
        full = fold(f"{pick(names.first, draw[1 + 2 * index])} {pick(names.last, draw[2 + 2 * index])}")
        found[PersonKey(full, company.domain)] = None
    return list(found)
