"""What prospecting can be asked for: one registry of predicates a kind of entity.

Fields are joined by AND, the values of a field by OR; excluding a value leaves out what including it keeps.
Case and accents never matter; a value nobody knows matches nothing.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.values import frozen
from mock_lusha.world import arrays as np
from mock_lusha.world.columns import COMPANY_CHANGE, PROMOTION, bit_of
from mock_lusha.world.identity import clean_domain, company_domain, fold, identity_domain
from mock_lusha.world.signals import ALL, company_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.world.columns import Columns
    from mock_lusha.world.entities import Company, Place, Range
    from mock_lusha.world.world import World

    Bounds = tuple[int | None, int | None]  # (min, max), None is open
    Mask = Any  # a numpy array of bool, one a row


@frozen
class Within:
    """What a predicate may need besides the entity: the world, and groupings by country code."""

    world: World
    groupings: Mapping[str, str]


class Searched:
    """A company as searches look at it, with what they look at more than once."""

    def __init__(self, company: Company, within: Within) -> None:
        self.company = company
        self._within = within

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
        world = self._within.world
        found = company_signals(world.seed, world.as_of, world.pools, self.company, [ALL], date.min, date.max)
        return {kind: [signal.day for signal in signals] for kind, signals in found.items()}

    def signal_types(self, since: date, until: date) -> list[str]:
        """The types of signals the company has from ``since`` to ``until``, both included."""
        return [k for k, days in self.signal_days.items() if any(since <= day <= until for day in days)]


@frozen
class SignalCriterion:
    """Signal types (or ``allSignals``) and the days that count, both included."""

    names: tuple[str, ...]
    since: date
    until: date


@frozen
class PlaceCriterion:
    """A place at the levels that are given, folded; a country by name or code."""

    continent: str | None = None
    country: str | None = None
    grouping: str | None = None
    state: str | None = None
    city: str | None = None

    @classmethod
    def of(cls, sent: Mapping[str, Any]) -> PlaceCriterion:
        """A location as callers send it."""
        folded = {
            name: fold(str(value)) for name, value in sent.items() if value is not None and str(value).strip()
        }
        return cls(
            folded.get("continent"),
            folded.get("country"),
            folded.get("country_grouping"),
            folded.get("state"),
            folded.get("city"),
        )

    def matches(self, place: Place, within: Within) -> bool:
        """Whether a place is there; a criterion without any level matches none."""
        levels = (
            (self.continent, (fold(place.continent),)),
            (self.country, (fold(place.country), place.country_code.lower())),
            (self.grouping, (within.groupings[place.country_code],)),
            (self.state, (fold(place.state or ""), (place.state_code or "").lower())),
            (self.city, (fold(place.city),)),
        )
        asked = [(wanted, own) for wanted, own in levels if wanted is not None]
        return bool(asked) and all(wanted != "" and wanted in own for wanted, own in asked)


# Contacts: columns, values -> mask


def _by_texts(ids: Any, texts: Sequence[Any], keep: Callable[[Any], bool]) -> Mask:
    """Rows whose numbered text is kept; each text is looked at once."""
    return np.fromiter(map(keep, texts), dtype=bool, count=len(texts))[ids]


def _words_in(words: Sequence[str], folded: str) -> bool:
    """Whether each word begins some word of a folded text."""
    hay = f"-{folded}"
    return all(f"-{word}" in hay for word in words)


def _departments(columns: Columns, values: Sequence[str], within: Within) -> Mask:
    wanted = {fold(str(value)) for value in values}
    bits = sum(1 << i for i, name in enumerate(columns.departments) if fold(name) in wanted)
    return (columns.department_bits & bits) != 0


def _seniority(columns: Columns, values: Sequence[int], within: Within) -> Mask:
    return np.isin(columns.levels, [value for value in values if 0 <= value < 100])


def _points(columns: Columns, values: Sequence[str], within: Within) -> Mask:
    bits = 0
    for value in values:
        bits |= bit_of(value.strip().lower())
    return (columns.points & bits) != 0


def _contact_places(columns: Columns, values: Sequence[PlaceCriterion], within: Within) -> Mask:
    return _by_texts(
        columns.place_ids, columns.places, lambda place: any(v.matches(place, within) for v in values)
    )


def _titles(columns: Columns, values: Sequence[str], within: Within) -> Mask:
    wanted = [words for words in (fold(value).split("-") for value in values) if words != [""]]
    return _by_texts(
        columns.title_ids,
        columns.titles,
        lambda title: any(_words_in(words, fold(title)) for words in wanted),
    )


def _exact_titles(columns: Columns, values: Sequence[str], within: Within) -> Mask:
    wanted = {fold(value) for value in values}
    return _by_texts(columns.title_ids, columns.titles, lambda title: fold(title) in wanted)


def _contact_signal(columns: Columns, value: SignalCriterion, within: Within) -> Mask:
    wanted = [
        move
        for move, name in ((PROMOTION, "promotion"), (COMPANY_CHANGE, "companyChange"))
        if name in value.names or ALL in value.names
    ]
    recent = (columns.starts >= value.since.toordinal()) & (columns.starts <= value.until.toordinal())
    return np.isin(columns.moves, wanted) & recent


CONTACT_PREDICATES: Mapping[str, Callable[[Columns, Any, Within], Any]] = {
    "departments": _departments,
    "seniority": _seniority,
    "existing_data_points": _points,
    "locations": _contact_places,
    "jobTitles": _titles,
    "jobTitlesExactMatch": _exact_titles,
    "signal": _contact_signal,
}
"""Field of ContactFilters -> rows that have one of its values. ``linkedinUrls`` and ``searchText`` need more
than columns and are in ``search``."""

CONTACT_FIELDS = frozenset({*CONTACT_PREDICATES, "linkedinUrls", "searchText"})
"""All fields of ContactFilters."""


# Companies: company, values -> bool


def _overlaps(limits: tuple[int, int | None] | None, wanted: Bounds) -> bool:
    if limits is None:
        return False
    least, most = limits
    return (wanted[1] is None or least <= wanted[1]) and (
        wanted[0] is None or most is None or most >= wanted[0]
    )


def _names(entry: Searched, values: Sequence[str], within: Within) -> bool:
    company = entry.company
    return any(fold(v) == fold(company.name) or company_domain(v) == company.domain for v in values)


def _domains(entry: Searched, values: Sequence[str], within: Within) -> bool:
    cleaned = (clean_domain(value) for value in values)
    return any(clean is not None and identity_domain(clean) == entry.company.domain for clean in cleaned)


def _headquarters(entry: Searched, values: Sequence[PlaceCriterion], within: Within) -> bool:
    return any(value.matches(entry.company.place, within) for value in values)


def _offices(entry: Searched, values: Sequence[PlaceCriterion], within: Within) -> bool:
    places = entry.company.offices or (entry.company.place,)
    return any(value.matches(place, within) for value in values for place in places)


def _technologies(entry: Searched, values: Sequence[str], within: Within) -> bool:
    own = {fold(name) for name in entry.company.technologies}
    return any(fold(value) in own for value in values)


def _topics(entry: Searched, values: Sequence[str], within: Within) -> bool:
    own = {fold(topic.name) for topic in entry.company.intent}
    return any(fold(value) in own for value in values)


def _sizes(entry: Searched, values: Sequence[Bounds], within: Within) -> bool:
    return any(_overlaps(entry.company.size, value) for value in values)


def _revenues(entry: Searched, values: Sequence[Bounds], within: Within) -> bool:
    return any(_touches(entry.company.revenue, value) for value in values)


def _touches(revenue: Range | None, wanted: Bounds) -> bool:
    """Whether ranges whose edges are shared overlap: what ends where another begins does not lie in it."""
    if revenue is None:
        return False
    least, most = revenue
    low, high = wanted
    below = high is None or least < high or least == low == high
    return below and (low is None or most is None or most > low)


def _linkedin_employees(entry: Searched, value: Bounds, within: Within) -> bool:
    count = entry.company.employees_in_linkedin
    return count is not None and _overlaps((count, count), value)


def _sics(entry: Searched, values: Sequence[str], within: Within) -> bool:
    wanted = {value.strip().zfill(4) for value in values}
    return any(f"{code:04d}" in wanted for code, _ in entry.company.sic)


def _naics(entry: Searched, values: Sequence[str], within: Within) -> bool:
    # A shorter code stands for all below it.
    wanted = tuple(value.strip() for value in values if value.strip())
    return any(str(code).startswith(wanted) for code, _ in entry.company.naics)


def _number(value: float | str) -> float | None:
    """An id sent as a number or as a text, None for what is neither."""
    try:
        return float(value)
    except ValueError:
        return None


def _main_industries(entry: Searched, values: Sequence[float | str], within: Within) -> bool:
    industry = entry.company.industry
    return industry is not None and industry.main_id in map(_number, values)


def _sub_industries(entry: Searched, values: Sequence[float | str], within: Within) -> bool:
    industry = entry.company.industry
    return industry is not None and industry.sub_id in map(_number, values)


def _company_signal(entry: Searched, value: SignalCriterion, within: Within) -> bool:
    found = entry.signal_types(value.since, value.until)
    return bool(found) and (ALL in value.names or not set(value.names).isdisjoint(found))


def _company_text(entry: Searched, value: str, within: Within) -> bool:
    words = search_words(value)
    return bool(words) and _words_in(words, entry.text)


def search_words(text: str) -> list[str]:
    """The folded words of a searched text, without small ones."""
    return [word for word in fold(text).split("-") if word and word not in SMALL_WORDS]


SMALL_WORDS = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "the"})
"""Words that a text search passes over."""

COMPANY_PREDICATES: Mapping[str, Callable[[Searched, Any, Within], bool]] = {
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
