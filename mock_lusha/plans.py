"""Plans: rate limits, features and the credits a new account of the plan has.

Limits are those of Lusha's user guide ("All there is to know about Lusha's API"). Features are its plan
notes: self-service plans enrich only; filters, prospecting and excludeDnc are Scale's. That signals come
with Scale alone is our decision (they are granted account by account).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class Plan:
    """Requests a minute, hour (None: no such cap) and day, features, and whether credits are unified.

    With unified credits each kind of detail has its price and may be asked for alone; without, a match
    costs one credit.
    """

    name: str
    minute: int
    hour: int | None
    day: int
    features: frozenset[str]
    unified: bool = True


_SELF_SERVICE = frozenset({"enrichment", "account"})
_ALL = _SELF_SERVICE | {"filters", "prospecting", "signals", "exclude-dnc"}

PLANS: Final[Mapping[str, Plan]] = {
    plan.name: plan
    for plan in (
        Plan("free", 40, None, 100, _SELF_SERVICE),
        Plan("starter", 40, None, 100, _SELF_SERVICE),
        Plan("pro", 50, 150, 1_500, _SELF_SERVICE),
        Plan("premium", 300, 1_800, 18_000, _SELF_SERVICE),
        Plan("scale", 300, 5_000, 50_000, _ALL),
        Plan("legacy", 300, 600, 6_000, _SELF_SERVICE, unified=False),
    )
}
FEATURES: Final = tuple(sorted(_ALL))

PER_SECOND: Final = 25
"""Requests a second to one endpoint that has no limit of its own, on every plan."""

PRICES: Final[Mapping[str, int]] = {
    "email": 1,
    "phone": 5,
    "contact": 1,
    "company": 1,
    "signal": 1,
    "search": 1,
    "company-fact": 1,
}
"""Credits by what is paid for: email and phone with unified credits, contact without. A ``company-fact`` is
one of those that the third generation reveals of a company."""
