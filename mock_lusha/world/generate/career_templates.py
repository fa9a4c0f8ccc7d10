"""Career templates: what people have done and how they are reached, drawn by the thousand and shared by many.

A person's own draw says which career is theirs, where they live, their telephone numbers and their
id.
"""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from mock_lusha.seeded import SeededDraws, pick, some, tail
from mock_lusha.values import light, mutable
from mock_lusha.world.generate.positions import BEFORE, LADDER, STEPS
from mock_lusha.world.identity import PRIVATE_MAIL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.directory import DirectoryCompany
    from mock_lusha.world.entities import EmailKind, PhoneKind, Seniority
    from mock_lusha.world.generate.person_profiles import PersonProfile
    from mock_lusha.world.generate.positions import Department, Departments, Position

CAREER_SHIFT = 6
"""A lane of 16 bits without the last of them says which career it is."""
CAREERS = 65_536 >> CAREER_SHIFT
"""How many careers there are, in each kind of company."""
PHONE_KINDS: tuple[PhoneKind, ...] = ("mobile", "direct", "phone")
CONFIDENCES: Mapping[EmailKind, Sequence[str]] = {
    "work": ("A+", "A+", "A", "B"),
    "private": ("A", "B", "A+", "B"),
}
DAYS = 151
"""A mailbox or a telephone was seen from 0 up to so many days ago.

Its stamp is these days, and DAYS for each step further: through the CONFIDENCES of a mailbox, or for a
telephone from the one in seven that must not be called through the six others.
"""
MAIL_STAMPS, PHONE_STAMPS = 4 * DAYS, 7 * DAYS
LATEST, EARLIEST = 15, 3900
"""Days before today on which a job began at the latest; and how many further back at the most."""
UNKNOWN_WORK, PRIVATE, PHONES = 7_000, (33_000, 59_000), (9_000, 36_000, 57_000)
"""By lanes of 16 bits: up to where no mailbox at work is known, and from where on there is one private
mailbox, or one telephone, more.
"""
FIRST_JOB, PROMOTED = 54_000, 18_000
"""Beyond the one there was no job before, below the other it was one at the same company."""
_HIGHEST = len(LADDER) - 2


@light
class PhoneLine:
    """A telephone: its kind, and its stamp."""

    kind: PhoneKind
    mobile: bool
    stamp: int


@mutable
class CareerTemplate:
    """A career, as of today.

    ``positions`` are those that a person has one of. ``start`` is how many days ago the job began; ``before``
    the position before it, and ``employer`` name and domain of the company where that was (None: the same
    one). ``work`` is the stamp of a mailbox at work, and ``works`` says whether it is known; ``private`` are
    (host, stamp) of others. ``spare`` is the telephone of somebody who has to be reached and cannot be
    otherwise. ``last_seen`` is how many days ago anything of it was seen last. ``number`` is its own.
    """

    number: int
    positions: Sequence[Position]
    start: int
    before: Position | None
    employer: tuple[str, str] | None
    profile: PersonProfile
    work: int
    works: bool
    private: tuple[tuple[str, int], ...]
    lines: tuple[PhoneLine, ...]
    spare: tuple[PhoneLine, ...]
    last_seen: int

    @property
    def reached(self) -> bool:
        """Whether any mailbox or telephone is known."""
        return self.works or bool(self.private or self.lines)


class CareerTemplates:
    """The careers in one kind of company, each built when the first person has it.

    ``steps`` of the ladder and ``names`` of departments are there as often as they weigh. ``companies`` are
    those of the directory, and ``renamed`` what some of them are called instead, by domain. ``templates``
    are the careers by their numbers, None where nobody has one yet.
    """

    __slots__ = ("_companies", "_departments", "_draws", "_names", "_renamed", "_steps", "templates")

    def __init__(
        self,
        seed: str,
        steps: Sequence[int],
        names: Sequence[str],
        departments: Departments,
        companies: Sequence[DirectoryCompany],
        renamed: Mapping[str, str],
    ) -> None:
        self._draws = SeededDraws(seed, "life")
        self._steps = steps
        self._names = names
        self._departments = departments
        self._companies = companies
        self._renamed = renamed
        self.templates: list[CareerTemplate | None] = [None] * CAREERS

    def take(self, number: int) -> CareerTemplate:
        """The career of a number, which is built once."""
        career = self.templates[number]
        if career is None:
            career = self.templates[number] = self.build(number)
        return career

    def build(
        self, number: int, department: str | None = None, level: Seniority | None = None
    ) -> CareerTemplate:
        """The career of a number, built again: in a department, and at a level, where these are given."""
        draw = self._draws.lanes(tail(number))
        step = pick(self._steps, draw[0]) if level is None else STEPS[level.name]
        home = self._departments.get(department or pick(self._names, draw[1]))
        before, employer = self._before(home, step, draw)
        profile = home.shelf.take(draw[30])
        work = draw[8] * MAIL_STAMPS >> 16
        works = draw[10] > UNKNOWN_WORK
        private = _private(draw)
        lines = _lines(draw, bisect(PHONES, draw[16]))
        start = LATEST + (draw[3] * draw[3] * EARLIEST >> 32)
        stamps = [work, *[stamp for _, stamp in private], *[line.stamp for line in lines]]
        return CareerTemplate(
            number=number,
            positions=home.ladder[step],
            start=start,
            before=before,
            employer=employer,
            profile=profile,
            work=work,
            works=works,
            private=private,
            lines=lines,
            spare=lines or _lines(draw, 1),
            last_seen=min(start, profile.last_seen, *[stamp % DAYS for stamp in stamps]),
        )

    def _before(
        self, department: Department, step: int, draw: Lanes
    ) -> tuple[Position | None, tuple[str, str] | None]:
        """The job before: one step down at the same company (a promotion), or at any other company."""
        if draw[4] > FIRST_JOB:
            return None, None
        if draw[4] < PROMOTED and 0 < step < _HIGHEST:
            return pick(department.ladder[step - 1], draw[7]), None
        name, domain, _ = pick(self._companies, draw[6])
        titles = department.ladder[BEFORE[step][draw[5] & 1]]
        return pick(titles, draw[7]), (self._renamed.get(domain, name), domain)


def _private(draw: Lanes) -> tuple[tuple[str, int], ...]:
    """Up to two private mailboxes."""
    count = bisect(PRIVATE, draw[10])
    return tuple(
        [
            (PRIVATE_MAIL[(draw[11] + at) % len(PRIVATE_MAIL)], draw[12 + at] * MAIL_STAMPS >> 16)
            for at in range(count)
        ]
    )


def _lines(draw: Lanes, count: int) -> tuple[PhoneLine, ...]:
    kinds = some(PHONE_KINDS, count, draw[17])
    return tuple(
        [
            PhoneLine(kind, kind == "mobile", draw[24 + at] * PHONE_STAMPS >> 16)
            for at, kind in enumerate(kinds)
        ]
    )
