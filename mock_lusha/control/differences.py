"""How exchanges differ from a call that is expected, and which of them come nearest to it."""

from __future__ import annotations

import difflib
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from mock_lusha.errors import shorten
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mock_lusha.state.journal import JournalEntry

    Miss = tuple[JournalEntry, Sequence["Difference"]]
    """An exchange that is not as expected, and how it differs."""

SENT = frozenset(("method", "path", "query", "body"))
"""What of an expected call is compared with what was sent: an exchange is written out for that."""
_COMPARED = 50
"""Exchanges whose texts are compared character by character, of those with the fewest differences."""
_MOST_COUNTED = 1_000
"""Values that are counted where a whole part is missing or too much."""
_LONGEST = 200
"""Characters of a text that are compared."""


class Difference(NamedTuple):
    """One thing that is not as expected: ``things`` is the number of values that differ; ``was`` and
    ``wanted`` are set where two texts differ, which may be nearly the same."""

    text: str
    things: int = 1
    was: str | None = None
    wanted: str | None = None

    @property
    def far(self) -> float:
        """From 0, nearly the same, to the number of values."""
        if self.was is None or self.wanted is None:
            return self.things
        return 1 - difflib.SequenceMatcher(None, self.was[:_LONGEST], self.wanted[:_LONGEST]).ratio()


def fewest(misses: Iterable[Miss]) -> list[Miss]:
    """Those misses that are worth a closer look, those with the fewest differences first: exchanges of the
    operation before those of others, and of two that are equally near the later one."""
    return nsmallest(_COMPARED, (miss for miss in misses if miss[1]), key=_by_count)


def nearest_misses(misses: Iterable[Miss], most: int) -> list[Miss]:
    """The exchanges that are most like what is expected, the nearest first: as ``fewest`` has them, and of
    those with as many differences those whose texts are nearly right before others."""

    def by_distance(miss: Miss) -> tuple[bool, int, float, int]:
        other, things, age = _by_count(miss)
        return other, things, round(sum(difference.far for difference in miss[1]), 6), age

    return sorted(fewest(misses), key=by_distance)[:most]


def _by_count(miss: Miss) -> tuple[bool, int, int]:
    entry, differences = miss
    other = any(difference.text.startswith("operation is ") for difference in differences)
    return other, sum(difference.things for difference in differences), -entry.id


def differences_of(entry: JournalEntry, expected: Mapping[str, Any]) -> Iterator[Difference]:
    """How an exchange differs from what is expected; it is written out where what was sent is compared."""
    record = entry.record() if expected.keys() & SENT else None
    for name in ("operation", "method", "path", "status"):
        wanted = expected.get(name)
        if wanted is not None and wanted != (was := getattr(record or entry, name)):
            text = f"{name} is {shorten(str(was), _LONGEST)}, not {shorten(str(wanted), _LONGEST)}"
            # Operations with nearly the same name are not nearly the same.
            yield _unlike(text, was, wanted) if name == "path" else Difference(text)
    if record is None:
        return
    if "query" in expected:
        sent: dict[str, list[str]] = {}
        for name, value in _pairs(record.query):
            sent.setdefault(name, []).append(value)
        for name, wanted in expected["query"].items():
            if name not in sent:
                yield Difference(f"query has no {name}")
            elif wanted not in sent[name]:
                text = f"query.{name} is {', '.join(map(repr, sent[name]))}, not {wanted!r}"
                yield Difference(text, 1, sent[name][-1], wanted)
    if "body" in expected and not record.whole:
        yield Difference(f"body was cut at {len(record.body)} bytes, so that it cannot be compared")
    elif "body" in expected:
        try:
            yield from _missing(body_value(record.body), expected["body"], "body")
        except RecursionError:
            yield Difference("body is nested too deeply to be compared")


def body_value(body: bytes) -> Any:
    """The JSON of a body; its text where it is not JSON, or was cut; None where it was empty."""
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")


def _pairs(query: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl  # noqa: PLC0415 - for verification alone

    return parse_qsl(query, keep_blank_values=True)


def _missing(was: Any, wanted: Any, where: str) -> Iterator[Difference]:
    """What of ``wanted`` is missing in ``was``: objects may have more members, but lists not more items."""
    if isinstance(wanted, dict) and isinstance(was, dict):
        for name, value in wanted.items():
            if name not in was:
                yield Difference(f"{where} has no {name}", _values(value))
            else:
                yield from _missing(was[name], value, f"{where}.{name}")
    elif isinstance(wanted, list) and isinstance(was, list):
        if len(was) != len(wanted):
            # Items that both have are compared; the rest are missing, or too many, as a whole.
            rest = wanted[len(was) :] or was[len(wanted) :]
            yield Difference(f"{where} has {counted(len(was), 'item')}, not {len(wanted)}", _values(rest))
        for index, (item, wanted_item) in enumerate(zip(was, wanted, strict=False)):
            yield from _missing(item, wanted_item, f"{where}.{index}")
    elif type(was) is not type(wanted) and not (_is_number(was) and _is_number(wanted)):
        yield Difference(f"{where} is {shorten(was)}, not {shorten(wanted)}", _values(wanted))
    elif was != wanted:
        yield _unlike(f"{where} is {shorten(repr(was))}, not {shorten(repr(wanted))}", was, wanted)


def _unlike(text: str, was: Any, wanted: Any) -> Difference:
    texts = isinstance(was, str) and isinstance(wanted, str)
    return Difference(text, 1, was, wanted) if texts else Difference(text)


def _values(value: Any) -> int:
    """How many values a value holds, at least 1; counting stops at ``_MOST_COUNTED``."""
    count, stack = 0, [value]
    while stack and count < _MOST_COUNTED:
        item = stack.pop()
        if isinstance(item, dict | list) and item:
            stack += islice(item.values() if isinstance(item, dict) else item, _MOST_COUNTED)
        else:
            count += 1
    return count


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
