"""Companies in the shapes of the third generation of the API."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.api.company_facts import funding, linkedin_url, logo_url
from mock_lusha.api.shape import Shape, bounds, known
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.api.v3.person_shapes import level
from mock_lusha.services.billing import company_fact_price

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.world.company_profile import CompanyProfile, WebTraffic
    from mock_lusha.world.entities import Company, IntentTopic, Place
    from mock_lusha.world.world import World

_CURRENCY = "USD"


class _Subject:
    """A company whose facts are shown to an account; where they are only named, its ``profile`` may be an
    outline."""

    def __init__(
        self, account: Account, world: World, company: Company, profile: CompanyProfile | None = None
    ) -> None:
        self.account = account
        self.world = world
        self.company = company
        self.profile = world.company_profile(company.domain) if profile is None else profile


# Facts that are revealed: what is known, and how answers show it


class _Fact(NamedTuple):
    """A fact of a company: ``known`` gives it as the world has it, empty or None where it is not known, and
    ``shape`` writes that."""

    known: Callable[[_Subject], Any]
    shape: Callable[[_Subject, Any], Any]


def _counts(name: str) -> Callable[[_Subject, Iterable[tuple[str, int]]], list[Shape]]:
    return lambda _, rows: [{name: label, "count": count} for label, count in rows]


def _levels(_: _Subject, rows: Iterable[tuple[str, int]]) -> list[Shape]:
    return [{"seniority": level(name), "count": count} for name, count in rows]


def _regions(_: _Subject, rows: Iterable[tuple[str, str | None, int]]) -> list[Shape]:
    return [{"country": country, "state": state, "count": count} for country, state, count in rows]


def _competitors(subject: _Subject, domains: Iterable[str]) -> list[Shape]:
    companies = map(subject.world.company, domains)
    return [
        {"id": entity_id(subject.account, "company", each.id), "name": each.name, "domain": each.domain}
        for each in companies
    ]


def _intent(_: _Subject, topics: Sequence[IntentTopic]) -> Shape:
    return {
        "detectedTopics": [
            {
                "topicName": topic.name,
                "metadata": {"topicScore": topic.score, "topicTrend": f"{topic.trend:+d}"},
            }
            for topic in topics
        ],
        "topicCount": len(topics),
    }


def _it_spend(_: _Subject, dollars: int) -> Shape:
    return {"value": dollars, "currency": _CURRENCY, "valueUsd": dollars}


def _traffic(_: _Subject, traffic: WebTraffic) -> Shape:
    return {"visits": traffic.visits, "momChangePercent": traffic.change_percent, "month": traffic.month}


def _parent(subject: _Subject, domain: str) -> Shape:
    parent = subject.world.company(domain)
    return {
        "lushaCompanyId": entity_id(subject.account, "company", parent.id),
        "name": parent.name,
        "domain": parent.domain,
        "hqCountry": parent.place.country,
    }


def _of_jobs(part: str) -> Callable[[_Subject], Any]:
    return lambda s: None if s.profile.open_jobs is None else getattr(s.profile.open_jobs, part)


_FACTS: Mapping[str, _Fact] = {
    "employeesByDepartment": _Fact(lambda s: s.profile.departments, _counts("department")),
    "employeesByLocation": _Fact(lambda s: s.profile.locations, _regions),
    "employeesBySeniority": _Fact(lambda s: s.profile.seniorities, _levels),
    "competitors": _Fact(lambda s: s.profile.competitors, _competitors),
    "intent": _Fact(lambda s: s.company.intent, _intent),
    "estimatedAnnualItSpend": _Fact(lambda s: s.profile.it_spend, _it_spend),
    "monthlyWebsiteTraffic": _Fact(lambda s: s.profile.traffic, _traffic),
    "openJobsTotal": _Fact(_of_jobs("total"), lambda _, total: total),
    "openJobsByDepartment": _Fact(_of_jobs("departments"), _counts("department")),
    "openJobsByLocation": _Fact(_of_jobs("locations"), _regions),
    "openJobsBySeniority": _Fact(_of_jobs("seniorities"), _levels),
    "directParent": _Fact(lambda s: s.profile.direct_parent, _parent),
    "ultimateParent": _Fact(lambda s: s.profile.ultimate_parent, _parent),
}
"""Values of ``reveal``, in the order of the API."""
_NULLABLE = frozenset({"estimatedAnnualItSpend", "monthlyWebsiteTraffic", "directParent", "ultimateParent"})


def company_facts(account: Account, world: World, company: Company, wanted: Collection[str]) -> Shape:
    """The facts that are asked for, in the order of the API; what is not known is absent, or null where the
    document says so."""
    if not wanted:
        return {}
    subject = _Subject(account, world, company)
    shape: Shape = {}
    for name, fact in _FACTS.items():
        if name in wanted:
            value = fact.known(subject)
            if value:
                shape[name] = fact.shape(subject, value)
            elif name in _NULLABLE:
                shape[name] = None
    return shape


# Companies


def company_preview(account: Account, world: World, company: Company, domain: str) -> Shape:
    """A company without what is paid for, and what revealing that costs; ``domain`` is the caller's."""
    subject = _Subject(account, world, company, world.company_outline(company.domain))
    return known(
        id=entity_id(account, "company", company.id),
        name=company.name,
        domain=f"www.{domain}",
        employeeCount=_employee_count(company),
        industry=company.industry and company.industry.main,
        location=_location(company.place),
        socialLinks={"linkedin": linkedin_url(company)},
        has=company_has(subject),
        canReveal=_can_reveal(subject),
    )


