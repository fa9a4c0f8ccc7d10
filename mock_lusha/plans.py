"""Plans: rate limits, features and the credits a new account of the plan has.

Limits are those of Lusha's user guide ("All there is to know about Lusha's API"). Features are its plan
notes: self-service plans enrich only; filters, prospecting and excludeDnc are Scale's; tables are whole on
Scale and read on Pro. That signals, lookalikes and website visits come with Scale alone is our decision (they
are granted account by account), and that Premium reads tables like Pro.
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
_READS_TABLES = _SELF_SERVICE | {"read-tables"}
_ALL = _READS_TABLES | {
    *("filters", "prospecting", "signals", "exclude-dnc", "lookalikes", "tables", "website-visits"),
}

PLANS: Final[Mapping[str, Plan]] = {
    plan.name: plan
    for plan in (
        Plan("free", 40, None, 100, _SELF_SERVICE),
        Plan("starter", 40, None, 100, _SELF_SERVICE),
        Plan("pro", 50, 150, 1_500, _READS_TABLES),
        Plan("premium", 300, 1_800, 18_000, _READS_TABLES),
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
    "lookalike": 1,
    "buying-group": 1,
    "signal-score": 1,
    "table-row": 1,
    "table-cell": 1,
}
"""Credits by what is paid for: email and phone with unified credits, contact without. A ``company-fact`` is
one of those that the third generation reveals of a company. A ``lookalike`` is five of them begun, a
``buying-group`` somebody in one, a ``table-row`` one that is read, a ``table-cell`` one that is filled in and
has no other price."""
