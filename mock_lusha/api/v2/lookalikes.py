"""Lookalikes by their old paths: POST ``/v3/lookalike/contacts`` and ``/v3/lookalike/companies``.

The document of version 2 has them. Their sessions are those of the new paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.company_facts import linkedin_url
from mock_lusha.api.lookalike_input import (
    SAME_SEEDS,
    check_seeds,
    companies_in,
    page_size,
    people_in,
    session_for,
)
from mock_lusha.api.reply import Reply
from mock_lusha.api.v2.search_ids import request_id
from mock_lusha.services.billing import lookalike_items
from mock_lusha.services.lookalikes import companies_like, keep, people_like
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
    body = call.body
    seeds = _people(body["seeds"], "seeds")
    check_seeds(len(seeds))
    exclude = _people(body.get("exclude"), "exclude")
    session = session_for(call, "contact")
    found = people_like(call.index, call.lookup, session, seeds, exclude, page_size(body))
    others = [person for person in found.results if person.identity]
    charge = call.settle(
        lookalike_items(len(found.results)),
        people={person.id: person.identity for person in others},
        companies={person.employer[0]: person.employer[2] for person in others},
    )
    return _reply(call, found, list(map(_contact, found.results)), charge)


def company_lookalikes(call: ApiRequest) -> Reply:
    """Companies like 5 to 100 others, at the same price."""
    body = call.body
    seeds = companies_in(body["seeds"])
    check_seeds(len(seeds))
    session = session_for(call, "company")
    exclude = companies_in(body.get("exclude"))
    found = companies_like(call.index, call.lookup, session, seeds, exclude, page_size(body))
    charge = call.settle(lookalike_items(len(found.results)))
    return _reply(call, found, list(map(_company, found.results)), charge)


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


def _reply(call: ApiRequest, found: Lookalikes[Any], results: list[Shape], charge: Charge) -> Reply:
    account = call.account
    session = call.body.get("dedupeSessionId") or request_id(
        account.seed, f"{account.name}\x1flookalikes", account.requests
    )
    if keep(account, session, found):
        call.warn(SAME_SEEDS)
    call.record.ranking = found.ranking
    return Reply(
        {
            "dedupeSessionId": session,
            "results": results,
            "meta": {"returned": len(results), "hasMore": found.has_more},
            "creditsCharged": charge.cost,
        }
    )


HANDLERS = {
    "lookalikeContacts": contact_lookalikes,
    "lookalikeCompanies": company_lookalikes,
}
