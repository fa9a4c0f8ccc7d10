"""Refuses operations that the account's plan does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.exchange import Exchange

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class GateMiddleware:
    """403 ``plan-restricted`` unless the account has the operation's feature."""

    def __init__(self, app: ASGIApp, feature: str) -> None:
        self.app = app
        self.feature = feature

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        account = Exchange.of(scope).tenant
        if self.feature not in account.features:
            raise ApiError(
                "plan-restricted",
                [f"this account (plan {account.plan.name}) does not have the feature {self.feature}"],
            )
        await self.app(scope, receive, send)
