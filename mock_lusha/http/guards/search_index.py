"""Lets a search wait until what it looks at is built."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from mock_lusha.errors import ApiError
from mock_lusha.http.guards.auth import key_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Scope

    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.guards.replay import Replays
    from mock_lusha.state.accounts import Account, Accounts


class Prepares(Protocol):
    """What knows what a search has to wait for."""

    def needed(self, account_of: Callable[[], Account], *, people: bool) -> Awaitable[None] | None:
        """What to await before an account searches."""


_OF_PEOPLE = (b'"contacts"', b'"previousCompanyDomains"', b'"previousCompanyNames"')
"""Names in a body that searches companies by the people they have. One that is written with escapes is not
seen, and its search draws what it needs at once."""


class SearchableGuard:
    """Stands before all others, since nothing may be counted or charged before a wait.

    ``index`` is what the operation looks at, as the contract says (see ``contract.document``).

    Where a recorder answers, and in a ``small`` world where rules of the account may, nothing is built
    before the handler looks at it: most such calls never come to that. Nor is it where an operation that
    ``retires`` is gone.
    """

    def __init__(
        self,
        accounts: Accounts,
        replays: Replays,
        preparation: Prepares,
        *,
        index: str,
        small: bool,
        retires: bool,
    ) -> None:
        self.accounts = accounts
        self.replays = replays
        self.preparation = preparation
        self.index = index
        self.small = small
        self.retires = retires

    def __call__(self, scope: Scope, exchange: Exchange) -> Awaitable[None] | None:
        # It makes no account: where processes share their state, none may be there before the order of calls.
        key = key_of(scope)
        return self.waiting(partial(self.accounts.look, key), exchange) if key else None

    def waiting(self, account_of: Callable[[], Account], exchange: Exchange) -> Awaitable[None] | None:
        """What to await before an account searches; None if nothing."""
        try:
            account = account_of()
        except ApiError:
            return None  # the key is refused
        if self.retires and account.v2 == "gone":
            return None
        ruled = account.added is not None or account.active is not None
        if (self.small and ruled) or self.replays.of(account)[0] is not None:
            return None
        return self.preparation.needed(account_of, people=self._needs_people(exchange))

    def _needs_people(self, exchange: Exchange) -> bool:
        if self.index == "companies-by-people":
            body = exchange.body or b""
            return any(name in body for name in _OF_PEOPLE)
        return self.index == "people"
