"""Where an input breaks its schema, in the words of the API (class-validator's texts), found one by one.

Whether an input is valid at all is up to the compiled validator. Where it is not, this walks the schema and
makes one finding after another, so that whoever has enough of them stops it: a body of a megabyte can be
wrong at hundreds of thousands of places. A list that is too long is refused by its length, and none of its
items is looked at; of any other list only those items are that the validator refuses, halving the list.
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
_BRANCHES = ("anyOf", "oneOf")


class Finding(NamedTuple):
    """One finding; ``unknown`` says that it is about a property that nobody knows."""

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
        return result

    def findings(self, schema: Schema, value: Any, path: Path = ()) -> Iterator[Finding]:
        """What is wrong with a value: of an object first what is unknown, then what is missing."""
        schema = self.contract.resolve(schema)
        branches = [branch for name in _BRANCHES for branch in schema.get(name, ())]
        if branches:
            yield from self._of_branches(schema, branches, value, path)
        elif not _fits(schema, value):
            yield Finding(Detail(_phrase("type", {"types": _types(schema)}, path), _as_text(value, "type")))
        elif isinstance(value, dict):
            yield from self._of_object(schema, value, path)
        elif isinstance(value, list):
            yield from self._of_list(schema, value, path)
        else:
            for error in self.validator(schema).iter_errors(value):
                yield Finding(_detail_of(error, path))

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
        yield Finding(Detail(_phrase("type", {"types": types}, path), _as_text(value, "type")))

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
                    Detail(_phrase(keyword, {"limit": schema[keyword]}, path), _as_text(value, keyword))
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
        least, most = schema.get("minItems"), schema.get("maxItems")
        if least is not None and len(value) < least:
            yield Finding(Detail(_phrase("minItems", {"limit": least}, path), _as_text(value, "minItems")))
        if most is not None and len(value) > most:
            yield Finding(Detail(_phrase("maxItems", {"limit": most}, path), _as_text(value, "maxItems")))
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


def _detail_of(error: Any, path: Path) -> Detail:
    """An error that the validator found in a value that is neither a list nor an object."""
    keyword: str = error.kind.name
    details: Mapping[str, Any] = error.kind.as_dict()
    text = _PATTERN_TEXTS.get(details.get("pattern", ""))
    if text is not None:
        return Detail(text)  # a text of the API's own stays as it is
    return Detail(_phrase(keyword, details, path), _as_text(error.instance, keyword))


def _phrase(keyword: str, details: Mapping[str, Any], path: Path) -> str:
    where = _where(path) or "body"
    limit = details.get("limit")
    if keyword == "type":
        return f"{where} must be " + " or ".join(_TYPES.get(t, t) for t in dict.fromkeys(details["types"]))
    if keyword == "enum":
        words = ", ".join(
            str(option).lower() if option is True else str(option) for option in details["options"]
        )
        if path and isinstance(path[-1], int):
            list_name = ".".join(map(str, path[:-1]))
            return f"each value in {list_name} must be one of the following values: {words}"
        return f"{where} must be one of the following values: {words}"
    if keyword == "minLength" and limit == 1:
        return f"{where} should not be empty"
    if keyword in {"format", "pattern"}:
        pattern = details.get("pattern")
        if details.get("format") == "date" or pattern == _DATE_PATTERN:
            return f"{where} must be a valid ISO 8601 date string"
        if details.get("format") == "email":
            return f"{where} must be an email"
        return f"{where} must match {details.get('format') or pattern}"
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
