"""JSON of things that many people share, by the thing; who shows it writes it once.

Readable code asks through ``get`` and ``put``; ``fast_people`` looks into the ``entries``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import orjson

from mock_lusha.api.shape import known
from mock_lusha.caching import IdentityCache

if TYPE_CHECKING:
    from mock_lusha.world.entities import Place
    from mock_lusha.world.generate.career_templates import CareerTemplate
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.positions import Position

_MOST = 65_536
_COMPANIES = 4_096


class DetailsText(NamedTuple):
    """The details that one career has, as a request asks for them.

    ``text`` is a format of the properties: for each mailbox its address, then for each telephone its number.
    ``bits`` are the kinds that are paid for, ``end`` is what the person ends with: the kinds that were named
    and are not held.
    """

    text: str
    bits: int
    end: str


class CareerText(NamedTuple):
    """What people with one career template have in common.

    ``start`` is the day the job began; ``middle`` goes from the connections up to the list of jobs before,
    whose first one is at their own employer where it is ``at_employer``; ``end`` follows it. ``details`` are
    by what is asked for, and by country.
    """

    on_x: bool
    start: str
    middle: str
    at_employer: bool
    jobs: str
    end: str
    details: dict[str, DetailsText]


class Fragments:
    """JSON of things that many answers show, by the thing."""

    def __init__(self) -> None:
        self.places: IdentityCache[Place, str] = IdentityCache(_MOST)
        self.towns: IdentityCache[Place, str] = IdentityCache(_MOST)
        self.positions: IdentityCache[Position, str] = IdentityCache(_MOST)
        self.careers: IdentityCache[CareerTemplate, CareerText] = IdentityCache(_MOST)
        self.employers: IdentityCache[Employer, str] = IdentityCache(_COMPANIES)

    def town(self, place: Place) -> str:
        """Where somebody is, as previews say it."""
        text = self.towns.get(place)
        if text is None:
            shape = known(country=place.country, state=place.state, city=place.city)
            text = self.towns.put(place, orjson.dumps(shape).decode())
        return text
