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
from mock_lusha.reply import Reply, written
from mock_lusha.state.credits import Item
from mock_lusha.values import mutable
from mock_lusha.world.finder import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.endpoints.call import Call
    from mock_lusha.endpoints.signals_asked import SignalsAsked
    from mock_lusha.errors import Detail
    from mock_lusha.world.finder import Looked, PersonMatch

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


class _Written(NamedTuple):
    """A person who was found, as answers need them: the items of what is shown, their data and those of their
    company as JSON, and which ids stand for whom (see ``Account.remember``).

    What it was made from is not held: of the very many that are asked for once, each would be kept for long.
    """

    items: tuple[Item, ...]
    data: bytes
    person: tuple[int, str]
    company: tuple[int, str]
    company_data: bytes


class _Outcome(NamedTuple):
    """What a lookup comes to: somebody, or the error that stands in their place; and what it would cost.

    ``signals`` come behind the data; ``barred`` says that whom the lookup means must not be shown at all.
    """

    written: _Written | None
    error: Mapping[str, Any] | None
    items: tuple[Item, ...]
    signals: dict[str, Any] | None = None
    barred: bool = False

    @property
    def data(self) -> bytes | None:
        """The person's data, as JSON."""
        if self.written is None or self.signals is None:
            return self.written and self.written.data
        return _joined(self.written.data, orjson.dumps({"signals": self.signals})[1:-1])


_MOST_PLANS = 4
"""Of how many options is kept what a request comes to."""
_NEITHER = (False, False)
_MISS = (Item("contact", "person:unknown", free="not found"),)


def search_single_contact(call: Call) -> Reply:
    """Look up one person (GET ``/v2/person``).

    A miss is 200 with ``contact.error`` code 3; a person under GDPR restriction is 451.
    """
    sent = call.query
    kept = call.finder.singles
    asked: _Asked | None = kept.get(call.raw)
    if asked is None:
        asked = _read_single(sent)
        kept.put(call.raw, asked)
    options = _options(call, asked, sent)
    plan = _planned(call, asked, options)
    if plan.outcomes[0].barred:
        raise ApiError("gdpr")
    return _answered(call, asked, plan, options)


def _written_single(_: Sequence[str], outcomes: Sequence[_Outcome], prices: Sequence[int]) -> bytes:
    contact = _contact(outcomes[0], charged=any(prices))
    found, data = outcomes[0].written, outcomes[0].data
    if found is not None and data is not None:
        contact["data"] = orjson.Fragment(_joined(data, b'"company":' + found.company_data))
    return written({"contact": contact})


def search_multiple_contacts(call: Call) -> Reply:
    """Look up 1 to 100 people (POST ``/v2/person``); answers are maps keyed by ``contactId`` and company id.

    One full name that is not two words refuses the whole call with 412.
    """
    kept = call.finder.bulks
    asked: _Asked | None = kept.get(call.raw)
    if asked is None:
        asked = _read_bulk(call.body["contacts"])
        kept.put(call.raw, asked)
    options = _options(call, asked, call.body.get("metadata") or {})
    return _answered(call, asked, _planned(call, asked, options), options)


