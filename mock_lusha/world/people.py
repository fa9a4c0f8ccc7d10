"""People, made from their identity and their employer."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.keyed import Keyed, pick, some
from mock_lusha.world.entities import Award, Certification, Course, Email, Job, Person, Phone
from mock_lusha.world.identity import LINKEDIN_MARK, PRIVATE_MAIL, ascii_form, domain_label
from mock_lusha.world.phones import phone_number
from mock_lusha.world.pools import SENIORITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.keyed import Lanes
    from mock_lusha.world.entities import Company, PersonKey, PhoneKind, Place, Seniority
    from mock_lusha.world.pins import PinnedPerson
    from mock_lusha.world.pools import Pools

LEVELS = {level.name: level for level in SENIORITIES}
LADDER = tuple(
    LEVELS[name]
    for name in (
        "intern", "entry", "other", "senior", "manager", "director", "vice president", "c-suite", "partner",
        "founder",
    )
)  # fmt: skip
STEPS = {level.name: step for step, level in enumerate(LADDER)}


def _weighted(weights: dict[str, int]) -> tuple[str, ...]:
    return tuple(name for name, weight in weights.items() for _ in range(weight))


SENIORITY_POOL = _weighted(
    {
        "founder": 3, "partner": 2, "c-suite": 6, "vice president": 8, "director": 14, "manager": 21,
        "senior": 17, "entry": 9, "intern": 2, "other": 18,
    }
)  # fmt: skip
# A company of thousands has few founders and partners among those one meets.
LARGE_SENIORITY_POOL = _weighted(
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
DEPARTMENT_POOL = _weighted(_DEPARTMENTS)
HOSPITAL_POOL = _weighted(_DEPARTMENTS | {"Health Care & Medical": 60, "Sales": 4, "Product": 1})
PHONE_KINDS: tuple[PhoneKind, ...] = ("mobile", "direct", "phone")
HEALTHCARE = 11
LONGEST_LOCAL = 64
_MOST_CONNECTIONS = 500
LARGE = 1000
_LATEST, _EARLIEST = 15, 3900
"""Days before today on which a job began at the latest; and how many further back at the most."""
_WORK_CONFIDENCES = ("A+", "A+", "A", "B")
_PRIVATE_CONFIDENCES = ("A", "B", "A+", "B")
_TAGS = ("Prospect", "Customer", "Decision maker", "Newsletter", "Event 2025", "Partner")


class People:
    """Makes the people of one seed and day.

    ``employer`` gives (name, domain) of some company of the directory for a lane.
    """

    def __init__(
        self, seed: str, as_of: date, pools: Pools, employer: Callable[[int], tuple[str, str]]
    ) -> None:
        self._as_of = as_of
        self._pools = pools
        self._employer = employer
        self._draws = Keyed(seed, "person")
        self._profile_draws = Keyed(seed, "profile")

    @cached_property
    def _back(self) -> tuple[date, ...]:
        """Days by how many they are before ``as_of``."""
        latest = self._as_of.toordinal()
        return tuple(map(date.fromordinal, range(latest, latest - _LATEST - _EARLIEST, -1)))

    def make(
        self,
        key: PersonKey,
        rest: bytes,
        id_: int,
        names: tuple[str, str],
        company: Company,
        place: Place,
        directory_number: int | None,
        handle: str,
        given: PinnedPerson | None = None,
    ) -> Person:
        """The person of an identity at a company.

        ``rest`` is the identity as it is hashed. ``names`` are first and last name as shown;
        ``directory_number`` is None outside the directory, and such a person can always be reached somehow.
        What is ``given`` shapes what is drawn: skills and the job before follow the department.
        """
        draw = self._draws.lanes(rest)
        back = self._back
        job = self._job(company, draw, given)
        job_start = back[_LATEST + (draw[3] * draw[3] * _EARLIEST >> 32)]
        if company.founded is not None and job_start.year < company.founded:
            # Nobody began before there was a company; they came in its first year.
            job_start = min(date(company.founded, 1 + draw[3] % 12, 1), back[_LATEST])
        emails = self._emails(key, directory_number, draw)
        phones = self._phones(place, draw, 0)
        if not emails and not phones and directory_number is None:
            emails = self._work_email(_local(key), key.domain, draw)
            phones = () if emails else self._phones(place, draw, 1)
        first, last = names
        return Person(
            key,
            id_,
            first,
            last,
            f"{first} {last}".strip(),
            job,
            job_start,
            self._previous(job, draw),
            place,
            emails,
            phones,
            handle,
            f"https://www.linkedin.com/in/{LINKEDIN_MARK}{handle}",
            *self._profile(key, rest, job, job_start, emails, phones),
        )

    def _profile(
        self,
        key: PersonKey,
        rest: bytes,
        job: Job,
        job_start: date,
        emails: tuple[Email, ...],
        phones: tuple[Phone, ...],
    ) -> tuple[Any, ...]:
        """The fields of a person that only their profile shows, in their order."""
        draw = self._profile_draws.lanes(rest)
        careers = self._pools.careers
        department = job.departments[0]
        year = self._as_of.year
        details = [job_start, *[email.updated for email in emails], *[phone.updated for phone in phones]]
        updated = max(self._back[draw[24] * 121 >> 16], *details)
        certified = some(careers.certifications[department], draw[3] >> 14, draw[4])
        learned = some(careers.courses[department], draw[11] >> 15, draw[12])
        end = year - 4 - (draw[13] * 22 >> 16)
        award = draw[17]
        connections = 60 + (draw[23] * 841 >> 16)
        return (
            _x_url(key) if draw[0] < 20_000 else None,
            some(careers.skills[department], 4 + (draw[1] * 7 >> 16), draw[2]),
            certified
            and tuple(
                [
                    Certification(
                        c["title"], c["issuer"], year - 1 - (draw[5 + i] * 9 >> 16), 1 + draw[8 + i] % 12
                    )
                    for i, c in enumerate(certified)
                ]
            ),
            learned
            and tuple(
                [
                    Course(pick(careers.schools, draw[14 + i]), c["degree"], c["field"], end - 3, end)
                    for i, c in enumerate(learned)
                ]
            ),
            (
                Award(
                    pick(careers.awards, award),
                    job.company,
                    year - 1 - (draw[18] * 7 >> 16),
                    1 + draw[19] % 12,
                ),
            )
            if award < 15_000
            else (),
            (pick(_TAGS, draw[20]),) if draw[20] < 7_000 else (),
            (40 + (draw[21] * 861 >> 16)) * (1 + (draw[22] >> 13)),
            connections if connections < _MOST_CONNECTIONS else _MOST_CONNECTIONS,
            updated,
        )

    def _job(self, company: Company, draw: Lanes, given: PinnedPerson | None) -> Job:
        large = company.employees is not None and company.employees > LARGE
        level = LEVELS[pick(LARGE_SENIORITY_POOL if large else SENIORITY_POOL, draw[0])]
        hospital = company.industry is not None and company.industry.main_id == HEALTHCARE
        department = pick(HOSPITAL_POOL if hospital else DEPARTMENT_POOL, draw[1])
        if given is not None:
            department = given.departments[0] if given.departments else department
            level = given.seniority or level
        return self._position(department, level, draw[2], company.name, company.domain)

    def _position(self, department: str, level: Seniority, lane: int, company: str, domain: str) -> Job:
        titles = self._pools.careers.titles[department][level.name]
        return Job(titles[lane * len(titles) >> 16], (department,), level, company, domain)

    def _previous(self, job: Job, draw: Lanes) -> Job | None:
        """The job before: one step down in the same house (a promotion), or in any other."""
        if draw[4] > 54_000:
            return None
        step = STEPS[job.seniority.name]
        promoted = draw[4] < 18_000 and 0 < step < len(LADDER) - 2
        level = LADDER[step - 1 if promoted else max(0, step - (draw[5] & 1))]
        if level.name in {"founder", "partner"}:
            level = LEVELS["director"]
        company, domain = (job.company, job.domain) if promoted else self._employer(draw[6])
        if not promoted and domain == job.domain:
            return None
        return self._position(job.departments[0], level, draw[7], company, domain)

    def _work_email(self, local: str, domain: str, draw: Lanes) -> tuple[Email, ...]:
        """The mailbox at work; none for a name too long for one."""
        if len(local) > LONGEST_LOCAL:
            return ()
        confidence = _WORK_CONFIDENCES[draw[8] >> 14]
        return (Email(f"{local}@{domain}", "work", confidence, self._recent(draw[9])),)

    def _emails(self, key: PersonKey, directory_number: int | None, draw: Lanes) -> tuple[Email, ...]:
        """0 to 3 mailboxes; each leads back to the person (see ``world.finder``)."""
        kind = draw[10]
        local = _local(key)
        found = self._work_email(local, key.domain, draw) if kind > 7_000 else ()
        if kind < 33_000:
            return found
        if directory_number is None:
            local = f"{local}+{domain_label(key.domain)}"
        else:
            local = f"{local}{directory_number}"
        if len(local) > LONGEST_LOCAL:
            return found
        for index in range(1 if kind < 59_000 else 2):
            address = f"{local}@{PRIVATE_MAIL[(draw[11] + index) % len(PRIVATE_MAIL)]}"
            confidence = _PRIVATE_CONFIDENCES[draw[12 + index] >> 14]
            found += (Email(address, "private", confidence, self._recent(draw[14 + index])),)
        return found

    def _phones(self, place: Place, draw: Lanes, least: int) -> tuple[Phone, ...]:
        kind = draw[16]
        count = 0 if kind < 9_000 else 1 if kind < 36_000 else 2 if kind < 57_000 else 3
        found: list[Phone] = []
        for i, name in enumerate(some(PHONE_KINDS, max(count, least), draw[17])):
            digits = draw[21 + i]
            number = phone_number(place, name == "mobile", draw[18 + i], digits)
            while found and any(number == other.number for other in found):
                digits += 1
                number = phone_number(place, name == "mobile", draw[18 + i], digits)
            found.append(Phone(number, name, draw[24 + i] < 9_000, self._recent(draw[27 + i])))
        return tuple(found)

    def _recent(self, lane: int) -> date:
        return self._back[lane * 151 >> 16]


def _x_url(key: PersonKey) -> str:
    return f"https://x.com/mock_lusha_{ascii_form(key.name).replace('-', '_')}"


def _local(key: PersonKey) -> str:
    """The part of a mailbox before the @ that spells a name."""
    name = ascii_form(key.name)
    return name if name.startswith("xn--") else name.replace("-", ".")
