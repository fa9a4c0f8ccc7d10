"""One line a request, as people or as programs read it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.errors import shorten
from mock_lusha.exchange import Exchange

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.clock import Clock

_log = logging.getLogger("mock_lusha.requests")


class ExchangeLogMiddleware:
    """Wraps the whole app: opens the exchange of each request and logs how it ended.

    The line holds no key, no query and no body: they may be personal.
    """

    def __init__(self, app: ASGIApp, clock: Clock, log_format: str) -> None:
        self.app = app
        self.clock = clock
        self.as_json = log_format == "json"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(self.clock.stopwatch())
        exchange.begin(scope)
        try:
            await self.app(scope, receive, send)
        finally:
            # Health checks come every few seconds; they are for those who look closely.
            level = logging.DEBUG if scope["path"].startswith("/_mock/") else logging.INFO
            if _log.isEnabledFor(level):
                ms = (self.clock.stopwatch() - exchange.started) * 1000
                _log.log(level, "%s", self._line(scope, exchange, ms))

    def _line(self, scope: Scope, exchange: Exchange, ms: float) -> str:
        fields: dict[str, Any] = {
            "time": self.clock.timestamp(),
            "method": scope["method"],
            "path": shorten(scope["path"], 200),
            "status": exchange.status,
            "operation": exchange.operation,
            "account": None if exchange.account is None else shorten(exchange.account.label, 100),
            "error": exchange.error,
            "credits": exchange.charged,
            "ms": round(ms, 2),
            "warnings": exchange.warnings,
        }
        if self.as_json:
            return orjson.dumps(fields).decode()
        parts = [f"{fields['time']} {fields['method']} {fields['path']} {fields['status']}"]
        parts += [f"{name}={fields[name]}" for name in ("operation", "account", "error") if fields[name]]
        parts.append(f"credits={exchange.charged} {ms:.1f}ms")
        parts += [f"warning: {shorten(text, 200)}" for text in exchange.warnings[:5]]
        return " ".join(parts)
