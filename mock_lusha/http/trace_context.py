"""Reads which trace a request belongs to (W3C Trace Context)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

TRACEPARENT: Final = b"traceparent"
_DIGITS = frozenset(b"0123456789abcdef")
_LENGTHS = (2, 32, 16, 2)
"""Of a version, a trace, a span and flags; versions to come may have more behind them."""


def trace_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The id of the trace that headers name: 32 hex digits. None where there is no header, several, or one
    that the standard calls invalid."""
    sent = [value for name, value in headers if name == TRACEPARENT]
    if len(sent) != 1:
        return None
    # Read without a pattern: compiling one takes milliseconds of every start.
    version, *rest = fields = sent[0].strip().split(b"-", 4)
    if tuple(map(len, fields[:4])) != _LENGTHS or not set(b"".join(fields[:4])) <= _DIGITS:
        return None
    trace, span = rest[:2]
    if version == b"ff" or (version == b"00" and len(fields) > 4) or not (int(trace, 16) and int(span, 16)):
        return None
    return trace.decode()
