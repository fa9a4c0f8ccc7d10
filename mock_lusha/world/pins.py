"""Pinned entities: people and companies with given facts, from YAML files.

Give the fields you care about; the rest is made. A file holds ``people`` and ``companies``:

    people:
      - firstName: Ada
        lastName: Quill
        companyDomain: quill-works.example
        jobTitle: Head of Archives
        emails: [ada@quill-works.example]
    companies:
      - domain: quill-works.example
        name: Quill Works
        employees: 42
"""

from __future__ import annotations

from dataclasses import field, fields, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from mock_lusha import yamlfile
from mock_lusha.domains import clean_domain, mail_form
from mock_lusha.errors import shorten
from mock_lusha.values import frozen
from mock_lusha.world.entities import Email, PersonKey, Phone
from mock_lusha.world.generate.titles import Titles
from mock_lusha.world.identity import (
    company_domain,
    fold,
    identity_domain,
    parse_email,
    parse_linkedin,
)
from mock_lusha.world.pools import SENIORITIES, SIZES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from mock_lusha.world.entities import (
        Company,
        EmailKind,
        Industry,
        Person,
        PhoneKind,
        Place,
        Range,
        Restriction,
        Seniority,
    )
    from mock_lusha.world.pools import Pools
    from mock_lusha.yamlfile import SourcePlace

E = TypeVar("E")
_PHONE_KINDS: dict[str, PhoneKind] = {
    "mobile": "mobile",
    "direct": "direct",
    "phone": "phone",
}
_EMAIL_KINDS: dict[str, EmailKind] = {"work": "work", "private": "private"}
_RESTRICTIONS: dict[str, Restriction] = {"gdpr": "gdpr", "compliance": "compliance"}
_DAY = date(2026, 1, 1)


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

    def applied_to(self, person: Person) -> Person:
        """The made person with the given facts in place."""
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
            person, id=self.id, job=job, emails=emails, phones=phones, linkedin_url=self.linkedin_url,
            job_start=self.job_start, skills=self.skills, tags=self.tags, restricted=self.restricted,
        )  # fmt: skip


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

    def applied_to(self, company: Company) -> Company:
        """The made company with the given facts in place."""
        facts = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"domain", "industry"}}
        if self.employees is not None:
            facts["employees_in_linkedin"] = self.employees
        if self.place is not None:
            facts["offices"] = (self.place,)
        return _with_facts(company, **facts)


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


NO_PINS = Pins()
PINNED = ("people", "companies")


def load_pins(folders: Iterable[Path], pools: Pools) -> Pins:
    """Read ``*.yaml`` and ``*.yml`` of the folders (not ``accounts.yaml``), in the order of their names.

    Raises:
        DataFileError: with file and line, for anything that cannot be used or is pinned twice.
    """
    collector = _PinCollector()
    for path in pin_files(folders):
        document = yamlfile.read(path).mapping("a file of pinned entities", PINNED)
        collector.add(document, pools)
    return collector.pins()


def read_pins(document: SourcePlace, pools: Pools) -> Pins:
    """The pinned entities of one document.

    Raises:
        DataFileError: for anything that cannot be used or is pinned twice in it.
    """
    collector = _PinCollector()
    collector.add(document.mapping("pinned entities", PINNED), pools)
    return collector.pins()


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
    return Pins(
        people=people,
        companies=companies,
        person_ids={person.id: key for key, person in people.items() if person.id is not None},
        company_ids={company.id: key for key, company in companies.items() if company.id is not None},
        emails={
            mail_form(email.address): key for key, person in people.items() for email in person.emails or ()
        },
        linkedin={
            profile: key
            for key, person in people.items()
            if person.linkedin_url is not None and (profile := parse_linkedin(person.linkedin_url))
        },
    )


