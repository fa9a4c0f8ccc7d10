"""What a company costs: an item that is made once, however often ledger and journal hold it."""

from __future__ import annotations

from functools import lru_cache

from mock_lusha.state.ledger import Item


@lru_cache(maxsize=4096)
def company_item(company_id: int) -> Item:
    """What a company costs."""
    return Item("company", f"company:{company_id}")
