"""A copy of an account, on which calls can be tried without anything of the account being changed."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

from mock_lusha.clock import Clock
from mock_lusha.state.accounts import Account

if TYPE_CHECKING:
    from mock_lusha.scenario.progress import Begun
    from mock_lusha.state.ledger import ScratchLedger
    from mock_lusha.state.tables import Tables
    from mock_lusha.state.webhooks import Webhooks


class ScratchTime:
    """The time of scratch accounts: it stands at ``now``, in seconds since the epoch, until it is moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def read(self) -> float:
        """The moment."""
        return self.now


class ScratchAccount(Account):
    """A copy of an account at a moment, whose clock stands.

    What it knows is copied at once (some 20 milliseconds for an account that remembers 100,000 people,
    reveals and charges), tables and webhooks when they are first used. What a call plans of its webhooks
    nobody is told, so nothing is delivered.
    """

    ledger: ScratchLedger

    def __init__(self, account: Account, time: ScratchTime) -> None:
        # All that is not copied below is never changed in place.
        vars(self).update(vars(account))
        for name in ("tables", "webhooks", "on_planned", "totals"):
            vars(self).pop(name, None)
        self._source = account
        self.clock = Clock(source=time.read)
        self.shared = OrderedDict((name, run.copy()) for name, run in account.shared.items())
        self.begun = OrderedDict((number, run.copy()) for number, run in account.begun.items())
        number = account.active_number
        self.active = _copied(account.active) if number is None else self.begun[number]
        self.added = _copied(account.added)
        self.jobs = account.jobs.copy()
        self.lookalikes = account.lookalikes.copy()
        self.ledger = account.ledger.scratch()
        self.windows = account.windows.copy()
        self.people = account.people.copy()
        self.companies = account.companies.copy()
        self._revealed = account._revealed.copy()
        self.overlay = None if account.overlay is None else account.overlay.copy()

    @cached_property
    def tables(self) -> Tables:
        """Its tables."""
        source = self._source
        # Whoever looks at the tables of an account that has none makes them.
        if isinstance(source, ScratchAccount) or "tables" in vars(source):
            return source.tables.scratch()
        return super().tables

    @cached_property
    def webhooks(self) -> Webhooks:
        """Its webhooks."""
        source = self._source
        if isinstance(source, ScratchAccount) or "webhooks" in vars(source):
            return source.webhooks.copy()
        return super().webhooks


def _copied(run: Begun | None) -> Begun | None:
    return None if run is None else run.copy()
