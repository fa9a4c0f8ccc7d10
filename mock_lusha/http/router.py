"""A route for one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route, compile_path

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class OperationRoute(Route):
    """An ASGI application under a path and a method.

    The pattern of the path is compiled when it is first asked for: most paths are fixed and found without.
    """

    def __init__(self, path: str, app: ASGIApp, method: str) -> None:
        # Without that of Route, which compiles.
        self.path = path
        self.endpoint = self.app = app
        self.name = type(app).__name__
        self.include_in_schema = True
        self.methods = {method, "HEAD"} if method == "GET" else {method}

    def __getattr__(self, name: str) -> Any:
        if name not in {"path_regex", "path_format", "param_convertors"}:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self.path_regex, self.path_format, self.param_convertors = compile_path(self.path)
        return getattr(self, name)
