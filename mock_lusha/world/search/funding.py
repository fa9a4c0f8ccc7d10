"""Whether what is known of a company's funding is what a search asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.world.search.criteria import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.world.entities import Funding, FundingRound
    from mock_lusha.world.search.criteria import Bounds, Coverage, FundingCriterion

ROUND_NAMES = {
    "Pre-Seed Round": ("pre_seed", "venture"),
    "Seed Round": ("seed", "venture"),
    **{f"Series {letter}": (f"series_{letter.lower()}", "venture") for letter in "ABCDEFGH"},
    "Private Equity Round": ("other", "private_equity"),
}
"""Round -> what searches call it, and what kind of money it is."""
OTHER_ROUND = ("other", "other")


def is_last(coverage: Coverage) -> bool:
    """Whether a coverage speaks of the last round alone."""
    return coverage in {"last_funding", "last_round"}


def funding_fits(funding: Funding | None, value: FundingCriterion) -> bool:
    """Whether all that a criterion says is so; of a company whose funding is not known nothing is."""
    if funding is None:
        return False
    is_ipo, since = value.is_ipo, value.since
    return (
        (is_ipo is None or funding.is_ipo is is_ipo)
        and (not value.amounts or any(_raised(funding, *amount) for amount in value.amounts))
        and (since is None or any(each.day >= since[1] for each in _covered(funding, since[0])))
        and (not value.rounds or _named(funding, value.rounds, 0))
        and (not value.names or _named(funding, value.names, 1))
    )


def _covered(funding: Funding, coverage: Coverage) -> Sequence[FundingRound]:
    return funding.rounds[-1:] if is_last(coverage) else funding.rounds


def _raised(funding: Funding, coverage: Coverage, bounds: Bounds) -> bool:
    if coverage == "total_funds":
        return within(sum(each.amount for each in funding.rounds), bounds)
    return any(within(each.amount, bounds) for each in _covered(funding, coverage))


def _named(funding: Funding, names: Sequence[tuple[Coverage, str]], at: int) -> bool:
    return any(
        ROUND_NAMES.get(each.kind, OTHER_ROUND)[at] == name
        for coverage, name in names
        for each in _covered(funding, coverage)
    )
