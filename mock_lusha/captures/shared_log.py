"""Writes each exchange down where what is counted is counted for each key apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.captures.shared_journal import SharedJournal
from mock_lusha.http.access_log import ExchangeLogMiddleware
from mock_lusha.http.guards.auth import key_of
from mock_lusha.http.shared_log import SharedLogMiddleware

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_lusha.http.draft import Draft
    from mock_lusha.http.exchange import Exchange


class KeysLogMiddleware(ExchangeLogMiddleware):
    """As that of a server alone, with totals of each key, and exchanges without an account by key."""

    def keep(self, scope: Scope, exchange: Exchange, number: int, ms: float, *, timed: bool = True) -> Draft:
        """Keep an exchange in the journal, and count it for its key."""
        account = exchange.account
        key = key_of(scope) if account is None else account.key
        if account is None and isinstance(self.journal, SharedJournal):
            self.journal.sender = key
        self.totals = self.all_totals.of(key)
        self.calls = self.totals.calls
        return super().keep(scope, exchange, number, ms, timed=timed)


class SharedKeysLogMiddleware(KeysLogMiddleware, SharedLogMiddleware):
    """As ``KeysLogMiddleware``, where processes share their state."""