class _PinCollector:
    """Pinned entities of several documents; none may be pinned twice."""

    def __init__(self) -> None:
        self._people: dict[PersonKey, PinnedPerson] = {}
        self._companies: dict[str, PinnedCompany] = {}
        self._claims: set[tuple[str, Any]] = set()

    def pins(self) -> Pins:
        return indexed(self._people, self._companies)

    def _claim(self, what: str, value: Any, spot: SourcePlace) -> None:
        if (what, value) in self._claims:
            raise spot.error(f"{what} {value} is pinned twice")
        self._claims.add((what, value))

    def add(self, document: Mapping[str, SourcePlace], pools: Pools) -> None:
        titles = Titles(pools.careers)
        for spot in yamlfile.entries(document, "companies"):
            company = _company(spot, pools)
            self._claim("company", company.domain, spot)
            if company.id is not None:
                self._claim("companyId", company.id, spot)
            self._companies[company.domain] = company
        for spot in yamlfile.entries(document, "people"):
            person = _person(spot, pools, titles)
            if person.key in self._people:
                raise spot.error(f"{' '.join(person.names)} at {person.key.domain} is pinned twice")
            if person.id is not None:
                self._claim("personId", person.id, spot)
            for email in person.emails or ():
                self._claim("email", mail_form(email.address), spot)
            if person.linkedin_url is not None:
                self._claim("linkedinUrl", parse_linkedin(person.linkedin_url), spot)
            self._people[person.key] = person


def pin_files(folders: Iterable[Path]) -> list[Path]:
    """The files of pinned entities in the folders."""
    return [
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix in {".yaml", ".yml"} and path.stem != "accounts"
    ]


PERSON_FIELDS = (
    "firstName", "lastName", "companyDomain", "companyName", "personId", "jobTitle", "departments",
    "seniority", "city", "country", "emails", "phones", "linkedinUrl", "jobStartDate", "skills", "tags",
    "restricted",
)  # fmt: skip
COMPANY_FIELDS = (
    "domain", "name", "companyId", "subIndustry", "employees", "founded", "city", "country", "description",
    "specialities", "technologies",
)  # fmt: skip


def _person(spot: SourcePlace, pools: Pools, titles: Titles) -> PinnedPerson:
    entry = spot.mapping("a pinned person", PERSON_FIELDS)
    names = (_required(spot, entry, "firstName"), _required(spot, entry, "lastName"))
    key_name = fold(f"{names[0]} {names[1]}")
    domain = _identity(spot, entry, "companyDomain", "companyName")
    levels = {level.name: level for level in SENIORITIES}
    departments = tuple(pools.careers.titles)
    department_list = entry.get("departments")
    linkedin = entry.get("linkedinUrl")
    if linkedin is not None and parse_linkedin(linkedin.text("linkedinUrl")) is None:
        raise linkedin.error(
            f"linkedinUrl is a LinkedIn profile such as https://www.linkedin.com/in/…, not {linkedin.value}"
        )
    title = _maybe(entry, "jobTitle", lambda s: s.text("jobTitle"))
    position = None
    if title is not None and not entry.keys() >= {"departments", "seniority"}:
        position = titles.read(title)
    return PinnedPerson(
        key=PersonKey(key_name, domain),
        names=names,
        id=_maybe(entry, "personId", lambda s: s.whole("personId", 1)),
        title=title,
        position=position,
        departments=None if department_list is None else tuple(
            item.one_of("a department", departments) for item in department_list.items("departments")
        ),
        seniority=_maybe(entry, "seniority", lambda s: levels[s.one_of("seniority", tuple(levels))]),
        place=_place(entry, pools),
        emails=_maybe(entry, "emails", lambda s: tuple(map(_email, s.items("emails")))),
        phones=_maybe(entry, "phones", lambda s: tuple(map(_phone, s.items("phones")))),
        linkedin_url=None if linkedin is None else linkedin.value,
        job_start=_maybe(entry, "jobStartDate", _date),
        skills=_maybe(entry, "skills", partial(_texts, what="skills")),
        tags=_maybe(entry, "tags", partial(_texts, what="tags")),
        restricted=_maybe(
            entry, "restricted", lambda s: _RESTRICTIONS[s.one_of("restricted", _RESTRICTIONS)]
        ),
    )  # fmt: skip


