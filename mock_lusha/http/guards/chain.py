"""Asks the guards of an operation before it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.http.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    Guard = Callable[[Scope, Exchange], Awaitable[None] | None]


class GuardedMiddleware:
    """Asks guards one after another. One that raises, or leaves a reply in the exchange, ends the call.

    Plain functions, and not a layer of ASGI each: most have nothing to wait for, and nothing to do behind.
    """

    def __init__(self, app: ASGIApp, guards: Sequence[Guard]) -> None:
        self.app = app
        self.guards = guards

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        for guard in self.guards:
            waiting = guard(scope, exchange)
            if waiting is not None:
                await waiting
            if exchange.reply is not None:
                return
        await self.app(scope, receive, send)
