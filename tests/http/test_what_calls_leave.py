"""Calls leave nothing behind that only the garbage collector finds: a server would grow for hours."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha import Settings, create_app

if TYPE_CHECKING:
    from starlette.applications import Starlette

CALLS: dict[str, tuple[str, str, bytes, bytes]] = {
    "found": ("GET", "/v2/person", b"email=jane.doe@acme.com", b""),
    "refused": ("GET", "/v2/person", b"firstName=Jane", b""),
    "no JSON": ("POST", "/v2/person", b"", b'{"contacts": ['),
    "against the contract": ("POST", "/v2/person", b"", b'{"contacts": [{"contactId": 1}]}'),
    "barred": ("GET", "/v2/person", b"email=gdpr@acme.com", b""),
    "no such path": ("GET", "/v2/nothing", b"", b""),
    "a search": ("POST", "/prospecting/contact/search", b"", b'{"filters": {}}'),
}


async def call(app: Starlette, method: str, path: str, query: bytes, body: bytes) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        pass

    headers = [(b"api_key", b"any-key"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": headers,
    }  # fmt: skip
    await app(scope, receive, send)


@pytest.mark.parametrize("case", CALLS)
def test_a_call_leaves_nothing_to_the_collector(case: str) -> None:
    async def left() -> int:
        app = create_app(Settings(people=200, companies=20))
        for _ in range(3):
            await call(app, *CALLS[case])
        gc.collect()
        for _ in range(20):
            await call(app, *CALLS[case])
        app.state.journal.clear(everybody=True)
        return gc.collect()

    enabled = gc.isenabled()
    gc.disable()
    try:
        assert asyncio.run(left()) < 20
    finally:
        if enabled:
            gc.enable()
