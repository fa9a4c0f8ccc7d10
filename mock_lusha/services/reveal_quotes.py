"""What revealing each kind of detail of many people would cost, without making any of them.

``billing.reveal_prices`` says the same of one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.plans import PRICES
from mock_lusha.services.billing import CONTACT, EMAIL, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_lusha.state.accounts import Account


class RevealQuote(NamedTuple):
    """Credits for each kind of detail, 0 where it was paid for; None where there is no such detail."""

    emails: int | None
    phones: int | None


def reveal_quotes(account: Account, people: Iterable[tuple[int, bool, bool]]) -> list[RevealQuote]:
    """The quotes of people: their ids, and whether they have emails and phones."""
    paid_bits = account.ledger.paid_bits
    email, phone = (EMAIL, PHONE) if account.unified else (CONTACT, CONTACT)
    email_price, phone_price = (
        (PRICES["email"], PRICES["phone"]) if account.unified else (PRICES["contact"],) * 2
    )
    quotes = []
    for person_id, has_emails, has_phones in people:
        paid = paid_bits(person_id)
        quotes.append(
            RevealQuote(
                (0 if paid & email else email_price) if has_emails else None,
                (0 if paid & phone else phone_price) if has_phones else None,
            )
        )
    return quotes
