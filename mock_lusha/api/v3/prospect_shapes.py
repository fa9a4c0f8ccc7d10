"""What prospecting shows of people, where it differs from searches by identifiers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_lusha.api.shape import known
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.api.v3.person_shapes import contact_preview

if TYPE_CHECKING:
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Company
    from mock_lusha.world.resolver import PersonMatch


def contact_prospect(account: Account, match: PersonMatch) -> Shape:
    """A person without what is paid for. Industries are never shown; in the dialect ``live`` the level is in
    lower case and the domain without ``www.``.

    People who must not be shown have nothing that could be revealed.
    """
    person = match.person
    if person.restricted is not None:
        match = replace(match, person=replace(person, emails=(), phones=()))
    shape = contact_preview(account, match)
    shape["company"].pop("industry", None)
    if account.dialect == "live":
        shape["jobTitle"]["seniority"] = person.job.seniority.name
        shape["company"]["domain"] = match.company_domain
    return shape


def company_prospect(account: Account, company: Company, domain: str) -> Shape:
    """A company without what is paid for; ``domain`` is its domain as the caller wrote it."""
    place, size = company.place, company.size
    return known(
        id=entity_id(account, "company", company.id),
        name=company.name,
        domain=f"www.{domain}",
        employeeCount=known(exact=company.employees, min=size and size[0], max=size and size[1]) or None,
        industry=company.industry and company.industry.main,
        location=known(
            city=place.city,
            state=place.state,
            stateCode=place.state_code,
            country=place.country,
            countryIso2=place.country_code,
            continent=place.continent,
        ),
        socialLinks={"linkedin": f"https://www.linkedin.com/company/mock-lusha-{company.handle}"},
        has=["socialLinks"],
        canReveal=[{"field": "intent", "credits": 0}] if company.intent else None,
    )
