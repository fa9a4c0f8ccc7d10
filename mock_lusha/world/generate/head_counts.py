"""Head counts: how many of a company's people are in each department, at each level and in each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.seeded import between, lanes
from mock_lusha.world.company_profile import OpenJobs
from mock_lusha.world.generate.positions import LARGE
from mock_lusha.world.pools import SENIORITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.world.company_profile import DepartmentCounts, LocationCounts, SeniorityCounts
    from mock_lusha.world.entities import Company, Place

# Of a thousand people of most companies, how many are in each department.
_DEPARTMENTS = {
    "Business Development": 20, "Consulting": 8, "Customer Service": 90, "Engineering & Technical": 130,
    "Finance": 50, "General Management": 45, "Health Care & Medical": 0, "Human Resources": 32,
    "Information Technology": 50, "Legal": 6, "Marketing": 50, "Operations": 260, "Other": 110, "Product": 25,
    "Research & Analytics": 24, "Sales": 100,
}  # fmt: skip
# What differs by main industry, and by sub-industry.
_BY_MAIN: Mapping[int, Mapping[str, int]] = {
    1: {"Customer Service": 280, "Operations": 420, "Engineering & Technical": 20, "Product": 4},
    3: {"Engineering & Technical": 300, "Operations": 420, "Product": 2, "Customer Service": 20},
    5: {"General Management": 90, "Other": 300, "Sales": 15, "Engineering & Technical": 10, "Product": 2},
    6: {"Other": 560, "Research & Analytics": 90, "Sales": 20, "Engineering & Technical": 20, "Product": 5},
    7: {"Operations": 330, "Customer Service": 200, "Marketing": 80, "Engineering & Technical": 30},
    8: {"Operations": 620, "Engineering & Technical": 40, "Product": 2},
    9: {"Finance": 360, "Research & Analytics": 70, "Legal": 18, "Operations": 140, "Product": 20},
    10: {"Operations": 360, "Legal": 40, "Other": 260, "Sales": 0, "Product": 0, "Business Development": 4},
    11: {"Health Care & Medical": 640, "Sales": 15, "Engineering & Technical": 15, "Product": 2},
    12: {"Engineering & Technical": 250, "Operations": 380, "Product": 40},
    13: {"Engineering & Technical": 300, "Operations": 400, "Marketing": 12},
    14: {"Consulting": 220, "Operations": 140, "Research & Analytics": 60, "Engineering & Technical": 60},
    15: {"Sales": 260, "Operations": 260, "Engineering & Technical": 30, "Product": 4},
    16: {"Sales": 360, "Operations": 260, "Customer Service": 140, "Engineering & Technical": 20},
    17: {"Engineering & Technical": 380, "Product": 80, "Operations": 70, "Information Technology": 90},
    18: {"Operations": 620, "Engineering & Technical": 60, "Product": 4, "Marketing": 14},
    19: {"Operations": 420, "Engineering & Technical": 240},
}  # fmt: skip
_BY_SUB: Mapping[int, Mapping[str, int]] = {
    9: {"Human Resources": 420, "Consulting": 60},
    99: {"Human Resources": 420, "Consulting": 90},
    93: {"Marketing": 420, "Consulting": 60},
    104: {"Legal": 620, "Consulting": 20, "Sales": 8},
    106: {"Research & Analytics": 360, "Health Care & Medical": 120, "Engineering & Technical": 120},
    108: {"Health Care & Medical": 520},
}
_LEVELS = {
    "vice president": 12, "director": 40, "manager": 120, "senior": 190, "entry": 170, "intern": 18,
    "other": 450,
}  # fmt: skip
_PARTNERED = (9, 14)
"""Main industries whose houses have partners: finance and business services."""
_PUBLIC = (5, 6, 10)
"""Main industries that nobody founds in order to own it."""
_OPEN_IN_100 = 6
_ORDER = [level.name for level in SENIORITIES]


def allot(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of a total in proportion to weights, adding up to it: the largest remainders are rounded up."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in by_remainder[:left]:
        parts[at] += 1
    return parts


def departments_of(seed: str, company: Company) -> DepartmentCounts:
    """A company's people by department, the most first; departments without any are left out."""
    industry = company.industry
    if company.employees is None or industry is None:
        return ()
    weights = {**_DEPARTMENTS, **_BY_MAIN.get(industry.main_id, {}), **_BY_SUB.get(industry.sub_id, {})}
    own = lanes(seed, "departments", company.domain)
    # No two companies are alike: each weight is a quarter more or less.
    varied = [weight * between(75, 125, lane) for weight, lane in zip(weights.values(), own, strict=False)]
    counts = zip(weights, allot(company.employees, varied), strict=True)
    return tuple(sorted(((name, n) for name, n in counts if n), key=lambda pair: (-pair[1], pair[0])))


