"""People, made from their identity, their life and their employer."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from struct import Struct
from typing import TYPE_CHECKING

from mock_lusha.seeded import begun, pick
from mock_lusha.world.entities import Award, Email, Job, Person, Phone
from mock_lusha.world.generate.career_templates import (
    CONFIDENCES,
    DAYS,
    EARLIEST,
    LATEST,
    LIFE_SHIFT,
    CareerTemplates,
)
from mock_lusha.world.generate.phones import phone_numbers
from mock_lusha.world.generate.positions import DEPARTMENTS_IN, STEPS_IN, Departments, kind_of
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
LIFE_LANE, HOME_LANE, TITLE_LANE, ID_LANE, NUMBER_LANE = range(5)
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
        self._lives: dict[tuple[bool, bool], CareerTemplates] = {}
        self.begun = begun(seed, "person", size=DIGEST)
        """The hash of the beginning of people's keys; of a copy of it, with the rest, LANES are drawn."""

    @cached_property
    def _back(self) -> tuple[date, ...]:
        """Days by how many they are before today."""
        return tuple(map(date.fromordinal, range(self._today, self._today - LATEST - EARLIEST, -1)))

    def lives(self, company: Company) -> CareerTemplates:
        """The lives of those who work at a company of its kind."""
        kind = large, hospital = kind_of(company)
        found = self._lives.get(kind)
        if found is None:
            found = self._lives[kind] = CareerTemplates(
                self._seed, STEPS_IN[large], DEPARTMENTS_IN[hospital], self._departments,
                self._companies, self._renamed,
            )  # fmt: skip
        return found

    def draw(self, rest: bytes) -> Lanes:
        """What is drawn of an identity as it is hashed (see ``Employer.rest``)."""
        made = self.begun.copy()
        made.update(rest)
        return LANES(made.digest())

    def make(
        self,
        key: PersonKey,
        draw: Lanes,
        id_: int,
        names: tuple[str, str],
        house: Employer,
        place: Place,
        directory_number: int | None,
        handle: str,
        given: PinnedPerson | None = None,
    ) -> Person:
        """The person of an identity at a company.

        ``names`` are first and last name as shown; ``directory_number`` is None outside the directory, and
        such a person can always be reached somehow. What is ``given`` shapes what is drawn: skills and the
        job before follow the department.
        """
        number = draw[LIFE_LANE] >> LIFE_SHIFT
        life = house.lives.take(number)
        if given is not None:
            department = given.departments[0] if given.departments else None
            life = house.lives.drawn(number, department, given.seniority)
        emails = tuple(self._emails(key, life, house, directory_number))
        lines = life.lines
        if not emails and not lines and directory_number is None:
            lines = life.spare
        numbers = phone_numbers(place, lines, draw, NUMBER_LANE)
        before = house.before(life)
        profile = life.profile
        award = profile.award
        first, last = names
        back = self._back
        return Person(
            key,
            id_,
            first,
            last,
            f"{first} {last}".strip(),
            _job(pick(life.positions, draw[TITLE_LANE]), house.employer),
            back[house.start(life)],
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
            () if award is None else (Award(award[0], house.employer[0], *award[1:]),),
            profile.tags,
            profile.followers,
            profile.connections,
            back[life.seen],
        )

    def _emails(
        self, key: PersonKey, life: CareerTemplate, house: Employer, number: int | None
    ) -> Iterator[Email]:
        """Up to three mailboxes; each leads back to the person (see ``world.resolver``).

        A name that is too long has none.
        """
        local = local_part(key.name)
        if (life.works or (number is None and not life.reached)) and len(local) <= LONGEST_LOCAL:
            yield self._email("work", f"{local}@{house.domain}", life.work)
        local = f"{local}+{house.label}" if number is None else f"{local}{number}"
        if len(local) <= LONGEST_LOCAL:
            for host, stamp in life.private:
                yield self._email("private", f"{local}@{host}", stamp)

    def _email(self, kind: EmailKind, address: str, stamp: int) -> Email:
        return Email(address, kind, CONFIDENCES[kind][stamp // DAYS], self._back[stamp % DAYS])


def _job(position: Position, employer: tuple[str, str]) -> Job:
    return Job(position.title, position.departments, position.seniority, *employer)


def local_part(name: str) -> str:
    """The part of a mailbox before the @ that spells a folded name."""
    text = ascii_form(name)
    return text if text.startswith("xn--") else text.replace("-", ".")
