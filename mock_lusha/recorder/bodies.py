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
    """The body is not JSON that everybody reads the same; the message says why."""


def exact(content: bytes) -> Any:
    """The JSON of a body.

    Raises:
        InexactError: it is not JSON, or two readers may read it differently.
    """
    if content.startswith(_BOMS):
        raise InexactError("begins with a byte order mark")
    try:
        # orjson refuses bad UTF-8, lone surrogates, NaN, what is larger than any float, and what is nested
        # a thousand deep.
        orjson.loads(content)
        return json.loads(content.decode(), object_pairs_hook=_object, parse_int=_integer)
    except orjson.JSONDecodeError as error:
        raise InexactError(f"is no JSON in UTF-8: {error.msg}") from None
    except RecursionError:
        raise InexactError("is nested too deeply") from None


def why_inexact(content: bytes, headers: Iterable[tuple[str, str]]) -> str:
    """Why the body of a request cannot be read exactly; empty where it can, or there is no body."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        # Many servers read an underscore as a hyphen.
        values.setdefault(name.lower().replace("_", "-"), []).append(value.strip().lower())
    for name in sorted(_OTHER_METHODS & values.keys()):
        return f"its header {name} may make it another call"
    if not content.strip():
        return ""
    for encoding in values.get("content-encoding", []):
        if encoding not in {"", "identity"}:
            return "its body is compressed"
    for kind in values.get("content-type", []):
        _, separator, charset = kind.partition("charset=")
        if separator and charset.partition(";")[0].strip(' "') not in _CHARSETS:
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
            for item in level
            if isinstance(item, dict | list)
            for member in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InexactError("has a name twice")
    return members


def _integer(text: str) -> int:
    if len(text) > _DIGITS or not -(2**63) <= int(text) < 2**64:
        raise InexactError("has a number of more than 64 bits")
    return int(text)
