"""Writes each exchange down: a line in the log, a record in the journal."""

from __future__ import annotations

import logging
from bisect import bisect_left
from functools import partial
from sys import intern
from typing import TYPE_CHECKING, Any
from zlib import crc32

import orjson

from mock_lusha.errors import shorten
from mock_lusha.http.exchange import REPLAYED, Exchange
from mock_lusha.http.guards.auth import WRONG_PLACES
from mock_lusha.http.trace_context import TRACEPARENT, trace_of
from mock_lusha.state.journal import (
    ENTRY_BYTES,
    MOST_ANSWER,
    MOST_BODY,
    Record,
    Summary,
    hidden,
    masked,
    misplaced_keys,
    without_keys,
)
from mock_lusha.state.totals import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.caching import Interner
    from mock_lusha.clock import Clock
    from mock_lusha.scenario.engine import FiredRule
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.journal import Journal
    from mock_lusha.state.totals import Totals

_KEPT = frozenset((b"api_key", *WRONG_PLACES, TRACEPARENT))
"""Headers that records are written from: no other look is taken at them."""
_log = logging.getLogger("mock_lusha.requests")


class ExchangeLogMiddleware:
    """Wraps the whole app: opens the exchange of each request and writes down how it ended.

    The line holds no key, no query and no body: they may be personal. The control API's own exchanges are
    not in the journal.
    """

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        journal: Journal,
        totals: Totals,
        log_format: str,
        log_level: str,
        shared: bool = False,
    ) -> None:
        self.app = app
        self.shared = shared
        self.clock = clock
        self.journal = journal
        self.totals, self.calls = totals, totals.calls
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
            control = scope["path"].startswith("/_mock")
            # Browsers are led from / to the page, and nobody else anywhere.
            control = control or (exchange.operation is None and exchange.status == 302)
            draft = None if control else self._keep(scope, exchange, ms)
            level = logging.DEBUG if control else logging.INFO
            # What another process served stands in its log.
            if level >= self.least and _log.isEnabledFor(level) and REPLAYED not in scope:
                _log.log(level, "%s", self._line(scope, exchange, ms, draft))

    def _keep(self, scope: Scope, exchange: Exchange, ms: float) -> _Draft:
        account = exchange.account
        clock = self.clock if account is None else account.clock
        journal = self.journal
        # Where processes share their state, numbers are of the store. What never came into it changed
        # nothing, and a number of this process alone would be that of another call.
        number = exchange.number or (0 if self.shared else journal.next_id())
        now = clock.now() if exchange.moment is None else exchange.moment
        draft = _Draft(scope, exchange, number, now, ms, journal.interner)
        if exchange.is_kept:  # with what another process did since
            if exchange.on_kept is not None:
                exchange.on_kept()
            return draft
        if number:
            journal.add(None if account is None else account.key, draft)
        # Counted here, without a call: it is done for each request.
        totals = self.calls.get(exchange.operation) or self.totals.begin(exchange.operation)
        try:
            totals.outcomes[exchange.status, exchange.error] += 1
        except KeyError:
            totals.begin(exchange.status, exchange.error)
        totals.buckets[bisect_left(BOUNDS, ms)] += 1
        totals.ms += ms
        if exchange.charged:
            totals.charged += exchange.charged
        if exchange.rules:
            self.totals.faults[_fault_of(exchange.fired)] += 1
        # A connection that is kept alive holds its last exchange.
        exchange.reply = None
        exchange.content = b""
        if exchange.on_kept is not None:
            exchange.on_kept()
        return draft

    def _line(self, scope: Scope, exchange: Exchange, ms: float, draft: _Draft | None) -> str:
        account = exchange.account
        key = _key(scope["headers"], account)
        fields: dict[str, Any] = {
            "time": self.clock.timestamp(),
            "level": "debug" if draft is None else "info",
            "request": None if draft is None else draft.id or None,
            "trace": trace_of(scope["headers"]) if draft is None else draft.trace,
            "method": scope["method"],
            "path": hidden(shorten(scope["path"], 200), key),
            "status": exchange.status,
            "operation": exchange.operation,
            "account": None if account is None else shorten(account.label, 100),
            "fingerprint": None if account is None else account.fingerprint,
            "label": None if account is None else account.title,
            "error": exchange.error,
            "credits": exchange.charged,
            "ms": round(ms, 2),
            "warnings": [hidden(text, key) for text in exchange.warnings],
            "defect": exchange.defect,
        }
        if self.as_json:
            return orjson.dumps(fields).decode()
        parts = [f"{fields['time']} {fields['method']} {fields['path']} {fields['status']}"]
        parts += [
            f"{name}={fields[name]}" for name in ("operation", "account", "fingerprint") if fields[name]
        ]
        # It may have spaces in it, which would look like further fields.
        parts += [f"label={orjson.dumps(fields['label']).decode()}"] if fields["label"] else []
        parts += [f"trace={fields['trace']}"] if fields["trace"] else []
        parts += [f"error={fields['error']}"] if fields["error"] else []
        parts.append(f"credits={exchange.charged} {ms:.1f}ms")
        parts += [f"warning: {shorten(text, 200)}" for text in fields["warnings"][:5]]
        return " ".join(parts)


