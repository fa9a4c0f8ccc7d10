"""The shape of a JSON value, compared with a schema of the contract: which fields it has, where, of which
types."""

from __future__ import annotations

import json
import re
from dataclasses import field
from itertools import product
from typing import TYPE_CHECKING, Any, Final, Literal

from mock_lusha.errors import shorten
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_lusha.contract.document import Contract

Misfit = Literal["unknown-field", "missing-field", "type-change", "new-enum-value"]
_COMBINING: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not"})
_PLAIN_NAME: Final = re.compile(r"[^\W\d]\w*")
_LONGEST: Final = 48


@frozen
class ShapeFinding:
    """One place where a value is not what its schema says: what is there, and what should be."""

    kind: Misfit
    where: str
    actual: str
    expected: str


@mutable
class ValueShape:
    """What a value looks like.

    ``types`` are those found at each place, ``allowed`` those the schema allows there (None: any). A place is
    a JSON path with ``[*]`` for every item of a list and ``*`` for every key of a map.
    """

    findings: list[ShapeFinding] = field(default_factory=list)
    types: dict[str, set[str]] = field(default_factory=dict)
    allowed: dict[str, frozenset[str] | None] = field(default_factory=dict)
    known: int = 0
    """How many fields of the value the schema knows."""
    refused: int = 0
    """How many of the schema's ``not`` the value meets; they distinguish alternatives and are not
    findings."""
    other_type: bool = False
    """Whether the value is of another type than the schema's: nothing within was looked at."""

    def take(self, other: ValueShape) -> None:
        """Add the shape of a part."""
        self.findings += other.findings
        self.known += other.known
        for where, types in other.types.items():
            self.types.setdefault(where, set()).update(types)
        for where, allowed in other.allowed.items():
            self.allowed[where] = both(self.allowed.get(where, frozenset()), allowed)


class Shapes:
    """Compares values with schemas of one contract.

    Objects whose properties are listed are closed, as the contract's checks have it, unless the schema says
    otherwise. ``anyOf`` and ``oneOf`` are read as the alternative that fits best. Bounds, patterns and
    formats are of values, not of shapes, and are not looked at.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # Schemas have no hash; the schema itself is kept beside its id, so that no other can come by that id.
        self._flat: dict[int, tuple[Any, tuple[Mapping[str, Any], ...]]] = {}

    def look(self, schema: Any, value: Any, where: str = "$") -> ValueShape:
        """What a value looks like, compared with a schema.

        Raises:
            RecursionError: it is nested too deeply.
        """
        alternatives = self._alternatives(schema)
        looks = [self._shape_of(alternative, value, where) for alternative in alternatives]
        best = min(looks, key=_unfitness)
        allowed = _types_of_all(alternatives)
        best.allowed[where] = allowed
        if best.other_type:
            best.findings = [
                ShapeFinding("type-change", where, told(value), " or ".join(sorted(allowed or ())))
            ]
        return best

    def _alternatives(self, schema: Any) -> tuple[Mapping[str, Any], ...]:
        """The schema without references and combinations: it is met where one of these is."""
        entry = self._flat.get(id(schema))
        if entry is None:
            entry = self._flat[id(schema)] = (schema, tuple(self._flatten(schema)))
        return entry[1]

    def _flatten(self, schema: Any) -> Iterable[Mapping[str, Any]]:
        if not isinstance(schema, dict):
            return [{}]  # `true`: anything
        own = {name: item for name, item in schema.items() if name not in _COMBINING}
        if "not" in schema:
            own["nots"] = [schema["not"]]
        choices: list[Iterable[Mapping[str, Any]]] = [[own]]
        if "$ref" in schema:
            choices.append(self._alternatives(self._contract.resolve({"$ref": schema["$ref"]})))
        choices += [self._alternatives(part) for part in schema.get("allOf", ())]
        choices += [
            [alternative for branch in schema[name] for alternative in self._alternatives(branch)]
            for name in ("anyOf", "oneOf")
            if name in schema
        ]
        return [_merge(parts) for parts in product(*choices)]

    def _shape_of(self, schema: Mapping[str, Any], value: Any, where: str) -> ValueShape:
        kind = type_of(value)
        shape = ValueShape(types={where: {kind}})
        allowed = _types(schema)
        if allowed is not None and not _is_one(value, kind, allowed):
            shape.other_type = True
            return shape
        shape.refused = sum(self._meets(excluded, value) for excluded in schema.get("nots", ()))
        enumeration = schema.get("enum")
        if enumeration is not None and value not in enumeration:
            expected = "one of " + ", ".join(map(str, enumeration))
            shape.findings.append(ShapeFinding("new-enum-value", where, _short(value), expected))
        if isinstance(value, dict):
            self._object(schema, value, where, shape)
        elif isinstance(value, list):
            for item in value:
                shape.take(self.look(schema.get("items", True), item, f"{where}[*]"))
        return shape

    def _meets(self, schema: Any, value: Any) -> bool:
        look = self.look(schema, value)
        return not look.findings and not look.refused

    def _object(
        self, schema: Mapping[str, Any], value: Mapping[str, Any], where: str, shape: ValueShape
    ) -> None:
        properties: Mapping[str, Any] = schema.get("properties", {})
        others = schema.get("additionalProperties", not ("type" in schema and "properties" in schema))
        for name, item in value.items():
            if name in properties:
                shape.known += 1
                shape.take(self.look(properties[name], item, step(where, name)))
            elif isinstance(others, dict):
                shape.take(self.look(others, item, f"{where}.*"))  # its keys are ids
            elif others:
                shape.take(self.look(True, item, step(where, name)))
            else:
                place = step(where, name)
                shape.findings.append(ShapeFinding("unknown-field", place, told(item), "no such field"))
        for name in schema.get("required", ()):
            if name not in value:
                expected = self._expected(properties.get(name, True))
                place = step(where, name)
                shape.findings.append(ShapeFinding("missing-field", place, "absent", f"{expected}, required"))

    def _expected(self, schema: Any) -> str:
        types = _types_of_all(self._alternatives(schema))
        return " or ".join(sorted(types)) if types else "a value"


def both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The types that either allows; None, which is any, where one does."""
    return None if one is None or other is None else one | other


