"""Answers as values."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.errors import BODILESS
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

Headers = list[tuple[bytes, bytes]]
_SMALL = 20_000
"""Bytes of JSON that is worth a copy; of what is longer the journal takes a piece, and few keep it."""


@mutable
class Reply:
    """Status, JSON body (a value, or bytes that are sent as they are) and further headers of an answer.

    ``again`` writes the same bytes again, from what takes less memory than they do.
    """

    body: Any
    status: int = 200
    headers: Headers = field(default_factory=list)
    content_type: str | None = None
    again: Callable[[], bytes] | None = None

    @property
    def plain(self) -> bool:
        """Whether it is JSON with a body, and with no headers of its own."""
        return self.content_type is None and not self.headers and self.status not in BODILESS

    def content(self) -> bytes:
        """The body as bytes."""
        return self.body if isinstance(self.body, bytes) else json_bytes(self.body)


class StreamReply(Reply):
    """An answer in pieces, as they come: ``pieces`` makes bytes, which are sent at once, and seconds to wait.
    It is closed when the client goes away."""

    def __init__(self, content_type: str, headers: Headers, pieces: Generator[bytes | float]) -> None:
        super().__init__(b"", 200, headers, content_type)
        self.pieces = pieces


def json_bytes(value: Any) -> bytes:
    """JSON in as much memory as it needs. That which orjson makes may hold four times as much."""
    content = orjson.dumps(value)
    return bytes(memoryview(content)) if len(content) <= _SMALL else content


def json_text(value: Any) -> str:
    """A value in JSON."""
    return orjson.dumps(value).decode()


def json_texts(values: Sequence[str | None]) -> list[str]:
    """Texts as JSON, with their quotes; None is null."""
    listed = orjson.dumps(values).decode()
    if "\\" in listed or "null" in listed or not values:
        return [orjson.dumps(value).decode() for value in values]
    # What stands between two of them stands in none: its quotes would be escaped.
    return [f'"{text}"' for text in listed[2:-2].split('","')]
