"""The contract: an OpenAPI 3.1 document, the only place where paths and ids of operations are written.

A document says at its top which generation of the API it describes (``x-mock-lusha-generation``). What the
double knows of an operation beyond its inputs and answers are facts of the operation there, so that nothing
else needs to know an operation by its id. All but the first two may be absent:

=================  ===================================================================================
x-mock-lusha-...   what it says
=================  ===================================================================================
feature            The part of a plan that an account must have. In the control API: ``open`` to anybody, or
                   ``control``, for who may steer.
handler            The module of ``api.<generation>`` that has the handler; not in the control API.
price              What a call may cost, and where its answer tells what it did: see ``recorder.prices``.
aliases            Further paths with the same method.
differs            Where it differs from the document that Lusha published, and why; for readers alone.
bulk               ``{items, most, instead_of?, in_one?}``: the list of the body whose items are looked up
                   (and paid for) one by one, how many it takes, and the operations that do so for one
                   alone (itself, with one item). ``in_one`` are the operations ``search`` and ``enrich``
                   that it does in one, and the profiles of prices in which it does not charge the search
                   (``search_free_in``).
identifiers        What identifies whom or what is looked up: place in ``query`` or ``body`` -> kind.
fields             Fields whose names mean something else here: kind -> ends of places in ``request``,
                   ``query`` or ``response``. What names mean elsewhere: ``recorder.field_kinds``.
keys               Objects of the answer whose names are ids: place -> kind of id.
entities           Where the answer tells of people and companies: see ``recorder.pinning``.
gates              Plan without the feature -> the error it answers, where that is not ``plan-restricted``.
window             ``{name, requests, seconds}``: a rate limit of its own in place of the usual one for a
                   second; operations of one name share it.
index              ``people`` or ``companies``: it looks at all of them, which takes a while to draw up
                   (people need the companies too). ``companies-by-people``: at people only where its body
                   has filters of them.
request-id         ``gives`` out an id that belongs to its answer, or ``takes`` one that was given out.
replaces           Paths that it took the place of and that are gone: they answer 404, once the key is known.
retires            The setting ``v2`` may announce its end, or refuse it.
successor          ``{operation, also?, changes}``: the operation of a later generation that does the same,
                   further ones that it takes for that, and in words what changes.
usage              Its answer tells how many credits are used and left.
unserved           It is in the contract, and not built yet: it answers 501, and has no handler.
refusal            The message of its 400 in Lusha's document, where the findings stand beside it alone.
coded              An error of it that has a code in words is documented as ``{code, message}`` alone.
whitelisted        It was seen live to refuse what its document does not list, at any depth of the body or, of
                   one that has none, in the query; and to word what is not valid in an envelope of its own.
=================  ===================================================================================

A place is names with dots between them; items of a list are in the place of the list, ``*`` stands for the
names of a map (in ``entities`` also for the items of a list).
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.errors import ContractError, nearest
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_GENERATION = "x-mock-lusha-generation"
_FACT = "x-mock-lusha-"
_FACTS = (
    *("handler", "price", "bulk", "identifiers", "fields", "keys", "entities", "gates", "window", "index"),
    *(
        "replaces",
        "request-id",
        "retires",
        "successor",
        "usage",
        "unserved",
        "whitelisted",
        "coded",
        "refusal",
    ),
)
_ALL_FACTS = frozenset({"feature", "aliases", "differs", *_FACTS})
_SCHEMAS = "#/components/schemas/"
_METHODS = ("get", "post", "put", "patch", "delete")


@frozen
class Operation:
    """One operation: ``paths`` are its path and the aliases that clients still call, ``parameters`` are
    resolved. What follows ``body`` are its facts, as the contract has them; None (False) where it has not."""

    id: str
    method: str
    paths: tuple[str, ...]
    tag: str
    summary: str
    feature: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    generation: str = ""
    handler: str | None = None
    price: Mapping[str, Any] | None = None
    bulk: Mapping[str, Any] | None = None
    identifiers: Mapping[str, str] | None = None
    fields: Mapping[str, Sequence[str]] | None = None
    keys: Mapping[str, str] | None = None
    entities: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    gates: Mapping[str, str] | None = None
    window: Mapping[str, Any] | None = None
    index: str | None = None
    request_id: str | None = None
    replaces: Sequence[str] = ()
    retires: bool = False
    successor: Mapping[str, Any] | None = None
    usage: bool = False
    unserved: bool = False
    whitelisted: bool = False
    coded: bool = False
    refusal: str | None = None

    @property
    def path(self) -> str:
        """The documented path."""
        return self.paths[0]


class Contract:
    """A contract document with its operations by id.

    ``source`` is the document, or the file of one that ships. Beside that stand its operations, and the
    schemas of what they take, in files of their own: a server needs no more of it, and it is half a megabyte.

    Raises:
        ContractError: the document has an operation twice.
    """

    def __init__(self, source: bytes | Path) -> None:
        self._source = source
        self.operations = self.read() if isinstance(source, bytes) else dict(_shipped(source))

    @classmethod
    def load(cls, generation: str = "v2") -> Contract:
        """The shipped contract of a generation of the API."""
        return cls(Path(__file__).parent / f"{generation}.json")

    @property
    def generation(self) -> str:
        """The generation of the API that it describes; empty where it does not say."""
        if isinstance(self._source, Path):
            return self._source.stem
        generation: str = self.document.get(_GENERATION, "")
        return generation

    @cached_property
    def raw(self) -> bytes:
        """The document as it is written."""
        return self._source if isinstance(self._source, bytes) else self._source.read_bytes()

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The document."""
        document: Mapping[str, Any] = orjson.loads(self.raw)
        return document

    @cached_property
    def schemas(self) -> Mapping[str, Any]:
        """The schemas that have names."""
        schemas: Mapping[str, Any] = self.document["components"]["schemas"]
        return schemas

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """Those of them that inputs of operations refer to, deeply."""
        if isinstance(self._source, bytes):
            return self.read_inputs()
        inputs: Mapping[str, Any] = orjson.loads(inputs_file(self._source).read_bytes())
        return inputs

    def read_inputs(self) -> dict[str, Any]:
        """The same out of the document itself."""
        schemas: dict[str, Any] = {}
        names = [
            name
            for operation in self.operations.values()
            for name in references([operation.body, *operation.parameters])
        ]
        while names:
            name = names.pop()
            if name not in schemas:
                schemas[name] = self.schemas[name]
                names += references(schemas[name])
        return dict(sorted(schemas.items()))

    def read(self) -> dict[str, Operation]:
        """The operations out of the document itself."""
        operations: dict[str, Operation] = {}
        for path, item in self.document["paths"].items():
            for method in _METHODS:
                if method in item:
                    operation = self._operation(path, method, item[method])
                    if operation.id in operations:
                        raise ContractError(f"the contract has {operation.id} twice")
                    operations[operation.id] = operation
        return operations

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        content = item.get("requestBody", {}).get("content", {})
        names = {name.removeprefix(_FACT) for name in item if name.startswith(_FACT)}
        for name in sorted(names - _ALL_FACTS):
            hint = nearest(name, sorted(_ALL_FACTS))
            raise ContractError(f"{item['operationId']}: there is no fact {_FACT}{name}; {hint}")
        if "feature" not in names:
            raise ContractError(f"{item['operationId']} has no {_FACT}feature")
        return Operation(
            id=item["operationId"],
            method=method.upper(),
            paths=(path, *item.get(f"{_FACT}aliases", ())),
            tag=item["tags"][0],
            summary=item["summary"],
            feature=item[f"{_FACT}feature"],
            parameters=tuple(map(self.resolve, item.get("parameters", ()))),
            body=content["application/json"]["schema"] if content else None,
            generation=self.generation,
            **{name.replace("-", "_"): item[_FACT + name] for name in _FACTS if _FACT + name in item},
        )

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """A node with its own ``$ref``, if it is one, followed."""
        while "$ref" in node:
            node = self._follow(node["$ref"])
        return node

    def _follow(self, reference: str) -> Mapping[str, Any]:
        name = reference.removeprefix(_SCHEMAS)
        if isinstance(self._source, Path) and name in self.inputs:
            schema: Mapping[str, Any] = self.inputs[name]
            return schema
        target: Any = self.document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        node: Mapping[str, Any] = target
        return node


def references(schema: Any) -> Iterator[str]:
    """The names of the contract's schemas that a schema refers to, deeply."""
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(_SCHEMAS)
        for item in schema.values():
            yield from references(item)


def inputs_file(document: Path) -> Path:
    """Where the schemas of inputs of a document that ships are."""
    return document.with_suffix(".inputs.json")


def operations_file(document: Path) -> Path:
    """Where the operations of a document that ships are."""
    return document.with_suffix(".operations.json")


@cache
def _shipped(document: Path) -> Mapping[str, Operation]:
    """The operations of a document that ships, read once: nobody changes them."""
    return {
        row["id"]: Operation(
            **{
                **row,
                "paths": tuple(row["paths"]),
                "parameters": tuple(row["parameters"]),
                "generation": document.stem,
            }
        )
        for row in orjson.loads(operations_file(document).read_bytes())
    }
