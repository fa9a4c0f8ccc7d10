"""Accounts: make, read, change, drain and forget them; their ledgers and clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.config import parse_setting
from mock_lusha.control.context import (
    LateReply,
    account_of,
    account_reference,
    bad_request,
    bad_request_for,
)
from mock_lusha.errors import ApiError, ConfigError, Detail
from mock_lusha.state.account_profiles import parse_label, read_profile
from mock_lusha.state.accounts import mask
from mock_lusha.state.client_lint import judge
from mock_lusha.wording import counted, noun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mock_lusha.clock import Clock
    from mock_lusha.control.context import ControlContext, ControlRequest, Slices
    from mock_lusha.scenario.model import Rule
    from mock_lusha.state.account_profiles import AccountProfile
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.ledger import Ledger
    from mock_lusha.state.webhooks import Webhooks

_SLICE = 100
"""Accounts that are shown before other requests are served."""
_YEARS = range(1971, 3000)


def account_view(account: Account) -> dict[str, Any]:
    """An account as the control API shows it."""
    ledger = account.ledger
    return {
        **account_reference(account),
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
        "waterfall": account.waterfall,
        "v2": account.v2,
        "tracked_domains": list(account.tracked_domains),
        "signal_score_price": account.signal_score_price,
        "users": list(account.users),
        "webhook_delivery": account.webhook_delivery,
        "scenario": None if account.scenario is None else account.scenario.name,
        "named": account.profile.name != "",
        "requests": account.requests,
        "credits": credits_view(ledger),
        "windows": account.windows.left(account.clock.now()),
        "clock": clock_view(account.clock),
    }


def credits_view(ledger: Ledger) -> dict[str, int | None]:
    """A balance as the control API shows it; ``spent`` is all that was ever charged."""
    return {
        "total": ledger.total, "used": ledger.used, "remaining": ledger.remaining, "spent": ledger.spent
    }  # fmt: skip


def read_accounts(context: ControlContext, request: ControlRequest) -> Slices:
    """One account, or all that exist: those with a profile of their own first, and the others as they were
    used. With ``last`` or ``before`` a part of them, ``total``, and whether there are ``more`` before it."""
    query = request.query
    paged = query.keys() & {"last", "before"}
    if request.account is not None:
        if paged:
            raise bad_request(f"{' and '.join(sorted(paged))} choose of all accounts: leave out account")
        return Reply(account_view(account_of(context, request)))
    accounts = [*context.accounts]
    page: dict[str, Any] = {}
    if paged:
        end = _place_of(query["before"], accounts) if "before" in query else len(accounts)
        begin = max(0, end - int(query["last"])) if "last" in query else 0
        page = {"total": len(accounts), "more": begin > 0}
        accounts = accounts[begin:end]
    shown = []
    for number, account in enumerate(accounts, 1):
        shown.append(account_view(account))
        if number % _SLICE == 0:
            yield
    return Reply({**page, "accounts": shown})


def _place_of(fingerprint: str, accounts: Sequence[Account]) -> int:
    place = next((at for at, each in enumerate(accounts) if each.fingerprint == fingerprint), None)
    if place is None:
        raise bad_request(
            Detail("before must be the fingerprint of an account there is; none has this one", fingerprint)
        )
    return place


def settle(context: ControlContext, request: ControlRequest) -> Reply:
    """The totals of an account and its problems; it is forgotten if there are none.

    Problems are: a rule with a number of times that fired less often (of the rules that were added, and of
    those ``scenarios`` that were begun for the account), a defect of the double itself, and more credits
    spent than ``max_credits``.
    """
    account = account_of(context, request)
    records = list(context.journal.records(account.key))
    counts = context.journal.counts(account.key)
    problems = [
        f"the rule {scenario}/{rule.name} "
        f"{_fired(fired, rule.wanted)}: "
        f"{counted(matched, 'call')} met its conditions ({rule})"
        for scenario, rule, fired, matched in _unfired(account, request.body.get("scenarios", ()))
    ]
    problems += [
        f"the double itself failed at exchange {record.id} ({record.operation}): {record.defect}"
        for record in records
        if record.defect is not None
    ]
    most, spent = request.body.get("max_credits"), account.ledger.spent
    if most is not None and spent > most:
        problems.append(
            f"{counted(spent, 'credit')} {noun(spent, 'was', 'were')} spent, and at most {most} were to be"
        )
    revealed_again = sum(entry.why == "already revealed" for entry in account.ledger.entries)
    verdicts = judge(
        records,
        context.registry.operations,
        complete=len(records) == counts.total(),
        search_price=context.settings.search_price,
    )
    from mock_lusha.control.coverage import settled  # noqa: PLC0415 - a start needs none of it

    forgotten = not problems and request.body.get("forget", True)
    last_exchange = context.journal.last_id
    tally = settled(context, account, forgotten=forgotten)
    return Reply(
        {
            **account_reference(account),
            "calls": counts.total(),
            "spent": spent,
            "revealed_again": revealed_again,
            "conduct": {verdict.name: verdict.times for verdict in verdicts},
            "last_exchange": last_exchange,
            "problems": problems,
            "forgotten": forgotten,
            "coverage": tally.plain(),
        }
    )


def _fired(times: int, wanted: int) -> str:
    return f"fired {times} of {counted(wanted, 'time')}" if times else "never fired"


def _unfired(account: Account, names: Collection[str]) -> Iterator[tuple[str, Rule, int, int]]:
    begun = [] if account.added is None else [account.added]
    begun += [active for active in account.begun.values() if active.scenario.name in names]
    for active in begun:
        for rule, fired, matched in active.unfired():
            yield active.scenario.name, rule, fired, matched


def create_account(context: ControlContext, request: ControlRequest) -> Reply:
    """Make an account with a profile of its own."""
    key, profile = _read_description(context, request)
    if context.accounts.knows(key):
        raise ApiError(
            "account-exists",
            [
                f"{key} is there from the start: change it with PATCH, or use {key}+SUFFIX"
                if context.accounts.was_given(key)
                else "an account of this key is there already: change it with PATCH, or send this with PUT, "
                "which makes it again from its beginning"
            ],
        )
    return Reply(account_view(_checked(context, context.accounts.create(key, profile))), 201)


def put_account(context: ControlContext, request: ControlRequest) -> Reply:
    """Make an account with a profile of its own. One that exists is put back to its beginning, as by a reset,
    so that the same request sent again leads to the same account."""
    key, profile = _read_description(context, request)
    if context.accounts.is_used(key):
        from mock_lusha.control.coverage import keep_marks  # noqa: PLC0415 - for one that was used

        keep_marks(context, context.accounts.get(key))
    account = _checked(context, context.accounts.put(key, profile))
    context.journal.clear(key)
    return Reply(account_view(account))


def _checked(context: ControlContext, account: Account) -> Account:
    """An account that was made just now, with its webhooks if it has some from its beginning.

    Raises:
        ApiError: 400, one of them cannot be made. The account is forgotten then.
    """
    if account.has_webhooks and account.webhooks.problems:
        problems = account.webhooks.problems
        context.accounts.forget(account.key)
        raise bad_request(*problems)
    return account


def _read_description(context: ControlContext, request: ControlRequest) -> tuple[str, AccountProfile]:
    """The key and the profile of an account that is to be made."""
    from mock_lusha.scenario.json_places import from_json  # noqa: PLC0415 - for accounts that are made

    key: str = request.body["key"]
    if not key.isascii() or not key.isprintable() or " " in key or "+" in key:
        raise bad_request(f"key is printable ASCII without space and plus; the one sent ({mask(key)}) is not")
    fields = {name: value for name, value in request.body.items() if name != "key"}
    try:
        profile = read_profile(key, from_json(fields, "body"))
        if "scenario" in profile.overrides:
            context.library.get(profile.overrides["scenario"])
    except ConfigError as error:
        raise bad_request_for([error]) from None
    if profile.standing == "invalid":
        raise bad_request("standing invalid makes no account; any call with such a key is refused with 401")
    return key, profile


def change_account(context: ControlContext, request: ControlRequest) -> Reply:
    """Change an account's settings; all of them or, if one cannot be used, none."""
    account = account_of(context, request)
    values: dict[str, Any] = {}
    problems = []
    for name, raw in request.body.items():
        try:
            values[name] = _parse_change(context, name, raw)
        except (ConfigError, ValueError) as error:
            problems.append(error)
    if problems:
        raise bad_request_for(problems)
    if "webhooks" in values:
        values["webhooks"] = _new_webhooks(context, account, values)
    for name, value in values.items():
        if name == "plan":
            account.change_plan(value)
        elif name == "credits":
            account.ledger.refill(value)
        elif name == "scenario":
            account.start(value)
        elif name == "label":
            context.accounts.title(account, value)
        else:
            setattr(account, name, value)
    return Reply(account_view(account))


