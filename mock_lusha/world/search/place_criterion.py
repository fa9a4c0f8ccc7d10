"""Where somebody or something is to be: a place at some of the levels that places have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.values import frozen
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.world.entities import Place


def names_of(place: Place, groupings: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """What a place is called at each level: continent, country, group of countries, state, city, region (the
    state, or the city where there is none), code of the country."""
    state = (fold(place.state or ""), (place.state_code or "").lower())
    return (
        (fold(place.continent),),
        (fold(place.country), place.country_code.lower()),
        (groupings[place.country_code],),
        state,
        (fold(place.city),),
        state if place.state else (fold(place.city),),
        (place.country_code.lower(),),
    )


@frozen
class PlaceCriterion:
    """A place at the levels that are given, folded; a country by name or code."""

    continent: str | None = None
    country: str | None = None
    grouping: str | None = None
    state: str | None = None
    city: str | None = None
    region: str | None = None
    country_code: str | None = None

    @classmethod
    def of(cls, location: Mapping[str, Any]) -> PlaceCriterion:
        """A location as callers send it."""
        folded = {
            name: fold(str(value))
            for name, value in location.items()
            if value is not None and str(value).strip()
        }
        return cls(
            folded.get("continent"),
            folded.get("country"),
            folded.get("country_grouping"),
            folded.get("state"),
            folded.get("city"),
        )

    @property
    def levels(self) -> tuple[str | None, ...]:
        """The wanted name at each level, in the order of ``names_of``."""
        return (
            self.continent, self.country, self.grouping, self.state, self.city, self.region,
            self.country_code,
        )  # fmt: skip

    def matches(self, place: Place, groupings: Mapping[str, str]) -> bool:
        """Whether a place is there; a criterion without any level matches none."""
        own = names_of(place, groupings)
        pairs = [(name, names) for name, names in zip(self.levels, own, strict=True) if name is not None]
        return bool(pairs) and all(name != "" and name in names for name, names in pairs)
