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
| ``searchText`` | a text |
| ``signal`` | ``SignalCriterion`` |

Where the people of a company came from is asked of people (``person_predicates``).
"""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.world.generate.events import company_events
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import CompanySignal, Hiring
from mock_lusha.world.identity import (
    LINKEDIN_MARK,
    company_domain,
    fold,
    identity_domain,
    parse_linkedin_company,
)
from mock_lusha.world.postal_codes import miles
from mock_lusha.world.search.criteria import (
    number_of,
    overlaps,
    search_words,
    terms_of,
    touches,
    within,
    words_in,
)
from mock_lusha.world.search.funding import funding_fits
from mock_lusha.world.search.signal_match import activity_since, hires, hiring_wanted, signal_names
from mock_lusha.world.signal_lookup import activities_of_company, days_of_company, signals_of_company

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mock_lusha.world.company_profile import CompanyProfile
    from mock_lusha.world.entities import Company
    from mock_lusha.world.search.criteria import (
        AreaCriterion,
        Bounds,
        FundingCriterion,
        IntentCriterion,
        KeywordCriterion,
        PostalCriterion,
        SignalCriterion,
        Terms,
    )
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.predicates import SearchWorld
    from mock_lusha.world.world import World

_CACHE_SIZE = 8
"""Of how many lists of values the folded form is kept."""


class SearchedCompany:
    """A company as searches look at it, with what they look at more than once."""

    def __init__(self, company: Company, search_world: SearchWorld) -> None:
        self.company = company
        self._search_world = search_world
        self._later_kinds: dict[tuple[date, date], set[str]] = {}

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
    def profile(self) -> CompanyProfile:
        """What is known of the company besides."""
        return self._search_world.world.company_profile(self.company.domain)

    @cached_property
    def signal_days(self) -> dict[str, list[date]]:
        """The days of each type of signal that the company has."""
        return days_of_company(self._search_world.world, self.company)

    def later_kinds(self, since: date, until: date) -> set[str]:
        """The types of signals that came after the world's day, from ``since`` to ``until``."""
        kinds = self._later_kinds.get((since, until))
        if kinds is None:
            events = company_events(self._search_world.world, self.company, until)
            kinds = {e.kind for e in events if isinstance(e, CompanySignal) and e.day >= since}
            self._later_kinds[since, until] = kinds
        return kinds


