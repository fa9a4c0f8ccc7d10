"""Person enrichment: GET and POST ``/v2/person``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.endpoints import details, signals_asked
from mock_lusha.endpoints.call import bad_request, id_text, repeated
from mock_lusha.endpoints.identified import (
    IDENTIFIERS,
    current,
    filled,
    is_bad_name,
    is_identified,
    refuse_bad_names,
    split_name,
)
from mock_lusha.endpoints.shapes_v2 import person_company, person_data
from mock_lusha.errors import ApiError
from mock_lusha.reply import Reply
from mock_lusha.state.credits import Item
from mock_lusha.values import frozen
from mock_lusha.world.lookup import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.endpoints.call import Call
    from mock_lusha.endpoints.signals_asked import SignalsAsked
    from mock_lusha.errors import Detail
    from mock_lusha.state.credits import Entry
    from mock_lusha.world.lookup import PersonMatch

EMPTY_DATA = {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"}
COMPLIANCE = {
    "code": 5,
    "name": "COMPLIANCE_CONTACT_ERROR",
    "message": "This contact cannot be shown for compliance reasons",
}


@frozen
class _Options:
    filter_by: str | None
    shown: tuple[bool, bool]
    signals: SignalsAsked | None
    partial: bool
    refresh: bool


@frozen
class _Outcome:
    """What a lookup comes to: a match, or the error that stands in its place; and what it would cost."""

    match: PersonMatch | None
    error: Mapping[str, Any] | None
    items: list[Item]
    signals: dict[str, Any] | None = None


def search_single_contact(call: Call) -> Reply:
    """Look up one person (GET ``/v2/person``).

    A miss is 200 with ``contact.error`` code 3; a person under GDPR restriction is 451.
    """
    sent = call.query
    query = PersonQuery(
        person_id=sent.get("personId"),
        linkedin_url=sent.get("linkedinUrl"),
        email=sent.get("email"),
        first_name=sent.get("firstName"),
        last_name=sent.get("lastName"),
        company_name=sent.get("companyName"),
        company_domain=sent.get("companyDomain"),
    )
    _check_identified(query, "")
    options = _options(call, sent)
    outcome = _find(call, query, options)
    if outcome.match is not None and outcome.match.person.restricted == "gdpr":
        raise ApiError("gdpr")
    entries = call.charge(outcome.items)
    contact = _contact(call, outcome, options, entries)
    if outcome.match is not None and contact["data"] is not None:
        match = outcome.match
        contact["data"]["company"] = person_company(match.company, match.company_shown, call.live)
    return Reply({"contact": contact})


def search_multiple_contacts(call: Call) -> Reply:
    """Look up 1 to 100 people (POST ``/v2/person``); answers are maps keyed by ``contactId`` and company id.

    One full name that is not two words refuses the whole call with 412.
    """
    contacts = call.body["contacts"]
    queries = [_bulk_query(contact) for contact in contacts]
    problems: list[Detail | str] = [*repeated([c["contactId"] for c in contacts], "contacts", "contactId")]
    problems += [
        f"contacts.{index} must have {IDENTIFIERS}"
        for index, (contact, query) in enumerate(zip(contacts, queries, strict=True))
        if not is_identified(query) and not is_bad_name(contact.get("fullName"), query)
    ]
    if problems:
        raise bad_request(*problems)
    refuse_bad_names(
        (f"contacts.{index}.fullName", contact.get("fullName"), query)
        for index, (contact, query) in enumerate(zip(contacts, queries, strict=True))
    )
    options = _options(call, call.body.get("metadata") or {})
    outcomes = [_find(call, query, options) for query in queries]
    entries = iter(call.charge(item for outcome in outcomes for item in outcome.items))
    found: dict[str, Any] = {}
    companies: dict[str, Any] = {}
    for contact, outcome in zip(contacts, outcomes, strict=True):
        own = [next(entries) for _ in outcome.items]
        shape = _contact(call, outcome, options, own)
        found[contact["contactId"]] = shape
        if outcome.match is not None and shape["data"] is not None:
            match = outcome.match
            company_id = str(match.company.id)
            if company_id not in companies:
                companies[company_id] = person_company(match.company, match.company_shown, call.live)
    return Reply({"contacts": found, "companies": companies})


def _bulk_query(contact: Mapping[str, Any]) -> PersonQuery:
    employer = current(contact.get("companies") or [], "isCurrent")
    first, last = split_name(contact.get("fullName"))
    person_id = contact.get("personId")
    return PersonQuery(
        person_id=id_text(person_id) if person_id not in {None, ""} else None,
        linkedin_url=filled(contact.get("linkedinUrl")),
        email=filled(contact.get("email")),
        first_name=first,
        last_name=last,
        company_name=filled(employer.get("name")),
        company_domain=filled(employer.get("domain")) or filled(employer.get("fqdn")),
    )


def _check_identified(query: PersonQuery, where: str) -> None:
    if is_identified(query):
        return
    sent = [
        name
        for name, value in (
            ("firstName", query.first_name),
            ("lastName", query.last_name),
            ("companyName", query.company_name),
            ("companyDomain", query.company_domain),
        )
        if value
    ]
    told = f"only {', '.join(sent)} was sent" if sent else "none was sent"
    raise bad_request(f"{where}one of these is needed: {IDENTIFIERS}; {told}")


def _options(call: Call, sent: Mapping[str, Any]) -> _Options:
    shown = details.revealed(call, sent)
    return _Options(
        filter_by=sent.get("filterBy"),
        shown=shown,
        signals=signals_asked.asked(
            call, sent.get("signals"), sent.get("signalsStartDate"), None, "signalsStartDate"
        ),
        partial=bool(sent.get("partialProfile", False)),
        refresh=bool(sent.get("refreshJobInfo", False)),
    )


def _find(call: Call, query: PersonQuery, options: _Options) -> _Outcome:
    match = call.lookup.person(query)
    miss = [Item("contact", "person:unknown", free="not found")]
    if match is None:
        return _Outcome(None, EMPTY_DATA, miss)
    person = match.person
    entity = f"person:{person.id}"
    if person.restricted is not None:
        return _Outcome(match, COMPLIANCE, [Item("contact", entity, free="restricted")])
    lacking = (options.filter_by == "phoneNumbers" and not person.phones) or (
        options.filter_by == "emailAddresses" and not person.emails
    )
    if lacking or (person.partial and not options.partial):
        missing = (
            f"without {options.filter_by}" if lacking else "without email and phone (see partialProfile)"
        )
        call.lookup.note(f"known, but {missing}: counts as not found")
        return _Outcome(None, EMPTY_DATA, miss)
    signals = None
    items = details.items_of(call, person, options.shown)
    if options.signals is not None:
        signals = signals_asked.of_person(options.signals, person, match.company, match.company_shown)
        items += signals_asked.priced(signals, entity)
    return _Outcome(match, None, items, signals)


def _contact(call: Call, outcome: _Outcome, options: _Options, entries: Sequence[Entry]) -> dict[str, Any]:
    if outcome.error is not None or outcome.match is None:
        return {"error": outcome.error, "isCreditCharged": False, "data": None}
    person, company = outcome.match.person, outcome.match.company
    if any(options.shown):
        call.account.reveal(person.id)
    call.account.remember_person(person.id, person.key.name, person.key.domain)
    call.account.remember_company(company.id, company.domain)
    data = person_data(
        person,
        company.id,
        live=call.live,
        emails=options.shown[0],
        phones=options.shown[1],
        updated=call.world.as_of if options.refresh else person.updated,
    )
    if outcome.signals is not None:
        data["signals"] = outcome.signals
    return {"error": None, "isCreditCharged": any(entry.price > 0 for entry in entries), "data": data}


V2 = {"searchSingleContact": search_single_contact, "searchMultipleContacts": search_multiple_contacts}
