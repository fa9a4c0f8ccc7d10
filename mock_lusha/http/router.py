"""The router: which operation a request is for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from starlette.routing import Router

from mock_lusha.contract.paths import PathTable
from mock_lusha.errors import ApiError, nearest, shorten
from mock_lusha.http.operation import OperationApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import Receive, Scope, Send

    from mock_lusha.clock import Clock
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.operation import Order


class OperationRoute:
    """An operation under a method and a path. Its application is made when it is first called: few of them
    are, in most runs."""

    def __init__(self, method: str, path: str, make: Callable[[], OperationApp]) -> None:
        self.method = method
        self.path = path
        self._make = make

    @cached_property
    def app(self) -> OperationApp:
        """The application."""
        return self._make()


class OperationRouter(Router):
    """Finds the operation of a request; what is not there is Lusha's 404 of a ``generation``.

    A trailing slash is accepted and never redirected.
    """

    def __init__(
        self,
        routes: Iterable[OperationRoute],
        clock: Clock,
        error_format: str,
        generation: str,
        order: Order | None = None,
    ) -> None:
        super().__init__(
            redirect_slashes=False,
            default=OperationApp([self._refuse], clock, error_format, generation=generation, order=order),
        )
        self.table: PathTable[OperationRoute] = PathTable()
        for route in routes:
            self.table.add(route.method, route.path, route)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch one request."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        match = self.table.find(scope["method"], scope["path"])
        if match is None:
            await self.default(scope, receive, send)
            return
        route, scope["path_params"] = match
        await route.app(scope, receive, send)

    def _refuse(self, scope: Scope, exchange: Exchange) -> None:
        """Refuse a path or method that no operation has."""
        raise unrouted(self.table, scope["method"], scope["path"])


def is_of_browser(scope: Scope) -> bool:
    """Whether a request asks for a page."""
    return any(name == b"accept" and b"text/html" in value.lower() for name, value in scope["headers"])


def unrouted(table: PathTable[OperationRoute], method: str, path: str) -> ApiError:
    """The error of a path or method that no operation has."""
    path = path.removesuffix("/") or "/"
    methods = table.methods(path)
    if methods:
        hint = f"{shorten(method)} is not served at {path}; it takes {', '.join(methods)}"
    else:
        near = nearest(path, list(table), "`mock-lusha routes` lists what is")
        hint = f"nothing is served at {shorten(path, 120)}; {near}"
    return ApiError("not-found", [hint], values={"unrouted": True})
