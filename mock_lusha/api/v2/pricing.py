"""What is revealed of a person, and what people and companies cost."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ApiError
from mock_lusha.state.ledger import Item, bits_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.state.ledger import Details
    from mock_lusha.world.entities import Person

EMAIL, PHONE, CONTACT = bits_of("email"), bits_of("phone"), bits_of("contact")
NOTHING = "no detail revealed"
"""Why a match is free of whom nothing is shown."""


def revealed(call: ApiRequest, sent: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether emails and phones are shown, by ``revealEmails`` and ``revealPhones``.

    Both absent: both kinds. One true: that kind only. Both false: neither.

    Raises:
        ApiError: ``datapoint-restricted`` where credits are not unified and a flag was sent.
    """
    emails, phones = sent.get("revealEmails"), sent.get("revealPhones")
    if not call.account.unified and (emails is not None or phones is not None):
        raise ApiError("datapoint-restricted")
    return (
        emails if emails is not None else phones is not True,
        phones if phones is not None else emails is not True,
    )


def item_of(call: ApiRequest, person: Person, shown: tuple[bool, bool]) -> Item | Details:
    """What the details shown cost: each kind on its own, or one credit a match without unified credits."""
    if not call.account.unified:
        return person.id, CONTACT
    bits = (EMAIL if shown[0] and person.emails else 0) | (PHONE if shown[1] and person.phones else 0)
    return (person.id, bits) if bits else Item("contact", f"person:{person.id}", free=NOTHING)


@lru_cache(maxsize=4096)
def company_item(company_id: int) -> Item:
    """What a company costs: one object, however often ledger and journal hold it."""
    return Item("company", f"company:{company_id}")
