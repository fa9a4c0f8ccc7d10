"""Signals as answers show them, in every generation; how ids are written is up to the generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.shape import Shape, known
from mock_lusha.world.generate.events import ContactEvent
from mock_lusha.world.generate.signals import Headcount, ItSpend, News, Traffic

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Job, Person
    from mock_lusha.world.generate.signals import CompanySignal, ContactSignal
    from mock_lusha.world.resolver import PersonMatch
    from mock_lusha.world.world import World


def contact_signal(
    signal: ContactSignal | ContactEvent,
    person: Person,
    company: Company,
    domain: str,
    person_id: str,
    company_id: int | str,
) -> Shape:
    """A move of a person; ``company`` is where they went and ``domain`` its domain, ids are as the answer
    writes them."""
    job, previous = jobs_of(signal, person)
    return known(
        personId=person_id,
        currentCompanyId=company_id,
        currentCompanyName=company.name,
        currentDomain=domain,
        currentDepartments=", ".join(job.departments),
        currentSeniorityLabel=job.seniority.name,
        currentTitle=job.title,
        previousCompanyName=previous and previous.company,
        previousDomain=previous and (domain if previous.domain == company.domain else previous.domain),
        signalDate=signal.day.isoformat(),
    )


def jobs_of(signal: ContactSignal | ContactEvent, person: Person) -> tuple[Job, Job | None]:
    """The job after a move, and the one before. What came after the world's day tells both itself."""
    if isinstance(signal, ContactEvent):
        return signal.job, signal.previous
    return person.job, person.previous


def company_after(
    world: World, signal: ContactSignal | ContactEvent, match: PersonMatch
) -> tuple[Company, str]:
    """The company where a move led, and its domain."""
    if isinstance(signal, ContactEvent) and signal.job.domain != match.company.domain:
        company = world.company(signal.job.domain)
        return company, company.domain
    return match.company, match.company_domain


def company_signal(signal: CompanySignal, company: Company, domain: str, company_id: str) -> Shape:
    """Something that happened to a company (``domain`` is its domain), in the fields of its
    family."""
    facts = signal.facts
    day = signal.day.isoformat()
    shape: Shape = {
        "companyId": company_id,
        "companyName": company.name,
        "domain": domain,
        "signalId": str(signal.id),
    }
    if isinstance(facts, News):
        return shape | {
            "eventType": facts.event,
            "eventSummary": facts.summary,
            "articleTitle": facts.title,
            "articleHighlight": facts.highlight,
            "articleUrl": facts.url,
            "articlePublishedDate": day,
            "eventEffectiveDate": facts.effective.isoformat(),
        }
    shape |= {"signalDate": day, "changeRatePercent": facts.change}
    if isinstance(facts, Traffic):
        return shape | {"historicalAvg": facts.average, "lastMonthVisits": facts.last_month}
    if isinstance(facts, ItSpend):
        return shape | {"estimatedAnnualItSpend": facts.annual}
    if isinstance(facts, Headcount):
        return shape | {"baselineEmployeesCount": facts.before, "newEmployeesCount": facts.after}
    whole = facts.department is None and facts.country is None
    jobs = "newJobsPostedLastWeek" if whole else "newJobsPostedLast4Weeks"
    return shape | known(
        **{jobs: facts.jobs},
        historicalAvg=facts.average,
        department=facts.department,
        country=facts.country,
        state=facts.state,
    )
