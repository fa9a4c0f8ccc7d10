"""Reads which trace a request belongs to (W3C Trace Context)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

TRACEPARENT: Final = b"traceparent"
# A version, a trace, a span and flags; versions to come may have more behind them.
_FORM = re.compile(
    rb"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
    rb"(?P<more>-.*)?"
)


def trace_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The id of the trace that headers name: 32 hex digits. None where there is no header, several, or one
    that the standard calls invalid."""
    sent = [value for name, value in headers if name == TRACEPARENT]
    if len(sent) != 1:
        return None
    match = _FORM.fullmatch(sent[0].strip())
    if match is None or (match["version"] == b"00" and match["more"] is not None):
        return None
    return match["trace"].decode()
