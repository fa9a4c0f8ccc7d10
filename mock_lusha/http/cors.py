"""Lets web pages of origins that are named read what is answered: Starlette's CORS, for these alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware.cors import CORSMiddleware

from mock_lusha.http.delivery import WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Receive, Scope, Send


class NamedOriginsMiddleware:
    """Answers preflights of the origins, and tells their browsers that they may read answers.

    Requests of others pass as if this were not here: a preflight that is not answered allows nothing.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        self.origins = {origin.encode() for origin in origins}
        self.cors = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("*",),
            allow_headers=("*",),
            expose_headers=("*",),
            allow_private_network=True,  # a page of the Internet that was named may call this machine
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not any(
            name == b"origin" and value in self.origins for name, value in scope["headers"]
        ):
            await self.app(scope, receive, send)
            return
        (scope.get("extensions") or {}).pop(WHOLE, None)  # it would pass by what adds headers to answers
        await self.cors(scope, receive, send)
