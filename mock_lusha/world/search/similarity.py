"""How like others people and companies are: a score from 0 to 1, which lookalikes are ordered by.

It is a sum of parts. Each is a weight (``PERSON_WEIGHTS``, ``COMPANY_WEIGHTS``) times a nearness from 0 to 1:
the mean over all seeds, so that what many of them have in common counts most. The weights are our decision;
how Lusha ranks is not known. The tables of ``docs/data.md`` say when two are how near.

What is not known of one of the two has no nearness. Points are whole numbers, which add up to the same on
every machine.
"""

from __future__ import annotations

from collections import Counter
from math import log10
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.generate.positions import LADDER
from mock_lusha.world.search.title_forms import normal_title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.world.entities import Company, Industry, Person, Place
    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.texts import Texts

WHOLE: Final = 10_000
"""Points of a score of 1."""
# What somebody does says more of them than where: two people of one title sell, buy and read alike.
PERSON_WEIGHTS: Final[Mapping[str, int]] = {
    "title": 3_000, "department": 2_000, "seniority": 1_500, "industry": 1_200, "size": 800, "place": 1_500,
}  # fmt: skip
# A company is looked for as a customer like others: by its trade first, then by what it can spend.
COMPANY_WEIGHTS: Final[Mapping[str, int]] = {"industry": 4_500, "size": 3_000, "place": 2_500}
LEAST: Final = 1_000
"""Points below which nobody is a lookalike: less than what a whole department, or half an industry, gives."""
_MAIN_INDUSTRY = 0.5
_STATE, _COUNTRY = 0.7, 0.5
_STEPS_APART = 3
_GRAINS, _LARGEST = 100, 8
"""Into how many grains a factor of ten of employees is divided, and how many such factors there are."""
_FACTORS_APART = 2
_UNKNOWN = -1
"""The number of what is not known: in tables it stands at the end, and has no points."""

Table = Any
"""Points by the number of a value."""


@frozen
class Parts:
    """Points of everybody by row of an index, for each part of the score: ``tables`` are by the values, and
    ``values`` are the numbers of these by row."""

    tables: Mapping[str, Table]
    values: Mapping[str, Any]

    def sums(self) -> Any:
        """The scores of all rows, in points."""
        return sum(table[self.values[name]] for name, table in self.tables.items())

    def of(self, rows: Any) -> dict[str, list[int]]:
        """The points of some rows, by part."""
        return {name: table[self.values[name][rows]].tolist() for name, table in self.tables.items()}


class CompanyTraits:
    """What likeness asks of the companies of an index, as numbers by row."""

    def __init__(self, index: SearchIndex) -> None:
        self._places = index.search_world.places
        trades = index.world.pools.trades
        self.industries: list[Industry] = [trade.industry for trade in trades]
        numbers = {industry: number for number, industry in reversed(list(enumerate(self.industries)))}

        def industry(company: Company) -> int:
            if company.industry is None:
                return _UNKNOWN
            number = numbers.setdefault(company.industry, len(self.industries))
            if number == len(self.industries):
                self.industries.append(company.industry)
            return number

        same = np.array([*(numbers[trade.industry] for trade in trades), _UNKNOWN], dtype=np.int32)
        places = self._places.numbers
        by_row = index.by_company_row
        self.values: Mapping[str, Any] = {
            "industry": by_row(industry, lambda columns: same[columns.trade]),
            "size": by_row(_size_grain, _size_grains),
            "place": by_row(lambda company: places[company.place], lambda columns: columns.place),
        }

    def tables(self, seeds: Sequence[Company], weights: Mapping[str, int]) -> dict[str, Table]:
        """The points of industries, sizes and places beside those of seeds."""
        known = [seed.industry for seed in seeds]
        sizes = [_size_grain(seed) for seed in seeds]
        tables = {
            "industry": self._industries(known, weights["industry"]),
            "size": _sizes(sizes, weights["size"]),
        }
        if "place" in weights:
            tables["place"] = place_table(self._places.places, [s.place for s in seeds], weights["place"])
        return tables

    def _industries(self, seeds: Sequence[Industry | None], weight: int) -> Table:
        def nearness(one: Industry, other: Industry) -> float:
            if one.sub_id == other.sub_id:
                return 1
            return _MAIN_INDUSTRY if one.main_id == other.main_id else 0

        return _table(
            [sum(nearness(each, seed) for seed in seeds if seed is not None) for each in self.industries],
            len(seeds), weight,
        )  # fmt: skip


