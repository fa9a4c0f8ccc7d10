"""Entities in the shapes of the second generation of the API, in both dialects.

``live`` is what the live API was seen to answer, ``documented`` what the published document says. What is not
known is left out, never null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.company_facts import crunchbase_url, funding, linkedin_url, logo_url
from mock_lusha.api.reply import json_bytes
from mock_lusha.api.shape import Shape, bounds, known, raw_location, span
from mock_lusha.api.v2.person_shapes import mailbox, profile, telephone

if TYPE_CHECKING:
    from mock_lusha.api.v2.fragments import Fragments
    from mock_lusha.world.entities import Company, Person

_MOST_SPELLINGS = 8
"""Of how many ways to write its domain the JSON of a company is kept."""


def url_of(domain: str) -> str:
    """A web address on a reserved domain."""
    return f"https://www.{domain}"


# Companies


def person_company(fragments: Fragments, company: Company, domain: str, live: bool) -> bytes:
    """A person's company, as JSON; ``domain`` is its domain as the caller wrote it."""
    spellings = fragments.companies.get(company)
    if spellings is None or len(spellings) >= _MOST_SPELLINGS:
        spellings = fragments.companies.put(company, {})
    text = spellings.get((domain, live))
    if text is None:
        text = spellings[domain, live] = json_bytes(_person_company(company, domain, live))
    return text


def _person_company(company: Company, domain: str, live: bool) -> Shape:
    shape = known(
        name=company.name,
        description=company.description,
        domains={"homepage": url_of(company.domain), "email": company.domain},
        homepageUrl=url_of(company.domain),
        fqdn=domain,
        location=known(
            city=company.place.city,
            continent=company.place.continent,
            country=company.place.country,
            countryIso2=company.place.country_code,
            state=company.place.state,
            stateCode=company.place.state_code,
            rawLocation=raw_location(company.place, company.street),
            street=company.street,
            locationCoordinates=list(company.place.coordinates),
        ),
        companySize=span(company.size),
        revenueRange=span(company.revenue),
        logoUrl=logo_url(company),
        social=known(
            linkedin=linkedin_url(company),
            crunchbase=None if company.funding is None else crunchbase_url(company),
        ),
        specialities=list(company.specialities),
        technologies=[{"name": name} for name in company.technologies],
        funding=_both_fundings(company),
        intent=_intent(company),
        industryPrimaryGroupDetails=_classes(company),
    )
    if live:
        shape["domain"] = domain
    if company.industry is not None:
        shape["mainIndustry"] = company.industry.main
        shape["subIndustry"] = company.industry.sub
        shape["industry"] = {"mainIndustry": company.industry.main, "subIndustry": company.industry.sub}
        shape["industryPrimaryGroup"] = company.industry.sub
    return shape


def company_single(company: Company, domain: str, live: bool) -> Shape:
    """A company as the single lookup gives it: nested."""
    place = company.place
    shape = _company_common(company, live)
    shape |= known(
        domain=domain,
        employees=_employees(company),
        companySize=company.size
        and known(**bounds(company.size), employeesInLinkedin=company.employees_in_linkedin),
        social=known(
            linkedin={"url": linkedin_url(company)},
            crunchbase=None if company.funding is None else {"url": crunchbase_url(company)},
        ),
        address=" ".join(
            part for part in (place.continent, place.country, place.state, place.city, company.street) if part
        ),
        location=known(
            city=place.city,
            country=place.country,
            countryIso2=place.country_code,
            state=place.state,
            stateCode=place.state_code,
            rawLocation=raw_location(place, company.street),
            fullLocation=raw_location(place, company.street).replace(";", ","),
        ),
        categories=company.industry and [company.industry.main, company.industry.sub],
        website=url_of(company.domain),
    )
    shape["fqdn"] = domain
    if live:
        shape["lushaCompanyId"] = str(company.lusha_id)
    return shape


def company_bulk(company: Company, domain: str) -> Shape:
    """A company as the bulk lookup gives it: flat."""
    place = company.place
    shape = _company_common(company, live=True)  # the published bulk has the year alone, as the live API
    shape |= known(
        lushaCompanyId=str(company.lusha_id),
        companySize=span(company.size),
        employeesInLinkedin=company.employees_in_linkedin,
        linkedin=linkedin_url(company),
        crunchbase=None if company.funding is None else crunchbase_url(company),
        city=place.city,
        state=place.state,
        country=place.country,
        countryIso2=place.country_code,
        continent=place.continent,
        rawLocation=raw_location(place, company.street),
    )
    shape["fqdn"] = domain
    return shape


