"""What recorded answers say of people and companies, as facts of a file of fixtures, in all generations."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.recorder.made import TOKEN
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENIORITIES: Final = frozenset(
    {
        *("founder", "partner", "c-suite", "vice president", "director"),
        *("manager", "senior", "entry", "intern", "other"),
    }
)
_CONTACT_DETAILS: Final = (("emailAddresses", "emails"), ("phoneNumbers", "phones"))
_PHONE_TYPES: Final = frozenset({"mobile", "direct", "phone"})
_EMAIL_TYPES: Final = frozenset({"work", "private"})
_CONFIDENCES: Final = frozenset({"A+", "A", "B"})
_PROFILE: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(?:in|pub)/[^/?#\s]+", re.IGNORECASE)
_LOCAL: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}")
_LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
# As v3 names them.
_COMPANY_TYPES: Final = frozenset(
    {"Government", "Private Company", "Public Company", "Educational", "Non Profit", "Self Employed"}
)
_BUSINESS_MODELS: Final = frozenset({"B2B", "B2C", "B2G"})
_YEARS: Final = range(1000, 3000)


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


def person_facts(data: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The facts of a person: but for the names, the company and the id."""
    title = data.get("jobTitle")
    job = title if isinstance(title, dict) else {**data, "title": title}
    seniority = job.get("seniority")
    if isinstance(seniority, list):
        seniority = next((mapping(item).get("value") for item in seniority), None)
    level = str(seniority).lower()
    departments = [
        department
        for department in _texts(job.get("departments"))
        if _is_in(department, vocabulary.departments)
    ]
    linkedin = text_of(mapping(data.get("socialLinks")).get("linkedin"))
    start = text_of(data.get("jobStartDate")) or text_of(job.get("startDate"))
    emails, phones = (data.get(name) or data.get(other) for name, other in _CONTACT_DETAILS)
    return _filled_in(
        jobTitle=text_of(job.get("title")),
        departments=departments,
        seniority=level if level in _SENIORITIES else None,
        emails=[email for item in _items(emails) if (email := _email(mapping(item)))],
        phones=[phone for item in _items(phones) if (phone := _phone(mapping(item)))],
        previousEmployment=[
            former
            for item in _items(data.get("previousEmployment"))
            if (former := _former_job(mapping(item), vocabulary))
        ],
        linkedinUrl=linkedin if linkedin and _PROFILE.match(linkedin) else None,
        jobStartDate=start if start and _is_day(start) else None,
        skills=_texts(data.get("linkedinSkills")),
        tags=_texts(
            [mapping(tag).get("name") for tag in _items(data.get("contactTags") or data.get("tags"))]
        ),
        **_place(mapping(data.get("location")), vocabulary),
    )


