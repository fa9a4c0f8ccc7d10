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

_WORLDS = 32
_EMPLOYERS = 4096
_HOUSE = "stranger"
_PERSON = (
    b'{"personId":%d,"companyId":%d,"firstName":"%b","lastName":"%b","fullName":"%b %b","contactTags":%b,%b'
    b'"location":%b,"jobTitle":%b,"socialLinks":{"linkedin":"https://www.linkedin.com/in/mock-lusha-'
    b'%b--at--%b%b"},"jobStartDate":"%b","previousJob":%b,"updateDate":"%b",%b%b%b}'
)
_NO_JOB = b'{"company":{},"jobTitle":{}}'
_NO_PHONES = b'"phones":[],"phoneNumbers":[],'


class _Filled(dict[int, bytes]):
    """Texts by number, each made when it is first asked for; the numbers are few."""

    def __init__(self, make: Callable[[int], bytes]) -> None:
        self._make = make

    def __missing__(self, number: int) -> bytes:
        made = self[number] = self._make(number)
        return made


class Writer:
    """Writes the made-up people of a day."""

    def __init__(self, as_of: date) -> None:
        def day(days: int) -> bytes:
            return (as_of - timedelta(days)).isoformat().encode()

        def mail(kind: EmailKind) -> _Filled:
            confidences = CONFIDENCES[kind]
            return _Filled(
                lambda stamp: (
                    b'","emailType":"%b","emailConfidence":"%b","updateDate":"%b"}'
                    % (kind.encode(), confidences[stamp // DAYS].encode(), day(stamp % DAYS))
                )
            )

        def call(kind: PhoneKind) -> _Filled:
            return _Filled(
                lambda stamp: (
                    b'","phoneType":"%b","doNotCall":%b,"updateDate":"%b"}'
                    % (kind.encode(), b"true" if stamp < DAYS else b"false", day(stamp % DAYS))
                )
            )

        self._days = _Filled(day)
        self._mails = {"work": mail("work"), "private": mail("private")}
        self._calls = {"mobile": call("mobile"), "direct": call("direct"), "phone": call("phone")}

    def data(self, house: House, stranger: Stranger, *, emails: bool, phones: bool) -> bytes:
        """Somebody as JSON, with or without mailboxes and telephones."""
        name, first, last, id_, place, traits = stranger
        position, start, before, employer, mails, calls, shared, seen = traits
        company_id, label, company = house.written.get(_HOUSE) or _house(house)
        labels, head, award, tail = shared.written or _profile(shared)
        reached = b""
        if emails:
            ends = self._mails
            if len(mails) == 1:
                ((to, kind, stamp),) = mails
                text = to.encode()
                reached = b'"emails":["%b"],"emailAddresses":[{"email":"%b%b],' % (
                    text, text, ends[kind][stamp],
                )  # fmt: skip
            else:
                reached = b'"emails":["%b"],"emailAddresses":[%b],' % (
                    b'","'.join([to.encode() for to, _, _ in mails]),
                    b",".join([b'{"email":"%b%b' % (to.encode(), ends[kind][at]) for to, kind, at in mails]),
                )
        if phones:
            ends = self._calls
            reached += (
                b'"phones":["%b"],"phoneNumbers":[%b],'
                % (
                    b'","'.join([number.encode() for number, _, _ in calls]),
                    b",".join([b'{"number":"%b%b' % (n.encode(), ends[kind][at]) for n, kind, at in calls]),
                )
                if calls
                else _NO_PHONES
            )
        spelled = name.encode()
        return _PERSON % (
            id_,
            company_id,
            first.encode(),
            last.encode(),
            first.encode(),
            last.encode(),
            labels,
            reached,
            location(place, live=True),
            position.written or _position(position),
            spelled,
            label,
            b'","xUrl":"https://x.com/mock_lusha_' + spelled.replace(b"-", b"_") if shared.on_x else b"",
            self._days[start],
            _NO_JOB if before is None else _before(employer, before),
            self._days[seen],
            head,
            company if award else b"",
            tail,
        )


def _house(house: House) -> tuple[int, bytes, bytes]:
    """A company's id, its label in handles, and its name as JSON."""
    made = house.written[_HOUSE] = (house.company.id, house.label.encode(), orjson.dumps(house.company.name))
    return made


def _profile(shared: Profile) -> tuple[bytes, bytes, bool, bytes]:
    """A profile's tags, and the properties before and after the name of the company that gave an award."""
    award = shared.award
    awards = [Award(award[0], "\0", *award[1:])] if award else []
    head, _, tail = written(profile(shared, awards))[1:-1].partition(b'"\\u0000"')
    made = shared.written = (written(tags(shared.tags)), head, award is not None, tail)
    return made


def _position(position: Position) -> bytes:
    made: bytes = written(job_title(position))
    position.written = made
    return made


def _before(employer: tuple[str, str], position: Position) -> bytes:
    return b'{"company":%b,"jobTitle":%b}' % (_employer(employer), position.written or _position(position))


@lru_cache(maxsize=_EMPLOYERS)
def _employer(employer: tuple[str, str]) -> bytes:
    name, domain = employer
    return written({"name": name, "domain": domain})


@lru_cache(maxsize=_WORLDS)
def writer(as_of: date) -> Writer:
    """Who writes the people of a day."""
    return Writer(as_of)
