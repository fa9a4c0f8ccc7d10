"""The plans of accounts, as their rate limits tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PLANS: Final = {
    ("40", None, "100"): "free",
    ("50", "150", "1500"): "pro",
    ("300", "1800", "18000"): "premium",
    ("300", "5000", "50000"): "scale",
    ("300", "600", "6000"): "legacy",
}


def plan_of(headers: Mapping[str, str]) -> str | None:
    """The plan that the rate limits of an answer are those of; None where they are no plan's."""
    minute, hourly, daily = (headers.get(f"x-rate-limit-{w}") for w in ("minute", "hourly", "daily"))
    return PLANS.get((minute or "", hourly, daily or ""))
