"""One search: who and what of the index it finds, and who joins it.

In the open world a company or person that an include filter names joins a search, a company with a handful of
its people.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.seeded import between, lanes, pick
from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.identity import fold
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES, SearchedCompany
from mock_lusha.world.search.guests import Guests
from mock_lusha.world.search.person_predicates import LOOKED_UP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.query import SearchQuery
    from mock_lusha.world.world import World

_LOOKUPS: Mapping[str, Callable[[Any], PersonQuery]] = {
    "linkedinUrls": lambda value: PersonQuery(linkedin_url=value),
    "emails": lambda value: PersonQuery(email=value),
    "ids": lambda value: PersonQuery(person_id=str(value)),
}
HANDFUL = (3, 8)
"""How many people of a company outside the directory join a search that names it, at the least and most."""


@frozen
class Companies:
    """All companies that match: how many there are, and those at some of their places: first those who
    ``joined``, then the ``rows`` of the others in the index."""

    total: int
    joined: list[Company]
    rows: list[int]


@frozen
class People:
    """All people that match: how many there are, and those at some of their places: first ``persons``, who
    are pinned or joined, then the ``rows`` of the directory's in the index."""

    total: int
    persons: list[Person]
    rows: list[int]


class Search:
    """One search on behalf of an account: the index and whoever joins it."""

    def __init__(self, index: SearchIndex, lookup: AccountLookup, query: SearchQuery) -> None:
        self._index = index
        self._query = query
        self._world = index.world
        self._erased = lookup.erased
        self._looked_up: dict[tuple[str, tuple[Any, ...]], set[PersonKey]] = {}
        self.caller_domains: dict[str, str] = {}
        """Identity domain -> domain as the caller wrote it, of companies that joined."""
        self._joined: dict[str, Company] = {}
        self._guest_list: dict[PersonKey, Person] = {}
        if query.companies:
            self._join_companies(lookup)
        if not LOOKED_UP.isdisjoint({*query.contacts, *query.not_contacts}):
            self._join_people(lookup)
        # Where a pinned person's employer joined under another name, that is who they work for.
        self._with_pinned = any(domain in index.employers for domain in self._joined)
        if self._with_pinned:
            pinned = {p.key: p for p in index.pinned if p.key not in self._erased.people}
            self._guest_list = {**pinned, **self._guest_list}

    def _join_companies(self, lookup: AccountLookup) -> None:
        fields = self._query.companies
        queries = [CompanyQuery(name=name) for name in fields.get("names", ())]
        queries += [CompanyQuery(domain=domain) for domain in fields.get("domains", ())]
        queries += [CompanyQuery(company_id=str(number)) for number in fields.get("ids", ())]
        for query in queries:
            match = lookup.company(query)
            if match is None or self._world.knows_company(match.company.domain):
                continue
            self._joined.setdefault(match.company.domain, match.company)
            self.caller_domains[match.company.domain] = match.domain
            for key in handful(self._world, match.company):
                if lookup.resolves(key) and key not in self._erased.people:
                    self._invite(key, self._world.person(key))

    def _join_people(self, lookup: AccountLookup) -> None:
        for side in (self._query.contacts, self._query.not_contacts):
            for field, query_of in _LOOKUPS.items():
                values = tuple(side.get(field, ()))
                for value in values:
                    match = lookup.person(query_of(value))
                    if match is None:
                        continue
                    self._looked_up.setdefault((field, values), set()).add(match.person.key)
                    if side is self._query.contacts and not self._world.knows_person(match.person.key):
                        self._invite(match.person.key, match.person)

    def _invite(self, key: PersonKey, person: Person) -> None:
        if key not in self._world.pins.people:
            self._guest_list.setdefault(key, person)

    def company(self, domain: str) -> Company:
        """The company of an identity domain, under the name the caller gave it if it joined."""
        return self._joined.get(domain) or self._world.company(domain)

    # Companies

    def companies(self, offset: int, count: int) -> Companies:
        """The companies that match, ``count`` of them from ``offset``; those who joined come first."""
        index = self._index
        with_text = [company for domain, company in self._joined.items() if domain in self.caller_domains]
        first = [
            company
            for company in with_text
            if self._company_matches(SearchedCompany(company, index.search_world))
        ]
        rows = index.companies_matching(self._query)
        if self._query.contacts or self._query.not_contacts:
            employing = index.employing(self._query, index.people_rows(self._erased.people))
            rows = rows[employing[rows]]
            domains = self._guests.employing(self._query) if first else set()
            first = [company for company in first if company.domain in domains]
        if self._erased.companies:
            rows = rows[~np.isin(rows, index.company_rows(self._erased.companies))]
        end = offset + count
        start, rest = max(0, offset - len(first)), max(0, end - len(first))
        return Companies(len(first) + len(rows), first[offset:end], rows[start:rest].tolist())

    def _company_matches(self, entry: SearchedCompany) -> bool:
        query, search_world = self._query, self._index.search_world
        if entry.company.domain in self._erased.companies:
            return False
        if entry.company.partial and not query.partial_companies:
            return False
        return all(
            COMPANY_PREDICATES[name](entry, value, search_world) for name, value in query.companies.items()
        ) and not any(
            COMPANY_PREDICATES[name](entry, value, search_world)
            for name, value in query.not_companies.items()
        )

    # Contacts

    def contacts(self, offset: int, count: int) -> People:
        """The people that match, ``count`` of them from ``offset``: those who are pinned, those who joined,
        then the directory's."""
        index = self._index
        rows = self._remaining_rows(index.people_matching(self._query))
        split = int(rows.searchsorted(len(index.pinned)))
        persons = [index.pinned[row] for row in rows[:split].tolist()]
        if self._guest_list:
            persons += self._guests.matching(self._query, self._company_matches)
        rows = rows[split:]
        if self._query.per_company is not None:
            persons, rows = self._capped(persons, rows, self._query.per_company)
        end = offset + count
        start, rest = max(0, offset - len(persons)), max(0, end - len(persons))
        return People(len(persons) + len(rows), persons[offset:end], rows[start:rest].tolist())

    def _capped(self, persons: list[Person], rows: Any, most: int) -> tuple[list[Person], Any]:
        """The first people of each company, so many at the most."""
        counts: dict[str, int] = {}
        first = []
        for person in persons:
            domain = person.key.domain
            counts[domain] = counts.get(domain, 0) + 1
            if counts[domain] <= most:
                first.append(person)
        companies = self._index.columns.companies[rows]
        left = np.full(int(companies.max(initial=0)) + 1, most)
        for domain, count in counts.items():
            for row in self._index.company_rows([domain]):
                if row < len(left):
                    left[row] = max(0, most - count)
        # By company, in the order of the rows: how many stand before each.
        order = np.argsort(companies, kind="stable")
        ordered = companies[order]
        starts = np.searchsorted(ordered, ordered, side="left")
        kept = np.sort(order[np.arange(len(ordered)) - starts < left[ordered]])
        return first, rows[kept]

    def _remaining_rows(self, rows: Any) -> Any:
        """The rows that are neither erased nor among the guests, and that the profiles named let through."""
        index = self._index
        if self._erased.people:
            rows = rows[~np.isin(rows, index.people_rows(self._erased.people))]
        if self._erased.companies:
            companies = index.columns.companies[rows]
            rows = rows[~np.isin(companies, index.company_rows(self._erased.companies))]
        if self._with_pinned:
            rows = rows[rows >= len(index.pinned)]
        for side, included in ((self._query.contacts, True), (self._query.not_contacts, False)):
            for field in LOOKED_UP & side.keys():
                own_rows = index.people_rows(self._keys_of(field, side[field]))
                rows = rows[np.isin(rows, own_rows) == included]
        return rows

    def _keys_of(self, field: str, values: Sequence[Any]) -> set[PersonKey]:
        return self._looked_up.get((field, tuple(values)), set())

    @cached_property
    def _guests(self) -> Guests:
        return Guests(self._index, list(self._guest_list.values()), self.company, self._keys_of)


def handful(world: World, company: Company) -> list[PersonKey]:
    """Some people of a company outside the directory, the same ones always."""
    draw = lanes(world.seed, "handful", company.domain)
    names = world.pools.names[company.place.locale]
    keys: dict[PersonKey, None] = {}
    for index in range(between(*HANDFUL, draw[0])):
        full = fold(f"{pick(names.first, draw[1 + 2 * index])} {pick(names.last, draw[2 + 2 * index])}")
        keys[PersonKey(full, company.domain)] = None
    return list(keys)
