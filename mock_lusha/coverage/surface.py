"""What can be tried of an operation: its answers, the fields of its request, and their enumerations."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import CATALOGUE
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mock_lusha.contract.document import Contract, Operation
    from mock_lusha.contract.registry import Registry
    from mock_lusha.errors import ErrorKind

    Schema = Mapping[str, Any]

_BRANCHES = ("allOf", "anyOf", "oneOf")
_ENUMERATIONS = ("enum", "x-mock-lusha-values")
_TEXTS: Mapping[str, str] = {
    "date": "2026-06-01",
    "date-time": "2026-06-01T00:00:00Z",
    "email": "jane.doe@acme.com",
    "uri": "https://receiver.example/lusha",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
UNKNOWN: Final = "1"
"""An id that no account gave out."""
_OWN_FEATURE = "account"
"""The feature of several groups of operations, which their tags tell apart."""

# Error -> where it can be answered, beyond that its status is among the operation's.
_ONLY_OF: Final[Mapping[str, Callable[[Operation], bool]]] = {
    "bad-request": lambda operation: bool(operation.body or operation.parameters),
    "bad-key-format": lambda _: False,  # for a server that words its errors as seen live
    "plan-restricted": lambda operation: "visits-restricted" not in (operation.gates or {}).values(),
    "datapoint-restricted": lambda operation: operation.retires and "reveal" in (operation.price or {}),
    "dnc-restricted": lambda operation: operation.handler == "prospecting" and operation.index == "people",
    "subscription-limit": lambda operation: operation.path.endswith("/subscriptions"),
    "opt-out-exists": lambda operation: operation.path.endswith("/opt-out"),
    "visits-restricted": lambda operation: "visits-restricted" in (operation.gates or {}).values(),
    "not-found": lambda operation: operation.handler not in {"tables", "account_secret"},
    "secret-not-found": lambda operation: operation.handler == "account_secret",
    "table-not-found": lambda operation: operation.handler == "tables",
    "column-not-found": lambda operation: "{column_id}" in operation.path,
    "retired": lambda operation: operation.retires,
    "dedupe-session-invalid": lambda operation: operation.handler == "lookalikes",
    "identity-unavailable": lambda operation: (
        operation.handler == "signal_scores" and "/contacts/" in operation.path
    ),
    "not-implemented": lambda operation: operation.unserved,
}


@mutable
class Node:
    """A place of a request: the properties under it, the values that are listed for it, and one that could be
    sent. Items of a list are in the place of the list (``is_list``)."""

    children: dict[str, Node] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)
    sample: Any = None
    is_list: bool = False


class Surface:
    """What can be tried of one operation."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self.operation = operation
        self._contract = contract
        self.body = Node()
        if operation.body is not None:
            self._grow(self.body, operation.body, frozenset())
        self.query = Node()
        for parameter in operation.parameters:
            if parameter["in"] == "query":
                node = self.query.children.setdefault(parameter["name"], Node())
                self._grow(node, parameter["schema"], frozenset())
        self.places: Mapping[str, Node] = dict((*_places("query", self.query), *_places("body", self.body)))
        """The fields of a request by their places, as facts of operations write them."""

    def _grow(self, node: Node, schema: Schema, above: frozenset[str]) -> None:
        """Add what a schema says; one that contains itself is followed once."""
        while "$ref" in schema:
            if schema["$ref"] in above:
                return
            above |= {schema["$ref"]}
            schema = self._contract.resolve({"$ref": schema["$ref"]})
        for name in _ENUMERATIONS:
            node.values += [value for value in schema.get(name, ()) if value not in (None, *node.values)]
        if node.sample is None:
            node.sample = _sample(schema)
        for name in _BRANCHES:
            for branch in schema.get(name, ()):
                self._grow(node, branch, above)
        if "items" in schema:
            node.is_list = True
            before, node.sample = node.sample, None
            self._grow(node, schema["items"], above)
            item = node.values[0] if node.values else node.sample
            node.sample = before if isinstance(before, list) and before else [{} if item is None else item]
        for name, child in schema.get("properties", {}).items():
            self._grow(node.children.setdefault(name, Node()), child, above)

    @property
    def statuses(self) -> list[int]:
        """The statuses that its document lists."""
        responses = self._item["responses"]
        return [int(status) for status in responses if status.isdigit()]

    @property
    def errors(self) -> list[ErrorKind]:
        """The errors of the catalogue that it can answer."""
        statuses = {*self.statuses}
        return [
            kind
            for kind in CATALOGUE.values()
            if kind.status in statuses and _ONLY_OF.get(kind.name, _anywhere)(self.operation)
        ]

    @property
    def example(self) -> Any:
        """The body of the first example of its document; None where there is none."""
        content = self._item.get("requestBody", {}).get("content", {}).get("application/json", {})
        examples: list[Any] = [each["value"] for each in content.get("examples", {}).values()]
        return examples[0] if examples else None

    @property
    def _item(self) -> Mapping[str, Any]:
        operation = self.operation
        item: Mapping[str, Any] = self._contract.document["paths"][operation.path][operation.method.lower()]
        return item

    def text_of_path(self, parameter: Mapping[str, Any]) -> str:
        """What may stand in a path for a parameter of it: a listed value, or a number nobody gave out."""
        node = Node()
        self._grow(node, parameter["schema"], frozenset())
        return text_of(node.values[0]) if node.values else UNKNOWN

    def total(self) -> tuple[str, ...] | None:
        """Where a page of its answer tells how many results there are in all; None where it does not."""
        return next(
            (place for place in self._answer_places() if place[-1] in {"total", "totalResults"}), None
        )

    def rows(self) -> str | None:
        """The name of the list of its answer."""
        return next((place[0] for place in self._answer_places() if place[0] in {"results", "data"}), None)

    def _answer_places(self) -> Iterator[tuple[str, ...]]:
        """Names at the top of its answer, and those right below."""
        for status, response in self._item["responses"].items():
            if status.startswith("2"):
                content = self._contract.resolve(response).get("content", {}).get("application/json", {})
                for name, schema in self._properties(content.get("schema", {})).items():
                    yield (name,)
                    for below in self._properties(schema):
                        yield (name, below)

    def _properties(self, schema: Schema) -> dict[str, Any]:
        schema = self._contract.resolve(schema)
        properties = dict(schema.get("properties", {}))
        for name in _BRANCHES:
            for branch in schema.get(name, ()):
                properties |= self._properties(branch)
        return properties

    @property
    def pages(self) -> bool:
        """Whether it answers page by page, and its body says which one."""
        return self.operation.price is not None and any(place.endswith(".page") for place in self.places)


