"""The waterfall: details that Lusha has nothing of, asked of other sources.

Seven of ten are found, the same ones always; they are as made up as all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.seeded import number
from mock_lusha.world.entities import Email, Phone
from mock_lusha.world.generate.people import LONGEST_LOCAL, local_part
from mock_lusha.world.generate.phones import phone_number

if TYPE_CHECKING:
    from mock_lusha.services.billing import Reveal
    from mock_lusha.world.entities import Person

_OF_TEN = 7


def waterfall_emails(seed: str, person: Person) -> tuple[Email, ...]:
    """The work mailbox that another source knows of a person without any; empty where none does."""
    local = local_part(person.key.name)
    if person.emails or len(local) > LONGEST_LOCAL or not _is_known(seed, "email", person):
        return ()
    return (Email(f"{local}@{person.key.domain}", "work", "B", person.updated),)


def waterfall_phones(seed: str, person: Person) -> tuple[Phone, ...]:
    """The telephone that another source knows of a person without any; empty where none does."""
    if person.phones or not _is_known(seed, "phone", person):
        return ()
    digits = number(seed, "waterfall-number", person.id) % 65_536
    return (
        Phone(
            phone_number(person.place, mobile=True, lane=0, digits=digits), "mobile", False, person.updated
        ),
    )


def waterfall_hits(seed: str, person: Person, reveal: Reveal) -> tuple[tuple[Email, ...], tuple[Phone, ...]]:
    """What other sources have of the kinds that are asked for."""
    return (
        waterfall_emails(seed, person) if reveal.emails else (),
        waterfall_phones(seed, person) if reveal.phones else (),
    )


def _is_known(seed: str, kind: str, person: Person) -> bool:
    return number(seed, "waterfall", kind, person.id) % 10 < _OF_TEN