def seniorities_of(seed: str, company: Company) -> SeniorityCounts:
    """A company's people by level, the highest first; levels without any are left out."""
    industry, left = company.industry, company.employees
    if left is None or industry is None:
        return ()
    own = lanes(seed, "seniorities", company.domain)
    counts = dict.fromkeys(_ORDER, 0)

    owned = industry.main_id not in _PUBLIC
    if owned and left < LARGE:
        counts["founder"] = 1 + (left > 3 and own[0] < 26_000) + (left > 20 and own[0] < 7_000)
    if owned and industry.main_id in _PARTNERED and left > 5:
        counts["partner"] = between(1, max(1, min(40, left // 25)), own[1])
    if left > 12:
        # A board grows slowly with its company.
        counts["c-suite"] = between(1, 3, own[2]) + min(6, left // 400)
    left -= sum(counts.values())
    varied = [
        weight * between(80, 120, lane) for weight, lane in zip(_LEVELS.values(), own[3:], strict=False)
    ]
    for level, count in zip(_LEVELS, allot(left, varied), strict=True):
        counts[level] = count
    return tuple((name, count) for name, count in counts.items() if count)


def locations_of(company: Company, lane: int) -> LocationCounts:
    """A company's people by country and state of its offices; nowhere are more than at the head office."""
    if company.employees is None or not company.offices:
        return ()
    # Half of the people and more are at the head office; the others share the rest, each fewer than before.
    head = between(52, 80, lane)
    further = len(company.offices) - 1
    rest = (100 - head) * 20 // max(1, further * (further + 1))
    weights = [head * 10, *(rest * (further - at) for at in range(further))]
    counts: dict[tuple[str, str | None], int] = {}
    for place, count in zip(company.offices, allot(company.employees, weights), strict=True):
        where = place.country, place.state
        counts[where] = counts.get(where, 0) + count
    return tuple((country, state, count) for (country, state), count in counts.items() if count)


def open_jobs_of(
    company: Company, counts: tuple[DepartmentCounts, SeniorityCounts, LocationCounts], lane: int
) -> OpenJobs | None:
    """The open jobs of a company: up to six in a hundred of its people, as they are spread; None for none."""
    total = open_job_count(company, lane)
    if not total or company.industry is None:
        return None
    departments, seniorities, locations = counts
    # Nobody looks for a founder or a partner.
    levels = tuple(pair for pair in seniorities if pair[0] not in {"founder", "partner"}) or seniorities
    return OpenJobs(
        total,
        tuple(sorted(_shared(total, departments), key=lambda pair: (-pair[1], pair[0]))),
        _shared(total, levels),
        tuple(
            (country, state, count)
            for (country, state, _), count in zip(
                locations, allot(total, [people for _, _, people in locations]), strict=True
            )
            if count
        ),
    )


def open_job_count(company: Company, lane: int) -> int:
    """How many jobs are open."""
    return (company.employees or 0) * lane * _OPEN_IN_100 // (100 << 16)


def _shared(total: int, counts: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """A total spread as counts are; what gets none of it is left out."""
    parts = allot(total, [count for _, count in counts])
    return tuple((name, part) for (name, _), part in zip(counts, parts, strict=True) if part)


def home_of(company: Company) -> Place:
    """Where the head office is."""
    return company.offices[0] if company.offices else company.place