class Surfaces:
    """The surfaces of all operations, each made when it is first needed."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._made: dict[str, Surface] = {}

    def of(self, operation: str) -> Surface:
        """The surface of an operation, by its id."""
        surface = self._made.get(operation)
        if surface is None:
            described = self.registry.operations[operation]
            surface = self._made[operation] = Surface(self.registry.contract_of(described), described)
        return surface


def group_of(operation: Operation) -> tuple[str, str]:
    """What an operation belongs to: whoever calls one of a group is concerned with the others.

    It is the generation, and the part of a plan that it needs; tables are one group.
    """
    feature = operation.feature.removeprefix("read-")
    return operation.generation, operation.tag if feature == _OWN_FEATURE else feature


def _anywhere(_: Operation) -> bool:
    return True


def _places(where: str, node: Node) -> Iterator[tuple[str, Node]]:
    for name, child in node.children.items():
        place = f"{where}.{name}"
        yield place, child
        yield from _places(place, child)


def text_of(value: Any) -> str:
    """A value of an enumeration as text: 10 and "10" are one, as in a query."""
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sample(schema: Schema) -> Any:
    """A value that a schema allows, as far as it is easily made; None where that is left to its branches."""
    for name in ("example", "default"):
        if schema.get(name) is not None:
            return schema[name]
    examples: Sequence[Any] = schema.get("examples", ())
    listed = [value for name in _ENUMERATIONS for value in schema.get(name, ()) if value is not None]
    if examples or listed:
        return (*examples, *listed)[0]
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    least = schema.get("minimum", 1)
    made = {
        "string": _TEXTS.get(schema.get("format", ""), "text"),
        "integer": least,
        "number": least,
        "boolean": True,
        "object": {},
        "array": [],
    }
    return made.get(kind or ("object" if "properties" in schema else ""))
