"""Lookalikes by their old paths: POST ``/v3/lookalike/contacts`` and ``/v3/lookalike/companies``.

The document of version 2 has them. Their sessions are those of the new paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.company_facts import linkedin_url
from mock_lusha.api.lookalike_calls import charged_companies, charged_people, keep_session
from mock_lusha.api.lookalike_input import people_in
from mock_lusha.api.reply import Reply
from mock_lusha.api.v2.search_ids import request_id
from mock_lusha.world.resolver import PersonQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.lookalikes import Lookalikes
    from mock_lusha.state.ledger import Charge
    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.search.lookalikes import LikePerson


def contact_lookalikes(call: ApiRequest) -> Reply:
    """People like 5 to 100 others. 1 credit for each 5 results begun."""
    lookalikes, charge = charged_people(call, _people)
    return _reply(call, lookalikes, list(map(_contact, lookalikes.results)), charge)


def company_lookalikes(call: ApiRequest) -> Reply:
    """Companies like 5 to 100 others, at the same price."""
    lookalikes, charge = charged_companies(call)
    return _reply(call, lookalikes, list(map(_company, lookalikes.results)), charge)


def _people(batch: Mapping[str, Any] | None, where: str) -> list[PersonQuery]:
    ids = (batch or {}).get("contactIds") or ()
    return people_in(batch, where) + [PersonQuery(person_id=str(int(number))) for number in ids]


def _contact(person: LikePerson) -> Shape:
    company_id, name, domain = person.employer
    return {
        "contactId": str(person.id),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "socialLinks": {"linkedin": person.linkedin_url},
        "company": {"companyId": str(company_id), "name": name, "domain": domain},
        "jobTitle": {
            "title": person.title,
            "departments": list(person.departments),
            "seniority": person.level.title(),
        },
        "location": _location(person.place),
    }


def _company(company: Company) -> Shape:
    return {
        "domain": company.domain,
        "linkedinUrl": linkedin_url(company),
        "name": company.name,
        "employeeCount": company.employees,
        "industry": company.industry and company.industry.main,
        "location": _location(company.place),
    }


def _location(place: Place) -> Shape:
    return {"country": place.country, "state": place.state, "city": place.city}


def _reply(call: ApiRequest, lookalikes: Lookalikes[Any], results: list[Shape], charge: Charge) -> Reply:
    account = call.account
    session = call.body.get("dedupeSessionId") or request_id(
        account.seed, f"{account.name}\x1flookalikes", account.requests
    )
    keep_session(call, session, lookalikes)
    return Reply(
        {
            "dedupeSessionId": session,
            "results": results,
            "meta": {"returned": len(results), "hasMore": lookalikes.has_more},
            "creditsCharged": charge.cost,
        }
    )


HANDLERS = {
    "lookalikeContacts": contact_lookalikes,
    "lookalikeCompanies": company_lookalikes,
}
