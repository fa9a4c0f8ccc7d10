"""Scores of signals: POST ``/v3/companies/signal-score`` and ``/v3/contacts/signal-score``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.v3.identifiers import contact_queries, reference, single_company_queries
from mock_lusha.api.v3.ids import entity_id, request_id
from mock_lusha.api.v3.item_errors import company_error, contact_error, no_score, note_miss
from mock_lusha.services.billing import signal_score_item
from mock_lusha.services.enrichment import find_company, find_person, remembered
from mock_lusha.services.signal_scores import CompanyScores, score_of_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.signal_scores import SignalScore
    from mock_lusha.state.ledger import Item

_IDENTIFIERS = ("id", "domain", "name", "email")
_BY_MAILBOX = frozenset({"email", "personId"})
"""What decides whom an item means, where its mailbox is theirs."""
_WHY_NO_SCORE = "no score: too little is known for signals"


def company_scores(call: ApiRequest) -> Reply:
    """Score 1 to 100 companies: one result for each item, in the order of the request.

    It is free, or 1 credit for each company with a score where the account's price list says so.

    Raises:
        ApiError: 400 for an item that has not exactly one identifier.
    """
    results: list[Shape] = []
    items: list[Item] = []
    companies: dict[int, str] = {}
    scores = call.world_caches.get(CompanyScores)
    for item, query in zip(call.body["companies"], single_company_queries(call, _IDENTIFIERS), strict=True):
        match, miss = find_company(call.lookup, query)
        note_miss(call, query, miss)
        if match is None:
            results.append(reference(item) | _echo(call, item) | {"error": company_error()})
            continue
        company = match.company
        companies[company.id] = company.domain
        identity = {
            "id": entity_id(call.account, "company", company.id),
            "name": company.name,
            "domain": f"www.{match.domain}",
        }
        score = scores.of(call.world, company, call.today)
        results.append(reference(item) | identity | _outcome(call, score))
        items += _items(call, score, f"company:{company.id}")
    return _reply(call, results, items, companies=companies)


def contact_scores(call: ApiRequest) -> Reply:
    """Score 1 to 100 people: one result for each item, in the order of the request.

    People who must not be shown have the ``error`` that searches give them. The price is that of companies.
    """
    results: list[Shape] = []
    items: list[Item] = []
    people: dict[int, str] = {}
    companies: dict[int, str] = {}
    for item, query in zip(call.body["contacts"], contact_queries(call), strict=True):
        match, miss = find_person(call.lookup, query)
        note_miss(call, query, miss)
        if match is None or miss is not None:
            sent = {"id": item["id"]} if item.get("id") else {}
            results.append(reference(item) | sent | {"error": contact_error(miss)})
            continue
        person, company = match.person, match.company
        address = query.email if match.by in _BY_MAILBOX else None
        people[person.id] = remembered(call.world, person, address)
        companies[company.id] = company.domain
        identity = {
            "id": entity_id(call.account, "contact", person.id),
            "fullName": person.full_name,
            "company": {
                "id": entity_id(call.account, "company", company.id),
                "name": company.name,
                "domain": match.company_domain,
            },
        }
        score = score_of_person(call.world, person, call.today)
        results.append(reference(item) | identity | _outcome(call, score))
        items += _items(call, score, f"person:{person.id}")
    return _reply(call, results, items, people=people, companies=companies)


def _echo(call: ApiRequest, item: Mapping[str, Any]) -> Shape:
    """What was sent of a company that nobody knows: as its id in the dialect ``live``, as Lusha's text says;
    under its own name in ``documented``, as its example does. Of a mailbox it is the domain."""
    name = next(name for name in _IDENTIFIERS if str(item.get(name) or "").strip())
    text = item[name].strip()
    if name == "email":
        name, text = "domain", text.rpartition("@")[2]
    return {"id" if call.live else name: text}


def _outcome(call: ApiRequest, score: SignalScore | None) -> Shape:
    if score is None:
        call.lookup.note(_WHY_NO_SCORE)
        return {"error": no_score()}
    return {"signalScore": score.score, "signalTypes": score.kinds, "noActiveSignals": not score.kinds}


def _items(call: ApiRequest, score: SignalScore | None, entity: str) -> list[Item]:
    return [] if score is None else [signal_score_item(entity, paid=call.account.pays_for_scores)]


def _reply(call: ApiRequest, results: list[Shape], items: list[Item], **memory: Mapping[int, str]) -> Reply:
    """Charge for the scores, and remember whom and what ids in the answer stand for (``memory``)."""
    charge = call.settle(items, **memory)
    return Reply(
        {
            "requestId": request_id(call.account),
            "results": results,
            "billing": {"creditsCharged": charge.cost, "resultsReturned": len(items)},
        }
    )


HANDLERS = {"getCompanySignalScores": company_scores, "getContactSignalScores": contact_scores}
