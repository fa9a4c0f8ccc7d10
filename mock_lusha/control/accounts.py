"""Accounts: make, read, change, drain and forget them; their ledgers and clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.config import parse_setting
from mock_lusha.control.context import account_of, found, named, refused, refused_for
from mock_lusha.errors import ApiError, ConfigError
from mock_lusha.state.account_profiles import parse_label, read_profile
from mock_lusha.state.accounts import mask
from mock_lusha.state.client_lint import judge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mock_lusha.clock import Clock
    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.scenario.model import Rule
    from mock_lusha.state.account_profiles import AccountProfile
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.ledger import Ledger

_YEARS = range(1971, 3000)


def shown(account: Account) -> dict[str, Any]:
    """An account as the control API shows it."""
    ledger = account.ledger
    return {
        **named(account),
        "plan": account.plan.name,
        "standing": account.profile.standing,
        "features": sorted(account.features),
        "seed": account.seed,
        "as_of": account.as_of.isoformat(),
        "dialect": account.dialect,
        "error_format": account.error_format,
        "limits": account.limits,
        "strict": account.strict,
        "match_rate": account.match_rate,
        "scenario": None if account.scenario is None else account.scenario.name,
        "named": account.profile.name != "",
        "requests": account.requests,
        "credits": credits_shown(ledger),
        "windows": account.windows.left(account.clock.now()),
        "clock": clock_shown(account.clock),
    }


def credits_shown(ledger: Ledger) -> dict[str, int | None]:
    """A balance as the control API shows it; ``spent`` is all that was ever charged."""
    return {
        "total": ledger.total, "used": ledger.used, "remaining": ledger.remaining, "spent": ledger.spent
    }  # fmt: skip


def read_accounts(steering: ControlContext, order: ControlRequest) -> Reply:
    """All accounts that were seen, or one."""
    if order.account is not None:
        return Reply(shown(found(steering, order.account)))
    return Reply({"accounts": [shown(account) for account in steering.accounts]})


def settle(steering: ControlContext, order: ControlRequest) -> Reply:
    """What an account came to, and what is wrong with it; it is forgotten if nothing is.

    Wrong are: a rule that names how often it is to fire and did so less often (of the rules that were added,
    and of those ``scenarios`` that were begun for the account), a defect of the double itself, and more
    credits spent than ``max_credits``.
    """
    account = account_of(steering, order)
    records = list(steering.journal.records(account.key))
    counts = steering.journal.counts(account.key)
    problems = [
        f"the rule {scenario}/{rule.name} "
        f"{f'fired {fired} of {rule.wanted} times' if fired else 'never fired'}: "
        f"{matched} calls met its conditions ({rule})"
        for scenario, rule, fired, matched in _unfired(account, order.body.get("scenarios", ()))
    ]
    problems += [
        f"the double itself failed at exchange {record.id} ({record.operation}): {record.defect}"
        for record in records
        if record.defect is not None
    ]
    most, spent = order.body.get("max_credits"), account.ledger.spent
    if most is not None and spent > most:
        problems.append(f"{spent} credits were spent, and at most {most} were to be")
    again = sum(entry.why == "already revealed" for entry in account.ledger.entries)
    verdicts = judge(records, steering.registry.operations, complete=len(records) == counts.total())
    forgotten = not problems and order.body.get("forget", True)
    if forgotten:
        steering.accounts.forget(account.key)
        steering.journal.clear(account.key)
    return Reply(
        {
            **named(account),
            "calls": counts.total(),
            "spent": spent,
            "revealed_again": again,
            "conduct": {verdict.name: verdict.times for verdict in verdicts},
            "last_exchange": steering.journal.last_id,
            "problems": problems,
            "forgotten": forgotten,
        }
    )


def _unfired(account: Account, names: Collection[str]) -> Iterator[tuple[str, Rule, int, int]]:
    begun = [] if account.added is None else [account.added]
    begun += [one for one in account.begun.values() if one.scenario.name in names]
    for one in begun:
        for rule, fired, matched in one.unfired():
            yield one.scenario.name, rule, fired, matched


def create_account(steering: ControlContext, order: ControlRequest) -> Reply:
    """Make an account with a story of its own."""
    key, profile = _described(steering, order)
    if steering.accounts.knows(key):
        raise ApiError(
            "account-exists",
            [
                f"{key} is there from the start: change it with PATCH, or use {key}+SUFFIX"
                if steering.accounts.was_given(key)
                else "an account of this key is there already: change it with PATCH, or send this with PUT, "
                "which makes it again from its beginning"
            ],
        )
    return Reply(shown(steering.accounts.create(key, profile)), 201)


def put_account(steering: ControlContext, order: ControlRequest) -> Reply:
    """Make an account with a story of its own, also where there is one: that begins anew then, as with a
    reset, so that the same order sent again comes to the same account."""
    key, profile = _described(steering, order)
    account = steering.accounts.put(key, profile)
    steering.journal.clear(key)
    return Reply(shown(account))


def _described(steering: ControlContext, order: ControlRequest) -> tuple[str, AccountProfile]:
    """The key and the profile of an account that is to be made."""
    from mock_lusha.scenario.json_places import from_json  # noqa: PLC0415 - for accounts that are made

    key: str = order.body["key"]
    if not key.isascii() or not key.isprintable() or " " in key or "+" in key:
        raise refused(f"key is printable ASCII without space and plus; the one sent ({mask(key)}) is not")
    fields = {name: value for name, value in order.body.items() if name != "key"}
    try:
        profile = read_profile(key, from_json(fields, "body"))
        if "scenario" in profile.overrides:
            steering.library.get(profile.overrides["scenario"])
    except ConfigError as error:
        raise refused_for([error]) from None
    if profile.standing == "invalid":
        raise refused("standing invalid makes no account; any call with such a key is refused with 401")
    return key, profile


def change_account(steering: ControlContext, order: ControlRequest) -> Reply:
    """Change an account's settings; all of them or, if one cannot be used, none."""
    account = account_of(steering, order)
    values: dict[str, Any] = {}
    problems = []
    for name, sent in order.body.items():
        try:
            values[name] = _parsed(steering, name, sent)
        except (ConfigError, ValueError) as error:
            problems.append(error)
    if problems:
        raise refused_for(problems)
    for name, value in values.items():
        if name == "plan":
            account.change_plan(value)
        elif name == "credits":
            account.ledger.refill(value)
        elif name == "scenario":
            account.start(value)
        elif name == "label":
            steering.accounts.title(account, value)
        else:
            setattr(account, name, value)
    return Reply(shown(account))


