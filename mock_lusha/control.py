"""The control API under ``/_mock/``: what is there beside Lusha's own paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response
from starlette.routing import Route

from mock_lusha.exchange import Exchange

if TYPE_CHECKING:
    from starlette.requests import Request

    from mock_lusha.config import Settings
    from mock_lusha.contract.document import Contract

PREFIX = "/_mock/"


def control_routes(contract: Contract, settings: Settings, version: str) -> list[Route]:
    """``ready`` says that the server serves and what; ``openapi.json`` is the contract."""

    def reply(request: Request, content: bytes) -> Response:
        Exchange.of(request.scope).status = 200
        return Response(content, media_type="application/json")

    async def ready(request: Request) -> Response:
        body = {
            "status": "ready",
            "version": version,
            "operations": len(contract.operations),
            "seed": settings.seed,
            "plan": settings.plan,
        }
        return reply(request, orjson.dumps(body))

    async def openapi(request: Request) -> Response:
        return reply(request, contract.raw)

    return [
        Route(PREFIX + "ready", ready, methods=["GET"]),
        Route(PREFIX + "openapi.json", openapi, methods=["GET"]),
    ]
