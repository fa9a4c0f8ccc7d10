"""What companies can be searched for, asked of the columns of a directory: a mask by company number.

``company_predicates`` has the same of one company; a test holds both equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.world import arrays as np
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES
from mock_lusha.world.identity import company_domain, fold, identity_domain
from mock_lusha.world.pools import REVENUES, SIZES
from mock_lusha.world.search.criteria import number_of, overlaps, search_words, touches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mock_lusha.world.entities import Industry
    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.search.criteria import Bounds, Mask, SignalCriterion
    from mock_lusha.world.search.place_criterion import PlaceCriterion


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
    there = _with_unknown(companies.places.matching(values))
    mask = there[companies.place]
    for office in companies.offices:
        mask |= there[office]
    return mask


def _technologies(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    # Names are compared once each; who has one follows from where its pool is entered.
    names_mask = companies.technology_names.among(set(map(fold, values)))
    return companies.technologies.taking(names_mask.nonzero()[0].tolist())


def _topics(companies: CompanyColumns, values: Sequence[str]) -> Mask:
    return companies.topics.taking(companies.topic_names.among(set(map(fold, values))).nonzero()[0].tolist())


def _sizes(companies: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _with_unknown(any(overlaps(size, value) for value in values) for size in SIZES)[companies.size]


def _revenues(companies: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _with_unknown(any(touches(bracket, value) for value in values) for bracket in REVENUES)[
        companies.revenue
    ]


def _linkedin_employees(companies: CompanyColumns, value: Bounds) -> Mask:
    least, most = value
    mask = companies.linkedin >= 0
    if least is not None:
        mask &= companies.linkedin >= least
    if most is not None:
        mask &= companies.linkedin <= most
    return mask


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


def _signal(companies: CompanyColumns, value: SignalCriterion) -> Mask:
    names = COMPANY_TYPES if ALL in value.names else value.names
    return companies.signals.between(names, value.since, value.until)


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
    "signal": _signal,
}
"""Field of CompanyFilters -> companies, by number, that have one of its values."""
