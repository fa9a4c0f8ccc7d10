"""The account: GET ``/v3/account/usage``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha.api.reply import Reply
from mock_lusha.clock import timestamp_of
from mock_lusha.plans import PRICES
from mock_lusha.services.billing import LOOKALIKES_PER_CREDIT, RESULTS_PER_CREDIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account

_WINDOWS: Final = ("daily", "hourly", "minute")
# Action -> credits, and for how many: the price list of Lusha's answers.
_PRICING: Final[Mapping[str, tuple[int, int]]] = {
    "companySearch": (PRICES["search"], RESULTS_PER_CREDIT),
    "contactSearch": (PRICES["search"], RESULTS_PER_CREDIT),
    "revealCompany": (PRICES["company"], 1),
    "revealEmail": (PRICES["email"], 1),
    "revealPhone": (PRICES["phone"], 1),
    "lookalikeCompany": (PRICES["lookalike"], LOOKALIKES_PER_CREDIT),
    "lookalikeContact": (PRICES["lookalike"], LOOKALIKES_PER_CREDIT),
    "contactRecommendationsReveal": (PRICES["contact"], 1),
    "companyRecommendationsReveal": (PRICES["company"], 1),
    "showSignalsCompany": (PRICES["signal"], 1),
    "showSignalsContact": (PRICES["signal"], 1),
    "tableRead": (PRICES["contact"], 1),
    "buyingGroupContact": (PRICES["buying-group"], 1),
}
_SCORES: Final[Mapping[str, tuple[int, int]]] = dict.fromkeys(
    ("signal_score_company", "signal_score_contact"), (PRICES["signal-score"], 1)
)
"""What the list has besides, where an account pays for scores of signals."""


def usage(call: ApiRequest) -> Reply:
    """Credits, windows with the moment they reopen, plan and price list of the account.

    A window that the plan does not have is null.
    """
    account, now = call.account, call.record.now
    moments = account.windows.reopen(now)
    limits: dict[str, Shape | None] = dict.fromkeys(_WINDOWS)
    for name, window in account.windows.left(now).items():
        limits[name] = {
            "limit": window["limit"],
            "used": window["used"],
            "remaining": window["left"],
            "resetsAt": timestamp_of(moments[name]),
        }
    prices = {**_PRICING, **_SCORES} if account.pays_for_scores else _PRICING
    pricing = {
        action: {"credits": credits_, "perQuantity": quantity}
        for action, (credits_, quantity) in prices.items()
    }
    return Reply(
        {
            "credits": account.ledger.usage(),
            "rateLimits": limits,
            "plan": _plan(account, now),
            "pricing": pricing,
        }
    )


def _plan(account: Account, now: float) -> Shape:
    """The plan and the period of its credits; without periods there is no end."""
    start, end = account.period(now)
    return {
        "category": account.plan.name,
        "renewalType": "month",
        "startDate": timestamp_of(start),
        "endDate": None if end is None else timestamp_of(end),
    }


HANDLERS = {"getAccountUsage": usage}
