"""People who join a search, as columns: each filter is asked of them as it is of an index."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.fast.columns import BARRED, PARTIAL, Columns
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES, SearchedCompany
from mock_lusha.world.search.criteria import search_words
from mock_lusha.world.search.later_moves import moved
from mock_lusha.world.search.person_predicates import EMPLOYER_PREDICATES, LOOKED_UP, PERSON_PREDICATES
from mock_lusha.world.search.predicates import contact_word
from mock_lusha.world.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_lusha.world.entities import Company, Person, PersonKey
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.query import SearchQuery


class Guests:
    """``company_of`` knows companies by their domains as a search sees them, and ``keys_of`` those whom the
    values of a field lead to, where they are looked up."""

    def __init__(
        self,
        index: SearchIndex,
        people: Sequence[Person],
        company_of: Callable[[str], Company],
        keys_of: Callable[[str, Sequence[Any]], set[PersonKey]],
    ) -> None:
        self._people = people
        self._search_world = index.search_world
        self._keys_of = keys_of
        self._domains = list(dict.fromkeys(person.key.domain for person in people))
        self._employers = [
            SearchedCompany(company_of(domain), self._search_world) for domain in self._domains
        ]

    @cached_property
    def _columns(self) -> Columns:
        numbers = {domain: number for number, domain in enumerate(self._domains)}
        world = self._search_world
        return Columns.of(self._people, numbers, world.departments, world.places, world.world.employments)

    def matching(self, query: SearchQuery, is_employer: Callable[[SearchedCompany], bool]) -> list[Person]:
        """Those who pass the filters of people, at employers of whom something is so."""
        columns = self._columns
        mask = self._table(is_employer)[columns.companies]
        if not query.partial_contacts:
            mask &= (columns.points & PARTIAL) == 0
        if query.exclude_barred:
            mask &= (columns.points & BARRED) == 0
        for name, value in query.contacts.items():
            mask &= self._mask(name, value)
        for name, value in query.not_contacts.items():
            mask &= ~self._mask(name, value)
        return [self._people[row] for row in mask.nonzero()[0].tolist()]

    def employing(self, query: SearchQuery) -> set[str]:
        """The domains of employers of whose people one is as wanted, and none as is not."""
        columns = self._columns
        people = np.ones(len(self._people), dtype=bool)
        for name, value in query.contacts.items():
            people &= self._mask(name, value)
        employers = set(columns.companies[people].tolist())
        for name, value in query.not_contacts.items():
            employers -= set(columns.companies[self._mask(name, value)].tolist())
        return {self._domains[number] for number in employers}

    def _table(self, is_so: Callable[[SearchedCompany], bool]) -> Any:
        return np.array([is_so(employer) for employer in self._employers], dtype=bool)

    def _mask(self, name: str, value: Any) -> Any:
        columns, search_world = self._columns, self._search_world
        if name in LOOKED_UP:
            keys = self._keys_of(name, value)
            return np.array([person.key in keys for person in self._people], dtype=bool)
        if name == "searchText":
            return self._text_mask(search_words(value))
        if name in EMPLOYER_PREDICATES:
            field, predicate = EMPLOYER_PREDICATES[name]
            is_named = COMPANY_PREDICATES[field]
            return predicate(columns, value, self._table(lambda entry: is_named(entry, value, search_world)))
        matching = PERSON_PREDICATES[name](columns, value, search_world)
        if name == "signal":
            matching |= np.array(moved(value, search_world.world, self._people), dtype=bool)
        return matching

    def _text_mask(self, words: list[str]) -> Any:
        names = Texts([employer.company.name for employer in self._employers])
        mask = np.full(len(self._people), bool(words))
        for word in words:
            mask &= contact_word(self._columns, word, names.begun_by(word), self._search_world)
            if not mask.any():
                break
        return mask
