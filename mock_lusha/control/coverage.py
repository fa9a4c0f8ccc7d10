"""Coverage over HTTP: what was tried of the API, and what was not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.contract.registry import GENERATIONS
from mock_lusha.control.context import account_for_key, account_of, bad_request
from mock_lusha.coverage import marks
from mock_lusha.coverage.report import Report
from mock_lusha.errors import Detail, shorten
from mock_lusha.state.coverage import Tally

if TYPE_CHECKING:
    from mock_lusha.control.context import ControlContext, ControlRequest, Slices
    from mock_lusha.state.accounts import Account


def marks_of(account: Account) -> Counter[str]:
    """What an account has of webhooks and jobs, which no exchange tells."""
    seen: Counter[str] = Counter()
    if len(account.jobs):
        seen[marks.JOB_BEGUN] = len(account.jobs)
    if account.has_webhooks:
        deliveries = account.webhooks.deliveries.values()
        seen[marks.SUBSCRIBED] = len(account.webhooks.subscriptions)
        seen[marks.DELIVERED] = sum(each.state == "success" for each in deliveries)
        seen[marks.DELIVERY_RETRIED] = sum(
            any(not attempt.has_arrived for attempt in each.attempts) for each in deliveries
        )
    return +seen  # whoever only looked may have made webhooks of none


def keep_marks(context: ControlContext, account: Account) -> Tally:
    """What an account tried, whose webhooks and jobs are about to be forgotten."""
    tally = context.journal.tally(account.key)
    tally.marks.update(marks_of(account))
    return tally


def forget(context: ControlContext, account: Account) -> Tally:
    """Forget an account with its exchanges; what it tried, which stays in the sum of the server."""
    tally = keep_marks(context, account)
    context.accounts.forget(account.key)
    context.journal.forget(account.key)
    return tally


def tried(context: ControlContext, account: Account) -> Tally:
    """What an account tried until now."""
    tally = Tally()
    tally.add(context.journal.tally(account.key))
    tally.marks.update(marks_of(account))
    return tally


def settled(context: ControlContext, account: Account, *, forgotten: bool) -> Tally:
    """What an account tried that is settled, and forgotten if it is ``forgotten``.

    Calls without a key that leads to an account count with the one that is settled next, so that the sum of
    a suite has them (our decision).
    """
    tally = Tally()
    tally.add(forget(context, account) if forgotten else tried(context, account))
    tally.add(context.journal.take_keyless())
    return tally


def read_coverage(context: ControlContext, request: ControlRequest) -> Slices:
    """What an account tried, or all of them since the start with those that are gone, and each gap."""
    wanted = request.query.get("generations", [])
    for generation in wanted:
        if generation not in GENERATIONS:
            words = ", ".join(GENERATIONS)
            raise bad_request(
                Detail(f"generations must be of the following values: {words}", shorten(generation))
            )
    if request.account is not None:
        account = account_for_key(context, request.account, keep=False)
        if not context.settings.store:
            yield from context.journal.reading(account.key)
        tally = context.journal.tried(account.key)
        tally.marks.update(marks_of(account))
    else:
        for key in () if context.settings.store else context.journal.tallied():
            yield from context.journal.reading(key)
            yield
        # Summed in one go: an account that is settled meanwhile would count twice, or not at all.
        tally = Tally()
        tally.add(context.journal.past)
        accounts = {account.key: account for account in context.accounts}
        for key in context.journal.tallied():
            tally.add(context.journal.tried(key))
            if key in accounts:
                tally.marks.update(marks_of(accounts[key]))
    return Reply(Report(tally, context.reader.surfaces, wanted).plain())


def note_coverage(context: ControlContext, request: ControlRequest) -> Reply:
    """Note for an account what its client tried that no call shows, such as an exam of its receiver."""
    account = account_of(context, request)
    context.journal.mark(account.key, request.body["mark"])
    return Reply({"noted": request.body["mark"]})


def clear_coverage(context: ControlContext, request: ControlRequest) -> Reply:
    """Forget what an account tried, or everybody; the journal stays."""
    everybody = request.account is None
    accounts = [*context.accounts] if request.account is None else [account_for_key(context, request.account)]
    key = None if everybody else accounts[0].key
    context.journal.forget_tally(key, everybody=everybody)
    for account in accounts:
        # What is there already of webhooks and jobs is not to count again.
        context.journal.tally(account.key).marks.subtract(marks_of(account))
    return Reply({"cleared": True})
