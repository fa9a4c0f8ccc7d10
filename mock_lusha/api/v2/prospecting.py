"""Prospecting: search contacts and companies, and enrich what was found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.api.reply import Reply, json_texts
from mock_lusha.api.request import bad_request
from mock_lusha.api.v2 import filter_input
from mock_lusha.api.v2.cache import WorldCache
from mock_lusha.api.v2.reveal_input import reveal_of
from mock_lusha.api.v2.search_ids import contact_ids, is_request_id, person_ids, request_id
from mock_lusha.api.v2.search_rows import (
    company_row,
    company_text,
    contact_row,
    contact_text,
    employer,
    json_text,
)
from mock_lusha.api.v2.shapes import company_enriched, contact_enriched
from mock_lusha.errors import Detail, shorten
from mock_lusha.services.billing import (
    COMPANY_MISS,
    PERSON_MISS,
    company_item,
    person_item,
    search_items,
    signal_items,
)
from mock_lusha.world.fast.columns import COMPANY_CHANGE, NO_MOVE, PROMOTION, point_bits
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.search.session import Search
from mock_lusha.world.signal_lookup import days_of_company, signals_of_person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.services.billing import Reveal
    from mock_lusha.state.ledger import Details, Item
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.resolver import PersonMatch
    from mock_lusha.world.search.criteria import SignalCriterion
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.world import World

_FARTHEST = 50_000
"""Results from here on are not shown: 1,000 pages of 50."""
_FREE_RESULTS = "documented"
_MOVES: dict[int, tuple[str, ...]] = {
    NO_MOVE: (),
    PROMOTION: ("promotion",),
    COMPANY_CHANGE: ("companyChange",),
}
_TYPES = {kinds: json_text(kinds) for kinds in _MOVES.values()}


def search_contacts(call: ApiRequest) -> Reply:
    """People that pass the filters, a page of them; their ids hold for this answer alone."""
    body = call.body
    if body.get("excludeDnc"):
        call.require("exclude-dnc", "dnc-restricted")
    query = _query(call)
    number, offset, size = filter_input.page(call)
    search = Search(call.index, call.lookup, query)
    answer = search.contacts(*_window(offset, size))
    since = filter_input.since_of(call, query.contacts)
    first, last = since.toordinal(), call.today.toordinal()
    listed = list(map(call.index.remembering(_listed), answer.rows))
    signals = [_signals(call.world, person, since, call.today) for person in answer.persons]
    signals += [row.signals if first <= row.start <= last else () for row in listed]
    account = call.account
    people = {person.id: person.key.text for person in answer.persons}
    companies: dict[int, str] = {}
    rows = []
    for person, kinds in zip(answer.persons, signals, strict=False):
        company = search.company(person.key.domain)
        companies[company.id] = company.domain
        rows.append(_Listed(person.id, _row_text(person, company, search), kinds, first, None))
    # Ids of the directory's always resolve; of the others it is remembered whose they are.
    companies.update(row.employer for row in listed if row.employer is not None)
    items = _items(call, len(signals), query.contacts.get("signal"), signals)
    cost = call.settle(items, people=people, companies=companies).cost
    rows += listed
    page = _Page(
        request_id(account.seed, account.name, account.requests), number, answer.total, cost, call.live
    )
    revealed = bytes([account.has_revealed(row.id) for row in rows])
    return Reply(
        _contacts(page, account.seed, rows, signals, revealed),
        again=partial(_contacts_again, page, account.seed, tuple(rows), (first, last), revealed),
    )


def _contacts(
    page: _Page, seed: str, people: Sequence[_Listed], signals: Sequence[tuple[str, ...]], revealed: bytes
) -> bytes:
    """A page of people with the types of their signals; ``revealed`` says who was paid for."""
    rows = [
        contact_row(id_, person.text, _TYPES[kinds], is_shown=paid == 1)
        for id_, person, kinds, paid in zip(
            contact_ids(seed, page.request, [person.id for person in people]),
            people,
            signals,
            revealed,
            strict=True,
        )
    ]
    return _page_json(page, "contacts", rows)


def _contacts_again(
    page: _Page, seed: str, people: Sequence[_Listed], days: tuple[int, int], revealed: bytes
) -> bytes:
    """The same, with the signals of these days."""
    first, last = days
    signals = [person.signals if first <= person.start <= last else () for person in people]
    return _contacts(page, seed, people, signals, revealed)


def _signals(world: World, person: Person, since: date, until: date) -> tuple[str, ...]:
    signals = signals_of_person(world, person, (ALL,), since, until, later=False)
    return tuple(dict.fromkeys(signal.kind for signal in signals))


def _row_text(person: Person, company: Company, search: Search) -> str:
    """The row of a person who is pinned or joined."""
    return contact_text(
        person.full_name,
        person.job.title,
        employer(company, search.caller_domains.get(company.domain, company.domain)),
        # Whom the API may not show has details that enriching does not bring.
        0 if person.restricted is not None else point_bits(person),
        has_department=bool(person.job.departments),
    )


class _Listed(NamedTuple):
    """Someone in rows of searches: ``signals`` are there if ``start`` is a day asked for.

    ``employer`` is the id and the domain of a company that is pinned, None of one whose id always resolves.
    """

    id: int
    text: str
    signals: tuple[str, ...]
    start: int
    employer: tuple[int, str] | None


def _listed(index: SearchIndex, row: int) -> _Listed:
    sketch = index.sketch(row)
    at = index.remembering(_employer)(sketch.company)
    text = contact_text(sketch.name, sketch.title, at, sketch.points)
    pinned = None
    if sketch.company < len(index.pinned_companies):
        company = index.company(sketch.company)
        pinned = (company.id, company.domain)
    return _Listed(sketch.id, text, _MOVES[sketch.move], sketch.start, pinned)


def _employer(index: SearchIndex, row: int) -> str:
    """What people say of their company in a row of the index."""
    company = index.company(row)
    return employer(company, company.domain)


def search_companies(call: ApiRequest) -> Reply:
    """Companies that pass the filters, a page of them."""
    query = _query(call, of_companies=True)
    number, offset, size = filter_input.page(call)
    search = Search(call.index, call.lookup, query)
    answer = search.companies(*_window(offset, size))
    companies = [_company(call.index, guest, search.caller_domains[guest.domain]) for guest in answer.joined]
    companies += map(call.index.remembering(_listed_company), answer.rows)
    first = filter_input.since_of(call, query.companies).toordinal()
    last = call.today.toordinal()
    types = _types(companies, first, last)
    items = _items(call, len(companies), query.companies.get("signal"), types)
    domains = dict(company.identity for company in companies if company.identity is not None)
    cost = call.settle(items, companies=domains).cost
    account = call.account
    page = _Page(
        request_id(account.seed, account.name, account.requests), number, answer.total, cost, call.live
    )
    return Reply(
        _companies(page, companies, types),
        again=partial(_companies_again, page, tuple(companies), first, last),
    )


def _companies(page: _Page, companies: Sequence[_Company], types: Sequence[Sequence[str]]) -> bytes:
    """A page of companies with the types of their signals."""
    rows = [company_row(company.text, kinds) for company, kinds in zip(companies, types, strict=True)]
    return _page_json(page, "companies", rows)


def _companies_again(page: _Page, companies: Sequence[_Company], first: int, last: int) -> bytes:
    """The same, with the signals from one day to another."""
    return _companies(page, companies, _types(companies, first, last))


def _types(companies: Sequence[_Company], first: int, last: int) -> list[list[str]]:
    """For each company, the types of its signals from one day to another."""
    return [
        [kind for kind, one, other in company.days if first <= one <= last or first <= other <= last]
        for company in companies
    ]


class _Company(NamedTuple):
    """A company in rows of searches. ``days`` are each type of its signals, with the ordinals of the days of
    the first and the last one; ``identity`` is its id and domain, None where the id always resolves."""

    text: str
    days: list[tuple[str, int, int]]
    identity: tuple[int, str] | None


def _company(index: SearchIndex, company: Company, fqdn: str) -> _Company:
    days = days_of_company(index.world, company)
    return _Company(
        company_text(company, fqdn),
        [
            (kind, signal_dates[0].toordinal(), signal_dates[-1].toordinal())
            for kind, signal_dates in days.items()
        ],
        (company.id, company.domain),
    )


def _listed_company(index: SearchIndex, row: int) -> _Company:
    """The company of a row of the index."""
    company = index.company(row)
    entry = _company(index, company, company.domain)
    return entry if row < len(index.pinned_companies) else entry._replace(identity=None)


def _window(offset: int, size: int) -> tuple[int, int]:
    """(offset, count) of the results to show: none from the farthest on."""
    return (offset, min(size, _FARTHEST - offset)) if offset < _FARTHEST else (0, 0)


def _query(call: ApiRequest, *, of_companies: bool = False) -> SearchQuery:
    filters: Mapping[str, Any] = call.body["filters"]
    contacts = {} if of_companies else filters.get("contacts") or {}
    companies = filters.get("companies") or {}
    include = companies.get("include") or {}
    return SearchQuery(
        contacts=filter_input.contact_fields(call, contacts.get("include"), "filters.contacts.include"),
        not_contacts=filter_input.contact_fields(call, contacts.get("exclude"), "filters.contacts.exclude"),
        companies=filter_input.company_fields(call, include, "filters.companies.include"),
        not_companies=filter_input.company_fields(
            call, companies.get("exclude"), "filters.companies.exclude"
        ),
        partial_contacts=bool(call.body.get("includePartialContact", True)),
        partial_companies=not include.get("excludePartialCompanies", False),
        exclude_barred=bool(call.body.get("excludeDnc", False)),
    )


def _items(
    call: ApiRequest, results: int, signal: SignalCriterion | None, types: Sequence[Sequence[str]]
) -> list[Item]:
    """One credit for each 25 results begun (none where searches are free), and one for each type of signal
    that was asked for and is among the results."""
    items = [] if call.settings.search_price == _FREE_RESULTS else search_items(results)
    if signal is not None:
        kinds_present = {kind for kinds in types for kind in kinds}
        paid = kinds_present if ALL in signal.names else kinds_present & set(signal.names)
        items += signal_items(sorted(paid), "search")
    return items


class _Page(NamedTuple):
    """What a page says beside its results."""

    request: str
    number: int
    total: int
    cost: int
    live: bool


def _page_json(page: _Page, name: str, rows: list[str]) -> bytes:
    head = (
        f'{{"requestId":"{page.request}","currentPage":{page.number},"pageLength":{len(rows)},'
        f'"totalResults":{page.total}'
    )
    listed = ",".join(rows)
    if not page.live:
        return f'{head},"{name}":[{listed}]}}'.encode()
    billing = f'{{"creditsCharged":{page.cost},"resultsReturned":{len(rows)}}}'
    return f'{head},"data":[{listed}],"billing":{billing}}}'.encode()


def enrich_contacts(call: ApiRequest) -> Reply:
    """Details of people a search found. An id of another search, or of nobody, is ``isSuccess: false``."""
    body = call.body
    search_id: str = body["requestId"]
    if call.account.strict == "yes" and not is_request_id(call.account.seed, search_id):
        raise bad_request(Detail("requestId must be that of a search", shorten(search_id)))
    reveal = reveal_of(call, body)
    items: list[Item | Details] = []
    matches = []
    contacts: list[str] = body["contactIds"]
    for index, number in enumerate(person_ids(call.account.seed, search_id, contacts)):
        if number is None:
            call.warn(f"contactIds.{index} is not of the search with this requestId")
        match = None if number is None else call.lookup.person(PersonQuery(person_id=str(number)))
        if match is not None and match.person.restricted is not None:
            match = None
        matches.append(match)
        if match is None:
            items.append(PERSON_MISS)
        else:
            items.append(person_item(call.account, match.person, reveal))
    revealed = {match.person.id: True for match in matches if match is not None} if any(reveal) else {}
    cost = call.settle(items, revealed=revealed).cost
    rows = [
        f'{{"id":{id_},"isSuccess":false,"data":null}}'
        if match is None
        else f'{{"id":{id_},"isSuccess":true,"data":{_enriched(call, match, reveal)}}}'
        for id_, match in zip(json_texts(contacts), matches, strict=True)
    ]
    billing = ""
    if call.live:
        succeeded = len(matches) - matches.count(None)
        billing = (
            f',"creditsCharged":{cost},"billing":{{"creditsCharged":{cost},"resultsReturned":{succeeded}}}'
        )
    return Reply(f'{{"requestId":{json_text(search_id)},"contacts":[{",".join(rows)}]{billing}}}'.encode())


def _enriched(call: ApiRequest, match: PersonMatch, reveal: Reveal) -> str:
    """A person as JSON, which is kept as long as the match is: whoever pages shows them again."""
    kept = call.world_caches.get(WorldCache).fragments.of_match(match)
    wanted = "enriched", call.live, reveal
    text: str | None = kept.get(wanted)
    if text is None:
        emails, phones = reveal
        text = kept[wanted] = json_text(
            contact_enriched(match.person, match.company, live=call.live, emails=emails, phones=phones)
        )
    return text


def enrich_companies(call: ApiRequest) -> Reply:
    """Details of companies by id; the request id may be any. An unknown company is left out."""
    matches = [
        call.lookup.company(CompanyQuery(company_id=company_id.strip()))
        for company_id in call.body["companiesIds"]
    ]
    companies = list({match.company.id: match.company for match in matches if match is not None}.values())
    items = [company_item(company.id) for company in companies]
    items += [COMPANY_MISS for match in matches if match is None]
    cost = call.settle(items).cost
    answer: dict[str, Any] = {
        "requestId": call.body["requestId"],
        "companies": [company_enriched(company, live=call.live) for company in companies],
    }
    if call.live:
        answer["billing"] = {"creditsCharged": cost, "resultsReturned": len(companies)}
    return Reply(answer)


HANDLERS = {
    "searchProspectingContacts": search_contacts,
    "searchProspectingCompanies": search_companies,
    "enrichProspectingContacts": enrich_contacts,
    "enrichProspectingCompanies": enrich_companies,
}