def _parse_change(context: ControlContext, name: str, raw: Any) -> Any:
    """The value of a change of an account.

    Raises:
        ConfigError, ValueError: it cannot be used.
    """
    if name == "label":
        return None if raw is None else parse_label(raw)
    if name == "webhooks":
        from mock_lusha.config.webhook_presets import parse_presets  # noqa: PLC0415 - where some are sent

        return parse_presets(raw)
    value = parse_setting(name, raw, name)
    return context.library.get(value) if name == "scenario" else value


def _new_webhooks(context: ControlContext, account: Account, values: Mapping[str, Any]) -> Webhooks:
    """Webhooks that take the place of those the account has, with all that waits there; of the account as it
    will be.

    Raises:
        ApiError: 400, one of them cannot be made.
    """
    from mock_lusha.api.v3.subscription_presets import preset_webhooks  # noqa: PLC0415 - where some are sent

    decisive = [name for name in ("seed", "as_of", "dialect", "strict") if name in values]
    before = {name: getattr(account, name) for name in decisive}
    try:
        for name in decisive:
            setattr(account, name, values[name])
        hooks = preset_webhooks(account, context.worlds, values["webhooks"], account.clock.now())
    finally:
        for name, value in before.items():
            setattr(account, name, value)
    if hooks.problems:
        raise bad_request(*hooks.problems)
    return hooks


