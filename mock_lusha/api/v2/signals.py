"""Signals: what types there are, and which a contact or company has lately had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import bad_request, repeated
from mock_lusha.api.v2.identifiers import (
    current,
    filled,
    is_bad_name,
    is_identified,
    refuse_bad_names,
    split_name,
)
from mock_lusha.api.v2.signal_input import company_signals, person_signals, signal_request
from mock_lusha.errors import Detail, shorten
from mock_lusha.services.billing import signal_items
from mock_lusha.world.generate.signals import ALL, COMPANY_TYPES, CONTACT_TYPES
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.search.catalog import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.services.signals import SignalRequest
    from mock_lusha.state.ledger import Item
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch

_CONTACT_IDENTIFIERS = "social_link, email, or full_name with companies[].name, companies[].domain or domain"


def options(call: ApiRequest) -> Reply:
    """The types of ``contact`` or ``company`` signals, and the values of their sub-filters."""
    kind = call.path["objectType"]
    if kind == "contact":
        return Reply({"signals": [*CONTACT_TYPES, ALL], "objectType": kind})
    if kind == "company":
        filters = {"newsEventTypes": list(EVENT_TYPES), "hiringByDepartments": call.catalog.departments}
        return Reply({"signals": [ALL, *COMPANY_TYPES], "objectType": kind, "filterOptions": filters})
    raise bad_request(
        Detail("objectType must be one of the following values: contact, company", shorten(kind))
    )


def contacts_by_id(call: ApiRequest) -> Reply:
    """Signals of people by person id; the map is keyed by the id as a text."""
    matches = {
        str(id_): call.lookup.person(PersonQuery(person_id=str(id_))) for id_ in call.body["contactIds"]
    }
    return _contacts(call, matches)


def contacts_by_search(call: ApiRequest) -> Reply:
    """Signals of people by what the caller knows of them; the map is keyed by the caller's id."""
    contacts = call.body["contacts"]
    queries = [_contact_query(contact) for contact in contacts]
    problems: list[Detail | str] = [*repeated([c["id"] for c in contacts], "contacts", "id")]
    problems += [
        f"contacts.{index} must have {_CONTACT_IDENTIFIERS}"
        for index, (contact, query) in enumerate(zip(contacts, queries, strict=True))
        if not is_identified(query) and not is_bad_name(contact.get("full_name"), query)
    ]
    if problems:
        raise bad_request(*problems)
    refuse_bad_names(
        (f"contacts.{index}.full_name", contact.get("full_name"), query)
        for index, (contact, query) in enumerate(zip(contacts, queries, strict=True))
    )
    ids = (contact["id"] for contact in contacts)
    return _contacts(call, {id_: call.lookup.person(q) for id_, q in zip(ids, queries, strict=True)})


def _contact_query(contact: Mapping[str, Any]) -> PersonQuery:
    company = current(contact.get("companies") or [], "is_current")
    first, last = split_name(contact.get("full_name"))
    return PersonQuery(
        linkedin_url=filled(contact.get("social_link")),
        email=filled(contact.get("email")),
        first_name=first,
        last_name=last,
        company_name=filled(company.get("name")),
        company_domain=filled(company.get("domain")) or filled(contact.get("domain")),
    )


def _contacts(call: ApiRequest, matches: Mapping[str, PersonMatch | None]) -> Reply:
    request = _signal_request(call)
    items: list[Item] = []
    rows: dict[str, Any] = {}
    for id_, match in matches.items():
        # Whom the API may not show has no entry, as one whom it does not know.
        if match is None or match.person.restricted is not None:
            continue
        signals = _first(call, person_signals(call.world, request, match))
        items += signal_items(signals, f"person:{match.person.id}")
        rows[id_] = {"personId": str(match.person.id), **signals}
    return _answer(call, "contacts", rows, request, items)


def companies_by_id(call: ApiRequest) -> Reply:
    """Signals of companies by id; the map is keyed by the id as a text."""
    ids = call.body["companyIds"]
    return _companies(call, {str(id_): call.lookup.company(CompanyQuery(company_id=str(id_))) for id_ in ids})


def companies_by_search(call: ApiRequest) -> Reply:
    """Signals of companies by domain or name; the map is keyed by the caller's id."""
    companies = call.body["companies"]
    queries = [
        CompanyQuery(domain=filled(item.get("domain")), name=filled(item.get("name"))) for item in companies
    ]
    problems: list[Detail | str] = [*repeated([c["id"] for c in companies], "companies", "id")]
    problems += [
        f"companies.{index} must have name or domain"
        for index, query in enumerate(queries)
        if query == CompanyQuery()
    ]
    if problems:
        raise bad_request(*problems)
    ids = (item["id"] for item in companies)
    return _companies(call, {id_: call.lookup.company(q) for id_, q in zip(ids, queries, strict=True)})


def _companies(call: ApiRequest, matches: Mapping[str, CompanyMatch | None]) -> Reply:
    request = _signal_request(call)
    items: list[Item] = []
    rows: dict[str, Any] = {}
    for id_, match in matches.items():
        if match is None:
            continue
        company = match.company
        signals = _first(call, company_signals(call.world, request, match))
        items += signal_items(signals, f"company:{company.id}")
        identity = {"companyId": str(company.id), "companyName": company.name, "domain": match.domain}
        rows[id_] = {**identity, **signals}
    return _answer(call, "companies", rows, request, items)


def _signal_request(call: ApiRequest) -> SignalRequest:
    body = call.body
    request = signal_request(call, body["signals"], body.get("startDate"), body.get("filters"), "startDate")
    if request is None:
        raise bad_request("signals must contain at least 1 elements")
    return request


def _first(call: ApiRequest, signals: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    most: int | None = call.body.get("maxResultsPerSignal")
    return {kind: of_kind[:most] for kind, of_kind in signals.items()}


def _answer(
    call: ApiRequest, name: str, rows: Mapping[str, Any], request: SignalRequest, items: Iterable[Item]
) -> Reply:
    cost = call.settle(items).cost
    return Reply(
        {
            name: rows,
            "startDate": request.since.isoformat(),
            "endDate": request.until.isoformat(),
            "creditCharged": cost,
        }
    )


HANDLERS = {
    "getSignalOptions": options,
    "getContactSignalsById": contacts_by_id,
    "searchContactSignals": contacts_by_search,
    "getCompanySignalsById": companies_by_id,
    "searchCompanySignals": companies_by_search,
}
