"""Which signals a request asks for, and since when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mock_lusha.api.request import bad_request
from mock_lusha.errors import Detail, shorten
from mock_lusha.services.signals import DEFAULT_MONTHS, SignalRequest, months_before

if TYPE_CHECKING:
    from mock_lusha.api.request import ApiRequest


def signal_request(call: ApiRequest) -> SignalRequest | None:
    """What the block ``signals`` of a body asks for; None where there is none.

    Raises:
        ApiError: 403 where the plan has no signals; 400 for a day that does not exist.
    """
    block = call.body.get("signals")
    if block is None:
        return None
    call.require(
        "signals",
        "plan-restricted",
        [f"this account (plan {call.account.plan.name}) does not have the feature signals"],
    )
    since = months_before(call.today, DEFAULT_MONTHS)
    if block.get("startDate") is not None:
        try:
            since = date.fromisoformat(block["startDate"])
        except ValueError:
            raise bad_request(
                Detail("signals.startDate must be a valid ISO 8601 date string", shorten(block["startDate"]))
            ) from None
    return SignalRequest(tuple(dict.fromkeys(block["types"])), since, call.today)
