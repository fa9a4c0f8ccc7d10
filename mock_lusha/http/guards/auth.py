"""Reads the API key and finds its account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope

    from mock_lusha.http.exchange import Exchange
    from mock_lusha.state.accounts import Account, Accounts

WRONG_PLACES = (b"authorization", b"x-api-key", b"api-key", b"apikey")


class AuthGuard:
    """Refuses a request without a key (``no-api-key``) or with one that is not known (``unauthorized``).

    With ``checks_form`` a key that is not known and no UUID either is refused as ``bad-key-format``: real
    keys are UUIDs.
    """

    def __init__(self, accounts: Accounts, *, checks_form: bool = False) -> None:
        self.accounts = accounts
        self.checks_form = checks_form

    def __call__(self, scope: Scope, exchange: Exchange) -> None:
        key = key_of(scope)
        if not key:
            raise ApiError("no-api-key", _hints(scope))
        account = self.find(key, self.accounts.get)
        now = account.clock.now()
        account.begin_request(now)
        exchange.account, exchange.begun = account, now

    def find(self, key: str, account_of: Callable[[str], Account]) -> Account:
        """The account of a key, by whoever knows.

        Raises:
            ApiError: it is refused.
        """
        try:
            return account_of(key)
        except ApiError:
            if self.checks_form and not self.accounts.knows(key) and not _is_uuid(key):
                raise ApiError("bad-key-format") from None
            raise


def key_of(scope: Scope) -> str:
    """The API key that was sent; empty where none was."""
    for name, value in scope["headers"]:
        if name == b"api_key":
            key: bytes = value.strip()
            return key.decode("latin-1")
    return ""


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _hints(scope: Scope) -> list[str]:
    for name, value in scope["headers"]:
        if name == b"api_key" and not value.strip():
            return ["the header api_key was sent empty"]
        if name in WRONG_PLACES:
            return [f"a key was sent in the header {name.decode()}; it is read from the header api_key only"]
    return ["send the key in the header api_key"]
