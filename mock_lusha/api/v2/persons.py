"""Person enrichment: GET and POST ``/v2/person``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import orjson

from mock_lusha.api.reply import Reply, json_bytes
from mock_lusha.api.request import bad_request, id_text, repeated
from mock_lusha.api.v2.cache import WorldCache
from mock_lusha.api.v2.fast_people import stranger_data
from mock_lusha.api.v2.identifiers import (
    current,
    filled,
    is_bad_name,
    is_identified,
    refuse_bad_names,
    split_name,
)
from mock_lusha.api.v2.person_plan import PersonOptions, PersonPlan, PersonRequest, PersonText
from mock_lusha.api.v2.person_shapes import person_data
from mock_lusha.api.v2.reveal_input import reveal_of
from mock_lusha.api.v2.shapes import person_company
from mock_lusha.api.v2.signal_input import person_signals, signal_request
from mock_lusha.errors import ApiError
from mock_lusha.services.billing import (
    CONTACT,
    EMAIL,
    NO_DETAIL,
    PERSON_MISS,
    PHONE,
    Reveal,
    person_item,
    restricted_item,
    signal_items,
)
from mock_lusha.services.enrichment import find_person
from mock_lusha.state.ledger import Item
from mock_lusha.world.resolver import LookupTrail, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.errors import Detail
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.resolver import PersonMatch

EMPTY_DATA = {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"}
COMPLIANCE = {
    "code": 5,
    "name": "COMPLIANCE_CONTACT_ERROR",
    "message": "This contact cannot be shown for compliance reasons",
}


_IDENTIFIERS = "personId, linkedinUrl, email, or firstName and lastName with companyName or companyDomain"
_BULK_IDENTIFIERS = "personId, linkedinUrl, email, or fullName with companies[].name or companies[].domain"
_MOST_PLANS = 4
"""For how many options the plans of a request are cached."""
_NEITHER = Reveal(emails=False, phones=False)
_NOBODY: Mapping[int, bool] = {}
_NEEDS: Mapping[str, Literal["emails", "phones"]] = {"emailAddresses": "emails", "phoneNumbers": "phones"}
_WITHOUT: Mapping[str | None, str] = {
    "no emails": "emailAddresses",
    "no phones": "phoneNumbers",
    "partial": "email and phone (see partialProfile)",
}
_CHARGED = b'":{"error":null,"isCreditCharged":true,"data":'
_FREE = b'":{"error":null,"isCreditCharged":false,"data":'


def search_single_contact(call: ApiRequest) -> Reply:
    """Look up one person (GET ``/v2/person``).

    A miss is 200 with ``contact.error`` code 3; a person under GDPR restriction is 451.
    """
    fields = call.query
    plans = _cache(call).plans(call.operation, bulk=False)
    request: PersonRequest | None = plans.get(call.raw)
    if request is None:
        request = _read_single(fields)
        plans.put(call.raw, request)
    options = _options(call, request, fields)
    plan = _plan(call, request, options)
    if plan.barred:
        raise ApiError("gdpr")
    return _reply(call, request, plan, options)


def search_multiple_contacts(call: ApiRequest) -> Reply:
    """Look up 1 to 100 people (POST ``/v2/person``); answers are maps keyed by ``contactId`` and company id.

    One full name that is not two words refuses the whole call with 412.
    """
    plans = _cache(call).plans(call.operation, bulk=True)
    request: PersonRequest | None = plans.get(call.raw)
    if request is None:
        request = _read_bulk(call.body["contacts"])
        plans.put(call.raw, request)
    options = _options(call, request, call.body.get("metadata") or {})
    return _reply(call, request, _plan(call, request, options), options)


def _cache(call: ApiRequest) -> WorldCache:
    return call.world_caches.get(WorldCache)


def _plan(call: ApiRequest, request: PersonRequest, options: PersonOptions) -> PersonPlan:
    """The plan of a request.

    What the account was given or lost, and what is new every day, is looked up again; the rest is cached.
    """
    plain = call.plain and options.signals is None
    plan = request.plans.get(options) if plain and not request.by_id else None
    if plan is None:
        plan = _build_plan(call, request, options, plain=plain and options.plain)
        if plain and not request.by_id:
            if len(request.plans) >= _MOST_PLANS:
                request.plans.clear()
            request.plans[options] = plan
    call.record.lookups = plan.trail
    return plan


def _build_plan(
    call: ApiRequest, request: PersonRequest, options: PersonOptions, *, plain: bool
) -> PersonPlan:
    plan = PersonPlan([], {}, [], {}, {}, {}, {}, LookupTrail())
    results, items = plan.results, plan.items
    addresses: list[str] = []
    ids: list[int] = []
    resolver = call.resolver
    find_stranger = resolver.stranger
    fragments = _cache(call).fragments
    emails, phones, _, unified, _ = options.shape
    as_of = resolver.world.as_of
    kinds = (EMAIL if emails else 0, PHONE if phones else 0)
    last_employer: Employer | None = None
    for query, address in zip(request.queries, request.mails, strict=True):
        stranger = find_stranger(address) if plain and address is not None else None
        if stranger is None or address is None:
            plan.strangers(addresses, ids)
            addresses, ids = [], []
            _find(call, query or PersonQuery(email=address), options, plan)
            continue
        # A stranger is written directly from the draws: no entity is built.
        employer, host, _, _, _, id_, _, _, career, _ = stranger
        if employer is not last_employer:
            company = employer.company
            plan.companies[company.id] = company.domain
            plan.company_data.setdefault(company.id, person_company(fragments, company, host, live=True))
            last_employer = employer
        bits = kinds[0] | kinds[1] if career.lines else kinds[0]
        if not unified:
            bits = CONTACT
        if bits:
            items.append((id_, bits))
        else:
            items.append(Item("contact", f"person:{id_}", free=NO_DETAIL))
            plan.bare[id_] = True
        results.append(stranger_data(fragments, stranger, address, as_of, emails, phones))
        addresses.append(address)
        ids.append(id_)
    plan.strangers(addresses, ids)
    return plan


def _find(call: ApiRequest, query: PersonQuery, options: PersonOptions, plan: PersonPlan) -> None:
    """Look somebody up, and add the result to the plan."""
    lookup = call.lookup
    match, miss = find_person(lookup, query, needs=options.needs, partial=options.partial)
    if match is not None and miss == "restricted":
        plan.miss(COMPLIANCE, restricted_item(match.person))
        plan.barred = plan.barred or match.person.restricted == "gdpr"
    elif match is None or miss is not None:
        if miss in _WITHOUT:
            lookup.note(f"known, but without {_WITHOUT[miss]}: counts as not found")
        plan.miss(EMPTY_DATA, PERSON_MISS)
    else:
        person = match.person
        shapes = _cache(call).fragments.of_match(match)
        person_text: PersonText | None = shapes.get(options.shape)
        if person_text is None:
            person_text = shapes[options.shape] = _person_text(call, match, options)
        data: tuple[bytes, ...] = (person_text.data,)
        items = [person_text.item]
        if options.signals is not None:
            signals = person_signals(call.world, options.signals, match)
            items += signal_items(signals, f"person:{person.id}")
            data = (person_text.data[:-1], b',"signals":', orjson.dumps(signals), b"}")
            plan.counts[len(plan.results)] = len(items)
        company = match.company
        plan.results.append(data)
        plan.items += items
        if isinstance(person_text.item, Item):
            plan.bare[person.id] = True
        plan.people[person.id] = person.key.text
        plan.companies[company.id] = company.domain
        plan.company_data.setdefault(company.id, person_text.company_data)
    plan.trail.add(lookup.trail[-1:])


def _reply(call: ApiRequest, request: PersonRequest, plan: PersonPlan, options: PersonOptions) -> Reply:
    """Charge for a plan, and write the answer; one for which nothing is paid is written once."""
    revealed = plan.bare if options.reveal != _NEITHER else _NOBODY
    charge = call.settle(plan.items, people=plan.people, companies=plan.companies, revealed=revealed)
    if charge.cost:
        return Reply(request.render(request.ids, plan, charge.paid))
    if plan.free is None:
        plan.free = request.render(request.ids, plan, charge.paid)
    return Reply(plan.free)


def _single_json(_: Sequence[str], plan: PersonPlan, paid: Sequence[int]) -> bytes:
    (result,) = plan.results
    if not isinstance(result, tuple):
        return b"".join((b'{"contact', *_miss_json(result), b"}"))
    (company,) = plan.company_data.values()
    begin = _CHARGED if any(paid) else _FREE
    return b"".join((b'{"contact', begin, *result[:-1], result[-1][:-1], b',"company":', company, b"}}}"))


def _bulk_json(ids: Sequence[str], plan: PersonPlan, paid: Sequence[int]) -> bytes:
    parts: list[bytes] = []
    mark = b'{"contacts":{"'
    charges = plan.charges(paid) if plan.counts else paid
    for name, result, paid_for in zip(_names(ids), plan.results, charges, strict=True):
        if isinstance(result, tuple):
            parts += (mark, name, _CHARGED if paid_for else _FREE, *result)
            mark = b'},"'
        else:
            parts += (mark, name, *_miss_json(result))
            mark = b',"'
    companies = [b'"%d":%b' % company for company in plan.company_data.items()]
    end = b"}" if mark.startswith(b"}") else b""
    parts += (end, b'},"companies":{', b",".join(companies), b"}}")
    return b"".join(parts)


def _names(ids: Sequence[str]) -> list[bytes]:
    """Texts as JSON, without their quotes."""
    listed = orjson.dumps(ids)
    if b"\\" in listed:
        return [orjson.dumps(id_)[1:-1] for id_ in ids]
    # What stands between two of them stands in none: its quotes would be escaped.
    return listed[2:-2].split(b'","')


def _miss_json(error: Mapping[str, Any]) -> tuple[bytes, ...]:
    return b'":{"error":', orjson.dumps(error), b',"isCreditCharged":false,"data":null}'


def _read_single(fields: Mapping[str, Any]) -> PersonRequest:
    query = PersonQuery(
        person_id=fields.get("personId"),
        linkedin_url=fields.get("linkedinUrl"),
        email=fields.get("email"),
        first_name=fields.get("firstName"),
        last_name=fields.get("lastName"),
        company_name=fields.get("companyName"),
        company_domain=fields.get("companyDomain"),
    )
    _check_identified(query, "")
    mail = query.email if query == PersonQuery(email=query.email) else None
    return PersonRequest([query], [mail], [], _single_json, query.person_id is not None, {}, {})


def _read_bulk(contacts: Sequence[Mapping[str, Any]]) -> PersonRequest:
    ids = [contact["contactId"] for contact in contacts]
    # The address of each that says nothing else but its own id.
    mails = [
        mail.strip() or None if len(contact) == 2 and (mail := contact.get("email")) else None
        for contact in contacts
    ]
    if None not in mails and len(set(ids)) == len(ids):
        return PersonRequest([None] * len(mails), mails, ids, _bulk_json, False, {}, {})
    queries = [_bulk_query(contact) for contact in contacts]
    problems: list[Detail | str] = [*repeated(ids, "contacts", "contactId")]
    problems += [
        f"contacts.{index} must have {_BULK_IDENTIFIERS}"
        for index, (contact, query) in enumerate(zip(contacts, queries, strict=True))
        if not is_identified(query) and not is_bad_name(contact.get("fullName"), query)
    ]
    if problems:
        raise bad_request(*problems)
    refuse_bad_names(
        (f"contacts.{index}.fullName", contact.get("fullName"), query)
        for index, (contact, query) in enumerate(zip(contacts, queries, strict=True))
    )
    by_id = any(query.person_id is not None for query in queries)
    return PersonRequest(queries, mails, ids, _bulk_json, by_id, {}, {})


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
    names = [
        name
        for name, value in (
            ("firstName", query.first_name),
            ("lastName", query.last_name),
            ("companyName", query.company_name),
            ("companyDomain", query.company_domain),
        )
        if value
    ]
    finding = f"only {', '.join(names)} was sent" if names else "none was sent"
    raise bad_request(f"{where}one of these is needed: {_IDENTIFIERS}; {finding}")


def _options(call: ApiRequest, request: PersonRequest, fields: Mapping[str, Any]) -> PersonOptions:
    """How people are to be shown, by request and account; cached except for what changes every day."""
    account = call.live, call.account.unified
    options = request.options.get(account)
    if options is None:
        options = _read_options(call, fields)
        if options.signals is None:
            request.options[account] = options
    return options


def _read_options(call: ApiRequest, fields: Mapping[str, Any]) -> PersonOptions:
    reveal = reveal_of(call, fields)
    signals = signal_request(
        call, fields.get("signals"), fields.get("signalsStartDate"), None, "signalsStartDate"
    )
    refresh = bool(fields.get("refreshJobInfo", False))
    return PersonOptions(
        needs=_NEEDS.get(fields.get("filterBy", "")),
        reveal=reveal,
        signals=signals,
        partial=bool(fields.get("partialProfile", False)),
        shape=(*reveal, call.live, call.account.unified, refresh),
        plain=call.live and not refresh and fields.get("filterBy") is None,
    )


def _person_text(call: ApiRequest, match: PersonMatch, options: PersonOptions) -> PersonText:
    emails, phones, live, _, refresh = options.shape
    person, company = match.person, match.company
    fragments = _cache(call).fragments
    data = person_data(
        fragments,
        person,
        company.id,
        live=live,
        emails=emails,
        phones=phones,
        updated=call.world.as_of if refresh else person.updated,
    )
    return PersonText(
        person_item(call.account, person, options.reveal),
        json_bytes(data),
        person_company(fragments, company, match.company_domain, live),
    )


HANDLERS = {"searchSingleContact": search_single_contact, "searchMultipleContacts": search_multiple_contacts}
