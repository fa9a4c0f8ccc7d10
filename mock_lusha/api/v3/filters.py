"""The values of filters: GET ``/v3/{contacts,companies}/prospecting/filters`` and ``…/{filterType}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.company_facts import logo_url
from mock_lusha.api.reply import Reply, json_bytes
from mock_lusha.api.request import bad_request
from mock_lusha.api.shape import bounds, known
from mock_lusha.api.v3.cache import ListCache
from mock_lusha.errors import Detail, shorten
from mock_lusha.world.pools import REVENUES, SENIORITIES, SIZES
from mock_lusha.world.search.catalog import DATA_POINTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.world.search.catalog import Location

    Lists = Mapping[str, Callable[[ApiRequest], list[Any]]]
    """Type of filter -> its values."""
    Searches = Mapping[str, Callable[[ApiRequest, str], list[Any]]]
    """Type of filter -> its values that a text means."""


def _companies(call: ApiRequest, text: str) -> list[dict[str, Any]]:
    """Known companies by their names; those outside the directory are not listed."""
    companies = map(call.world.company, call.catalog.company_names(call.world, text))
    return [
        {
            "companyId": company.id,
            "name": company.name,
            "logoUrl": logo_url(company),
            "fqdn": company.domain,
        }
        for company in companies
    ]


def location_shape(spot: Location) -> dict[str, Any]:
    """A place at one level."""
    return known(
        continent=spot.continent,
        country=spot.country,
        countryGrouping=spot.grouping,
        state=spot.state,
        city=spot.city,
    )


_CONTACT_LISTS: Lists = {
    "departments": lambda call: call.catalog.departments,
    "seniority": lambda _: [{"id": level.id, "name": level.name} for level in SENIORITIES],
    "existingDataPoints": lambda _: list(DATA_POINTS),
    "countries": lambda call: call.catalog.countries,
}
_CONTACT_SEARCHES: Searches = {
    "locations": lambda call, text: [location_shape(spot) for spot in call.catalog.locations(text)],
}
_COMPANY_LISTS: Lists = {
    "sizes": lambda _: [bounds(size) for size in SIZES],
    "revenues": lambda _: [bounds(revenue) for revenue in REVENUES],
    "industriesLabels": lambda call: call.catalog.industries,
    "sics": lambda call: call.catalog.sics,
    "naics": lambda call: call.catalog.naics,
    "intentTopics": lambda call: call.catalog.topics,
}
_COMPANY_SEARCHES: Searches = {
    "names": _companies,
    "locations": lambda call, text: [location_shape(spot) for spot in call.catalog.company_locations(text)],
    "technologies": lambda call, text: [{"name": name} for name in call.catalog.technologies(text)],
}


def contact_types(_: ApiRequest) -> Reply:
    """The types of filters of people, and which of them need a text."""
    return Reply(available_filters(_CONTACT_LISTS, _CONTACT_SEARCHES))


def company_types(_: ApiRequest) -> Reply:
    """The types of filters of companies."""
    return Reply(available_filters(_COMPANY_LISTS, _COMPANY_SEARCHES))


def contact_values(call: ApiRequest) -> Reply:
    """The values of a type of filter of people."""
    return filter_values(call, _CONTACT_LISTS, _CONTACT_SEARCHES)


def company_values(call: ApiRequest) -> Reply:
    """The values of a type of filter of companies."""
    return filter_values(call, _COMPANY_LISTS, _COMPANY_SEARCHES)


def available_filters(lists: Mapping[str, Any], searches: Mapping[str, Any]) -> dict[str, Any]:
    """The types of filters; those that need a text come first."""
    return {
        "availableFilters": [
            {"filterType": name, "requiresQuery": needs_text}
            for names, needs_text in ((searches, True), (lists, False))
            for name in names
        ]
    }


def filter_values(call: ApiRequest, lists: Lists, searches: Searches) -> Reply:
    """The values of the type of filter in the path.

    Raises:
        ApiError: 400 for a type that does not exist, or a text that is missing.
    """
    name = call.path["filterType"]
    text = (call.query.get("query") or "").strip()
    if name in searches:
        if not text:
            raise bad_request(f"query should not be empty: the values of {name} are searched by text")
        return Reply({"values": searches[name](call, text)})
    if name not in lists:
        known_types = ", ".join([*searches, *lists])
        raise bad_request(
            Detail(f"filterType must be one of the following values: {known_types}", shorten(name))
        )
    texts = call.caches.get(ListCache).texts
    key = f"{call.operation} {name}"
    if key not in texts:
        # A list is the same for everybody; it is written once.
        texts[key] = json_bytes({"values": lists[name](call)})
    return Reply(texts[key])


HANDLERS = {
    "getContactFilterTypes": contact_types,
    "getContactFilterValues": contact_values,
    "getCompanyFilterTypes": company_types,
    "getCompanyFilterValues": company_values,
}
