"""What companies can be searched for, asked of the columns of a directory: a mask by company number.

``predicates`` has the same of one company; a test holds both equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.domains import clean_domain
from mock_lusha.world import arrays as np
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES
from mock_lusha.world.identity import company_domain, fold, identity_domain
from mock_lusha.world.pools import REVENUES, SIZES
from mock_lusha.world.search.predicates import number_of, overlaps, search_words, touches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mock_lusha.world.entities import Industry
    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.search.place_criterion import PlaceCriterion
    from mock_lusha.world.search.predicates import Bounds, Mask, SignalCriterion


def _numbered(firms: CompanyColumns, domains: Iterable[str | None]) -> Mask:
    """The companies of identity domains."""
    mask = np.zeros(len(firms), dtype=bool)
    for domain in domains:
        number = None if domain is None else firms.world.directory.company_number(domain)
        if number is not None:
            mask[number] = True
    return mask


def _with_unknown(known: Iterable[bool]) -> Mask:
    """A mask by number whose last entry, that of -1, is False."""
    return np.array([*known, False])


def _names(firms: CompanyColumns, values: Sequence[str]) -> Mask:
    return _numbered(firms, map(company_domain, values))


def _domains(firms: CompanyColumns, values: Sequence[str]) -> Mask:
    return _numbered(
        firms, (identity_domain(clean) for clean in map(clean_domain, values) if clean is not None)
    )


def _headquarters(firms: CompanyColumns, values: Sequence[PlaceCriterion]) -> Mask:
    return firms.places.matching(values)[firms.place]


def _offices(firms: CompanyColumns, values: Sequence[PlaceCriterion]) -> Mask:
    there = _with_unknown(firms.places.matching(values))
    mask = there[firms.place]
    for office in firms.offices:
        mask |= there[office]
    return mask


def _technologies(firms: CompanyColumns, values: Sequence[str]) -> Mask:
    wanted = firms.technology_names.among(set(map(fold, values)))
    return firms.technologies.taking(wanted.nonzero()[0].tolist())


def _topics(firms: CompanyColumns, values: Sequence[str]) -> Mask:
    return firms.topics.taking(firms.topic_names.among(set(map(fold, values))).nonzero()[0].tolist())


def _sizes(firms: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _with_unknown(any(overlaps(size, value) for value in values) for size in SIZES)[firms.size]


def _revenues(firms: CompanyColumns, values: Sequence[Bounds]) -> Mask:
    return _with_unknown(any(touches(each, value) for value in values) for each in REVENUES)[firms.revenue]


def _linkedin_employees(firms: CompanyColumns, value: Bounds) -> Mask:
    least, most = value
    mask = firms.linkedin >= 0
    if least is not None:
        mask &= firms.linkedin >= least
    if most is not None:
        mask &= firms.linkedin <= most
    return mask


def _sics(firms: CompanyColumns, values: Sequence[str]) -> Mask:
    wanted = {value.strip().zfill(4) for value in values}
    return (firms.sic_codes.kept(lambda code: code in wanted)[firms.trade] & firms.sic) != 0


def _naics(firms: CompanyColumns, values: Sequence[str]) -> Mask:
    # A shorter code stands for all below it.
    wanted = tuple(value.strip() for value in values if value.strip())
    return (firms.naics_codes.kept(lambda code: code.startswith(wanted))[firms.trade] & firms.naics) != 0


def _industries(
    firms: CompanyColumns, values: Sequence[float | str], id_of: Callable[[Industry], int]
) -> Mask:
    wanted = set(map(number_of, values))
    return _with_unknown(id_of(trade.industry) in wanted for trade in firms.world.pools.trades)[firms.trade]


def _main_industries(firms: CompanyColumns, values: Sequence[float | str]) -> Mask:
    return _industries(firms, values, lambda industry: industry.main_id)


def _sub_industries(firms: CompanyColumns, values: Sequence[float | str]) -> Mask:
    return _industries(firms, values, lambda industry: industry.sub_id)


def _text(firms: CompanyColumns, value: str) -> Mask:
    words = search_words(value)
    return firms.saying(words) if words else np.zeros(len(firms), dtype=bool)


def _signal(firms: CompanyColumns, value: SignalCriterion) -> Mask:
    names = COMPANY_TYPES if ALL in value.names else value.names
    return firms.signals.between(names, value.since, value.until)


FIRM_PREDICATES: Mapping[str, Callable[[CompanyColumns, Any], Mask]] = {
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