def _names(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    company = entry.company
    return fold(company.name) in _folded(tuple(values)) or company.domain in _company_domains(tuple(values))


def _domains(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    wanted, own = _identity_domains(tuple(values)), entry.company.domain
    others = search_world.world.pins.other_domains
    return own in wanted or any(others.get(domain) == own for domain in wanted & others.keys())


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


def _has(own: Iterable[str], terms: Terms) -> bool:
    """Whether one of the terms, or every one, is among a company's own."""
    wanted, folded = _folded(terms.values), set(map(fold, own))
    return bool(wanted) and (wanted <= folded if terms.every else not wanted.isdisjoint(folded))


def _technologies(entry: SearchedCompany, values: Sequence[str] | Terms, search_world: SearchWorld) -> bool:
    return _has(entry.company.technologies, terms_of(values))


def _topics(entry: SearchedCompany, values: Sequence[str] | Terms, search_world: SearchWorld) -> bool:
    return _has((topic.name for topic in entry.company.intent), terms_of(values))


def _intent(entry: SearchedCompany, value: IntentCriterion, search_world: SearchWorld) -> bool:
    topics = [topic.name for topic in entry.company.intent if within(topic.score, value.score)]
    return _has(topics, value.topics) if value.topics.values else bool(topics)


def _topic_counts(entry: SearchedCompany, values: Sequence[Bounds], search_world: SearchWorld) -> bool:
    count = None if entry.company.partial else len(entry.company.intent)
    return any(within(count, value) for value in values)


def _founded(entry: SearchedCompany, values: Sequence[Bounds], search_world: SearchWorld) -> bool:
    return any(within(entry.company.founded, value) for value in values)


def _models(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return _has(entry.profile.business_model, terms_of(values))


def _types(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    own = entry.profile.company_type
    return own is not None and _has((own,), terms_of(values))


def _ids(entry: SearchedCompany, values: Sequence[int], search_world: SearchWorld) -> bool:
    return entry.company.id in values


def _linkedin_pages(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return f"{LINKEDIN_MARK}{entry.company.handle}" in map(parse_linkedin_company, values)


def _begun(value: str, texts: Iterable[str]) -> bool:
    """Whether each word of a value begins a word of one of the texts."""
    words = search_words(value)
    return bool(words) and any(words_in(words, fold(text)) for text in texts)


def _specialities(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return any(_begun(value, entry.company.specialities) for value in values)


def _exact_specialities(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return _has(entry.company.specialities, terms_of(values))


def _labels(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    industry = entry.company.industry
    return industry is not None and any(_begun(value, (industry.main, industry.sub)) for value in values)


def _keywords(entry: SearchedCompany, value: KeywordCriterion, search_world: SearchWorld) -> bool:
    texts = [text for name in value.fields or ("keywords",) for text in _texts_of(entry, fold(name))]
    return any(_begun(keyword, texts) for keyword in value.values)


def _texts_of(entry: SearchedCompany, field: str) -> Iterable[str]:
    """The texts of a field that keywords are looked for in."""
    company = entry.company
    if field == "keywords":
        return entry.profile.keywords
    if field == "specialities":
        return company.specialities
    if field in {"name", "names"}:
        return (company.name,)
    if field == "description":
        return () if company.description is None else (company.description,)
    return ()


def _exact_keywords(entry: SearchedCompany, values: Sequence[str], search_world: SearchWorld) -> bool:
    return _has(entry.profile.keywords, terms_of(values))


def _areas(entry: SearchedCompany, values: Sequence[AreaCriterion], search_world: SearchWorld) -> bool:
    codes = search_world.world.postal_codes
    offices = entry.company.offices or (entry.company.place,)
    return any(
        (center := codes.place_of(value.country, value.code)) is not None
        and any(miles(center, place) <= value.miles for place in offices)
        for value in values
    )


def _office_codes(
    entry: SearchedCompany, values: Sequence[PostalCriterion], search_world: SearchWorld
) -> bool:
    offices = zip(entry.company.offices, entry.profile.postal_codes, strict=False)
    return any(value.matches(place, code) for place, code in offices for value in values)


def _head_office_codes(
    entry: SearchedCompany, values: Sequence[PostalCriterion], search_world: SearchWorld
) -> bool:
    codes = entry.profile.postal_codes
    return bool(codes) and any(value.matches(entry.company.place, codes[0]) for value in values)


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


def _funding(entry: SearchedCompany, value: FundingCriterion, search_world: SearchWorld) -> bool:
    return funding_fits(entry.company.funding, value)


def _company_signal(entry: SearchedCompany, value: SignalCriterion, search_world: SearchWorld) -> bool:
    return any(_has_signal(entry, name, value, search_world.world) for name in signal_names(value))


def signal_types(company: Company, value: SignalCriterion, search_world: SearchWorld) -> tuple[str, ...]:
    """The types of signals that a criterion finds at a company."""
    entry = SearchedCompany(company, search_world)
    names = dict.fromkeys(signal_names(value))
    return tuple([name for name in names if _has_signal(entry, name, value, search_world.world)])


def _has_signal(entry: SearchedCompany, name: str, value: SignalCriterion, world: World) -> bool:
    if name == LINKEDIN_ACTIVITY:
        rows = activities_of_company(
            world, entry.company, activity_since(value), value.until, later=value.later
        )
        wanted = None if value.categories is None else _folded(value.categories)
        return any(
            wanted is None or any(fold(category) in wanted for _, category in row.topics) for row in rows
        )
    wanted_hiring = hiring_wanted(value, name)
    if wanted_hiring is None:
        days = entry.signal_days.get(name, ())
        return any(value.since <= day <= value.until for day in days) or (
            value.later and name in entry.later_kinds(value.since, value.until)
        )
    by_kind = signals_of_company(world, entry.company, (name,), date.min, value.until, later=value.later)
    return any(
        isinstance(signal.facts, Hiring) and signal.day >= first and hires(signal.facts, names)
        for signal in by_kind.get(name, ())
        for first, names in wanted_hiring
    )


def _company_text(entry: SearchedCompany, value: str, search_world: SearchWorld) -> bool:
    words = search_words(value)
    return bool(words) and words_in(words, entry.text)


COMPANY_PREDICATES: Mapping[str, Callable[[SearchedCompany, Any, SearchWorld], bool]] = {
    "ids": _ids,
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
    "industriesLabels": _labels,
    "intent": _intent,
    "topicCountThreshold": _topic_counts,
    "foundedYear": _founded,
    "businessModel": _models,
    "companyType": _types,
    "linkedinUrls": _linkedin_pages,
    "keywords": _keywords,
    "exactKeywords": _exact_keywords,
    "specialities": _specialities,
    "exactSpecialities": _exact_specialities,
    "funding": _funding,
    "geographicDetails": _areas,
    "locationsZipcodes": _office_codes,
    "headquarterZipcodes": _head_office_codes,
    "searchText": _company_text,
    "signal": _company_signal,
}
"""Field of CompanyFilters -> whether a company has one of its values."""
