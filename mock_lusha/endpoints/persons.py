"""Person enrichment: GET and POST ``/v2/person``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

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
from mock_lusha.values import mutable
from mock_lusha.world.finder import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mock_lusha.endpoints.call import Call
    from mock_lusha.endpoints.signals_asked import SignalsAsked
    from mock_lusha.errors import Detail
    from mock_lusha.world.finder import PersonMatch
    from mock_lusha.world.lookup import Looked

EMPTY_DATA = {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"}
COMPLIANCE = {
    "code": 5,
    "name": "COMPLIANCE_CONTACT_ERROR",
    "message": "This contact cannot be shown for compliance reasons",
}


class _Options(NamedTuple):
    """How people are to be shown; ``shape`` is what decides how their data are written."""

    filter_by: str | None
    shown: tuple[bool, bool]
    signals: SignalsAsked | None
    partial: bool
    shape: tuple[bool, bool, bool, bool, bool]


class _Outcome(NamedTuple):
    """What a lookup comes to: a match, or the error that stands in its place; and what it would cost.

    ``data`` are the person's, as JSON; ``signals`` come behind them.
    """

    match: PersonMatch | None
    error: Mapping[str, Any] | None
    items: tuple[Item, ...]
    data: bytes | None = None
    signals: dict[str, Any] | None = None


class _Written(NamedTuple):
    """What a match comes to without signals: the items of its details, and its data as JSON."""

    items: tuple[Item, ...]
    data: bytes


_MOST_PLANS = 4
"""Of how many options is kept what a request comes to."""
_NEITHER = (False, False)
_MISS = (Item("contact", "person:unknown", free="not found"),)


def search_single_contact(call: Call) -> Reply:
    """Look up one person (GET ``/v2/person``).

    A miss is 200 with ``contact.error`` code 3; a person under GDPR restriction is 451.
    """
    sent = call.query
    kept = call.lookup.finder.singles
    asked: _Asked | None = kept.get(call.raw)
    if asked is None:
        asked = _read_single(sent)
        kept.put(call.raw, asked)
    options = _options(call, sent)
    plan = _planned(call, asked, options)
    match = plan.outcomes[0].match
    if match is not None and match.person.restricted == "gdpr":
        raise ApiError("gdpr")
    return _answered(call, asked, plan, options)


def _written_single(
    call: Call, _: Sequence[str], outcomes: Sequence[_Outcome], prices: Sequence[int]
) -> bytes:
    outcome = outcomes[0]
    contact = _contact(outcome, charged=any(prices))
    match = outcome.match
    if match is not None and outcome.data is not None:
        company = person_company(match.company, match.company_shown, call.live)
        contact["data"] = orjson.Fragment(_joined(outcome.data, {**_signals(outcome), "company": company}))
    return orjson.dumps({"contact": contact})


def search_multiple_contacts(call: Call) -> Reply:
    """Look up 1 to 100 people (POST ``/v2/person``); answers are maps keyed by ``contactId`` and company id.

    One full name that is not two words refuses the whole call with 412.
    """
    kept = call.lookup.finder.bulks
    asked: _Asked | None = kept.get(call.raw)
    if asked is None:
        asked = _read_bulk(call.body["contacts"])
        kept.put(call.raw, asked)
    options = _options(call, call.body.get("metadata") or {})
    return _answered(call, asked, _planned(call, asked, options), options)


def _planned(call: Call, asked: _Asked, options: _Options) -> _Plan:
    """What those that were asked for come to.

    What the account was given or lost, and what is new every day, is found out anew; the rest is kept.
    """
    lookup = call.lookup
    same = lookup.plain and options.signals is None and not asked.by_id
    plan = asked.plans.get(options) if same else None
    if plan is not None:
        lookup.trail += plan.trail
        return plan
    outcomes = [_find(call, query, options) for query in asked.queries]
    plan = _plan(outcomes, lookup.trail)
    if same:
        if len(asked.plans) >= _MOST_PLANS:
            asked.plans.clear()
        asked.plans[options] = plan
    return plan


def _answered(call: Call, asked: _Asked, plan: _Plan, options: _Options) -> Reply:
    """Charge for a plan, and write the answer, or take that which was written for nothing to be paid."""
    charge = call.charge(plan.items)
    account = call.account
    account.remember(plan.people, plan.companies)
    if options.shown != _NEITHER:
        account.reveal(plan.people)
    if charge.cost:
        return Reply(asked.written(call, asked.ids, plan.outcomes, charge.prices))
    if plan.free is None:
        plan.free = asked.written(call, asked.ids, plan.outcomes, charge.prices)
    return Reply(plan.free)


@mutable
class _Plan:
    """What a request comes to, whoever asks: ``free`` is the answer where nothing has to be paid."""

    outcomes: list[_Outcome]
    items: tuple[Item, ...]
    people: dict[int, str]
    companies: dict[int, str]
    trail: list[Looked]
    free: bytes | None = None


class _Asked(NamedTuple):
    """A request that was read: the caller's ids (of a bulk), whom they stand for, and what that comes to by
    options.

    ``written`` writes the answer from the call, the ids, the outcomes and the prices. ``by_id`` says that
    somebody is meant by the id that the API gave them.
    """

    queries: list[PersonQuery]
    ids: list[str]
    written: Callable[[Call, Sequence[str], Sequence[_Outcome], Sequence[int]], bytes]
    by_id: bool
    plans: dict[_Options, _Plan]


def _read_single(sent: Mapping[str, Any]) -> _Asked:
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
    return _Asked([query], [], _written_single, query.person_id is not None, {})


def _read_bulk(contacts: Sequence[Mapping[str, Any]]) -> _Asked:
    ids = [contact["contactId"] for contact in contacts]
    queries = [_bulk_query(contact) for contact in contacts]
    problems: list[Detail | str] = [*repeated(ids, "contacts", "contactId")]
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
    by_id = any(query.person_id is not None for query in queries)
    return _Asked(queries, ids, _written_bulk, by_id, {})


def _plan(outcomes: list[_Outcome], trail: Sequence[Looked]) -> _Plan:
    people, companies = _shown(outcomes)
    items = tuple([item for outcome in outcomes for item in outcome.items])
    return _Plan(outcomes, items, people, companies, list(trail))


def _written_bulk(
    call: Call, ids: Sequence[str], outcomes: Sequence[_Outcome], prices: Sequence[int]
) -> bytes:
    found: dict[str, Any] = {}
    companies: dict[str, Any] = {}
    paid = 0
    for contact_id, outcome in zip(ids, outcomes, strict=True):
        count = len(outcome.items)
        found[contact_id] = _contact(outcome, charged=any(prices[paid : paid + count]))
        paid += count
        match = outcome.match
        if match is not None and outcome.data is not None:
            company_id = str(match.company.id)
            if company_id not in companies:
                companies[company_id] = person_company(match.company, match.company_shown, call.live)
    return orjson.dumps({"contacts": found, "companies": companies})


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
    signals = signals_asked.asked(
        call, sent.get("signals"), sent.get("signalsStartDate"), None, "signalsStartDate"
    )
    refresh = bool(sent.get("refreshJobInfo", False))
    return _Options(
        filter_by=sent.get("filterBy"),
        shown=shown,
        signals=signals,
        partial=bool(sent.get("partialProfile", False)),
        shape=(*shown, call.live, call.account.unified, refresh),
    )


def _find(call: Call, query: PersonQuery, options: _Options) -> _Outcome:
    match = call.lookup.person(query)
    if match is None:
        return _Outcome(None, EMPTY_DATA, _MISS)
    person = match.person
    if person.restricted is not None:
        return _Outcome(match, COMPLIANCE, (Item("contact", f"person:{person.id}", free="restricted"),))
    lacking = (options.filter_by == "phoneNumbers" and not person.phones) or (
        options.filter_by == "emailAddresses" and not person.emails
    )
    if lacking or (person.partial and not options.partial):
        missing = (
            f"without {options.filter_by}" if lacking else "without email and phone (see partialProfile)"
        )
        call.lookup.note(f"known, but {missing}: counts as not found")
        return _Outcome(None, EMPTY_DATA, _MISS)
    written: _Written | None = match.written.get(options.shape)
    if written is None:
        written = match.written[options.shape] = _written(call, match, options)
    if options.signals is None:
        return _Outcome(match, None, written.items, written.data)
    signals = signals_asked.of_person(options.signals, person, match.company, match.company_shown)
    items = (*written.items, *signals_asked.priced(signals, f"person:{person.id}"))
    return _Outcome(match, None, items, written.data, signals)


def _written(call: Call, match: PersonMatch, options: _Options) -> _Written:
    emails, phones, live, _, refresh = options.shape
    person = match.person
    data = person_data(
        person,
        match.company.id,
        live=live,
        emails=emails,
        phones=phones,
        updated=call.world.as_of if refresh else person.updated,
    )
    items = tuple(details.items_of(call, person, options.shown))
    return _Written(items, orjson.dumps(data))


def _shown(outcomes: Iterable[_Outcome]) -> tuple[dict[int, str], dict[int, str]]:
    """Whom and what an account is shown: texts of identities, and identity domains, by id."""
    people: dict[int, str] = {}
    companies: dict[int, str] = {}
    for outcome in outcomes:
        if outcome.match is not None and outcome.data is not None:
            person, company = outcome.match.person, outcome.match.company
            people[person.id] = person.key.text
            companies[company.id] = company.domain
    return people, companies


def _contact(outcome: _Outcome, *, charged: bool) -> dict[str, Any]:
    if outcome.data is None:
        return {"error": outcome.error, "isCreditCharged": False, "data": None}
    data = outcome.data if outcome.signals is None else _joined(outcome.data, _signals(outcome))
    return {"error": None, "isCreditCharged": charged, "data": orjson.Fragment(data)}


def _signals(outcome: _Outcome) -> dict[str, Any]:
    return {} if outcome.signals is None else {"signals": outcome.signals}


def _joined(written: bytes, more: Mapping[str, Any]) -> bytes:
    """An object that was written, with more properties behind its own."""
    return written[:-1] + b"," + orjson.dumps(more)[1:]


V2 = {"searchSingleContact": search_single_contact, "searchMultipleContacts": search_multiple_contacts}
