"""Signals: POST ``/v3/{contacts,companies}/signals``, their types, and the values of their filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.filters import available_filters, filter_values, location_shape
from mock_lusha.api.v3.identifiers import id_query
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.api.v3.signal_input import signal_request
from mock_lusha.api.v3.signal_shapes import activity_shape, company_signal_shape, contact_signal_shape
from mock_lusha.api.v3.table_writes import signal_cells, write_table
from mock_lusha.services.billing import signal_items
from mock_lusha.services.signals import activities_of_company, signals_of_company, signals_of_person
from mock_lusha.world.generate.linkedin_activity import INTENT_CATEGORIES, LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import ALL, CONTACT_TYPES
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.search.catalog import EVENT_TYPES

if TYPE_CHECKING:
    from datetime import date

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.api.v3.filters import Lists, Searches
    from mock_lusha.services.signals import SignalRequest
    from mock_lusha.state.ledger import Item

_MOST = 100
_CATEGORIES = "intentCategories"


def contact_signals(call: ApiRequest) -> Reply:
    """What happened to 1 to 100 people by their ids; 1 credit for each person and type with any.

    A person who is not known, or must not be shown, has no result.
    """
    request = _request(call)
    most = call.body.get("maxResultsPerSignal", _MOST)
    wanted = [kind for kind in CONTACT_TYPES if kind in request.kinds or ALL in request.kinds]
    results: list[Shape] = []
    items: list[Item] = []
    ids: list[int] = []
    days: dict[str, dict[int, date]] = {kind: {} for kind in wanted}
    for text in call.body["ids"]:
        match = call.lookup.person(PersonQuery(person_id=id_query(call, "contact", text)))
        if match is None or match.person.restricted is not None:
            continue
        by_kind = signals_of_person(call.world, request, match.person)
        items += signal_items(by_kind, f"person:{match.person.id}")
        shape: Shape = {"id": entity_id(call.account, "contact", match.person.id)}
        for kind in wanted:
            signals = by_kind.get(kind, [])[:most]
            shape[kind] = [
                contact_signal_shape(call.account, call.world, signal, match) for signal in signals
            ]
            if signals:
                days[kind][match.person.id] = signals[0].day
        results.append(shape)
        ids.append(match.person.id)
    charge = call.settle(items)
    table_write = write_table(call, "contacts", ids, signal_cells(days))
    return _reply(request, results, charge.cost, table_write)


def company_signals(call: ApiRequest) -> Reply:
    """What happened to 1 to 100 companies by their ids; 1 credit for each company and type with any.

    A type without any is absent, and a company that is not known has no result.
    """
    request = _request(call)
    most = call.body.get("maxResultsPerSignal", _MOST)
    results: list[Shape] = []
    items: list[Item] = []
    ids: list[int] = []
    # A type that was named gets a column, whether or not anything happened; of all types those that came up
    # do.
    days: dict[str, dict[int, date]] = {kind: {} for kind in request.kinds if kind != ALL}
    for text in call.body["ids"]:
        match = call.lookup.company(CompanyQuery(company_id=id_query(call, "company", text)))
        if match is None:
            continue
        company = match.company
        by_kind = signals_of_company(call.world, request, company)
        shapes = {
            kind: [company_signal_shape(call.account, each, company, match.domain) for each in signals[:most]]
            for kind, signals in by_kind.items()
        }
        activities = activities_of_company(call.world, request, company)
        if activities:
            shapes[LINKEDIN_ACTIVITY] = [
                activity_shape(call.account, call.world, each, company) for each in activities[:most]
            ]
        items += signal_items(shapes, f"company:{company.id}")
        identity = {
            "id": entity_id(call.account, "company", company.id),
            "companyName": company.name,
            "domain": match.domain,
        }
        results.append({**identity, **shapes})
        ids.append(company.id)
        for kind, signals in by_kind.items():
            days.setdefault(kind, {})[company.id] = signals[0].day
    charge = call.settle(items)
    table_write = write_table(call, "companies", ids, signal_cells(days))
    return _reply(request, results, charge.cost, table_write)


def _request(call: ApiRequest) -> SignalRequest:
    body = call.body
    return signal_request(call, body["signalTypes"], body.get("startDate"), "startDate", body.get("filters"))


def _reply(request: SignalRequest, results: list[Shape], cost: int, table_write: Shape) -> Reply:
    return Reply(
        {
            "results": results,
            "startDate": request.since.isoformat(),
            "endDate": request.until.isoformat(),
            **table_write,
            "billing": {"creditsCharged": cost, "resultsReturned": len(results)},
        }
    )


def contact_types(_: ApiRequest) -> Reply:
    """The types of signals of people."""
    return Reply({"signalTypes": [ALL, *CONTACT_TYPES]})


def company_types(_: ApiRequest) -> Reply:
    """The types of signals of companies."""
    return Reply({"signalTypes": [ALL, *_COMPANY_TYPES]})


def filter_types(_: ApiRequest) -> Reply:
    """The filters of signals of companies, and which of them need a text."""
    return Reply(available_filters(_LISTS, _SEARCHES))


def values(call: ApiRequest) -> Reply:
    """The values of a filter of signals.

    Raises:
        ApiError: 400 for categories with a text, which they do not take.
    """
    if call.path["filterType"] == _CATEGORIES and call.query.get("query"):
        raise bad_request(f"query is not supported for {_CATEGORIES}")
    return filter_values(call, _LISTS, _SEARCHES)


_COMPANY_TYPES = (
    LINKEDIN_ACTIVITY,
    "websiteTrafficDecrease", "websiteTrafficIncrease", "itSpendIncrease", "itSpendDecrease", "surgeInHiring",
    "headcountIncrease1m", "headcountIncrease3m", "headcountIncrease6m", "headcountIncrease12m",
    "headcountDecrease1m", "headcountDecrease3m", "headcountDecrease6m", "headcountDecrease12m",
    "surgeInHiringByDepartment", "surgeInHiringByLocation", "riskNews", "commercialActivityNews",
    "corporateStrategyNews", "financialEventsNews", "peopleNews", "marketIntelligenceNews",
    "productActivityNews",
)  # fmt: skip
"""The types of signals of companies, in the order of this generation."""
# Two events were seen to come first; the order of the others is not known.
_FIRST_EVENTS = ("Asset Sale", "New Vendor")
_LISTS: Lists = {
    "newsEventTypes": lambda _: [*_FIRST_EVENTS, *(e for e in EVENT_TYPES if e not in _FIRST_EVENTS)],
    "hiringByDepartments": lambda call: call.catalog.departments,
    _CATEGORIES: lambda _: list(INTENT_CATEGORIES),
}
_SEARCHES: Searches = {
    "hiringByLocations": lambda call, text: [
        location_shape(spot) for spot in call.catalog.locations(text) if spot.city is None
    ],
}

HANDLERS = {
    "getContactSignals": contact_signals,
    "getCompanySignals": company_signals,
    "getContactSignalTypes": contact_types,
    "getCompanySignalTypes": company_types,
    "getCompanySignalFilters": filter_types,
    "getCompanySignalFilterValues": values,
}
