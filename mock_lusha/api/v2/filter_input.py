"""The filters of a search, as callers send them, in the form the search understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.api.v2.signal_input import signal_request
from mock_lusha.errors import Detail
from mock_lusha.services.signals import DEFAULT_MONTHS, months_before
from mock_lusha.world.search.criteria import SignalCriterion
from mock_lusha.world.search.place_criterion import PlaceCriterion

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import date

    from mock_lusha.api.request import ApiRequest

    Fields = Mapping[str, Any]

_MOST_OFFSET = 2**53 - 1
# What clients call a field -> what it is documented as.
_ALIASES = {
    "existingDataPoints": "existing_data_points",
    "sics": "sicCodes",
    "naics": "naicsCodes",
    "signals": "signal",
}
_CONTACT_FIELDS = frozenset(
    {
        "departments", "seniority", "existing_data_points", "locations", "jobTitles", "jobTitlesExactMatch",
        "signal", "linkedinUrls", "searchText",
    }
)  # fmt: skip
_COMPANY_FIELDS = frozenset(
    {
        "names", "domains", "locations", "companyLocations", "technologies", "intentTopics", "sizes",
        "revenues", "employeesInLinkedIn", "sicCodes", "naicsCodes", "mainIndustriesIds", "subIndustriesIds",
        "searchText", "signal",
    }
)  # fmt: skip
"""What this generation documents; searches know more."""
_RANGES = frozenset({"sizes", "revenues"})
_PLACES = frozenset({"locations", "companyLocations"})


def contact_fields(call: ApiRequest, filters: Fields | None, where: str) -> dict[str, Any]:
    """One side of ContactFilters: documented field -> value; empty ones are left out."""
    if not filters:
        return {}
    fields = _merged(filters)
    countries = fields.pop("countries", None) or []
    if countries:
        fields["locations"] = [*(fields.get("locations") or []), *({"country": c} for c in countries)]
    return _read(call, fields, where, _CONTACT_FIELDS)


def company_fields(call: ApiRequest, filters: Fields | None, where: str) -> dict[str, Any]:
    """One side of CompanyFilters: documented field -> value; empty ones are left out."""
    if not filters:
        return {}
    fields = _merged(filters)
    fields.pop("excludePartialCompanies", None)
    technologies = fields.get("technologies") or []
    fields["technologies"] = [
        technology["name"] if isinstance(technology, dict) else technology for technology in technologies
    ]
    return _read(call, fields, where, _COMPANY_FIELDS)


def _merged(filters: Fields) -> dict[str, Any]:
    """The fields under their documented names; lists sent under two names are joined."""
    fields: dict[str, Any] = {}
    for name, value in filters.items():
        documented = _ALIASES.get(name, name)
        if not value and documented in fields:
            continue  # an empty second spelling takes nothing away
        before = fields.get(documented)
        lists = isinstance(before, list) and isinstance(value, list)
        fields[documented] = before + value if lists else value
    return fields


def _read(
    call: ApiRequest, fields: Mapping[str, Any], where: str, documented: Container[str]
) -> dict[str, Any]:
    criteria: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in documented:
            continue  # unknown, and noted as such by the check of the body
        if value in (None, [], {}) or (isinstance(value, str) and not value.strip()):
            continue
        at = f"{where}.{name}"
        if name in _PLACES:
            criteria[name] = tuple(PlaceCriterion.of(item) for item in value)
        elif name in _RANGES:
            criteria[name] = tuple(_range(item, f"{at}.{index}") for index, item in enumerate(value))
        elif name == "employeesInLinkedIn":
            criteria[name] = _range(value, at)
        elif name == "signal":
            signal = _signal(call, value, at)
            if signal is not None:
                criteria[name] = signal
        else:
            criteria[name] = value
    return criteria


def _range(limits: Fields, at: str) -> tuple[int | None, int | None]:
    least, most = limits.get("min"), limits.get("max")
    if least is not None and most is not None and most < least:
        raise bad_request(Detail(f"{at}.max must not be less than {at}.min", f"min {least}, max {most}"))
    return least, most


def _signal(call: ApiRequest, criterion: Fields, at: str) -> SignalCriterion | None:
    names = criterion.get("names") or []
    if not names:
        return None
    request = signal_request(call, names, criterion.get("startDate"), None, f"{at}.startDate")
    if request is None:
        return None
    return SignalCriterion(request.kinds, request.since, request.until)


def page(call: ApiRequest) -> tuple[int, int, int]:
    """(page, offset, size) of a search: ``pages``, or ``offset`` as the vendor's agent server may send.

    Without either it is the first page of 20. Pages in the query string are not read.
    """
    pages = call.body.get("pages") or {}
    by_offset = call.body.get("offset") or {}
    if not pages and by_offset:
        size = int(by_offset.get("size", 20))
        index = min(int(by_offset.get("index", 0)), _MOST_OFFSET)
        return index // size, index, size
    size = int(pages.get("size", 20))
    number = int(pages.get("page", 0))
    return number, number * size, size


def since_of(call: ApiRequest, fields: Mapping[str, Any]) -> date:
    """The first day of signals that a search shows: its filter's, or six months before today."""
    signal = fields.get("signal")
    if signal is not None:
        since: date = signal.since
        return since
    return months_before(call.today, DEFAULT_MONTHS)
