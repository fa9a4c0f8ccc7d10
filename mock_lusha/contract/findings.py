"""Where an input breaks its schema, in the words of the API (class-validator's texts), found one by one.

Whether an input is valid at all is up to the compiled validator. Where it is not, this walks the schema and
makes one finding after another, so that whoever has enough of them stops it: a body of a megabyte can be
wrong at hundreds of thousands of places. A list that is too long is refused by its length, and none of its
items is looked at; of any other list only those items are that the validator refuses, halving the list.

A schema's ``x-mock-lusha-values`` are the values that are known: others are refused like unknown properties.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.contract.document import references
from mock_lusha.errors import Detail, alike, shorten
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.contract.document import Contract

    Path = tuple[str | int, ...]
    Schema = Mapping[str, Any]

# Patterns that the API has a text of its own for.
_PATTERN_TEXTS = {
    r"^[A-Za-z0-9\s.,&\-_()]*$": (
        "Text can only contain alphanumeric characters, spaces, and basic punctuation (.,&-_())."
    ),
}
_DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
_TYPES = {
    "string": "a string",
    "integer": "an integer number",
    "number": "a number conforming to the specified constraints",
    "boolean": "a boolean value",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
}
_FORMATS = {
    "date": "a valid ISO 8601 date string",
    "date-time": "a valid ISO 8601 date string",
    "email": "an email",
    "uri": "a URL address",
    "uuid": "a UUID",
}
_BRANCHES = ("anyOf", "oneOf")
_KNOWN_VALUES = "x-mock-lusha-values"
_GENERATIONS_WITH_PLACES_OF_ITEMS = frozenset({"v2", "control"})
"""Where a wrong item of a plain list is named by its position, and the list by its whole path. The other
generations say "each value in" the list's name."""


class Finding(NamedTuple):
    """One finding; ``unknown`` says that it is about a property, or a value, that nobody knows."""

    detail: Detail
    unknown: bool = False


