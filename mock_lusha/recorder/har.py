"""Cassettes are exported as HAR files, for browsers and other tools."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from mock_lusha.recorder.interaction import is_json
from mock_lusha.recorder.recorder import UPSTREAM

if TYPE_CHECKING:
    from mock_lusha.recorder.cassette import Cassette
    from mock_lusha.recorder.interaction import Interaction

_NEVER: Final = "1970-01-01T00:00:00+00:00"  # HAR demands a moment where a cassette has none
_IN_PATHS: Final = "/:@!$&'()*+,;="  # need no escape in a path (RFC 3986)


def to_har(cassette: Cassette, version: str) -> dict[str, Any]:
    """A cassette as a HAR 1.2 document; ``version`` is that of mock-lusha.

    ``read_har`` gives the same interactions again, as far as they have paths with a slash ahead and answers
    that are not the empty text. Operations and credits are not in it: they follow from the rest. All calls
    have the moment of the cassette, and all of their time is waiting.
    """
    moment = _moment(cassette.recorded_at)
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-lusha", "version": version},
            "entries": [_entry(interaction, moment) for interaction in cassette.interactions],
        }
    }


def _moment(recorded_at: str) -> str:
    try:
        moment = datetime.fromisoformat(recorded_at)
    except ValueError:
        return _NEVER
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _entry(interaction: Interaction, moment: str) -> dict[str, Any]:
    return {
        "startedDateTime": moment,
        "time": interaction.ms,
        "request": _request(interaction),
        "response": _response(interaction),
        "cache": {},
        "timings": {"send": 0, "wait": interaction.ms, "receive": 0},
    }


def _request(interaction: Interaction) -> dict[str, Any]:
    query = f"?{urlencode(interaction.query)}" if interaction.query else ""
    request = {
        "method": interaction.method,
        "url": f"{UPSTREAM}{quote(interaction.path, safe=_IN_PATHS)}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [{"name": name, "value": value} for name, value in interaction.query],
        "headersSize": -1,
        "bodySize": 0,
    }
    if interaction.has_body:
        request["postData"] = post_data = _post_data(interaction.body)
        request["bodySize"] = len(post_data["text"].encode())
    return request


def _post_data(body: Any) -> dict[str, Any]:
    # A body that was not JSON is its text; JSON that is just a string cannot be told apart from it.
    if isinstance(body, str) and body.strip() and not is_json(body.encode()):
        return {"mimeType": "text/plain", "text": body}
    return {"mimeType": "application/json", "text": _json_text(body)}


def _response(interaction: Interaction) -> dict[str, Any]:
    text = (
        interaction.text
        if interaction.text is not None
        else _json_text(interaction.answer)
        if interaction.has_answer
        else None
    )
    size = len((text or "").encode())
    content: dict[str, Any] = {"size": size, "mimeType": _mime(interaction)}
    if text is not None:
        content["text"] = text
    return {
        "status": interaction.status,
        "statusText": _phrase(interaction.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in interaction.headers.items()],
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }


def _mime(interaction: Interaction) -> str:
    """The type of an answer; where the header misleads, the one that is true, so that it reads back."""
    content_type = interaction.headers.get("content-type", "")
    if interaction.has_answer and interaction.text is None:
        return content_type if "json" in content_type.lower() else "application/json"
    if (
        interaction.text is not None
        and is_json(interaction.text.encode())
        and ("json" in content_type.lower() or not content_type)
    ):
        return "text/plain"
    return content_type


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
