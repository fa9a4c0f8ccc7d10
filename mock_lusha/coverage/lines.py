"""Lines of pytest: each is a statement about the handle ``lusha`` that fills a gap once the call is made."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.coverage.surface import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.coverage.surface import Node, Surface

_PARAMETER = re.compile(r"\{(\w+)\}")
_SENT: Final[Mapping[str, str]] = {
    "email": "jane.doe@acme.com",
    "domain": "acme.com",
    "linkedin": "https://www.linkedin.com/in/mock-lusha-jane-doe--at--acme-com",
}
"""What identifies somebody, by the kind of identifier, in the order of preference."""
_HELPFUL: Final[Mapping[str, str]] = {
    "query": "acme",  # lists that are too long to be told without
    "email": "petra.lindqvist@quillmark-robotics.example",  # the owner of tables, where nobody is looked up
}
"""Parameters that are sent though the contract lets them out, because of what handlers ask for."""
_NOBODY: Final[Mapping[str, str]] = {"email": "nobody@acme.com", "domain": "nobody.example"}
"""Magic identifiers whom nobody has."""


def literal(value: Any) -> str:
    """A JSON value as Python writes it, in double quotes and on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(name)}: {literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def rule(operation: str, step: str) -> str:
    """A line that says what happens to the next calls of an operation."""
    return f"lusha.on({literal(operation)}).{step}"


def failing(operation: str, error: str) -> str:
    """A line by which an operation fails."""
    return rule(operation, f"fail({literal(error)})")


def call(surface: Surface, *, query: Mapping[str, Any] | None = None, body: Any = None) -> str:
    """A line that calls an operation: as its example does, or with a query and body of one's own.

    Ids that only an account can know are made up: such a call is answered with 404.
    """
    operation = surface.operation
    enumerated = {
        parameter["name"]: surface.text_of_path(parameter)
        for parameter in operation.parameters
        if parameter["in"] == "path"
    }
    path = _PARAMETER.sub(lambda match: enumerated[match[1]], operation.path)
    parameters = dict(query or _query(surface))
    body = surface.example if body is None else body
    method = operation.method.lower()
    sends = method in {"get", "post", "patch", "put"}
    words = [literal(path)] if sends else [literal(operation.method), literal(path)]
    words += [f"params={literal(parameters)}"] if parameters else []
    words += [f"json={literal(body)}"] if body is not None else []
    return f"lusha.client.{method if sends else 'request'}({', '.join(words)})"


def is_callable(surface: Surface) -> bool:
    """Whether a line can call an operation well: its path takes no id that only an account knows."""
    return all(
        surface.text_of_path(parameter) != UNKNOWN
        for parameter in surface.operation.parameters
        if parameter["in"] == "path"
    )


def twice(line: str) -> str:
    """A line that does something twice."""
    return f"[{line} for _ in range(2)]"


def _query(surface: Surface) -> dict[str, Any]:
    """A query by which somebody is found, and what is required besides."""
    required = {
        parameter["name"]: surface.query.children[parameter["name"]].sample
        for parameter in surface.operation.parameters
        if parameter["in"] == "query" and (parameter.get("required") or parameter["name"] in _HELPFUL)
    }
    required |= {name: text for name, text in _HELPFUL.items() if name in required}
    return {**required, **_identified(surface, "query", _SENT)}


def _identified(surface: Surface, where: str, sent: Mapping[str, str]) -> dict[str, str]:
    """The first kind of identifier that stands right in a place: its name, and what is sent."""
    identifiers = surface.operation.identifiers or {}
    for kind, text in sent.items():
        for place, its_kind in identifiers.items():
            holder, _, name = place.rpartition(".")
            if its_kind == kind and holder == where:
                return {name: text}
    return {}


def mixed(surface: Surface) -> str | None:
    """A line that looks up somebody who is found and somebody who is not; None where an operation takes
    neither mailboxes nor domains."""
    items = (surface.operation.bulk or {}).get("items", "")
    there = _identified(surface, f"body.{items}", {kind: _SENT[kind] for kind in _NOBODY})
    if not there:
        return None
    absent = _identified(surface, f"body.{items}", _NOBODY)
    bodies = [dict(there), dict(absent)]
    own = _own_ids(surface, items)
    if own:
        bodies = [{**each, own: str(number)} for number, each in enumerate(bodies, 1)]
    return call(surface, body={items: bodies})


def _own_ids(surface: Surface, items: str) -> str | None:
    """The property by which callers number the items of a bulk, where an example has one."""
    example = surface.example
    listed = example.get(items) if isinstance(example, dict) else None
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    identifiers = {place.rpartition(".")[2] for place in surface.operation.identifiers or {}}
    return next((name for name in first if name.endswith("Id") and name not in identifiers), None)


def with_field(surface: Surface, place: str, value: Any = None) -> str:
    """A line that calls an operation with a field in its request, with a value if one is meant."""
    where, *names = place.split(".")
    if value is None:
        value = _SENT.get((surface.operation.identifiers or {}).get(place, ""))
    if where == "query":
        node = surface.query.children[names[0]]
        sample = node.sample if value is None else value
        sent = sample[0] if isinstance(sample, list) and sample else sample
        return call(surface, query={**_query(surface), names[0]: sent})
    body = deepcopy(surface.example)
    body = body if isinstance(body, dict) else {}
    _put(body, surface.body, names, value)
    return call(surface, body=body)


def _put(target: dict[str, Any], node: Node, names: list[str], value: Any) -> None:
    """Put a value at a place of a body, and what is needed above it."""
    name, *below = names
    child = node.children[name]
    if not below:
        sample = child.sample if value is None else [value] if child.is_list else value
        target[name] = {} if sample is None else sample
        return
    inner = target.get(name)
    if child.is_list:
        if not (isinstance(inner, list) and inner and isinstance(inner[0], dict)):
            inner = target[name] = [{}]
        inner = inner[0]
    elif not isinstance(inner, dict):
        inner = target[name] = {}
    _put(inner, child, below, value)