def _parsed(steering: ControlContext, name: str, sent: Any) -> Any:
    """What a change of an account comes to.

    Raises:
        ConfigError, ValueError: it cannot be used.
    """
    if name == "label":
        return None if sent is None else parse_label(sent)
    value = parse_setting(name, sent, name)
    return steering.library.get(value) if name == "scenario" else value


def delete_account(steering: ControlContext, order: ControlRequest) -> Reply:
    """Forget an account, its story too if it was made here."""
    account = account_of(steering, order)
    steering.accounts.forget(account.key)
    steering.journal.clear(account.key)
    return Reply({**named(account), "deleted": True})


def drain_account(steering: ControlContext, order: ControlRequest) -> Reply:
    """Let credits run out."""
    account = account_of(steering, order)
    account.ledger.drain(order.body.get("leave", 0))
    return Reply(shown(account))


def read_ledger(steering: ControlContext, order: ControlRequest) -> Reply:
    """What was charged and what was free, with the reasons."""
    account = account_of(steering, order)
    ledger = account.ledger
    entries = list(ledger.entries)
    if "last" in order.query:
        last = int(order.query["last"])
        entries = entries[-last:] if last else []
    return Reply(
        {
            **named(account),
            "credits": credits_shown(ledger),
            "count": ledger.count,
            "entries": [
                {
                    "request": entry.request,
                    "operation": entry.operation,
                    "kind": entry.kind,
                    "entity": entry.entity,
                    "price": entry.price,
                    "why": entry.why,
                }
                for entry in entries
            ],
        }
    )


def clock_shown(clock: Clock) -> dict[str, Any]:
    """A clock as the control API shows it."""
    return {"now": clock.timestamp(), "frozen": clock.frozen}


def _clock(steering: ControlContext, order: ControlRequest) -> Clock:
    return steering.clock if order.account is None else found(steering, order.account).clock


def read_clock(steering: ControlContext, order: ControlRequest) -> Reply:
    """The server's clock, or an account's, which follows it until it is moved itself."""
    return Reply(clock_shown(_clock(steering, order)))


def move_clock(steering: ControlContext, order: ControlRequest) -> Reply:
    """Set, advance, freeze or release a clock."""
    clock = _clock(steering, order)
    ((move, value),) = order.body.items()
    if move == "advance":
        try:
            last = datetime.fromtimestamp(clock.now() + value, UTC)
        except (OverflowError, ValueError, OSError):
            last = None
        if last is None or last.year not in _YEARS:
            raise refused(f"advance must end before the year {_YEARS.stop}")
        try:
            clock.advance(value)
        except ValueError as error:
            raise refused(str(error)) from None
    elif move == "set":
        try:
            moment = parse_setting("now", value, "set")
        except ConfigError as error:
            raise refused_for([error]) from None
        clock.set(moment)
    elif move == "reset":
        clock.reset()
    elif value:
        clock.freeze()
    else:
        clock.unfreeze()
    return Reply(clock_shown(clock))
