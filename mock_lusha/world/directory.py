"""The directory: which companies and people are known without being asked for.

Companies and their staff are numbered. They are built lazily: names of companies in one pass when
the first is needed, the staff of a company when someone there is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.seeded import begun, lanes, number, pick
from mock_lusha.world.entities import PersonKey
from mock_lusha.world.fast.draws import AT_ONCE, digests
from mock_lusha.world.identity import fold, slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.entities import Place
    from mock_lusha.world.pools import Names, Pools, Trade

_STAFF_CACHE_SIZE, _FEWEST_COMPANIES = 50_000, 64
"""About how many people are kept drawn, and at how many companies at the least."""
_FOLD_CACHE_SIZE = 32_768
"""How many parts of names are kept folded: the pools have fewer."""
_PLAIN_NAMES = 4
"""How many names are tried before a family name gets one part more."""
# How many of a company's people are known, relative to others; one entry is drawn a company.
_STAFF_WEIGHTS = (2, 3, 4, 4, 6, 8, 8, 10, 12, 16, 24, 40)
_LANES = Struct("<8H").unpack_from


def _numerals(count: int) -> Iterator[bytes]:
    """The numbers from 0 up to ``count`` as they stand in keys."""
    return (str(number).encode() for number in range(count))


class DirectoryCompany(NamedTuple):
    """A company of the directory: its name, identity domain and trade."""

    name: str
    domain: str
    trade: Trade


class Employee(NamedTuple):
    """Someone of the directory: identity, number, first and last name, and where they are."""

    key: PersonKey
    number: int
    names: tuple[str, str]
    place: Place


class Directory:
    """``companies`` companies and ``people`` people of a seed."""

    def __init__(self, seed: str, companies: int, people: int, pools: Pools) -> None:
        self.seed = seed
        self.size = companies
        self.people = people
        self._pools = pools
        cache_size = max(_FEWEST_COMPANIES, _STAFF_CACHE_SIZE * companies // max(1, people))
        self.staff = lru_cache(maxsize=cache_size)(self.draw_staff)
        self._folded = lru_cache(maxsize=_FOLD_CACHE_SIZE)(fold)
        self._families = pools.names["en_GB"].last

    @cached_property
    def companies(self) -> list[DirectoryCompany]:
        """All companies, by number. Each name and each domain is there once."""
        companies: list[DirectoryCompany] = []
        domains: set[str] = set()
        for digest in digests(begun(self.seed, "listed"), _numerals(self.size)):
            draw = _LANES(digest)
            trade = pick(self._pools.weighted_trades, draw[0])
            attempt = 0
            name, domain = self._name(trade, draw, attempt)
            while domain in domains:
                attempt += 1
                name, domain = self._name(trade, draw, attempt)
            domains.add(domain)
            companies.append(DirectoryCompany(name, domain, trade))
        return companies

    def _name(self, trade: Trade, draw: Lanes, attempt: int) -> tuple[str, str]:
        """A company name and its domain; each further attempt is longer, so that one is free in the end."""
        pools = self._pools
        stem = pick(pools.stems, draw[1])
        ending = pick(trade.endings, draw[2])
        parts: tuple[str, ...]
        if attempt == 0:
            family = self._families
            if draw[4] < 8_000:
                parts = (stem,)
            elif draw[4] < 14_000:
                parts = (pick(family, draw[5]), ending)
            elif draw[4] < 18_000:
                parts = (pick(family, draw[5]), "&", pick(family, draw[6]), ending)
            else:
                parts = (stem, ending)
        else:
            second = pick(pools.stems, draw[3])
            parts = (stem, second, ending)
            if attempt > 1:
                third = number(self.seed, stem, second, ending, draw[7], attempt) & 0xFFFF
                parts = (second, pick(pools.stems, third), ending)
        name = " ".join(parts)
        # As ``slug`` has it, of parts that come again and again.
        label = "-".join(filter(None, map(self._folded, parts)))
        return name, f"{label if label.isascii() and 0 < len(label) <= 60 else slug(name)}.example"

    @cached_property
    def folded_names(self) -> list[str]:
        """The folded names of the companies, by number."""
        labels = ((company.name, company.domain.rsplit(".", 1)[0]) for company in self.companies)
        # A domain is the folded name, unless that is not a host label.
        return [fold(name) if label.startswith(("x-", "xn--")) else label for name, label in labels]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {listed.domain: index for index, listed in enumerate(self.companies)}

    def company_number(self, domain: str) -> int | None:
        """The number of the company with this identity domain."""
        return self._numbers.get(domain)

    @cached_property
    def bounds(self) -> list[int]:
        """By company, how many people there are up to its last one."""
        for _ in self.drawing_bounds():
            pass
        return self.bounds

    def drawing_bounds(self) -> Iterator[None]:
        """Draw ``bounds`` in steps, which who first looks at them draws at once otherwise."""
        base, numerals = begun(self.seed, "staff-size"), _numerals(self.size)
        weights: list[int] = []
        while len(weights) < self.size:
            some = digests(base, islice(numerals, AT_ONCE))
            weights += [pick(_STAFF_WEIGHTS, _LANES(digest)[0]) for digest in some]
            yield
        total = sum(weights)
        self.bounds = [self.people * so_far // total for so_far in accumulate(weights)]

    def first_number(self, company: int) -> int:
        """The number of the first person of a company."""
        return self.bounds[company - 1] if company else 0

    def staff_size(self, company: int) -> int:
        """How many people of a company the directory lists."""
        return self.bounds[company] - self.first_number(company)

    def company_of(self, person: int) -> int:
        """The number of the company where a person of the directory works."""
        return bisect_right(self.bounds, person)

    def draw_staff(self, company: int, country_code: str) -> dict[PersonKey, Employee]:
        """The people of a company by identity, in the order of their numbers; ``staff`` keeps them."""
        listed = self.companies[company]
        pools = self._pools
        staff: dict[PersonKey, Employee] = {}
        folded_names: set[str] = set()
        first_number = self.first_number(company)
        slots = _numerals(self.staff_size(company))
        for slot, digest in enumerate(digests(begun(self.seed, "staff", listed.domain), slots)):
            draw = _LANES(digest)
            place = pick(
                pools.places_in[country_code] if draw[0] < 52_000 else pools.weighted_places, draw[1]
            )
            names = pools.names[place.locale if draw[2] < 60_000 else "en_US"]
            first = pick(names.first, draw[3])
            last = pick(names.last, draw[4])
            attempt = 0
            while (key := f"{self._folded(first)}-{self._folded(last)}") in folded_names:
                # Someone has this name already: another one, and a double one where names run out.
                attempt += 1
                first, last = self.other_name(names, listed.domain, slot, attempt)
            folded_names.add(key)
            person = PersonKey(key, listed.domain)
            staff[person] = Employee(person, first_number + slot, (first, last), place)
        return staff

    def other_name(self, names: Names, domain: str, slot: int, attempt: int) -> tuple[str, str]:
        """First and last name of someone at a company whose name of the attempt before is somebody else's."""
        draw = lanes(self.seed, "staff", domain, slot, attempt)
        parts = min(1 + attempt // _PLAIN_NAMES, len(draw) - 1)
        return pick(names.first, draw[0]), "-".join(pick(names.last, lane) for lane in draw[1 : 1 + parts])
