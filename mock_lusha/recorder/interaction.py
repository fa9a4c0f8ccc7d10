"""One request and its answer, as they are recorded."""

from __future__ import annotations

import json
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

import orjson

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WINDOWS = ("daily", "hourly", "minute")
KEPT_HEADERS: Final = frozenset(
    {
        *("content-type", "deprecation", "sunset", "retry-after"),
        *("x-ratelimit-remaining-daily", "x-ratelimit-reset-daily"),
        *(f"x-rate-limit-{window}" for window in _WINDOWS),
        *(f"x-{window}-{what}" for window in _WINDOWS for what in ("requests-left", "usage")),
    }
)
"""Headers of answers that are recorded, in lower case; no other is."""


@frozen
class Interaction:
    """A request and its answer.

    ``operation`` is the contract's id, None where it has none for the path. ``query`` are pairs as sent.
    ``body`` and ``answer`` are JSON values; ``has_body`` tells no body from null. An answer that was no JSON
    is in ``text`` instead, an empty one is neither. ``headers`` are those of KEPT_HEADERS, in lower case.
    ``credits`` are those the answer says were charged, None where it does not say. ``ms`` is how long it
    took, ``run`` what tells the recording session that made it from others.
    """

    method: str
    path: str
    status: int
    operation: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    has_body: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None
    has_answer: bool = False
    text: str | None = None
    credits: int | None = None
    ms: float = 0.0
    run: str = ""

    def content(self) -> bytes:
        """The answer's bytes."""
        if self.text is not None:
            return self.text.encode()
        if not self.has_answer:
            return b""
        try:
            return orjson.dumps(self.answer)
        except TypeError:  # a number of more than 64 bits
            return json.dumps(self.answer, ensure_ascii=False).encode()


def kept_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of an answer's headers those that are recorded, in lower case."""
    return {name.lower(): value for name, value in headers if name.lower() in KEPT_HEADERS}


def read_content(content: bytes, content_type: str) -> dict[str, Any]:
    """The fields of an Interaction for an answer's bytes: ``answer`` or ``text``."""
    if not content:
        return {}
    if "json" in content_type.lower() or not content_type:
        try:
            return {"answer": orjson.loads(content), "has_answer": True}
        except orjson.JSONDecodeError:
            pass
    return {"text": content.decode("utf-8", "replace")}


def is_json(content: bytes) -> bool:
    """Whether a body is JSON."""
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError:
        return False
    return True


def charged(answer: Any) -> int | None:
    """The credits an answer says were charged (``billing.creditsCharged``, ``creditsCharged``,
    ``creditCharged``).

    Where a person's answer only says that it was charged (``isCreditCharged``) it is None: not how many.
    """
    if not isinstance(answer, dict):
        return None
    billing = answer.get("billing")
    places = [billing.get("creditsCharged")] if isinstance(billing, dict) else []
    places += [answer.get("creditsCharged"), answer.get("creditCharged")]
    return next((value for value in places if isinstance(value, int) and not isinstance(value, bool)), None)