@frozen
class Walk:
    """Finds what is wrong with values under schemas of one contract.

    Where it is ``closed``, properties that no schema lists are findings too.
    """

    contract: Contract
    closed: bool
    _compiled: dict[tuple[int, bool], tuple[Schema, Any]] = field(init=False, default_factory=dict)

    def validator(self, schema: Schema, *, of_lists: bool = False) -> Any:
        """The compiled validator of what fits a schema, or of lists whose items do."""
        key = (id(schema), of_lists)
        entry = self._compiled.get(key)
        if entry is None:
            compiled = self._compile({"type": "array", "items": schema} if of_lists else schema)
            # The schema is kept beside it, so that no other gets its id.
            entry = self._compiled[key] = (schema, compiled)
        return entry[1]

    def _compile(self, schema: Schema) -> Any:
        import jsonschema_rs  # noqa: PLC0415 - 10 ms that an idle server need not spend

        top = self._prepare(schema)
        schemas: dict[str, Any] = {}
        names = list(references(top))
        while names:
            name = names.pop()
            if name not in schemas:
                schemas[name] = self._prepare(self.contract.inputs[name])
                names += references(schemas[name])
        return jsonschema_rs.Draft202012Validator(
            {**top, "components": {"schemas": schemas}}, validate_formats=True
        )

    def _prepare(self, schema: Any) -> Any:
        """The schema without examples; where it is closed, with objects that refuse what they do not list."""
        if isinstance(schema, list):
            return [self._prepare(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        result = {k: self._prepare(item) for k, item in schema.items() if k not in {"example", "examples"}}
        if self.closed and isinstance(schema.get("properties"), dict) and is_closed(schema):
            result["additionalProperties"] = False
        if self.closed and _KNOWN_VALUES in result:
            result["enum"] = result[_KNOWN_VALUES]
        return result

    def findings(self, schema: Schema, value: Any, path: Path = ()) -> Iterator[Finding]:
        """What is wrong with a value: of an object first what is unknown, then what is missing."""
        schema = self.contract.resolve(schema)
        branches = [branch for name in _BRANCHES for branch in schema.get(name, ())]
        if branches:
            yield from self._of_branches(schema, branches, value, path)
        elif not _fits(schema, value):
            where = self._where(path, schema)
            yield Finding(Detail(_phrase("type", {"types": _types(schema)}, where), _as_text(value, "type")))
        elif isinstance(value, dict):
            yield from self._of_object(schema, value, path)
        elif isinstance(value, list):
            yield from self._of_list(schema, value, path)
        else:
            where = self._where(path, schema)
            for error in self.validator(schema).iter_errors(value):
                yield Finding(_detail_of(error, where, path), unknown=_KNOWN_VALUES in schema)

    def _where(self, path: Path, schema: Schema) -> str:
        """The place of a value that is neither list nor object, or should be none."""
        by_list = self.contract.generation not in _GENERATIONS_WITH_PLACES_OF_ITEMS
        if by_list and path and isinstance(path[-1], int) and "object" not in _types(schema):
            *holders, name, _ = path
            return ".".join([*map(str, holders), f"each value in {name}"])
        return _where(path)

    def _of_branches(
        self, schema: Schema, branches: Sequence[Schema], value: Any, path: Path
    ) -> Iterator[Finding]:
        """What is wrong under the branch that was meant: the first whose type fits; else name all types."""
        if self.validator(schema).is_valid(value):
            return
        resolved = [self.contract.resolve(branch) for branch in branches]
        for branch in resolved:
            if _fits(branch, value):
                yield from self.findings(branch, value, path)
                return
        types = [name for branch in resolved for name in _types(branch)]
        words = [f'"{branch["const"]}"' for branch in resolved if "const" in branch]
        if words:
            # The word says more than that it is a string.
            types = [*(type_name for type_name in types if type_name != "string"), *words]
        where = self._where(path, {"type": types})
        yield Finding(Detail(_phrase("type", {"types": types}, where), _as_text(value, "type")))

    def _of_object(self, schema: Schema, value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
        where = _where(path)
        prefix = f"{where}." if where else ""
        properties: Mapping[str, Schema] = schema.get("properties", {})
        further = schema.get("additionalProperties")
        if self.closed and is_closed(schema):
            for name in value:
                if name not in properties:
                    text = f"{prefix}property {shorten(name)} should not exist"
                    yield Finding(Detail(text, nearest=self._nearest(name, properties)), unknown=True)
        for name in schema.get("required", ()):
            if name not in value:
                yield Finding(Detail(f"{prefix}{name} should not be empty"))
        for keyword, of_length in (("minProperties", int.__lt__), ("maxProperties", int.__gt__)):
            if keyword in schema and of_length(len(value), schema[keyword]):
                yield Finding(
                    Detail(_phrase(keyword, {"limit": schema[keyword]}, where), _as_text(value, keyword))
                )
        for name, property_schema in properties.items():
            if name in value:
                yield from self.findings(property_schema, value[name], (*path, name))
        if isinstance(further, dict):
            for name in value.keys() - properties.keys():
                yield from self.findings(further, value[name], (*path, name))

    def _nearest(self, name: str, properties: Mapping[str, Schema]) -> str | None:
        """A property that an unknown one may be meant for, also one of those a step further down."""
        names = list(properties)
        for outer, schema in properties.items():
            inner = self.contract.resolve(schema)
            step = "[]." if "items" in inner else "."
            inner = self.contract.resolve(inner.get("items", inner))
            names += [f"{outer}{step}{inner_name}" for inner_name in inner.get("properties", ())]
        return alike(name, names)

    def _of_list(self, schema: Schema, value: Sequence[Any], path: Path) -> Iterator[Finding]:
        least, most, where = schema.get("minItems"), schema.get("maxItems"), _where(path)
        if least is not None and len(value) < least:
            yield Finding(Detail(_phrase("minItems", {"limit": least}, where), _as_text(value, "minItems")))
        if most is not None and len(value) > most:
            yield Finding(Detail(_phrase("maxItems", {"limit": most}, where), _as_text(value, "maxItems")))
            return
        items = schema.get("items")
        if items is not None:
            for index in self._wrong(self.validator(items, of_lists=True), value, 0):
                yield from self.findings(items, value[index], (*path, index))

    def _wrong(self, validator: Any, value: Sequence[Any], first: int) -> Iterator[int]:
        """The indices of the items that a validator of lists refuses, in their order; ``first`` is added."""
        if validator.is_valid(value):
            return
        if len(value) == 1:
            yield first
            return
        half = len(value) // 2
        yield from self._wrong(validator, value[:half], first)
        yield from self._wrong(validator, value[half:], first + half)


def is_closed(schema: Schema) -> bool:
    """Whether an object has no other properties than those that are listed."""
    return "properties" in schema and "type" in schema and schema.get("additionalProperties", False) is False


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else sorted(types)


def _fits(schema: Schema, value: Any) -> bool:
    """Whether a value is of a schema's type; where it has none, whether it is its constant."""
    if "const" in schema:
        return bool(schema["const"] == value)
    types = _types(schema)
    return not types or any(_is_a(name, value) for name in types)


def _is_a(name: str, value: Any) -> bool:
    if name == "boolean" or isinstance(value, bool):
        return name == "boolean" and isinstance(value, bool)
    if name == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, _PYTHON_TYPES[name])


def _where(path: Path) -> str:
    return ".".join(map(str, path))


def _detail_of(error: Any, where: str, path: Path) -> Detail:
    """An error that the validator found in a value that is neither a list nor an object."""
    keyword: str = error.kind.name
    details: Mapping[str, Any] = error.kind.as_dict()
    text = _PATTERN_TEXTS.get(details.get("pattern", ""))
    if text is not None:
        return Detail(text)  # a text of the API's own stays as it is
    if keyword == "enum" and path and isinstance(path[-1], int) and where == _where(path):
        where = f"each value in {_where(path[:-1])}"
    return Detail(_phrase(keyword, details, where), _as_text(error.instance, keyword))


def _phrase(keyword: str, details: Mapping[str, Any], where: str) -> str:
    where = where or "body"
    limit = details.get("limit")
    if keyword == "type":
        return f"{where} must be " + " or ".join(_TYPES.get(t, t) for t in dict.fromkeys(details["types"]))
    if keyword == "enum":
        words = ", ".join(
            str(option).lower() if option is True else str(option) for option in details["options"]
        )
        return f"{where} must be one of the following values: {words}"
    if keyword == "minLength" and limit == 1:
        return f"{where} should not be empty"
    if keyword in {"format", "pattern"}:
        pattern, format_name = details.get("pattern"), details.get("format")
        if pattern == _DATE_PATTERN:
            format_name = "date"
        if format_name in _FORMATS:
            return f"{where} must be {_FORMATS[format_name]}"
        return f"{where} must match {format_name or pattern}"
    phrase = {
        "minItems": "must contain at least {} elements",
        "maxItems": "must contain no more than {} elements",
        "minProperties": "must have at least {} of its properties",
        "maxProperties": "must have no more than {} of its properties",
        "minLength": "must be longer than or equal to {} characters",
        "maxLength": "must be shorter than or equal to {} characters",
        "minimum": "must not be less than {}",
        "maximum": "must not be greater than {}",
    }.get(keyword, "is not valid")
    return f"{where} {phrase.format(limit)}"


def _as_text(value: Any, keyword: str) -> str | None:
    """A value as messages show it. Where the type is wrong a text is quoted to show it."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f'"{shorten(value)}"' if keyword == "type" or not value else shorten(value)
    return shorten(str(value))
