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
from mock_lusha.services.reveal_quotes import reveal_quotes
from mock_lusha.world.fast.columns import NO_MOVE, bit_of
from mock_lusha.world.pools import SENIORITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.search.person_rows import PersonRow

_EMAIL, _PHONE = bit_of("email"), bit_of("phone")
_LEVELS = {level.id: level.name for level in SENIORITIES}
_LEVEL_BITS, _DEPARTMENT_BITS = 8, 16


def contact_rows(
    account: Account, index: SearchIndex, people: Sequence[PersonRow], signals: Sequence[str]
) -> list[str]:
    """People as prospecting shows them; ``signals`` is what is written of the signals of each, or ''."""
    job, employer = (_live_job, _live_employer) if account.dialect == "live" else (_job, _employer)
    # Jobs, places and employers are shared by many: each is written once, and kept by its number.
    job_text, place_text = index.remembering(job), index.remembering(_place)
    employers = list(map(index.remembering(employer), [person.company for person in people]))
    quotes = reveal_quotes(
        account, [(person.id, person.points & _EMAIL != 0, person.points & _PHONE != 0) for person in people]
    )
    return [
        f'{{"id":"{id_}","firstName":{json_text(person.first_name)},"lastName":{json_text(person.last_name)},'
        f'"jobTitle":{job_text(_job_number(person))},"company":{{"id":"{company_id}",{company.text}}},'
        f'"location":{place_text(person.place)},"socialLinks":{{"linkedin":"{person.linkedin_url}"}},'
        f"{holdings(quote, has_previous=person.move != NO_MOVE)}{signal}}}"
        for person, id_, company, company_id, quote, signal in zip(
            people,
            entity_ids(account, "contact", [person.id for person in people]),
            employers,
            entity_ids(account, "company", [company.id for company in employers]),
            quotes,
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
