"""Outlines of companies' profiles: what is known of a company and what is not, without making any of it.

A preview says no more. Where a fact is known, an outline has a stand-in for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.world.company_profile import CompanyProfile, OpenJobs, WebTraffic
from mock_lusha.world.fast.signal_days import signal_days
from mock_lusha.world.generate.company_profiles import (
    EMAILS_ABOVE,
    PHONES_ABOVE,
    SITES_ABOVE,
    SPEND_BELOW,
    TRAFFIC_BELOW,
    company_type,
    profile_lanes,
)
from mock_lusha.world.generate.head_counts import open_job_count

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from mock_lusha.world.entities import Company
    from mock_lusha.world.generate.company_peers import CompanyPeers

_COUNTS, _REGIONS, _TEXTS = (("", 1),), (("", None, 1),), ("",)
_TRAFFIC = WebTraffic(1, 0.0, "")


def profile_outline(
    seed: str, as_of: date, company: Company, peers: CompanyPeers, pinned: Collection[str]
) -> CompanyProfile:
    """The outline of a company whose facts are not given; ``pinned`` are domains of those whose are."""
    if company.partial or company.industry is None:
        return CompanyProfile(company.domain)
    own = profile_lanes(seed, company.domain)
    has_people = bool(company.employees)
    regions = _REGIONS if has_people and company.offices else ()
    parent = peers.parent(company, pinned)

    def is_told(*kinds: str) -> bool:
        # The draws of signals are looked at for the few companies of which nothing else tells.
        return not signal_days(seed, as_of, company).keys().isdisjoint(kinds)

    return CompanyProfile(
        domain=company.domain,
        departments=_COUNTS if has_people else (),
        # A company without employees has a founder.
        seniorities=_COUNTS if company.employees is not None else (),
        locations=regions,
        open_jobs=OpenJobs(1, _COUNTS, _COUNTS, regions) if open_job_count(company, own[6]) else None,
        competitors=_TEXTS if peers.has_competitors(company, pinned) else (),
        it_spend=1 if own[7] <= SPEND_BELOW or is_told("itSpendIncrease", "itSpendDecrease") else None,
        traffic=_TRAFFIC
        if own[9] <= TRAFFIC_BELOW or is_told("websiteTrafficIncrease", "websiteTrafficDecrease")
        else None,
        direct_parent=parent,
        ultimate_parent=parent,
        business_model=_TEXTS,
        company_type=company_type(company),
        keywords=_TEXTS,
        alternative_domains=_TEXTS if own[12] > SITES_ABOVE[0] else (),
        phones=_TEXTS if own[14] > PHONES_ABOVE[0] else (),
        emails=_TEXTS if own[17] > EMAILS_ABOVE[0] else (),
    )
