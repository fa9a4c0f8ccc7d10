"""People, made from their identity and their employer."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from mock_lusha.keyed import Keyed, some
from mock_lusha.world.entities import Award, Email, Job, Person, Phone
from mock_lusha.world.identity import LINKEDIN_MARK, PRIVATE_MAIL, ascii_form
from mock_lusha.world.phones import phone_number
from mock_lusha.world.positions import BEFORE, LADDER, STEPS, Departments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.keyed import Lanes
    from mock_lusha.world.directory import Listed
    from mock_lusha.world.entities import EmailKind, PersonKey, PhoneKind, Place
    from mock_lusha.world.houses import House
    from mock_lusha.world.pins import PinnedPerson
    from mock_lusha.world.pools import Careers
    from mock_lusha.world.positions import Position
    from mock_lusha.world.profiles import Profile

    Traits = tuple[
        Position, int, Position | None, tuple[str, str],
        Sequence[tuple[str, EmailKind, int]], Sequence[tuple[str, PhoneKind, int]], Profile, int,
    ]  # fmt: skip
    """What is drawn of a person: position; days since it began; the position before, and name and domain of
    the company it was at; mailboxes (address, kind, stamp); telephones (number, kind, stamp); profile; and
    days since anything of them was seen.

    A stamp is the days since something was seen, and DAYS for each step further: through the CONFIDENCES of
    a mailbox, or for a telephone from the one kind in seven that must not be called through the six others.
    """

PHONE_KINDS: tuple[PhoneKind, ...] = ("mobile", "direct", "phone")
CONFIDENCES: Mapping[EmailKind, Sequence[str]] = {
    "work": ("A+", "A+", "A", "B"),
    "private": ("A", "B", "A+", "B"),
}
DAYS = 151
"""A mailbox or a telephone was seen from 0 up to so many days ago."""
MAIL_STAMPS, PHONE_STAMPS = 4 * DAYS, 7 * DAYS
LONGEST_LOCAL = 64
LATEST, EARLIEST = 15, 3900
"""Days before today on which a job began at the latest; and how many further back at the most."""
_JUST_SENT = 2 * DAYS
_HIGHEST = len(LADDER) - 2
_NOWHERE = ("", "")
_PRIVATE_MAIL = PRIVATE_MAIL[::-1]


def _calls(count: int, start: int, odd: int) -> tuple[tuple[int, PhoneKind, bool], ...]:
    lane = -(-start * 65_536 // len(PHONE_KINDS))
    kinds = some(PHONE_KINDS, count, lane + (lane + odd) % 2)
    return tuple([(at, kind, kind == "mobile") for at, kind in enumerate(kinds)])


_CALLS = tuple(
    tuple((_calls(count, start, 0), _calls(count, start, 1)) for start in range(len(PHONE_KINDS)))
    for count in range(len(PHONE_KINDS) + 1)
)
"""Which telephones there are (number, kind, whether it is a mobile), by how many they are, by the first, and by
whether the lane is odd."""


class People:
    """Makes the people of one seed and day.

    ``companies`` are those of the directory, and ``renamed`` what some of them are called instead, by domain.
    """

    def __init__(
        self,
        seed: str,
        as_of: date,
        careers: Careers,
        companies: Sequence[Listed],
        renamed: Mapping[str, str],
    ) -> None:
        self._today = as_of.toordinal()
        self._companies = companies
        self._renamed = renamed
        self.departments = Departments(seed, as_of.year, careers)
        self.draw = Keyed(seed, "person").lanes
        """The lanes of an identity as it is hashed (see ``House.rest``)."""

    @cached_property
    def _back(self) -> tuple[date, ...]:
        """Days by how many they are before today."""
        return tuple(map(date.fromordinal, range(self._today, self._today - LATEST - EARLIEST, -1)))

    def make(
        self,
        key: PersonKey,
        draw: Lanes,
        id_: int,
        names: tuple[str, str],
        house: House,
        place: Place,
        directory_number: int | None,
        handle: str,
        given: PinnedPerson | None = None,
    ) -> Person:
        """The person of an identity at a company.

        ``names`` are first and last name as shown; ``directory_number`` is None outside the directory. What
        is ``given`` shapes what is drawn: skills and the job before follow the department.
        """
        local = local_part(key.name)
        private = f"{local}+{house.label}" if directory_number is None else f"{local}{directory_number}"
        position, start, before, employer, mails, calls, profile, seen = self.traits(
            draw, house, place, local, private, directory_number is None, given=given
        )
        first, last = names
        back = self._back
        award = profile.award
        return Person(
            key,
            id_,
            first,
            last,
            f"{first} {last}".strip(),
            _job(position, house.employer),
            back[start],
            None if before is None else _job(before, employer),
            place,
            tuple(
                [Email(to, kind, CONFIDENCES[kind][at // DAYS], back[at % DAYS]) for to, kind, at in mails]
            ),
            tuple([Phone(number, kind, at < DAYS, back[at % DAYS]) for number, kind, at in calls]),
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
            back[seen],
        )

    def traits(  # noqa: C901, PLR0912, PLR0915 - one pass, in the hottest path
        self,
        draw: Lanes,
        house: House,
        place: Place,
        local: str,
        private: str,
        made_up: bool,
        sent: str | None = None,
        given: PinnedPerson | None = None,
    ) -> Traits:
        """What is drawn of somebody at a company.

        ``local`` begins their mailboxes at work, ``private`` the others; ``sent`` is the one at work as a
        caller wrote it. Who is ``made_up`` can always be reached somehow.
        """
        step = house.steps[draw[0] * len(house.steps) >> 16]
        department = house.departments[draw[1] * len(house.departments) >> 16]
        if given is not None:
            department = self.departments.named(given.departments[0]) if given.departments else department
            step = STEPS[given.seniority.name] if given.seniority else step
        ladder = department.ladder
        titles = ladder[step]
        position = titles[draw[2] * len(titles) >> 16]
        start = LATEST + (draw[3] * draw[3] * EARLIEST >> 32)
        if start > house.age:
            # Nobody began before there was a company; they came in its first year.
            start = max(self._today - date(house.founded, 1 + draw[3] % 12, 1).toordinal(), LATEST)

        # The job before: one step up in the same house (a promotion), or in any other.
        before, employer = None, _NOWHERE
        if draw[4] <= 54_000:
            if draw[4] < 18_000 and 0 < step < _HIGHEST:
                titles, employer = ladder[step - 1], house.employer
                before = titles[draw[7] * len(titles) >> 16]
            else:
                name, domain, _ = self._companies[draw[6] * len(self._companies) >> 16]
                if domain != house.domain:
                    employer = self._renamed.get(domain, name), domain
                    titles = ladder[BEFORE[step][draw[5] & 1]]
                    before = titles[draw[7] * len(titles) >> 16]

        profile = department.shelf.take(draw[30])
        seen = profile.seen
        if seen > start:
            seen = start
        mails: list[tuple[str, EmailKind, int]] = []
        works = len(local) <= LONGEST_LOCAL
        kind = draw[10]
        if kind > 7_000 and works:
            mails.append((sent or f"{local}@{house.domain}", "work", draw[8] * MAIL_STAMPS >> 16))
        if kind >= 33_000 and len(private) <= LONGEST_LOCAL:
            hosts = PRIVATE_MAIL if draw[11] & 1 else _PRIVATE_MAIL
            mails.append((f"{private}@{hosts[0]}", "private", draw[12] * MAIL_STAMPS >> 16))
            if kind >= 59_000:
                mails.append((f"{private}@{hosts[1]}", "private", draw[13] * MAIL_STAMPS >> 16))
        kind = draw[16]
        count = 0 if kind < 9_000 else 1 if kind < 36_000 else 2 if kind < 57_000 else 3
        if made_up and not mails and not count:
            if works:
                mails.append((sent or f"{local}@{house.domain}", "work", draw[8] * MAIL_STAMPS >> 16))
            else:
                count = 1
        calls: list[tuple[str, PhoneKind, int]] = []
        if count:
            for at, line, mobile in _CALLS[count][draw[17] * 3 >> 16][draw[17] & 1]:
                digits = draw[21 + at]
                number = phone_number(place, mobile, draw[18 + at], digits)
                while at and any(number == other[0] for other in calls):
                    digits += 1
                    number = phone_number(place, mobile, draw[18 + at], digits)
                stamp = draw[24 + at] * PHONE_STAMPS >> 16
                if (day := stamp % DAYS) < seen:
                    seen = day
                calls.append((number, line, stamp))
        for _, _, stamp in mails:
            if (day := stamp % DAYS) < seen:
                seen = day
        if sent is not None and (not mails or mails[0][1] != "work"):
            mails.insert(0, (sent, "work", _JUST_SENT + seen))
        return position, start, before, employer, mails, calls, profile, seen


def _job(position: Position, employer: tuple[str, str]) -> Job:
    return Job(position.title, position.departments, position.seniority, *employer)


def local_part(name: str) -> str:
    """The part of a mailbox before the @ that spells a folded name."""
    text = ascii_form(name)
    return text if text.startswith("xn--") else text.replace("-", ".")
