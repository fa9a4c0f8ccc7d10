"""Refuses accounts that are not in good standing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.exchange import Exchange
from mock_lusha.middleware.ratelimit import count, refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class StandingMiddleware:
    """An inactive account gets 403 (and is counted), one whose trial is over 429 (and is not)."""

    def __init__(self, app: ASGIApp, operation: str) -> None:
        self.app = app
        self.operation = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        standing = exchange.tenant.profile.standing
        if standing == "inactive":
            count(exchange, self.operation)
            raise ApiError("inactive-account")
        if standing == "trial-ended":
            raise refuse(exchange, ApiError("trial-ended"))
        await self.app(scope, receive, send)
