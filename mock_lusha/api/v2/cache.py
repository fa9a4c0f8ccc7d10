"""What v2 keeps of its answers, beside the API that made it: the world knows nothing of JSON.

Readable code asks ``fragments`` through ``get`` and ``put``; ``fast_people`` looks into their ``entries``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.caching import IdentityCache, SecondHitCache

if TYPE_CHECKING:
    from mock_lusha.api.v2.fast_people import EmployerText, LifeText
    from mock_lusha.world.entities import Company, Place
    from mock_lusha.world.generate.career_templates import CareerTemplate
    from mock_lusha.world.generate.employers import Employer
    from mock_lusha.world.generate.person_profiles import PersonProfile
    from mock_lusha.world.generate.positions import Position
    from mock_lusha.world.resolver import PersonMatch

_SINGLE_PLANS, _BULK_PLANS = 256, 16
"""How many inputs of an operation are kept with what they come to."""
_MATCHES = 256
"""As many as a resolver keeps of them."""
_COMPANIES = 4_096


class Fragments:
    """JSON of things that many answers show, by the thing."""

    def __init__(self) -> None:
        self.places: IdentityCache[Place, dict[bool, bytes]] = IdentityCache(65_536)
        self.place_texts: IdentityCache[Place, str] = IdentityCache(65_536)
        self.positions: IdentityCache[Position, str] = IdentityCache(65_536)
        self.profiles: IdentityCache[PersonProfile, tuple[bytes, bool, bytes]] = IdentityCache(65_536)
        self.lives: IdentityCache[CareerTemplate, LifeText] = IdentityCache(65_536)
        self.employers: IdentityCache[Employer, EmployerText] = IdentityCache(_COMPANIES)
        self.companies: IdentityCache[Company, dict[tuple[str, bool], bytes]] = IdentityCache(_COMPANIES)
        self.matches: IdentityCache[PersonMatch, dict[Any, Any]] = IdentityCache(_MATCHES)


class WorldCache:
    """What v2 keeps of one world, and goes with it; plans by operation and input."""

    def __init__(self) -> None:
        self.fragments = Fragments()
        self._plans: dict[str, SecondHitCache] = {}

    def plans(self, operation: str, *, bulk: bool) -> SecondHitCache:
        """What inputs of an operation come to, whoever asks."""
        plans = self._plans.get(operation)
        if plans is None:
            plans = self._plans[operation] = SecondHitCache(_BULK_PLANS if bulk else _SINGLE_PLANS)
        return plans


class ListCache:
    """Whole lists of filters as JSON, by operation; they are the same in all worlds."""

    def __init__(self) -> None:
        self.lists: dict[str, bytes] = {}
