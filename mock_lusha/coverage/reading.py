"""Reads what an exchange tried out of its record in the journal: fields, values, and what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from mock_lusha.coverage import marks
from mock_lusha.coverage.surface import Surfaces, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.contract.document import Operation
    from mock_lusha.contract.registry import Registry
    from mock_lusha.coverage.surface import Node, Surface
    from mock_lusha.state.coverage import Tally
    from mock_lusha.state.journal import Record

_TOTAL = re.compile(rb'"total(?:Results)?"\s*:\s*(\d{1,12})')
_PAGE = re.compile(rb'"(?:page|currentPage)"\s*:\s*(\d{1,12})')
_HEAD = 1_000
"""Bytes of an answer in which its page and total stand: they come before the results, or there are few."""
_PROCESSING = re.compile(rb'"status"\s*:\s*"processing"')
_MOST_DEPTH = 50
"""How deep a body is read; no schema goes further."""
_DEPRECATED = "deprecated:"
_NOT_SHOWN = "not shown: restricted"
_REVEALED = "already revealed"


class Reader:
    """Adds to a tally what a record shows."""

    def __init__(self, registry: Registry) -> None:
        self.surfaces = Surfaces(registry)

    def __call__(self, record: Record, tally: Tally) -> None:
        """Read one record."""
        if record.operation is None or record.operation not in self.surfaces.registry.operations:
            return
        surface = self.surfaces.of(record.operation)
        body = _parsed(record.body)
        if record.body and body is None:
            tally.unread += not record.whole
        places = tally.fields.setdefault(record.operation, set())
        for place, value, node in _sent(surface, record.query, body):
            places.add(place)
            if node.values and text_of(value) in map(text_of, node.values):
                by_place = tally.values.setdefault(record.operation, {})
                by_place.setdefault(place, set()).add(text_of(value))
        tally.marks.update(_marks(surface, record, body))


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None


def _sent(surface: Surface, query: str, body: Any) -> Iterator[tuple[str, Any, Node]]:
    """The places that were sent and that the contract knows, with each value there that is no object."""
    for raw, text in parse_qsl(query, keep_blank_values=True) if query else ():
        name = raw.removesuffix("[]")
        node = surface.query.children.get(name)
        if node is not None:
            for part in text.split(",") if node.is_list else (text,):
                yield f"query.{name}", part.strip(), node
    waiting: list[tuple[str, Any, Node, int]] = [("body", body, surface.body, 0)]
    while waiting:
        place, value, node, depth = waiting.pop()
        if isinstance(value, list):
            waiting += [(place, item, node, depth + 1) for item in value if depth < _MOST_DEPTH]
        elif isinstance(value, dict) and depth < _MOST_DEPTH:
            for name, item in value.items():
                child = node.children.get(name)
                if child is not None:
                    below = f"{place}.{name}"
                    yield below, None, child
                    waiting.append((below, item, child, depth + 1))
        elif place != "body":
            yield place, value, node


def _marks(surface: Surface, record: Record, body: Any) -> Iterator[str]:
    """What came of an exchange, beyond its status and its error."""
    operation = surface.operation
    yield from record.happened
    if any(warning.startswith(_DEPRECATED) for warning in record.warnings):
        yield marks.DEPRECATED
    lookups = [(lookup.by is not None, lookup.why or "") for lookup in record.lookups]
    missing = sum(not was_found for was_found, _ in lookups)
    if lookups and missing == len(lookups):
        yield marks.NOTHING_FOUND
    elif missing:
        yield marks.PARTIAL
    if any(why.startswith(_NOT_SHOWN) for _, why in lookups):
        yield marks.RESTRICTED
    if any(entry.why == _REVEALED for entry in record.entries):
        yield marks.REVEALED_AGAIN
    if 200 <= record.status < 300:
        if surface.pages:
            yield from _of_pages(operation, record.answer[:_HEAD], body)
        if operation.handler == "jobs" and _PROCESSING.search(record.answer[:_HEAD]):
            yield marks.JOB_PENDING


def _of_pages(operation: Operation, answer: bytes, body: Any) -> Iterator[str]:
    """Whether a page is the last one, or has nothing on it."""
    total, page = _TOTAL.search(answer), _PAGE.search(answer)
    if total is None:
        return
    if int(total[1]) == 0:
        yield marks.NO_RESULTS
    elif (int(page[1] if page else 0) + 1) * _size(operation, body) >= int(total[1]):
        yield marks.LAST_PAGE


def _size(operation: Operation, body: Any) -> int:
    """How many results were asked for on a page."""
    results: dict[str, Any] = dict((operation.price or {}).get("results", {}))
    for place in results.get("size", ()):
        value = body
        for name in place.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, int) and value > 0:
            return value
    return int(results.get("default", 1))
