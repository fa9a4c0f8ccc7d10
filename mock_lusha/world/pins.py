"""Pinned entities: people and companies with given facts, laid over what is made of them."""

from __future__ import annotations

from dataclasses import field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from mock_lusha.domains import mail_form
from mock_lusha.values import frozen
from mock_lusha.world.entities import Job
from mock_lusha.world.identity import identity_domain, parse_linkedin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from mock_lusha.world.company_profile import CompanyProfile
    from mock_lusha.world.entities import (
        Award,
        Certification,
        Company,
        Course,
        Email,
        Industry,
        Person,
        PersonKey,
        Phone,
        Place,
        Range,
        Restriction,
        Seniority,
    )

E = TypeVar("E")
DatedSignals = tuple[tuple[str, "date"], ...]
"""(type, day) of signals, the newest first."""
_KINDS = {
    "Government": "Government agency",
    "Non Profit": "Nonprofit",
    "Public Company": "Public company",
}
"""The type of a company -> what v2 calls it; the others are private companies there."""


@frozen
class PinnedPerson:
    """The given facts of a person; None is not given. ``position`` is what a given title says of the job."""

    key: PersonKey
    names: tuple[str, str]
    id: int | None = None
    title: str | None = None
    position: tuple[str, Seniority] | None = None
    departments: tuple[str, ...] | None = None
    seniority: Seniority | None = None
    place: Place | None = None
    emails: tuple[Email, ...] | None = None
    phones: tuple[Phone, ...] | None = None
    linkedin_url: str | None = None
    job_start: date | None = None
    skills: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    restricted: Restriction | None = None
    former: tuple[Job, ...] | None = None
    courses: tuple[Course, ...] | None = None
    certifications: tuple[Certification, ...] | None = None
    awards: tuple[Award, ...] | None = None
    signals: DatedSignals | None = None

    def applied_to(self, person: Person, elsewhere: tuple[str, str]) -> Person:
        """The made person with the given facts in place; ``elsewhere`` is name and domain of a company where
        they may have been before."""
        job = _with_facts(
            person.job, title=self.title, departments=self.departments, seniority=self.seniority
        )
        if self.position is not None:
            department, level = self.position
            departments = (department,) if self.departments is None else self.departments
            job = replace(job, departments=departments, seniority=self.seniority or level)
        # Details given without a day were last seen when the person was.
        emails = self.emails and tuple(replace(email, updated=person.updated) for email in self.emails)
        phones = self.phones and tuple(replace(phone, updated=person.updated) for phone in self.phones)
        return _with_facts(
            replace(person, previous=self._before(person, job, elsewhere)),
            id=self.id, job=job, emails=emails, phones=phones, linkedin_url=self.linkedin_url,
            job_start=self.job_start or (self.signals[0][1] if self.signals else None), skills=self.skills,
            tags=self.tags, restricted=self.restricted, courses=self.courses,
            certifications=self.certifications, awards=self.awards,
        )  # fmt: skip

    def _before(self, person: Person, job: Job, elsewhere: tuple[str, str]) -> Job | None:
        """The job before, as far as former ones or the last move say anything of it."""
        previous = person.previous
        if self.former is not None:
            return self.former[0] if self.former else None
        if self.signals is None:
            return previous
        if not self.signals:
            return None
        promoted = self.signals[0][0] == "promotion"
        if previous is not None and (previous.domain == job.domain) is promoted:
            return previous
        title = job.title if previous is None else previous.title
        where = (job.company, job.domain) if promoted else elsewhere
        return Job(title, job.departments, job.seniority, *where)


@frozen
class PinnedCompany:
    """The given facts of a company; None is not given."""

    domain: str
    id: int | None = None
    name: str | None = None
    industry: Industry | None = None
    employees: int | None = None
    size: Range | None = None
    founded: int | None = None
    place: Place | None = None
    description: str | None = None
    specialities: tuple[str, ...] | None = None
    technologies: tuple[str, ...] | None = None
    revenue: Range | None = None
    company_type: str | None = None
    business_model: tuple[str, ...] | None = None
    keywords: tuple[str, ...] | None = None
    phones: tuple[str, ...] | None = None
    emails: tuple[str, ...] | None = None
    alternative_domains: tuple[str, ...] | None = None
    zip_code: str | None = None
    signals: DatedSignals | None = None

    def applied_to(self, company: Company) -> Company:
        """The made company with the given facts in place."""
        facts = {name: getattr(self, name) for name in _COMPANY_FACTS}
        if self.company_type is not None:
            facts["kind"] = _KINDS.get(self.company_type, "Private company")
        if self.employees is not None:
            facts["employees_in_linkedin"] = self.employees
        if self.place is not None:
            facts["offices"] = (self.place,)
        return _with_facts(company, **facts)

    def applied_to_profile(self, profile: CompanyProfile) -> CompanyProfile:
        """The made profile with the given facts in place."""
        facts: dict[str, Any] = {name: getattr(self, name) for name in _PROFILE_FACTS}
        if self.zip_code is not None:
            facts["postal_codes"] = (self.zip_code, *profile.postal_codes[1:])
        return _with_facts(profile, **facts)


