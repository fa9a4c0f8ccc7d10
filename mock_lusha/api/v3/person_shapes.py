"""People in the shapes of the third generation of the API."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mock_lusha.api.shape import Shape, known
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.services.billing import reveal_prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.v3.reveal_input import RevealRequest
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Company, Email, Job, Person, Phone, Place
    from mock_lusha.world.generate.positions import Position
    from mock_lusha.world.resolver import PersonMatch
    from mock_lusha.world.world import World

PHONE_KINDS = {"mobile": "mobile", "direct": "direct", "phone": "unknown"}
"""Kind of telephone -> what this generation calls it."""
SOURCE = "lusha"
"""Where details come from."""


@lru_cache(maxsize=64)
def level(name: str) -> str:
    """A level as searches and answers with details write it: Vice President."""
    return name.title()


def job_title(job: Job | Position) -> Shape:
    """A title with its departments and level."""
    return {"title": job.title, "departments": list(job.departments), "seniority": level(job.seniority.name)}


def contact_preview(account: Account, match: PersonMatch) -> Shape:
    """A person without what is paid for, and what revealing that would cost this account."""
    person, company = match.person, match.company
    return {
        "id": entity_id(account, "contact", person.id),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "jobTitle": job_title(person.job),
        "company": company_reference(account, company, match.company_domain),
        "location": known(country=person.place.country, state=person.place.state, city=person.place.city),
        "socialLinks": {"linkedin": person.linkedin_url},
        "has": contact_has(person),
        "canReveal": [
            {"field": field, "credits": credits_}
            for field, credits_ in reveal_prices(account, person).items()
        ],
    }


def contact_has(person: Person) -> list[str]:
    """What is known of a person, in the order of the API."""
    details = {
        "emails": bool(person.emails),
        "phones": bool(person.phones),
        "previousEmployment": person.previous is not None,
        "jobStartDate": True,
    }
    always = ["firstName", "lastName", "jobTitle", "company", "location", "socialLinks"]
    return always + [name for name, there in details.items() if there]


def contact_enriched(
    account: Account, world: World, match: PersonMatch, reveal: RevealRequest, *, source: str = SOURCE
) -> Shape:
    """A person with the kinds of details that were asked for, which come from a ``source``.

    In the dialect ``live`` a kind that was not asked for, or named and is not held, is absent; in
    ``documented`` it is an empty list. Its twin for speed is ``fast_people.stranger_texts``.
    """
    live = account.dialect == "live"
    person, company = match.person, match.company
    shape: Shape = {"id": entity_id(account, "contact", person.id)}
    origin = source if live else None
    emails = [_mailbox(email, origin) for email in person.emails] if reveal.emails else []
    phones = [_telephone(phone, person, origin) for phone in person.phones] if reveal.phones else []
    is_empty_shown = not live or not reveal.named
    if emails or is_empty_shown:
        shape["emails"] = emails
    if phones or is_empty_shown:
        shape["phones"] = phones
    title = job_title(person.job)
    if live:
        title["startDate"] = person.job_start
    shape |= {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "fullName": person.full_name,
        "jobTitle": title,
        "company": company_reference(account, company, match.company_domain),
        "location": location(person.place, live=live),
        "socialLinks": known(linkedin=person.linkedin_url, xUrl=person.x_url),
    }
    if live:
        shape |= {
            "linkedinConnections": person.connections,
            "linkedinFollowers": person.followers,
            "partialProfile": person.partial,
        }
    shape |= {
        "tags": tags(person.tags),
        "previousEmployment": list(map(employment, world.employments(person))),
        "updateDate": person.updated,
    }
    if live:
        shape["dataSource"] = source
        missing = reveal.lacks(person) if reveal.named else []
        if missing:
            shape["missingDataPoints"] = missing_details(missing)
    return shape


def company_reference(account: Account, company: Company, domain: str) -> Shape:
    """The employer of a person; ``domain`` is as the caller wrote it."""
    industry = company.industry
    return known(
        id=entity_id(account, "company", company.id),
        name=company.name,
        domain=f"www.{domain}",
        industry=industry and industry.main,
    )


def tags(names: Sequence[str]) -> list[Shape]:
    """The tags of a person."""
    return [{"id": str(101 + at), "name": name, "color": "#2f6fde"} for at, name in enumerate(names)]


def missing_details(kinds: Sequence[str]) -> list[Shape]:
    """Kinds of details that were named and are not held."""
    return [{"type": kind, "status": "NOT_FOUND"} for kind in kinds]


def _mailbox(email: Email, source: str | None) -> Shape:
    return known(
        email=email.address,
        type=email.kind,
        confidence=email.confidence,
        updateDate=email.updated,
        dataSource=source,
    )


def _telephone(phone: Phone, person: Person, source: str | None) -> Shape:
    """A telephone; its country is where the person is."""
    shape = {
        "number": phone.number,
        "type": PHONE_KINDS[phone.kind],
        "doNotCall": phone.do_not_call,
        "updateDate": phone.updated,
    }
    if source is not None:
        shape |= {"countryIso2": person.place.country_code, "dataSource": source}
    return shape


def location(place: Place, *, live: bool) -> Shape:
    """Where a person is."""
    return known(
        country=place.country,
        countryIso2=place.country_code,
        state=place.state,
        stateCode=place.state_code if live else None,
        city=place.city,
        continent=place.continent,
        coordinates=list(place.coordinates),
        isEuContact=place.in_eu,
    )


def employment(job: Job) -> Shape:
    """A job that a person had before."""
    return {"company": {"name": job.company, "domain": job.domain}, "jobTitle": job_title(job)}
