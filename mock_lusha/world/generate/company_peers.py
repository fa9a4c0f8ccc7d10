"""Companies of one trade and like size: who competes with whom, and who belongs to whom."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.seeded import lanes, pick
from mock_lusha.world.generate.companies import drawn_employees

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from mock_lusha.world.directory import Directory
    from mock_lusha.world.entities import Company

_REACH = 6
"""How many places to each side competitors are, in the order of size."""
_LARGER = 3
"""How many times as large as its company a parent is at the least."""
_BELONGS_BELOW = 5_500
"""A lane below it: the company has a parent. One in twelve."""
_INDEPENDENT = (5, 6, 10)
"""Main industries whose houses belong to nobody: nonprofits, education, government."""


class _Ranked(NamedTuple):
    """The companies of a trade by size: their heads in order, and as many domains."""

    sizes: Sequence[int]
    domains: Sequence[str]


class CompanyPeers:
    """The companies of a directory by trade and size, each trade put in order when it is first asked for.

    Companies whose facts are not known are left out.
    """

    def __init__(self, seed: str, directory: Directory) -> None:
        self._seed = seed
        self._directory = directory
        self._ranked: dict[int, _Ranked] = {}
        self._employees: Callable[[Sequence[int]], Sequence[int]] | None = None

    def use(self, employees: Callable[[Sequence[int]], Sequence[int]]) -> None:
        """Take sizes from somebody who has them: employees by the numbers of companies, -1 where not known.

        They are those that are drawn here otherwise, company by company.
        """
        self._employees = employees

    def _sizes(self, numbers: Sequence[int]) -> Iterator[int | None]:
        if self._employees is not None:
            yield from (None if count < 0 else count for count in self._employees(numbers))
            return
        for number in numbers:
            domain = self._directory.companies[number].domain
            yield drawn_employees(self._seed, domain, self._directory.staff_size(number))

    @cached_property
    def _by_trade(self) -> dict[int, list[int]]:
        """Id of a sub-industry -> numbers of its companies."""
        by_trade: dict[int, list[int]] = {}
        for number, company in enumerate(self._directory.companies):
            by_trade.setdefault(company.trade.industry.sub_id, []).append(number)
        return by_trade

    def _trade(self, company: Company) -> _Ranked:
        sub_id = 0 if company.industry is None else company.industry.sub_id
        ranked = self._ranked.get(sub_id)
        if ranked is None:
            numbers = self._by_trade.get(sub_id, ())
            companies = self._directory.companies
            sized = sorted(
                (employees, companies[number].domain)
                for number, employees in zip(numbers, self._sizes(numbers), strict=True)
                if employees is not None
            )
            ranked = _Ranked([size for size, _ in sized], [domain for _, domain in sized])
            self._ranked[sub_id] = ranked
        return ranked

    def competitors(self, company: Company, besides: Collection[str]) -> tuple[str, ...]:
        """Up to five companies of the trade that are next in size, but those ``besides``."""
        if company.employees is None:
            return ()
        own = lanes(self._seed, "competitors", company.domain)
        domains = [domain for domain in self._near(company) if domain not in {company.domain, *besides}]
        # Which of the neighbours, and in which order, follows from a draw each.
        drawn = sorted(zip(own, domains, strict=False))
        return tuple(domain for _, domain in drawn[: 2 + (own[-1] >> 14)])

    def has_competitors(self, company: Company, besides: Collection[str]) -> bool:
        """Whether ``competitors`` has any."""
        return company.employees is not None and any(
            domain != company.domain and domain not in besides for domain in self._near(company)
        )

    def _near(self, company: Company) -> Sequence[str]:
        """The companies of a company's trade that are next in size."""
        ranked = self._trade(company)
        at = bisect_left(ranked.sizes, company.employees or 0)
        return ranked.domains[max(0, at - _REACH) : at + _REACH + 1]

    def parent(self, company: Company, besides: Collection[str]) -> str | None:
        """The company that a company belongs to: of the same trade and several times as large."""
        if company.employees is None or company.industry is None:
            return None
        own = lanes(self._seed, "parent", company.domain)
        if own[0] >= _BELONGS_BELOW or company.industry.main_id in _INDEPENDENT or company.employees < 2:
            return None
        ranked = self._trade(company)
        first = bisect_right(ranked.sizes, company.employees * _LARGER)
        larger = ranked.domains[first:]
        if not larger:
            return None
        domain = pick(larger, own[1])
        return None if domain in besides else domain
