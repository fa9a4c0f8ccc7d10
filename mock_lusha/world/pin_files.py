"""Pinned entities as files and the control API say them.

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

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from mock_lusha import yamlfile
from mock_lusha.domains import clean_domain, mail_form
from mock_lusha.errors import shorten
from mock_lusha.world.company_profile import BUSINESS_MODELS
from mock_lusha.world.company_profile import COMPANY_TYPES as TYPES_OF_COMPANIES
from mock_lusha.world.entities import Award, Certification, Course, Email, Job, PersonKey, Phone
from mock_lusha.world.generate.signals import COMPANY_TYPES, CONTACT_TYPES
from mock_lusha.world.generate.titles import Titles
from mock_lusha.world.identity import (
    company_domain,
    fold,
    identity_domain,
    parse_email,
    parse_linkedin,
    readable_name,
)
from mock_lusha.world.pins import PinnedCompany, PinnedPerson, Pins, indexed
from mock_lusha.world.pools import SENIORITIES, SIZES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from mock_lusha.world.entities import EmailKind, PhoneKind, Place, Range, Restriction
    from mock_lusha.world.pins import DatedSignals
    from mock_lusha.world.pools import Pools
    from mock_lusha.yamlfile import SourcePlace

T = TypeVar("T")
PINNED = ("people", "companies")
FIXTURES = (*PINNED, "tables")
"""What a file of fixtures may hold."""
_PHONE_KINDS: dict[str, PhoneKind] = {
    "mobile": "mobile",
    "direct": "direct",
    "phone": "phone",
}
_EMAIL_KINDS: dict[str, EmailKind] = {"work": "work", "private": "private"}
_RESTRICTIONS: dict[str, Restriction] = {"gdpr": "gdpr", "compliance": "compliance"}
_DAY = date(2026, 1, 1)
_LEVELS = {level.name: level for level in SENIORITIES}
_YEARS_OF_STUDY = 3


def load_pins(folders: Iterable[Path], pools: Pools) -> Pins:
    """Read ``*.yaml`` and ``*.yml`` of the folders (not ``accounts.yaml``), in the order of their names.

    Raises:
        DataFileError: with file and line, for anything that cannot be used or is pinned twice.
    """
    return pins_of(read_fixtures(folders), pools)


def read_fixtures(folders: Iterable[Path]) -> list[Mapping[str, SourcePlace]]:
    """What the files of the folders hold: lists of pinned entities, and of tables (see ``table_files``).

    Raises:
        DataFileError: with file and line, for what is not YAML or has another name.
    """
    return [yamlfile.read(path).mapping("a file of fixtures", FIXTURES) for path in pin_files(folders)]


def pins_of(documents: Iterable[Mapping[str, SourcePlace]], pools: Pools) -> Pins:
    """The pinned entities of documents.

    Raises:
        DataFileError: with file and line, for anything that cannot be used or is pinned twice.
    """
    collector = _PinCollector()
    for document in documents:
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
            for host in company.alternative_domains or ():
                if identity_domain(host) != company.domain:
                    self._claim("company", identity_domain(host), spot)
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
    "seniority", "city", "state", "country", "emails", "phones", "linkedinUrl", "jobStartDate", "skills",
    "tags", "restricted", "previousEmployment", "education", "certifications", "awards", "signals",
)  # fmt: skip
COMPANY_FIELDS = (
    "domain", "name", "companyId", "subIndustry", "employees", "revenue", "founded", "city", "state",
    "country", "zipCode", "description", "specialities", "technologies", "keywords", "businessModel",
    "companyType", "phones", "emails", "alternativeDomains", "signals",
)  # fmt: skip


def _person(spot: SourcePlace, pools: Pools, titles: Titles) -> PinnedPerson:
    entry = spot.mapping("a pinned person", PERSON_FIELDS)
    names = (_required(spot, entry, "firstName"), _required(spot, entry, "lastName"))
    key_name = fold(f"{names[0]} {names[1]}")
    domain = _identity(spot, entry, "companyDomain", "companyName")
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
        seniority=_maybe(entry, "seniority", lambda s: _LEVELS[s.one_of("seniority", tuple(_LEVELS))]),
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
        former=_list(
            entry, "previousEmployment", partial(_former_job, departments=departments, titles=titles)
        ),
        courses=_list(entry, "education", _course),
        certifications=_list(entry, "certifications", _certification),
        awards=_list(entry, "awards", _award),
        signals=_signals(entry, CONTACT_TYPES),
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
        revenue=_maybe(entry, "revenue", _range),
        company_type=_maybe(entry, "companyType", lambda s: s.one_of("companyType", TYPES_OF_COMPANIES)),
        business_model=_list(entry, "businessModel", lambda s: s.one_of("a business model", BUSINESS_MODELS)),
        keywords=_list(entry, "keywords", lambda s: s.text("a keyword").lower()),
        phones=_list(entry, "phones", lambda s: s.text("a phone")),
        emails=_list(entry, "emails", _address),
        alternative_domains=_list(entry, "alternativeDomains", _host),
        zip_code=_maybe(entry, "zipCode", lambda s: s.text("zipCode")),
        signals=_signals(entry, COMPANY_TYPES),
    )


def _list(
    entry: Mapping[str, SourcePlace], name: str, parse: Callable[[SourcePlace], T]
) -> tuple[T, ...] | None:
    return tuple(map(parse, entry[name].items(name))) if name in entry else None


def _former_job(spot: SourcePlace, departments: Sequence[str], titles: Titles) -> Job:
    """A job at another company, known by its domain or its name."""
    entry = spot.mapping(
        "a previous employment", ("companyDomain", "companyName", "jobTitle", "departments", "seniority")
    )
    domain = _identity(spot, entry, "companyDomain", "companyName")
    title = _required(spot, entry, "jobTitle")
    department, level = titles.read(title)
    given = _list(entry, "departments", lambda s: s.one_of("a department", departments))
    name = _maybe(entry, "companyName", lambda s: s.text("companyName"))
    seniority = _maybe(entry, "seniority", lambda s: _LEVELS[s.one_of("seniority", tuple(_LEVELS))])
    return Job(
        title,
        (department,) if given is None else given,
        seniority or level,
        name or readable_name(domain),
        domain,
    )


def _course(spot: SourcePlace) -> Course:
    entry = spot.mapping("education", ("school", "degree", "field", "startYear", "endYear"))
    start, end = (_maybe(entry, name, partial(_year, what=name)) for name in ("startYear", "endYear"))
    texts = [_maybe(entry, name, lambda s, what=name: s.text(what)) for name in ("degree", "field")]
    first = start or (end or _DAY.year) - _YEARS_OF_STUDY
    return Course(
        _required(spot, entry, "school"),
        texts[0] or "",
        texts[1] or "",
        first,
        end or first + _YEARS_OF_STUDY,
    )


def _certification(spot: SourcePlace) -> Certification:
    entry = spot.mapping("a certification", ("title", "issuer", "year", "month"))
    issuer = _maybe(entry, "issuer", lambda s: s.text("issuer"))
    return Certification(_required(spot, entry, "title"), issuer or "", *_year_and_month(entry))


def _award(spot: SourcePlace) -> Award:
    entry = spot.mapping("an award", ("title", "company", "year", "month"))
    company = _maybe(entry, "company", lambda s: s.text("company"))
    return Award(_required(spot, entry, "title"), company or "", *_year_and_month(entry))


def _year_and_month(entry: Mapping[str, SourcePlace]) -> tuple[int, int]:
    year = _maybe(entry, "year", partial(_year, what="year"))
    month = _maybe(entry, "month", lambda s: s.whole("month", 1, 12))
    return year or _DAY.year, month or 1


def _year(spot: SourcePlace, what: str) -> int:
    return spot.whole(what, 1900, 2999)


def _signals(entry: Mapping[str, SourcePlace], kinds: Sequence[str]) -> DatedSignals | None:
    """Signals by type and day, the newest first."""

    def signal(spot: SourcePlace) -> tuple[str, date]:
        parts = spot.mapping("a signal", ("type", "date"))
        for name in ("type", "date"):
            if name not in parts:
                raise spot.error(f"{name} is missing")
        return parts["type"].one_of("the type of a signal", kinds), _date(parts["date"], "date")

    signals = _list(entry, "signals", signal)
    return None if signals is None else tuple(sorted(signals, key=lambda each: each[1], reverse=True))


def _range(spot: SourcePlace) -> Range:
    entry = spot.mapping("revenue", ("min", "max"))
    least = _maybe(entry, "min", lambda s: s.whole("min", 1)) or 1
    most = _maybe(entry, "max", lambda s: s.whole("max", least))
    return least, most


def _host(spot: SourcePlace) -> str:
    domain = clean_domain(spot.text("a domain"))
    if domain is None:
        raise spot.error(f"an alternative domain is one such as acme.example, not {spot.value}")
    return domain


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
    names = {name: entry[name].text(name) for name in ("city", "state", "country") if name in entry}
    if not names:
        return None
    city, state, country = (names.get(name) for name in ("city", "state", "country"))
    for place in pools.places:
        if (
            city in {None, place.city}
            and state in {None, place.state, place.state_code}
            and country in {None, place.country, place.country_code}
        ):
            return place
    texts = ", ".join(shorten(text) for text in names.values())
    raise entry[next(iter(names))].error(f"no known place is {texts}: see fixtures/reference/places.json")


def _texts(spot: SourcePlace, what: str) -> tuple[str, ...]:
    return tuple(item.text(f"an entry of {what}") for item in spot.items(what))


def _date(spot: SourcePlace, what: str = "jobStartDate") -> date:
    def parse(value: Any) -> date:
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            raise ValueError(f"{what} is a date such as 2026-03-31") from None

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
