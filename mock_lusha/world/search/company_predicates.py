"""What companies can be searched for: one registry of predicates, of which ``company_masks`` has the twins.

Fields are joined by AND, the values of a field by OR; excluding a value leaves out what including it keeps.
Case and accents never matter; a value nobody knows matches nothing. A field takes a list of texts unless its
predicate says otherwise (see ``criteria`` for values that are more than that):

| field | value |
| --- | --- |
| ``ids`` | list of numbers |
| ``names``, ``domains``, ``linkedinUrls`` | texts; any domain of a company, the URL of its page |
| ``locations``, ``companyLocations`` | places (``PlaceCriterion``) of the head office, of any office |
| ``geographicDetails`` | list of ``AreaCriterion``: offices in miles round a place |
| ``locationsZipcodes``, ``headquarterZipcodes`` | ``PostalCriterion`` list, any office, head office |
| ``technologies``, ``intentTopics`` | texts, or ``Terms`` where every one is wanted |
| ``intent`` | ``IntentCriterion``: topics with scores |
| ``topicCountThreshold``, ``foundedYear``, ``sizes``, ``revenues`` | list of bounds |
| ``employeesInLinkedIn`` | bounds |
| ``sicCodes``, ``naicsCodes`` | codes, a shorter NAICS code for all below it |
| ``mainIndustriesIds``, ``subIndustriesIds`` | ids |
| ``industriesLabels`` | texts: words of a main or a sub-industry |
| ``businessModel``, ``companyType`` | texts |
| ``keywords`` | ``KeywordCriterion``: words that begin words of a keyword, or of another field |
| ``specialities`` | texts: words that begin words of a speciality |
| ``exactKeywords``, ``exactSpecialities`` | texts: whole ones |
| ``funding`` | ``FundingCriterion`` |
| ``previousCompanyDomains``, ``previousCompanyNames`` | texts: it employs somebody who came from there |
| ``searchText`` | a text |
| ``signal`` | ``SignalCriterion`` |
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.world.fast.signal_days import signal_days
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.identity import company_domain, fold, identity_domain
from mock_lusha.world.search.criteria import number_of, overlaps, search_words, touches, words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mock_lusha.world.entities import Company
    from mock_lusha.world.search.criteria import Bounds, SignalCriterion
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.predicates import SearchWorld

_CACHE_SIZE = 8
"""Of how many lists of values the folded form is kept."""


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
    return bool(words) and words_in(words, entry.text)


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
