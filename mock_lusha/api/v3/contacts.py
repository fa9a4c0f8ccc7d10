"""Contacts: POST ``/v3/contacts/search``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.ids import number_of, request_id
from mock_lusha.api.v3.person_shapes import contact_preview
from mock_lusha.api.v3.signal_input import signal_request
from mock_lusha.services.billing import search_items, signal_items
from mock_lusha.services.enrichment import find_person
from mock_lusha.services.signals import signals_of_person
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.enrichment import Miss
    from mock_lusha.state.ledger import Item
    from mock_lusha.world.resolver import PersonMatch

_NOT_FOUND = {"code": "NOT_FOUND", "message": "Contact not found"}
_RESTRICTED = {
    "code": "COMPLIANCE_RESTRICTED",
    "message": "Contact is restricted due to compliance regulations",
}
_IDENTIFIERS = "id, linkedinUrl, email, or firstName and lastName with companyName or companyDomain"
_NOBODY = "0"
"""An id that nobody has."""


def search_contacts(call: ApiRequest) -> Reply:
    """Look up 1 to 100 people: one result for each item, in the order of the request.

    People who are not found, or must not be shown, have an ``error`` in their place. 1 credit for each 25
    results begun; each type of signals that was asked for and had is 1 credit more, for each person.
    """
    contacts = call.body["contacts"]
    queries = [_query(call, contact, index) for index, contact in enumerate(contacts)]
    partial = (call.body.get("options") or {}).get("includePartialProfiles", True)
    signals = signal_request(call)
    results: list[Shape] = []
    items: list[Item] = []
    people: dict[int, str] = {}
    companies: dict[int, str] = {}
    matches: list[tuple[Shape, PersonMatch, Shape]] = []
    for contact, query in zip(contacts, queries, strict=True):
        match, miss = find_person(call.lookup, query, partial=partial)
        result = _echo(contact)
        results.append(result)
        if match is None or miss is not None:
            result["error"] = _error(miss)
            continue
        person, company = match.person, match.company
        people[person.id] = person.key.text
        companies[company.id] = company.domain
        extra: Shape = {}
        if signals is not None:
            extra["signalTypes"] = list(signals_of_person(signals, person))
            items += signal_items(extra["signalTypes"], f"person:{person.id}")
        matches.append((result, match, extra))
    charge = call.settle([*search_items(len(matches)), *items], people=people, companies=companies)
    for result, match, extra in matches:
        # What revealing costs is what it costs once this call is paid.
        result.update(contact_preview(call.account, match), **extra)
    billing = {"creditsCharged": charge.cost, "resultsReturned": len(matches)}
    return Reply({"requestId": request_id(call.account), "results": results, "billing": billing})


def _query(call: ApiRequest, contact: Mapping[str, Any], index: int) -> PersonQuery:
    fields = {name: (value.strip() or None) for name, value in contact.items()}
    id_text = fields.get("id")
    query = PersonQuery(
        person_id=None if id_text is None else _person_id(call, id_text),
        linkedin_url=fields.get("linkedinUrl"),
        email=fields.get("email"),
        first_name=fields.get("firstName"),
        last_name=fields.get("lastName"),
        company_name=fields.get("companyName"),
        company_domain=fields.get("companyDomain"),
    )
    has_name = query.first_name and query.last_name and (query.company_name or query.company_domain)
    if not (query.person_id or query.linkedin_url or query.email or has_name):
        raise bad_request(f"contacts.{index} must have {_IDENTIFIERS}")
    return query


def _person_id(call: ApiRequest, text: str) -> str:
    """The digits of an id; those of nobody for one of another account."""
    try:
        number = number_of(call.account, "contact", text)
    except ValueError:
        raise bad_request("Invalid contact id") from None
    return _NOBODY if number is None else str(number)


def _echo(contact: Mapping[str, Any]) -> Shape:
    reference = contact.get("clientReferenceId")
    return {} if reference is None else {"clientReferenceId": reference}


def _error(miss: Miss | None) -> Mapping[str, str]:
    return _RESTRICTED if miss == "restricted" else _NOT_FOUND


HANDLERS = {"searchContacts": search_contacts}
