"""The things of the world: plain values, apart from the shapes any endpoint gives them."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from mock_lusha.values import light

Range = tuple[int, int | None]
"""(min, max); an open top range has no max."""
EmailKind = Literal["work", "private"]
PhoneKind = Literal["mobile", "direct", "phone"]
Restriction = Literal["gdpr", "compliance"]


@light
class Place:
    """A city. ``coordinates`` are (longitude, latitude) in degrees."""

    city: str
    state: str | None
    state_code: str | None
    country: str
    country_code: str
    continent: str
    coordinates: tuple[float, float]
    city_id: int
    area_code: str | None
    locale: str
    in_eu: bool


@light
class Email:
    """A mailbox; ``confidence`` is A+, A or B."""

    address: str
    kind: EmailKind
    confidence: str
    updated: date


@light
class Phone:
    """A telephone number, in a range reserved for fiction unless a pinned entity says otherwise."""

    number: str
    kind: PhoneKind
    do_not_call: bool
    updated: date


@light
class Seniority:
    """One of the ten levels, with the id the API gives it."""

    id: int
    name: str


@light
class Job:
    """A position: ``company`` is the name, ``domain`` the identity of the employer."""

    title: str
    departments: tuple[str, ...]
    seniority: Seniority
    company: str
    domain: str


@light
class Certification:
    """A certificate with the month it was earned."""

    title: str
    issuer: str
    year: int
    month: int


@light
class Course:
    """A course of study."""

    school: str
    degree: str
    field: str
    start_year: int
    end_year: int


@light
class Award:
    """A distinction."""

    title: str
    company: str
    year: int
    month: int


@light
class Person:
    """A person at their employer. ``handle`` ends their profile URLs; ``key`` is their identity."""

    key: PersonKey
    id: int
    first_name: str
    last_name: str
    full_name: str
    job: Job
    job_start: date
    previous: Job | None
    place: Place
    emails: tuple[Email, ...]
    phones: tuple[Phone, ...]
    handle: str
    linkedin_url: str
    x_url: str | None = None
    skills: tuple[str, ...] = ()
    certifications: tuple[Certification, ...] = ()
    courses: tuple[Course, ...] = ()
    awards: tuple[Award, ...] = ()
    tags: tuple[str, ...] = ()
    followers: int = 0
    connections: int = 0
    updated: date = date.min
    restricted: Restriction | None = None

    @property
    def partial(self) -> bool:
        """Whether nothing is known by which the person could be reached."""
        return not self.emails and not self.phones

    def with_emails(self, emails: tuple[Email, ...]) -> Person:
        """The same person with other mailboxes; ``dataclasses.replace`` takes ten times as long."""
        return Person(
            self.key, self.id, self.first_name, self.last_name, self.full_name, self.job, self.job_start,
            self.previous, self.place, emails, self.phones, self.handle, self.linkedin_url, self.x_url,
            self.skills, self.certifications, self.courses, self.awards, self.tags, self.followers,
            self.connections, self.updated, self.restricted,
        )  # fmt: skip


class PersonKey(NamedTuple):
    """Who a person is: folded full name at an identity domain (see ``identity``)."""

    name: str
    domain: str

    @property
    def text(self) -> str:
        """Both in one text, in which neither has a space; ``of`` reads it back."""
        return f"{self.name} {self.domain}"

    @classmethod
    def of(cls, text: str) -> PersonKey:
        """The key of a text."""
        name, _, domain = text.partition(" ")
        return cls(name, domain)


@light
class Industry:
    """A sub-industry with its main industry, both with the API's ids."""

    main_id: int
    main: str
    sub_id: int
    sub: str


@light
class FundingRound:
    """A round: amount in US dollars."""

    kind: str
    amount: int
    day: date
    lead_investors: tuple[str, ...]


@light
class Funding:
    """All rounds, oldest first."""

    rounds: tuple[FundingRound, ...]
    is_ipo: bool


@light
class IntentTopic:
    """A topic a company is reading about: score 60 to 100, trend in points."""

    name: str
    score: int
    trend: int


@light
class Company:
    """A company. ``domain`` is its identity; what is None or empty is not known of it."""

    domain: str
    id: int
    lusha_id: int
    name: str
    alternative_name: str
    industry: Industry | None
    employees: int | None
    employees_in_linkedin: int | None
    size: Range | None
    revenue: Range | None
    founded: int | None
    place: Place
    street: str | None
    offices: tuple[Place, ...]
    description: str | None
    specialities: tuple[str, ...]
    technologies: tuple[str, ...]
    sic: tuple[tuple[int, str], ...]
    naics: tuple[tuple[int, str], ...]
    funding: Funding | None
    intent: tuple[IntentTopic, ...]
    kind: str | None
    followers: int | None
    tier: int
    handle: str
    partial: bool = False