class PersonTraits:
    """What likeness asks of the people of an index besides their columns."""

    def __init__(self, index: SearchIndex) -> None:
        self.companies = index.once(CompanyTraits)
        self._index = index
        self._words: dict[str, list[int]] = {}
        titles: Texts = index.columns.titles
        counts = []
        for number, title in enumerate(titles.shown):
            words = normal_title(title)
            counts.append(len(words))
            for word in words:
                self._words.setdefault(word, []).append(number)
        self._counts = np.array(counts, dtype=np.float64)

    def parts(self, seeds: Sequence[tuple[Person, Company]]) -> Parts:
        """The points of everybody beside seeds and their employers."""
        columns, weights = self._index.columns, PERSON_WEIGHTS
        people = [person for person, _ in seeds]
        of_companies = {name: weights[name] for name in ("industry", "size")}
        by_company = self.companies.tables([company for _, company in seeds], of_companies)
        # People have their employer's points: the few companies are looked up, not the many people.
        by_row = {name: table[self.companies.values[name]] for name, table in by_company.items()}
        places = self._index.search_world.places.places
        return Parts(
            {
                "title": self._titles([person.job.title for person in people], weights["title"]),
                "department": self._departments(people, weights["department"]),
                "seniority": _levels(people, weights["seniority"]),
                **by_row,
                "place": place_table(places, [person.place for person in people], weights["place"]),
            },
            {
                "title": columns.title_ids,
                "department": columns.departments,
                "seniority": columns.levels,
                "industry": columns.companies,
                "size": columns.companies,
                "place": columns.place_ids,
            },
        )

    def _titles(self, seeds: Sequence[str], weight: int) -> Table:
        nearness = np.zeros(len(self._counts))
        for title in seeds:
            words = normal_title(title)
            shared = np.zeros(len(self._counts))
            for word in words:
                shared[self._words.get(word, ())] += 1
            nearness += shared / np.maximum(1, self._counts + len(words) - shared)
        return _table(nearness, len(seeds), weight)

    def _departments(self, seeds: Sequence[Person], weight: int) -> Table:
        names = self._index.search_world.departments
        every = np.arange(1 << len(names))
        nearness = np.zeros(len(every))
        held = Counter(sum(1 << names.index(name) for name in person.job.departments) for person in seeds)
        for bits, count in held.items():
            nearness += count * (every & bits != 0)
        return _table(nearness, len(seeds), weight)


def company_parts(index: SearchIndex, seeds: Sequence[Company]) -> Parts:
    """The points of all companies beside seeds."""
    traits = index.once(CompanyTraits)
    return Parts(traits.tables(seeds, COMPANY_WEIGHTS), traits.values)


def person_parts(index: SearchIndex, seeds: Sequence[tuple[Person, Company]]) -> Parts:
    """The points of all people beside seeds and their employers."""
    return index.once(PersonTraits).parts(seeds)


def place_table(places: Sequence[Place], seeds: Sequence[Place], weight: int) -> Table:
    """The points of places beside those of seeds."""
    counts = [_counted(seeds, key) for key in (_city, _state, _country)]
    cities, states, countries = counts
    nearness = []
    for place in places:
        city, state, country = (
            cities.get(_city(place), 0), states.get(_state(place), 0), countries.get(_country(place), 0),
        )  # fmt: skip
        # Each seed counts once, for the nearest of the three.
        nearness.append(city + _STATE * (state - city) + _COUNTRY * (country - state))
    return _table(nearness, len(seeds), weight)


def _counted(places: Sequence[Place], key: Callable[[Place], Any]) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for place in places:
        counts[key(place)] = counts.get(key(place), 0) + 1
    return counts


def _city(place: Place) -> tuple[str, str | None, str]:
    return place.country_code, place.state, place.city


def _state(place: Place) -> tuple[str, ...]:
    # Where there are no states, only a city is nearer than the country.
    return (place.country_code, place.state or f"city {place.city}")


def _country(place: Place) -> str:
    return place.country_code


def _levels(seeds: Sequence[Person], weight: int) -> Table:
    steps = {level.id: step for step, level in enumerate(LADDER)}
    nearness = [0.0] * (max(steps) + 1)
    for level, step in steps.items():
        apart = [abs(step - steps[person.job.seniority.id]) for person in seeds]
        nearness[level] = sum(max(0.0, 1 - each / _STEPS_APART) for each in apart)
    return _table(nearness, len(seeds), weight)


def _sizes(seeds: Sequence[int], weight: int) -> Table:
    grains = np.arange(_GRAINS * _LARGEST)
    nearness = np.zeros(len(grains))
    for grain in seeds:
        if grain != _UNKNOWN:
            nearness += np.maximum(0, 1 - np.abs(grains - grain) / (_GRAINS * _FACTORS_APART))
    return _table(nearness, len(seeds), weight)


def _size_grain(company: Company) -> int:
    """How many people a company has, on a scale of factors; unknown where that is."""
    if company.employees is None:
        return _UNKNOWN
    return min(round(_GRAINS * log10(max(1, company.employees))), _GRAINS * _LARGEST - 1)


def _size_grains(columns: CompanyColumns) -> Any:
    """The same of the directory's companies."""
    grains = np.rint(_GRAINS * np.log10(np.maximum(1, columns.employees)))
    return np.where(columns.employees < 0, _UNKNOWN, np.minimum(grains, _GRAINS * _LARGEST - 1))


def _table(nearness: Any, seeds: int, weight: int) -> Table:
    """Points of values from the nearness that they have to all seeds together, and none for the unknown."""
    points = np.rint(np.asarray(nearness, dtype=np.float64) * weight / max(1, seeds))
    return np.append(points, 0).astype(np.int32)


def best(points: Any, barred: Any, count: int) -> tuple[Any, int]:
    """The rows with most points, best first and then in the order of the index, and how many there are in
    all that are lookalikes and not ``barred``. ``points`` are changed."""
    points[barred] = 0
    rows = (points >= LEAST).nonzero()[0]
    total = len(rows)
    if total > count:
        # The rows that have more than the last one shown, and then as many of its own points as are missing.
        bound = np.partition(points[rows], total - count)[total - count]
        ahead = rows[points[rows] > bound]
        rows = np.concatenate([ahead, rows[points[rows] == bound][: count - len(ahead)]])
    return rows[np.lexsort((rows, -points[rows]))], total
