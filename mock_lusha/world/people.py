"""People, made from their identity and their employer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mock_lusha.keyed import between, lanes, pick, some
from mock_lusha.world.entities import Award, Certification, Course, Email, Job, Person, Phone
from mock_lusha.world.identity import LINKEDIN_MARK, PRIVATE_MAIL, ascii_form
from mock_lusha.world.phones import phone_number
from mock_lusha.world.pools import SENIORITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.keyed import Lanes
    from mock_lusha.world.entities import Company, PersonKey, PhoneKind, Place, Seniority
    from mock_lusha.world.pins import PinnedPerson
    from mock_lusha.world.pools import Pools

_LEVELS = {level.name: level for level in SENIORITIES}
_LADDER = (
    "intern", "entry", "other", "senior", "manager", "director", "vice president", "c-suite", "partner",
    "founder",
)  # fmt: skip


def _weighted(weights: dict[str, int]) -> tuple[str, ...]:
    return tuple(name for name, weight in weights.items() for _ in range(weight))


_SENIORITY_POOL = _weighted(
    {
        "founder": 3, "partner": 2, "c-suite": 6, "vice president": 8, "director": 14, "manager": 21,
        "senior": 17, "entry": 9, "intern": 2, "other": 18,
    }
)  # fmt: skip
# A company of thousands has few founders and partners among those one meets.
_LARGE_SENIORITY_POOL = _weighted(
    {
        "c-suite": 3, "vice president": 8, "director": 15, "manager": 24, "senior": 20, "entry": 9,
        "intern": 2, "other": 19,
    }
)  # fmt: skip
_DEPARTMENTS = {
    "Sales": 15, "Engineering & Technical": 15, "Marketing": 10, "Operations": 10, "Finance": 8,
    "Information Technology": 9, "Human Resources": 6, "General Management": 5, "Customer Service": 5,
    "Business Development": 5, "Product": 5, "Research & Analytics": 3, "Consulting": 2, "Legal": 2,
    "Other": 1,
}  # fmt: skip
_DEPARTMENT_POOL = _weighted(_DEPARTMENTS)
_HOSPITAL_POOL = _weighted(_DEPARTMENTS | {"Health Care & Medical": 60, "Sales": 4, "Product": 1})
_PHONE_KINDS: tuple[PhoneKind, ...] = ("mobile", "direct", "phone")
_HEALTHCARE = 11
_LONGEST_LOCAL = 64
_LARGE = 1000
_TAGS = ("Prospect", "Customer", "Decision maker", "Newsletter", "Event 2025", "Partner")


def make_person(
    seed: str,
    as_of: date,
    pools: Pools,
    *,
    key: PersonKey,
    id_: int,
    names: tuple[str, str],
    company: Company,
    place: Place,
    directory_number: int | None,
    handle: str,
    employer: Callable[[int], tuple[str, str]],
    given: PinnedPerson | None = None,
    brief: bool = False,
) -> Person:
    """The person of an identity at a company.

    ``names`` are first and last name as shown; ``directory_number`` is None outside the directory, and
    such a person can always be reached somehow. ``employer`` gives (name, domain) of some other company
    for a lane. What is ``given`` shapes what is drawn: skills and the job before follow the department.
    A ``brief`` person lacks what only the profile shows.
    """
    draw = lanes(seed, "person", key.name, key.domain)
    job = _job(pools, company, draw, given)
    job_start = as_of - timedelta(days=15 + (draw[3] * draw[3] * 3900 >> 32))
    if company.founded is not None and job_start.year < company.founded:
        # Nobody began before there was a company; they came in its first year.
        job_start = min(date(company.founded, 1 + draw[3] % 12, 1), as_of - timedelta(days=15))
    previous = _previous(pools, job, draw, employer)
    emails = _emails(as_of, key, directory_number, draw)
    phones = _phones(as_of, place, draw)
    if not emails and not phones and directory_number is None:
        emails = _work_email(as_of, key, draw)
        phones = () if emails else _phones(as_of, place, draw, least=1)
    details = [job_start, *(e.updated for e in emails), *(p.updated for p in phones)]
    first, last = names
    return Person(
        key=key,
        id=id_,
        first_name=first,
        last_name=last,
        full_name=f"{first} {last}".strip(),
        job=job,
        job_start=job_start,
        previous=previous,
        place=place,
        emails=emails,
        phones=phones,
        handle=handle,
        linkedin_url=f"https://www.linkedin.com/in/{LINKEDIN_MARK}{handle}",
        **({} if brief else _profile(seed, as_of, pools, key, job, details)),
    )


def _profile(
    seed: str, as_of: date, pools: Pools, key: PersonKey, job: Job, details: list[date]
) -> dict[str, Any]:
    """The fields of a person that only their profile shows; ``details`` are days it cannot be older than."""
    draw = lanes(seed, "profile", key.name, key.domain)
    careers = pools.careers
    department = job.departments[0]
    handle = ascii_form(key.name).replace("-", "_")
    return {
        "x_url": f"https://x.com/mock_lusha_{handle}" if draw[0] < 20_000 else None,
        "skills": some(careers.skills[department], between(4, 10, draw[1]), draw[2]),
        "certifications": tuple(
            Certification(
                c["title"], c["issuer"], as_of.year - between(1, 9, draw[5 + i]), 1 + draw[8 + i] % 12
            )
            for i, c in enumerate(some(careers.certifications[department], draw[3] >> 14, draw[4]))
        ),
        "courses": _courses(pools, as_of, department, draw),
        "awards": tuple(
            Award(title, job.company, as_of.year - between(1, 7, draw[18]), 1 + draw[19] % 12)
            for title in some(careers.awards, 1 if draw[17] < 15_000 else 0, draw[17])
        ),
        "tags": some(_TAGS, 1, draw[20]) if draw[20] < 7_000 else (),
        "followers": between(40, 900, draw[21]) * (1 + (draw[22] >> 13)),
        "connections": min(500, between(60, 900, draw[23])),
        "updated": max(as_of - timedelta(days=between(0, 120, draw[24])), *details),
    }


def _job(pools: Pools, company: Company, draw: Lanes, given: PinnedPerson | None) -> Job:
    large = company.employees is not None and company.employees > _LARGE
    level = pick(_LARGE_SENIORITY_POOL if large else _SENIORITY_POOL, draw[0])
    hospital = company.industry is not None and company.industry.main_id == _HEALTHCARE
    department = pick(_HOSPITAL_POOL if hospital else _DEPARTMENT_POOL, draw[1])
    if given is not None:
        department = given.departments[0] if given.departments else department
        level = given.seniority.name if given.seniority else level
    return _position(pools, department, _LEVELS[level], draw[2], company.name, company.domain)


def _position(pools: Pools, department: str, level: Seniority, lane: int, company: str, domain: str) -> Job:
    return Job(
        pick(pools.careers.titles[department][level.name], lane), (department,), level, company, domain
    )


def _previous(pools: Pools, job: Job, draw: Lanes, employer: Callable[[int], tuple[str, str]]) -> Job | None:
    """The job before: one step down in the same house (a promotion), or anywhere (a change of company)."""
    if draw[4] > 54_000:
        return None
    step = _LADDER.index(job.seniority.name)
    promoted = draw[4] < 18_000 and 0 < step < len(_LADDER) - 2
    level = _LEVELS[_LADDER[step - 1 if promoted else max(0, step - (draw[5] & 1))]]
    if level.name in {"founder", "partner"}:
        level = _LEVELS["director"]
    company, domain = (job.company, job.domain) if promoted else employer(draw[6])
    if not promoted and domain == job.domain:
        return None
    return _position(pools, job.departments[0], level, draw[7], company, domain)


def _local(key: PersonKey) -> str:
    """The part of a mailbox before the @ that spells a name."""
    name = ascii_form(key.name)
    return name if name.startswith("xn--") else name.replace("-", ".")


def _work_email(as_of: date, key: PersonKey, draw: Lanes) -> tuple[Email, ...]:
    """The mailbox at work; none for a name too long for one."""
    confidence = ("A+", "A+", "A", "B")[draw[8] >> 14]
    local = _local(key)
    if len(local) > _LONGEST_LOCAL:
        return ()
    return (Email(f"{local}@{key.domain}", "work", confidence, _recent(as_of, draw[9])),)


def _emails(as_of: date, key: PersonKey, directory_number: int | None, draw: Lanes) -> tuple[Email, ...]:
    """0 to 3 mailboxes; each leads back to the person (see ``world.lookup``)."""
    kind = draw[10]
    found = _work_email(as_of, key, draw) if kind > 7_000 else ()
    privates = 0 if kind < 33_000 else 1 if kind < 59_000 else 2
    label = key.domain.removesuffix(".example").replace(".test", "_test")
    local = _local(key) + (f"+{label}" if directory_number is None else str(directory_number))
    if len(local) > _LONGEST_LOCAL:
        return found
    return found + tuple(
        Email(
            f"{local}@{PRIVATE_MAIL[(draw[11] + index) % len(PRIVATE_MAIL)]}",
            "private",
            ("A", "B", "A+", "B")[draw[12 + index] >> 14],
            _recent(as_of, draw[14 + index]),
        )
        for index in range(privates)
    )


def _phones(as_of: date, place: Place, draw: Lanes, least: int = 0) -> tuple[Phone, ...]:
    kind = draw[16]
    count = 0 if kind < 9_000 else 1 if kind < 36_000 else 2 if kind < 57_000 else 3
    kinds = some(_PHONE_KINDS, max(count, least), draw[17])
    found: list[Phone] = []
    for i, name in enumerate(kinds):
        digits = draw[21 + i]
        number = phone_number(place, name == "mobile", draw[18 + i], digits)
        while any(number == other.number for other in found):
            digits += 1
            number = phone_number(place, name == "mobile", draw[18 + i], digits)
        found.append(Phone(number, name, draw[24 + i] < 9_000, _recent(as_of, draw[27 + i])))
    return tuple(found)


def _courses(pools: Pools, as_of: date, department: str, extras: Lanes) -> tuple[Course, ...]:
    found = some(pools.careers.courses[department], extras[11] >> 15, extras[12])
    end = as_of.year - between(4, 25, extras[13])
    return tuple(
        Course(pick(pools.careers.schools, extras[14 + i]), c["degree"], c["field"], end - 3, end)
        for i, c in enumerate(found)
    )


def _recent(as_of: date, lane: int) -> date:
    return as_of - timedelta(days=between(0, 150, lane))
