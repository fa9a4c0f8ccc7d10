"""The plans of accounts, recognized by their rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Mapping

_WINDOWS = ("minute", "hourly", "daily")


def plan_of(headers: Mapping[str, str]) -> str | None:
    """The plan that the rate limits of an answer are those of; None where no plan has them.

    Of plans with the same limits it is the first.
    """
    limits = tuple(headers.get(f"x-rate-limit-{window}") for window in _WINDOWS)
    for plan in PLANS.values():
        if limits == tuple(limit and str(limit) for limit in (plan.minute, plan.hour, plan.day)):
            return plan.name
    return None
