"""The report of a handle: the calls, their answers, and why they were answered so."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from mock_lusha.client.calls import Call
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from mock_lusha.client.control import Control

_MOST_CALLS = 30
_MOST_EXPLAINED = 10
_MOST_ACCOUNTS = 5


def report(control: Control, api_key: str, *, after: int | None) -> str:
    """The last calls of an account, with an explanation of the last that went wrong.

    ``after`` is the number of the last exchange before the account was used, on a server of this process,
    where calls that came without a key, or with others, may have been meant; None is a server elsewhere.
    """
    journal = control.journal(last=_MOST_CALLS)
    exchanges, total = journal["exchanges"], journal["total"]
    everybody = control.of(None)
    others = [] if after is None else everybody.journal(after=after)["exchanges"]
    own = control.accounts()["fingerprint"]
    exchanges += [exchange for exchange in others if not exchange["account"]]
    calls = [Call.of(exchange) for exchange in sorted(exchanges, key=itemgetter("id"))][-_MOST_CALLS:]
    failures = [call.id for call in calls if not 0 < call.status < 400 or call.rules or call.warnings]
    lines = [counted(total, "call") + (f", the last {_MOST_CALLS}:" if total > _MOST_CALLS else ":")]
    for call in calls:
        lines.append(f"#{call.id} {call}")
        if call.id in failures[-_MOST_EXPLAINED:]:
            lines += [f"    {why}" for why in everybody.explain(call.id)["why"]]
    foreign = [exchange for exchange in others if exchange["account"] and exchange["fingerprint"] != own]
    if foreign:
        lines.append(
            f"{counted(len(foreign), 'call')} came with other keys than this test's, which is {api_key}"
        )
        accounts = dict.fromkeys(
            exchange["label"] or f"account {exchange['fingerprint']}" for exchange in foreign
        )
        lines += [f"    of {account}" for account in list(accounts)[:_MOST_ACCOUNTS]]
        more = len(accounts) - _MOST_ACCOUNTS
        lines += [f"    and {more} more"] if more > 0 else []
    return "\n".join(lines)
