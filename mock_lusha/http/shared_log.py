"""Writes exchanges down where processes share their state: before they are sent, as all of them know them."""

from __future__ import annotations

from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING

from mock_lusha.http.access_log import ExchangeLogMiddleware, is_control
from mock_lusha.http.delivery import foresee
from mock_lusha.http.exchange import REPLAYED, Exchange
from mock_lusha.state.totals import BOUNDS

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mock_lusha.http.draft import Draft


class SharedLogMiddleware(ExchangeLogMiddleware):
    """Keeps an exchange when it is decided, as it ends if its client stays: the other processes have it as
    soon as they look, and know no more of it than that.

    How long it took is added when it is over, where it was served; of those that others served nobody here
    knows. What ended before the store had it, since its client went away or the store could not be used, has
    no number and is in no journal.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(self.clock.stopwatch())
        exchange.begin(scope)
        drafts: list[Draft] = []
        exchange.keep = partial(self._keep_decided, scope, exchange, drafts)
        try:
            await self.app(scope, receive, send)
        finally:
            ms = (self.clock.stopwatch() - exchange.started) * 1000
            control = is_control(scope, exchange)
            own = self.all_totals.own
            if not control and not drafts and not exchange.is_kept:
                if exchange.number:
                    drafts.append(self.keep(scope, exchange, exchange.number, 0.0, timed=False))
                else:
                    own.unshared[exchange.error or "none"] += 1
            if drafts and REPLAYED not in scope:
                drafts[0].ms = ms
                totals = own.calls.get(exchange.operation) or own.begin(exchange.operation)
                totals.buckets[bisect_left(BOUNDS, ms)] += 1
                totals.ms += ms
            if exchange.on_kept is not None:
                exchange.on_kept()
            exchange.reply = exchange.keep = exchange.on_kept = None
            exchange.content = b""
            self.lines.write(scope, exchange, ms, drafts[0] if drafts else None, control=control)

    def _keep_decided(self, scope: Scope, exchange: Exchange, drafts: list[Draft]) -> None:
        if drafts or exchange.is_kept or scope["path"].startswith("/_mock"):
            return
        reply = exchange.reply
        foresee(exchange)
        drafts.append(self.keep(scope, exchange, exchange.number, 0.0, timed=False))
        exchange.reply, exchange.status, exchange.cut = reply, 0, False
        if exchange.on_kept is not None:
            exchange.on_kept()
            exchange.on_kept = None
