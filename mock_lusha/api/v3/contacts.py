"""Contacts: POST ``/v3/contacts/search``, ``/enrich`` and ``/search-and-enrich``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.v3.identifiers import contact_queries, id_query, reference
from mock_lusha.api.v3.ids import request_id
from mock_lusha.api.v3.item_errors import contact_error
from mock_lusha.api.v3.jobs import start_job, waterfall_items
from mock_lusha.api.v3.person_shapes import contact_enriched, contact_preview
from mock_lusha.api.v3.prices import search_price
from mock_lusha.api.v3.reveal_input import RevealRequest
from mock_lusha.api.v3.signal_input import signals_block
from mock_lusha.services.billing import PERSON_MISS, person_item, signal_items
from mock_lusha.services.enrichment import find_person
from mock_lusha.services.signals import signals_of_person
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.enrichment import PersonResult
    from mock_lusha.state.ledger import Charge, Details, Item
    from mock_lusha.world.resolver import PersonMatch


def search_contacts(call: ApiRequest) -> Reply:
    """Look up 1 to 100 people: one result for each item, in the order of the request.

    People who are not found, or must not be shown, have an ``error`` in their place. 1 credit for each 25
    results begun; each type of signals that was asked for and had is 1 credit more, for each person.
    """
    contacts = call.body["contacts"]
    people = _find(call, contact_queries(call))
    signals = signals_block(call)
    items: list[Item | Details] = [*search_price(call, len(_matches(people)))]
    results: list[Shape] = []
    for item, (match, miss) in zip(contacts, people, strict=True):
        if match is None or miss is not None:
            results.append({**reference(item), "error": contact_error(miss)})
            continue
        result = {**reference(item), **contact_preview(call.account, match)}
        if signals is not None:
            result["signalTypes"] = list(signals_of_person(signals, match.person))
            items += signal_items(result["signalTypes"], f"person:{match.person.id}")
        results.append(result)
    return _reply(call, results, _settle(call, people, items), len(_matches(people)))


def enrich_contacts(call: ApiRequest) -> Reply:
    """Reveal details of 1 to 100 people by their ids: one result for each id, in the order of the request.

    A mailbox is 1 credit, a telephone 5, for each person and kind, and free once it was revealed.
    """
    ids = call.body["ids"]
    account = call.account
    reveal = RevealRequest.of(call.body)
    people = _find(call, [PersonQuery(person_id=id_query(call, "contact", text)) for text in ids])
    items = _reveal_items(call, people, reveal)
    others: list[Details] = []
    status = _status(call, people, reveal)
    lacking = [match.person for match in _matches(people) if reveal.lacks(match.person)]
    if lacking and account.waterfall and call.body.get("waterfallEnabled", True):
        others = waterfall_items(call, lacking, reveal.kinds)
        status = {"status": "partial", "statusReason": "WATERFALL_IN_PROGRESS"}
        remaining = account.ledger.remaining
        if remaining is not None and account.ledger.quote([*items, *others]) > remaining:
            others, lacking = [], []
            status = {"status": "PARTIAL_OUT_OF_CREDITS", "statusReason": "INSUFFICIENT_CREDITS"}
        if lacking:
            cost = account.ledger.quote(others)
            status["job"] = start_job(call, lacking, reveal.kinds, cost)
    charge = _settle(call, people, [*items, *others], reveal=reveal)
    results = _results(call, [{"id": text} for text in ids], people, reveal, charge, 0)
    return _reply(call, results, charge, len(_matches(people)), status)


def search_and_enrich_contacts(call: ApiRequest) -> Reply:
    """Look up 1 to 100 people and reveal details of them in one call, at the price of both."""
    contacts = call.body["contacts"]
    reveal = RevealRequest.of(call.body)
    people = _find(call, contact_queries(call))
    searches = search_price(call, len(_matches(people)))
    charge = _settle(call, people, [*searches, *_reveal_items(call, people, reveal)], reveal=reveal)
    marks = [reference(item) for item in contacts]
    results = _results(call, marks, people, reveal, charge, len(searches))
    return _reply(call, results, charge, len(_matches(people)), _status(call, people, reveal))


def _find(call: ApiRequest, queries: Sequence[PersonQuery]) -> list[PersonResult]:
    partial = (call.body.get("options") or {}).get("includePartialProfiles", True)
    return [find_person(call.lookup, query, partial=partial) for query in queries]


def _matches(people: Sequence[PersonResult]) -> list[PersonMatch]:
    """Those who may be shown."""
    return [match for match, miss in people if match is not None and miss is None]


def _reveal_items(
    call: ApiRequest, people: Sequence[PersonResult], reveal: RevealRequest
) -> list[Item | Details]:
    """What each person costs; whoever is not shown is free."""
    return [
        PERSON_MISS
        if match is None or miss is not None
        else person_item(call.account, match.person, reveal.kinds)
        for match, miss in people
    ]


def _settle(
    call: ApiRequest,
    people: Sequence[PersonResult],
    items: Sequence[Item | Details],
    *,
    reveal: RevealRequest | None = None,
) -> Charge:
    """Charge for a call, and remember whom ids are given out for, their companies, and who was revealed."""
    matches = _matches(people)
    is_reveal = reveal is not None and any(reveal.kinds)
    return call.settle(
        items,
        people={match.person.id: match.person.key.text for match in matches},
        companies={match.company.id: match.company.domain for match in matches},
        revealed={match.person.id: True for match in matches} if is_reveal else {},
    )


def _results(
    call: ApiRequest,
    marks: Sequence[Shape],
    people: Sequence[PersonResult],
    reveal: RevealRequest,
    charge: Charge,
    first: int,
) -> list[Shape]:
    """A result for each item; ``marks`` are what it begins with, and its price is at ``first`` and on."""
    results: list[Shape] = []
    for mark, (match, miss), credits_ in zip(marks, people, charge.prices[first:], strict=False):
        if match is None or miss is not None:
            results.append({**mark, "error": contact_error(miss)})
            continue
        result = {**mark, **contact_enriched(call.account, match, reveal)}
        if call.live:
            result["credits"] = credits_
        results.append(result)
    return results


def _status(call: ApiRequest, people: Sequence[PersonResult], reveal: RevealRequest) -> Shape:
    """That a call was served in part: somebody who was found lacks a kind that was named."""
    if not (call.live and reveal.named and any(reveal.lacks(match.person) for match in _matches(people))):
        return {}
    return {"status": "partial", "statusReason": "WATERFALL_NOT_CONFIGURED"}


def _reply(
    call: ApiRequest, results: list[Shape], charge: Charge, found: int, more: Shape | None = None
) -> Reply:
    billing = {"creditsCharged": charge.cost, "resultsReturned": found}
    answer: dict[str, Any] = {"requestId": request_id(call.account), "results": results, **(more or {})}
    return Reply({**answer, "billing": billing})


HANDLERS = {
    "searchContacts": search_contacts,
    "enrichContacts": enrich_contacts,
    "searchAndEnrichContacts": search_and_enrich_contacts,
}
