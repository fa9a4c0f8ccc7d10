"""Signals in the shapes of the third generation of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.company_facts import linkedin_url
from mock_lusha.api.shape import known
from mock_lusha.api.signal_shapes import company_after, company_signal, contact_signal, jobs_of
from mock_lusha.api.v3.ids import entity_id

if TYPE_CHECKING:
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Company, PersonKey
    from mock_lusha.world.generate.events import ContactEvent
    from mock_lusha.world.generate.linkedin_activity import LinkedinActivity
    from mock_lusha.world.generate.signals import CompanySignal, ContactSignal
    from mock_lusha.world.resolver import PersonMatch
    from mock_lusha.world.world import World


def contact_signal_shape(
    account: Account, world: World, signal: ContactSignal | ContactEvent, match: PersonMatch
) -> Shape:
    """A move of a person: the entry of v2 with the ids of this generation (nobody saw an own one), or in the
    dialect ``documented`` the entry of the document."""
    person = match.person
    company, domain = company_after(world, signal, match)
    person_id = entity_id(account, "contact", person.id)
    if account.dialect == "documented":
        _, previous = jobs_of(signal, person)
        return known(
            id=person_id,
            signalDate=signal.day.isoformat(),
            previousCompany=previous and previous.company,
            newCompany=company.name,
        )
    company_id = entity_id(account, "company", company.id)
    return contact_signal(signal, person, company, domain, person_id, company_id)


def company_signal_shape(account: Account, signal: CompanySignal, company: Company, domain: str) -> Shape:
    """Something that happened to a company: the entry of v2 with the ids of this generation."""
    return company_signal(signal, company, domain, entity_id(account, "company", company.id))


def activity_shape(account: Account, world: World, activity: LinkedinActivity, company: Company) -> Shape:
    """Something that a person of a company wrote on LinkedIn; its text is never told."""
    company_id = entity_id(account, "company", company.id)
    return {
        "companyId": int(company_id) if account.dialect == "documented" else company_id,
        "activityPublicationDate": activity.day.isoformat(),
        "signalCategory": activity.category,
        "intentTopics": [{"topic": topic, "category": category} for topic, category in activity.topics],
        "author": _person(account, world, activity.author),
        "contactsMentioned": [_person(account, world, key) for key in activity.people],
        "companiesMentioned": [_company(account, world, domain) for domain in activity.companies],
        "activityUrl": activity.url,
        "activitySummary": activity.summary,
        "activityLikes": activity.likes,
        "activityComments": activity.comments,
        "activityShares": activity.shares,
        "activityType": activity.kind,
    }


def _person(account: Account, world: World, key: PersonKey) -> Shape:
    """Somebody who wrote or is mentioned; whom the law keeps from being shown has no id."""
    person = world.person(key)
    id_ = None if person.restricted is not None else entity_id(account, "contact", person.id)
    return {"id": id_, "fullName": person.full_name, "linkedinUrl": person.linkedin_url}


def _company(account: Account, world: World, domain: str) -> Shape:
    company = world.company(domain)
    return {
        "id": entity_id(account, "company", company.id),
        "name": company.name,
        "linkedinUrl": linkedin_url(company),
    }