class _Draft:
    """An exchange as it was. It is written out when the journal is read: most never are.

    There are many, so it holds what a record needs and no more, nothing where that is empty, and what others
    hold that are ``interner``.
    """

    __slots__ = (
        "_account",
        "_answer",
        "_begun",
        "_body",
        "_charged",
        "_cut",
        "_decided",
        "_defect",
        "_entries",
        "_kept_headers",
        "_left_headers",
        "_lookups",
        "_method",
        "_path",
        "_query",
        "_ranking",
        "_record",
        "_refusal",
        "_started",
        "_warnings",
        "_whole",
        "error",
        "happened",
        "id",
        "ms",
        "operation",
        "rules",
        "size",
        "status",
        "time",
    )  # fmt: skip

    def __init__(
        self,
        scope: Scope,
        exchange: Exchange,
        number: int,
        now: float,
        ms: float,
        interner: Interner,
    ) -> None:
        body, reply = exchange.body, exchange.reply
        content, lookups = exchange.content, exchange.lookups
        self._whole = body is not None and len(body) <= MOST_BODY
        self._body = interner.prefix(body, MOST_BODY) if body else b""
        self._answer: bytes | Callable[[], bytes]
        if reply is None or reply.again is None or reply.body is not content or len(content) < MOST_ANSWER:
            answer = self._answer = interner.prefix(content, MOST_ANSWER)
            self.size = len(self._body) + len(answer)
            if isinstance(lookups, list) and len(lookups) > 1:
                lookups = interner.sequence(answer, lookups)
        else:
            self._answer = reply.again
            self.size = len(self._body) + MOST_ANSWER
        self.size += ENTRY_BYTES * len(exchange.entries)
        account = self._account = exchange.account
        kept_headers = [header for header in scope["headers"] if header[0] in _KEPT]
        # Of an account's requests most have its key, and no other.
        self._kept_headers = kept_headers if account is None or len(kept_headers) > 1 else ()
        # Of three headers a window has, the second says what is left; no other is read.
        self._left_headers = b" ".join(sum(exchange.headers[1::3], ()))
        # Servers make them again for each request.
        self._method = intern(scope["method"])
        self._path = intern(scope["path"])
        self._query: bytes = scope["query_string"][:MOST_BODY]
        self._begun = exchange.begun
        self._started = exchange.started if exchange.arrived is None else exchange.arrived
        self._decided = exchange.decided
        self.ms = ms
        self._charged = exchange.charged
        self._entries = exchange.entries
        self._lookups = lookups
        self._ranking = exchange.ranking
        self.error = exchange.error
        self._refusal = exchange.refusal
        self.rules: Sequence[str] = exchange.rules or ()
        self._warnings: Sequence[str] = exchange.warnings or ()
        self._cut = exchange.cut
        self._defect = exchange.defect
        self.happened: tuple[str, ...] = () if exchange.fired is None else _happened(exchange.fired)
        self._record: Record | None = None
        self.id = number
        self.time = now
        self.operation = exchange.operation
        self.status = exchange.status

    @property
    def trace(self) -> str | None:
        """The trace that the request belongs to."""
        return trace_of(self._kept_headers)

    def record(self) -> Record:
        """The exchange in the words of the journal, without keys."""
        if self._record is None:
            self._record = self._write_out()
        return self._record

    def summary(self) -> Summary:
        """The exchange in one line: it is not written out for that."""
        account = self._account
        key = _key(self._kept_headers, account)
        return {
            "id": self.id,
            "time": self.time,
            "account": "" if account is None else account.label,
            "fingerprint": None if account is None else account.fingerprint,
            "label": None if account is None else account.title,
            "operation": self.operation,
            "method": self._method,
            "path": hidden(shorten(self._path, 500), key),
            "query": hidden(without_keys(self._query.decode("latin-1")), key),
            "status": self.status,
            "charged": self._charged,
            "error": self.error,
            "rules": self.rules,
            "warnings": len(self._warnings),
            "defect": self._defect,
            "ms": round(self.ms, 2),
        }

    def sameness(self) -> Hashable | None:
        """Equal where summaries differ in number, time and duration alone; None where none may be equal."""
        account = self._account
        if account is None:
            return None
        return (
            account.key, account.title, self._method, self._path, self._query, self.operation, self.status,
            self._charged, self.error, tuple(self.rules), len(self._warnings), self._defect,
        )  # fmt: skip

    def digest(self) -> int:
        """Tells requests of an operation apart."""
        return crc32(self._body, crc32(self._query))

    def _write_out(self) -> Record:
        account, refusal, answer = self._account, self._refusal, self._answer
        key = _key(self._kept_headers, account)
        query = self._query.decode("latin-1")
        wrong = (
            name.decode() for name, value in self._kept_headers if name in WRONG_PLACES and value.strip()
        )
        left_headers = self._left_headers.decode("latin-1").split()
        return Record(
            id=self.id,
            begun=self.time - self.ms / 1000 if self._begun is None else self._begun,
            time=self.time,
            account="" if account is None else account.label,
            fingerprint=None if account is None else account.fingerprint,
            title=None if account is None else account.title,
            operation=self.operation,
            method=self._method,
            path=hidden(shorten(self._path, 500), key),
            query=hidden(without_keys(query), key),
            body=masked(self._body, key),
            status=self.status,
            answered=masked(answer, key) if isinstance(answer, bytes) else partial(_again, answer, key),
            charged=self._charged,
            left={
                name[2:-14]: int(value)
                for name, value in zip(left_headers[::2], left_headers[1::2], strict=True)
                if name.endswith("-requests-left")
            },
            reset=None if refusal is None else refusal.values.get("reset"),
            error=self.error,
            message=None if refusal is None else refusal.message,
            details=() if refusal is None else tuple(hidden(str(detail), key) for detail in refusal.details),
            rules=tuple(self.rules),
            warnings=tuple(hidden(text, key) for text in self._warnings),
            misplaced=tuple(misplaced_keys(wrong, query, self._body)),
            entries=self._entries,
            lookups=self._lookups,
            ranking=self._ranking,
            ms=round(self.ms, 2),
            started=self._started,
            decided=self._decided,
            cut=self._cut,
            whole=self._whole,
            defect=self._defect,
            happened=self.happened,
            trace=self.trace,
        )


def _happened(fired: FiredRule) -> tuple[str, ...]:
    """What a rule did that neither status nor error tells."""
    respond = fired.rule.respond
    slow = respond.delay is not None or respond.bytes_per_second is not None
    return (*(("slow",) if slow else ()), *(() if respond.cells is None else (f"cells-{respond.cells}",)))


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


def _again(answer: Callable[[], bytes], key: str) -> bytes:
    """An answer that is written again whenever it is read, without the key."""
    return masked(answer()[:MOST_ANSWER], key)


def _key(headers: Sequence[tuple[bytes, bytes]], account: Account | None) -> str:
    """The key that was sent, which must not be shown; empty where it is the name of a shipped account."""
    if account is not None:
        return "" if account.label == account.key else account.key
    return next((value.decode("latin-1").strip() for name, value in headers if name == b"api_key"), "")
