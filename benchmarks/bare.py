"""The ceiling: Starlette on uvicorn with canned bytes of a given size and nothing else.

Run as ``python bare.py PORT SIZE``; answers every method at ``/`` paths with SIZE bytes of JSON.
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


def app(size: int) -> Starlette:
    """An app with one route."""
    canned = b'{"canned":"' + b"x" * max(0, size - 13) + b'"}'

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            await request.body()
        return Response(canned, media_type="application/json")

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


if __name__ == "__main__":
    uvicorn.run(
        app(int(sys.argv[2])), port=int(sys.argv[1]), access_log=False, log_level="error", lifespan="off"
    )
