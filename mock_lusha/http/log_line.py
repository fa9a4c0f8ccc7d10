"""The line of an exchange in the log: for people, or as JSON.

It holds no key, no query and no body: they may be personal.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import orjson

from mock_lusha.clock import Timestamps
from mock_lusha.errors import shorten
from mock_lusha.http.draft import sent_key
from mock_lusha.http.exchange import REPLAYED
from mock_lusha.http.trace_context import trace_of
from mock_lusha.log_writer import LogWriter
from mock_lusha.state.masking import hidden

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_lusha.clock import Clock
    from mock_lusha.http.draft import Draft
    from mock_lusha.http.exchange import Exchange

LOGGER: Final = "mock_lusha.requests"
_LONGEST_PATH, _LONGEST_LABEL, _LONGEST_WARNING, _MOST_WARNINGS = 200, 100, 200, 5
_log = logging.getLogger(LOGGER)
_parent = logging.getLogger("mock_lusha")


class LogLines:
    """Writes the lines of exchanges from ``log_level`` on, in a form: ``human`` or ``json``.

    Where the server has the log for itself, the line goes straight to whoever writes it: a record of
    Python's logging costs more than all else that a line needs.
    """

    def __init__(self, clock: Clock, log_format: str, log_level: str) -> None:
        self._clock = clock
        self._line = self._json if log_format == "json" else self._human
        self._least = logging.getLevelNamesMapping()[log_level.upper()]
        self._timestamps = Timestamps()

    def write(
        self, scope: Scope, exchange: Exchange, ms: float, draft: Draft | None, *, control: bool
    ) -> None:
        """Write the line of an exchange that took so many milliseconds."""
        # Health checks come every few seconds; they are for those who look closely.
        level = logging.DEBUG if control else logging.INFO
        # What another process served stands in its log.
        if level < self._least or not _log.isEnabledFor(level) or REPLAYED in scope:
            return
        line = self._line(scope, exchange, ms, draft, control=control)
        writer = _writer()
        if writer is None:
            _log.log(level, "%s", line)
        else:
            writer.gather(line)

    def _human(
        self, scope: Scope, exchange: Exchange, ms: float, draft: Draft | None, *, control: bool
    ) -> str:
        account, headers = exchange.account, scope["headers"]
        key = sent_key(headers, account)
        time = self._timestamps.of(self._clock.now())
        path = hidden(shorten(scope["path"], _LONGEST_PATH), key)
        line = f"{time} {scope['method']} {path} {exchange.status}"
        if exchange.operation is not None:
            line += f" operation={exchange.operation}"
        if account is not None:
            line += f" account={shorten(account.label, _LONGEST_LABEL)} fingerprint={account.fingerprint}"
            if account.title:
                # It may have spaces in it, which would look like further fields.
                line += f" label={orjson.dumps(account.title).decode()}"
        trace = trace_of(headers) if draft is None else draft.trace
        if trace is not None:
            line += f" trace={trace}"
        if exchange.error:
            line += f" error={exchange.error}"
        line += f" credits={exchange.charged} {ms:.1f}ms"
        for text in exchange.warnings[:_MOST_WARNINGS]:
            line += f" warning: {shorten(hidden(text, key), _LONGEST_WARNING)}"
        return line

    def _json(
        self, scope: Scope, exchange: Exchange, ms: float, draft: Draft | None, *, control: bool
    ) -> str:
        account = exchange.account
        key = sent_key(scope["headers"], account)
        fields = {
            "time": self._timestamps.of(self._clock.now()),
            "level": "debug" if control else "info",
            "request": None if draft is None else draft.id,
            "trace": trace_of(scope["headers"]) if draft is None else draft.trace,
            "method": scope["method"],
            "path": hidden(shorten(scope["path"], _LONGEST_PATH), key),
            "status": exchange.status,
            "operation": exchange.operation,
            "account": None if account is None else shorten(account.label, _LONGEST_LABEL),
            "fingerprint": None if account is None else account.fingerprint,
            "label": None if account is None else account.title,
            "error": exchange.error,
            "credits": exchange.charged,
            "ms": round(ms, 2),
            "warnings": [hidden(text, key) for text in exchange.warnings],
            "defect": exchange.defect,
        }
        return orjson.dumps(fields).decode()


def _writer() -> LogWriter | None:
    """What writes the log, where nobody else reads it."""
    if _log.handlers or _log.filters or not _log.propagate or _parent.propagate:
        return None
    handlers = _parent.handlers
    writer = handlers[0] if len(handlers) == 1 else None
    return writer if isinstance(writer, LogWriter) else None
