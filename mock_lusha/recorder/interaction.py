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
"""Headers of answers that are recorded, in lower case; others are not."""


@frozen
class Interaction:
    """A request and its answer.

    ``operation`` is the contract's id, None where it has none for the path. ``query`` are pairs as sent.
    ``body`` and ``answer`` are JSON values; ``has_body`` tells an absent body from null. An answer that was
    not JSON is in ``text`` instead, an empty one is neither. ``headers`` are those of KEPT_HEADERS, in lower
    case. ``credits`` are those the answer says were charged, or the worst case where it does not say and
    there was a cap to count for; None where that is unknown. ``ms`` is how long it took, ``run`` identifies
    the recording session that made it.
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
