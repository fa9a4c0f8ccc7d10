"""What companies can be searched for, asked of the columns of a directory: a mask by company number.

``company_predicates`` has the same of one company; a test holds both equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.world import arrays as np
from mock_lusha.world.company_profile import BUSINESS_MODELS, COMPANY_TYPES
from mock_lusha.world.fast.funding_mask import funding_mask
from mock_lusha.world.fast.signal_mask import signal_mask
from mock_lusha.world.generate.company_profiles import trade_tags
from mock_lusha.world.identity import (
    LINKEDIN_MARK,
    company_domain,
    fold,
    identity_domain,
    parse_linkedin_company,
)
from mock_lusha.world.pools import REVENUES, SIZES
from mock_lusha.world.postal_codes import miles
from mock_lusha.world.search.criteria import (
    number_of,
    overlaps,
    search_words,
    terms_of,
    touches,
    words_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mock_lusha.world.entities import Industry
    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.pools import Trade
    from mock_lusha.world.search.criteria import (
        AreaCriterion,
        Bounds,
        IntentCriterion,
        KeywordCriterion,
        Mask,
        PostalCriterion,
        Terms,
    )
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.texts import Texts


def _numbered(companies: CompanyColumns, domains: Iterable[str | None]) -> Mask:
    """The companies of identity domains."""
    mask = np.zeros(len(companies), dtype=bool)
    # A domain leads to its company by a hash, so that nothing is searched.
    for domain in domains:
        number = None if domain is None else companies.world.directory.company_number(domain)
        if number is not None:
            mask[number] = True
    return mask


def _with_unknown(flags: Iterable[bool]) -> Mask:
    """A mask by number whose last entry, that of -1, is False."""
    return np.array([*flags, False])


def _names(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    return _numbered(companies, map(company_domain, values))


def _domains(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    return _numbered(
        companies, (identity_domain(clean) for clean in map(clean_domain, values) if clean is not None)
    )


def _headquarters(companies: CompanyColumns, values: Sequence[PlaceCriterion]) -> Mask:
    return companies.places.matching(values)[companies.place]


def _offices(companies: CompanyColumns, values: Sequence[PlaceCriterion]) -> Mask:
    # The few places are asked, not the many companies; -1 means no further office.
    return _places_mask(companies, _with_unknown(companies.places.matching(values)))


def _technologies(companies: CompanyColumns, values: Sequence[str] | Terms) -> Mask:
    # Names are compared once each; who has one follows from where its pool is entered.
    names = companies.technology_names
    return _terms(terms_of(values), lambda wanted: companies.technologies.taking(_at(names, wanted)))


def _topics(companies: CompanyColumns, values: Sequence[str] | Terms) -> Mask:
    names = companies.topic_names
    return _terms(terms_of(values), lambda wanted: companies.topics.taking(_at(names, wanted)))


def _at(names: Texts, wanted: set[str]) -> list[int]:
    """The places of folded names."""
    places: list[int] = names.among(wanted).nonzero()[0].tolist()
    return places


def _terms(terms: Terms, having: Callable[[set[str]], Mask]) -> Mask:
    """The companies that have one of the terms, or every one; ``having`` tells those of some names."""
    wanted = set(map(fold, terms.values))
    if not terms.every or not wanted:
        return having(wanted)
    masks = [having({name}) for name in wanted]
    return np.logical_and.reduce(masks)


def _intent(companies: CompanyColumns, value: IntentCriterion) -> Mask:
    ring, scores = companies.topics, companies.facts.topic_scores
    least, most = value.score
    fits = np.ones(scores.shape, dtype=bool)
    if least is not None:
        fits &= scores >= least
    if most is not None:
        fits &= scores <= most
    if not value.topics.values:
        taken = np.arange(len(scores))[:, None] < ring.count
        return (fits & taken).any(axis=0)

    def having(wanted: set[str]) -> Mask:
        mask = np.zeros(len(companies), dtype=bool)
        everyone = np.arange(len(companies))
        for place in _at(companies.topic_names, wanted):
            turn = ring.turn(place)
            mask |= (turn < ring.count) & fits[np.minimum(turn, len(scores) - 1), everyone]
        return mask

    return _terms(value.topics, having)


def _within(column: Any, values: Sequence[Bounds], is_known: Any) -> Mask:
    """The companies whose number is in one of the ranges."""
    mask = np.zeros(len(column), dtype=bool)
    for least, most in values:
        own = is_known.copy()
        if least is not None:
            own &= column >= least
        if most is not None:
            own &= column <= most
        mask |= own
    return mask


def _topic_counts(companies: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _within(companies.topics.count, values, ~companies.partial)


def _founded(companies: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _within(companies.founded, values, companies.founded > 0)


def _models(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    wanted = set(map(fold, values))
    bits = sum(1 << at for at, name in enumerate(BUSINESS_MODELS) if fold(name) in wanted)
    return (companies.facts.models & bits) != 0


def _types(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    wanted = set(map(fold, values))
    return _with_unknown(fold(name) in wanted for name in COMPANY_TYPES)[companies.facts.types]


def _ids(companies: CompanyColumns, values: Sequence[int]) -> Mask:
    found = (companies.world.company_by_id(value) for value in values)
    return _numbered(companies, (None if company is None else company.domain for company in found))


def _linkedin_pages(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    slugs = [slug for slug in map(parse_linkedin_company, values) if slug and slug.startswith(LINKEDIN_MARK)]
    # A page has the host label of its company.
    return _numbered(companies, (f"{slug.removeprefix(LINKEDIN_MARK)}.example" for slug in slugs))


def _begun(words: Sequence[str]) -> Callable[[str], bool]:
    """Whether each of the words begins a word of a folded text; none does where there are none."""
    return lambda folded: bool(words) and words_in(words, folded)


def _of_trades(companies: CompanyColumns, keep: Callable[[Trade], bool]) -> Mask:
    """The companies of the trades that are kept."""
    return _with_unknown(map(keep, companies.world.pools.trades))[companies.trade]


def _speciality(companies: CompanyColumns, keep: Callable[[str], bool]) -> Mask:
    return (companies.speciality_texts.folded_matching(keep)[companies.trade] & companies.specialities) != 0


def _specialities(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    tests = [_begun(search_words(value)) for value in values]
    return _speciality(companies, lambda text: any(test(text) for test in tests))


def _exact_specialities(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    wanted = set(map(fold, values))
    return _speciality(companies, wanted.__contains__)


def _labels(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    tests = [_begun(search_words(value)) for value in values]
    return _of_trades(
        companies,
        lambda trade: any(
            test(fold(name)) for name in (trade.industry.main, trade.industry.sub) for test in tests
        ),
    )


def _keyword(companies: CompanyColumns, keep: Callable[[str], bool]) -> Mask:
    return _speciality(companies, keep) | _of_trades(
        companies, lambda trade: any(keep(fold(tag)) for tag in trade_tags(trade))
    )


def _exact_keywords(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    wanted = set(map(fold, values))
    return _keyword(companies, wanted.__contains__)


def _keywords(companies: CompanyColumns, value: KeywordCriterion) -> Mask:
    mask = np.zeros(len(companies), dtype=bool)
    fields = {fold(name) for name in value.fields or ("keywords",)}
    for words in filter(None, map(search_words, value.values)):
        if "keywords" in fields:
            mask |= _keyword(companies, _begun(words))
        if "specialities" in fields:
            mask |= _speciality(companies, _begun(words))
        if not fields.isdisjoint({"name", "names"}):
            mask |= companies.names.having(words)
        if "description" in fields:
            mask |= np.logical_and.reduce([companies.described_by(word) for word in words])
    return mask


def _places_mask(companies: CompanyColumns, there: Any) -> Mask:
    """The companies with an office at one of the places, which are flags by number and one for none."""
    mask = there[companies.place]
    for office in companies.offices:
        mask |= there[office]
    return mask


def _areas(companies: CompanyColumns, values: Sequence[AreaCriterion]) -> Mask:
    codes, places = companies.world.postal_codes, companies.places.places
    centers = [(codes.place_of(value.country, value.code), value.miles) for value in values]
    there = _with_unknown(
        any(center is not None and miles(center, place) <= most for center, most in centers)
        for place in places
    )
    return _places_mask(companies, there)


def _codes(companies: CompanyColumns, values: Sequence[PostalCriterion], offices: slice) -> Mask:
    columns, codes = companies.facts.offices, companies.world.postal_codes
    mask = np.zeros(len(companies), dtype=bool)
    for number, place in enumerate(companies.places.places):
        intervals = {
            interval
            for value in values
            if value.is_in(place)
            for interval in codes.intervals(place, value.code)
        }
        for first, end in intervals:
            drawn = columns.codes[offices]
            mask |= ((columns.places[offices] == number) & (drawn >= first) & (drawn < end)).any(axis=0)
    return mask


def _office_codes(companies: CompanyColumns, values: Sequence[PostalCriterion]) -> Mask:
    return _codes(companies, values, slice(None))


def _head_office_codes(companies: CompanyColumns, values: Sequence[PostalCriterion]) -> Mask:
    return _codes(companies, values, slice(1))


def _sizes(companies: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _with_unknown(any(overlaps(size, value) for value in values) for size in SIZES)[companies.size]


def _revenues(companies: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _with_unknown(any(touches(bracket, value) for value in values) for bracket in REVENUES)[
        companies.revenue
    ]


def _linkedin_employees(companies: CompanyColumns, value: Bounds) -> Mask:
    return _within(companies.linkedin, (value,), companies.linkedin >= 0)


def _sics(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    # A trade has few codes, which stand as bits in a company.
    codes = {value.strip().zfill(4) for value in values}
    return (companies.sic_codes.matching(lambda code: code in codes)[companies.trade] & companies.sic) != 0


def _naics(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    # A shorter code stands for all below it.
    prefixes = tuple(value.strip() for value in values if value.strip())
    return (
        companies.naics_codes.matching(lambda code: code.startswith(prefixes))[companies.trade]
        & companies.naics
    ) != 0


def _industries(
    companies: CompanyColumns, values: Sequence[float | str], id_of: Callable[[Industry], int]
) -> Mask:
    # The trades are asked, and companies look theirs up: a gather, with an entry for unknown.
    ids = set(map(number_of, values))
    return _with_unknown(id_of(trade.industry) in ids for trade in companies.world.pools.trades)[
        companies.trade
    ]


def _main_industries(companies: CompanyColumns, values: Sequence[float | str]) -> Mask:
    return _industries(companies, values, lambda industry: industry.main_id)


def _sub_industries(companies: CompanyColumns, values: Sequence[float | str]) -> Mask:
    return _industries(companies, values, lambda industry: industry.sub_id)


def _text(companies: CompanyColumns, value: str) -> Mask:
    words = search_words(value)
    return companies.having_words(words) if words else np.zeros(len(companies), dtype=bool)


COMPANY_MASKS: Mapping[str, Callable[[CompanyColumns, Any], Mask]] = {
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
    "searchText": _text,
    "signal": signal_mask,
    "funding": funding_mask,
    "ids": _ids,
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
    "geographicDetails": _areas,
    "locationsZipcodes": _office_codes,
    "headquarterZipcodes": _head_office_codes,
}
"""Field of CompanyFilters -> companies, by number, that have one of its values."""
