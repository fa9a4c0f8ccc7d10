"""What a request to reveal people comes to before it is charged; for an account it is always the same."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from mock_lusha.api.v3.cache import WorldCache
from mock_lusha.api.v3.contact_items import find_strangers
from mock_lusha.api.v3.fast_people import stranger_text
from mock_lusha.api.v3.ids import entity_ids
from mock_lusha.api.v3.item_errors import contact_error, note_miss
from mock_lusha.api.v3.person_shapes import company_reference, contact_enriched
from mock_lusha.services.billing import NO_DETAIL, PERSON_MISS, person_item
from mock_lusha.services.enrichment import find_person
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
    who lack a kind that was named. ``free`` is the list of results where no detail has to be paid.
    """

    results: list[str]
    shown: list[bool]
    items: list[Item | Details]
    people: dict[int, str]
    companies: dict[int, str]
    bare: dict[int, bool]
    lacking: list[Person]
    trail: LookupTrail
    is_partial: bool = False
    free: bytes | None = None

    @property
    def count(self) -> int:
        """How many people are shown."""
        return sum(self.shown)

    def render(self, prices: Sequence[int], *, live: bool) -> bytes:
        """The list of results; ``prices`` are what each cost."""
        # Whole lists are joined at once: no result is copied twice.
        ends = [
            f',"credits":{price}}},' if live and is_shown else "},"
            for is_shown, price in zip(self.shown, prices, strict=True)
        ]
        text = "".join(chain.from_iterable(zip(self.results, ends, strict=True)))
        return f"[{text[:-1]}]".encode()


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
    strangers = find_strangers(call, items) if fast else [None] * len(items.addresses)
    writer = _StrangerWriter(call, plan, options.reveal, items.by_id, strangers)
    rows = zip(strangers, items.marks, items.addresses, strict=True)
    for index, (stranger, mark, address) in enumerate(rows):
        if stranger is None or address is None:
            writer.note()
            query = items.queries[index] or PersonQuery(email=address)
            _find(call, query, mark, items.error_marks[index], options, plan)
        else:
            writer.write(stranger, mark, address)
    writer.note()
    return plan


class _StrangerWriter:
    """Writes strangers from what is drawn of them; their ids and companies are written in one go."""

    def __init__(
        self,
        call: ApiRequest,
        plan: ContactPlan,
        reveal: RevealRequest,
        by_id: bool,
        strangers: Sequence[Stranger | None],
    ) -> None:
        self._plan = plan
        self._reveal = reveal
        self._by_id = by_id
        self._world = call.resolver.world
        self._fragments = call.world_caches.get(WorldCache).fragments
        present = [stranger for stranger in strangers if stranger is not None]
        self._ids = iter(entity_ids(call.account, "contact", [stranger[5] for stranger in present]))
        self._companies: dict[Any, str] = {}
        for employer, host in {(s[0].domain, s[1]): (s[0], s[1]) for s in present}.values():
            company = employer.company
            reference = company_reference(call.account, company, host)
            self._companies[host, employer.domain] = orjson.dumps(reference).decode()
            plan.companies[company.id] = company.domain
        self._addresses: list[str] = []
        self._numbers: list[int] = []

    def write(self, stranger: Stranger, mark: str, address: str) -> None:
        """Add a stranger to the plan."""
        plan, number = self._plan, stranger[5]
        text, bits, is_partial = stranger_text(
            self._fragments,
            self._world,
            stranger,
            None if self._by_id else address,
            f'{{{mark}"id":"{next(self._ids)}",',
            self._companies,
            self._reveal,
        )
        plan.results.append(text)
        plan.shown.append(True)
        if is_partial:
            plan.is_partial = True
        if bits:
            plan.items.append((number, bits))
        else:
            plan.items.append(Item("contact", f"person:{number}", free=NO_DETAIL))
            plan.bare[number] = True
        self._addresses.append(address)
        self._numbers.append(number)

    def note(self) -> None:
        """Note the lookups of the strangers that were written last."""
        if self._numbers:
            self._plan.trail.add_strangers(self._addresses, self._numbers)
            self._plan.people.update(zip(self._numbers, self._addresses, strict=True))
            self._addresses, self._numbers = [], []


def _find(
    call: ApiRequest, query: PersonQuery, mark: str, error_mark: str, options: PlanOptions, plan: ContactPlan
) -> None:
    """Look somebody up, and add the result to the plan."""
    reveal = options.reveal
    match, miss = find_person(call.lookup, query, partial=options.partial)
    if miss is not None:
        note_miss(call, query, miss)
    plan.trail.add(call.lookup.trail[-1:])
    if match is None or miss is not None:
        text = orjson.dumps({"error": contact_error(miss)}).decode()
        plan.results.append(f"{{{mark}{error_mark}{text[1:-1]}")
        plan.shown.append(False)
        plan.items.append(PERSON_MISS)
        return
    person, company = match.person, match.company
    shape = contact_enriched(call.account, call.world, match, reveal)
    plan.results.append(f"{{{mark}{orjson.dumps(shape).decode()[1:-1]}")
    plan.shown.append(True)
    paid = person_item(call.account, person, reveal.kinds)
    plan.items.append(paid)
    plan.people[person.id] = person.key.text
    plan.companies[company.id] = company.domain
    if isinstance(paid, Item):
        plan.bare[person.id] = True
    if reveal.lacks(person):
        plan.lacking.append(person)
        plan.is_partial = plan.is_partial or reveal.named