def delete_account(context: ControlContext, request: ControlRequest) -> Reply:
    """Forget an account, and its profile if that was made through this API."""
    from mock_lusha.control.coverage import forget  # noqa: PLC0415 - as above

    account = account_of(context, request)
    forget(context, account)
    return Reply({**account_reference(account), "deleted": True})


def drain_account(context: ControlContext, request: ControlRequest) -> Reply:
    """Use up the credits, but for those to be left."""
    account = account_of(context, request)
    account.ledger.drain(request.body.get("leave", 0))
    return Reply(account_view(account))


def read_ledger(context: ControlContext, request: ControlRequest) -> Reply:
    """What was charged and what was free, with the reasons."""
    account = account_of(context, request)
    ledger = account.ledger
    entries = list(ledger.entries)
    if "last" in request.query:
        last = int(request.query["last"])
        entries = entries[-last:] if last else []
    return Reply(
        {
            **account_reference(account),
            "credits": credits_view(ledger),
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


def clock_view(clock: Clock) -> dict[str, Any]:
    """A clock as the control API shows it."""
    return {"now": clock.timestamp(), "frozen": clock.frozen}


def _clock(context: ControlContext, request: ControlRequest) -> Clock:
    return context.clock if request.account is None else account_of(context, request).clock


def read_clock(context: ControlContext, request: ControlRequest) -> Reply:
    """The server's clock, or an account's, which follows it until it is moved itself."""
    return Reply(clock_view(_clock(context, request)))


def move_clock(context: ControlContext, request: ControlRequest) -> LateReply:
    """Set, advance, freeze or release a clock, and deliver the webhooks that become due with it before the
    answer."""
    clock = _clock(context, request)
    if request.account is None:
        context.accounts.with_presets()  # what the move makes happen is theirs, too
    _move(clock, request)
    moved = context.accounts if request.account is None else [account_of(context, request)]
    accounts = [each for each in moved if each.has_webhooks]

    async def deliver() -> None:
        for account in accounts:
            await context.webhooks.run(account)

    return LateReply(deliver, lambda: Reply(clock_view(clock)))


def _move(clock: Clock, request: ControlRequest) -> None:
    ((move, value),) = request.body.items()
    if move == "advance":
        try:
            last = datetime.fromtimestamp(clock.now() + value, UTC)
        except (OverflowError, ValueError, OSError):
            last = None
        if last is None or last.year not in _YEARS:
            raise bad_request(f"advance must end before the year {_YEARS.stop}")
        try:
            clock.advance(value)
        except ValueError as error:
            raise bad_request(str(error)) from None
    elif move == "set":
        try:
            moment = parse_setting("now", value, "set")
        except ConfigError as error:
            raise bad_request_for([error]) from None
        clock.set(moment)
    elif move == "reset":
        clock.reset()
    elif value:
        clock.freeze()
    else:
        clock.unfreeze()
