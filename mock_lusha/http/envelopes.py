"""The envelopes of errors: the one place that chooses them, by generation and error format.

The dialect of an account changes none of them.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.reply import Reply
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.errors import ApiError

    Envelope = Callable[["Refusal"], dict[str, Any]]


@frozen
class Refusal:
    """An error, and what its envelope may need of the request: its method, when it was, an id of it, and
    whether its operation is ``whitelisted``, or its errors ``coded`` (see ``contract.document``), its
    generation, and the ``summary`` that its document has for a 400."""

    error: ApiError
    method: str
    timestamp: str = ""
    request_id: str = ""
    whitelisted: bool = False
    coded: bool = False
    generation: str = "v2"
    summary: str | None = None

    @property
    def is_limit(self) -> bool:
        """Whether it is a 429."""
        return self.error.kind.status == 429

    @property
    def details(self) -> list[str]:
        """What is wrong, with our hints, behind the code of an error that has one."""
        code = self.error.kind.code
        return [*([code] if code else []), *(str(detail) for detail in self.error.details)]

    @property
    def message(self) -> str:
        """A documented message stays as it is; a 400 has none worth keeping, so it says what is wrong."""
        if self.error.kind.name == "bad-request" and self.details:
            return self.details[0]
        return self.error.documented_message(self.generation)


def error_reply(refusal: Refusal, generation: str, error_format: str) -> Reply:
    """The answer to a refused request to a generation of the API (``control``: to that of the double)."""
    refusal = replace(refusal, generation=generation)
    return Reply(ENVELOPES[generation][error_format](refusal), refusal.error.kind.status)


def _guide(refusal: Refusal) -> dict[str, Any]:
    """``{error: {code, message}}`` with the status as ``code``, as the guide of Lusha's document has it."""
    return {"error": {"code": refusal.error.kind.status, "message": refusal.message}}


def _openapi(refusal: Refusal) -> dict[str, Any]:
    """``{statusCode, message, errors?}``: ``message`` of a 400 is what the operation's document sums it up
    with, or the first finding, ``errors`` are all. An error that has a code is ``{code, message}`` where the
    document says so."""
    if refusal.coded and refusal.error.kind.code:
        return {"code": refusal.error.kind.code, "message": refusal.message}
    summary = refusal.summary if refusal.error.kind.name == "bad-request" else None
    return _body(refusal, summary or refusal.message)


def _both(refusal: Refusal) -> dict[str, Any]:
    """All of these. Clients read the seconds of a 429 out of the message of the live API; the documented one
    has none."""
    message = refusal.error.live_message(refusal.generation) if refusal.is_limit else refusal.message
    body = _body(refusal, message)
    if refusal.is_limit:
        body["timestamp"] = refusal.timestamp
    body["error"] = {"code": refusal.error.kind.status, "message": message}
    return body | _code(refusal)


def _both_v3(refusal: Refusal) -> dict[str, Any]:
    """All of these and, where validation refuses, the ``name``, ``code`` and ``className`` that clients read;
    ``errors`` stays the list of all findings."""
    body = _both(refusal)
    if refusal.error.kind.name == "bad-request":
        names = {name: value for name, value in _validation(refusal).items() if name not in body}
        body = {**body, **names}
    return body


def _code(refusal: Refusal) -> dict[str, Any]:
    """The code in words, of an error that has one."""
    code = refusal.error.kind.code
    return {"code": code} if code else {}


def _validation(refusal: Refusal) -> dict[str, Any]:
    """``{name, message, code, className, errors}`` with the first finding alone."""
    texts = [detail.text for detail in refusal.error.details if not detail.hint]
    return {
        "name": "BadRequest",
        "message": texts[0] if texts else refusal.error.live_message(refusal.generation),
        "code": refusal.error.kind.status,
        "className": "bad-request",
        "errors": {},
    }


def _body(refusal: Refusal, message: str) -> dict[str, Any]:
    body: dict[str, Any] = {"statusCode": refusal.error.kind.status, "message": message}
    details = refusal.details
    if details:
        body["errors"] = details
    return body


def _live_v2(refusal: Refusal) -> dict[str, Any]:
    """What the live API answers: a list of messages for the body of a POST, gateway texts for a missing key
    and an unknown path, a ``timestamp`` on 429, and no hints of ours; a 400 of an operation that is
    whitelisted has the envelope ``{name, message, code, className, errors}`` with the first finding alone.
    """
    error, kind = refusal.error, refusal.error.kind
    if kind.name == "no-api-key":
        return {"message": kind.message}
    if kind.name == "not-found" and error.values.get("unrouted"):
        return {"message": "no Route matched with those values", "request_id": refusal.request_id}
    message: str | list[str] = error.live_message()
    texts = [detail.text for detail in error.details if not detail.hint] if kind.name == "bad-request" else []
    if refusal.whitelisted and kind.name == "bad-request":
        return _validation(refusal)
    body: dict[str, Any] = {"statusCode": kind.status, "message": message}
    if texts:
        body["message"] = texts if refusal.method == "POST" else "; ".join(texts)
        body["error"] = "Bad Request"
    if kind.status == 429:
        body["timestamp"] = refusal.timestamp
    return body | _code(refusal)


def _live_v3(refusal: Refusal) -> dict[str, Any]:
    """What the live API answers: ``{name, message, code, className, errors}`` with the first finding alone
    where validation refuses, and ``{statusCode, timestamp, message, error}`` for everything else, with the
    reason phrase of the status."""
    error, status = refusal.error, refusal.error.kind.status
    if error.kind.name == "bad-request":
        return _validation(refusal)
    phrase = "Client Timeout" if status == 499 else HTTPStatus(status).phrase
    return {
        "statusCode": status,
        "timestamp": refusal.timestamp,
        "message": error.live_message(refusal.generation),
        "error": phrase,
        **_code(refusal),
    }


ENVELOPES: Final[Mapping[str, Mapping[str, Envelope]]] = {
    "v2": {"guide": _guide, "openapi": _openapi, "both": _both, "live": _live_v2},
    "v3": {"guide": _guide, "openapi": _openapi, "both": _both_v3, "live": _live_v3},
    "control": {"both": _both},  # whatever Lusha's own errors look like
}
"""Generation -> error format -> envelope."""
