"""The JSON Schema of scenario files, for editors and for programs that write them.

It says what has which shape; that names exist and conditions can be met is for the check to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.errors import CATALOGUE
from mock_lusha.scenario.fields import (
    DELAY_FIELDS,
    HEADER_NAME,
    LOGNORMAL_FIELDS,
    MATCHER_FIELDS,
    MOST_BYTES_PER_SECOND,
    MOST_RULES,
    NAME,
    RESPOND_FIELDS,
    RULE_FIELDS,
    SCENARIO_FIELDS,
    WHEN_FIELDS,
)
from mock_lusha.scenario.model import CELL_OUTCOMES, DELIVERY_FAULTS, FAULTS, OUTCOMES, WINDOWS
from mock_lusha.scenario.values import HEADER_VALUE, LONGEST_DELAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.scenario.facts import Facts


def scenario_schema(facts: Facts) -> dict[str, Any]:
    """The schema, draft 2020-12."""
    operations = {"enum": sorted(facts.operations)}
    methods = {"enum": sorted({operation.method for operation in facts.operations.values()})}
    condition = {"$ref": "#/$defs/condition"}
    seconds = {"type": "number", "minimum": 0, "maximum": LONGEST_DELAY}
    name = {"type": "string", "pattern": f"^{NAME}$"}
    text = {"type": "string", "minLength": 1}
    by_name = {"type": "object", "minProperties": 1, "propertyNames": {"pattern": f"^{HEADER_NAME}$"}}
    moment = {"anyOf": [{"type": "string", "minLength": 10}, {"type": "number", "minimum": 0}]}
    span = {
        "anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^[0-9]+\.\.[0-9]*$"}]
    }
    header = {"anyOf": [{"type": "string", "pattern": f"^{HEADER_VALUE}$"}, {"type": "number"}]}
    when = {
        "operation": _one_or_more(operations),
        "method": _one_or_more(methods),
        "path": condition,
        "header": {**by_name, "additionalProperties": condition},
        "query": {"type": "object", "minProperties": 1, "additionalProperties": condition},
        "body": {
            "anyOf": [
                condition,
                {"type": "object", "minProperties": 1, "propertyNames": {"pattern": r"^\$"},
                 "additionalProperties": condition},
            ]
        },
        "key": condition,
        "identifier": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "nth": _one_or_more(span),
        "every": {"type": "integer", "minimum": 1},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "from": moment,
        "until": moment,
    }  # fmt: skip
    respond = {
        "error": {"enum": list(CATALOGUE)},
        "status": {"enum": sorted(facts.statuses)},
        "headers": {**by_name, "additionalProperties": header},
        "body": True,
        "content_type": header,
        "delay": {"$ref": "#/$defs/delay"},
        "bytes_per_second": {"type": "integer", "minimum": 1, "maximum": MOST_BYTES_PER_SECOND},
        "fault": {"enum": list(FAULTS)},
        "patch": True,
        "drain": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000},
        "spend": _one_or_more({"enum": list(WINDOWS)}),
        "erase": {"type": "integer", "minimum": 1, "maximum": 1_000},
        "outcome": {"enum": list(OUTCOMES)},
        "cells": {"enum": list(CELL_OUTCOMES)},
        "deliver": {"enum": list(DELIVERY_FAULTS)},
    }
    rule = {
        "name": name,
        "when": _closed(when, WHEN_FIELDS),
        "respond": {"anyOf": [{"enum": list(CATALOGUE)}, _closed(respond, RESPOND_FIELDS, least=1)]},
        "times": {"type": "integer", "minimum": 1},
        "then": _one_or_more(name),
    }
    matcher = {
        "equals": True, "contains": text, "regex": {**text, "format": "regex"}, "absent": {"type": "boolean"}
    }  # fmt: skip
    lognormal = _closed(
        {each: {**seconds, "exclusiveMinimum": 0} for each in LOGNORMAL_FIELDS}, LOGNORMAL_FIELDS, least=2
    )
    delay = {
        "fixed": seconds,
        "uniform": {"type": "array", "items": seconds, "minItems": 2, "maxItems": 2},
        "lognormal": lognormal,
    }
    document = {
        "name": name,
        "description": text,
        "rules": {
            "type": "array",
            "maxItems": MOST_RULES,
            "items": {**_closed(rule, RULE_FIELDS), "required": ["respond"]},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mock-lusha scenario",
        "description": "Which calls go wrong, and how. The first rule that fits a call decides.",
        **_closed(document, SCENARIO_FIELDS),
        "required": ["name", "rules"],
        "$defs": {
            "condition": {
                "anyOf": [
                    {"type": ["string", "number", "boolean"]},
                    _closed(matcher, MATCHER_FIELDS, least=1),
                ]
            },
            "delay": {"anyOf": [seconds, {**_closed(delay, DELAY_FIELDS, least=1), "maxProperties": 1}]},
        },
    }


def _one_or_more(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _closed(properties: dict[str, Any], names: Sequence[str], least: int = 0) -> dict[str, Any]:
    """An object of just these properties, in the order of their names."""
    made = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: properties[name] for name in names},
    }
    return made | ({"minProperties": least} if least else {})
