"""People in the shapes of the third generation of the API."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mock_lusha.api.shape import Shape, known
from mock_lusha.api.v3.ids import entity_id
from mock_lusha.services.billing import reveal_prices

if TYPE_CHECKING:
    from mock_lusha.api.v3.reveal_input import RevealRequest
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Email, Job, Person, Phone
    from mock_lusha.world.resolver import PersonMatch

_EMAIL_KINDS = {"work": "work", "private": "private"}
_PHONE_KINDS = {"mobile": "mobile", "direct": "direct", "phone": "unknown"}
_SOURCE = "lusha"


@lru_cache(maxsize=64)
def level(name: str) -> str:
    """A level as searches and answers with details write it: Vice President."""
    return name.title()


def job_title(job: Job) -> Shape:
    """A title with its departments and level."""
    return {"title": job.title, "departments": list(job.departments), "seniority": level(job.seniority.name)}


def contact_preview(account: Account, match: PersonMatch) -> Shape:
    """A person without what is paid for, and what revealing that would cost this account."""
    person, company = match.person, match.company
    industry = company.industry
    return {
        "id": entity_id(account, "contact", person.id),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "jobTitle": job_title(person.job),
        "company": known(
            id=entity_id(account, "company", company.id),
            name=company.name,
            domain=f"www.{match.company_domain}",
            industry=industry and industry.main,
        ),
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
    account: Account, match: PersonMatch, reveal: RevealRequest, *, source: str = _SOURCE
) -> Shape:
    """A person with the kinds of details that were asked for, which come from a ``source``.

    In the dialect ``live`` a kind that was not asked for, or named and is not held, is absent; in
    ``documented`` it is an empty list.
    """
    live = account.dialect == "live"
    person, company = match.person, match.company
    industry = company.industry
    shape: Shape = {"id": entity_id(account, "contact", person.id)}
    origin = source if live else None
    emails = [_mailbox(email, origin) for email in person.emails] if reveal.emails else []
    phones = [_telephone(phone, person, origin) for phone in person.phones] if reveal.phones else []
    is_empty_shown = not live or not reveal.named
    if emails or is_empty_shown:
        shape["emails"] = emails
    if phones or is_empty_shown:
        shape["phones"] = phones
    shape |= {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "fullName": person.full_name,
        "jobTitle": job_title(person.job),
        "company": known(
            id=entity_id(account, "company", company.id),
            name=company.name,
            domain=f"www.{match.company_domain}",
            industry=industry and industry.main,
        ),
        "location": _location(person, live=live),
        "socialLinks": known(linkedin=person.linkedin_url, xUrl=person.x_url),
        "tags": [
            {"id": str(101 + at), "name": name, "color": "#2f6fde"} for at, name in enumerate(person.tags)
        ],
        "previousEmployment": [] if person.previous is None else [_employment(person.previous)],
        "updateDate": person.updated,
    }
    if live:
        shape["jobTitle"]["startDate"] = person.job_start
        shape |= {
            "linkedinConnections": person.connections,
            "linkedinFollowers": person.followers,
            "partialProfile": person.partial,
            "dataSource": source,
        }
        missing = reveal.lacks(person) if reveal.named else []
        if missing:
            shape["missingDataPoints"] = [{"type": kind, "status": "NOT_FOUND"} for kind in missing]
    return shape


def _mailbox(email: Email, source: str | None) -> Shape:
    return known(
        email=email.address,
        type=_EMAIL_KINDS[email.kind],
        confidence=email.confidence,
        updateDate=email.updated,
        dataSource=source,
    )


def _telephone(phone: Phone, person: Person, source: str | None) -> Shape:
    """A telephone; its country is where the person is."""
    shape = {
        "number": phone.number,
        "type": _PHONE_KINDS[phone.kind],
        "doNotCall": phone.do_not_call,
        "updateDate": phone.updated,
    }
    if source is not None:
        shape |= {"countryIso2": person.place.country_code, "dataSource": source}
    return shape


def _location(person: Person, *, live: bool) -> Shape:
    place = person.place
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


def _employment(job: Job) -> Shape:
    return {"company": {"name": job.company, "domain": job.domain}, "jobTitle": job_title(job)}
