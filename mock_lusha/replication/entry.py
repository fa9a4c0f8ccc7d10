"""A request as it stands in the store: all that decides what comes of it, and when it was let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

_LEFT_OUT: Final = frozenset(
    {b"accept", b"accept-encoding", b"accept-language", b"connection", b"content-length", b"user-agent"}
)
"""Headers that nothing is decided by; most requests have no others but those that are."""
_METHOD, _TIME, _PATH, _QUERY, _DIGEST, _WHOLE, _HEADERS, _BEGUN, _WAITED = range(9)


@frozen
class LoggedRequest:
    """A request that was, or is to be, decided at ``time``: seconds since the epoch on the machine's clock.

    ``body`` is None where it was too large to be taken. ``digest`` is that of the answer to the tenant's
    request before, as whoever wrote this one down had it; None where that was not known. ``begun`` is when
    the first process began, where all that was before is cleared by the request. ``waited`` is how many
    seconds it was there before ``time``.
    """

    time: float
    method: str
    path: str
    query: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes | None
    digest: int | None = None
    begun: float | None = None
    waited: float = 0.0

    @property
    def clears(self) -> bool:
        """Whether nothing of what was before is left after it."""
        return self.begun is not None

    def content(self) -> bytes:
        """The request in bytes."""
        fields = [
            self.method,
            self.time,
            _text(self.path.encode("utf-8", "surrogatepass")),
            _text(self.query),
            self.digest,
            self.body is not None,
            [(_text(name), _text(value)) for name, value in self.headers if name not in _LEFT_OUT],
            self.begun,
            self.waited,
        ]
        return orjson.dumps(fields) + b"\n" + (self.body or b"")

    @classmethod
    def of(
        cls,
        scope: MutableMapping[str, Any],
        body: bytes | None,
        time: float,
        digest: int | None,
        waited: float = 0.0,
    ) -> LoggedRequest:
        """The request of an ASGI scope."""
        return cls(
            time,
            scope["method"],
            scope["path"],
            scope["query_string"],
            scope["headers"],
            body,
            digest,
            waited=waited,
        )

    @classmethod
    def read(cls, content: bytes) -> LoggedRequest:
        """The request that was written in bytes."""
        head, _, body = content.partition(b"\n")
        fields = orjson.loads(head)
        return cls(
            fields[_TIME],
            fields[_METHOD],
            _bytes(fields[_PATH]).decode("utf-8", "surrogatepass"),
            _bytes(fields[_QUERY]),
            [(_bytes(name), _bytes(value)) for name, value in fields[_HEADERS]],
            body if fields[_WHOLE] else None,
            fields[_DIGEST],
            fields[_BEGUN],
            fields[_WAITED],
        )

    def scope(self) -> dict[str, Any]:
        """The ASGI scope of the request, as a server makes it."""
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "http",
            "method": self.method,
            "path": self.path,
            "raw_path": self.path.encode("utf-8", "surrogatepass"),
            "root_path": "",
            "query_string": self.query,
            "headers": list(self.headers),
            "server": None,
            "client": None,
            "extensions": {},
        }


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")
