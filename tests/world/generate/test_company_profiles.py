"""Profiles of companies: all that v3 shows besides adds up and is believable beside the company."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from mock_lusha.world.company_profile import COMPANY_TYPES
from mock_lusha.world.entities import Company
from mock_lusha.world.generate.head_counts import allot
from mock_lusha.world.generate.signals import ItSpend, company_signals
from mock_lusha.world.pins import PinnedCompany, Pins
from mock_lusha.world.resolver import CompanyQuery, Resolver
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from mock_lusha.world.company_profile import CompanyProfile
    from mock_lusha.world.pools import Pools

Pair = tuple[Company, "CompanyProfile"]
TODAY = date(2026, 3, 31)
HEALTHCARE, LAW = 11, 104


@pytest.fixture(scope="module")
def own_world(pools: Pools) -> World:
    return World("lusha", TODAY, pools, companies=700, people=1_400)


@pytest.fixture(scope="module")
def pairs(own_world: World) -> list[Pair]:
    domains = [listed.domain for listed in own_world.directory.companies]
    domains += [f"stranger{n}-com.example" for n in range(60)]
    return [(own_world.company(domain), own_world.company_profile(domain)) for domain in domains]


@pytest.fixture(scope="module")
def known(pairs: list[Pair]) -> list[Pair]:
    return [pair for pair in pairs if not pair[0].partial]


def test_head_counts_add_up_to_the_employees(known: list[Pair]) -> None:
    for company, profile in known:
        assert sum(count for _, count in profile.departments) == company.employees
        assert sum(count for _, count in profile.seniorities) == company.employees
        assert sum(count for *_, count in profile.locations) == company.employees
        counts = [count for *_, count in (*profile.departments, *profile.seniorities)]
        assert min(*counts, *(count for *_, count in profile.locations)) > 0


def test_departments_fit_the_trade_and_the_size(known: list[Pair]) -> None:
    for company, profile in known:
        assert company.industry is not None
        assert company.employees is not None
        counts = dict(profile.departments)
        if company.employees < 200 and company.industry.sub_id != LAW:
            assert counts.get("Legal", 0) <= 3
        if company.industry.main_id == HEALTHCARE and company.employees > 10:
            assert profile.departments[0][0] in {"Health Care & Medical", "Research & Analytics"}


def test_a_company_has_few_founders_and_more_staff_than_heads(known: list[Pair]) -> None:
    for company, profile in known:
        counts = dict(profile.seniorities)
        assert counts.get("founder", 0) <= 3
        if (company.employees or 0) > 100:
            assert counts["other"] > counts["manager"] > counts.get("c-suite", 0)


def test_places_are_the_offices_and_the_head_office_is_the_largest(known: list[Pair]) -> None:
    for company, profile in known:
        offices = {(place.country, place.state) for place in company.offices}
        assert {(country, state) for country, state, _ in profile.locations} <= offices
        assert profile.locations[0][:2] == (company.place.country, company.place.state)
        assert profile.locations[0][2] == max(count for *_, count in profile.locations)


def test_open_jobs_add_up_to_a_few_percent_of_the_staff(known: list[Pair]) -> None:
    with_jobs = [(company, profile.open_jobs) for company, profile in known if profile.open_jobs]

    assert 0 < len(with_jobs) < len(known)
    for company, jobs in with_jobs:
        assert 0 < jobs.total <= (company.employees or 0) * 6 // 100
        for rows in (jobs.departments, jobs.seniorities, jobs.locations):
            assert sum(row[-1] for row in rows) == jobs.total


def test_competitors_exist_in_the_same_trade_and_are_of_like_size(
    own_world: World, known: list[Pair]
) -> None:
    for company, profile in known:
        assert company.domain not in profile.competitors
        assert len(set(profile.competitors)) == len(profile.competitors) <= 5
        for domain in profile.competitors:
            assert own_world.knows_company(domain)
            assert own_world.company(domain).industry == company.industry
    assert sum(bool(profile.competitors) for _, profile in known) > len(known) * 0.8


def test_parents_exist_and_are_larger_up_to_the_top(own_world: World, known: list[Pair]) -> None:
    owned = [(company, profile) for company, profile in known if profile.direct_parent]

    assert 0 < len(owned) < len(known) / 5
    for company, profile in owned:
        domain = profile.direct_parent
        size, top = company.employees, None
        while domain is not None:
            parent = own_world.company(domain)
            assert own_world.knows_company(domain)
            assert (parent.employees or 0) > (size or 0)
            size, top, domain = parent.employees, domain, own_world.company_profile(domain).direct_parent
        assert profile.ultimate_parent == top
    assert all(profile.ultimate_parent is None for _, profile in known if profile.direct_parent is None)


def test_the_type_agrees_with_what_v2_says(known: list[Pair]) -> None:
    types = {profile.company_type for _, profile in known}
    by_kind = {
        "Government agency": {"Government"},
        "Nonprofit": {"Non Profit"},
        "Public company": {"Public Company"},
        "Private company": {"Private Company", "Educational", "Self Employed"},
        "Partnership": {"Private Company", "Educational", "Self Employed"},
    }

    assert types >= {"Government", "Non Profit", "Public Company", "Private Company", "Educational"}
    assert types <= set(COMPANY_TYPES)
    for company, profile in known:
        assert profile.company_type in by_kind[company.kind or ""]


def test_what_is_spent_on_it_is_what_the_last_signal_says(own_world: World, known: list[Pair]) -> None:
    told = 0
    for company, profile in known:
        by_kind = company_signals(
            own_world.seed, TODAY, own_world.pools, company, ["itSpendIncrease", "itSpendDecrease"],
            date.min, TODAY,
        )  # fmt: skip
        for newest, *_ in by_kind.values():
            assert isinstance(newest.facts, ItSpend)
            assert profile.it_spend == newest.facts.annual
            told += 1
    assert told
    assert {profile.it_spend is None for _, profile in known} == {True, False}


def test_traffic_is_of_the_month_before(known: list[Pair]) -> None:
    traffic = [profile.traffic for _, profile in known if profile.traffic]

    assert 0 < len(traffic) < len(known)
    assert {row.month for row in traffic} == {"2026-02"}
    assert all(row.visits > 0 and row.change_percent == round(row.change_percent, 1) for row in traffic)


def test_keywords_are_few_words_in_lower_case(known: list[Pair]) -> None:
    for _, profile in known:
        assert 5 <= len(profile.keywords) <= 10
        assert len(set(profile.keywords)) == len(profile.keywords)
        assert all(word == word.lower() for word in profile.keywords)
        assert len(set(profile.industry_tags)) == len(profile.industry_tags)
        assert profile.business_model
        assert len(profile.additional_industries) <= 2


def test_other_domains_and_mailboxes_lead_back_to_the_company(own_world: World, known: list[Pair]) -> None:
    resolver = Resolver(own_world, open_world=True, match_rate=1.0)

    hosts = 0
    for company, profile in known:
        addresses = [address.partition("@")[2] for address in profile.emails]
        for host in (*profile.alternative_domains, *addresses):
            found = resolver.company(CompanyQuery(domain=host)).match
            assert found is not None
            assert found.company.domain == company.domain
            hosts += 1
    assert hosts > len(known)


def test_numbers_and_profiles_are_nobody_s(known: list[Pair]) -> None:
    for _, profile in known:
        for number in profile.phones:
            assert re.match(r"\+(1 \d{3}-555-01|44 |61 |49 |33 |46 |353 )", number)
        urls = [profile.facebook_url, profile.x_url, *profile.crunchbase_urls]
        assert all("/mock-lusha-" in url or "/mock_lusha_" in url or "/organization/mock-lusha-" in url
                   for url in urls if url)  # fmt: skip


def test_each_office_has_a_code_of_its_place(own_world: World, known: list[Pair]) -> None:
    for company, profile in known:
        assert len(profile.postal_codes) == len(company.offices)
        for place, code in zip(company.offices, profile.postal_codes, strict=True):
            if code is not None:
                assert own_world.postal_codes.place_of(place.country_code, code) == place


def test_of_a_partial_company_nothing_more_is_known(pairs: list[Pair]) -> None:
    partial = [profile for company, profile in pairs if company.partial]

    assert partial
    for profile in partial:
        assert not any(getattr(profile, name) for name in profile.__match_args__ if name != "domain")


def test_pinned_companies_are_made_up_around_what_is_given(pools: Pools) -> None:
    domain = "quillworks.example"
    pinned = PinnedCompany(domain=domain, name="Quillworks", employees=150, size=(51, 200))
    world = World("lusha", TODAY, pools, companies=200, people=400, pins=Pins(companies={domain: pinned}))

    profile = world.company_profile(domain)

    assert sum(count for _, count in profile.departments) == 150
    assert domain not in profile.competitors
    assert profile == World(
        "lusha", TODAY, pools, companies=200, people=400, pins=world.pins
    ).company_profile(domain)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [(10, [1, 1, 1], [4, 3, 3]), (0, [3, 1], [0, 0]), (3, [6, 3, 1], [2, 1, 0]), (7, [0, 1], [0, 7])],
)
def test_parts_add_up(total: int, weights: list[int], parts: list[int]) -> None:
    assert allot(total, weights) == parts
