"""Refuses accounts that are not in good standing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.http.guards.rate_limit import count, refuse

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_lusha.http.exchange import Exchange
    from mock_lusha.state.limits import EndpointWindow


class StandingGuard:
    """An inactive account gets 403 (and is counted), one whose trial is over 429 (and is not)."""

    def __init__(self, endpoint: EndpointWindow) -> None:
        self.endpoint = endpoint

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        standing = exchange.tenant.profile.standing
        if standing == "inactive":
            count(exchange, self.endpoint)
            raise ApiError("inactive-account")
        if standing == "trial-ended":
            raise refuse(exchange, ApiError("trial-ended"))