def company_facts(item: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The facts of a company: but for the domain and the id."""
    size = mapping(item.get("companySize"))
    employees = next(
        (
            number
            for value in (
                size.get("employeesInLinkedin"),
                size.get("employees_in_linkedin"),
                item.get("employeesInLinkedin"),
                mapping(item.get("employeeCount")).get("exact"),
            )
            if (number := integer_of(value))
        ),
        None,
    )
    industry = text_of(item.get("subIndustry"))
    founded = integer_of(item.get("founded")) or integer_of(item.get("yearFounded"))
    location = item.get("location")
    kind = text_of(item.get("companyType"))
    return _filled_in(
        name=text_of(item.get("name")),
        # "Other" stands below several main industries; a pin could not say of which.
        subIndustry=industry if industry != "Other" and _is_in(industry, vocabulary.sub_industries) else None,
        employees=employees,
        founded=founded if founded in _YEARS else None,
        description=text_of(item.get("description")),
        companyType=kind if kind in _COMPANY_TYPES else None,
        businessModel=[model for model in _texts(item.get("businessModel")) if model in _BUSINESS_MODELS],
        revenue=_revenue(mapping(item.get("revenueRange"))),
        keywords=_texts(item.get("keywords")),
        phones=_texts([mapping(phone).get("number") for phone in _items(item.get("phones"))]),
        emails=[email["email"] for each in _items(item.get("emails")) if (email := _email(mapping(each)))],
        alternativeDomains=[
            domain for domain in _texts(item.get("alternativeDomains")) if _is_domain(domain.lower())
        ],
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
    city, country = text_of(item.get("city")), text_of(item.get("country"))
    places = vocabulary.places
    if places is None:
        return {"city": city, "country": country}
    if (city, country) in places:
        return {"city": city, "country": country}
    return {"country": country if any(country == other for _, other in places) else None}


def _former_job(item: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any] | None:
    """A job before the present one, of which company and title are known."""
    company, job = mapping(item.get("company")), mapping(item.get("jobTitle"))
    name, title = text_of(company.get("name")), text_of(job.get("title"))
    domain = domain_of(company)
    if title is None or (domain is None and (name is None or not folded(name))):
        return None
    level = str(job.get("seniority")).lower()
    departments = [each for each in _texts(job.get("departments")) if _is_in(each, vocabulary.departments)]
    return _filled_in(
        companyDomain=domain,
        companyName=name,
        jobTitle=title,
        departments=departments,
        seniority=level if level in _SENIORITIES else None,
    )


def _revenue(item: Mapping[str, Any]) -> dict[str, int] | None:
    least, most = integer_of(item.get("min")), integer_of(item.get("max"))
    return {"min": least, "max": most} if least is not None and most is not None and least <= most else None


def _email(item: Mapping[str, Any]) -> dict[str, str] | None:
    address = text_of(item.get("email")) or text_of(item.get("address"))
    local, _, host = (address or "").rpartition("@")
    if address is None or not _LOCAL.fullmatch(local) or not folded(local) or not _is_domain(host.lower()):
        return None
    email = {"email": address}
    for name, other, allowed in (
        ("emailType", "type", _EMAIL_TYPES),
        ("emailConfidence", "confidence", _CONFIDENCES),
    ):
        value = text_of(item.get(name)) or text_of(item.get(other))
        if value in allowed:
            email[name] = value
    return email


def _phone(item: Mapping[str, Any]) -> dict[str, Any] | None:
    number = text_of(item.get("number"))
    if number is None:
        return None
    kind = str(item.get("phoneType") or item.get("type")).lower()
    phone: dict[str, Any] = {"number": number, "phoneType": kind if kind in _PHONE_TYPES else "phone"}
    if isinstance(item.get("doNotCall"), bool):
        phone["doNotCall"] = item["doNotCall"]
    return phone


def _filled_in(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, [])}


def mapping(value: Any) -> Mapping[str, Any]:
    """An object; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """A text without blanks around it, if there is one."""
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    texts = [text for item in _items(value) if (text := text_of(item))]
    return list(dict.fromkeys(texts))


def integer_of(value: Any) -> int | None:
    """A whole number from 1 up, digits too."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else None


def id_of(value: Any) -> int | str | None:
    """An id: a number, or a token that stands for one nobody else knows."""
    return integer_of(value) or (value if isinstance(value, str) and TOKEN.fullmatch(value) else None)


def _is_in(value: str | None, allowed: frozenset[str] | None) -> bool:
    return allowed is None or value in allowed


def domain_of(item: Mapping[str, Any]) -> str | None:
    """The domain of a company, without ``www.``."""
    for name in ("fqdn", "domain"):
        text = (text_of(item.get(name)) or "").lower().removeprefix("www.")
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


def folded(name: str) -> str:
    """A name in one form, close enough to how the double distinguishes names."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("'", "").replace("’", "")
    letters = "".join(
        character if character.isalnum() else " "
        for character in plain
        if not unicodedata.combining(character)
    )
    return "-".join(letters.split())
