"""Counts requests in the account's windows and shows or enforces its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_lusha.http.exchange import Exchange
    from mock_lusha.state.limits import EndpointWindow


def show(exchange: Exchange, now: float, exhausted: str | None = None, *, refused: bool = False) -> None:
    """Put the nine headers on the answer of an account that has limits, and two more on a 429.

    In the dialect ``documented`` all answers have the two: the guide tells users to watch them.
    """
    account = exchange.tenant
    windows = account.windows
    exchange.headers = windows.headers(now, exhausted)
    if refused or account.dialect == "documented":
        exchange.headers += windows.daily_headers(now, exhausted)


def count(exchange: Exchange, endpoint: EndpointWindow) -> None:
    """Count a request and put the headers on its answer; nothing where limits are off."""
    account = exchange.tenant
    if account.limits != "off":
        now = exchange.now
        account.windows.count(endpoint, now)
        show(exchange, now)


def refuse(exchange: Exchange, error: ApiError, exhausted: str | None = None) -> ApiError:
    """A 429 with its headers on the answer; such a request is not counted.

    ``exhausted`` is a window the headers show as used up, whatever it is.
    """
    account = exchange.tenant
    if account.limits != "off":
        show(exchange, exchange.now, exhausted, refused=True)
    return error


class RateLimitGuard:
    """Refuses a request with 429 when a window is full and the account's limits are enforced."""

    def __init__(self, endpoint: EndpointWindow) -> None:
        self.endpoint = endpoint

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        account = exchange.tenant
        if account.limits == "enforce":
            try:
                account.windows.check(self.endpoint, exchange.now)
            except ApiError as error:
                raise refuse(exchange, error) from None
        count(exchange, self.endpoint)
