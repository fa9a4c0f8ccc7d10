"""People, made from their identity, their career and their employer."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from struct import Struct
from typing import TYPE_CHECKING

from mock_lusha.seeded import begun, pick
from mock_lusha.world.entities import Award, Email, Job, Person, Phone
from mock_lusha.world.generate.career_templates import (
    CAREER_SHIFT,
    CONFIDENCES,
    DAYS,
    EARLIEST,
    LATEST,
    CareerTemplates,
)
from mock_lusha.world.generate.employments import EarlierEmployments
from mock_lusha.world.generate.phones import phone_numbers
from mock_lusha.world.generate.positions import DEPARTMENTS_IN, STEPS, STEPS_IN, Departments, kind_of
from mock_lusha.world.identity import LINKEDIN_MARK, ascii_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.directory import DirectoryCompany
    from mock_lusha.world.entities import Company, EmailKind, PersonKey, Place
    from mock_lusha.world.generate.career_templates import CareerTemplate
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.positions import Position
    from mock_lusha.world.pins import PinnedPerson
    from mock_lusha.world.pools import Careers

LONGEST_LOCAL = 64
DIGEST = 26
"""Bytes that are drawn of a person."""
CAREER_LANE, HOME_LANE, TITLE_LANE, ID_LANE, NUMBER_LANE = range(5)
"""What is drawn: three lanes, a number of 64 bits, and six lanes more for telephone numbers."""
LANES = Struct("<3HQ6H").unpack


class People:
    """Makes the people of one seed and day.

    ``companies`` are those of the directory, and ``renamed`` what some of them are called instead, by domain.
    """

    def __init__(
        self,
        seed: str,
        as_of: date,
        careers: Careers,
        companies: Sequence[DirectoryCompany],
        renamed: Mapping[str, str],
    ) -> None:
        self._seed = seed
        self._today = as_of.toordinal()
        self._departments = Departments(seed, as_of.year, careers)
        self._companies = companies
        self._renamed = renamed
        self._careers: dict[tuple[bool, bool], CareerTemplates] = {}
        self.earlier = EarlierEmployments(seed, self._departments, companies, renamed)
        """What came before the job before."""
        self.key_hash = begun(seed, "person", size=DIGEST)
        """The hash of the beginning of people's keys; of a copy of it, with the rest, LANES are drawn."""

    @cached_property
    def _back(self) -> tuple[date, ...]:
        """Days by how many they are before today."""
        return tuple(map(date.fromordinal, range(self._today, self._today - LATEST - EARLIEST, -1)))

    def career_templates(self, company: Company) -> CareerTemplates:
        """The careers of those who work at a company of this kind."""
        return self.templates_in(*kind_of(company))

    def templates_in(self, large: bool, hospital: bool) -> CareerTemplates:
        """The careers of those who work at companies of a kind (see ``positions.kind_of``)."""
        kind = large, hospital
        careers = self._careers.get(kind)
        if careers is None:
            careers = self._careers[kind] = CareerTemplates(
                self._seed, STEPS_IN[large], DEPARTMENTS_IN[hospital], self._departments,
                self._companies, self._renamed,
            )  # fmt: skip
        return careers

    def employments_before(self, job: Job, draw: Lanes) -> tuple[Job, ...]:
        """What somebody with these draws did before the job before, the latest first."""
        department = job.departments[0] if job.departments else "Other"
        return self.earlier.of(draw[CAREER_LANE] >> CAREER_SHIFT, department, STEPS[job.seniority.name])

    def draw(self, rest: bytes) -> Lanes:
        """What is drawn of an identity as it is hashed (see ``Employer.rest``)."""
        digest = self.key_hash.copy()
        digest.update(rest)
        return LANES(digest.digest())

    def make(
        self,
        key: PersonKey,
        draw: Lanes,
        id_: int,
        names: tuple[str, str],
        employer: Employer,
        place: Place,
        directory_number: int | None,
        handle: str,
        pinned: PinnedPerson | None = None,
    ) -> Person:
        """The person of an identity at a company.

        ``names`` are first and last name as shown; ``directory_number`` is None outside the directory, and
        such a person can always be reached somehow. What is ``pinned`` shapes what is drawn: skills and the
        job before follow the department.
        """
        number = draw[CAREER_LANE] >> CAREER_SHIFT
        career = employer.careers.take(number)
        if pinned is not None:
            department = pinned.departments[0] if pinned.departments else None
            career = employer.careers.build(number, department, pinned.seniority)
        emails = tuple(self._emails(key, career, employer, directory_number))
        lines = career.lines
        if not emails and not lines and directory_number is None:
            lines = career.spare
        numbers = phone_numbers(place, lines, draw, NUMBER_LANE)
        before = employer.before(career)
        profile = career.profile
        award = profile.award
        first, last = names
        back = self._back
        return Person(
            key,
            id_,
            first,
            last,
            f"{first} {last}".strip(),
            _job(pick(career.positions, draw[TITLE_LANE]), employer.employer),
            back[employer.start(career)],
            None if before is None else _job(*before),
            place,
            emails,
            tuple(
                [
                    Phone(number, line.kind, line.stamp < DAYS, back[line.stamp % DAYS])
                    for line, number in zip(lines, numbers, strict=True)
                ]
            ),
            handle,
            f"https://www.linkedin.com/in/{LINKEDIN_MARK}{handle}",
            f"https://x.com/mock_lusha_{ascii_form(key.name).replace('-', '_')}" if profile.on_x else None,
            profile.skills,
            profile.certifications,
            profile.courses,
            () if award is None else (Award(award[0], employer.employer[0], *award[1:]),),
            profile.tags,
            profile.followers,
            profile.connections,
            back[career.last_seen],
        )

    def _emails(
        self, key: PersonKey, career: CareerTemplate, employer: Employer, number: int | None
    ) -> Iterator[Email]:
        """Up to three mailboxes; each leads back to the person (see ``world.resolver``).

        A name that is too long has none.
        """
        local = local_part(key.name)
        if (career.works or (number is None and not career.reached)) and len(local) <= LONGEST_LOCAL:
            yield self._email("work", f"{local}@{employer.domain}", career.work)
        local = f"{local}+{employer.label}" if number is None else f"{local}{number}"
        if len(local) <= LONGEST_LOCAL:
            for host, stamp in career.private:
                yield self._email("private", f"{local}@{host}", stamp)

    def _email(self, kind: EmailKind, address: str, stamp: int) -> Email:
        return Email(address, kind, CONFIDENCES[kind][stamp // DAYS], self._back[stamp % DAYS])


def _job(position: Position, employer: tuple[str, str]) -> Job:
    return Job(position.title, position.departments, position.seniority, *employer)


def local_part(name: str) -> str:
    """The part of a mailbox before the @ that spells a folded name."""
    text = ascii_form(name)
    return text if text.startswith("xn--") else text.replace("-", ".")
