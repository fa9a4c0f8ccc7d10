"""Schemas that combine, and what drifts where a contract has them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import Cassette
from mock_lusha.recorder.drift import (
    CouldNotCompareError,
    DoubleAnswer,
    compare,
)
from mock_lusha.recorder.interaction import Interaction


def made_of(schema: Any, answer: Any, double: Any) -> list[tuple[str, str]]:
    """What drifts where a contract of one operation has a schema."""
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    item = {
        "operationId": "it", "tags": ["t"], "summary": "s", "x-mock-lusha-feature": "f",
        "responses": responses,
    }  # fmt: skip
    base = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Base"}},
    }
    document = {"paths": {"/it": {"get": item}}, "components": {"schemas": {"Base": base}}}
    each = Interaction("GET", "/it", 200, answer=answer, has_answer=True)
    drifts = compare(
        Cassette((each,)),
        Registry([Contract(json.dumps(document).encode())]),
        lambda _: DoubleAnswer(200, {}, double),
    )
    return sorted((drift.kind, drift.where) for drift in drifts)


BASE = {"$ref": "#/components/schemas/Base"}
NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@pytest.mark.parametrize(
    ("schema", "answer", "expected"),
    [
        ({"allOf": [BASE, NAMED]}, {"id": 1, "name": "a"}, []),
        (
            {"allOf": [BASE, NAMED]},
            {"id": "1", "other": 2},
            [("missing-field", "$.name"), ("type-change", "$.id"), ("unknown-field", "$.other")],
        ),
        (BASE, {"next": {"next": {"id": 1, "x": 2}}}, [("unknown-field", "$.next.next.x")]),
        ({**BASE, "required": ["id"]}, {}, [("missing-field", "$.id")]),
        ({**NAMED, "additionalProperties": True}, {"name": "a", "b": 1}, []),
        (
            {**NAMED, "additionalProperties": BASE},
            {"name": "a", "17": {"x": 1}, "18": {"x": 1}},
            [("unknown-field", "$.*.x")],
        ),
        ({"oneOf": [NAMED, {"type": "array", "items": BASE}]}, [{"id": "x"}], [("type-change", "$[*].id")]),
        ({"anyOf": [NAMED, {"type": "null"}]}, 5, [("type-change", "$")]),
        ({"type": "integer"}, 1.0, []),
        ({"type": "integer"}, 1.5, [("type-change", "$")]),
        ({"type": "number"}, 1, []),
        ({"type": "integer"}, True, [("type-change", "$")]),
        ({"enum": ["a", "b"]}, "c", [("new-enum-value", "$")]),
    ],
)
def test_schemas_are_read_as_they_combine(schema: Any, answer: Any, expected: list[tuple[str, str]]) -> None:
    assert made_of(schema, answer, answer) == expected


def test_where_the_contract_leaves_the_type_open_the_double_decides() -> None:
    assert made_of({}, {"a": [1], "b": None}, {"a": {"x": 1}, "b": None, "c": 1}) == [("type-change", "$.a")]
    assert made_of({}, {"a": 1}, {"a": 1.5}) == []
    assert made_of({"type": ["string", "array"]}, "a", ["a"]) == []


def test_an_answer_nested_too_deeply_is_an_error(registry: Registry) -> None:
    deep: Any = {}
    for _ in range(5_000):
        deep = {"next": deep}

    with pytest.raises(CouldNotCompareError, match="nested too deeply"):
        made_of(BASE, deep, deep)
