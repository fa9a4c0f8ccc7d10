"""Writes each exchange down: a line in the log, a record in the journal."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from mock_lusha.http.draft import Draft
from mock_lusha.http.exchange import Exchange
from mock_lusha.http.log_line import LogLines
from mock_lusha.state.totals import BOUNDS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.clock import Clock
    from mock_lusha.scenario.engine import FiredRule
    from mock_lusha.state.journal import Journal
    from mock_lusha.state.totals import Totals


class ExchangeLogMiddleware:
    """Wraps the whole app: opens the exchange of each request and writes down how it ended.

    The control API's own exchanges are not in the journal.
    """

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        journal: Journal,
        totals: Totals,
        log_format: str,
        log_level: str,
    ) -> None:
        self.app = app
        self.clock = clock
        self.journal = journal
        self.all_totals = self.totals = totals
        self.calls = totals.calls
        self.lines = LogLines(clock, log_format, log_level)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(self.clock.stopwatch())
        exchange.begin(scope)
        try:
            await self.app(scope, receive, send)
        finally:
            ms = (self.clock.stopwatch() - exchange.started) * 1000
            control = is_control(scope, exchange)
            draft = None if control else self.keep(scope, exchange, exchange.number, ms)
            self.lines.write(scope, exchange, ms, draft, control=control)

    def keep(self, scope: Scope, exchange: Exchange, number: int, ms: float, *, timed: bool = True) -> Draft:
        """Keep an exchange in the journal, and count it."""
        account = exchange.account
        clock = self.clock if account is None else account.clock
        journal = self.journal
        number = number or journal.next_id()
        now = clock.now() if exchange.moment is None else exchange.moment
        draft = Draft(scope, exchange, number, now, ms, journal.interner)
        journal.add(None if account is None else account.key, draft)
        # Counted here, without a call: it is done for each request.
        totals = self.calls.get(exchange.operation) or self.totals.begin(exchange.operation)
        try:
            totals.outcomes[exchange.status, exchange.error] += 1
        except KeyError:
            totals.begin(exchange.status, exchange.error)
        if timed:
            totals.buckets[bisect_left(BOUNDS, ms)] += 1
            totals.ms += ms
        if exchange.charged:
            totals.charged += exchange.charged
        if exchange.rules:
            self.totals.faults[_fault_of(exchange.fired)] += 1
        # A connection that is kept alive holds its last exchange.
        exchange.reply = None
        exchange.content = b""
        return draft


def is_control(scope: Scope, exchange: Exchange) -> bool:
    """Whether a request is no call of the API. Browsers are led from / to the page, and nobody else
    anywhere."""
    return scope["path"].startswith("/_mock") or (exchange.operation is None and exchange.status == 302)


def _fault_of(fired: FiredRule | None) -> str:
    """What a rule did to a call, in one word of few: its name is the user's."""
    if fired is None:
        return "outcome"  # it decided what looking somebody up came to
    respond = fired.rule.respond
    if respond.fault is not None:
        return respond.fault
    if respond.error is not None:
        return "error"
    if respond.status is not None:
        return "status"
    return "slow" if respond.delay is not None or respond.bytes_per_second is not None else "other"
