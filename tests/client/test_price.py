"""What the handle says that calls would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from client.handles import KEYS

from mock_lusha import MockLusha
from mock_lusha.client.protocol import ControlError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.server import MockServer

REVEAL: Final = "searchAndEnrichContacts"
COMPANY: dict[str, Any] = {"operation": "searchSingleCompanyV2", "query": {"domain": "acme.com"}}


def body(*mailboxes: str) -> dict[str, Any]:
    return {"contacts": [{"email": each} for each in mailboxes], "reveal": ["emails", "phones"]}


@pytest.fixture
def lusha(server: MockServer) -> Iterator[MockLusha]:
    with MockLusha(server=server, api_key=next(KEYS), credits=10) as handle:
        yield handle


def test_a_price_is_a_number_of_credits_with_reasons(lusha: MockLusha) -> None:
    price = lusha.price(REVEAL, json=body("jo.doe@acme.com"))

    assert price == 7
    assert (int(price), price.credits, price.charged, price.status, price.remaining) == (7, 7, 7, 200, 3)
    assert price < 8
    assert price.why[0] == f"{REVEAL}: 200, 7 credits, 7 charged"
    assert [line.split(":")[0] for line in price.why[1:]] == [
        "  1 for search of results from 0",
        "  1 for email of person",
        "  5 for phone of person",
    ]
    assert repr(price) == "<price: 7 credits, 7 charged>"
    assert lusha.ledger.spent == 0
    assert len(lusha.calls) == 0


def test_what_is_missing_and_refused_is_said(lusha: MockLusha) -> None:
    request = {"operation": REVEAL, "json": body("jo.doe@acme.com")}
    other = {"operation": REVEAL, "json": body("jo.roe@acme.com")}

    price = lusha.price([COMPANY, request, other, COMPANY])

    assert [item.status for item in price.items] == [200, 200, 402, 200]
    assert (int(price), price.charged, price.missing, price.status, price.remaining) == (15, 8, 5, 402, 2)
    assert "insufficient-credits: this request costs 7, and 2 of 10 credits are left" in str(price)
    assert "5 missing" in repr(price)


def test_the_window_that_lets_wait_is_told(server: MockServer) -> None:
    with MockLusha(server=server, api_key=next(KEYS), plan="free", limits="enforce") as lusha:
        waited = lusha.price([COMPANY] * 41)
        refused = lusha.price([COMPANY] * 41, wait=False)

    assert (waited.status, waited.seconds, refused.status) == (200, 60, 429)
    assert refused.limit == {"window": "operation", "requests": 25, "seconds": 1, "reset": 1}
    assert waited.limit == {"window": "minute", "requests": 40, "seconds": 60, "reset": 59}
    assert any("the minute window is full (40 requests in 60 seconds)" in line for line in waited.why)


def test_a_slip_is_an_error_that_helps(lusha: MockLusha) -> None:
    with pytest.raises(ControlError, match=f"did you mean {REVEAL}"):
        lusha.price("searchAndEnrichContact")  # type: ignore[arg-type] # a slip
    with pytest.raises(TypeError, match="json goes with the id of an operation"):
        lusha.price(COMPANY, json={})
