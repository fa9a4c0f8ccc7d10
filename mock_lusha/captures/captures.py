"""What accounts, and the server, have become, as bytes."""

from __future__ import annotations

from collections import deque
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.captures.pickling import Reader, Writer
from mock_lusha.captures.plain_journal import ChargeTable, PlainLogs
from mock_lusha.captures.shared_accounts import SharedAccounts
from mock_lusha.captures.shared_journal import JournalPart, SharedJournal
from mock_lusha.captures.shared_totals import SharedTotals
from mock_lusha.state.accounts import Account

if TYPE_CHECKING:
    from mock_lusha.control.context import ControlContext

MADE_AGAIN: Final = frozenset(
    {"_preset", "clock", "features", "fingerprint", "on_planned", "totals", "unified"}
)
"""What an account has that follows from the rest, or is its server's; its clock is told by its setting."""
CAPTURED: Final = frozenset(
    {
        *("key", "label", "profile", "title", "plan", "seed", "as_of", "requests", "overlay", "ledger"),
        *("windows", "people", "companies", "jobs", "lookalikes", "tables", "webhooks", "users"),
        *("shared", "begun", "active", "added", "dialect", "error_format", "limits", "strict", "match_rate"),
        *("waterfall", "v2", "tracked_domains", "signal_score_price", "webhook_delivery"),
        *("number", "_numbers", "_open_gates", "_period", "_renewed", "_revealed", "_made"),
    }
)
"""The rest; ``tables`` and ``webhooks`` where it has some."""
_LAG: Final = Struct(">d")
_LEAST_LAG: Final = 1.0
"""Seconds by which stopwatches differ, and not the moments at which they were read."""


class Captures:
    """What accounts, and the server, have become, for processes with the same version, settings and seed.

    What is put has to be of one moment of the server's log: accounts as they were before the server changed
    do not go with a server that has.
    """

    def __init__(self, context: ControlContext) -> None:
        """Those of a server whose accounts, journal and totals are shared ones.

        Raises:
            TypeError: they are not.
        """
        accounts, journal = context.accounts, context.journal
        totals = accounts.totals
        if not (
            isinstance(accounts, SharedAccounts)
            and isinstance(journal, SharedJournal)
            and isinstance(totals, SharedTotals)
        ):
            msg = "only a server that keeps what each key has apart can be captured"
            raise TypeError(msg)
        self.context = context
        self._clock = context.clock
        self._accounts = accounts
        self._worlds = context.worlds
        self._library = context.library
        self._journal = journal
        self._totals = totals
        self._webhooks = context.webhooks

    # An account

    def of_account(self, key: str) -> bytes:
        """All there is of a key: its account if it has one, its profile if it was given one, its exchanges in
        the journal, and what was counted of it."""
        accounts = self._accounts
        account = accounts.kept(key)
        table = ChargeTable(() if account is None else account.ledger._charges)
        logs = PlainLogs(account, table)
        part = self._journal.part(key)
        value = {
            "named": accounts.is_named(key),
            "profile": accounts.given_profile(key),
            "title": accounts.given_title(key),
            "account": None if account is None else _state_of(account),
            "sending": None if account is None else self._webhooks.part(account),
            "logs": [logs.plain(part.log), logs.plain(part.keyless)],
            "past": part.past,
            "charges": table.columns(),
            "of_ledger": 0 if account is None else len(account.ledger._charges),
            "totals": self._totals.part(key),
        }
        return self._lag() + Writer(self._library, self._worlds, account).content(value)

    def put_account(self, key: str, content: bytes) -> None:
        """Replace all there is of a key; other keys, and the server, stay as they are.

        Raises:
            StoreError: the bytes are no capture of this version; nothing has changed then.
        """
        account = Account.__new__(Account)
        reader = Reader(self._library)
        value = reader.value(content[_LAG.size :])
        with reader.reading():
            lag = _LAG.unpack(content[: _LAG.size])[0] - _LAG.unpack(self._lag())[0]
            table = ChargeTable.of(value["charges"])
            log, keyless = map(PlainLogs(account, table).log, value["logs"])
            part = JournalPart(log, keyless, value["past"])
            state: dict[str, Any] | None = value["account"]
            if state is not None:
                setting = state.pop("clock")
                state["ledger"]._charges = deque(table.charges[: value["of_ledger"]])
                vars(account).update(state)
                account.clock = self._clock.of_its_own()
                account.clock.setting = setting
                account.take_features()
        if abs(lag) >= _LEAST_LAG:
            part.wait(lag)
        accounts = self._accounts
        before = accounts.kept(key)
        if before is not None:
            self._webhooks.forget(before)
        accounts.give(key, value["profile"], value["title"])
        self._totals.put(key, value["totals"])
        self._journal.put(key, part)
        if state is None:
            return
        accounts.keep(account, named=value["named"])
        if "webhooks" in state:
            hooks = account.webhooks
            hooks.world = self._worlds.world(account) if hooks.world else None
        self._webhooks.put(account, value["sending"])

    def _lag(self) -> bytes:
        """How much later it is on the machine's clock than on the stopwatch, in seconds, as bytes:
        stopwatches of several machines begin at any time."""
        return _LAG.pack(self._clock.machine() - self._clock.stopwatch())

    # The server

    def of_server(self) -> bytes:
        """All that belongs to no key."""
        accounts = self._accounts
        value = {
            "clock": self._clock.setting,
            "last_id": self._journal.last_id,
            "accounts": accounts.of_server(),
            "pins": self._worlds.shared,
            "totals": self._totals.past,
        }
        return Writer(self._library, self._worlds, None).content(value)

    def put_server(self, content: bytes) -> None:
        """Replace everything: there are no accounts then, as after a reset of everything, but the server is
        as it was. Accounts are put after it, in any order.

        Raises:
            StoreError: the bytes are no capture of this version; nothing has changed then.
        """
        reader = Reader(self._library)
        value = reader.value(content)
        with reader.reading():
            state, pins, totals = value["accounts"], value["pins"], value["totals"]
            setting, last_id = value["clock"], value["last_id"]
        accounts = self._accounts
        for account in accounts:
            self._webhooks.forget(account)
        accounts.put_server(state)
        if self._worlds.shared is not pins:
            self._worlds.share(pins)
        self._clock.setting = setting
        self._journal.reset()
        self._journal.last_id = last_id
        self._totals.reset(totals)


def _state_of(account: Account) -> dict[str, Any]:
    state = {name: value for name, value in vars(account).items() if name not in MADE_AGAIN}
    state["clock"] = account.clock.setting
    return state
