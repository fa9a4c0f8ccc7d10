"""The scenario of the server or of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.control.context import account_of, found, refused, refused_for
from mock_lusha.errors import ConfigError
from mock_lusha.http.reply import Reply
from mock_lusha.scenario.fields import MOST_RULES
from mock_lusha.scenario.json_places import from_json
from mock_lusha.scenario.library import MAGIC
from mock_lusha.scenario.model import Scenario
from mock_lusha.scenario.parse import parse_scenario
from mock_lusha.scenario.progress import Begun
from mock_lusha.scenario.reader import ScenarioError

if TYPE_CHECKING:
    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account

ADDED = "added"
"""What the rules are called, together, that were added one by one."""


def read_scenario(steering: ControlContext, order: ControlRequest) -> Reply:
    """The scenario that is active, its counters for an account, and the names of all there are."""
    body: dict[str, Any] = {"server": _named(steering.accounts.scenario)}
    if order.account is not None:
        account = found(steering, order.account)
        own = _named(account.scenario)
        body["account"] = None if own is None else own | {"begun": account.active_number}
        body["counters"] = _counters(account)
        body["added"] = {} if account.added is None else account.added.progress.counters()
    body["known"] = steering.library.names()
    return Reply(body)


def _counters(account: Account) -> dict[str, Any]:
    counters: dict[str, Any] = {}
    # Of several with one name the active one is shown, else the last.
    begun = [*account.begun.values(), *account.shared.values()]
    for one in sorted(begun, key=lambda one: one is account.active):
        name = one.scenario.name
        counters[name] = {
            rule: counts
            for rule, counts in one.progress.counters().items()
            if name != MAGIC or counts["matched"]
        }
    return counters


def _named(scenario: Scenario | None) -> dict[str, Any] | None:
    if scenario is None:
        return None
    rules = [rule.name for rule in scenario.rules]
    return {"name": scenario.name, "description": scenario.description, "rules": rules}


def set_scenario(steering: ControlContext, order: ControlRequest) -> Reply:
    """Start a scenario by its name, or one that is sent with its rules, from its beginning."""
    try:
        if "rules" in order.body:
            if order.body["name"] in {MAGIC, ADDED}:
                raise refused(f"name is {order.body['name']}, which stands for other rules: choose another")
            scenario = parse_scenario(from_json(order.body, "body"), steering.facts)
        elif "description" in order.body:
            raise refused("rules should not be empty where a description is sent")
        else:
            scenario = steering.library.get(order.body["name"])
    except ScenarioError as error:
        raise refused_for(error.errors) from None
    except ConfigError as error:
        raise refused_for([error]) from None
    if order.account is None:
        steering.accounts.start(scenario)
    else:
        found(steering, order.account).start(scenario)
    return read_scenario(steering, order)


def resume_scenario(steering: ControlContext, order: ControlRequest) -> Reply:
    """Go on with a scenario that was begun for the account before, where it was."""
    account = account_of(steering, order)
    number = order.body["begun"]
    if not account.resume(number):
        known = ", ".join(map(str, account.begun)) or "none"
        raise refused(f"no scenario with the number {number} was begun for this account; known are {known}")
    return read_scenario(steering, order)


def clear_scenario(steering: ControlContext, order: ControlRequest) -> Reply:
    """End the scenario; an account then has that of the server again."""
    if order.account is None:
        steering.accounts.scenario = None
    else:
        found(steering, order.account).active = None
    return read_scenario(steering, order)


def add_rules(steering: ControlContext, order: ControlRequest) -> Reply:
    """Add rules that are asked before any scenario of the account, in the order they were added."""
    account = account_of(steering, order)
    added = account.added or Begun(Scenario(ADDED))
    try:
        document = from_json({"name": ADDED, "rules": order.body["rules"]}, "body")
        number = len(added.scenario.rules)
        more = parse_scenario(document, steering.facts, first=number + 1)
        if number + len(more.rules) > MOST_RULES:
            raise refused(
                f"an account may have {MOST_RULES} added rules, and it has {number}: "
                "take them away with DELETE /_mock/scenario/rules, or put a scenario"
            )
        added = added.joined(more)
    except ScenarioError as error:
        raise refused_for(error.errors) from None
    except ConfigError as error:
        raise refused_for([error]) from None
    account.added = added
    return read_scenario(steering, order)


def clear_rules(steering: ControlContext, order: ControlRequest) -> Reply:
    """Forget the rules that were added."""
    account_of(steering, order).added = None
    return read_scenario(steering, order)
