"""What prospecting can be asked for: one registry of predicates a kind of entity.

Fields are joined by AND, the values of a field by OR; excluding a value leaves out what including it keeps.
Case and accents never matter; a value nobody knows matches nothing.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.fast.columns import COMPANY_CHANGE, PROMOTION, bit_of
from mock_lusha.world.fast.signal_days import signal_days
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.identity import company_domain, fold, identity_domain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mock_lusha.world.entities import Company, Range
    from mock_lusha.world.fast.columns import Columns
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.places import Places
    from mock_lusha.world.world import World

    Bounds = tuple[int | None, int | None]  # (min, max), None is open
    Mask = Any  # a numpy array of bool, one a row

_CACHE_SIZE = 8
"""Of how many lists of values the folded form is kept."""


@frozen
class SearchWorld:
    """What a predicate may need besides the entity: the world, groupings by country code, the departments in
    the order of their bits, and all places."""

    world: World
    groupings: Mapping[str, str]
    departments: Sequence[str]
    places: Places


class SearchedCompany:
    """A company as searches look at it, with what they look at more than once."""

    def __init__(self, company: Company, search_world: SearchWorld) -> None:
        self.company = company
        self._search_world = search_world

    @cached_property
    def text(self) -> str:
        """The folded words that a text search looks at."""
        company = self.company
        place, industry = company.place, company.industry
        parts = [company.name, company.domain.rsplit(".", 1)[0], company.description or ""]
        parts += [place.city, place.state or "", place.country, place.country_code]
        parts += [] if industry is None else [industry.main, industry.sub]
        return fold(" ".join((*parts, *company.specialities)))

    @cached_property
    def signal_days(self) -> dict[str, list[date]]:
        """The days of each type of signal that the company has."""
        world = self._search_world.world
        return signal_days(world.seed, world.as_of, self.company)

    def signal_types(self, since: date, until: date) -> list[str]:
        """The types of signals the company has from ``since`` to ``until``, both included."""
        return [k for k, days in self.signal_days.items() if any(since <= day <= until for day in days)]


@frozen
class SignalCriterion:
    """Signal types (or ``allSignals``) and the days that count, both included."""

    names: tuple[str, ...]
    since: date
    until: date


# Contacts: columns, values -> mask


def _words_in(words: Sequence[str], folded: str) -> bool:
    """Whether each word begins some word of a folded text."""
    hay = f"-{folded}"
    return all(f"-{word}" in hay for word in words)


def _departments(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    names = {fold(str(value)) for value in values}
    bits = sum(1 << i for i, name in enumerate(search_world.departments) if fold(name) in names)
    return (columns.departments & bits) != 0


def _seniority(columns: Columns, values: Sequence[int], search_world: SearchWorld) -> Mask:
    mask = np.zeros(len(columns), dtype=bool)
    for value in values:
        if 0 <= value < 100:
            mask |= columns.levels == value
    return mask


def _points(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    bits = 0
    for value in values:
        bits |= bit_of(value.strip().lower())
    return (columns.points & bits) != 0


def _contact_places(columns: Columns, values: Sequence[PlaceCriterion], search_world: SearchWorld) -> Mask:
    return search_world.places.matching(values)[columns.place_ids]


def _titles(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    mask = np.zeros(len(columns.titles), dtype=bool)
    for value in values:
        words = fold(value).split("-")
        if words != [""]:
            mask |= columns.titles.having(words)
    return mask[columns.title_ids]


def _exact_titles(columns: Columns, values: Sequence[str], search_world: SearchWorld) -> Mask:
    return columns.titles.among({fold(value) for value in values})[columns.title_ids]


def _contact_signal(columns: Columns, value: SignalCriterion, search_world: SearchWorld) -> Mask:
    mask = np.zeros(len(columns), dtype=bool)
    for move, name in ((PROMOTION, "promotion"), (COMPANY_CHANGE, "companyChange")):
        if name in value.names or ALL in value.names:
            mask |= columns.moves == move
    mask &= columns.starts >= value.since.toordinal()
    mask &= columns.starts <= value.until.toordinal()
    return mask


def contact_word(columns: Columns, word: str, companies: Mask, search_world: SearchWorld) -> Mask:
    """Rows of people where a folded word begins a word of the name, title, department, company or place;
    ``companies`` are those, by row, whose names have such a word."""
    bits = sum(1 << i for i, name in enumerate(search_world.departments) if _words_in([word], fold(name)))
    mask = (columns.departments & bits) != 0
    for ids, matching in (
        (columns.first_ids, columns.firsts.begun_by(word)),
        (columns.last_ids, columns.lasts.begun_by(word)),
        (columns.title_ids, columns.titles.begun_by(word)),
        (columns.place_ids, search_world.places.texts.begun_by(word)),
        (columns.companies, companies),
    ):
        if matching.any():
            mask |= matching[ids]
    return mask


CONTACT_PREDICATES: Mapping[str, Callable[[Columns, Any, SearchWorld], Any]] = {
    "departments": _departments,
    "seniority": _seniority,
    "existing_data_points": _points,
    "locations": _contact_places,
    "jobTitles": _titles,
    "jobTitlesExactMatch": _exact_titles,
    "signal": _contact_signal,
}
"""Field of ContactFilters -> rows that have one of its values. ``searchText`` needs more, see
``contact_word``, and ``linkedinUrls`` are looked up."""

CONTACT_FIELDS = frozenset({*CONTACT_PREDICATES, "linkedinUrls", "searchText"})
"""All fields of ContactFilters."""


# Companies: company, values -> bool


def overlaps(limits: tuple[int, int | None] | None, bounds: Bounds) -> bool:
    """Whether two ranges, ends included, have anything in common; what is not known has not."""
    if limits is None:
        return False
    least, most = limits
    return (bounds[1] is None or least <= bounds[1]) and (
        bounds[0] is None or most is None or most >= bounds[0]
    )


def _names(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    company = entry.company
    return fold(company.name) in _folded(tuple(values)) or company.domain in _company_domains(tuple(values))


def _domains(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return entry.company.domain in _identity_domains(tuple(values))


# Each company that joins a search is asked for the same values, which are as many as there are companies.


@lru_cache(maxsize=_CACHE_SIZE)
def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, values))


@lru_cache(maxsize=_CACHE_SIZE)
def _company_domains(values: tuple[str, ...]) -> frozenset[str | None]:
    return frozenset(map(company_domain, values))


@lru_cache(maxsize=_CACHE_SIZE)
def _identity_domains(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(identity_domain(clean) for clean in map(clean_domain, values) if clean is not None)


def _headquarters(
    entry: SearchedCompany, values: Sequence[PlaceCriterion], search_world: SearchWorld
) -> bool:
    return any(value.matches(entry.company.place, search_world.groupings) for value in values)


def _offices(entry: SearchedCompany, values: Sequence[PlaceCriterion], search_world: SearchWorld) -> bool:
    places = entry.company.offices or (entry.company.place,)
    return any(value.matches(place, search_world.groupings) for value in values for place in places)


def _technologies(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return not _folded(tuple(values)).isdisjoint(map(fold, entry.company.technologies))


def _topics(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return not _folded(tuple(values)).isdisjoint(fold(topic.name) for topic in entry.company.intent)


def _sizes(entry: SearchedCompany, values: Sequence[Bounds], search_world: SearchWorld) -> bool:
    return any(overlaps(entry.company.size, value) for value in values)


def _revenues(entry: SearchedCompany, values: Sequence[Bounds], search_world: SearchWorld) -> bool:
    return any(touches(entry.company.revenue, value) for value in values)


def touches(revenue: Range | None, bounds: Bounds) -> bool:
    """Whether ranges whose edges are shared overlap: what ends where another begins does not lie in it."""
    if revenue is None:
        return False
    least, most = revenue
    low, high = bounds
    below = high is None or least < high or least == low == high
    return below and (low is None or most is None or most > low)


def _linkedin_employees(entry: SearchedCompany, value: Bounds, search_world: SearchWorld) -> bool:
    count = entry.company.employees_in_linkedin
    return count is not None and overlaps((count, count), value)


def _sics(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    codes = {value.strip().zfill(4) for value in values}
    return any(f"{code:04d}" in codes for code, _ in entry.company.sic)


def _naics(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    # A shorter code stands for all below it.
    prefixes = tuple(value.strip() for value in values if value.strip())
    return any(str(code).startswith(prefixes) for code, _ in entry.company.naics)


def number_of(value: float | str) -> float | None:
    """An id sent as a number or as a text, None for what is neither."""
    try:
        return float(value)
    except ValueError:
        return None


def _main_industries(
    entry: SearchedCompany, values: Sequence[float | str], search_world: SearchWorld
) -> bool:
    industry = entry.company.industry
    return industry is not None and industry.main_id in map(number_of, values)


def _sub_industries(entry: SearchedCompany, values: Sequence[float | str], search_world: SearchWorld) -> bool:
    industry = entry.company.industry
    return industry is not None and industry.sub_id in map(number_of, values)


def _company_signal(entry: SearchedCompany, value: SignalCriterion, search_world: SearchWorld) -> bool:
    types = entry.signal_types(value.since, value.until)
    return bool(types) and (ALL in value.names or not set(value.names).isdisjoint(types))


def _company_text(entry: SearchedCompany, value: str, search_world: SearchWorld) -> bool:
    words = search_words(value)
    return bool(words) and _words_in(words, entry.text)


def search_words(text: str) -> list[str]:
    """The folded words of a searched text, each once, without small ones."""
    return [word for word in dict.fromkeys(fold(text).split("-")) if word and word not in SMALL_WORDS]


SMALL_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "the"})
"""Words that a text search passes over."""

COMPANY_PREDICATES: Mapping[str, Callable[[SearchedCompany, Any, SearchWorld], bool]] = {
    "names": _names,
    "domains": _domains,
    "locations": _headquarters,
    "companyLocations": _offices,
    "technologies": _technologies,
    "intentTopics": _topics,
    "sizes": _sizes,
    "revenues": _revenues,
    "employeesInLinkedIn": _linkedin_employees,
    "sicCodes": _sics,
    "naicsCodes": _naics,
    "mainIndustriesIds": _main_industries,
    "subIndustriesIds": _sub_industries,
    "searchText": _company_text,
    "signal": _company_signal,
}
"""Field of CompanyFilters -> whether a company has one of its values."""
