"""Signals as answers show them, in every generation; how ids are written is up to the generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.shape import Shape, known
from mock_lusha.world.generate.signals import Headcount, ItSpend, News, Traffic

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.generate.signals import CompanySignal, ContactSignal


def contact_signal(
    signal: ContactSignal,
    person: Person,
    company: Company,
    domain: str,
    person_id: str,
    company_id: int | str,
) -> Shape:
    """A move of a person; ``domain`` is the domain of their company, ids are as the answer writes them."""
    return known(
        personId=person_id,
        currentCompanyId=company_id,
        currentCompanyName=company.name,
        currentDomain=domain,
        currentDepartments=", ".join(person.job.departments),
        currentSeniorityLabel=person.job.seniority.name,
        currentTitle=person.job.title,
        previousCompanyName=person.previous and person.previous.company,
        previousDomain=person.previous
        and (domain if person.previous.domain == company.domain else person.previous.domain),
        signalDate=signal.day.isoformat(),
    )


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
