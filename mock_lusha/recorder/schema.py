"""The JSON Schema of the documents of cassettes, for editors and for programs that read or write them.

It admits no file that reading one refuses. It is stricter in what a program has no cause to write: headers
that are not recorded, nothing where a list or a mapping belongs, lists as values of a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.recorder.cassette import FORMAT
from mock_lusha.recorder.interaction import KEPT_HEADERS

if TYPE_CHECKING:
    from collections.abc import Sequence


def cassette_schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    properties = {
        "format": {
            "type": "integer",
            "minimum": 1,
            "maximum": FORMAT,
            "description": "The version of this format. In 1 a file was one document.",
        },
        "recorded_at": _text("When it was recorded, in ISO 8601; empty where unknown."),
        "contract": _text(
            "12 hex digits that follow from the operations and schemas of the contract it was recorded under."
        ),
        "plan": _text(
            "The plan of the account, as its rate limits tell it; null where they do not.", null=True
        ),
        "redaction": {
            "type": "object",
            "description": "What was done to the interactions: the redaction key's fingerprint and the kinds "
            "of data that were replaced. Empty where nothing was redacted.",
        },
        "interactions": {
            "type": "array",
            "description": "Requests and their answers, in the order they were recorded. Those of one "
            "request replace those that an earlier run recorded of it.",
            "items": {"$ref": "#/$defs/interaction"},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mock-lusha cassette",
        "description": "One document of a cassette: recorded requests to Lusha's API and their answers, to "
        "be replayed. A file is a sequence of documents, each between lines --- and ...; what one does not "
        "say (recorded_at, contract, plan, redaction) is as in the one before it.",
        **_closed(properties, ("format", "interactions")),
        "$defs": {"interaction": _interaction(), "request": _request(), "response": _response()},
    }


def _interaction() -> dict[str, Any]:
    properties = {
        "operation": _text("The contract's id of the operation; null where it has none.", null=True),
        "request": {"$ref": "#/$defs/request"},
        "response": {"$ref": "#/$defs/response"},
        "credits": {
            "type": ["integer", "null"],
            "description": "Credits that the answer says were charged; null where it does not say.",
        },
        "ms": {"type": "number", "minimum": 0, "description": "How long it took, in milliseconds."},
        "run": _text("What tells the run that recorded it from others; absent where that is unknown."),
    }
    return _closed(properties, ("request", "response"))


def _request() -> dict[str, Any]:
    value = {"type": ["string", "number", "boolean"], "description": "Its value; a number is its text."}
    pair = _closed({"name": _text("The name of a parameter."), "value": value}, ("name", "value"))
    properties = {
        "method": _text("The method, in upper case."),
        "path": _text("The path, without escapes and without the query."),
        "query": {"type": "array", "description": "The parameters of the query, as sent.", "items": pair},
        "body": {
            "description": "The JSON of the body, or its text where it was none; absent without body. The "
            "caller's own ids of items are their positions: '1', '2' and so on."
        },
    }
    return _closed(properties, ("method", "path"))


def _response() -> dict[str, Any]:
    value = {"type": ["string", "number", "boolean"]}
    headers = _closed(dict.fromkeys(sorted(KEPT_HEADERS), value))
    properties = {
        "status": {"type": "integer", "minimum": 100, "maximum": 999, "description": "The HTTP status."},
        "headers": {**headers, "description": "The headers that are recorded, in lower case."},
        "body": {
            "description": "The JSON of the answer, with the caller's own ids as in the request; null is an "
            "answer of null, not its absence."
        },
        "text": _text("The answer, where it was no JSON."),
    }
    return {**_closed(properties, ("status",)), "not": {"required": ["body", "text"]}}


def _text(description: str, *, null: bool = False) -> dict[str, Any]:
    return {"type": ["string", "null"] if null else "string", "description": description}


def _closed(properties: dict[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    """An object of just these properties."""
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": list(required)} if required else {})
