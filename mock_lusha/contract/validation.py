"""Checks of requests against the contract, worded as the API words them (class-validator's texts).

One compiled validator a kind of input answers in microseconds; the findings are worded only where it says
no. Unknown properties are findings of their own: whether they are refused is up to ``strict``.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from mock_lusha.contract.document import references
from mock_lusha.errors import Detail, shorten
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.contract.document import Contract, Operation

_MOST = 25
# Patterns that the API has a text of its own for.
_PATTERN_TEXTS = {
    r"^[A-Za-z0-9\s.,&\-_()]*$": (
        "Text can only contain alphanumeric characters, spaces, and basic punctuation (.,&-_())."
    ),
}
# What a schema may say of a value without asking anything of it beyond its type.
_TYPE_ALONE = frozenset({"type", "default", "description", "example", "examples"})
_DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


@frozen
class Findings:
    """What is wrong with an input, and which of its properties nobody knows."""

    errors: tuple[Detail, ...] = ()
    unknown: tuple[Detail, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        return Findings(self.errors + other.errors, self.unknown + other.unknown)


class InputCheck:
    """Checks values against one schema of a contract, compiled at first use."""

    def __init__(self, contract: Contract, schema: Mapping[str, Any]) -> None:
        self._contract = contract
        self._schema = schema
        self._validator: Any = None

    def findings(self, value: Any) -> Findings | None:
        """None when nothing is to be said."""
        if self._validator is None:
            self._validator = self._compiled()
        try:
            if self._validator.is_valid(value):
                return None
            errors = list(self._validator.iter_errors(value))
        except ValueError as problem:
            # The validator's own bounds, on depth for instance.
            reason = "it is nested too deeply" if "Recursion" in str(problem) else str(problem)
            return Findings((Detail(f"the body cannot be checked: {reason}"),))
        found = _Words()
        for error in errors:
            _word(error, found)
        return Findings(_unique(found.errors), _unique(found.unknown))

    def _compiled(self) -> Any:
        import jsonschema_rs  # noqa: PLC0415 - 10 ms that an idle server need not spend

        schema = _closed(self._schema)
        used: dict[str, Any] = {}
        named = list(references(schema))
        while named:
            name = named.pop()
            if name not in used:
                used[name] = _closed(self._contract.inputs[name])
                named += references(used[name])
        schema = {**schema, "components": {"schemas": used}}
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def body_check(contract: Contract, operation: Operation) -> InputCheck | None:
    """The check of an operation's body, None if it takes none."""
    return None if operation.body is None else InputCheck(contract, operation.body)


@mutable
class _Words:
    errors: list[Detail] = field(default_factory=list)
    unknown: list[Detail] = field(default_factory=list)


def _unique(details: Iterable[Detail]) -> tuple[Detail, ...]:
    return tuple(dict.fromkeys(details))[:_MOST]


