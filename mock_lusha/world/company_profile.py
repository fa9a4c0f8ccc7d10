"""What v3 shows of a company besides ``entities.Company``: plain values, made when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.values import light

if TYPE_CHECKING:
    from mock_lusha.world.entities import Industry

COMPANY_TYPES = (
    "Government", "Private Company", "Public Company", "Educational", "Non Profit", "Self Employed",
)  # fmt: skip
"""The types of companies, as v3 names them."""
BUSINESS_MODELS = ("B2B", "B2C", "B2G")
"""Whom companies sell to: businesses, consumers, the state."""
DepartmentCounts = tuple[tuple[str, int], ...]
"""(department, people), the most first."""
SeniorityCounts = tuple[tuple[str, int], ...]
"""(name of the level, people), the highest level first."""
LocationCounts = tuple[tuple[str, str | None, int], ...]
"""(country, state, people), the head office first."""


@light
class OpenJobs:
    """Jobs that are open: their total, and how they add up to it."""

    total: int
    departments: DepartmentCounts
    seniorities: SeniorityCounts
    locations: LocationCounts


@light
class WebTraffic:
    """Visits of the web site in a ``month`` (YYYY-MM), and their change to the month before in percent."""

    visits: int
    change_percent: float
    month: str


@light
class CompanyProfile:
    """The profile of a company. ``domain`` is its identity; what is None or empty is not known of it.

    Head counts each add up to the company's employees. Competitors and parents are identity domains of
    companies that exist. ``postal_codes`` are of the company's offices, in their order.
    """

    domain: str
    departments: DepartmentCounts = ()
    seniorities: SeniorityCounts = ()
    locations: LocationCounts = ()
    open_jobs: OpenJobs | None = None
    competitors: tuple[str, ...] = ()
    it_spend: int | None = None
    traffic: WebTraffic | None = None
    direct_parent: str | None = None
    ultimate_parent: str | None = None
    business_model: tuple[str, ...] = ()
    company_type: str | None = None
    keywords: tuple[str, ...] = ()
    industry_tags: tuple[str, ...] = ()
    offering: str | None = None
    alternative_domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    facebook_url: str | None = None
    x_url: str | None = None
    crunchbase_urls: tuple[str, ...] = ()
    additional_industries: tuple[Industry, ...] = ()
    additional_descriptions: tuple[str, ...] = ()
    postal_codes: tuple[str | None, ...] = ()
