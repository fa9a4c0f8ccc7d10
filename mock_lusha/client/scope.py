"""The ASGI scope of a request that is made in this process, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

_ASGI = {"version": "3.0", "spec_version": "2.3"}


def http_scope(
    method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]], **extensions: Any
) -> dict[str, Any]:
    """A scope as a server on this machine makes it; ``target`` is a path with its query, both quoted.

    Names of headers are in lower case. ``extensions`` are those that the caller provides, by name.
    """
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "headers": list(headers),
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "extensions": extensions,
    }
