"""Lookalikes: POST ``/v3/contacts/lookalike`` and ``/v3/companies/lookalike``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.company_facts import linkedin_url
from mock_lusha.api.lookalike_calls import charged_companies, charged_people, keep_session
from mock_lusha.api.lookalike_input import people_in
from mock_lusha.api.reply import Reply
from mock_lusha.api.shape import known
from mock_lusha.api.v3.identifiers import id_queries, person_query
from mock_lusha.api.v3.ids import entity_id, session_id
from mock_lusha.api.v3.person_shapes import level
from mock_lusha.api.v3.table_writes import write_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.lookalikes import Lookalikes
    from mock_lusha.state.ledger import Charge
    from mock_lusha.table_limits import EntityKind
    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.resolver import PersonQuery
    from mock_lusha.world.search.lookalikes import LikePerson


def contact_lookalikes(call: ApiRequest) -> Reply:
    """People like 5 to 100 others. 1 credit for each 5 results begun.

    No call of a session brings anybody whom an earlier one brought. Seeds that nobody has, or who must not
    be shown, do not count; without any there are no results.
    """
    lookalikes, charge = charged_people(call, lambda batch, where: _people(call, batch, where))
    results = [_contact(call, person) for person in lookalikes.results]
    return _reply(call, lookalikes, results, charge, "contacts")


def company_lookalikes(call: ApiRequest) -> Reply:
    """Companies like 5 to 100 others, by the same rules and at the same price as people."""
    lookalikes, charge = charged_companies(call)
    results = [_company(call, company) for company in lookalikes.results]
    return _reply(call, lookalikes, results, charge, "companies")


def _people(call: ApiRequest, batch: Mapping[str, Any] | None, where: str) -> list[PersonQuery]:
    """Whom the lists of a batch mean.

    Raises:
        ApiError: 400 for an id of no known form, or somebody by name without a company.
    """
    lists: Mapping[str, Any] = batch or {}
    ids = id_queries(call, "contact", lists.get("ids") or ())
    ids += [str(int(number)) for number in lists.get("contactIds") or ()]
    return people_in(batch, where) + [person_query(call, digits) for digits in ids]


def _contact(call: ApiRequest, person: LikePerson) -> Shape:
    company_id, name, domain = person.employer
    return {
        "id": entity_id(call.account, "contact", person.id),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "socialLinks": {"linkedin": person.linkedin_url},
        "company": {
            "id": entity_id(call.account, "company", company_id),
            "name": name,
            "domain": _domain(call, domain),
        },
        "jobTitle": {
            "title": person.title,
            "departments": list(person.departments),
            "seniority": level(person.level),
        },
        "location": _location(person.place),
    }


def _company(call: ApiRequest, company: Company) -> Shape:
    return known(
        id=entity_id(call.account, "company", company.id),
        name=company.name,
        domain=_domain(call, company.domain),
        employeeCount=None if company.employees is None else {"exact": company.employees},
        industry=company.industry and company.industry.main,
        location=_location(company.place),
        socialLinks={"linkedin": linkedin_url(company)},
    )


def _domain(call: ApiRequest, domain: str) -> str:
    """Bare as it was seen, or with ``www.`` as it is documented."""
    return domain if call.live else f"www.{domain}"


def _location(place: Place) -> Shape:
    return known(country=place.country, state=place.state, city=place.city)


def _reply(
    call: ApiRequest, lookalikes: Lookalikes[Any], results: list[Shape], charge: Charge, kind: EntityKind
) -> Reply:
    session = call.body.get("dedupeSessionId") or session_id(call.account)
    keep_session(call, session, lookalikes)
    return Reply(
        {
            "dedupeSessionId": session,
            "results": results,
            "meta": {"returned": len(results), "hasMore": lookalikes.has_more},
            **write_table(call, kind, [entity.id for entity in lookalikes.results]),
            "billing": {"creditsCharged": charge.cost, "resultsReturned": len(results)},
        }
    )


HANDLERS = {
    "getContactLookalikes": contact_lookalikes,
    "getCompanyLookalikes": company_lookalikes,
}
