"""What searches cost, by the price profile of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.services.billing import search_items

if TYPE_CHECKING:
    from mock_lusha.api.request import ApiRequest
    from mock_lusha.state.ledger import Item

_DOCUMENTED = "documented"


def search_price(call: ApiRequest, results: int) -> list[Item]:
    """1 credit for each 25 results begun.

    A search without any costs nothing as observed, and 1 credit as Lusha's support documents it.
    """
    return search_items(results, at_least=1 if is_documented(call) else 0)


def is_documented(call: ApiRequest) -> bool:
    """Whether prices are as documented, not as observed."""
    return call.settings.search_price == _DOCUMENTED
