"""In whose turn a call is decided: that of its account, or of the whole server."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.http.exchange import REPLAYED
from mock_lusha.http.guards.auth import key_of
from mock_lusha.http.router import is_of_browser

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import Scope

    from mock_lusha.control.concerns import Concern
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.operation import OperationApp
    from mock_lusha.replication.replica import Replica


class CallOrder:
    """Calls of the API: each changes the account of its key."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica

    async def decide(
        self, app: OperationApp, scope: Scope, exchange: Exchange
    ) -> tuple[Awaitable[None], int] | None:
        """Decide a call in the turn of its account."""
        key = key_of(scope)
        if REPLAYED in scope:
            self._replica.replay(key, app, scope, exchange)
            return None
        return await self._replica.decide_for_one(key, app, scope, exchange, is_call=True)


class PageOrder:
    """Requests for /: for browsers they are no calls, for all others they are."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._calls = CallOrder(replica)

    async def decide(
        self, app: OperationApp, scope: Scope, exchange: Exchange
    ) -> tuple[Awaitable[None], int] | None:
        """Decide a call in its turn; where a browser is led to the page, nothing is to be agreed on."""
        if REPLAYED not in scope and is_of_browser(scope):
            return app.decide(scope, exchange)
        return await self._calls.decide(app, scope, exchange)


class SteeringOrder:
    """Calls of the control API: they look at an account or at all, or change one or the whole server."""

    def __init__(self, replica: Replica, concern: Concern) -> None:
        self._replica = replica
        self._concern = concern

    async def decide(
        self, app: OperationApp, scope: Scope, exchange: Exchange
    ) -> tuple[Awaitable[None], int] | None:
        """Decide a call in the turn of whom it changes, or when all is known that it looks at."""
        replica, concern = self._replica, self._concern
        if concern.is_none:
            return app.decide(scope, exchange)
        key = concern.account_of(scope)
        if REPLAYED in scope:
            if concern.clears(scope):
                replica.forget()
            replica.replay(key, app, scope, exchange)
            return None
        if not concern.is_ordered:
            with suppress(ApiError) if concern.is_of_process else nullcontext():
                await replica.look(key)
            return app.decide(scope, exchange)
        if key is not None:
            return await replica.decide_for_one(key, app, scope, exchange)
        return await replica.decide_for_all(app, scope, exchange, clears=concern.clears(scope))
