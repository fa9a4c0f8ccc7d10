"""What deliveries say: the payload of a signal, and that of an opt-out, as bytes that are signed as they are.

They are compact, UTF-8, and hold no number that Python and JavaScript write differently, so that a receiver
which parses the body and writes it again gets the same bytes (the sample of Lusha's document does that).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_lusha.api.shape import known
from mock_lusha.api.signal_shapes import company_after, company_signal, jobs_of
from mock_lusha.clock import timestamp_of
from mock_lusha.world.generate.linkedin_activity import LinkedinActivity
from mock_lusha.world.generate.signals import News
from mock_lusha.world.resolver import PersonMatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.shape import Shape
    from mock_lusha.state.webhooks import Subscription
    from mock_lusha.world.entities import Person
    from mock_lusha.world.generate.events import ContactEvent
    from mock_lusha.world.generate.signals import CompanySignal, ContactSignal
    from mock_lusha.world.resolver import CompanyMatch
    from mock_lusha.world.world import World


def signal_data(
    world: World,
    signal: ContactSignal | ContactEvent | CompanySignal | LinkedinActivity,
    match: PersonMatch | CompanyMatch,
) -> Shape:
    """What a delivery tells of a signal: of people what Lusha's document shows, of companies the entries of
    v2's signals (our decision, but for news)."""
    if isinstance(match, PersonMatch):
        return _move(world, signal, match)  # type: ignore[arg-type] # people have moves alone
    if isinstance(signal, LinkedinActivity):
        return {
            "companyId": str(match.company.id),
            "companyName": match.company.name,
            "domain": match.domain,
            "activityPublicationDate": signal.day.isoformat(),
            "signalCategory": signal.category,
            "activityType": signal.kind,
            "activityUrl": signal.url,
        }
    company = match.company
    shape = company_signal(signal, company, match.domain, str(company.id))  # type: ignore[arg-type] # of companies no moves
    if isinstance(signal.facts, News):  # type: ignore[union-attr] # moves are of people
        shape["eventType"] = shape["eventType"].lower()
    return shape


def _move(world: World, signal: ContactSignal | ContactEvent, match: PersonMatch) -> Shape:
    company, domain = company_after(world, signal, match)
    job, previous = jobs_of(signal, match.person)
    return known(
        personId=match.person.id,
        currentCompanyId=company.id,
        currentCompanyName=company.name,
        currentDomain=domain,
        currentTitle=job.title,
        currentSeniorityLabel=job.seniority.name,
        currentDepartments=[{"id": at, "value": name} for at, name in enumerate(job.departments, 1)],
        previousCompanyName=previous and previous.company,
        previousDomain=previous and (domain if previous.domain == company.domain else previous.domain),
        previousTitle=previous and previous.title,
        signalDate=signal.day.isoformat(),
    )


def payload(
    payload_id: str, kind: str, subscription: Subscription, data: Mapping[str, Any], at: float, cost: int
) -> bytes:
    """The body of a delivery of a signal."""
    return orjson.dumps(
        {
            "id": payload_id,
            "type": kind,
            "entityType": subscription.entity_type,
            "entityId": subscription.entity_id,
            "subscriptionId": subscription.id,
            "data": data,
            "timestamp": timestamp_of(at),
            "billing": {"creditsCharged": cost},
        }
    )


def opt_out(person: Person, at: float) -> bytes:
    """The body of the delivery that somebody wants to be forgotten: it has no envelope."""
    moment = timestamp_of(at).replace("T", " ").rstrip("Z")
    details = [{"datapointId": email.address, "datapointType": "email"} for email in person.emails]
    details += [{"datapointId": phone.number, "datapointType": "phone"} for phone in person.phones]
    return orjson.dumps(
        {
            "contactId": str(person.id),
            "fullName": person.full_name,
            "companyName": person.job.company,
            "jobTitle": person.job.title,
            "linkedinUrl": person.linkedin_url,
            "contactOptOutDate": moment,
            "contactExposureDate": moment,
            "datapoints": details,
            "partnerClientId": None,
        }
    )
