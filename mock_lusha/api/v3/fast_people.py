"""Made-up people as ``person_shapes.contact_enriched`` shapes them, written from what is drawn of them.

A test holds both equal; ``world/fast/README.md`` tells what it bought. What comes from their career, their
home or their employer is written once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from mock_lusha.api.v3.fragments import CareerText, DetailsText
from mock_lusha.api.v3.person_shapes import (
    PHONE_KINDS,
    SOURCE,
    employment,
    job_title,
    location,
    missing_details,
    tags,
)
from mock_lusha.api.v3.reveal_texts import holdings
from mock_lusha.services.billing import EMAIL, PHONE
from mock_lusha.world.generate.career_templates import CONFIDENCES, DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mock_lusha.api.v3.fragments import Fragments
    from mock_lusha.api.v3.reveal_input import RevealRequest
    from mock_lusha.services.reveal_quotes import RevealQuote
    from mock_lusha.world.entities import EmailKind, Place
    from mock_lusha.world.fast.lookup import Stranger
    from mock_lusha.world.generate.career_templates import CareerTemplate, PhoneLine
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.positions import Position
    from mock_lusha.world.world import World

_START = ',"startDate":"'


class StrangerTexts(NamedTuple):
    """Strangers in JSON, each without the brace at the end; the kinds of details of each that are paid for,
    as bits; and whether one that was named is not there of somebody."""

    texts: list[bytes]
    bits: list[int]
    is_partial: bool


def stranger_texts(
    fragments: Fragments,
    world: World,
    strangers: Iterable[tuple[Stranger, str, str, str]],
    companies: Mapping[Any, str],
    reveal: RevealRequest,
) -> StrangerTexts:
    """Strangers with the kinds of details that are asked for. Each has what their text begins with, their id,
    and their mailbox at work as it was sent.

    ``companies`` has their companies, as JSON, by host and employer.
    """
    # Looked up by hand: a call of ``IdentityCache.get`` for each would take a tenth of the whole.
    careers, positions = fragments.careers.entries, fragments.positions.entries
    places, employers = fragments.places.entries, fragments.employers.entries
    emails, phones, named = reveal
    asked_for = f"{emails:d}{phones:d}{named:d}"
    company = company_host = company_employer = None
    texts: list[bytes] = []
    all_bits: list[int] = []
    is_partial = False
    for stranger, mark, id_, address in strangers:
        employer, host, name, first, last, _, place, position, career, numbers = stranger
        career_entry = careers.get(id(career))
        career_text = _career(fragments, world, career) if career_entry is None else career_entry[1]
        on_x, start, middle, at_employer, jobs, end, details_by = career_text
        key = asked_for + place.country_code
        details = details_by.get(key)
        if details is None:
            details = details_by[key] = _details(career, world.as_of, reveal, place.country_code)
        form, bits, missing = details
        place_entry = places.get(id(place))
        place_text = _place(fragments, place) if place_entry is None else place_entry[1]
        position_entry = positions.get(id(position))
        position_text = _position(fragments, position) if position_entry is None else position_entry[1]
        if employer is not company_employer or host != company_host:
            company_employer, company_host = employer, host
            company = companies[host, employer.domain]
        words: Sequence[str] = numbers if phones else ()
        if emails:
            if career.private:
                private = f"{name.replace('-', '.')}+{employer.label}"
                words = (
                    (address, private, *words)
                    if len(career.private) == 1
                    else (address, private, private, *words)
                )
            else:
                words = (address, *words)
        if career.start > employer.age:
            start = _day(world.as_of, employer.start(career))
        if at_employer:
            employer_entry = employers.get(id(employer))
            own = _employer(fragments, employer) if employer_entry is None else employer_entry[1]
            jobs = f'[{{"company":{own}{jobs}'
        elif career.employer is not None and career.employer[1] == employer.domain:
            jobs = "[]"
        x = f'","xUrl":"https://x.com/mock_lusha_{name.replace("-", "_")}' if on_x else ""
        # Each on its own: letters beyond ASCII in one of them cost the others nothing.
        texts.append(
            (
                f'{{{mark}"id":"{id_}",{form % tuple(words)}"firstName":"{first}","lastName":"{last}",'
                f'"fullName":"{first} {last}",{position_text}{start}"}},"company":{company},'
                f'"location":{place_text},'
                f'"socialLinks":{{"linkedin":"https://www.linkedin.com/in/mock-lusha-{name}--at--{employer.label}{x}"}},'
                f"{middle}{jobs}{end}{missing}"
            ).encode()
        )
        all_bits.append(bits)
        is_partial = is_partial or missing != ""
    return StrangerTexts(texts, all_bits, is_partial)


def stranger_preview(
    fragments: Fragments, stranger: Stranger, id_: str, companies: Mapping[Any, str], quote: RevealQuote
) -> str:
    """A preview of somebody in JSON, as ``person_shapes.contact_preview`` shapes it, without the brace at its
    beginning; ``quote`` is what revealing them costs."""
    employer, host, name, first, last, _, place, position, career, _ = stranger
    entry = fragments.positions.entries.get(id(position))
    job = (_position(fragments, position) if entry is None else entry[1]).removesuffix(_START)
    before = career.before is not None and (career.employer is None or career.employer[1] != employer.domain)
    return (
        f'"id":"{id_}","firstName":"{first}","lastName":"{last}",{job}}},'
        f'"company":{companies[host, employer.domain]},"location":{fragments.town(place)},'
        f'"socialLinks":{{"linkedin":"https://www.linkedin.com/in/mock-lusha-{name}--at--{employer.label}"}},'
        f"{holdings(quote, has_previous=before)}}}"
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _day(as_of: date, days: int) -> str:
    return (as_of - timedelta(days)).isoformat()


def _employer(fragments: Fragments, employer: Employer) -> str:
    """A company as that of a job before."""
    name, domain = employer.employer
    return fragments.employers.put(employer, _json({"name": name, "domain": domain}))


def _place(fragments: Fragments, place: Place) -> str:
    return fragments.places.put(place, _json(location(place, live=True)))


def _position(fragments: Fragments, position: Position) -> str:
    """A position as the property of a job, up to the day when it began."""
    text = f'"jobTitle":{_json(job_title(position))[:-1]}{_START}'
    return fragments.positions.put(position, text)


def _career(fragments: Fragments, world: World, career: CareerTemplate) -> CareerText:
    profile, before = career.profile, career.before
    earlier = []
    if before is not None:
        department = before.departments[0]
        earlier = [
            _json(employment(job)) for job in world.maker.earlier.of(career.number, department, before.step)
        ]
    jobs = "[]"
    if before is not None:
        title = f',"jobTitle":{_json(job_title(before))}}}'
        rest = "".join([f",{job}" for job in earlier]) + "]"
        jobs = title + rest
        if career.employer is not None:
            name, domain = career.employer
            jobs = f'[{{"company":{_json({"name": name, "domain": domain})}{jobs}'
    middle = {
        "linkedinConnections": profile.connections,
        "linkedinFollowers": profile.followers,
        "partialProfile": False,
        "tags": tags(profile.tags),
    }
    text = CareerText(
        on_x=profile.on_x,
        start=_day(world.as_of, career.start),
        middle=f'{_json(middle)[1:-1]},"previousEmployment":',
        at_employer=before is not None and career.employer is None,
        jobs=jobs,
        end=f',"updateDate":"{_day(world.as_of, career.last_seen)}","dataSource":"{SOURCE}"',
        details={},
    )
    return fragments.careers.put(career, text)


def _details(career: CareerTemplate, as_of: date, reveal: RevealRequest, country: str) -> DetailsText:
    boxes = _mailboxes(career, as_of) if reveal.emails else []
    lines = _telephones(career.lines, as_of, country) if reveal.phones else []
    text = f'"emails":[{",".join(boxes)}],' if boxes or not reveal.named else ""
    text += f'"phones":[{",".join(lines)}],' if lines or not reveal.named else ""
    missing = [
        kind
        for kind, is_named, held in (("email", reveal.emails, boxes), ("phone", reveal.phones, lines))
        if reveal.named and is_named and not held
    ]
    end = f',"missingDataPoints":{_json(missing_details(missing))}' if missing else ""
    return DetailsText(text, (EMAIL if boxes else 0) | (PHONE if lines else 0), end)


def _mailboxes(career: CareerTemplate, as_of: date) -> list[str]:
    """Formats of mailboxes: the one at work, which was sent, and the private ones."""
    work = CONFIDENCES["work"][career.work // DAYS], career.work % DAYS
    if not career.works and career.reached:
        work = "A", career.last_seen
    boxes: list[tuple[str, EmailKind, str, int]] = [("%s", "work", *work)]
    for host, stamp in career.private:
        boxes.append((f"%s@{host}", "private", CONFIDENCES["private"][stamp // DAYS], stamp % DAYS))
    return [
        f'{{"email":"{form}","type":"{kind}","confidence":"{confidence}",'
        f'"updateDate":"{_day(as_of, days)}","dataSource":"{SOURCE}"}}'
        for form, kind, confidence, days in boxes
    ]


def _telephones(lines: Sequence[PhoneLine], as_of: date, country: str) -> list[str]:
    """Formats of telephones in a country."""
    return [
        f'{{"number":"%s","type":"{PHONE_KINDS[line.kind]}","doNotCall":'
        f"{'true' if line.stamp < DAYS else 'false'},"
        f'"updateDate":"{_day(as_of, line.stamp % DAYS)}","countryIso2":"{country}","dataSource":"{SOURCE}"}}'
        for line in lines
    ]
