"""Made-up people as ``person_shapes.person_data`` shapes them, written from what is drawn of them.

Its readable twin is ``person_shapes.person_data``, to which a test holds it equal; ``world/fast/README.md``
tells what it bought. What comes from their career, their home or their employer is written once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from mock_lusha.api.v2.fragments import CareerText
from mock_lusha.api.v2.person_shapes import job_title, location, profile, tags
from mock_lusha.world.entities import Award
from mock_lusha.world.generate.career_templates import CONFIDENCES, DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mock_lusha.api.v2.fragments import EmployerText, Fragments
    from mock_lusha.world.entities import EmailKind, Place
    from mock_lusha.world.fast.lookup import Stranger
    from mock_lusha.world.generate.career_templates import CareerTemplate, PhoneLine
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.person_profiles import PersonProfile
    from mock_lusha.world.generate.positions import Position

_NO_JOB = '{"company":{},"jobTitle":{}}'


def stranger_data(
    fragments: Fragments, stranger: Stranger, address: str, as_of: date, emails: bool, phones: bool
) -> tuple[bytes, ...]:
    """Somebody in pieces of JSON, with mailboxes and telephones or without; ``address`` is theirs at work."""
    employer, _, name, first, last, id_, place, position, career, numbers = stranger
    # Looked up by hand: a call of ``IdentityCache.get`` for each would take a tenth of the whole.
    career_entry = fragments.careers.entries.get(id(career))
    career_text = _career(fragments, career, as_of) if career_entry is None else career_entry[1]
    labels, mailboxes, boxes, telephones, details, on_x, start, same_employer, end, award, rest = career_text
    employer_entry = fragments.employers.entries.get(id(employer))
    employer_text = _employer(fragments, employer) if employer_entry is None else employer_entry[1]
    company_id, employer_json, company = employer_text
    place_entry = fragments.place_texts.entries.get(id(place))
    place_text = _place(fragments, place) if place_entry is None else place_entry[1]
    position_entry = fragments.positions.entries.get(id(position))
    position_text = _position(fragments, position) if position_entry is None else position_entry[1]
    # Each address stands twice in the answer: in the list, and in the object beside it.
    addresses: tuple[str, ...] = (address, address)
    if boxes:
        private = f"{name.replace('-', '.')}+{employer.label}"
        addresses = (
            (address, private, address, private)
            if boxes == 1
            else (address, private, private, address, private, private)
        )
    if emails and phones:
        # Formats that all people of one career share: JSON is not serialised a second time.
        details %= (*addresses, *numbers, *numbers)
    else:
        mailboxes = mailboxes % addresses if emails else ""
        telephones = telephones % (*numbers, *numbers) if phones else ""
        details = f"{labels}{mailboxes}{telephones}"
    if career.start > employer.age:
        start = _day(as_of, employer.start(career))
    x = f'","xUrl":"https://x.com/mock_lusha_{name.replace("-", "_")}' if on_x else ""
    text = (
        f'{{"personId":{id_},"companyId":{company_id},"firstName":"{first}","lastName":"{last}","fullName":'
        f'"{first} {last}","contactTags":{details}"location":'
        f"{place_text}{position_text},"
        f'"socialLinks":{{"linkedin":"https://www.linkedin.com/in/mock-lusha-{name}--at--{employer.label}{x}"}},'
        f'"jobStartDate":"{start}","previousJob":{employer_json if same_employer else ""}'
    ).encode()
    # In pieces, which the whole answer joins once: no person is copied twice.
    return (text, end, company, rest) if award else (text, end)


def _day(as_of: date, days: int) -> str:
    return (as_of - timedelta(days)).isoformat()


def _employer(fragments: Fragments, employer: Employer) -> EmployerText:
    name, domain = employer.employer
    text = str(employer.company.id), _company(name, domain), orjson.dumps(name)
    return fragments.employers.put(employer, text)


def _place(fragments: Fragments, place: Place) -> str:
    return fragments.place_texts.put(place, location(fragments, place, live=True).decode())


def _position(fragments: Fragments, position: Position) -> str:
    """A position as the property behind another one."""
    return fragments.positions.put(position, f',"jobTitle":{orjson.dumps(job_title(position)).decode()}')


def _company(name: str, domain: str) -> str:
    """The company of a job before, which begins it."""
    return f'{{"company":{orjson.dumps({"name": name, "domain": domain}).decode()}'


def _career(fragments: Fragments, career: CareerTemplate, as_of: date) -> CareerText:
    before = _NO_JOB
    if career.before is not None:
        employer = "" if career.employer is None else _company(*career.employer)
        before = (
            f"{employer}{fragments.positions.get(career.before) or _position(fragments, career.before)}}}"
        )
    head, award, rest = _profile(fragments, career.profile)
    labels = orjson.dumps(tags(career.profile.tags)).decode() + ","
    mailboxes, telephones = _mailboxes(career, as_of), _telephones(career.lines, as_of)
    text = CareerText(
        tags=labels,
        mailboxes=mailboxes,
        boxes=len(career.private),
        telephones=telephones,
        both=f"{labels}{mailboxes}{telephones}",
        on_x=career.profile.on_x,
        start=_day(as_of, career.start),
        same_employer=career.before is not None and career.employer is None,
        end=f'{before},"updateDate":"{_day(as_of, career.last_seen)}",'.encode() + head,
        award=award,
        rest=rest,
    )
    return fragments.careers.put(career, text)


def _mailboxes(career: CareerTemplate, as_of: date) -> str:
    """A format of mailboxes: the one at work, which was sent, and the private ones."""
    work = CONFIDENCES["work"][career.work // DAYS], career.work % DAYS
    if not career.works and career.reached:
        work = "A", career.last_seen
    boxes: list[tuple[str, EmailKind, str, int]] = [("%s", "work", *work)]
    for host, stamp in career.private:
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


def _profile(fragments: Fragments, person_profile: PersonProfile) -> tuple[bytes, bool, bytes]:
    """A profile up to the name of the company that gave an award, whether there is one, and from there on."""
    text = fragments.profiles.get(person_profile)
    if text is not None:
        return text
    awards = (
        []
        if person_profile.award is None
        else [Award(person_profile.award[0], "\0", *person_profile.award[1:])]
    )
    head, _, rest = orjson.dumps(profile(person_profile, awards))[1:].partition(b'"\\u0000"')
    return fragments.profiles.put(person_profile, (head, person_profile.award is not None, rest))
