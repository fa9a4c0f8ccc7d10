"""FastLookup: strangers by their mailbox, without building entities of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mock_lusha.domains import ascii_domain, clean_domain
from mock_lusha.world.generate.career_templates import CAREER_SHIFT
from mock_lusha.world.generate.employers import AT_HOME
from mock_lusha.world.generate.people import (
    CAREER_LANE,
    HOME_LANE,
    ID_LANE,
    LANES,
    LONGEST_LOCAL,
    NUMBER_LANE,
    TITLE_LANE,
)
from mock_lusha.world.generate.phones import phone_numbers
from mock_lusha.world.identity import FREE_MAIL, PRIVATE_MAIL, identity_domain
from mock_lusha.world.world import FIRST_OPEN_ID, OPEN_IDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.world.entities import Place
    from mock_lusha.world.generate.career_templates import CareerTemplate
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.positions import Position
    from mock_lusha.world.world import World

    Stranger = tuple[Employer, str, str, str, str, int, Place, Position, CareerTemplate, Sequence[str]]
    """Somebody made up: their employer, its domain as a caller wrote it, folded name, first and last name as
    shown, id, home, position, career, and telephone numbers.
    """

_CACHE_SIZE = 256
"""Of how many hosts is kept who employs those that have a mailbox there."""


def split_address(address: str) -> tuple[str, str, str]:
    """First and last name, folded, and host in the mailbox of a stranger."""
    local, _, host = address.rpartition("@")
    first, _, last = local.partition(".")
    return first, last, host


class FastLookup:
    """The strangers of a world in which everybody is found.

    A test checks that they equal the people whom the world makes up; here they take a fraction of the time.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._new_hash = world.maker.key_hash.copy
        self._employer = lru_cache(maxsize=_CACHE_SIZE)(self._find_employer)

    def find(self, address: str) -> Stranger | None:
        """The stranger that a mailbox spells with both names; None where the world has to be asked."""
        local, _, host = address.rpartition("@")
        first, _, last = local.partition(".")
        # Words that are read as they are written; anything else takes the longer way.
        if not (first.isalnum() and last.isalnum() and local.isascii() and local.islower()):
            return None
        employer = self._employer(host)
        if employer is None or len(local) + len(employer.label) >= LONGEST_LOCAL:
            return None
        # From here on nothing can fail, so that nothing is undone.
        name = f"{first}-{last}"
        # What ``People.draw``, ``CareerTemplates.take`` and ``Employer.home`` do, without calling them.
        digest = self._new_hash()
        digest.update(name.encode() + employer.rest)
        draw = LANES(digest.digest())
        number = draw[CAREER_LANE] >> CAREER_SHIFT
        career = employer.templates[number] or employer.careers.take(number)
        positions = career.positions
        lane = draw[HOME_LANE]
        place = employer.place if lane < AT_HOME else employer.home(lane)
        return (
            employer,
            host,
            name,
            first.capitalize(),
            last.capitalize(),
            FIRST_OPEN_ID + draw[ID_LANE] % OPEN_IDS,
            place,
            positions[draw[TITLE_LANE] * len(positions) >> 16],
            career,
            phone_numbers(place, career.lines, draw, NUMBER_LANE) if career.lines else (),
        )

    def _find_employer(self, host: str) -> Employer | None:
        """Who employs all that have a mailbox at a host; None where some of them are somebody's already."""
        world = self._world
        if host in FREE_MAIL or host in PRIVATE_MAIL or clean_domain(host) != host:
            return None
        domain = identity_domain(host)
        if world.directory.company_number(domain) is not None or domain in world.pins.other_domains:
            return None
        pinned = world.pins.hosts
        return None if domain in pinned or ascii_domain(host) in pinned else world.employer(domain)
