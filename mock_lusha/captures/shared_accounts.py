"""The accounts of a server whose processes share their state: each can be replaced by a newer one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from mock_lusha.captures.placing import place
from mock_lusha.state.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.state.account_profiles import AccountProfile
    from mock_lusha.state.accounts import Account


class SharedAccounts(Accounts):
    """Accounts that may have become what they are elsewhere."""

    forgets = False
    """Each process has used them in another order: one would forget an account that another goes on with."""
    _ranks: Mapping[str, int] = {}
    """Where accounts stood among all where the server was taken from that was put here."""

    def kept(self, key: str) -> Account | None:
        """The account of a key, if there is one; looking makes none."""
        return self._with_profile.get(key) or self._others.get(key)

    def is_named(self, key: str) -> bool:
        """Whether an account had a profile of its own when it was made."""
        return key in self._with_profile

    def given_profile(self, key: str) -> AccountProfile | None:
        """The profile that a key was given; None where it has that of the start, or none."""
        profile = self.profiles.get(key)
        return None if profile is self._initial.get(key) else profile

    def given_title(self, key: str) -> str | None:
        """What the account of a key was called: empty where that was taken away, None where it was never."""
        return self._titles.get(key)

    def give(self, key: str, profile: AccountProfile | None, title: str | None) -> None:
        """Forget the account of a key, and give the next one this profile and title."""
        given = self.given_profile(key)
        if profile is None or given is None:
            self.forget(key)
        else:
            self.restart(key)
        if profile is not None:
            self.profiles[key] = profile
        if title is None:
            self._titles.forget(key)
        else:
            self._titles.update({key: title})

    def keep(self, account: Account, *, named: bool) -> None:
        """Have an account that became what it is elsewhere; ``named`` with a profile of its own."""
        key = account.key
        account._preset = None if account.profile.webhooks is None else self._preset
        account.on_planned, account.totals = self._planned, self.totals.of(key)
        if "webhooks" in vars(account):
            account.webhooks.on_planned = partial(self._planned, account)
            account.webhooks.totals = account.totals
        kept = self._with_profile if named else self._others
        kept[key] = account
        rank = self._ranks.get(key)
        if rank is not None:
            place(kept, key, lambda other: self._ranks.get(other.key, len(self._ranks)) > rank)

    # The server

    def of_server(self) -> dict[str, Any]:
        """All that belongs to no account."""
        return {
            "scenario": self.scenario,
            "profiles": {key: each for key in self.profiles if (each := self.given_profile(key)) is not None},
            "titles": self._titles,
            "order": [account.key for account in self],
        }

    def put_server(self, value: Mapping[str, Any]) -> None:
        """Begin with what ``of_server`` gave, and without accounts."""
        self.reset()
        self.scenario = value["scenario"]
        self.profiles.update(value["profiles"])
        self._titles = value["titles"]
        self._ranks = {key: rank for rank, key in enumerate(value["order"])}
