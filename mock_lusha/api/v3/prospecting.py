"""Prospecting: contacts and companies that pass filters, a page of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.api.reply import Reply, json_text
from mock_lusha.api.v3 import filter_input
from mock_lusha.api.v3.company_shapes import company_preview
from mock_lusha.api.v3.ids import request_id
from mock_lusha.api.v3.pages import shown_size
from mock_lusha.api.v3.prices import search_price
from mock_lusha.api.v3.prospect_shapes import contact_prospect
from mock_lusha.api.v3.search_rows import ListedCompany, ListedPeople, contact_rows, signal_text
from mock_lusha.api.v3.table_writes import member_text, write_table
from mock_lusha.services.billing import signal_items
from mock_lusha.world.fast.columns import COMPANY_CHANGE, PROMOTION
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.resolver import PersonMatch
from mock_lusha.world.search.company_predicates import signal_types
from mock_lusha.world.search.session import Search
from mock_lusha.world.signal_lookup import signals_of_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.api.v3.search_rows import ListedPerson
    from mock_lusha.world.entities import Person
    from mock_lusha.world.search.criteria import SignalCriterion
    from mock_lusha.world.world import World

_MOVES = {PROMOTION: "promotion", COMPANY_CHANGE: "companyChange"}
_TOTAL_NOTE = "The exact number of matches"


def prospect_contacts(call: ApiRequest) -> Reply:
    """People that pass the filters. 1 credit for each 25 results begun; where the filters ask for signals,
    each type that a person has had is 1 credit more."""
    query = filter_input.contact_query(call)
    if query.exclude_barred:
        call.require("exclude-dnc", "dnc-restricted")
    window = _Window.of(call)
    index, account = call.index, call.account
    search = Search(index, call.lookup, query)
    answer = search.contacts(window.offset, window.size)
    signal = query.contacts.get("signal")
    persons = [_match(search, person) for person in answer.persons]
    listed = call.world_caches.get(ListedPeople).get(index, answer.rows, account.dialect)
    ids = [match.person.id for match in persons] + [person.id for person in listed]
    kinds: list[tuple[str, ...]] = [()] * len(ids)
    items = search_price(call, len(kinds))
    if signal is not None:
        kinds = [_kinds(index.world, signal, match.person) for match in persons]
        kinds += [_listed_kinds(index.world, signal, person) for person in listed]
        for person_id, types in zip(ids, kinds, strict=True):
            items += signal_items(types, f"person:{person_id}")
    # Ids of the directory's always resolve; of the others it is remembered whose they are.
    companies = {match.company.id: match.company.domain for match in persons}
    pinned = range(len(index.pinned_companies))
    companies.update(
        (company.id, company.domain)
        for company in map(index.company, {person.company for person in listed if person.company in pinned})
    )
    charge = call.settle(
        items, people={match.person.id: match.person.key.text for match in persons}, companies=companies
    )
    signals = [signal_text(types if signal is not None else None) for types in kinds]
    rows = [
        json_text(contact_prospect(account, match))[:-1] + text + "}"
        for match, text in zip(persons, signals, strict=False)
    ]
    rows += contact_rows(account, listed, signals[len(persons) :])
    return _page(call, window, answer.total, rows, charge.cost, write_table(call, "contacts", ids))


def _match(search: Search, person: Person) -> PersonMatch:
    company = search.company(person.key.domain)
    domain = search.caller_domains.get(company.domain, company.domain)
    return PersonMatch(person, company, domain, "filters")


def _kinds(world: World, signal: SignalCriterion, person: Person) -> tuple[str, ...]:
    signals = signals_of_person(world, person, signal.names, signal.since, signal.until, later=signal.later)
    return tuple(dict.fromkeys(each.kind for each in signals))


def _listed_kinds(world: World, signal: SignalCriterion, person: ListedPerson) -> tuple[str, ...]:
    key = world.key_of_id(person.id) if signal.until > world.as_of else None
    if key is not None:
        return _kinds(world, signal, world.person(key))  # what came after the world's day is in no column
    kind = _MOVES.get(person.move)
    if kind is None or not (kind in signal.names or ALL in signal.names):
        return ()
    return (kind,) if signal.since.toordinal() <= person.start <= signal.until.toordinal() else ()


def prospect_companies(call: ApiRequest) -> Reply:
    """Companies that pass the filters, at the same price as people."""
    query = filter_input.company_query(call)
    window = _Window.of(call)
    index = call.index
    search = Search(index, call.lookup, query)
    answer = search.companies(window.offset, window.size)
    listed = list(map(index.remembering(ListedCompany), answer.rows))
    rows = [
        json_text(company_preview(call.account, call.world, company, search.caller_domains[company.domain]))
        for company in answer.joined
    ]
    rows += [company.row(call.account) for company in listed]
    companies = [*answer.joined, *(company.company for company in listed)]
    signal = query.companies.get("signal")
    items = search_price(call, len(companies))
    kinds: list[tuple[str, ...]] = [()] * len(companies)
    if signal is not None:
        kinds = [signal_types(company, signal, index.search_world) for company in companies]
        for company, types in zip(companies, kinds, strict=True):
            items += signal_items(types, f"company:{company.id}")
    pinned = index.world.pins.companies
    strangers = {company.id: company.domain for company in answer.joined}
    strangers.update((company.id, company.domain) for company in companies if company.domain in pinned)
    charge = call.settle(items, companies=strangers)
    if signal is not None:
        rows = [row[:-1] + signal_text(types) + "}" for row, types in zip(rows, kinds, strict=True)]
    table_write = write_table(call, "companies", [company.id for company in companies])
    return _page(call, window, answer.total, rows, charge.cost, table_write)


class _Window(NamedTuple):
    """The part of the matches that is shown."""

    page: int
    size: int

    @classmethod
    def of(cls, call: ApiRequest) -> _Window:
        pagination = call.body["pagination"]
        return cls(int(pagination["page"]), int(pagination["size"]))

    @property
    def offset(self) -> int:
        return self.page * self.size


def _page(
    call: ApiRequest, window: _Window, total: int, rows: Sequence[str], cost: int, table_write: Shape
) -> Reply:
    pagination: dict[str, Any] = {
        "page": window.page,
        "size": shown_size(call, len(rows), window.size),
        "total": total,
    }
    if call.live:
        pagination |= {"totalGuaranteed": True, "totalDescription": _TOTAL_NOTE}
    billing = {"creditsCharged": cost, "resultsReturned": len(rows)}
    head = f'{{"requestId":"{request_id(call.account)}","pagination":{json_text(pagination)},"results":['
    tail = f']{member_text(table_write)},"billing":{json_text(billing)}}}'
    return Reply(f"{head}{','.join(rows)}{tail}".encode())


HANDLERS = {
    "prospectingContacts": prospect_contacts,
    "prospectingCompanies": prospect_companies,
}
