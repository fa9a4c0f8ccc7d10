"""Rows of prospecting in JSON, written from columns: people are not made for it.

They say what ``prospect_shapes`` says; a test holds both equal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.api.reply import json_text
from mock_lusha.api.shape import known
from mock_lusha.api.v3.company_shapes import company_preview
from mock_lusha.api.v3.ids import entity_id, entity_ids
from mock_lusha.api.v3.reveal_texts import holdings
from mock_lusha.caching import GenerationalMap
from mock_lusha.services.reveal_quotes import reveal_quotes
from mock_lusha.world.fast.columns import NO_MOVE, bit_of
from mock_lusha.world.pools import SENIORITIES
from mock_lusha.world.search.person_rows import person_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.person_rows import PersonRow

_EMAIL, _PHONE = bit_of("email"), bit_of("phone")
_LEVELS = {level.id: level.name for level in SENIORITIES}
_LEVEL_BITS, _DEPARTMENT_BITS = 8, 16
_KEPT = 1_024
"""People of a dialect who are kept at the least, a kilobyte each."""


class ListedPerson(NamedTuple):
    """Somebody of the directory, as far as rows need them: ``company`` is a row of the index; ``move`` and
    ``start`` are as in columns. ``before`` and ``behind`` are what rows say around the id of the company, the
    same to all accounts."""

    id: int
    company: int
    company_id: int
    has_emails: bool
    has_phones: bool
    move: int
    start: int
    before: str
    behind: str

    @property
    def detail(self) -> tuple[int, bool, bool]:
        """What ``reveal_quotes`` asks."""
        return self.id, self.has_emails, self.has_phones


class ListedPeople:
    """People of the directory that rows showed of late, by dialect and row of the index."""

    def __init__(self) -> None:
        self._people: dict[str, GenerationalMap[int, ListedPerson]] = {}

    def get(self, index: SearchIndex, rows: Sequence[int], dialect: str) -> list[ListedPerson]:
        """Who is in rows; those who are not kept are read from the columns in one go."""
        kept = self._people.get(dialect)
        if kept is None:
            kept = self._people[dialect] = GenerationalMap(_KEPT)
        people = list(map(kept.get, rows))
        if None in people:
            missing = [row for row, person in zip(rows, people, strict=True) if person is None]
            fresh = dict(zip(missing, _listed_people(index, missing, dialect), strict=True))
            kept.update(fresh)
            people = [
                fresh[row] if person is None else person for row, person in zip(rows, people, strict=True)
            ]
        return people  # type: ignore[return-value] # nobody is missing any more


def _listed_people(index: SearchIndex, rows: Sequence[int], dialect: str) -> list[ListedPerson]:
    job, employer = (_live_job, _live_employer) if dialect == "live" else (_job, _employer)
    # Jobs, places and employers are shared by many: each is written once, and kept by its number.
    job_text, place_text = index.remembering(job), index.remembering(_place)
    employer_of = index.remembering(employer)
    people = []
    for person in person_rows(index, rows):
        company = employer_of(person.company)
        people.append(
            ListedPerson(
                person.id,
                person.company,
                company.id,
                person.points & _EMAIL != 0,
                person.points & _PHONE != 0,
                person.move,
                person.start,
                f'"firstName":{json_text(person.first_name)},"lastName":{json_text(person.last_name)},'
                f'"jobTitle":{job_text(_job_number(person))},"company":{{"id":"',
                f'",{company.text}}},"location":{place_text(person.place)},'
                f'"socialLinks":{{"linkedin":"{person.linkedin_url}"}},',
            )
        )
    return people


def contact_rows(account: Account, people: Sequence[ListedPerson], signals: Sequence[str]) -> list[str]:
    """People as prospecting shows them; ``signals`` is what is written of the signals of each, or ''."""
    return [
        f'{{"id":"{id_}",{person.before}{company_id}{person.behind}'
        f"{holdings(quote, has_previous=person.move != NO_MOVE)}{signal}}}"
        for person, id_, company_id, quote, signal in zip(
            people,
            entity_ids(account, "contact", [person.id for person in people]),
            entity_ids(account, "company", [person.company_id for person in people]),
            reveal_quotes(account, [person.detail for person in people]),
            signals,
            strict=True,
        )
    ]


def _job_number(person: PersonRow) -> int:
    """Title, departments and level of a person in one number."""
    return (person.title << _DEPARTMENT_BITS | person.departments) << _LEVEL_BITS | person.level


def _job(index: SearchIndex, number: int) -> str:
    return _job_text(index, number, is_lower=False)


def _live_job(index: SearchIndex, number: int) -> str:
    return _job_text(index, number, is_lower=True)


def _job_text(index: SearchIndex, number: int, *, is_lower: bool) -> str:
    level = _LEVELS[number & (1 << _LEVEL_BITS) - 1]
    bits = number >> _LEVEL_BITS & (1 << _DEPARTMENT_BITS) - 1
    names = index.search_world.departments
    return json_text(
        {
            "title": index.columns.titles.shown[number >> _LEVEL_BITS + _DEPARTMENT_BITS],
            "departments": [name for at, name in enumerate(names) if bits >> at & 1],
            "seniority": level if is_lower else level.title(),
        }
    )


def _place(index: SearchIndex, number: int) -> str:
    place = index.search_world.places.places[number]
    return json_text(known(country=place.country, state=place.state, city=place.city))


class _Employer(NamedTuple):
    """The number of a company, and what rows of people say of it behind its id."""

    id: int
    text: str


def _employer(index: SearchIndex, row: int) -> _Employer:
    id_, name, domain = index.employer(row)
    return _Employer(id_, json_text({"name": name, "domain": f"www.{domain}"})[1:-1])


def _live_employer(index: SearchIndex, row: int) -> _Employer:
    id_, name, domain = index.employer(row)
    return _Employer(id_, json_text({"name": name, "domain": domain})[1:-1])


class ListedCompany:
    """A company of the index. What rows say of it behind its id is the same to all accounts, and kept."""

    def __init__(self, index: SearchIndex, row: int) -> None:
        self.company = index.company(row)
        self._world = index.world
        self._text: str | None = None

    def row(self, account: Account) -> str:
        """The company as prospecting shows it to an account."""
        if self._text is None:
            preview = company_preview(account, self._world, self.company, self.company.domain)
            del preview["id"]
            self._text = json_text(preview)[1:]
        return f'{{"id":"{entity_id(account, "company", self.company.id)}",{self._text}'


@lru_cache(maxsize=256)
def signal_text(kinds: tuple[str, ...] | None) -> str:
    """What is written of types of signals behind a row; nothing where none were asked for."""
    return "" if kinds is None else f',"signalTypes":{json_text(kinds)}'
