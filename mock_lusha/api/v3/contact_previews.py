"""Previews of people in answers to searches: entities as ``person_shapes`` writes them, or strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.api.v3.cache import WorldCache
from mock_lusha.api.v3.contact_items import find_strangers
from mock_lusha.api.v3.fast_people import stranger_preview
from mock_lusha.api.v3.ids import entity_ids
from mock_lusha.api.v3.item_errors import contact_error, note_miss
from mock_lusha.api.v3.person_shapes import company_reference, contact_preview
from mock_lusha.services.billing import signal_items
from mock_lusha.services.enrichment import find_person, remembered
from mock_lusha.services.reveal_quotes import reveal_quotes
from mock_lusha.services.signals import signals_of_person
from mock_lusha.world.resolver import LookupTrail, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.contact_items import ContactItems
    from mock_lusha.services.signals import SignalRequest
    from mock_lusha.state.ledger import Item
    from mock_lusha.world.fast.lookup import Stranger


class Previews:
    """The results of a search for people, before it is charged.

    ``count`` people are shown; ``items`` are the prices of their signals, ``people`` and ``companies`` what
    ids are given out for (see ``Account.remember``).
    """

    def __init__(
        self, call: ApiRequest, contacts: ContactItems, signals: SignalRequest | None, *, partial: bool
    ) -> None:
        self.count = 0
        self.items: list[Item] = []
        self.people: dict[int, str] = {}
        self.companies: dict[int, str] = {}
        self._call = call
        self._partial = partial
        self._signals = signals
        self._results: list[str] = []
        trail = call.record.lookups = LookupTrail()
        fast = call.plain and call.live and signals is None
        strangers = find_strangers(call, contacts) if fast else [None] * len(contacts.marks)
        texts = iter(self._stranger_texts([stranger for stranger in strangers if stranger is not None]))
        rows = zip(strangers, contacts.marks, contacts.addresses, contacts.queries, strict=True)
        for stranger, mark, address, query in rows:
            if stranger is not None and address is not None:
                trail.add_strangers([address], [stranger[5]])
                self.people[stranger[5]] = address
                self.count += 1
                self._results.append(f"{{{mark}{next(texts)}")
            else:
                self._find(query or PersonQuery(email=address), mark, address)
                trail.add(call.lookup.trail[-1:])

    def render(self) -> list[bytes]:
        """The list of results, in pieces."""
        return [f"[{','.join(self._results)}]".encode()]

    def _stranger_texts(self, strangers: Sequence[Stranger]) -> list[str]:
        call = self._call
        references: dict[Any, str] = {}
        for stranger in strangers:
            employer, host = stranger[:2]
            if (host, employer.domain) not in references:
                company = employer.company
                reference = company_reference(call.account, company, host)
                references[host, employer.domain] = orjson.dumps(reference).decode()
                self.companies[company.id] = company.domain
        fragments = call.world_caches.get(WorldCache).fragments
        # Who is asked for by a mailbox has one.
        quotes = reveal_quotes(call.account, [(s[5], True, bool(s[8].lines)) for s in strangers])
        ids = entity_ids(call.account, "contact", [stranger[5] for stranger in strangers])
        return [
            stranger_preview(fragments, stranger, id_, references, quote)
            for stranger, id_, quote in zip(strangers, ids, quotes, strict=True)
        ]

    def _find(self, query: PersonQuery, mark: str, address: str | None) -> None:
        call, signals = self._call, self._signals
        match, miss = find_person(call.lookup, query, partial=self._partial)
        if match is None or miss is not None:
            note_miss(call, query, miss)
            error = orjson.dumps({"error": contact_error(miss)}).decode()
            self._results.append(f"{{{mark}{error[1:]}")
            return
        person, company = match.person, match.company
        shape = contact_preview(call.account, match)
        if signals is not None:
            shape["signalTypes"] = list(signals_of_person(call.world, signals, person))
            self.items += signal_items(shape["signalTypes"], f"person:{person.id}")
        self.count += 1
        self.people[person.id] = remembered(call.world, person, address)
        self.companies[company.id] = company.domain
        self._results.append(f"{{{mark}{orjson.dumps(shape).decode()[1:]}")