def _closed(schema: Any) -> Any:
    """The schema with objects that refuse what they do not know, deeply."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _closed(item) for name, item in schema.items() if name not in {"example", "examples"}}
    if isinstance(made.get("properties"), dict) and "additionalProperties" not in made and "type" in made:
        made["additionalProperties"] = False
    return made


def _word(error: Any, found: _Words) -> None:
    """Put one error of the validator into words."""
    keyword: str = error.kind.name
    details: Mapping[str, Any] = error.kind.as_dict()
    path = tuple(error.instance_path)
    where = ".".join(map(str, path))
    prefix = f"{where}." if where else ""
    if keyword == "additionalProperties":
        for each in details["unexpected"]:
            found.unknown.append(Detail(f"{prefix}property {shorten(each)} should not exist"))
    elif keyword == "required":
        found.errors.append(Detail(f"{prefix}{details['property']} should not be empty"))
    elif keyword in {"anyOf", "oneOf"} and "context" in details:
        _word_branches(details["context"], path, error.instance, found)
    else:
        text = _PATTERN_TEXTS.get(details.get("pattern", ""))
        if text is not None:
            found.errors.append(Detail(text))  # a text of the API's own stays as it is
        else:
            found.errors.append(Detail(_phrase(keyword, details, path), _shown(error.instance, keyword)))


def _word_branches(
    branches: Sequence[Sequence[Any]], path: tuple[str | int, ...], sent: Any, found: _Words
) -> None:
    """Word the branch that was meant: the one whose type fits; without one, name all types."""
    types: list[str] = []
    words: list[str] = []
    for branch in branches:
        if [(e.kind.name, tuple(e.instance_path)) for e in branch] == [("const", path)]:
            words.append(f'"{branch[0].kind.as_dict()["expected_value"]}"')
            continue
        at_top = [e for e in branch if e.kind.name == "type" and tuple(e.instance_path) == path]
        if not at_top:
            for error in branch:
                _word(error, found)
            return
        types += [t for e in at_top for t in e.kind.as_dict()["types"]]
    if words:
        # The word says more than that it is a string.
        types = [*(each for each in types if each != "string"), *words]
    found.errors.append(Detail(_phrase("type", {"types": types}, path), _shown(sent, "type")))


_TYPES = {
    "string": "a string",
    "integer": "an integer number",
    "number": "a number conforming to the specified constraints",
    "boolean": "a boolean value",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def _phrase(keyword: str, details: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    where = ".".join(map(str, path)) or "body"
    limit = details.get("limit")
    if keyword == "type":
        return f"{where} must be " + " or ".join(_TYPES.get(t, t) for t in dict.fromkeys(details["types"]))
    if keyword == "enum":
        words = ", ".join(str(each).lower() if each is True else str(each) for each in details["options"])
        if path and isinstance(path[-1], int):
            each = ".".join(map(str, path[:-1]))
            return f"each value in {each} must be one of the following values: {words}"
        return f"{where} must be one of the following values: {words}"
    if keyword == "minLength" and limit == 1:
        return f"{where} should not be empty"
    if keyword in {"format", "pattern"}:
        pattern = details.get("pattern")
        if details.get("format") == "date" or pattern == _DATE_PATTERN:
            return f"{where} must be a valid ISO 8601 date string"
        return f"{where} must match {details.get('format') or pattern}"
    phrase = {
        "minItems": "must contain at least {} elements",
        "maxItems": "must contain no more than {} elements",
        "minLength": "must be longer than or equal to {} characters",
        "maxLength": "must be shorter than or equal to {} characters",
        "minimum": "must not be less than {}",
        "maximum": "must not be greater than {}",
    }.get(keyword, "is not valid")
    return f"{where} {phrase.format(limit)}"


def _shown(sent: Any, keyword: str) -> str | None:
    """What was sent, as it may stand in a message. Where the type is wrong a text is quoted to show it."""
    if isinstance(sent, dict):
        return "an object"
    if isinstance(sent, list):
        return f"a list of {len(sent)}"
    if sent is None or isinstance(sent, bool):
        return {None: "null", True: "true", False: "false"}[sent]
    if isinstance(sent, str):
        return f'"{shorten(sent)}"' if keyword == "type" or not sent else shorten(sent)
    return shorten(str(sent))


_PYTHON_TYPES: Mapping[str, type] = {"string": str, "boolean": bool}


class QueryCheck:
    """Reads and checks the query string of one operation.

    Lists may be written ``a=1&a=2``, ``a[]=1`` or ``a=1,2``; booleans are text. A parameter sent empty
    counts as not sent, and of a repeated single value the last counts.
    """

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._parameters = {p["name"]: p for p in operation.parameters if p["in"] == "query"}
        properties = {name: contract.resolve(p["schema"]) for name, p in self._parameters.items()}
        self._kinds = {name: schema.get("type") for name, schema in properties.items()}
        self._typed = {
            name: _PYTHON_TYPES[schema["type"]]
            for name, schema in properties.items()
            if schema.get("type") in _PYTHON_TYPES and schema.keys() <= _TYPE_ALONE
        }
        self._check = InputCheck(contract, {"type": "object", "properties": properties})

    def read(self, pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], Findings]:
        """Values by parameter and what is wrong with them."""
        values: dict[str, Any] = {}
        unknown: list[Detail] = []
        for raw, text in pairs:
            name = raw.removesuffix("[]")
            kind = self._kinds.get(name)
            if kind is None:
                unknown.append(Detail(f"property {shorten(raw)} should not exist"))
            elif kind == "array":
                values.setdefault(name, []).extend(part.strip() for part in text.split(",") if part.strip())
            elif text.strip() == "":
                continue
            elif kind == "boolean":
                values[name] = {"true": True, "false": False, "1": True, "0": False}.get(
                    text.strip().lower(), text
                )
            else:
                values[name] = text
        found = None if self._is_well(values) else self._check.findings(values)
        if unknown:
            found = (found or Findings()) + Findings(unknown=_unique(unknown))
        return values, found or Findings()

    def _is_well(self, values: Mapping[str, Any]) -> bool:
        """Whether all values have the type that is all that is asked of them; others take the validator."""
        return all(isinstance(value, self._typed.get(name, ())) for name, value in values.items())
