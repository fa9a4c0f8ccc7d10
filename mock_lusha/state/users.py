"""The users of an account: people of the customer who own tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FIRST_ID: Final = 1001


@frozen
class User:
    """A user: ``name`` is read from the mailbox, petra.lindqvist@… is Petra Lindqvist."""

    id: int
    email: str
    name: str


def users_of(emails: Iterable[str]) -> tuple[User, ...]:
    """Users with these addresses, with ids in their order."""
    return tuple(User(_FIRST_ID + at, email, _name(email)) for at, email in enumerate(emails))


def find_user(users: Sequence[User], email: str) -> User | None:
    """The user with an address, however it is written."""
    wanted = email.strip().lower()
    return next((user for user in users if user.email == wanted), None)


def _name(email: str) -> str:
    local = email.partition("@")[0].partition("+")[0]
    return " ".join(word.capitalize() for word in re.split(r"[._\-]+", local) if word)
