"""The index of searches: the people and companies of a world as columns, and what was found in them."""

from __future__ import annotations

from functools import cached_property, lru_cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from mock_lusha.caching import SizedLRU
from mock_lusha.seeded import Shuffle, begun
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.columns import BARRED, PARTIAL, Columns
from mock_lusha.world.fast.company_columns import CompanyColumns
from mock_lusha.world.fast.company_masks import COMPANY_MASKS
from mock_lusha.world.fast.draws import AT_ONCE, digests
from mock_lusha.world.fast.people_columns import PeopleColumns
from mock_lusha.world.search.company_predicates import COMPANY_PREDICATES, SearchedCompany
from mock_lusha.world.search.criteria import search_words
from mock_lusha.world.search.later_moves import further_moves
from mock_lusha.world.search.ordering import ordering
from mock_lusha.world.search.person_predicates import EMPLOYER_PREDICATES, LOOKED_UP, PERSON_PREDICATES
from mock_lusha.world.search.places import Places
from mock_lusha.world.search.predicates import SearchWorld, contact_word
from mock_lusha.world.search.search_row import SearchRow
from mock_lusha.world.search.texts import Texts
from mock_lusha.world.world import PERSON_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Hashable, Iterable, Iterator

    from mock_lusha.world.entities import Company, Person, PersonKey
    from mock_lusha.world.search.catalog import Catalog
    from mock_lusha.world.search.query import SearchQuery
    from mock_lusha.world.world import World

_LEAST_ROOM, _ROOM_A_PERSON = 4_000_000, 64
"""Bytes of what an index keeps of earlier searches, at the least and for each person of the directory."""
FEW = 100_000
"""People whose columns may take the room that makes them fast."""
_LONGEST_KEY = 500
_REMEMBERED = 4096
T = TypeVar("T")


