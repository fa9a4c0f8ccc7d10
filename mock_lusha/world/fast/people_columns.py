"""The directory's people as columns: what ``directory`` and ``people`` make one by one, all at once.

A test holds both equal.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import chain, repeat
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.seeded import begun
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.backgrounds import Backgrounds, career_numbers
from mock_lusha.world.fast.columns import (
    BARRED,
    COMPANY_CHANGE,
    EMAIL_BITS,
    FREE,
    NO_MOVE,
    PARTIAL,
    PHONE_BITS,
    PROMOTION,
    Columns,
    joining,
)
from mock_lusha.world.fast.company_columns import CountryPlaces
from mock_lusha.world.fast.draws import digests, lanes_in, pick_index
from mock_lusha.world.generate.career_templates import (
    CAREER_SHIFT,
    CAREERS,
    DAYS,
    EARLIEST,
    FIRST_JOB,
    LATEST,
    PHONE_KINDS,
    PHONE_STAMPS,
    PHONES,
    PRIVATE,
    PROMOTED,
    UNKNOWN_WORK,
)
from mock_lusha.world.generate.people import CAREER_LANE, DIGEST, LONGEST_LOCAL, TITLE_LANE
from mock_lusha.world.generate.positions import (
    DEPARTMENT_POOL,
    HEALTHCARE,
    HOSPITAL_POOL,
    LADDER,
    LARGE,
    LARGE_SENIORITY_POOL,
    SENIORITY_POOL,
    STEPS,
)
from mock_lusha.world.identity import fold
from mock_lusha.world.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.world import World

_AT_ONCE = 4_000
"""How many people are drawn in one go, about: nobody else is served in this time."""
_ORDERED_AT_ONCE = 200_000
"""How many of a column are put into order in one go."""
_NEAR_BOUND, _LOCAL_NAME_BOUND = 52_000, 60_000
_STRANGE_LOCALE = "en_US"
_LANES = (0, 1, 3, 4, 6, 10, 16, 17, 24, 25, 26)
"""The lanes of careers that anything here depends on."""


class PeopleColumns:
    """Draws the people of a world's directory. ``rows`` are the rows of the companies by their numbers."""

    def __init__(
        self, world: World, companies: CompanyColumns, departments: Sequence[str], rows: Any
    ) -> None:
        self._world = world
        self._rows = rows
        self._domains = companies.domains
        self._staff = companies.staff
        self._bounds = np.concatenate([[0], np.cumsum(companies.staff)])
        self._names_in_use: set[bytes] = set()
        """The names at the company whose people are drawn in several portions."""
        self._homes = CountryPlaces(world, companies.places)
        self._weighted = companies.places.numbered(world.pools.weighted_places)
        self._names = _Names(world, companies)
        self._positions = _Positions(world, departments)
        self._phones = np.array(_phone_bits())
        # Careers are drawn once each and looked up by number: no person is hashed
        # twice.
        career_digests = digests(
            begun(world.seed, "life"), (str(number).encode() for number in range(CAREERS))
        )
        self._careers = dict(zip(_LANES, lanes_in(career_digests, _LANES), strict=True))
        # Pinned companies are what they are pinned as.
        self._place, self._employees = companies.place.copy(), companies.employees.copy()
        self._main, self._founded = companies.main.copy(), companies.founded.copy()
        for domain in world.pins.companies:
            number = world.directory.company_number(domain)
            if number is not None:
                company = world.company(domain)
                self._place[number] = companies.places.numbers[company.place]
                self._employees[number] = min(company.employees or -1, LARGE + 1)
                self._main[number] = -1 if company.industry is None else company.industry.main_id
                self._founded[number] = company.founded or 0
        self._months = _months_from(self._founded)

    def columns(self) -> Columns:
        """All people, by number."""
        steps = self.drawing(np.arange(self._bounds[-1]))
        while True:
            try:
                next(steps)
            except StopIteration as end:
                columns: Columns = end.value
                return columns

    def drawing(self, order: Any) -> Generator[int, None, Columns]:
        """The people in an order, drawn in steps: yields how many are drawn so far, returns their columns."""
        # Names are numbered first, so that people are drawn as integers, and no text is
        # made for each of a million.
        for _ in self._names.numbering():
            yield 0
        parts: dict[str, list[Any]] = {}
        count = 0
        for portion in self._portions():
            for name, column in self._draw_portion(portion).items():
                parts.setdefault(name, []).append(column)
            count += portion.size
            yield count
        columns = {}
        for name in list(parts):
            # One column after the other: at no time are two copies of all columns in memory.
            joined = yield from joining(parts.pop(name), count)
            columns[name] = ordered = np.empty(len(order), dtype=joined.dtype)
            # Fancy indexing of a million rows takes long enough to hold up whoever is served meanwhile.
            for at in range(0, len(order), _ORDERED_AT_ONCE):
                ordered[at : at + _ORDERED_AT_ONCE] = joined[order[at : at + _ORDERED_AT_ONCE]]
                yield count
        return Columns(
            **columns,
            titles=self._positions.titles,
            firsts=self._names.firsts.texts(),
            lasts=self._names.lasts.texts(),
            backgrounds=Backgrounds.of_careers(self._world.maker),
        )

    def _portions(self) -> Iterator[_Portion]:
        """All people, in portions that are drawn in one go."""
        bounds = self._bounds
        begin = 0
        while begin < len(bounds) - 1:
            before = int(bounds[begin])
            # Whole companies as long as they fit, since names are made distinct within a company.
            end = max(begin + 1, int(np.searchsorted(bounds, before + _AT_ONCE, side="right")) - 1)
            size = int(bounds[end]) - before
            for first in range(0, max(1, size), _AT_ONCE):
                yield _Portion(begin, end, first, min(_AT_ONCE, size - first))
            begin = end

    def _draw_portion(self, portion: _Portion) -> dict[str, Any]:
        """The columns of the people of a portion."""
        begin, end, first, count = portion
        whole = first == 0 and count == int(self._bounds[end] - self._bounds[begin])
        sizes = self._staff[begin:end] if whole else np.array([count])
        company = np.repeat(np.arange(begin, end), sizes)
        first_number = int(self._bounds[begin]) + first
        numbers = np.arange(first_number, first_number + len(company))
        near, where, whose, first_lane, last_lane = lanes_in(
            self._staff_digests(begin, sizes.tolist(), first), range(5)
        )
        # Both branches are drawn for everybody: choosing between two arrays costs less than splitting
        # the rows in two.
        abroad = self._weighted[pick_index(len(self._weighted), where)]
        place = np.where(near < _NEAR_BOUND, self._homes.pick(self._place[company], where), abroad)
        locale = self._names.locale(place, whose < _LOCAL_NAME_BOUND)
        firsts, lasts = self._names.first_choice(locale, first_lane, last_lane)
        spelled = self._names.spelled(firsts, lasts)
        at = 0
        for number, size in enumerate(sizes.tolist(), begin):
            here = slice(at, at := at + size)
            # Most companies have no two people of one name, and one set tells.
            if not whole or len(set(spelled[here])) < size:
                if first == 0:
                    self._names_in_use = set()
                spelled[here] = self._names.make_distinct(
                    number, first, self._names_in_use, (locale[here], firsts[here], lasts[here])
                )
        domains = chain.from_iterable(map(repeat, self._domains[begin:end], sizes.tolist()))
        rests = [name + domain for name, domain in zip(spelled, domains, strict=True)]
        # The one hash for each person that cannot be shared: it is over the name and the domain.
        person_digests = digests(begun(self._world.seed, "person", size=DIGEST), rests)
        lane, title = lanes_in(person_digests, (CAREER_LANE, TITLE_LANE), DIGEST)
        career = lane >> CAREER_SHIFT
        # A gather for each lane, in place of an entity for each person.
        draw = {lane: values[career] for lane, values in self._careers.items()}
        large = self._employees[company] > LARGE
        steps = self._positions.steps(large, draw[0])
        hospital = self._main[company] == HEALTHCARE
        return {
            "companies": self._rows[company].astype(np.int32),
            **self._positions.columns(steps, hospital, draw[1], title),
            "place_ids": place.astype(np.int16),
            "points": self._points(self._names.lengths(firsts, lasts), numbers, draw),
            "moves": self._moves(company, steps, draw),
            "starts": self._starts(self._founded[company], draw),
            "first_ids": firsts.astype(np.int32),
            "last_ids": lasts.astype(np.int32),
            "background_ids": career_numbers(large, hospital, career),
        }

    def _staff_digests(self, begin: int, sizes: list[int], first: int) -> list[bytes]:
        """The digests of people: ``sizes`` of the companies from ``begin`` on, from person ``first`` on."""
        slots = [str(slot).encode() for slot in range(first, first + max(sizes, default=0))]
        base = begun(self._world.seed, "staff")
        results: list[bytes] = []
        for domain, size in zip(self._domains[begin : begin + len(sizes)], sizes, strict=True):
            own = base.copy()
            own.update(domain + b"\x1f")
            results += digests(own, slots[:size])
        return results

    def _points(self, lengths: Any, numbers: Any, draw: dict[int, Any]) -> Any:
        kind = draw[10]
        # How many digits a number has, without making a text of it.
        digits = np.searchsorted(10 ** np.arange(1, 19), numbers, side="right") + 1
        bits = np.where((kind > UNKNOWN_WORK) & (lengths <= LONGEST_LOCAL), EMAIL_BITS["work"], 0)
        private = (kind >= PRIVATE[0]) & (lengths + digits <= LONGEST_LOCAL)
        bits |= np.where(private, EMAIL_BITS["private"], 0)
        count = np.searchsorted(PHONES, draw[16], side="right")
        # All sets of phones there can be stand in a table: there are few, and people are many.
        bits |= self._phones[count, pick_index(len(PHONE_KINDS), draw[17]), draw[17] % 2]
        for index, lane in enumerate((24, 25, 26)):
            bits |= np.where(
                index < count, np.where(pick_index(PHONE_STAMPS, draw[lane]) < DAYS, BARRED, FREE), 0
            )
        return np.where(bits, bits, PARTIAL).astype(np.int16)

    def _moves(self, company: Any, step: Any, draw: dict[int, Any]) -> Any:
        moved = draw[4] <= FIRST_JOB
        promoted = (draw[4] < PROMOTED) & (step > 0) & (step < len(LADDER) - 2)
        elsewhere = pick_index(len(self._domains), draw[6]) != company
        kinds = np.where(promoted, PROMOTION, np.where(elsewhere, COMPANY_CHANGE, NO_MOVE))
        return np.where(moved, kinds, NO_MOVE).astype(np.int8)

    def _starts(self, founded: Any, draw: dict[int, Any]) -> Any:
        today = self._world.as_of.toordinal()
        days = LATEST + (draw[3] * draw[3] * EARLIEST >> 32)
        # Ordinals of days in 32 bits, not an object a day.
        starts = today - days
        if self._months is not None:
            first_year, months = self._months
            at = np.maximum(founded - first_year, 0)
            early = (founded > 0) & (starts < months[at, 0])
            starts = np.where(early, np.minimum(months[at, days % 12], today - LATEST), starts)
        return starts.astype(np.int32)


