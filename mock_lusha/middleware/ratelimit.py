"""Counts requests in the account's windows and shows or enforces its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.exchange import Exchange

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.clock import Clock


def count(exchange: Exchange, operation: str, clock: Clock) -> None:
    """Count a request and put the nine headers on its answer; nothing where limits are off."""
    account = exchange.tenant
    if account.limits != "off":
        now = clock.now()
        account.windows.count(operation, now)
        exchange.headers = account.windows.headers(now)


def refuse(exchange: Exchange, clock: Clock, error: ApiError) -> ApiError:
    """A 429 with its headers on the answer; such a request is not counted."""
    account = exchange.tenant
    if account.limits != "off":
        now = clock.now()
        exchange.headers = account.windows.headers(now) + account.windows.refusal_headers(now)
    return error


class RateLimitMiddleware:
    """Refuses a request with 429 when a window is full and the account's limits are enforced."""

    def __init__(self, app: ASGIApp, operation: str, clock: Clock) -> None:
        self.app = app
        self.operation = operation
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        account = exchange.tenant
        if account.limits == "enforce":
            try:
                account.windows.check(self.operation, self.clock.now())
            except ApiError as error:
                raise refuse(exchange, self.clock, error) from None
        count(exchange, self.operation, self.clock)
        await self.app(scope, receive, send)
