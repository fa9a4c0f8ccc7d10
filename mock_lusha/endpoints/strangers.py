"""Made-up people as ``person_v2.person_data`` shapes them for the wire, written from what is drawn of them.

A test holds both equal. Whatever many people share is written once.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from mock_lusha.endpoints.person_v2 import job_title, location, profile, tags
from mock_lusha.reply import written
from mock_lusha.world.entities import Award
from mock_lusha.world.people import CONFIDENCES, DAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from mock_lusha.world.entities import EmailKind, PhoneKind
    from mock_lusha.world.houses import House
    from mock_lusha.world.positions import Position
    from mock_lusha.world.profiles import Profile
    from mock_lusha.world.world import Stranger

_WORLDS, _EMPLOYERS = 32, 4096
_HOUSE = "stranger"
_NO_JOB = b'{"company":{},"jobTitle":{}}'
_NO_PHONES = '"phones":[],"phoneNumbers":[],'


class _Filled(dict[int, str]):
    """Texts by number, each made when it is first asked for; the numbers are few."""

    def __init__(self, make: Callable[[int], str]) -> None:
        self._make = make

    def __missing__(self, number: int) -> str:
        made = self[number] = self._make(number)
        return made


class Writer:
    """Writes the made-up people of a day."""

    def __init__(self, as_of: date) -> None:
        def day(days: int) -> str:
            return (as_of - timedelta(days)).isoformat()

        def mail(kind: EmailKind) -> _Filled:
            return _Filled(
                lambda stamp: (
                    f'","emailType":"{kind}","emailConfidence":"{CONFIDENCES[kind][stamp // DAYS]}",'
                    f'"updateDate":"{day(stamp % DAYS)}"}}'
                )
            )

        def call(kind: PhoneKind) -> _Filled:
            return _Filled(
                lambda stamp: (
                    f'","phoneType":"{kind}","doNotCall":{"true" if stamp < DAYS else "false"},'
                    f'"updateDate":"{day(stamp % DAYS)}"}}'
                )
            )

        self._days = _Filled(day)
        self._mails = {"work": mail("work"), "private": mail("private")}
        self._calls = {"mobile": call("mobile"), "direct": call("direct"), "phone": call("phone")}

    def data(self, house: House, stranger: Stranger, emails: bool, phones: bool) -> bytes:
        """Somebody as JSON, with or without mailboxes and telephones."""
        name, first, last, id_, place, traits = stranger
        position, start, before, employer, mails, calls, shared, seen = traits
        company_id, company = house.written.get(_HOUSE) or _house(house)
        labels, head, award, tail = shared.written or _profile(shared)
        days = self._days
        mailboxes = telephones = ""
        if emails:
            ends = self._mails
            to, kind, stamp = mails[0]
            listed, shapes = to, f"{to}{ends[kind][stamp]}"
            for to, kind, stamp in mails[1:]:
                listed = f'{listed}","{to}'
                shapes = f'{shapes},{{"email":"{to}{ends[kind][stamp]}'
            mailboxes = f'"emails":["{listed}"],"emailAddresses":[{{"email":"{shapes}],'
        if phones:
            telephones = _NO_PHONES
            if calls:
                number, line, stamp = calls[0]
                listed, shapes = number, f"{number}{self._calls[line][stamp]}"
                for number, line, stamp in calls[1:]:
                    listed = f'{listed}","{number}'
                    shapes = f'{shapes},{{"number":"{number}{self._calls[line][stamp]}'
                telephones = f'"phones":["{listed}"],"phoneNumbers":[{{"number":"{shapes}],'
        x = f'","xUrl":"https://x.com/mock_lusha_{name.replace("-", "_")}' if shared.on_x else ""
        parts = [
            f'{{"personId":{id_},"companyId":{company_id},"firstName":"{first}","lastName":"{last}",'
            f'"fullName":"{first} {last}","contactTags":{labels},{mailboxes}{telephones}"location":'.encode(),
            location(place, True),
            position.written or _position(position),
            f',"socialLinks":{{"linkedin":"https://www.linkedin.com/in/mock-lusha-{name}--at--{house.label}{x}"}},'
            f'"jobStartDate":"{days[start]}","previousJob":'.encode(),
        ]
        if before is None:
            parts.append(_NO_JOB)
        else:
            parts += (_employer(*employer), before.written or _position(before), b"}")
        parts += (f',"updateDate":"{days[seen]}",'.encode(), head)
        if award:
            parts += (company, tail)
        return b"".join(parts)


def _house(house: House) -> tuple[int, bytes]:
    """A company's id, and its name as JSON."""
    made = house.written[_HOUSE] = (house.company.id, orjson.dumps(house.company.name))
    return made


def _profile(shared: Profile) -> tuple[str, bytes, bool, bytes]:
    """A profile's tags, and the properties before and after the name of the company that gave an award."""
    award = shared.award
    awards = [Award(award[0], "\0", *award[1:])] if award else []
    head, _, tail = written(profile(shared, awards))[1:].partition(b'"\\u0000"')
    made = shared.written = (orjson.dumps(tags(shared.tags)).decode(), head, award is not None, tail)
    return made


def _position(position: Position) -> bytes:
    """A position, as the job title behind another property."""
    made = position.written = b',"jobTitle":%b' % orjson.dumps(job_title(position))
    return made


@lru_cache(maxsize=_EMPLOYERS)
def _employer(name: str, domain: str) -> bytes:
    """The beginning of a job before, up to its title."""
    return b'{"company":%b' % orjson.dumps({"name": name, "domain": domain})


@lru_cache(maxsize=_WORLDS)
def writer(as_of: date) -> Writer:
    """Who writes the people of a day."""
    return Writer(as_of)