def _planned(call: Call, asked: _Asked, options: _Options) -> _Plan:
    """What those that were asked for come to.

    What the account was given or lost, and what is new every day, is found out anew; the rest is kept.
    """
    same = call.plain and options.signals is None and not asked.by_id
    plan = asked.plans.get(options) if same else None
    if plan is not None:
        call.exchange.lookups = plan.trail
        return plan
    outcomes = [_find(call, query, options) for query in asked.queries]
    plan = _plan(outcomes, call.lookup.trail)
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
        return Reply(asked.written(asked.ids, plan.outcomes, charge.prices))
    if plan.free is None:
        plan.free = bytes(memoryview(asked.written(asked.ids, plan.outcomes, charge.prices)))
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

    ``written`` writes the answer from the ids, the outcomes and the prices. ``by_id`` says that
    somebody is meant by the id that the API gave them. ``options`` are those of accounts by (live dialect,
    unified credits).
    """

    queries: list[PersonQuery]
    ids: list[str]
    written: Callable[[Sequence[str], Sequence[_Outcome], Sequence[int]], bytes]
    by_id: bool
    options: dict[tuple[bool, bool], _Options]
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
    return _Asked([query], [], _written_single, query.person_id is not None, {}, {})


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
    return _Asked(queries, ids, _written_bulk, by_id, {}, {})


def _plan(outcomes: list[_Outcome], trail: Sequence[Looked]) -> _Plan:
    items = tuple([item for outcome in outcomes for item in outcome.items])
    shown = [outcome.written for outcome in outcomes if outcome.written is not None]
    people = dict([written.person for written in shown])
    companies = dict([written.company for written in shown])
    return _Plan(outcomes, items, people, companies, list(trail))


def _written_bulk(ids: Sequence[str], outcomes: Sequence[_Outcome], prices: Sequence[int]) -> bytes:
    found: dict[str, Any] = {}
    companies: dict[str, Any] = {}
    paid = 0
    for contact_id, outcome in zip(ids, outcomes, strict=True):
        count = len(outcome.items)
        found[contact_id] = _contact(outcome, charged=any(prices[paid : paid + count]))
        paid += count
        if outcome.written is not None:
            company_id = str(outcome.written.company[0])
            if company_id not in companies:
                companies[company_id] = orjson.Fragment(outcome.written.company_data)
    return written({"contacts": found, "companies": companies})


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


def _options(call: Call, asked: _Asked, sent: Mapping[str, Any]) -> _Options:
    """How people are to be shown, by what was sent and the account; kept but for what is new every day."""
    account = call.live, call.account.unified
    options = asked.options.get(account)
    if options is None:
        options = _read_options(call, sent)
        if options.signals is None:
            asked.options[account] = options
    return options


def _read_options(call: Call, sent: Mapping[str, Any]) -> _Options:
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
        item = Item("contact", f"person:{person.id}", free="restricted")
        return _Outcome(None, COMPLIANCE, (item,), barred=person.restricted == "gdpr")
    lacking = (options.filter_by == "phoneNumbers" and not person.phones) or (
        options.filter_by == "emailAddresses" and not person.emails
    )
    if lacking or (person.partial and not options.partial):
        missing = (
            f"without {options.filter_by}" if lacking else "without email and phone (see partialProfile)"
        )
        call.lookup.note(f"known, but {missing}: counts as not found")
        return _Outcome(None, EMPTY_DATA, _MISS)
    found: _Written | None = match.written.get(options.shape)
    if found is None:
        found = match.written[options.shape] = _written(call, match, options)
    if options.signals is None:
        return _Outcome(found, None, found.items)
    signals = signals_asked.of_person(options.signals, person, match.company, match.company_shown)
    items = (*found.items, *signals_asked.priced(signals, f"person:{person.id}"))
    return _Outcome(found, None, items, signals)


def _written(call: Call, match: PersonMatch, options: _Options) -> _Written:
    emails, phones, live, _, refresh = options.shape
    person, company = match.person, match.company
    data = person_data(
        person,
        company.id,
        live=live,
        emails=emails,
        phones=phones,
        updated=call.world.as_of if refresh else person.updated,
    )
    return _Written(
        tuple(details.items_of(call, person, options.shown)),
        written(data),
        (person.id, person.key.text),
        (company.id, company.domain),
        person_company(company, match.company_shown, live),
    )


def _contact(outcome: _Outcome, *, charged: bool) -> dict[str, Any]:
    data = outcome.data
    if data is None:
        return {"error": outcome.error, "isCreditCharged": False, "data": None}
    return {"error": None, "isCreditCharged": charged, "data": orjson.Fragment(data)}


def _joined(written: bytes, more: bytes) -> bytes:
    """An object that was written, with more properties behind its own."""
    return b"%b,%b}" % (written[:-1], more)


V2 = {"searchSingleContact": search_single_contact, "searchMultipleContacts": search_multiple_contacts}
