"""What is left of personal data and keys in a cassette, found without the key it was redacted with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.recorder import pseudonyms as made
from mock_lusha.recorder.kinds import (
    IDS,
    KEPT,
    LONGEST_COUNT,
    NAMES,
    Kind,
    Known,
    Place,
    has_shape,
    is_plain_key,
    looks_like_json,
    query_place,
)
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_lusha.contract.document import Contract
    from mock_lusha.recorder.cassette import Cassette
    from mock_lusha.recorder.interaction import Interaction

_UNKNOWN: Final = "unknown-field"
_BY_ITEM: Final[Mapping[Kind, Callable[[str], bool]]] = {
    Kind.EMAIL: made.is_email,
    Kind.PHONE: made.is_fiction,
    Kind.LINKEDIN: lambda text: made.is_linkedin(text) or made.is_url(text),
    Kind.URL: lambda text: made.is_url(text) or made.is_linkedin(text),
}


@frozen
class Finding:
    """Something that must not stay: its place, its kind, and a hint at it that does not tell it."""

    where: str
    kind: str
    shown: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind} {self.shown}"


def scan(cassette: Cassette, contract: Contract) -> list[Finding]:
    """Everything in a cassette that redaction would not have left, in the order of the file.

    Ids that are digits or UUIDs look the same before and after, and are passed over.
    """
    known = Known(contract)
    return [
        finding
        for index, interaction in enumerate(cassette.interactions)
        for finding in _interaction(interaction, f"interactions[{index}]", known)
    ]


def _interaction(each: Interaction, where: str, known: Known) -> Iterator[Finding]:
    yield from _path(each.path, f"{where}.request.path", known)
    for index, (name, value) in enumerate(each.query):
        at = f"{where}.request.query[{index}]"
        yield from _key(name, f"{at}.name")
        yield from _value(value, query_place(each.operation, name), f"{at}.value", known)
    yield from _value(each.body, Place(each.operation, ("request",)), f"{where}.request.body", known)
    root = "error" if each.status >= 400 else "response"
    yield from _value(each.answer, Place(each.operation, (root,)), f"{where}.response.body", known)
    if each.text is not None:
        yield from _text(each.text, f"{where}.response.text")
    for name, value in each.headers.items():
        if not value.isdecimal():
            yield from _parts(value, f"{where}.response.headers.{name}")


def _path(path: str, where: str, known: Known) -> Iterator[Finding]:
    for segment in path.split("/"):
        if not (known.has_segment(segment) or _is_replaced(segment)):
            yield _finding(where, Kind.FREE_TEXT, segment)


def _value(value: Any, place: Place, where: str, known: Known) -> Iterator[Finding]:
    kind = place.kind
    if kind is Kind.KEY:
        if value != made.REDACTED:
            yield _finding(where, kind, value)
    elif isinstance(value, dict):
        for name, item in value.items():
            below = place.below(name, item)
            if below.steps[-1] != "*":
                yield from _key(name, where)
            elif place.keys not in IDS:
                yield from _kept(name, Kind.COMPANY_ID, where)
            elif not _is_id(name):
                yield _finding(where, place.keys, name)
            yield from _value(item, below, f"{where}.{_step(name, below)}", known)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value(item, place, f"{where}[{index}]", known)
    elif isinstance(value, str):
        yield from _string(value, kind, where, known)
    elif kind is Kind.PHONE and not isinstance(value, bool) and isinstance(value, int | float):
        yield from _phone_number(value, where)


def _phone_number(value: float, where: str) -> Iterator[Finding]:
    if LONGEST_COUNT < abs(value) < math.inf and not made.is_fiction(f"{value:.0f}"):
        yield _finding(where, Kind.PHONE, value)


def _string(value: str, kind: Kind | None, where: str, known: Known) -> Iterator[Finding]:
    if not value or _is_replaced(value):
        return
    if kind in KEPT:
        yield from _kept(value, Kind(kind), where)
    elif kind is not None and kind in _BY_ITEM:
        for part in made.items(value)[::2]:
            if part and not (_is_replaced(part) or _BY_ITEM[kind](part)):
                yield _finding(where, kind, part)
    elif not _is_recognised(value, kind, known):
        yield _finding(where, kind or _UNKNOWN, value)


def _is_recognised(value: str, kind: Kind | None, known: Known) -> bool:
    if kind in NAMES:
        return made.is_name(value)
    if kind in IDS:
        return _is_id(value)
    return kind is Kind.ERROR_TEXT and known.has_error(value)


def _kept(value: str, kind: Kind, where: str) -> Iterator[Finding]:
    if not has_shape(value, kind):
        yield _finding(where, kind, value)
    elif not (kind is Kind.COMPANY_ID and made.is_digits(value)):
        yield from _parts(value, where)


def _is_id(value: str) -> bool:
    return not value or made.is_digits(value) or made.is_uuid(value) or made.is_id(value)


def _key(name: str, where: str) -> Iterator[Finding]:
    if not (
        not name or is_plain_key(name) or made.is_digits(name) or made.is_uuid(name) or _is_replaced(name)
    ):
        yield _finding(where, _UNKNOWN, name)


def _text(text: str, where: str) -> Iterator[Finding]:
    if looks_like_json(text):
        yield _finding(where, Kind.FREE_TEXT, text)
    else:
        yield from _parts(text, where)


def _parts(text: str, where: str) -> Iterator[Finding]:
    for kind, part in made.found_within(text):
        yield _finding(where, kind, part)


def _is_replaced(text: str) -> bool:
    return text == made.REDACTED or made.is_free_text(text)


def _step(name: str, place: Place) -> str:
    """The name of a member, as it stands in a place; one that may tell something is masked."""
    return name if is_plain_key(name) and place.steps[-1] != "*" else _masked(name)


def _finding(where: str, kind: str, value: object) -> Finding:
    return Finding(where, str(kind), _masked(value))


def _masked(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f"{text[:1] if text[:1].isalnum() else ''}*** ({len(text)} characters)"
