"""Seed from truth: recorded people and companies as pinned entities of the double.

What comes out is what a file of fixtures holds (``people`` and ``companies``). Values are taken as they stand
in the cassette, which is redacted already.

Where an answer describes people and companies is the fact ``x-mock-lusha-entities`` of its operation:
``people`` and ``companies`` are lists of places. ``at`` is where each of them stands, and ``facts`` the
member of that which describes them, if not all of it does. One with an ``error`` is nobody. The company
of a person is their member ``company``, or that of the answer's map ``companies`` which has the name of their
``companyId``. ``id`` is the member that is the id of a company (``*``: its name in the map), ``only`` the
facts to be taken.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.made import TOKEN
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mock_lusha.recorder.cassette import Cassette

_SENIORITIES: Final = frozenset(
    {
        *("founder", "partner", "c-suite", "vice president", "director"),
        *("manager", "senior", "entry", "intern", "other"),
    }
)
_EVERY: Final = "*"
_CONTACT_DETAILS: Final = (("emailAddresses", "emails"), ("phoneNumbers", "phones"))
_PHONE_TYPES: Final = frozenset({"mobile", "direct", "phone"})
_EMAIL_TYPES: Final = frozenset({"work", "private"})
_CONFIDENCES: Final = frozenset({"A+", "A", "B"})
_PROFILE: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(?:in|pub)/[^/?#\s]+", re.IGNORECASE)
_LOCAL: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}")
_LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_YEARS: Final = range(1000, 3000)
_PERSON_ORDER: Final = (
    *("firstName", "lastName", "companyDomain", "personId", "jobTitle", "departments", "seniority", "city"),
    *("country", "emails", "phones", "linkedinUrl", "jobStartDate", "skills", "tags"),
)
_COMPANY_ORDER: Final = (
    *("domain", "name", "companyId", "subIndustry", "employees", "founded", "city", "country", "description"),
    *("specialities", "technologies"),
)


@frozen
class Vocabulary:
    """What the double knows of values that come from fixed lists; other values are left out of pins.

    ``places`` are pairs of city and country, as their names are written. None is: take any.
    """

    departments: frozenset[str] | None = None
    sub_industries: frozenset[str] | None = None
    places: frozenset[tuple[str, str]] | None = None


ANY: Final = Vocabulary()
"""Takes any value."""


def pins(cassette: Cassette, vocabulary: Vocabulary = ANY) -> dict[str, Any]:
    """``{"people": [...], "companies": [...]}`` of the recorded answers, in the form of a file of fixtures.

    Who was seen several times is one, and later answers fill in what earlier ones lack. People are in the
    order of their company's domain and name, companies in that of their domain. People without a company's
    domain, and namesakes at one company, are left out: see ``skipped``.
    """
    entities = _Entities(cassette, vocabulary)
    return {"people": entities.people(), "companies": entities.companies()}


def skipped(cassette: Cassette) -> list[str]:
    """Who was recorded and cannot be pinned: the place in the cassette, the name, and why."""
    return list(dict.fromkeys(_Entities(cassette, ANY).skipped))


def dumps(pins: Mapping[str, Any]) -> str:
    """The text of a file of fixtures."""
    import yaml  # noqa: PLC0415 - for files alone

    dumper = getattr(yaml, "CSafeDumper", None) or yaml.SafeDumper
    return str(yaml.dump(dict(pins), Dumper=dumper, sort_keys=False, allow_unicode=True, width=100))


@frozen
class _Person:
    """A person as an answer describes them, and what it says of their company."""

    where: str
    data: Mapping[str, Any]
    company: Mapping[str, Any]


@mutable
class _FactIndex:
    """Facts by the keys that lead to them; facts found by either key are one."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    by_id: dict[int | str, dict[str, Any]] = field(default_factory=dict)
    by_key: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def add(self, facts: dict[str, Any], key: Any, id_: int | str | None) -> bool:
        """Take facts; False where another has that key already."""
        by_key = self.by_key.get(key)
        by_id = None if id_ is None else self.by_id.get(id_)
        if by_id is None and by_key is not None and id_ is not None and by_key["_id"] not in {None, id_}:
            return False
        entry = by_id if by_id is not None else by_key
        if entry is None:
            entry = {"_id": id_}
            self.facts.append(entry)
        self.by_key.setdefault(key, entry)
        if id_ is not None:
            entry["_id"] = id_
            self.by_id[id_] = entry
        for name, value in facts.items():
            if entry.get(name) in (None, "", []):
                entry[name] = value
        return True


