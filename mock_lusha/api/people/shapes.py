"""People and companies with all that the double knows of them, in the words of the third generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.company_facts import linkedin_url
from mock_lusha.api.shape import Shape, bounds, known
from mock_lusha.api.v3.company_shapes import company_enriched
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.api.v3.person_shapes import PHONE_KINDS, employment, level

if TYPE_CHECKING:
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Company, Phone
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch
    from mock_lusha.world.world import World

_SAID = frozenset({"location", "has", "canReveal"})
"""What details of a company would say again, or in another form."""


def person_shape(account: Account, world: World, match: PersonMatch) -> Shape:
    """A person as lists show them; ``v3Id`` is absent where no account is named."""
    person, place = match.person, match.person.place
    return known(
        id=person.id,
        v3Id=entity_id(account, "contact", person.id) if account.key else None,
        name=person.full_name,
        firstName=person.first_name,
        lastName=person.last_name,
        jobTitle=person.job.title,
        departments=list(person.job.departments),
        seniority=level(person.job.seniority.name),
        country=place.country,
        countryIso2=place.country_code,
        state=place.state,
        city=place.city,
        company=known(
            id=match.company.id,
            v3Id=entity_id(account, "company", match.company.id) if account.key else None,
            name=match.company.name,
            domain=match.company_domain,
        ),
    ) | {
        "emails": [
            {"email": email.address, "type": email.kind, "confidence": email.confidence}
            for email in person.emails
        ],
        "phones": list(map(_phone, person.phones)),
        "linkedinUrl": person.linkedin_url,
        **known(restricted=person.restricted),
        "pinned": person.key in world.pins.people,
    }


def _phone(phone: Phone) -> Shape:
    return {"number": phone.number, "type": PHONE_KINDS[phone.kind], "doNotCall": phone.do_not_call}


def person_details(account: Account, world: World, match: PersonMatch) -> Shape:
    """A person with what answers with details say besides."""
    person = match.person
    return person_shape(account, world, match) | known(
        jobStartDate=person.job_start.isoformat(),
        previousEmployment=list(map(employment, world.employments(person))),
        skills=list(person.skills),
        certifications=[f"{each.title}, {each.issuer}, {each.year}" for each in person.certifications],
        education=[
            {
                "school": course.school,
                "degree": course.degree,
                "fieldOfStudy": course.field,
                "startYear": course.start_year,
                "endYear": course.end_year,
            }
            for course in person.courses
        ],
        awards=[f"{each.title}, {each.year}" for each in person.awards],
        tags=list(person.tags),
        xUrl=person.x_url,
        linkedinConnections=person.connections,
        linkedinFollowers=person.followers,
        updateDate=person.updated.isoformat(),
    )


def company_shape(account: Account, world: World, company: Company, domain: str) -> Shape:
    """A company as lists show it; ``domain`` is the caller's, ``v3Id`` absent where no account is named."""
    place, industry = company.place, company.industry
    return known(
        id=company.id,
        v3Id=entity_id(account, "company", company.id) if account.key else None,
        name=company.name,
        domain=domain,
        industry=industry and industry.main,
        subIndustry=industry and industry.sub,
        employeeCount=None
        if company.size is None
        else known(exact=company.employees, **bounds(company.size)),
        revenueRange=company.revenue and bounds(company.revenue),
        yearFounded=company.founded,
        country=place.country,
        countryIso2=place.country_code,
        state=place.state,
        city=place.city,
    ) | {
        "technologies": list(company.technologies),
        "linkedinUrl": linkedin_url(company),
        "pinned": company.domain in world.pins.companies,
    }


def company_details(account: Account, world: World, match: CompanyMatch) -> Shape:
    """A company with what answers with details say besides."""
    shape = company_shape(account, world, match.company, match.domain)
    more = company_enriched(account, world, match.company, match.domain)
    return shape | {name: value for name, value in more.items() if name not in shape and name not in _SAID}
