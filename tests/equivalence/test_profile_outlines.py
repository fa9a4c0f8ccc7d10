"""An outline of a company's profile tells what is known of it, as the profile itself does."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.world.company_profile import CompanyProfile, OpenJobs
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.pools import Pools

# What previews say nothing of.
ELSEWHERE = {
    "industry_tags", "offering", "facebook_url", "x_url", "crunchbase_urls", "additional_industries",
    "additional_descriptions", "postal_codes",
}  # fmt: skip


def known(profile: CompanyProfile) -> dict[str, Any]:
    """By name, whether a fact is known; of open jobs, whether each part is."""
    facts: dict[str, Any] = {}
    for name in (field.name for field in fields(CompanyProfile)):
        value = getattr(profile, name)
        if isinstance(value, OpenJobs):
            facts[name] = [bool(getattr(value, part.name)) for part in fields(OpenJobs)]
        elif name not in ELSEWHERE:
            facts[name] = bool(value)
    return facts


@pytest.mark.parametrize(("seed", "companies"), [("lusha", 2_000), ("another", 700), ("3", 5)])
def test_an_outline_tells_what_is_known(pools: Pools, world: World, seed: str, companies: int) -> None:
    own = World(seed, world.as_of, pools, people=10 * companies, companies=companies)
    domains = [company.domain for company in own.directory.companies]
    for domain in [*domains, "acme.example", "nowhere-at-all.example"]:
        assert known(own.company_outline(domain)) == known(own.company_profile(domain)), domain