def _unfitness(look: ValueShape) -> tuple[bool, int, int, int]:
    return (look.other_type, look.refused, len(look.findings), -look.known)


def _merge(parts: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One schema that is met where all parts are. What they list of fields adds up."""
    schema: dict[str, Any] = {}
    for part in parts:
        properties = {**schema.get("properties", {}), **part.get("properties", {})}
        required = [*schema.get("required", ()), *part.get("required", ())]
        nots = [*schema.get("nots", ()), *part.get("nots", ())]
        schema.update(part)
        if properties:
            schema["properties"] = properties
        schema["required"], schema["nots"] = list(dict.fromkeys(required)), nots
    return schema


def _types(schema: Mapping[str, Any]) -> frozenset[str] | None:
    types = schema.get("type")
    return None if types is None else frozenset([types] if isinstance(types, str) else types)


def _types_of_all(alternatives: Iterable[Mapping[str, Any]]) -> frozenset[str] | None:
    types: frozenset[str] | None = frozenset()
    for alternative in alternatives:
        types = both(types, _types(alternative))
    return types


def _is_one(value: Any, kind: str, allowed: frozenset[str]) -> bool:
    if kind in allowed or (kind == "integer" and "number" in allowed):
        return True
    return kind == "number" and "integer" in allowed and float(value).is_integer()  # 1.0 is whole


def type_of(value: Any) -> str:
    """The JSON type of a value: whole numbers are ``integer``, others ``number``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def step(where: str, name: str) -> str:
    """The place of a field."""
    if _PLAIN_NAME.fullmatch(name):
        return f"{where}.{name}"
    return f"{where}[{json.dumps(name, ensure_ascii=False)}]"


def told(value: Any) -> str:
    """The type of a value and what it holds, in short."""
    kind = type_of(value)
    if isinstance(value, dict):
        return shorten(f"object with {', '.join(value)}" if value else "object without fields")
    if isinstance(value, list):
        return f"array of {len(value)}"
    return kind if value is None else f"{kind} {_short(value)}"


def _short(value: Any) -> str:
    return shorten(json.dumps(value, ensure_ascii=False), _LONGEST)
