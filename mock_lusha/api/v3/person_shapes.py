"""People in the shapes of the third generation of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.shape import Shape, known
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.services.billing import reveal_prices

if TYPE_CHECKING:
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Person
    from mock_lusha.world.resolver import PersonMatch


def contact_preview(account: Account, match: PersonMatch) -> Shape:
    """A person without what is paid for, and what revealing that would cost this account."""
    person, company = match.person, match.company
    industry = company.industry
    return {
        "id": entity_id(account, "contact", person.id),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "jobTitle": {
            "title": person.job.title,
            "departments": list(person.job.departments),
            "seniority": person.job.seniority.name.title(),
        },
        "company": known(
            id=entity_id(account, "company", company.id),
            name=company.name,
            domain=f"www.{match.company_domain}",
            industry=industry and industry.main,
        ),
        "location": known(country=person.place.country, state=person.place.state, city=person.place.city),
        "socialLinks": {"linkedin": person.linkedin_url},
        "has": _has(person),
        "canReveal": [
            {"field": field, "credits": credits_}
            for field, credits_ in reveal_prices(account, person).items()
        ],
    }


def _has(person: Person) -> list[str]:
    """What is known of a person, in the order of the API."""
    details = {
        "emails": bool(person.emails),
        "phones": bool(person.phones),
        "previousEmployment": person.previous is not None,
        "jobStartDate": True,
    }
    always = ["firstName", "lastName", "jobTitle", "company", "location", "socialLinks"]
    return always + [name for name, there in details.items() if there]
