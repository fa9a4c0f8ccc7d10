"""The scenario of the server or of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.control.steering import found, refused, refused_for
from mock_lusha.control.tenants import start
from mock_lusha.errors import ConfigError
from mock_lusha.reply import Reply
from mock_lusha.scenario.library import MAGIC
from mock_lusha.scenario.parse import ScenarioError, from_json, parse_scenario

if TYPE_CHECKING:
    from mock_lusha.control.steering import Order, Steering
    from mock_lusha.scenario.model import Scenario


def read_scenario(steering: Steering, order: Order) -> Reply:
    """The scenario that is active, its counters for an account, and the names of all there are."""
    body: dict[str, Any] = {"server": _named(steering.accounts.scenario)}
    if order.account is not None:
        account = found(steering, order.account)
        body["account"] = _named(account.scenario)
        body["counters"] = {
            name: {rule: each for rule, each in script.counters().items() if name != MAGIC or each["matched"]}
            for name, script in account.scripts.items()
        }
    body["known"] = steering.library.names()
    return Reply(body)


def _named(scenario: Scenario | None) -> dict[str, Any] | None:
    if scenario is None:
        return None
    rules = [rule.name for rule in scenario.rules]
    return {"name": scenario.name, "description": scenario.description, "rules": rules}


def set_scenario(steering: Steering, order: Order) -> Reply:
    """Start a scenario by its name, or one that is sent with its rules, from its beginning."""
    try:
        if "rules" in order.body:
            if order.body["name"] == MAGIC:
                raise refused(f"name is {MAGIC}, which is that of the magic identifiers: choose another")
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
        start(found(steering, order.account), scenario)
    return read_scenario(steering, order)


def clear_scenario(steering: Steering, order: Order) -> Reply:
    """End the scenario; an account then has that of the server again."""
    if order.account is None:
        steering.accounts.scenario = None
    else:
        found(steering, order.account).scenario = None
    return read_scenario(steering, order)
