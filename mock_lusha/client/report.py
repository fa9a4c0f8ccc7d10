"""What was asked, what was answered, and why: the report of a handle."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from mock_lusha.client.calls import Call

if TYPE_CHECKING:
    from mock_lusha.client.control import Control

_SHOWN = 30
_EXPLAINED = 10
_STRANGERS = 5


def report(control: Control, api_key: str, *, after: int | None) -> str:
    """The last calls of an account, and of the last that went wrong why they were answered so.

    ``after`` is the number of the last exchange before the account was used, on a server of this process,
    where calls that came without a key, or with others, may have been meant; None is a server elsewhere.
    """
    journal = control.journal(last=_SHOWN)
    shown, total = journal["exchanges"], journal["total"]
    everybody = control.of(None)
    others = [] if after is None else everybody.journal(after=after)["exchanges"]
    own = control.accounts()["fingerprint"]
    shown += [exchange for exchange in others if not exchange["account"]]
    calls = [Call.of(exchange) for exchange in sorted(shown, key=itemgetter("id"))][-_SHOWN:]
    odd = [call.id for call in calls if not 0 < call.status < 400 or call.rules or call.warnings]
    lines = [f"{total} calls" + (f", the last {_SHOWN}:" if total > _SHOWN else ":")]
    for call in calls:
        lines.append(f"#{call.id} {call}")
        if call.id in odd[-_EXPLAINED:]:
            lines += [f"    {why}" for why in everybody.explain(call.id)["why"]]
    strange = [each for each in others if each["account"] and each["fingerprint"] != own]
    if strange:
        lines.append(f"{len(strange)} calls came with other keys than this test's, which is {api_key}")
        whose = dict.fromkeys(each["label"] or f"account {each['fingerprint']}" for each in strange)
        lines += [f"    of {each}" for each in list(whose)[:_STRANGERS]]
        lines += [f"    and {len(whose) - _STRANGERS} more"] if len(whose) > _STRANGERS else []
    return "\n".join(lines)
