"""Signals in the shapes of the third generation of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.shape import known
from mock_lusha.api.signal_shapes import company_after, company_signal, contact_signal, jobs_of
from mock_lusha.api.v3.ids import entity_id

if TYPE_CHECKING:
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Company
    from mock_lusha.world.generate.events import ContactEvent
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
