"""Which companies have the funding that a criterion asks for: the twin of ``search.funding``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.generate.companies import STAGES
from mock_lusha.world.search.funding import OTHER_ROUND, ROUND_NAMES, is_last

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.world.fast.company_columns import CompanyColumns
    from mock_lusha.world.search.criteria import Bounds, Coverage, FundingCriterion, Mask


def funding_mask(companies: CompanyColumns, value: FundingCriterion) -> Mask:
    """The companies, by number, of whose funding all is so that the criterion says."""
    columns = companies.facts.funding
    mask = columns.count > 0
    turns = np.arange(len(STAGES))[:, None]
    taken = turns < columns.count
    last = taken & (turns == columns.count - 1)

    def covered(coverage: Coverage) -> Any:
        """By round and company, whether a coverage speaks of it."""
        return last if is_last(coverage) else taken

    def raised(coverage: Coverage, bounds: Bounds) -> Mask:
        least, most = bounds
        rows, there = columns.amounts, covered(coverage)
        if coverage == "total_funds":
            rows = (columns.amounts * taken).sum(axis=0, keepdims=True)
            there = np.ones_like(rows, dtype=bool)
        if least is not None:
            there = there & (rows >= least)
        if most is not None:
            there = there & (rows <= most)
        return there.any(axis=0)

    def named(names: Sequence[tuple[Coverage, str]], at: int) -> Mask:
        own = [ROUND_NAMES.get(stage, OTHER_ROUND)[at] for stage in STAGES]
        masks = [
            (covered(coverage) & np.array([stage == name for stage in own])[:, None]).any(axis=0)
            for coverage, name in names
        ]
        return np.logical_or.reduce(masks)

    if value.is_ipo is not None:
        mask &= columns.is_ipo == value.is_ipo
    if value.amounts:
        mask &= np.logical_or.reduce([raised(*amount) for amount in value.amounts])
    if value.since is not None:
        coverage, first = value.since
        mask &= (covered(coverage) & (columns.days >= first.toordinal())).any(axis=0)
    if value.rounds:
        mask &= named(value.rounds, 0)
    if value.names:
        mask &= named(value.names, 1)
    return mask