def _key(*parts: Any) -> Hashable:
    """What parts are kept under: how they are written, or a digest where that is long."""
    text = repr(parts)
    if len(text) <= _LONGEST_KEY:
        return text
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class SearchIndex:
    """The searched people and companies of a world, built when the first search needs them.

    Rows of companies: the pinned ones, the directory's in an order of no meaning that never changes, then
    employers of pinned people that are neither. Rows of people: the pinned ones, then the directory's.
    Masks and rows found are kept as far as there is room.
    """

    def __init__(self, world: World, catalog: Catalog) -> None:
        self.world = world
        self._catalog = catalog
        self.person_ids = Shuffle(PERSON_IDS[1], world.seed, "person-ids")
        self._cache = SizedLRU(max(_LEAST_ROOM, _ROOM_A_PERSON * world.directory.people))
        self._remembering: dict[Callable[[SearchIndex, int], Any], Callable[[int], Any]] = {}
        self._made: dict[Callable[[SearchIndex], Any], Any] = {}
        self._steps = self._drawing()
        self.has_companies = self.has_people = False
        """Whether searches of companies, and of people, find all that they need built."""
        self.people_count = 0
        """How many people are drawn so far."""
        self.builder: object = None
        """Who builds it in steps, where somebody does."""

    def draw_some(self) -> None:
        """Build a little more, in one short step. There is more until ``has_people``."""
        try:
            self.people_count = next(self._steps)
        except Exception:
            self._steps = self._drawing()  # a generator that raised is at its end
            raise

    def _drawing(self) -> Iterator[int]:
        """Build what searches need, in steps so short that others are served between them."""
        companies = CompanyColumns(self.world, self.search_world.places)
        for _ in companies.drawing():
            yield 0
        self._company_columns = companies
        self.world.use_sizes(lambda numbers: companies.employees[list(numbers)].tolist())
        for name in ("pinned_companies", "pinned", "employers"):
            getattr(self, name)
            yield 0
        base = begun(self.world.seed, "order", size=8)
        order_digests: list[bytes] = []
        for at in range(0, len(companies.domains), AT_ONCE):
            order_digests += digests(base, companies.domains[at : at + AT_ONCE])
            yield 0
        self._listed = self._listing(order_digests)
        yield 0
        self.rows_of_companies  # noqa: B018 - it is made when it is looked at
        self.has_companies = True
        yield 0
        self._ordered = yield from ordering(self.world)
        self._columns = yield from self._people()
        count = len(self._ordered)
        yield count
        if count > FEW:
            # The words of few people are ordered fast enough when one is searched for.
            for texts in (
                self._columns.firsts,
                self._columns.lasts,
                self._columns.titles,
                self._company_columns.names,
            ):
                for _ in texts.preparing():
                    yield count
            for _ in self._columns.backgrounds.preparing():
                yield count
        self.has_people = True
        yield count

    @cached_property
    def search_world(self) -> SearchWorld:
        """What predicates need besides the entities."""
        groupings = {code: row["grouping"] for code, row in self._catalog.groupings.items()}
        places = Places(self.world.pools.places, groupings)
        return SearchWorld(self.world, groupings, self._catalog.departments, places)

    def remembering(self, make: Callable[[SearchIndex, int], T]) -> Callable[[int], T]:
        """A function of the index and a number, as one of the number that remembers the last results."""
        function = self._remembering.get(make)
        if function is None:
            function = self._remembering[make] = lru_cache(maxsize=_REMEMBERED)(partial(make, self))
        return function

    def once(self, make: Callable[[SearchIndex], T]) -> T:
        """What a function or a class makes of the index, which is made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def _company_columns(self) -> CompanyColumns:
        return CompanyColumns.draw(self.world, self.search_world.places)

    @cached_property
    def pinned_companies(self) -> list[SearchedCompany]:
        """The companies of the first rows."""
        return [
            SearchedCompany(self.world.company(domain), self.search_world)
            for domain in self.world.pins.companies
        ]

    @cached_property
    def employers(self) -> dict[str, SearchedCompany]:
        """Employers of pinned people that are neither pinned nor in the directory, by identity domain."""
        domains = dict.fromkeys(person.key.domain for person in self.pinned)
        return {
            domain: SearchedCompany(self.world.company(domain), self.search_world)
            for domain in domains
            if not self.world.knows_company(domain)
        }

    @cached_property
    def _listed(self) -> Any:
        """Numbers of the directory's companies that are not pinned over, by row."""
        return self._listing(digests(begun(self.world.seed, "order", size=8), self._company_columns.domains))

    def _listing(self, order_digests: list[bytes]) -> Any:
        order = np.argsort(np.frombuffer(b"".join(order_digests), dtype="<u8"), kind="stable")
        numbers = map(self.world.directory.company_number, self.world.pins.companies)
        return order[~np.isin(order, [n for n in numbers if n is not None])]

    @cached_property
    def rows_of_companies(self) -> Any:
        """Number in the directory -> row."""
        rows = np.zeros(self.world.directory.size, dtype=np.int32)
        for row, entry in enumerate(self.pinned_companies):
            number_of_it = self.world.directory.company_number(entry.company.domain)
            if number_of_it is not None:
                rows[number_of_it] = row
        rows[self._listed] = np.arange(len(self._listed)) + len(self.pinned_companies)
        return rows

    def company_rows(self, domains: Iterable[str]) -> list[int]:
        """The rows of those of the companies that have one."""
        return [row for row in map(self._company_row, domains) if row is not None]

    @cached_property
    def _other_rows(self) -> dict[str, int]:
        """Identity domain -> row, of companies that are not merely listed."""
        pinned = list(self.world.pins.companies)
        employers = enumerate(self.employers, len(pinned) + len(self._listed))
        return {**{domain: row for row, domain in enumerate(pinned)}, **{d: row for row, d in employers}}

    def _company_row(self, domain: str) -> int | None:
        row = self._other_rows.get(domain)
        listed_number = self.world.directory.company_number(domain) if row is None else None
        return row if listed_number is None else int(self.rows_of_companies[listed_number])

    def company(self, row: int) -> Company:
        """The company of a row that is pinned or of the directory."""
        pinned = self.pinned_companies
        if row < len(pinned):
            return pinned[row].company
        listed = self.world.directory.companies[self._listed[row - len(pinned)]]
        return self.world.company(listed.domain)

    def employer(self, row: int) -> tuple[int, str, str]:
        """Id, name and domain of the company of a row; one of the directory is not made for it."""
        pinned = self.pinned_companies
        if row < len(pinned):
            company = pinned[row].company
            return company.id, company.name, company.domain
        return self.world.listed_company(int(self._listed[row - len(pinned)]))

    def employer_domains(self) -> list[str]:
        """The identity domains of companies, by row."""
        listed = self.world.directory.companies
        pinned = list(self.world.pins.companies)
        return [*pinned, *(listed[number].domain for number in self._listed.tolist()), *self.employers]

    def companies_matching(self, query: SearchQuery) -> Any:
        """The rows, in order, of the companies that match, pinned or of the directory."""
        end = self.company_count
        return self._rows(_key("companies", query.of_companies), lambda: self._company_matches(query)[:end])

    def _company_matches(self, query: SearchQuery) -> Any:
        """By row, whether a company matches."""

        def mask() -> Any:
            matching = np.ones(len(self._listed) + len(self._other_rows), dtype=bool)
            if not query.partial_companies:
                matching &= self._by_row(
                    lambda entry: not entry.company.partial, ~self._company_columns.partial
                )
            for name, value in query.companies.items():
                matching &= self._company_mask(name, value)
            for name, value in query.not_companies.items():
                matching &= ~self._company_mask(name, value)
            return matching

        return self._cache.get_or_make(_key("kept", query.of_companies), mask, _bytes)

    def _by_row(
        self, of_one: Callable[[SearchedCompany], Any], of_listed: Any, kind: type[bool] | type[int] = bool
    ) -> Any:
        """A mask by row, or numbers, from what is so of one company, and of the directory's by number."""
        return np.concatenate(
            [
                np.array([of_one(entry) for entry in self.pinned_companies], dtype=kind),
                of_listed[self._listed].astype(kind, copy=False),
                np.array([of_one(entry) for entry in self.employers.values()], dtype=kind),
            ]
        )

    def by_company_row(
        self, of_one: Callable[[Company], int], of_listed: Callable[[CompanyColumns], Any]
    ) -> Any:
        """Numbers by row: what one function says of a company, and another of all that are listed."""
        return self._by_row(lambda entry: of_one(entry.company), of_listed(self._company_columns), int)

    @property
    def company_count(self) -> int:
        """How many companies searches may find: those of the first rows."""
        return len(self.pinned_companies) + len(self._listed)

    def _company_mask(self, name: str, value: Any) -> Any:
        search_world, predicate = self.search_world, COMPANY_PREDICATES[name]

        def mask() -> Any:
            of_listed = COMPANY_MASKS[name](self._company_columns, value)
            return self._by_row(lambda entry: predicate(entry, value, search_world), of_listed)

        return self._cache.get_or_make(_key("company", name, value), mask, _bytes)

    # People

    @cached_property
    def pinned(self) -> list[Person]:
        """Pinned people; those that the API may not show come last."""
        people = [self.world.person(key) for key in self.world.pins.people]
        return sorted(people, key=lambda person: person.restricted is not None)

    @cached_property
    def rows_of_people(self) -> Any:
        """Number in the directory -> row."""
        rows = np.zeros(self.world.directory.people, dtype=np.int32)
        rows[self._order] = np.arange(len(self._order)) + len(self.pinned)
        for row, person in enumerate(self.pinned):
            number_of_them = self.world.person_number(person.key)
            if number_of_them is not None:
                rows[number_of_them] = row
        return rows

    @property
    def columns(self) -> Columns:
        """The people by row."""
        self._draw_all()
        return self._columns

    @property
    def _order(self) -> Any:
        self._draw_all()
        return self._ordered

    def _draw_all(self) -> None:
        while not self.has_people:
            self.draw_some()

    def _people(self) -> Generator[int, None, Columns]:
        people = PeopleColumns(
            self.world, self._company_columns, self.search_world.departments, self.rows_of_companies
        )
        domains = dict.fromkeys(person.key.domain for person in self.pinned)
        rows = dict(zip(domains, self.company_rows(domains), strict=True))
        search_world = self.search_world
        pinned = Columns.of(
            self.pinned, rows, search_world.departments, search_world.places, self.world.employments
        )
        yield 0
        listed = yield from people.drawing(self._ordered)
        columns = yield from pinned.before(listed)
        return columns.widened() if len(columns) <= FEW else columns

    def people_rows(self, keys: Iterable[PersonKey]) -> list[int]:
        """The rows of those of the people that have one."""
        rows = []
        pinned = {person.key: row for row, person in enumerate(self.pinned)}
        for key in keys:
            row = pinned.get(key)
            listed_number = self.world.person_number(key) if row is None else None
            if listed_number is not None:
                row = int(self.rows_of_people[listed_number])
            if row is not None:
                rows.append(row)
        return rows

    def staff_rows(self, company_row: int) -> Any:
        """The rows, in order, of the people of a company."""
        return self._rows(_key("staff", company_row), lambda: self.columns.companies == company_row)

    def numbers_of(self, rows: Any) -> list[int]:
        """The numbers of people in the directory, by their rows."""
        numbers: list[int] = self._order[rows - len(self.pinned)].tolist()
        return numbers

    def sketch(self, row: int) -> SearchRow:
        """Who is in a row of the directory's people."""
        columns = self.columns
        number_of_them = int(self._order[row - len(self.pinned)])
        return SearchRow(
            PERSON_IDS[0] + self.person_ids.forward(number_of_them),
            columns.name(row),
            columns.titles.shown[columns.title_ids[row]],
            int(columns.companies[row]),
            int(columns.points[row]),
            int(columns.moves[row]),
            int(columns.starts[row]),
        )

    def people_matching(self, query: SearchQuery) -> Any:
        """The rows, in order, of the people that match, whatever profiles are named."""
        return self._rows(_key("people", query.of_people), lambda: self._matching(query))

    def _matching(self, query: SearchQuery) -> Any:
        columns = self.columns
        if query.companies or query.not_companies or not query.partial_companies:
            mask = self._company_matches(query)[columns.companies]
        else:
            mask = np.ones(len(columns), dtype=bool)
        if not query.partial_contacts:
            mask &= self._bare("partial", PARTIAL)
        if query.exclude_barred:
            mask &= self._bare("barred", BARRED)
        for name, value in query.contacts.items():
            if name not in LOOKED_UP:
                mask &= self._people_mask(name, value)
        for name, value in query.not_contacts.items():
            if name not in LOOKED_UP:
                mask &= ~self._people_mask(name, value)
        return mask

    def employing(self, query: SearchQuery, erased: Any) -> Any:
        """By row of companies, whether one of its people is as wanted, and none as is not; ``erased`` are
        rows of people who do not count."""
        size = len(self._listed) + len(self._other_rows)

        def employers_of(people: Any) -> Any:
            people[erased] = False
            mask = np.zeros(size, dtype=bool)
            mask[self.columns.companies[people]] = True
            return mask

        def mask() -> Any:
            matching = np.ones(size, dtype=bool)
            if query.contacts:
                people = np.ones(len(self.columns), dtype=bool)
                for name, value in query.contacts.items():
                    people &= self._people_mask(name, value)
                matching = employers_of(people)
            for name, value in query.not_contacts.items():
                matching &= ~employers_of(self._people_mask(name, value).copy())
            return matching

        key = _key("employing", query.contacts, query.not_contacts, erased)
        return self._cache.get_or_make(key, mask, _bytes)

    def _bare(self, name: str, bit: int) -> Any:
        """By row, whether a person is without a bit of ``points``."""
        return self._cache.get_or_make(_key("bare", name), lambda: (self.columns.points & bit) == 0, _bytes)

    def _people_mask(self, name: str, value: Any) -> Any:
        if name == "searchText":
            return self._text_mask(search_words(value))

        def mask() -> Any:
            if name in EMPLOYER_PREDICATES:
                field, predicate = EMPLOYER_PREDICATES[name]
                return predicate(self.columns, value, self._company_mask(field, value))
            matching = PERSON_PREDICATES[name](self.columns, value, self.search_world)
            return matching | further_moves(self, value) if name == "signal" else matching

        return self._cache.get_or_make(_key("person", name, value), mask, _bytes)

    def _text_mask(self, words: list[str]) -> Any:
        """By row, whether a person has each of the words; nobody has none."""
        mask = np.full(len(self.columns), bool(words))
        for word in words:
            mask &= self._cache.get_or_make(_key("word", word), partial(self._word_mask, word), _bytes)
            if not mask.any():
                break
        return mask

    def _word_mask(self, word: str) -> Any:
        def has_word(entry: SearchedCompany) -> bool:
            return bool(Texts([entry.company.name]).begun_by(word)[0])

        companies = self._by_row(has_word, self._company_columns.names.begun_by(word))
        return contact_word(self.columns, word, companies, self.search_world)

    def _rows(self, key: Hashable, mask: Callable[[], Any]) -> Any:
        """The rows of a mask, in order."""
        return self._cache.get_or_make(key, lambda: mask().nonzero()[0].astype(np.int32), _bytes)


def _bytes(array: Any) -> int:
    return int(array.nbytes) + 500