def _company(spot: SourcePlace, pools: Pools) -> PinnedCompany:
    entry = spot.mapping("a pinned company", COMPANY_FIELDS)
    industries = {
        trade.industry.sub: trade.industry for trade in pools.trades if trade.industry.sub != "Other"
    }
    sub = entry.get("subIndustry")
    employees = _maybe(entry, "employees", lambda s: s.whole("employees", 1))
    return PinnedCompany(
        domain=_identity(spot, entry, "domain", "name"),
        id=_maybe(entry, "companyId", lambda s: s.whole("companyId", 1)),
        name=_maybe(entry, "name", lambda s: s.text("name")),
        industry=None if sub is None else industries[sub.one_of("subIndustry", tuple(industries))],
        employees=employees,
        size=None if employees is None else next(s for s in SIZES if s[1] is None or employees <= s[1]),
        founded=_maybe(entry, "founded", lambda s: s.whole("founded", 1000, 2999)),
        place=_place(entry, pools),
        description=_maybe(entry, "description", lambda s: s.text("description")),
        specialities=_maybe(entry, "specialities", partial(_texts, what="specialities")),
        technologies=_maybe(entry, "technologies", partial(_texts, what="technologies")),
    )


def _maybe(entry: Mapping[str, SourcePlace], name: str, parse: Any) -> Any:
    return parse(entry[name]) if name in entry else None


def _required(spot: SourcePlace, entry: Mapping[str, SourcePlace], name: str) -> str:
    if name not in entry:
        raise spot.error(f"{name} is missing")
    text = entry[name].text(name)
    if not fold(text):
        raise entry[name].error(f"{name} has no letters: {text}")
    return text


def _identity(spot: SourcePlace, entry: Mapping[str, SourcePlace], by_domain: str, by_name: str) -> str:
    if by_domain in entry:
        domain = clean_domain(entry[by_domain].text(by_domain))
        if domain is None:
            raise entry[by_domain].error(
                f"{by_domain} is a domain such as acme.example, not {entry[by_domain].value}"
            )
        return identity_domain(domain)
    if by_name not in entry:
        raise spot.error(f"{by_domain} or {by_name} is needed")
    name_domain = company_domain(entry[by_name].text(by_name))
    if name_domain is None:
        raise entry[by_name].error(f"{by_name} has no letters: {entry[by_name].value}")
    return name_domain


def _place(entry: Mapping[str, SourcePlace], pools: Pools) -> Place | None:
    names = {name: entry[name].text(name) for name in ("city", "country") if name in entry}
    if not names:
        return None
    city, country = names.get("city"), names.get("country")
    for place in pools.places:
        if city in {None, place.city} and country in {None, place.country, place.country_code}:
            return place
    texts = ", ".join(shorten(text) for text in names.values())
    raise entry[next(iter(names))].error(f"no known place is {texts}: see fixtures/reference/places.json")


def _texts(spot: SourcePlace, what: str) -> tuple[str, ...]:
    return tuple(item.text(f"an entry of {what}") for item in spot.items(what))


def _date(spot: SourcePlace) -> date:
    def parse(value: Any) -> date:
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            raise ValueError("jobStartDate is a date such as 2026-03-31") from None

    day: date = spot.parsed(parse)
    return day


def _email(spot: SourcePlace) -> Email:
    if isinstance(spot.value, str):
        return Email(_address(spot), "work", "A+", _DAY)
    entry = spot.mapping("an email", ("email", "emailType", "emailConfidence"))
    if "email" not in entry:
        raise spot.error("email is missing")
    kind = entry["emailType"].one_of("emailType", _EMAIL_KINDS) if "emailType" in entry else "work"
    confidence = (
        entry["emailConfidence"].one_of("emailConfidence", ("A+", "A", "B"))
        if "emailConfidence" in entry
        else "A+"
    )
    return Email(_address(entry["email"]), _EMAIL_KINDS[kind], confidence, _DAY)


def _address(spot: SourcePlace) -> str:
    text = spot.text("email")
    if parse_email(text) is None:
        raise spot.error(f"email is an address such as ada@acme.example, not {text}")
    return text


def _phone(spot: SourcePlace) -> Phone:
    if isinstance(spot.value, str):
        return Phone(spot.text("a phone"), "mobile", False, _DAY)
    entry = spot.mapping("a phone", ("number", "phoneType", "doNotCall"))
    if "number" not in entry:
        raise spot.error("number is missing")
    kind = entry["phoneType"].one_of("phoneType", _PHONE_KINDS) if "phoneType" in entry else "mobile"
    barred = "doNotCall" in entry and entry["doNotCall"].flag("doNotCall")
    return Phone(entry["number"].text("number"), _PHONE_KINDS[kind], barred, _DAY)
