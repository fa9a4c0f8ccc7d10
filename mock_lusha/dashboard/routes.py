"""Serves the page: its files, and the ways that lead to it."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.errors import ApiError, nearest, shorten
from mock_lusha.http.operation import OperationApp
from mock_lusha.http.router import OperationRoute, is_of_browser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from mock_lusha.api.reply import Headers
    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.operation import Order

_FOLDER = Path(__file__).with_name("page")
_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""What a page of ours may do: run its own files and ask its own server. No text becomes markup or code."""
_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)


def page_routes(settings: Settings, clock: Clock, order: Order | None = None) -> list[OperationRoute]:
    """The routes of the page: none where the control API is off, as it would have nothing to show.

    ``order`` is that in which requests for / are decided that are calls, where processes share their state.
    They must come to the same where some of them have no page.

    The files hold no data, so they are served to anybody; what they ask the control API is refused or
    answered as to any other client.
    """
    if not settings.control and order is None:
        return []
    steps = {"/": _begin, "/_mock": _page, "/_mock/page/{name}": _file}
    guards = [] if settings.control else [_refuse]
    return [
        OperationRoute(
            "GET",
            path,
            partial(
                OperationApp,
                [step] if path == "/" else [*guards, step],
                clock,
                "both",
                generation="control",
                order=order if path == "/" else None,
            ),
        )
        for path, step in steps.items()
    ]


def _refuse(scope: Scope, exchange: Exchange) -> None:
    """Refuse the page where the control API is off."""
    raise ApiError("not-found")


def _begin(scope: Scope, exchange: Exchange) -> None:
    """Lead browsers to the page. For others there is nothing here, as at Lusha."""
    if not is_of_browser(scope):
        raise ApiError(
            "not-found", ["nothing is served at /; browsers find a page there"], values={"unrouted": True}
        )
    exchange.reply = _elsewhere("_mock/")


def _page(scope: Scope, exchange: Exchange) -> None:
    """The page itself. Its addresses are relative, which needs the slash."""
    if not scope["path"].endswith("/"):
        exchange.reply = _elsewhere("_mock/")
    else:
        exchange.reply = _file_reply(scope, "index.html")


def _file(scope: Scope, exchange: Exchange) -> None:
    exchange.reply = _file_reply(scope, scope["path_params"]["name"])


def _elsewhere(address: str) -> Reply:
    headers = [(b"location", address.encode()), (b"vary", b"accept"), (b"cache-control", b"no-store")]
    return Reply(b"", 302, headers, "text/plain; charset=utf-8")


def _file_reply(scope: Scope, name: str) -> Reply:
    content = _files().get(name)
    if content is None:
        raise ApiError(
            "not-found", [f"the page has no file {shorten(name)}: {nearest(name, sorted(_files()))}"]
        )
    tag = _tag(name)
    headers: Headers = [*_HEADERS, (b"etag", tag)]
    if any(sent == b"if-none-match" and tag in value for sent, value in scope["headers"]):
        return Reply(b"", 304, headers)
    return Reply(content, 200, headers, _TYPES[Path(name).suffix])


@cache
def _files() -> Mapping[str, bytes]:
    """The files by name, read when a browser first asks: 80 KB, and most servers are never looked at."""
    return {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


@cache
def _tag(name: str) -> bytes:
    from hashlib import blake2b  # noqa: PLC0415 - for those who look

    return b'"%s"' % blake2b(_files()[name], digest_size=12).hexdigest().encode()
