"""Answers as values, and the envelopes of errors."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.errors import ApiError

Headers = list[tuple[bytes, bytes]]
_BODILESS = frozenset({204, 304})
_SMALL = 20_000
"""Bytes of JSON that is worth a copy; of what is longer the journal takes a piece, and few keep it."""


@mutable
class Reply:
    """Status, JSON body (a value, or bytes that are sent as they are) and further headers of an answer.

    ``again`` writes these very bytes anew, from what takes less memory than they do.
    """

    body: Any
    status: int = 200
    headers: Headers = field(default_factory=list)
    content_type: str | None = None
    again: Callable[[], bytes] | None = None

    @property
    def plain(self) -> bool:
        """Whether it is JSON with a body, and with no headers of its own."""
        return self.content_type is None and not self.headers and self.status not in _BODILESS

    def content(self) -> bytes:
        """The body as bytes."""
        return self.body if isinstance(self.body, bytes) else written(self.body)


def written(value: Any) -> bytes:
    """JSON in as much memory as it needs. That which orjson makes may hold four times as much."""
    made = orjson.dumps(value)
    return bytes(memoryview(made)) if len(made) <= _SMALL else made


def error_reply(
    error: ApiError,
    error_format: str,
    *,
    method: str,
    timestamp: str,
    request_id: str,
    feathers: bool = False,
) -> Reply:
    """The answer to a refused request in one of the four formats.

    ``guide`` is ``{error: {code, message}}`` with the status as ``code``, as the guide of Lusha's document
    has it, ``openapi`` is ``{statusCode, message, errors?}``, ``both`` has all of these. The ``message`` of a
    400 is the first finding, ``errors`` are all. ``live`` is what was seen on the wire: a list of messages
    for the body of a POST, gateway texts for a missing key and an unknown path, a ``timestamp`` on 429, and
    no hints of ours; a 400 of an operation that validates as ``feathers`` has the envelope
    ``{name, message, code, className, errors}`` with the first finding alone.
    """
    kind = error.kind
    if error_format == "live":
        body = _live(error, method, timestamp, request_id, feathers=feathers)
        return Reply(body, kind.status)
    details = [str(detail) for detail in error.details]
    # A documented message stays as it is; a 400 has none worth keeping, so it says what is wrong.
    message = details[0] if kind.name == "bad-request" and details else error.message
    if error_format == "both" and kind.status == 429:
        # Clients read the seconds out of the message seen on the wire; the documented one has none.
        message = error.live_message()
    guide = {"code": kind.status, "message": message}
    if error_format == "guide":
        return Reply({"error": guide}, kind.status)
    body = {"statusCode": kind.status, "message": message}
    if details:
        body["errors"] = details
    if error_format == "both":
        if kind.status == 429:
            body["timestamp"] = timestamp
        body["error"] = guide
    return Reply(body, kind.status)


def _live(error: ApiError, method: str, timestamp: str, request_id: str, *, feathers: bool) -> dict[str, Any]:
    kind = error.kind
    if kind.name == "no-api-key":
        return {"message": kind.message}
    if kind.name == "not-found" and error.values.get("unrouted"):
        return {"message": "no Route matched with those values", "request_id": request_id}
    message: str | list[str] = error.live_message()
    texts = [detail.text for detail in error.details if not detail.hint] if kind.name == "bad-request" else []
    if feathers and kind.name == "bad-request":
        return {
            "name": "BadRequest",
            "message": texts[0] if texts else message,
            "code": kind.status,
            "className": "bad-request",
            "errors": {},
        }
    body: dict[str, Any] = {"statusCode": kind.status, "message": message}
    if texts:
        body["message"] = texts if method == "POST" else "; ".join(texts)
        body["error"] = "Bad Request"
    if kind.status == 429:
        body["timestamp"] = timestamp
    return body
