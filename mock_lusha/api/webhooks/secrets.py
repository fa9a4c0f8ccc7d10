"""The secret that deliveries of an account are signed with."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

from mock_lusha.seeded import number

if TYPE_CHECKING:
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import Webhooks

PREFIX: Final = "whsec_"
_LENGTH: Final = 50
_CHARACTERS: Final = ascii_letters + digits


def regenerate(account: Account) -> str:
    """Give an account another secret: ``whsec_`` and 50 letters and digits, by seed and account.

    The one before is void at once; what waits is signed with the new one.
    """
    account.webhooks.secret = secret = make_secret(account, account.webhooks)
    return secret


def make_secret(account: Account, hooks: Webhooks) -> str:
    """A secret for webhooks of an account; it is not theirs yet."""
    key = (account.seed, account.name, "webhook secret", hooks.next_number())
    letters = (_CHARACTERS[number(*key, at) % len(_CHARACTERS)] for at in range(_LENGTH))
    return PREFIX + "".join(letters)
