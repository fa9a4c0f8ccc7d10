"""Refuses calls of what the contract describes and nothing serves: the last step in place of a handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_lusha.contract.document import Operation
    from mock_lusha.http.exchange import Exchange


class UnservedGuard:
    """501 ``not-implemented`` for an operation that is not served yet, whatever was sent to it."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        operation = self.operation
        raise ApiError(
            "not-implemented",
            [f"{operation.method} {operation.path} ({operation.id}) is known, and not served yet"],
        )


class RemovedGuard:
    """404 ``not-found`` for a path that is gone; ``operation`` took its place."""

    def __init__(self, path: str, operation: Operation) -> None:
        self.path = path
        self.operation = operation

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        operation = self.operation
        raise ApiError(
            "not-found",
            [f"{self.path} is gone; {operation.method} {operation.path} ({operation.id}) took its place"],
        )