_COMPANY_FACTS = (
    "id", "name", "employees", "size", "founded", "place", "description", "specialities", "technologies",
    "revenue",
)  # fmt: skip
_PROFILE_FACTS = (
    "company_type", "business_model", "keywords", "phones", "emails", "alternative_domains",
)  # fmt: skip


def _with_facts(entity: E, **facts: Any) -> E:
    return replace(entity, **{name: value for name, value in facts.items() if value is not None})  # type: ignore[type-var] # all are dataclasses


@frozen
class Pins:
    """All pinned entities, and the identifiers that lead to them."""

    people: Mapping[PersonKey, PinnedPerson] = field(default_factory=dict)
    companies: Mapping[str, PinnedCompany] = field(default_factory=dict)
    person_ids: Mapping[int, PersonKey] = field(default_factory=dict)
    company_ids: Mapping[int, str] = field(default_factory=dict)
    emails: Mapping[str, PersonKey] = field(default_factory=dict)
    linkedin: Mapping[str, PersonKey] = field(default_factory=dict)
    other_domains: Mapping[str, str] = field(default_factory=dict)
    """Identity domain -> that of the company which has it besides its own."""
    hosts: Collection[str] = frozenset()
    """Domains at which somebody is pinned: those of their companies, and of their mailboxes."""


NO_PINS = Pins()


def joined(base: Pins, own: Pins) -> Pins:
    """All pinned entities of both; ``own`` replaces what ``base`` says of the same identities."""
    return indexed({**base.people, **own.people}, {**base.companies, **own.companies})


def clashes(base: Pins, facts: Pins, erased: Collection[PersonKey] = ()) -> list[str]:
    """Identifiers that ``facts`` give to somebody and ``base`` to another, who is not ``erased``."""
    problems = []
    kinds: tuple[tuple[str, Mapping[Any, PersonKey], Mapping[Any, PersonKey]], ...] = (
        ("email", base.emails, facts.emails),
        ("linkedinUrl", base.linkedin, facts.linkedin),
        ("personId", base.person_ids, facts.person_ids),
    )
    for what, base_keys, new_keys in kinds:
        for identifier, key in new_keys.items():
            other = base_keys.get(identifier, key)
            if other != key and other not in facts.people and other not in erased:
                problems.append(f"{what} {identifier} is pinned already, for {other.name} at {other.domain}")
    for number, domain in facts.company_ids.items():
        if base.company_ids.get(number, domain) not in {domain, *facts.companies}:
            problems.append(f"companyId {number} is pinned already, for {base.company_ids[number]}")
    return problems


def laid(base: Pins, facts: Pins) -> Pins:
    """The facts, each laid over what ``base`` says of the same identity."""
    people = {key: _over(base.people.get(key), person) for key, person in facts.people.items()}
    companies = {key: _over(base.companies.get(key), company) for key, company in facts.companies.items()}
    return indexed(people, companies)


def _over(old: E | None, new: E) -> E:
    if old is None:
        return new
    return _with_facts(old, **{f.name: getattr(new, f.name) for f in fields(new)})  # type: ignore[arg-type] # all are dataclasses


def indexed(people: Mapping[PersonKey, PinnedPerson], companies: Mapping[str, PinnedCompany]) -> Pins:
    """Pins with the identifiers that lead to them; of two with one identifier the last has it."""
    emails = {
        mail_form(email.address): key for key, person in people.items() for email in person.emails or ()
    }
    return Pins(
        people=people,
        companies=companies,
        person_ids={person.id: key for key, person in people.items() if person.id is not None},
        company_ids={company.id: key for key, company in companies.items() if company.id is not None},
        emails=emails,
        linkedin={
            profile: key
            for key, person in people.items()
            if person.linkedin_url is not None and (profile := parse_linkedin(person.linkedin_url))
        },
        other_domains={
            other: key
            for key, company in companies.items()
            for other in map(identity_domain, company.alternative_domains or ())
            if other != key
        },
        hosts=frozenset(key.domain for key in people).union(address.rpartition("@")[2] for address in emails),
    )
