"""What the journal does not keep: keys, tokens, and whatever looks like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEY_NAME = re.compile(r"key|token|secret|auth", re.IGNORECASE)
_KEY_IN_BODY = re.compile(
    rb'("[^"\\]*(?:api[_-]?key|token|secret|authorization)[^"\\]*"\s*:\s*")(?:[^"\\]|\\.)*"', re.IGNORECASE
)
# The pattern above costs a microsecond a byte, and most bodies have none of its words.
_WORDS_OF_KEYS = (b"key", b"token", b"secret", b"authorization")
_TARGET = b'"url"'
_TARGET_IN_BODY = re.compile(rb'("url"\s*:\s*"[^"?]*\?)(?:[^"\\]|\\.)*"')
"""The query of a URL to which webhooks go: tokens stand there, and the rest is what tests look at."""
_API_KEY = re.compile(r"(x-)?api[_-]?key", re.IGNORECASE)
_API_KEY_IN_BODY = re.compile(rb'"(?:x-)?api[_-]?key"\s*:', re.IGNORECASE)
_LEAST_KEY = 12
_MASK = "\N{HORIZONTAL ELLIPSIS}"


def without_keys(query: str) -> str:
    """A query string in which whatever looks like a key, by its parameter's name, is masked."""
    if not query or not _KEY_NAME.search(unquote(query) if "%" in query else query):
        return query
    parts = []
    for part in query.split("&"):
        name, equals, _ = part.partition("=")
        parts.append(f"{name}={_MASK}" if equals and _KEY_NAME.search(unquote(name)) else part)
    return "&".join(parts)


def masked(text: bytes, key: str) -> bytes:
    """A body in which whatever looks like a key, by its property's name, is masked, what a URL
    of webhooks has behind its question mark, and ``key`` itself."""
    if text:
        lower = text.lower()
        if any(word in lower for word in _WORDS_OF_KEYS):
            text = _KEY_IN_BODY.sub(rb"\1" + _MASK.encode() + b'"', text)
        if _TARGET in text:
            text = _TARGET_IN_BODY.sub(rb"\1" + _MASK.encode() + b'"', text)
        if _is_telling(key):
            text = text.replace(key.encode("latin-1"), _MASK.encode())
    return text


def hidden(text: str, key: str) -> str:
    """A text in which ``key`` is masked."""
    return text.replace(key, _MASK) if key in text and _is_telling(key) else text


def _is_telling(key: str) -> bool:
    # What is short, or a mere word, may stand for anything else.
    return len(key) >= _LEAST_KEY and any(letter.isdigit() for letter in key)


def misplaced_keys(names: Iterable[str], query: str, body: bytes) -> Iterator[str]:
    """Where, besides the header ``api_key``, a key was sent: in headers of ``names``, the query, the body."""
    yield from (f"header {name}" for name in names)
    for part in query.split("&") if "=" in query else ():
        name, _, value = part.partition("=")
        if value and _API_KEY.fullmatch(unquote(name)):
            yield f"query parameter {unquote(name)}"
    if _API_KEY_IN_BODY.search(body):
        yield "body"
