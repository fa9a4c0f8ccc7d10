"""HAR files, for browsers and other tools, are made of cassettes."""

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
            "entries": [_entry(each, moment) for each in cassette.interactions],
        }
    }


def _moment(recorded_at: str) -> str:
    try:
        found = datetime.fromisoformat(recorded_at)
    except ValueError:
        return _NEVER
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def _entry(each: Interaction, moment: str) -> dict[str, Any]:
    return {
        "startedDateTime": moment,
        "time": each.ms,
        "request": _request(each),
        "response": _response(each),
        "cache": {},
        "timings": {"send": 0, "wait": each.ms, "receive": 0},
    }


def _request(each: Interaction) -> dict[str, Any]:
    query = f"?{urlencode(each.query)}" if each.query else ""
    made = {
        "method": each.method,
        "url": f"{UPSTREAM}{quote(each.path, safe=_IN_PATHS)}{query}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [{"name": name, "value": value} for name, value in each.query],
        "headersSize": -1,
        "bodySize": 0,
    }
    if each.has_body:
        made["postData"] = posted = _posted(each.body)
        made["bodySize"] = len(posted["text"].encode())
    return made


def _posted(body: Any) -> dict[str, Any]:
    # A body that was no JSON is its text; JSON that is a text and nothing else is not told from it.
    if isinstance(body, str) and body.strip() and not is_json(body.encode()):
        return {"mimeType": "text/plain", "text": body}
    return {"mimeType": "application/json", "text": _json_text(body)}


def _response(each: Interaction) -> dict[str, Any]:
    text = each.text if each.text is not None else _json_text(each.answer) if each.has_answer else None
    size = len((text or "").encode())
    content: dict[str, Any] = {"size": size, "mimeType": _mime(each)}
    if text is not None:
        content["text"] = text
    return {
        "status": each.status,
        "statusText": _phrase(each.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in each.headers.items()],
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }


def _mime(each: Interaction) -> str:
    """The type of an answer; where the header misleads, the one that is true, so that it reads back."""
    given = each.headers.get("content-type", "")
    if each.has_answer and each.text is None:
        return given if "json" in given.lower() else "application/json"
    if each.text is not None and is_json(each.text.encode()) and ("json" in given.lower() or not given):
        return "text/plain"
    return given


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
