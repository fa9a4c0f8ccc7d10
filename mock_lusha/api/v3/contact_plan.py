"""What a request to reveal people comes to before it is charged; for an account it is always the same."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from mock_lusha.api.v3.cache import WorldCache
from mock_lusha.api.v3.contact_items import find_strangers
from mock_lusha.api.v3.fast_people import stranger_texts
from mock_lusha.api.v3.ids import entity_ids
from mock_lusha.api.v3.item_errors import contact_error, note_miss
from mock_lusha.api.v3.person_shapes import company_reference, contact_enriched
from mock_lusha.services.billing import NO_DETAIL, PERSON_MISS, person_item
from mock_lusha.services.enrichment import find_person, remembered
from mock_lusha.state.ledger import Item
from mock_lusha.values import mutable
from mock_lusha.world.resolver import LookupTrail, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.contact_items import ContactItems
    from mock_lusha.api.v3.reveal_input import RevealRequest
    from mock_lusha.state.ledger import Details
    from mock_lusha.world.entities import Person
    from mock_lusha.world.fast.lookup import Stranger
    from mock_lusha.world.generate.employers import Employer

_MOST_PLANS = 4
"""For how many accounts, and ways to show people, the plans of a request are cached."""


class PlanOptions(NamedTuple):
    """All that decides how a request is answered but its items: the account's name and dialect, whether kinds
    have prices of their own, what is revealed, and whether partial people are wanted."""

    account: str
    live: bool
    unified: bool
    reveal: RevealRequest
    partial: bool


@mutable
class ContactPlan:
    """The answer to a request before it is charged.

    ``results`` is each result as JSON without the brace that ends it, and ``shown`` says which are people.
    ``items`` are their prices, one each. ``people`` and ``companies`` are what ids are given out for (see
    ``Account.remember``); ``bare`` has those of whom no detail is there to be paid for, and ``lacking`` those
    who lack a kind that was named. ``free`` is the list of results where no detail has to
    be paid, in pieces: joined, it would be a second copy of ``results``.
    """

    results: list[bytes]
    shown: list[bool]
    items: list[Item | Details]
    people: dict[int, str]
    companies: dict[int, str]
    bare: dict[int, bool]
    lacking: list[Person]
    trail: LookupTrail
    is_partial: bool = False
    free: list[bytes] | None = None

    @property
    def count(self) -> int:
        """How many people are shown."""
        return sum(self.shown)

    def render(self, prices: Sequence[int], *, live: bool) -> list[bytes]:
        """The list of results, in pieces: the whole answer is joined at once, and no result copied twice.
        ``prices`` are what each cost."""
        # Of many prices few are different.
        price_ends = {price: b',"credits":%d},' % price if live else b"}," for price in set(prices)}
        ends = [
            price_ends[price] if is_shown else b"},"
            for is_shown, price in zip(self.shown, prices, strict=True)
        ]
        ends[-1] = ends[-1][:-1]
        return [b"[", *chain.from_iterable(zip(self.results, ends, strict=True)), b"]"]


def plan_of(call: ApiRequest, items: ContactItems, reveal: RevealRequest, *, partial: bool) -> ContactPlan:
    """The plan of a request.

    What the account was given or lost is looked up again; the rest is cached.
    """
    account = call.account
    options = PlanOptions(account.name, call.live, account.unified, reveal, partial)
    is_plain = call.plain and not account.waterfall
    plan = items.plans.get(options) if is_plain else None
    if plan is None:
        plan = _build(call, items, options, fast=is_plain and call.live and account.unified)
        if is_plain and items.cacheable:
            if len(items.plans) >= _MOST_PLANS:
                items.plans.clear()
            items.plans[options] = plan
    call.record.lookups = plan.trail
    return plan


def _build(call: ApiRequest, items: ContactItems, options: PlanOptions, *, fast: bool) -> ContactPlan:
    plan = ContactPlan([], [], [], {}, {}, {}, [], LookupTrail())
    every = find_strangers(call, items) if fast else [None] * len(items.addresses)
    strangers = _Strangers.of(items, every)
    texts = _write(call, plan, options.reveal, strangers)
    if len(texts) == len(every):
        plan.results, plan.items = texts, strangers.prices
        plan.shown = [True] * len(texts)
        strangers.note(plan, 0, len(texts))
        return plan
    noted = at = 0
    for index, stranger in enumerate(every):
        if stranger is not None:
            plan.results.append(texts[at])
            plan.shown.append(True)
            plan.items.append(strangers.prices[at])
            at += 1
            continue
        strangers.note(plan, noted, at)
        noted = at
        _find(call, items, index, options, plan)
    strangers.note(plan, noted, at)
    return plan


class _Strangers(NamedTuple):
    """Those of a request who are strangers, in columns: what is drawn of them, what their results begin with,
    their mailboxes, their numbers and, once they are written, their prices."""

    people: Sequence[Stranger]
    marks: Sequence[str]
    addresses: Sequence[str]
    numbers: list[int]
    prices: list[Item | Details]

    @classmethod
    def of(cls, items: ContactItems, every: Sequence[Stranger | None]) -> _Strangers:
        """Those of the items who are strangers."""
        people = [stranger for stranger in every if stranger is not None]
        marks = [mark for mark, stranger in zip(items.marks, every, strict=True) if stranger is not None]
        addresses = [
            address or ""
            for address, stranger in zip(items.addresses, every, strict=True)
            if stranger is not None
        ]
        return cls(people, marks, addresses, [stranger[5] for stranger in people], [])

    def note(self, plan: ContactPlan, first: int, end: int) -> None:
        """Note the lookups of some that follow one another."""
        if first < end:
            addresses, numbers = self.addresses[first:end], self.numbers[first:end]
            plan.trail.add_strangers(addresses, numbers)
            plan.people.update(zip(numbers, addresses, strict=True))


def _write(call: ApiRequest, plan: ContactPlan, reveal: RevealRequest, strangers: _Strangers) -> list[bytes]:
    """Write strangers from what is drawn of them; their ids and companies are written in one go."""
    account, numbers = call.account, strangers.numbers
    employer: Employer | None = None
    host = ""
    companies: dict[Any, str] = {}
    for stranger in strangers.people:
        # Most are colleagues of the one before.
        if stranger[0] is employer and stranger[1] == host:
            continue
        employer, host = stranger[0], stranger[1]
        company = employer.company
        companies[host, employer.domain] = orjson.dumps(company_reference(account, company, host)).decode()
        plan.companies[company.id] = company.domain
    written = stranger_texts(
        call.world_caches.get(WorldCache).fragments,
        call.resolver.world,
        zip(
            strangers.people,
            strangers.marks,
            entity_ids(account, "contact", numbers),
            strangers.addresses,
            strict=True,
        ),
        companies,
        reveal,
    )
    plan.is_partial = written.is_partial
    details = zip(numbers, written.bits, strict=True)
    if all(written.bits):
        strangers.prices.extend(details)
    else:
        for number, bits in details:
            if bits:
                strangers.prices.append((number, bits))
            else:
                strangers.prices.append(Item("contact", f"person:{number}", free=NO_DETAIL))
                plan.bare[number] = True
    return written.texts


def _find(call: ApiRequest, items: ContactItems, at: int, options: PlanOptions, plan: ContactPlan) -> None:
    """Look up whom an item means, and add the result to the plan."""
    query = items.queries[at] or PersonQuery(email=items.addresses[at])
    mark, error_mark = items.marks[at], items.error_marks[at]
    reveal = options.reveal
    match, miss = find_person(call.lookup, query, partial=options.partial)
    if miss is not None:
        note_miss(call, query, miss)
    plan.trail.add(call.lookup.trail[-1:])
    if match is None or miss is not None:
        text = orjson.dumps({"error": contact_error(miss)}).decode()
        plan.results.append(f"{{{mark}{error_mark}{text[1:-1]}".encode())
        plan.shown.append(False)
        plan.items.append(PERSON_MISS)
        return
    person, company = match.person, match.company
    shape = contact_enriched(call.account, call.world, match, reveal)
    plan.results.append(b"".join((b"{", mark.encode(), orjson.dumps(shape)[1:-1])))
    plan.shown.append(True)
    paid = person_item(call.account, person, reveal.kinds)
    plan.items.append(paid)
    plan.people[person.id] = remembered(call.world, person, items.addresses[at])
    plan.companies[company.id] = company.domain
    if isinstance(paid, Item):
        plan.bare[person.id] = True
    if reveal.lacks(person):
        plan.lacking.append(person)
        plan.is_partial = plan.is_partial or reveal.named
