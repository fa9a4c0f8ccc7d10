"""Contacts: POST ``/v3/contacts/search``, ``/enrich`` and ``/search-and-enrich``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from mock_lusha.api.reply import Reply, json_texts
from mock_lusha.api.v3.cache import WorldCache
from mock_lusha.api.v3.contact_items import ContactItems
from mock_lusha.api.v3.contact_plan import plan_of
from mock_lusha.api.v3.contact_previews import Previews
from mock_lusha.api.v3.identifiers import contact_queries, id_queries, mailbox_in
from mock_lusha.api.v3.ids import request_id
from mock_lusha.api.v3.jobs import start_job, waterfall_items
from mock_lusha.api.v3.prices import search_price
from mock_lusha.api.v3.reveal_input import RevealRequest
from mock_lusha.api.v3.signal_input import signals_block
from mock_lusha.api.v3.table_writes import write_table
from mock_lusha.services.table_columns import EMAIL_COLUMN, PHONE_COLUMN
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.api.v3.contact_plan import ContactPlan
    from mock_lusha.api.v3.table_writes import Cells
    from mock_lusha.state.ledger import Details, Item


_NO_WATERFALL = "WATERFALL_NOT_CONFIGURED"


def search_contacts(call: ApiRequest) -> Reply:
    """Look up 1 to 100 people: one result for each item, in the order of the request.

    People who are not found, or must not be shown, have an ``error`` in their place. 1 credit for each 25
    results begun; each type of signals that was asked for and had is 1 credit more, for each person.
    """
    items = _search_items(call)
    previews = Previews(call, items, signals_block(call), partial=_wants_partial(call))
    charge = call.settle(
        [*search_price(call, previews.count), *previews.items],
        people=previews.people,
        companies=previews.companies,
    )
    return _answer(call, previews.render(), {}, charge.cost, previews.count)


def enrich_contacts(call: ApiRequest) -> Reply:
    """Reveal details of 1 to 100 people by their ids: one result for each id, in the order of the request.

    A mailbox is 1 credit, a telephone 5, for each person and kind, and free once it was revealed. With a
    waterfall the details that others have are paid with the call that starts their job.
    """
    account = call.account
    reveal = RevealRequest.of(call.body)
    ids: list[str] = call.body["ids"]
    items = _id_items(call, ids)
    plan = plan_of(call, items, reveal, partial=True)
    status = _status(call, plan)
    others: list[Details] = []
    if plan.lacking and account.waterfall and call.body.get("waterfallEnabled", True):
        others = waterfall_items(call, plan.lacking, reveal.kinds)
        remaining = account.ledger.remaining
        if remaining is not None and account.ledger.quote([*plan.items, *others]) > remaining:
            others = []
            status = {"status": "PARTIAL_OUT_OF_CREDITS", "statusReason": "INSUFFICIENT_CREDITS"}
        else:
            job = start_job(call, plan.lacking, reveal.kinds, account.ledger.quote(others))
            status = {"status": "partial", "statusReason": "WATERFALL_IN_PROGRESS", "job": job}
    cells: Cells = {
        column: None
        for column, is_shown in ((EMAIL_COLUMN, reveal.emails), (PHONE_COLUMN, reveal.phones))
        if is_shown
    }
    return _reply(call, plan, [], status, others, cells)


def search_and_enrich_contacts(call: ApiRequest) -> Reply:
    """Look up 1 to 100 people and reveal details of them in one call, at the price of both."""
    plan = plan_of(call, _search_items(call), RevealRequest.of(call.body), partial=_wants_partial(call))
    return _reply(call, plan, search_price(call, plan.count), _status(call, plan))


def _id_items(call: ApiRequest, ids: Sequence[str]) -> ContactItems:
    """Whom ids mean; read once where the same account sends the same body again, and remembers the same
    strangers."""
    people = call.account.people
    requests = call.world_caches.get(WorldCache).requests(call.operation)
    key = b"\0".join((call.account.name.encode("utf-8", "surrogatepass"), call.raw))
    items: ContactItems | None = requests.get(key)
    if items is None or any(people.get(number) != name for number, name in items.strangers.items()):
        items = _read_ids(call, ids)
        requests.put(key, items)
    return items


def _read_ids(call: ApiRequest, ids: Sequence[str]) -> ContactItems:
    digits = id_queries(call, "contact", ids)
    key_of_id, people = call.resolver.world.key_of_id, call.account.people
    names = {number: people.get(number) for number in map(int, digits) if key_of_id(number) is None}
    mailboxes = {str(number): mailbox_in(name) for number, name in names.items() if name is not None}
    return ContactItems(
        queries=[PersonQuery(person_id=text, email=mailboxes.get(text)) for text in digits],
        marks=[""] * len(ids),
        error_marks=[f'"id":{text},' for text in json_texts(ids)],
        addresses=[mailboxes.get(text) for text in digits],
        by_id=True,
        cacheable=True,
        plans={},
        strangers=names,
    )


def _wants_partial(call: ApiRequest) -> bool:
    wants: bool = (call.body.get("options") or {}).get("includePartialProfiles", True)
    return wants


def _search_items(call: ApiRequest) -> ContactItems:
    """The items of a search, which are read once where the same body comes again."""
    requests = call.world_caches.get(WorldCache).requests(call.operation)
    items: ContactItems | None = requests.get(call.raw)
    if items is None:
        items = _read_items(call)
        if items.cacheable:
            requests.put(call.raw, items)
    return items


def _read_items(call: ApiRequest) -> ContactItems:
    contacts = call.body["contacts"]
    references = [contact.get("clientReferenceId") for contact in contacts]
    marks = [""] * len(contacts)
    if references.count(None) < len(references):
        marks = [
            "" if reference is None else f'"clientReferenceId":{text},'
            for reference, text in zip(references, json_texts(references), strict=True)
        ]
    # The mailbox of each that says nothing else but its mark.
    addresses = [
        mail.strip() or None
        if (mail := contact.get("email")) and len(contact) == 1 + (reference is not None)
        else None
        for contact, reference in zip(contacts, references, strict=True)
    ]
    queries: Sequence[PersonQuery | None] = [None] * len(contacts)
    if None in addresses:
        queries = contact_queries(call)
    # What ids stand for is up to the account.
    has_ids = any(query is not None and query.person_id is not None for query in queries)
    return ContactItems(queries, marks, [""] * len(contacts), addresses, False, not has_ids, {}, {})


def _status(call: ApiRequest, plan: ContactPlan) -> Shape:
    """That a call is served in part: somebody who was found lacks a kind that was named."""
    if not (call.live and plan.is_partial):
        return {}
    # Who does without a waterfall that there is has no reason of ours.
    is_declined = call.account.waterfall and call.body.get("waterfallEnabled") is False
    return {"status": "partial"} if is_declined else {"status": "partial", "statusReason": _NO_WATERFALL}


def _reply(
    call: ApiRequest,
    plan: ContactPlan,
    searches: Sequence[Item],
    status: Shape,
    others: Sequence[Details] = (),
    cells: Cells | None = None,
) -> Reply:
    """Charge for a plan, and write the answer; one for which no detail is paid is written once. Where there
    are ``cells``, the people are written to a table, too."""
    charge = call.settle(
        [*searches, *plan.items, *others],
        people=plan.people,
        companies=plan.companies,
        revealed=plan.bare,
    )
    end = len(searches) + len(plan.items)
    if any(charge.paid[len(searches) : end]):
        results = plan.render(charge.prices[len(searches) : end], live=call.live)
    else:
        if plan.free is None:
            plan.free = plan.render([0] * len(plan.items), live=call.live)
        results = plan.free
    table_write = {} if cells is None else write_table(call, "contacts", list(plan.people), cells)
    return _answer(call, results, status | table_write, charge.cost, plan.count)


def _answer(
    call: ApiRequest,
    results: Sequence[bytes],
    status: Shape,
    cost: int,
    count: int,
) -> Reply:
    begin = orjson.dumps({"requestId": request_id(call.account)})[:-1]
    billing = {"creditsCharged": cost, "resultsReturned": count}
    end = orjson.dumps({**status, "billing": billing})[1:]
    return Reply(b"".join((begin, b',"results":', *results, b",", end)))


HANDLERS = {
    "searchContacts": search_contacts,
    "enrichContacts": enrich_contacts,
    "searchAndEnrichContacts": search_and_enrich_contacts,
}
