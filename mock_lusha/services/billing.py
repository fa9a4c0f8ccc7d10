"""What a call costs, and the one place that charges for it, remembers its ids and notes what it revealed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.plans import PRICES
from mock_lusha.state.ledger import Item, bits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.ledger import Charge, Details
    from mock_lusha.world.entities import Person

EMAIL, PHONE, CONTACT = bits_of("email"), bits_of("phone"), bits_of("contact")
NO_DETAIL = "no detail revealed"
"""Why a match is free of whom nothing is shown."""
PERSON_MISS = Item("contact", "person:unknown", free="not found")
COMPANY_MISS = Item("company", "company:unknown", free="not found")
RESULTS_PER_CREDIT = 25
LOOKALIKES_PER_CREDIT = 5
FREE_FACTS = frozenset({"intent"})
"""Facts of companies that cost nothing (the document shows a price of 0)."""
_NONE: Mapping[int, Any] = {}


class Reveal(NamedTuple):
    """Which kinds of details of a person are shown."""

    emails: bool
    phones: bool


def settle(
    account: Account,
    operation: str,
    items: Iterable[Item | Details],
    *,
    people: Mapping[int, str] = _NONE,
    companies: Mapping[int, str] = _NONE,
    revealed: Mapping[int, object] = _NONE,
) -> Charge:
    """Charge an account for all items of a call or none, then remember what it was given.

    ``people`` and ``companies`` are whom and what ids were given out for (see ``Account.remember``);
    ``revealed`` are people of whom everything there is was shown, by their ids.

    Raises:
        ApiError: ``insufficient-credits`` when the balance cannot pay for all; nothing is remembered then.
    """
    charge = account.ledger.charge(account.requests, operation, items)
    if people or companies:
        account.remember(people, companies)
    if revealed:
        account.reveal(revealed)
    return charge


def person_item(account: Account, person: Person, reveal: Reveal) -> Item | Details:
    """What the details shown cost: each kind on its own, or one credit a match without unified credits."""
    if not account.unified:
        return person.id, CONTACT
    bits = (EMAIL if reveal.emails and person.emails else 0) | (
        PHONE if reveal.phones and person.phones else 0
    )
    return (person.id, bits) if bits else Item("contact", f"person:{person.id}", free=NO_DETAIL)


def reveal_prices(account: Account, person: Person) -> dict[str, int]:
    """What revealing each kind of details there is would cost an account now; 0 once it has paid."""
    kinds = {"emails": Reveal(emails=True, phones=False), "phones": Reveal(emails=False, phones=True)}
    held = {"emails": person.emails, "phones": person.phones}
    return {
        kind: account.ledger.quote([person_item(account, person, reveal)])
        for kind, reveal in kinds.items()
        if held[kind]
    }


def restricted_item(person: Person) -> Item:
    """The line of somebody who must not be shown: it is free."""
    return Item("contact", f"person:{person.id}", free="restricted")


@lru_cache(maxsize=4096)
def company_item(company_id: int) -> Item:
    """What a company costs: one object, however often ledger and journal hold it."""
    return Item("company", f"company:{company_id}")


@lru_cache(maxsize=4096)
def company_reveal_item(company_id: int) -> Item:
    """What revealing a company costs each time (in the third generation); ``company_item`` is free then."""
    return Item("company", f"company:{company_id}", again=True, remain=True)


def company_fact_price(fact: str) -> int:
    """What a fact of a company costs, in credits."""
    return 0 if fact in FREE_FACTS else PRICES["company-fact"]


def company_fact_item(company_id: int, fact: str) -> Item:
    """What a fact of a company costs each time."""
    free = "free" if fact in FREE_FACTS else None
    return Item("company-fact", f"company:{company_id}:{fact}", free=free, again=True)


def signal_items(kinds: Iterable[str], entity: str) -> list[Item]:
    """One credit for each type of signals shown, every time: signals are news, not details one has revealed.

    ``entity`` is ``person:ID``, ``company:ID`` or ``search``.
    """
    return [Item("signal", f"{entity}:{kind}", again=True) for kind in kinds]


def buying_group_item(person_id: int) -> Item:
    """What somebody costs each time who is shown in a buying group."""
    return Item("buying-group", f"person:{person_id}", again=True)


def signal_score_item(entity: str, *, paid: bool) -> Item:
    """What a score costs each time, where the account's price list has it."""
    return Item("signal-score", entity, free=None if paid else "not in the price list", again=True)


def search_items(results: int, *, at_least: int = 0) -> list[Item]:
    """One credit for each 25 results begun, every time; ``at_least`` so many where there are fewer."""
    begun = -(-results // RESULTS_PER_CREDIT)
    return [
        Item("search", f"results from {number * RESULTS_PER_CREDIT}", again=True)
        for number in range(max(begun, at_least))
    ]


def lookalike_items(results: int) -> list[Item]:
    """One credit for each 5 lookalikes begun, every time; nothing where there are none."""
    return [
        Item("lookalike", f"results from {first}", again=True)
        for first in range(0, results, LOOKALIKES_PER_CREDIT)
    ]