def _company_common(company: Company, live: bool) -> Shape:
    return known(
        id=company.id,
        name=company.name,
        description=company.description,
        founded=_founded(company, live),
        fqdn=company.domain,
        logoUrl=logo_url(company),
        linkedinFollowers=company.followers,
        emailDomain=company.domain,
        companyLocations=[
            {
                "city": office.city,
                "continent": office.continent,
                "country": office.country,
                "country_iso2": office.country_code,
                "location_coordinates": list(office.coordinates),
                "state": office.state,
                "state_code": office.state_code,
            }
            for office in company.offices
        ],
        alternativeName=company.alternative_name,
        companyType=company.kind,
        lushaPopularityTier=company.tier,
        revenueRange=span(company.revenue),
        mainIndustry=company.industry and company.industry.main,
        subIndustry=company.industry and company.industry.sub,
        industryPrimaryGroupDetails=_classes(company),
        specialities=list(company.specialities),
        funding=funding(company),
        intent=_intent(company),
        technologies=[{"name": name} for name in company.technologies],
    )


def _founded(company: Company, live: bool) -> str | None:
    # The live API gives a year; the published example writes a whole day.
    if company.founded is None:
        return None
    return str(company.founded) if live else f"January 1, {company.founded}"


def _employees(company: Company) -> str | None:
    if company.size is None:
        return None
    least, most = company.size
    return f"{least}+" if most is None else f"{least} - {most}"


def _classes(company: Company) -> Shape | None:
    if not company.sic:
        return None
    return {
        "sicCodes": [{"sic": code, "sicCodes": code, "description": label} for code, label in company.sic],
        "naicsCodes": [
            {"naics": code, "naicsCodes": code, "description": label} for code, label in company.naics
        ],
    }


def _both_fundings(company: Company) -> Shape | None:
    """Funding as a person's company has it: rounds in both spellings that the document mixes."""
    shape = funding(company)
    if shape is None or company.funding is None:
        return None
    for entry, row in zip(company.funding.rounds, shape["rounds"], strict=True):
        row |= {
            "title": entry.kind,
            "moneyRaised": entry.amount,
            "announcedOn": entry.day.isoformat(),
            "leadInvestors": list(entry.lead_investors),
        }
    last = company.funding.rounds[-1]
    return shape | {
        "lastFundingEventName": last.kind,
        "lastFundingEventAmount": last.amount,
        "lastFundingEventDate": last.day.isoformat(),
    }


def _intent(company: Company) -> Shape | None:
    if not company.intent:
        return None
    return {
        "detectedTopics": [
            {"topicName": t.name, "metadata": {"topicScore": t.score, "topicTrend": str(t.trend)}}
            for t in company.intent
        ],
        "topicCount": len(company.intent),
    }


# Prospecting


def contact_enriched(person: Person, company: Company, *, live: bool, emails: bool, phones: bool) -> Shape:
    """A person as prospecting enriches them."""
    place = person.place
    shape = profile(person, person.awards) | {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "fullName": person.full_name,
        "isShown": True,
        "jobTitle": person.job.title,
        "location": known(
            city=place.city,
            state=place.state,
            country=place.country,
            country_iso2=place.country_code,
            continent=place.continent,
        ),
        "companyId": company.id,
        "companyName": company.name,
        "socialLinks": known(linkedin=person.linkedin_url, xUrl=person.x_url),
        "departments": list(person.job.departments),
        "seniority": [{"id": person.job.seniority.id, "value": person.job.seniority.name}],
        "company": known(
            revenueRange=span(company.revenue),
            funding=funding(company),
            intent=_intent(company),
            mainIndustry=company.industry and company.industry.main,
            subIndustry=company.industry and company.industry.sub,
            technologies=[{"name": name} for name in company.technologies],
        ),
    }
    if emails:
        shape["emailAddresses"] = [mailbox(email, live) for email in person.emails]
    if phones:
        shape["phoneNumbers"] = [telephone(phone, live) for phone in person.phones]
    return shape


def company_enriched(company: Company, *, live: bool) -> Shape:
    """A company as prospecting enriches it: flat."""
    place = company.place
    shape = _company_common(company, live)
    for name in ("founded", "industryPrimaryGroupDetails"):
        shape.pop(name, None)
    return shape | known(
        companySize=company.size
        and known(**bounds(company.size), employees_in_linkedin=company.employees_in_linkedin),
        employees=_employees(company),
        domains={"email": company.domain, "homepage": company.domain},
        industryTags=company.industry and [company.industry.main, company.industry.sub],
        social=known(
            linkedin=linkedin_url(company),
            crunchbase=None if company.funding is None else crunchbase_url(company),
        ),
        city=place.city,
        state=place.state,
        stateCode=place.state_code,
        country=place.country,
        countryIso2=place.country_code,
        continent=place.continent,
        rawLocation=raw_location(place, company.street),
        coordinates=list(place.coordinates),
    )
