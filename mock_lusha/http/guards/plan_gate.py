"""Refuses operations that the account's plan does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from mock_lusha.http.exchange import Exchange


class GateGuard:
    """403 ``plan-restricted`` unless the account has the operation's feature; plans in ``gates`` get the
    errors there instead."""

    def __init__(self, feature: str, gates: Mapping[str, str] | None = None) -> None:
        self.feature = feature
        self.gates = gates or {}

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        account = exchange.tenant
        if self.feature not in account.features:
            raise ApiError(
                self.gates.get(account.plan.name, "plan-restricted"),
                [f"this account (plan {account.plan.name}) does not have the feature {self.feature}"],
            )
