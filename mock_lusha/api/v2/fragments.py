"""JSON of things that many answers show, by the thing; who shows it writes it once.

Readable code asks through ``get`` and ``put``; ``fast_people`` looks into the ``entries``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.caching import IdentityCache

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.generate.career_templates import CareerTemplate
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.person_profiles import PersonProfile
    from mock_lusha.world.generate.positions import Position
    from mock_lusha.world.resolver import PersonMatch

_MATCHES = 256
"""As many as a resolver keeps of them."""
_COMPANIES = 4_096

EmployerText = tuple[str, str, bytes]
"""A company's id, the company of a job before, and its name as JSON."""


class CareerText(NamedTuple):
    """What people with one career template have in common.

    ``mailboxes`` is a format string for addresses, each twice: the one at work, and ``boxes`` times the
    beginning of the private ones. ``telephones`` is a format string for all numbers, each twice. ``both`` is
    ``tags`` and these two in one. ``end`` begins with the job before, without its company where that was the
    same as now (``same_employer``), and goes up to the company that gave an award, if there is one; ``rest``
    is what follows it.
    """

    tags: str
    mailboxes: str
    boxes: int
    telephones: str
    both: str
    on_x: bool
    start: str
    same_employer: bool
    end: bytes
    award: bool
    rest: bytes


class Fragments:
    """JSON of things that many answers show, by the thing."""

    def __init__(self) -> None:
        self.places: IdentityCache[Place, dict[bool, bytes]] = IdentityCache(65_536)
        self.place_texts: IdentityCache[Place, str] = IdentityCache(65_536)
        self.positions: IdentityCache[Position, str] = IdentityCache(65_536)
        self.profiles: IdentityCache[PersonProfile, tuple[bytes, bool, bytes]] = IdentityCache(65_536)
        self.careers: IdentityCache[CareerTemplate, CareerText] = IdentityCache(65_536)
        self.employers: IdentityCache[Employer, EmployerText] = IdentityCache(_COMPANIES)
        self.companies: IdentityCache[Company, dict[tuple[str, bool], bytes]] = IdentityCache(_COMPANIES)
        self.matches: IdentityCache[PersonMatch, dict[Any, Any]] = IdentityCache(_MATCHES)

    def of_match(self, match: PersonMatch) -> dict[Any, Any]:
        """What is kept of a match, by what was made of it."""
        kept = self.matches.get(match)
        return self.matches.put(match, {}) if kept is None else kept