def company_has(subject: _Subject) -> list[str]:
    """What is known of a company, in the order of the API."""
    company, profile = subject.company, subject.profile
    details: dict[str, object] = {
        "alternativeName": company.alternative_name,
        "alternativeDomains": profile.alternative_domains,
        "description": company.description,
        "companyType": profile.company_type,
        "yearFounded": company.founded,
        "subIndustry": company.industry,
        "specialities": company.specialities,
        "sicCodes": company.sic,
        "naicsCodes": company.naics,
        "additionalLocations": company.offices[1:],
        "linkedinFollowers": company.followers,
        "revenueRange": company.revenue,
        "funding": company.funding,
        "intent": company.intent,
        "technologies": company.technologies,
        "popularityTier": company.tier,
        "logoUrl": True,
        "employeesByDepartment": profile.departments,
        "employeesByLocation": profile.locations,
        "employeesBySeniority": profile.seniorities,
        "competitors": profile.competitors,
        "businessModel": profile.business_model,
        "phones": profile.phones,
        "emails": profile.emails,
        "keywords": profile.keywords,
        "socialLinks": True,
        "estimatedAnnualItSpend": profile.it_spend,
        "monthlyWebsiteTraffic": profile.traffic,
    }
    return [name for name, there in details.items() if there]


def _can_reveal(subject: _Subject) -> list[Shape]:
    """The facts there are, and what each costs."""
    return [
        {"field": name, "credits": company_fact_price(name)}
        for name, fact in _FACTS.items()
        if fact.known(subject)
    ]


def _employee_count(company: Company) -> Shape | None:
    if company.size is None:
        return None
    return known(exact=company.employees, **bounds(company.size))


def _location(place: Place) -> Shape:
    return known(
        city=place.city,
        state=place.state,
        stateCode=place.state_code,
        country=place.country,
        countryIso2=place.country_code,
        continent=place.continent,
    )


def company_enriched(account: Account, world: World, company: Company, domain: str) -> Shape:
    """All that is known of a company but the facts that are revealed one by one."""
    live = account.dialect == "live"
    subject = _Subject(account, world, company)
    profile = subject.profile
    codes = profile.postal_codes
    offices = [
        known(**_location(office), zipCode=code)
        for office, code in zip_longest(company.offices or (company.place,), codes)
    ]
    shape = known(
        id=entity_id(account, "company", company.id),
        name=company.name,
        alternativeName=company.alternative_name,
        domain=f"www.{domain}",
        alternativeDomains=list(profile.alternative_domains),
        description=company.description,
        companyType=profile.company_type,
        yearFounded=company.founded,
        employeeCount=_employee_count(company),
        industry=company.industry and company.industry.main,
        subIndustry=company.industry and company.industry.sub,
        specialities=list(company.specialities),
        industryTags=list(profile.industry_tags),
        sicCodes=[{"code": code, "description": label} for code, label in company.sic],
        naicsCodes=[{"code": code, "description": label} for code, label in company.naics],
        companyOffering=profile.offering,
        emailDomain=company.domain,
        additionalIndustries=[
            {"industry": each.main, "subIndustry": each.sub} for each in profile.additional_industries
        ],
        location=offices[0],
        additionalLocations=offices[1:],
        socialLinks=_social_links(company, profile, live=live),
        linkedinFollowers=company.followers,
        revenueRange=company.revenue and bounds(company.revenue),
        funding=funding(company),
        technologies=list(company.technologies),
        popularityTier=company.tier,
        logoUrl=logo_url(company),
        businessModel=list(profile.business_model),
        keywords=list(profile.keywords),
        specialitiesRefactored=list(profile.keywords),
    )
    if not live:
        return shape | known(
            phone=profile.phones[0] if profile.phones else None,
            email=profile.emails[0] if profile.emails else None,
        )
    return shape | known(
        phones=[{"number": number} for number in profile.phones],
        emails=[{"email": address} for address in profile.emails],
        homepageUrl=f"https://www.{company.domain}",
        additionalDescriptions=list(profile.additional_descriptions),
        has=company_has(subject),
        canReveal=_can_reveal(subject),
    )


def _social_links(company: Company, profile: CompanyProfile, *, live: bool) -> Shape:
    return known(
        linkedin=linkedin_url(company),
        facebook=profile.facebook_url,
        x=profile.x_url,
        crunchbase=list(profile.crunchbase_urls) if live else None,
    )
