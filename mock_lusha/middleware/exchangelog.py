"""Writes each exchange down: a line in the log, a record in the journal."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.errors import shorten
from mock_lusha.exchange import Exchange
from mock_lusha.middleware.auth import WRONG_PLACES
from mock_lusha.state.journal import (
    MOST_ANSWER,
    MOST_BODY,
    Record,
    hidden,
    masked,
    misplaced_keys,
    without_keys,
)

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.clock import Clock
    from mock_lusha.reply import Headers
    from mock_lusha.state.journal import Journal

_KEYS = frozenset((b"api_key", *WRONG_PLACES))
_log = logging.getLogger("mock_lusha.requests")


class ExchangeLogMiddleware:
    """Wraps the whole app: opens the exchange of each request and writes down how it ended.

    The line holds no key, no query and no body: they may be personal. The control API's own exchanges are
    not in the journal.
    """

    def __init__(self, app: ASGIApp, clock: Clock, journal: Journal, log_format: str, log_level: str) -> None:
        self.app = app
        self.clock = clock
        self.journal = journal
        self.as_json = log_format == "json"
        self.least = logging.getLevelNamesMapping()[log_level.upper()]

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
            # Health checks come every few seconds; they are for those who look closely.
            control = scope["path"].startswith("/_mock/")
            if not control:
                self._keep(scope, exchange, ms)
            level = logging.DEBUG if control else logging.INFO
            if level >= self.least and _log.isEnabledFor(level):
                _log.log(level, "%s", self._line(scope, exchange, ms))

    def _keep(self, scope: Scope, exchange: Exchange, ms: float) -> None:
        account = exchange.account
        clock = self.clock if account is None else account.clock
        draft = _Draft(scope, exchange, self.journal.next_id(), clock.now(), ms)
        self.journal.add(None if account is None else account.key, draft)

    def _line(self, scope: Scope, exchange: Exchange, ms: float) -> str:
        key = _key(scope["headers"], exchange)
        fields: dict[str, Any] = {
            "time": self.clock.timestamp(),
            "method": scope["method"],
            "path": hidden(shorten(scope["path"], 200), key),
            "status": exchange.status,
            "operation": exchange.operation,
            "account": None if exchange.account is None else shorten(exchange.account.label, 100),
            "error": exchange.error,
            "credits": exchange.charged,
            "ms": round(ms, 2),
            "warnings": [hidden(text, key) for text in exchange.warnings],
        }
        if self.as_json:
            return orjson.dumps(fields).decode()
        parts = [f"{fields['time']} {fields['method']} {fields['path']} {fields['status']}"]
        parts += [f"{name}={fields[name]}" for name in ("operation", "account", "error") if fields[name]]
        parts.append(f"credits={exchange.charged} {ms:.1f}ms")
        parts += [f"warning: {shorten(text, 200)}" for text in fields["warnings"][:5]]
        return " ".join(parts)


class _Draft:
    """An exchange as it was. It is written out when the journal is read: most never are."""

    __slots__ = (
        "_exchange", "_headers", "_method", "_ms", "_path", "_query", "_record", "_whole", "id", "operation",
        "size", "status", "time",
    )  # fmt: skip

    def __init__(self, scope: Scope, exchange: Exchange, number: int, now: float, ms: float) -> None:
        body = exchange.body or b""
        self._whole = exchange.body is not None and len(body) <= MOST_BODY
        exchange.body = body if self._whole else body[:MOST_BODY]
        exchange.content = exchange.content[:MOST_ANSWER]
        exchange.reply = None  # it holds the whole answer
        # Of three headers a window has, the second says what is left; no other is read.
        exchange.headers = exchange.headers[1::3]
        self._exchange = exchange
        self._headers = [each for each in scope["headers"] if each[0] in _KEYS]
        self._method: str = scope["method"]
        self._path: str = scope["path"]
        self._query: bytes = scope["query_string"][:MOST_BODY]
        self._ms = ms
        self._record: Record | None = None
        self.id = number
        self.time = now
        self.operation = exchange.operation
        self.status = exchange.status
        self.size = len(exchange.body) + len(exchange.content)

    def record(self) -> Record:
        """The exchange in the words of the journal, without keys."""
        if self._record is None:
            self._record = self._written()
        return self._record

    def _written(self) -> Record:
        exchange, now, ms = self._exchange, self.time, self._ms
        refusal = exchange.refusal
        key = _key(self._headers, exchange)
        query = self._query.decode("latin-1")
        body = exchange.body or b""
        wrong = (name.decode() for name, value in self._headers if name in WRONG_PLACES and value.strip())
        return Record(
            id=self.id,
            begun=now - ms / 1000 if exchange.begun is None else exchange.begun,
            time=now,
            account="" if exchange.account is None else exchange.account.label,
            operation=exchange.operation,
            method=self._method,
            path=hidden(shorten(self._path, 500), key),
            query=hidden(without_keys(query), key),
            body=masked(body, key),
            status=exchange.status,
            answer=masked(exchange.content, key),
            charged=exchange.charged,
            left={
                name[2:-14].decode(): int(value)
                for name, value in exchange.headers
                if name.endswith(b"-requests-left")
            },
            reset=None if refusal is None else refusal.values.get("reset"),
            error=exchange.error,
            message=None if refusal is None else refusal.message,
            details=() if refusal is None else tuple(hidden(str(each), key) for each in refusal.details),
            rules=tuple(exchange.rules),
            warnings=tuple(hidden(text, key) for text in exchange.warnings),
            misplaced=tuple(misplaced_keys(wrong, query, body)),
            entries=exchange.entries,
            lookups=exchange.lookups,
            ms=round(ms, 2),
            started=exchange.started,
            cut=exchange.cut,
            whole=self._whole,
            defect=exchange.defect,
        )


def _key(headers: Headers, exchange: Exchange) -> str:
    """The key that was sent, which must not be told; empty where it is a name that everybody knows."""
    account = exchange.account
    if account is not None and account.label == account.key:
        return ""
    return next((value.decode("latin-1").strip() for name, value in headers if name == b"api_key"), "")
