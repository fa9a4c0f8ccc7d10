"""People in the shapes of the second generation of the API, in both dialects (see ``shapes``)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from mock_lusha.api.reply import json_bytes
from mock_lusha.api.shape import Shape, known, raw_location

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mock_lusha.api.v2.fragments import Fragments
    from mock_lusha.world.entities import Award, Email, Job, Person, Phone, Place
    from mock_lusha.world.generate.person_profiles import PersonProfile
    from mock_lusha.world.generate.positions import Position


def person_data(
    fragments: Fragments,
    person: Person,
    company_id: int,
    *,
    live: bool,
    emails: bool,
    phones: bool,
    updated: date,
) -> Shape:
    """A person as person enrichment gives them, without their company."""
    data: Shape = {
        "personId": person.id,
        "companyId": company_id,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "fullName": person.full_name,
        "contactTags": tags(person.tags),
    }
    if emails:
        data["emails"] = [email.address for email in person.emails]
        data["emailAddresses"] = [mailbox(email, live) for email in person.emails]
    if phones:
        data["phones"] = [phone.number for phone in person.phones]
        data["phoneNumbers"] = [telephone(phone, live) for phone in person.phones]
    data["location"] = orjson.Fragment(location(fragments, person.place, live))
    data["jobTitle"] = job_title(person.job)
    data["socialLinks"] = _social(person)
    data["jobStartDate"] = person.job_start
    data["previousJob"] = _previous(person.previous)
    data["updateDate"] = updated
    data.update(profile(person, person.awards))
    return data


def tags(names: Sequence[str]) -> list[Shape]:
    """Tags of a person."""
    return [{"id": str(101 + at), "name": name, "color": "#2f6fde"} for at, name in enumerate(names)]


def _social(person: Person) -> Shape:
    if person.x_url is None:
        return {"linkedin": person.linkedin_url}
    return {"linkedin": person.linkedin_url, "xUrl": person.x_url}


def profile(person: Person | PersonProfile, awards: Sequence[Award]) -> Shape:
    """What a person's LinkedIn profile says."""
    return {
        "linkedinFollowersCount": person.followers,
        "linkedinConnectionsCount": person.connections,
        "linkedinCertifications": [
            {"companyName": c.issuer, "title": c.title, "dateYear": c.year, "dateMonth": c.month}
            for c in person.certifications
        ],
        "linkedinCourses": [
            {
                "school": {"name": c.school},
                "degree": c.degree,
                "fieldOfStudy": {"name": c.field},
                "startDateYear": c.start_year,
                "endDateYear": c.end_year,
            }
            for c in person.courses
        ],
        "linkedinAwards": [
            {"title": a.title, "companyName": a.company, "dateYear": a.year, "dateMonth": a.month}
            for a in awards
        ],
        "linkedinSkills": person.skills,
    }


def mailbox(email: Email, live: bool) -> Shape:
    """A mailbox."""
    shape = {
        "email": email.address,
        "emailType": email.kind,
        "emailConfidence": email.confidence,
        "updateDate": email.updated,
    }
    if not live:
        shape["address"] = email.address
    return shape


def telephone(phone: Phone, live: bool) -> Shape:
    """A telephone."""
    return {
        "number": phone.number,
        "phoneType": phone.kind if live else phone.kind.capitalize(),
        "doNotCall": phone.do_not_call,
        "updateDate": phone.updated,
    }


def location(fragments: Fragments, place: Place, live: bool) -> bytes:
    """Where a person is, in JSON: snake_case live, camelCase (and the schema's twins) documented."""
    texts = fragments.places.get(place)
    if texts is None:
        texts = fragments.places.put(place, {})
    text = texts.get(live)
    if text is None:
        text = texts[live] = json_bytes(_location(place, live))
    return text


def _location(place: Place, live: bool) -> Shape:
    if live:
        return known(
            country=place.country,
            country_iso2=place.country_code,
            continent=place.continent,
            state=place.state,
            state_code=place.state_code,
            city=place.city,
            city_id=place.city_id,
            is_eu_contact=place.in_eu,
            location_coordinates=list(place.coordinates),
        )
    return known(
        country=place.country,
        countryIso2=place.country_code,
        country_iso2=place.country_code,
        continent=place.continent,
        rawLocation=raw_location(place, None),
        city=place.city,
        cityId=place.city_id,
        state=place.state,
        stateCode=place.state_code,
        state_code=place.state_code,
        isEuContact=place.in_eu,
        locationCoordinates=list(place.coordinates),
    )


def job_title(job: Job | Position) -> Shape:
    """A title with its departments and level."""
    return {
        "title": job.title,
        "departments": job.departments,
        "seniority": _level(job.seniority.name),
    }


@lru_cache(maxsize=64)
def _level(name: str) -> str:
    """A level as person answers write it: Vice President."""
    return "-".join(" ".join(w.capitalize() for w in part.split()) for part in name.split("-"))


def _previous(job: Job | None) -> Shape:
    if job is None:
        return {"company": {}, "jobTitle": {}}
    return {"company": {"name": job.company, "domain": job.domain}, "jobTitle": job_title(job)}
