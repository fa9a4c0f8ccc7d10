"""The headers of answers that are recorded, each of the shape that it has to be kept."""

from __future__ import annotations

import re
from typing import Final

from mock_lusha.recorder.field_kinds import Kind, has_shape, is_moment
from mock_lusha.recorder.interaction import KEPT_HEADERS

_MEDIA: Final = re.compile(r"\s*([a-z]+)/([\w.+\-]+)\s*(?:;(.*))?", re.IGNORECASE | re.DOTALL)
_TYPES: Final = frozenset(
    {
        *("application/json", "application/problem+json", "application/hal+json", "application/vnd.api+json"),
        *("application/xml", "application/xhtml+xml", "application/javascript", "application/octet-stream"),
        *("application/x-www-form-urlencoded", "application/x-ndjson", "application/pdf", "application/zip"),
        *("text/json", "text/html", "text/plain", "text/xml", "text/csv", "text/css", "text/javascript"),
        *("multipart/form-data", "multipart/mixed", "text/event-stream", "image/png", "image/jpeg"),
    }
)
_CHARSET: Final = re.compile(
    r"charset\s*=\s*\"?(utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso-8859-(?:1|2|15)|latin-?1|windows-125[0-8])"
    r"\"?(?![\w\-])",
    re.IGNORECASE,
)
_EXACT: Final = re.compile(rf"[\w./+\-]+(?:; ?{_CHARSET.pattern})?;?", re.IGNORECASE)
_SECONDS: Final = re.compile(r"[0-9]{1,6}(?:, ?[0-9]{1,6})?")
_COUNT: Final = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,3})?(?:, ?[0-9]{1,13})?")
_DEPRECATION: Final = re.compile(r"true|@[0-9]{1,11}|\?1", re.IGNORECASE)
UNKNOWN: Final = "REDACTED"
"""What stands for a value that is not of its header's shape."""


def known_header(name: str, value: str) -> str | None:
    """The value of a header as it may be kept; None where the header is not recorded at all."""
    if name not in KEPT_HEADERS:
        return None
    if name == "content-type":
        return _content_type(value)
    moment = is_moment(value) or has_shape(value, Kind.DATE)
    if name in {"deprecation", "sunset"}:
        return value if moment or _DEPRECATION.fullmatch(value) or not value else UNKNOWN
    if name == "retry-after":
        return value if moment or _SECONDS.fullmatch(value) or not value else UNKNOWN
    return value if _COUNT.fullmatch(value) or not value else UNKNOWN


def _content_type(value: str) -> str:
    """The type, if it is a known one or else one of its kind, and the charset; no other parameter."""
    match = _MEDIA.fullmatch(value)
    if match is None:
        return value if not value else UNKNOWN
    kind = f"{match[1]}/{match[2]}"
    is_known = kind.lower() in _TYPES
    if is_known and _EXACT.fullmatch(value):
        return value
    if not is_known:
        is_json = match[2].lower().endswith("json")
        kind = "application/json" if is_json else "text/plain" if match[1].lower() == "text" else UNKNOWN
    charset = _CHARSET.search(match[3] or "")
    return f"{kind}; charset={charset[1]}" if charset else kind
