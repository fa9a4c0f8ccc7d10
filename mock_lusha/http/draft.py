"""An exchange as the journal keeps it until somebody reads it."""

from __future__ import annotations

from functools import partial
from sys import intern
from typing import TYPE_CHECKING
from zlib import crc32

from mock_lusha.errors import shorten
from mock_lusha.http.guards.auth import WRONG_PLACES
from mock_lusha.http.trace_context import TRACEPARENT, trace_of
from mock_lusha.state.journal import (
    ENTRY_BYTES,
    MOST_ANSWER,
    MOST_BODY,
    Record,
    Summary,
)
from mock_lusha.state.masking import hidden, masked, misplaced_keys, without_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from starlette.types import Scope

    from mock_lusha.caching import Interner
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.scenario.engine import FiredRule
    from mock_lusha.state.accounts import Account

_KEPT = frozenset((b"api_key", *WRONG_PLACES, TRACEPARENT))
"""Headers that records are written from: no other look is taken at them."""


class Draft:
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
        "_refusal",
        "_started",
        "_timed",
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
        self._timed = exchange.decided is None
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
        self.id = number
        self.time = now
        self.operation = exchange.operation
        self.status = exchange.status

    def delay(self, seconds: float) -> None:
        """Begin so much later on the stopwatch, which is another one now."""
        if self._timed:  # else it is the moment when it was let in
            self._started += seconds

    @property
    def trace(self) -> str | None:
        """The trace that the request belongs to."""
        return trace_of(self._kept_headers)

    def record(self) -> Record:
        """The exchange in the words of the journal, without keys. It is not kept: a record takes more room
        than a draft, and whoever looks at a whole journal would double it."""
        return self._write_out()

    def summary(self) -> Summary:
        """The exchange in one line: it is not written out for that."""
        account = self._account
        key = sent_key(self._kept_headers, account)
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
        account, refusal = self._account, self._refusal
        key = sent_key(self._kept_headers, account)
        query = self._query.decode("latin-1")
        wrong = (
            name.decode() for name, value in self._kept_headers if name in WRONG_PLACES and value.strip()
        )
        left_headers = self._left_headers.decode("latin-1").split()
        return Record(
            id=self.id,
            begun=self._begun if self._begun is not None else self.time - self.ms / 1000 * self._timed,
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
            answered=partial(_answer_of, self._answer, key),
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


def sent_key(headers: Sequence[tuple[bytes, bytes]], account: Account | None) -> str:
    """The key that was sent, which must not be shown; empty where it is the name of a shipped account."""
    if account is not None:
        return "" if account.label == account.key else account.key
    return next((value.decode("latin-1").strip() for name, value in headers if name == b"api_key"), "")


def _happened(fired: FiredRule) -> tuple[str, ...]:
    """What a rule did that neither status nor error tells."""
    respond = fired.rule.respond
    slow = respond.delay is not None or respond.bytes_per_second is not None
    return (*(("slow",) if slow else ()), *(() if respond.cells is None else (f"cells-{respond.cells}",)))


def _answer_of(answer: bytes | Callable[[], bytes], key: str) -> bytes:
    """An answer as it is read, without the key; one that is not kept is written again."""
    return masked(answer if isinstance(answer, bytes) else answer()[:MOST_ANSWER], key)
