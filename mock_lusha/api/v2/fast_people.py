"""Made-up people as ``person_shapes.person_data`` shapes them, written from what is drawn of them.

A test holds both equal. What comes from their life, their home or their employer is written once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import orjson

from mock_lusha.api.v2.person_shapes import job_title, location, profile, tags
from mock_lusha.world.entities import Award
from mock_lusha.world.generate.career_templates import CONFIDENCES, DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mock_lusha.world.entities import EmailKind, Place
    from mock_lusha.world.fast.lookup import Stranger
    from mock_lusha.world.generate.career_templates import CareerTemplate, PhoneLine
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.person_profiles import PersonProfile
    from mock_lusha.world.generate.positions import Position

_NO_JOB = '{"company":{},"jobTitle":{}}'
_TEXT = "text"


class _Page(NamedTuple):
    """What people of one life have in common.

    ``mailboxes`` is a format for addresses, each twice: the one at work, and ``boxes`` times the beginning
    of the private ones; ``telephones`` is one for all numbers, twice; ``both`` is ``tags`` and these two in
    one. ``end`` begins with the job before, without its company where that was the same as now
    (``stayed``), and goes up to the company that gave an award (if there is one), ``rest`` on from there.
    """

    tags: str
    mailboxes: str
    boxes: int
    telephones: str
    both: str
    on_x: bool
    start: str
    stayed: bool
    end: bytes
    award: bool
    rest: bytes


def stranger_data(
    stranger: Stranger, sent: str, as_of: date, emails: bool, phones: bool
) -> tuple[bytes, ...]:
    """Somebody in pieces of JSON, with mailboxes and telephones or without; ``sent`` is theirs at work."""
    house, _, name, first, last, id_, place, position, life, numbers = stranger
    page: _Page = life.written or _page(life, as_of)
    labels, mailboxes, boxes, telephones, reached, on_x, start, stayed, end, award, rest = page
    company_id, employer, company, first_year = house.written or _house(house, as_of)
    addresses: tuple[str, ...] = (sent, sent)
    if boxes:
        private = f"{name.replace('-', '.')}+{house.label}"
        addresses = (
            (sent, private, sent, private) if boxes == 1 else (sent, private, private, sent, private, private)
        )
    if emails and phones:
        reached %= (*addresses, *numbers, *numbers)
    else:
        mailboxes = mailboxes % addresses if emails else ""
        telephones = telephones % (*numbers, *numbers) if phones else ""
        reached = f"{labels}{mailboxes}{telephones}"
    if life.start > house.age:
        start = first_year[life.start % 12]
    x = f'","xUrl":"https://x.com/mock_lusha_{name.replace("-", "_")}' if on_x else ""
    text = (
        f'{{"personId":{id_},"companyId":{company_id},"firstName":"{first}","lastName":"{last}","fullName":'
        f'"{first} {last}","contactTags":{reached}"location":'
        f"{place.written.get(_TEXT) or _place(place)}{position.written or _position(position)},"
        f'"socialLinks":{{"linkedin":"https://www.linkedin.com/in/mock-lusha-{name}--at--{house.label}{x}"}},'
        f'"jobStartDate":"{start}","previousJob":{employer if stayed else ""}'
    ).encode()
    return (text, end, company, rest) if award else (text, end)


def _day(as_of: date, days: int) -> str:
    return (as_of - timedelta(days)).isoformat()


def _house(house: Employer, as_of: date) -> tuple[str, str, bytes, list[str]]:
    """A company's id, the company of a job before, its name as JSON, and days in its first year."""
    name, domain = house.employer
    days = [_day(as_of, each) for each in house.first_year]
    made = house.written = (str(house.company.id), _company(name, domain), orjson.dumps(name), days)
    return made


def _place(place: Place) -> str:
    made = place.written[_TEXT] = location(place, live=True).decode()
    return made


def _position(position: Position) -> str:
    """A position as the property behind another one."""
    made: str = f',"jobTitle":{orjson.dumps(job_title(position)).decode()}'
    position.written = made
    return made


def _company(name: str, domain: str) -> str:
    """The company of a job before, which begins it."""
    return f'{{"company":{orjson.dumps({"name": name, "domain": domain}).decode()}'


def _page(life: CareerTemplate, as_of: date) -> _Page:
    before = _NO_JOB
    if life.before is not None:
        employer = "" if life.employer is None else _company(*life.employer)
        before = f"{employer}{life.before.written or _position(life.before)}}}"
    head, award, rest = _profile(life.profile)
    labels = orjson.dumps(tags(life.profile.tags)).decode() + ","
    mailboxes, telephones = _mailboxes(life, as_of), _telephones(life.lines, as_of)
    made = life.written = _Page(
        tags=labels,
        mailboxes=mailboxes,
        boxes=len(life.private),
        telephones=telephones,
        both=f"{labels}{mailboxes}{telephones}",
        on_x=life.profile.on_x,
        start=_day(as_of, life.start),
        stayed=life.before is not None and life.employer is None,
        end=f'{before},"updateDate":"{_day(as_of, life.seen)}",'.encode() + head,
        award=award,
        rest=rest,
    )
    return made


def _mailboxes(life: CareerTemplate, as_of: date) -> str:
    """A format of mailboxes: the one at work, which was sent, and the private ones."""
    work = CONFIDENCES["work"][life.work // DAYS], life.work % DAYS
    if not life.works and life.reached:
        work = "A", life.seen
    boxes: list[tuple[str, EmailKind, str, int]] = [("%s", "work", *work)]
    for host, stamp in life.private:
        boxes.append((f"%s@{host}", "private", CONFIDENCES["private"][stamp // DAYS], stamp % DAYS))
    shapes = [
        f'{{"email":"{address}","emailType":"{kind}","emailConfidence":"{confidence}",'
        f'"updateDate":"{_day(as_of, days)}"}}'
        for address, kind, confidence, days in boxes
    ]
    listed = ",".join([f'"{address}"' for address, *_ in boxes])
    return f'"emails":[{listed}],"emailAddresses":[{",".join(shapes)}],'


def _telephones(lines: Sequence[PhoneLine], as_of: date) -> str:
    """A format of telephones."""
    shapes = [
        f'{{"number":"%s","phoneType":"{line.kind}","doNotCall":{"true" if line.stamp < DAYS else "false"},'
        f'"updateDate":"{_day(as_of, line.stamp % DAYS)}"}}'
        for line in lines
    ]
    listed = ",".join(['"%s"'] * len(lines))
    return f'"phones":[{listed}],"phoneNumbers":[{",".join(shapes)}],'


def _profile(shared: PersonProfile) -> tuple[bytes, bool, bytes]:
    """A profile up to the name of the company that gave an award, whether there is one, and from there on."""
    if shared.written is None:
        awards = [] if shared.award is None else [Award(shared.award[0], "\0", *shared.award[1:])]
        head, _, rest = orjson.dumps(profile(shared, awards))[1:].partition(b'"\\u0000"')
        shared.written = head, shared.award is not None, rest
    made: tuple[bytes, bool, bytes] = shared.written
    return made
