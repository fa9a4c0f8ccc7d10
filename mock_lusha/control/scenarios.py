"""The scenario of the server or of an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_lusha import yamlfile
from mock_lusha.api.reply import Reply
from mock_lusha.control.context import account_for_key, account_of, bad_request, bad_request_for
from mock_lusha.errors import ConfigError, Detail, nearest, shorten
from mock_lusha.scenario.fields import MOST_RULES
from mock_lusha.scenario.json_places import from_json
from mock_lusha.scenario.library import MAGIC
from mock_lusha.scenario.model import Scenario
from mock_lusha.scenario.parse import parse_scenario
from mock_lusha.scenario.progress import Begun
from mock_lusha.scenario.reader import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account

MOST_CHECKED = 20_000
"""Values of a text that is checked, in one go, with what aliases repeat: 10 rules of the largest kind have a
hundredth of it. Our decision."""
ADDED = "added"
"""The name, as of a scenario, of all rules that were added one by one."""


def read_scenario(context: ControlContext, request: ControlRequest) -> Reply:
    """The scenario that is active, its counters for an account, and the names of all there are."""
    body: dict[str, Any] = {"server": _view(context.accounts.scenario)}
    if request.account is not None:
        account = account_of(context, request)
        scenario = _view(account.scenario)
        body["account"] = None if scenario is None else scenario | {"begun": account.active_number}
        body["counters"] = _counters(account)
        body["added"] = {} if account.added is None else account.added.progress.counters()
    body["known"] = context.library.names()
    return Reply(body)


def _counters(account: Account) -> dict[str, Any]:
    counters: dict[str, Any] = {}
    # Of several with one name the active one is shown, else the last.
    begun = [*account.begun.values(), *account.shared.values()]
    for run in sorted(begun, key=lambda run: run is account.active):
        name = run.scenario.name
        counters[name] = {
            rule: counts
            for rule, counts in run.progress.counters().items()
            if name != MAGIC or counts["matched"]
        }
    return counters


def _view(scenario: Scenario | None) -> dict[str, Any] | None:
    if scenario is None:
        return None
    rules = [rule.name for rule in scenario.rules]
    return {"name": scenario.name, "description": scenario.description, "rules": rules}


def set_scenario(context: ControlContext, request: ControlRequest) -> Reply:
    """Start a scenario by its name, or one that is sent with its rules, from its beginning."""
    try:
        if "rules" in request.body:
            if request.body["name"] in {MAGIC, ADDED}:
                raise bad_request(
                    f"name is {request.body['name']}, which stands for other rules: choose another"
                )
            scenario = parse_scenario(from_json(request.body, "body"), context.facts)
        elif "description" in request.body:
            raise bad_request("rules should not be empty where a description is sent")
        else:
            scenario = context.library.get(request.body["name"])
    except ScenarioError as error:
        raise bad_request_for(error.errors) from None
    except ConfigError as error:
        raise bad_request_for([error]) from None
    if request.account is None:
        context.accounts.start(scenario)
    else:
        account_for_key(context, request.account).start(scenario)
    return read_scenario(context, request)


def check(context: ControlContext, request: ControlRequest) -> Reply:
    """What ``mock-lusha scenario check`` says of a file with this text, and the scenario as JSON if it is
    well."""
    name: str = request.body.get("name", "draft")
    problems: Sequence[Exception] = ()
    scenario: dict[str, Any] | None = None
    try:
        text: bytes = request.body["text"].encode("utf-8", "replace")
        document = yamlfile.parsed(Path(f"{name}.yaml"), text, MOST_CHECKED)
        scenario = {"name": parse_scenario(document, context.facts, name).name, **yamlfile.plain(document)}
    except ScenarioError as error:
        problems = error.errors
    except ConfigError as error:
        problems = [error]
    return Reply(
        {
            "valid": not problems,
            "problems": [
                {"line": getattr(problem, "line", None), "message": str(getattr(problem, "message", problem))}
                for problem in problems
            ],
            "scenario": scenario,
        }
    )


def read_text(context: ControlContext, request: ControlRequest) -> Reply:
    """The file of a scenario, as it stands."""
    name: str = request.query["name"]
    if name not in context.library:
        raise bad_request(
            Detail(f"name is not one of a scenario: {nearest(name, context.library.names())}", shorten(name))
        )
    try:
        text = context.library.path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise bad_request(f"the file of {name} cannot be read: {error.strerror or error}") from None
    return Reply({"name": name, "text": text})


def resume_scenario(context: ControlContext, request: ControlRequest) -> Reply:
    """Go on with a scenario that was begun for the account before, where it was."""
    account = account_of(context, request)
    number = request.body["begun"]
    if not account.resume(number):
        numbers = ", ".join(map(str, account.begun)) or "none"
        raise bad_request(
            f"no scenario with the number {number} was begun for this account; known are {numbers}"
        )
    return read_scenario(context, request)


def clear_scenario(context: ControlContext, request: ControlRequest) -> Reply:
    """End the scenario; an account then has that of the server again."""
    if request.account is None:
        context.accounts.scenario = None
    else:
        account_for_key(context, request.account).active = None
    return read_scenario(context, request)


def add_rules(context: ControlContext, request: ControlRequest) -> Reply:
    """Add rules that go before any scenario of the account, in the order they were added."""
    account = account_of(context, request)
    added = account.added or Begun(Scenario(ADDED))
    try:
        document = from_json({"name": ADDED, "rules": request.body["rules"]}, "body")
        number = len(added.scenario.rules)
        more = parse_scenario(document, context.facts, first=number + 1)
        if number + len(more.rules) > MOST_RULES:
            raise bad_request(
                f"an account may have {MOST_RULES} added rules, and it has {number}: "
                "take them away with DELETE /_mock/scenario/rules, or put a scenario"
            )
        added = added.joined(more)
    except ScenarioError as error:
        raise bad_request_for(error.errors) from None
    except ConfigError as error:
        raise bad_request_for([error]) from None
    account.added = added
    return read_scenario(context, request)


def clear_rules(context: ControlContext, request: ControlRequest) -> Reply:
    """Forget the rules that were added."""
    account_of(context, request).added = None
    return read_scenario(context, request)