class _Portion(NamedTuple):
    """The people of companies from ``begin`` up to ``end``; of a single one only ``size``, from the
    ``first`` on."""

    begin: int
    end: int
    first: int
    size: int


class _Vocabulary:
    """Parts of names by number; ``spelled`` is how they stand in a key, before ``mark``."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._numbers: dict[str, int] = {}
        self.folded: list[str] = []
        self.spelled: list[bytes] = []
        self._lengths: Any = np.zeros(0, dtype=np.int64)

    def number(self, name: str) -> int:
        """The number of a name, a new one for a new name."""
        # One dictionary lookup for known and new names alike.
        number = self._numbers.setdefault(name, len(self._numbers))
        if number == len(self.folded):
            folded = fold(name)
            self.folded.append(folded)
            self.spelled.append(folded.encode() + self._mark)
        return number

    def lengths(self) -> Any:
        """By number, how many characters the folded names have."""
        # Few names are new after the first portion: the array is made longer, not made again.
        if len(self._lengths) < len(self.folded):
            new = np.array(list(map(len, self.folded[len(self._lengths) :])), dtype=np.int64)
            self._lengths = np.concatenate([self._lengths, new])
        return self._lengths

    def texts(self) -> Texts:
        return Texts(list(self._numbers), self.folded)


class _Names:
    """The names of the people of a directory, by the numbers of their parts."""

    def __init__(self, world: World, companies: CompanyColumns) -> None:
        self._world = world
        self._places = companies.places.places
        self.firsts, self.lasts = _Vocabulary(b"-"), _Vocabulary(b"\x1f")
        pools = world.pools.names
        self._pools = list(pools.values())
        locales = {locale: number for number, locale in enumerate(pools)}
        self._locale = np.array([locales[place.locale] for place in self._places])
        self._strange = locales[_STRANGE_LOCALE]

    def numbering(self) -> Iterator[None]:
        """Number the names there are, in steps; nothing else works before."""
        firsts, lasts = [], []
        for pool in self._pools:
            firsts.append([self.firsts.number(name) for name in pool.first])
            yield
        for pool in self._pools:
            lasts.append([self.lasts.number(name) for name in pool.last])
            yield
        self._first_pools, self._last_pools = _joined(firsts), _joined(lasts)

    def locale(self, place: Any, of_the_place: Any) -> Any:
        """Whose names people have: those of the place, or as they are anywhere."""
        return np.where(of_the_place, self._locale[place], self._strange)

    def first_choice(self, locale: Any, first_lane: Any, last_lane: Any) -> tuple[Any, Any]:
        """First and last names by the first pick, before they are made distinct."""
        return _pick_from(self._first_pools, locale, first_lane), _pick_from(
            self._last_pools, locale, last_lane
        )

    def make_distinct(
        self, company: int, begin: int, names_in_use: set[bytes], names: tuple[Any, Any, Any]
    ) -> list[bytes]:
        """The names at a company, of its people from ``begin`` on, as they stand in keys. A name that is in
        ``names_in_use`` is changed; each name is added to them. ``names`` are the columns of locales, firsts
        and lasts."""
        locale, firsts, lasts = names
        directory = self._world.directory
        domain = directory.companies[company].domain
        distinct = []
        for index, name in enumerate(self.spelled(firsts, lasts)):
            free, attempt = name, 0
            while free in names_in_use:
                attempt += 1
                first, last = directory.other_name(self._pools[locale[index]], domain, begin + index, attempt)
                firsts[index], lasts[index] = self.firsts.number(first), self.lasts.number(last)
                free = self.firsts.spelled[firsts[index]] + self.lasts.spelled[lasts[index]]
            names_in_use.add(free)
            distinct.append(free)
        return distinct

    def spelled(self, firsts: Any, lasts: Any) -> list[bytes]:
        """How full names stand in a key."""
        first, last = self.firsts.spelled, self.lasts.spelled
        return [first[a] + last[b] for a, b in zip(firsts.tolist(), lasts.tolist(), strict=True)]

    def lengths(self, firsts: Any, lasts: Any) -> Any:
        """How many characters full names have, folded."""
        return self.firsts.lengths()[firsts] + 1 + self.lasts.lengths()[lasts]


class _Positions:
    """Departments, levels and titles."""

    def __init__(self, world: World, departments: Sequence[str]) -> None:
        numbers = {name: number for number, name in enumerate(departments)}
        titles: dict[str, int] = {}
        pools = world.pools.careers.titles
        self._titles = _joined(
            [
                [titles.setdefault(title, len(titles)) for title in pools[name].get(level.name, ())]
                for name in departments
                for level in LADDER
            ]
        )
        self.titles = Texts(list(titles))
        self._ids = np.array([level.id for level in LADDER], dtype=np.int8)
        self._levels, self._large_levels = (
            np.array([STEPS[level] for level in pool]) for pool in (SENIORITY_POOL, LARGE_SENIORITY_POOL)
        )
        self._departments, self._hospital_departments = (
            np.array([numbers[name] for name in pool]) for pool in (DEPARTMENT_POOL, HOSPITAL_POOL)
        )

    def steps(self, large: Any, lane: Any) -> Any:
        """Levels, as steps of the ladder."""
        return np.where(
            large,
            self._large_levels[pick_index(len(self._large_levels), lane)],
            self._levels[pick_index(len(self._levels), lane)],
        )

    def columns(self, steps: Any, hospital: Any, lane: Any, title: Any) -> dict[str, Any]:
        """The columns of positions."""
        department = np.where(
            hospital,
            self._hospital_departments[pick_index(len(self._hospital_departments), lane)],
            self._departments[pick_index(len(self._departments), lane)],
        )
        titles = _pick_from(self._titles, department * len(LADDER) + steps, title)
        return {
            "departments": (1 << department).astype(np.uint16),
            "levels": self._ids[steps],
            "title_ids": titles.astype(np.int16),
        }


def _months_from(founded: Any) -> tuple[int, Any] | None:
    """The first year in which one was founded, and from it on, by year, the ordinals of the days on which
    months begin; None where no year is known."""
    founding_years = founded[founded > 0]
    if not len(founding_years):
        return None
    years = range(int(founding_years.min()), int(founding_years.max()) + 1)
    return years[0], np.array([[date(y, m, 1).toordinal() for m in range(1, 13)] for y in years])


def _joined(pools: Sequence[Sequence[int]]) -> tuple[Any, Any, Any]:
    """Pools behind one another, where each begins, and how large it is."""
    sizes = np.array([len(pool) for pool in pools])
    return np.array(list(chain.from_iterable(pools))), np.cumsum(sizes) - sizes, sizes


def _pick_from(pools: tuple[Any, Any, Any], which: Any, lane: Any) -> Any:
    """What lanes pick of the pools with the numbers ``which``."""
    together, starts, sizes = pools
    # Pools of different sizes in one array: a gather, where a loop over pools would need a mask each.
    return together[starts[which] + pick_index(sizes[which], lane)]


def _phone_bits() -> list[list[list[int]]]:
    """How many phones, start and step less one of ``seeded.some`` -> the bits of their kinds."""
    size = len(PHONE_KINDS)
    every = [
        [[PHONE_KINDS[(start + index * step) % size] for index in range(count)] for step in (1, 2)]
        for count in range(size + 1)
        for start in range(size)
    ]
    bits = [[reduce(or_, (PHONE_BITS[kind] for kind in kinds), 0) for kinds in steps] for steps in every]
    return [bits[at : at + size] for at in range(0, len(bits), size)]
