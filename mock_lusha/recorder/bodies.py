"""JSON that everybody reads the same, which a price can be read from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_OTHER_METHODS: Final = frozenset(
    {"x-http-method-override", "x-http-method", "x-method-override", "http-method-override", "x-method"}
)
MOST_DEPTH: Final = 80
"""How deep a body may be nested that is recorded: YAML of more is slow to write, and not read back."""
_DIGITS: Final = 20  # of a number of 64 bits, sign included


class InexactError(ValueError):
    """It is no JSON that everybody reads the same; the message says why."""


def exact(content: bytes) -> Any:
    """The JSON of a body.

    Raises:
        InexactError: it is none, or one that two readers may read differently.
    """
    if content.startswith(_BOMS):
        raise InexactError("begins with a byte order mark")
    try:
        # It refuses bad UTF-8, lone surrogates, NaN, what is larger than any float, and what is nested
        # a thousand deep.
        orjson.loads(content)
        return json.loads(content.decode(), object_pairs_hook=_object, parse_int=_whole)
    except orjson.JSONDecodeError as error:
        raise InexactError(f"is no JSON in UTF-8: {error.msg}") from None
    except RecursionError:
        raise InexactError("is nested too deeply") from None


def why_inexact(content: bytes, headers: Iterable[tuple[str, str]]) -> str:
    """Why the body of a request cannot be read exactly; empty where it can, or there is none."""
    sent: dict[str, list[str]] = {}
    for name, value in headers:
        # Many servers read an underscore as a hyphen.
        sent.setdefault(name.lower().replace("_", "-"), []).append(value.strip().lower())
    for name in sorted(_OTHER_METHODS & sent.keys()):
        return f"its header {name} may make it another call"
    if not content.strip():
        return ""
    for encoding in sent.get("content-encoding", []):
        if encoding not in {"", "identity"}:
            return "its body is compressed"
    for kind in sent.get("content-type", []):
        _, found, charset = kind.partition("charset=")
        if found and charset.partition(";")[0].strip(' "') not in _CHARSETS:
            return "its body is not said to be UTF-8"
    try:
        exact(content)
    except InexactError as error:
        return f"its body {error}"
    return ""


def is_deep(value: Any) -> bool:
    """Whether a value is nested more than MOST_DEPTH deep."""
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            member
            for each in level
            if isinstance(each, dict | list)
            for member in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InexactError("has a name twice")
    return found


def _whole(text: str) -> int:
    if len(text) > _DIGITS or not -(2**63) <= int(text) < 2**64:
        raise InexactError("has a number of more than 64 bits")
    return int(text)
