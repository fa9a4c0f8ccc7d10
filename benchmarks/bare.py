"""The ceilings: Starlette on uvicorn, or uvicorn alone, with canned bytes of a given size and nothing else.

Run as ``python bare.py PORT SIZE [raw]``; answers every method and path with SIZE bytes of JSON.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


def canned(size: int) -> bytes:
    """JSON of so many bytes (13 at least)."""
    return b'{"canned":"' + b"x" * max(0, size - 13) + b'"}'


def app(size: int) -> Starlette:
    """An app with one route."""
    content = canned(size)

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            await request.body()
        return Response(content, media_type="application/json")

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


def raw(size: int) -> ASGIApp:
    """The least that is an ASGI application: no framework between it and uvicorn."""
    content = canned(size)
    headers = [(b"content-length", b"%d" % len(content)), (b"content-type", b"application/json")]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    body = {"type": "http.response.body", "body": content}

    async def answer(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body", False):
            pass
        await send(start)
        await send(body)

    return answer


if __name__ == "__main__":
    chosen = raw if sys.argv[3:] == ["raw"] else app
    uvicorn.run(
        chosen(int(sys.argv[2])), port=int(sys.argv[1]), access_log=False, log_level="error", lifespan="off"
    )
