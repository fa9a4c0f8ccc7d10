"""What a handler and the guards before it note of one call, whatever carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mock_lusha.scenario.model import CellOutcome, Outcome
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.ledger import Entry
    from mock_lusha.state.ranking import Ranking


class CallRecord:
    """Who calls and when, what a scenario says of it, and what came of it.

    ``begun`` is when it was let in, on the account's clock. ``outcomes`` are what looking up those comes to
    whom a word names, ``lasting`` the words whose outcomes hold for good, ``erase`` how many are to vanish.
    ``cells`` is what comes of cells of tables that it runs.
    ``charged`` is what it cost in credits, ``entries`` what the ledger says, ``lookups`` what was asked of
    the world and what came of it, ``ranking`` why results stand in their order, ``warnings`` what the caller
    should know.
    """

    __slots__ = (
        *("account", "begun", "cells", "charged", "entries", "erase", "lasting", "lookups", "outcomes"),
        *("ranking", "warnings"),
    )

    def __init__(self) -> None:
        self.account: Account | None = None
        self.begun: float | None = None
        self.cells: CellOutcome | None = None
        self.charged = 0
        self.entries: Sequence[Entry] = ()
        self.erase = 0
        self.lookups: Iterable[Any] = ()
        self.outcomes: dict[str, Outcome] = {}
        self.ranking: Ranking | None = None
        self.lasting: tuple[str, ...] = ()
        self.warnings: list[str] = []

    @property
    def tenant(self) -> Account:
        """The account; guards behind authentication have one."""
        if self.account is None:
            raise LookupError("no account: the guard stands outside authentication")
        return self.account

    @property
    def now(self) -> float:
        """When the call was let in, on the account's clock; nothing else of it is timed."""
        if self.begun is None:
            raise LookupError("no time: the guard stands outside authentication")
        return self.begun
