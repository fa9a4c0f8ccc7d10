"""The scenario of the server or of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.control.steering import account_of, found, refused, refused_for
from mock_lusha.errors import ConfigError, nearest
from mock_lusha.reply import Reply
from mock_lusha.scenario.library import MAGIC
from mock_lusha.scenario.model import Scenario
from mock_lusha.scenario.parse import ScenarioError, from_json, parse_scenario
from mock_lusha.scenario.script import Script

if TYPE_CHECKING:
    from mock_lusha.control.steering import Order, Steering
    from mock_lusha.state.accounts import Account

ADDED = "added"
"""What the rules are called, together, that were added one by one."""


def read_scenario(steering: Steering, order: Order) -> Reply:
    """The scenario that is active, its counters for an account, and the names of all there are."""
    body: dict[str, Any] = {"server": _named(steering.accounts.scenario)}
    if order.account is not None:
        account = found(steering, order.account)
        body["account"] = _named(account.scenario)
        body["counters"] = _counters(account)
        body["added"] = {} if account.added is None else account.added.counters()
    body["known"] = steering.library.names()
    return Reply(body)


def _counters(account: Account) -> dict[str, Any]:
    counters: dict[str, Any] = {}
    # Of two with one name the active one is shown, else the last.
    for script in sorted(account.scripts.values(), key=lambda script: script.scenario is account.scenario):
        name = script.scenario.name
        counters[name] = {
            rule: each for rule, each in script.counters().items() if name != MAGIC or each["matched"]
        }
    return counters


def _named(scenario: Scenario | None) -> dict[str, Any] | None:
    if scenario is None:
        return None
    rules = [rule.name for rule in scenario.rules]
    return {"name": scenario.name, "description": scenario.description, "rules": rules}


def set_scenario(steering: Steering, order: Order) -> Reply:
    """Start a scenario by its name, or one that is sent with its rules, from its beginning.

    ``restart: false`` goes on with one that was begun for the account before.
    """
    if order.body.get("restart") is False:
        return _resume(steering, order)
    try:
        if "rules" in order.body:
            if order.body["name"] in {MAGIC, ADDED}:
                raise refused(f"name is {order.body['name']}, which stands for other rules: choose another")
            sent = {name: value for name, value in order.body.items() if name != "restart"}
            scenario = parse_scenario(from_json(sent, "body"), steering.facts)
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


def _resume(steering: Steering, order: Order) -> Reply:
    name = order.body["name"]
    if order.account is None or "rules" in order.body:
        raise refused("restart: false goes with ?account=KEY and the name of a scenario, without rules")
    account = found(steering, order.account)
    if not account.resume(name):
        begun = [scenario.name for scenario in account.started]
        hint = nearest(name, begun) if begun else "none was begun"
        raise refused(f"no scenario {name!r} was begun for this account: {hint}")
    return read_scenario(steering, order)


def clear_scenario(steering: Steering, order: Order) -> Reply:
    """End the scenario; an account then has that of the server again."""
    if order.account is None:
        steering.accounts.scenario = None
    else:
        found(steering, order.account).scenario = None
    return read_scenario(steering, order)


def add_rules(steering: Steering, order: Order) -> Reply:
    """Add rules that are asked before any scenario of the account, in the order they were added."""
    account = account_of(steering, order)
    script = account.added or Script(Scenario(ADDED), account.seed, account.name)
    try:
        document = from_json({"name": ADDED, "rules": order.body["rules"]}, "body")
        script.add(parse_scenario(document, steering.facts, first=len(script.scenario.rules) + 1))
    except ScenarioError as error:
        raise refused_for(error.errors) from None
    except ConfigError as error:
        raise refused_for([error]) from None
    account.added = script
    return read_scenario(steering, order)


def clear_rules(steering: Steering, order: Order) -> Reply:
    """Forget the rules that were added."""
    account_of(steering, order).added = None
    return read_scenario(steering, order)