class _Entities:
    """The people and companies in a cassette."""

    def __init__(self, cassette: Cassette, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._people = _FactIndex()
        self._companies = _FactIndex()
        self._domains: dict[int | str, str] = {}
        self.skipped: list[str] = []
        operations = Registry.load().operations
        people: list[_Person] = []
        for index, interaction in enumerate(cassette.interactions):
            operation = operations.get(interaction.operation or "")
            places = (operation and operation.entities) or {}
            if interaction.status == 200 and isinstance(interaction.answer, dict):
                where = f"interactions[{index}]"
                for place in places.get("companies", ()):
                    for at, facts, id_ in _companies_in(interaction.answer, place, where):
                        self._company(facts, id_, at)
                for place in places.get("people", ()):
                    people += _people_in(interaction.answer, place, where)
        # Only now are the domains of all companies known: an enriched contact has but its company's id.
        for person in people:
            self._person(person)

    def people(self) -> list[dict[str, Any]]:
        """The people, in order, without identifiers that somebody before them has."""
        people = sorted(
            self._people.facts,
            key=lambda person: (
                person["companyDomain"],
                person["lastName"],
                person["firstName"],
                str(person["_id"] or ""),
            ),
        )
        identifiers: set[str] = set()
        return [_in_order(_own_facts(person, identifiers), _PERSON_ORDER) for person in people]

    def companies(self) -> list[dict[str, Any]]:
        """The companies, in order."""
        companies = sorted(self._companies.facts, key=lambda company: company["domain"])
        return [_in_order(company, _COMPANY_ORDER) for company in companies]

    def _company(self, item: Mapping[str, Any], id_: int | str | None, where: str) -> None:
        domain = _domain(item)
        if domain is None:
            return
        if id_ is not None:
            self._domains.setdefault(id_, domain)
        facts = _company_facts(item, self._vocabulary) | {"domain": domain, "companyId": _integer(id_)}
        if len(facts) > 2 and not self._companies.add(facts, domain, id_):
            self.skipped.append(f"{where}: {domain} is there already with another companyId")

    def _person(self, person: _Person) -> None:
        first, last = (_text(person.data.get(name)) for name in ("firstName", "lastName"))
        label = " ".join(part for part in (first, last) if part) or "somebody"
        domain = _domain(person.company) or self._domains.get(_integer(person.data.get("companyId")) or 0)
        if first is None or last is None or not _fold(first) or not _fold(last):
            self.skipped.append(f"{person.where}: {label} has no first and last name")
        elif domain is None:
            self.skipped.append(f"{person.where}: {label} has no company domain")
        else:
            id_ = _id(person.data.get("personId")) or _id(person.data.get("id"))
            facts = _person_facts(person.data, self._vocabulary)
            facts |= {
                "firstName": first,
                "lastName": last,
                "companyDomain": domain,
                "personId": _integer(id_),
            }
            if not self._people.add(facts, (_fold(f"{first} {last}"), domain), id_):
                self.skipped.append(f"{person.where}: {label} at {domain} is there already with another id")


# Answers


def _people_in(answer: Mapping[str, Any], place: Mapping[str, Any], where: str) -> Iterable[_Person]:
    """The people at a place of an answer."""
    for at, _, item in _at(answer, place["at"], where):
        data = _mapping(_mapping(item).get(place["facts"]) if "facts" in place else item)
        if data and "error" not in data:
            company = data.get(place.get("company", ""))
            if "companies" in place:
                company = _mapping(answer.get(place["companies"])).get(str(data.get("companyId")))
            yield _Person(at, data, _mapping(company))


def _companies_in(
    answer: Mapping[str, Any], place: Mapping[str, Any], where: str
) -> Iterable[tuple[str, Mapping[str, Any], int | str | None]]:
    """The companies at a place of an answer: where they are, their facts, and the id."""
    for at, name, item in _at(answer, place["at"], where):
        holder = _mapping(item)
        facts, place_of_facts = holder, at
        if "facts" in place:
            facts, place_of_facts = _mapping(holder.get(place["facts"])), f"{at}.{place['facts']}"
        if "only" in place:
            facts = {fact: facts.get(fact) for fact in place["only"]}
        yield place_of_facts, facts, _id(name if place["id"] == _EVERY else holder.get(place["id"]))


def _at(value: Any, place: str, where: str) -> Iterator[tuple[str, str, Any]]:
    """What stands at a place: where that is, the last name on the way there, and the value."""
    step, _, rest = place.partition(".")
    members: Iterable[tuple[str, str, Any]] = ()
    if step != _EVERY:
        members = [(f"{where}.{step}", step, _mapping(value).get(step))]
    elif isinstance(value, dict):
        members = [(f"{where}.{name}", name, item) for name, item in value.items()]
    elif isinstance(value, list):
        members = [(f"{where}[{index}]", "", item) for index, item in enumerate(value)]
    for at, name, item in members:
        if rest:
            yield from _at(item, rest, at)
        else:
            yield at, name, item


# Facts


def _person_facts(data: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    title = data.get("jobTitle")
    job = title if isinstance(title, dict) else {**data, "title": title}
    seniority = job.get("seniority")
    if isinstance(seniority, list):
        seniority = next((_mapping(item).get("value") for item in seniority), None)
    level = str(seniority).lower()
    departments = [
        department
        for department in _texts(job.get("departments"))
        if _is_in(department, vocabulary.departments)
    ]
    linkedin = _text(_mapping(data.get("socialLinks")).get("linkedin"))
    start = _text(data.get("jobStartDate")) or _text(job.get("startDate"))
    emails, phones = (data.get(name) or data.get(other) for name, other in _CONTACT_DETAILS)
    return _filled_in(
        jobTitle=_text(job.get("title")),
        departments=departments,
        seniority=level if level in _SENIORITIES else None,
        emails=[email for item in _items(emails) if (email := _email(_mapping(item)))],
        phones=[phone for item in _items(phones) if (phone := _phone(_mapping(item)))],
        linkedinUrl=linkedin if linkedin and _PROFILE.match(linkedin) else None,
        jobStartDate=start if start and _is_day(start) else None,
        skills=_texts(data.get("linkedinSkills")),
        tags=_texts(
            [_mapping(tag).get("name") for tag in _items(data.get("contactTags") or data.get("tags"))]
        ),
        **_place(_mapping(data.get("location")), vocabulary),
    )


def _company_facts(item: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    size = _mapping(item.get("companySize"))
    employees = next(
        (
            number
            for value in (
                size.get("employeesInLinkedin"),
                size.get("employees_in_linkedin"),
                item.get("employeesInLinkedin"),
                _mapping(item.get("employeeCount")).get("exact"),
            )
            if (number := _integer(value))
        ),
        None,
    )
    industry = _text(item.get("subIndustry"))
    founded = _integer(item.get("founded")) or _integer(item.get("yearFounded"))
    location = item.get("location")
    return _filled_in(
        name=_text(item.get("name")),
        # "Other" stands below several main industries; a pin could not say of which.
        subIndustry=industry if industry != "Other" and _is_in(industry, vocabulary.sub_industries) else None,
        employees=employees,
        founded=founded if founded in _YEARS else None,
        description=_text(item.get("description")),
        specialities=_texts(item.get("specialities")),
        technologies=_texts(
            [
                technology.get("name") if isinstance(technology, dict) else technology
                for technology in _items(item.get("technologies"))
            ]
        ),
        **_place(location if isinstance(location, dict) else item, vocabulary),
    )


def _place(item: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, str | None]:
    city, country = _text(item.get("city")), _text(item.get("country"))
    places = vocabulary.places
    if places is None:
        return {"city": city, "country": country}
    if (city, country) in places:
        return {"city": city, "country": country}
    return {"country": country if any(country == other for _, other in places) else None}


def _email(item: Mapping[str, Any]) -> dict[str, str] | None:
    address = _text(item.get("email")) or _text(item.get("address"))
    local, _, host = (address or "").rpartition("@")
    if address is None or not _LOCAL.fullmatch(local) or not _fold(local) or not _is_domain(host.lower()):
        return None
    email = {"email": address}
    for name, other, allowed in (
        ("emailType", "type", _EMAIL_TYPES),
        ("emailConfidence", "confidence", _CONFIDENCES),
    ):
        value = _text(item.get(name)) or _text(item.get(other))
        if value in allowed:
            email[name] = value
    return email


def _phone(item: Mapping[str, Any]) -> dict[str, Any] | None:
    number = _text(item.get("number"))
    if number is None:
        return None
    kind = str(item.get("phoneType") or item.get("type")).lower()
    phone: dict[str, Any] = {"number": number, "phoneType": kind if kind in _PHONE_TYPES else "phone"}
    if isinstance(item.get("doNotCall"), bool):
        phone["doNotCall"] = item["doNotCall"]
    return phone


def _own_facts(facts: Mapping[str, Any], identifiers: set[str]) -> dict[str, Any]:
    """The facts without emails and profiles that are in ``identifiers``: a pin's lead to one person alone."""
    rest = dict(facts)
    if "emails" in rest:
        mine = {email["email"].lower(): email for email in rest["emails"]}
        rest["emails"] = [email for address, email in mine.items() if address not in identifiers]
        identifiers.update(mine)
    profile = rest.get("linkedinUrl", "").lower().rstrip("/").rpartition("/")[2]
    if profile and f"in/{profile}" in identifiers:
        del rest["linkedinUrl"]
    identifiers.add(f"in/{profile}")
    return rest


def _in_order(facts: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if facts.get(name) not in (None, [])}


# Values


def _filled_in(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, [])}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    texts = [text for item in _items(value) if (text := _text(item))]
    return list(dict.fromkeys(texts))


def _integer(value: Any) -> int | None:
    """A whole number from 1 up, digits too."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else None


def _id(value: Any) -> int | str | None:
    """An id: a number, or a token that stands for one nobody else knows."""
    return _integer(value) or (value if isinstance(value, str) and TOKEN.fullmatch(value) else None)


def _is_in(value: str | None, allowed: frozenset[str] | None) -> bool:
    return allowed is None or value in allowed


def _domain(item: Mapping[str, Any]) -> str | None:
    for name in ("fqdn", "domain"):
        text = (_text(item.get(name)) or "").lower().removeprefix("www.")
        if _is_domain(text):
            return text
    return None


def _is_domain(text: str) -> bool:
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _fold(name: str) -> str:
    """A name in one form, close enough to how the double distinguishes names."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("'", "").replace("’", "")
    letters = "".join(
        character if character.isalnum() else " "
        for character in plain
        if not unicodedata.combining(character)
    )
    return "-".join(letters.split())
