"""A copy of an account changes by itself."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.plans import Plan
from mock_lusha.scenario.model import Scenario
from mock_lusha.state.account_profiles import AccountProfile
from mock_lusha.state.accounts import Account, Accounts
from mock_lusha.state.scratch import ScratchAccount, ScratchTime
from mock_lusha.state.tables import TableSpec
from mock_lusha.state.users import users_of
from mock_lusha.state.webhooks import Delivery, Event, Subscription
from mock_lusha.world_store import AccountOverlay

if TYPE_CHECKING:
    from collections.abc import Callable

UNCHANGING = (str, int, float, bytes, tuple, frozenset, date, Plan, AccountProfile, Scenario, type(None))


@pytest.fixture
def account() -> Account:
    account = Accounts(Settings(), Clock(source=lambda: 1000.0), {}).get("a-key")
    scenario = Scenario("ours", "", ())
    account.start(scenario)
    account.progress_in(scenario)
    account.overlay = AccountOverlay()
    return account


def test_all_that_changes_of_an_account_is_copied(account: Account) -> None:
    scratch = ScratchAccount(account, ScratchTime(1000.0))

    shared = {name for name, value in vars(account).items() if value is vars(scratch).get(name)}
    changing = {name for name in shared if not isinstance(vars(account)[name], UNCHANGING)}
    assert changing == set()
    assert scratch.active is scratch.begun[1]


CHANGES: dict[str, tuple[Callable[[Account], object], Callable[[Account], Any]]] = {
    "requests": (lambda a: a.begin_request(1000.0), lambda a: a.requests),
    "ids": (lambda a: a.remember({1: "x"}, {2: "y"}), lambda a: (1 in a.people, 2 in a.companies)),
    "reveals": (lambda a: a.reveal({1: None}), lambda a: a.has_revealed(1)),
    "credits": (lambda a: a.ledger.drain(), lambda a: a.ledger.remaining),
    "windows": (lambda a: a.windows.spend(["daily"], 1000.0), lambda a: a.windows.left(1000.0)),
    "plan": (lambda a: a.change_plan("free"), lambda a: (a.plan.name, a.windows.left(1000.0))),
    "erasures": (lambda a: a.overlay.erased.people.add("x"), lambda a: sorted(a.overlay.erased.people)),
    "tables": (
        lambda a: a.tables.create(TableSpec("t", "contacts", users_of(a.users)[0]), (), 1000.0),
        lambda a: [table.name for table in a.tables],
    ),
    "secret": (lambda a: setattr(a.webhooks, "secret", "s"), lambda a: a.webhooks.secret),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_copy_is_none_of_the_account_nor_the_other_way_round(
    change: str, account: Account
) -> None:
    make, look = CHANGES[change]
    scratch, first = ScratchAccount(account, ScratchTime(1000.0)), look(account)

    make(scratch)
    assert (look(account), look(scratch)) != (first, first)
    assert look(account) == first

    again = ScratchAccount(scratch, ScratchTime(1000.0))
    assert look(again) == look(scratch)


def test_a_table_that_is_asked_for_is_copied_with_its_rows_and_cells(account: Account) -> None:
    table = account.tables.create(TableSpec("t", "contacts", users_of(account.users)[0]), (), 1000.0)
    table.add({1: 0, 2: 0}, 1000.0)
    scratch = ScratchAccount(account, ScratchTime(1000.0))

    copied = scratch.tables.get(table.id)
    assert copied is not None
    copied.remove([0])
    copied.name = "other"

    assert scratch.tables.get(table.id) is copied
    assert ([*copied.rows], [*table.rows], table.name) == ([2], [1, 2], "t")


def test_webhooks_are_copied_with_what_waits_and_nobody_is_told(account: Account) -> None:
    told: list[Account] = []
    account.on_planned = told.append
    hooks = account.webhooks
    subscription = Subscription("s", "contact", "1", 1, ("all",), "http://127.0.0.1:9", None, 0.0, 0.0)
    hooks.add(subscription)
    hooks.queue(subscription, Delivery("d", 1, "s", "all", subscription.url, b"{}", 1.0))
    told.clear()
    copied = ScratchAccount(account, ScratchTime(1000.0)).webhooks
    theirs = copied.subscriptions["s"]

    assert theirs.waiting[0] is copied.deliveries["d"]
    theirs.events.append(Event(5.0, "all", {}))
    copied.plan(theirs)
    copied.remove(theirs)

    assert told == []
    assert (len(hooks.subscriptions), len(subscription.events)) == (1, 0)
    assert (subscription.waiting[0].state, copied.deliveries["d"].state) == ("waiting", "dropped")
