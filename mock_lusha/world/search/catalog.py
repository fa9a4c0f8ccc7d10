"""The value lists of the filters, and the text searches over them and over the directory."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import orjson

from mock_lusha.world.generate.signals import NEWS_EVENTS
from mock_lusha.world.identity import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mock_lusha.world.pools import Pools
    from mock_lusha.world.world import World

T = TypeVar("T")
Row = tuple[str, str, T]
"""A folded name, a code in lower case or '', and what they stand for."""
MOST = 50
"""How many matches a text search answers at the most (our bound; Lusha's is not known)."""
DATA_POINTS = (
    "phone", "direct_phone", "mobile_phone", "unknown_phone", "no_dnc_phone", "email", "work_email",
    "private_email",
)  # fmt: skip
EVENT_TYPES = tuple(sorted({event for events in NEWS_EVENTS.values() for event in events}))
"""All news events, in alphabetical order."""


class Location(NamedTuple):
    """A place at one level: a country, a state in it, or a city."""

    continent: str
    country: str
    grouping: str
    state: str | None = None
    city: str | None = None


class Catalog:
    """Lists out of ``reference``, each read when it is first asked for."""

    def __init__(self, reference: Path, pools: Pools) -> None:
        self._reference = reference
        self._pools = pools

    def _rows(self, name: str) -> Any:
        return orjson.loads((self._reference / f"{name}.json").read_bytes())

    @cached_property
    def departments(self) -> list[str]:
        """The 16 departments, in alphabetical order as the API has them."""
        return sorted(self._pools.careers.titles)

    @cached_property
    def countries(self) -> list[dict[str, str]]:
        """``{name, code}``, in the order of the API: by size of data."""
        rows: list[dict[str, str]] = self._rows("countries")
        return rows

    @cached_property
    def industries(self) -> list[dict[str, Any]]:
        """The 17 main industries with their sub-industries."""
        rows: list[dict[str, Any]] = self._rows("industries")
        return rows

    @cached_property
    def sics(self) -> list[dict[str, str]]:
        """``{code, label}`` of the Standard Industrial Classification, 4 digits."""
        rows: list[dict[str, str]] = self._rows("sics")
        return rows

    @cached_property
    def naics(self) -> list[dict[str, str]]:
        """``{code, label}`` of the North American Industry Classification System, 2 to 6 digits."""
        rows: list[dict[str, str]] = self._rows("naics")
        return rows

    @cached_property
    def topics(self) -> list[str]:
        """Intent topics."""
        return list(self._pools.topics)

    @cached_property
    def groupings(self) -> Mapping[str, Mapping[str, str]]:
        """Country code -> ``continent`` and ``grouping``."""
        rows: Mapping[str, Mapping[str, str]] = self._rows("groupings")
        return rows

    @cached_property
    def country_spots(self) -> list[Location]:
        """Every country, in the order of the API."""
        return [
            Location(
                self.groupings[row["code"]]["continent"], row["name"], self.groupings[row["code"]]["grouping"]
            )
            for row in self.countries
        ]

    @cached_property
    def spots(self) -> list[Location]:
        """Every country, then every state, then every city of the world, each once."""
        states: dict[Location, None] = {}
        cities: dict[Location, None] = {}
        for place in self._pools.places:
            grouping = self.groupings[place.country_code]["grouping"]
            at = (place.continent, place.country, grouping)
            if place.state is not None:
                states[Location(*at, place.state)] = None
            cities[Location(*at, place.state, place.city)] = None
        return [*self.country_spots, *states, *cities]

    @cached_property
    def _country_rows(self) -> list[Row[Location]]:
        codes = {row["name"]: row["code"] for row in self.countries}
        return [row_of(spot.country, spot, codes[spot.country]) for spot in self.country_spots]

    @cached_property
    def _place_rows(self) -> list[Row[Location]]:
        others = self.spots[len(self.country_spots) :]
        return [*self._country_rows, *(row_of(s.city or s.state or s.country, s) for s in others)]

    @cached_property
    def _technology_rows(self) -> list[Row[str]]:
        return [row_of(name, name) for name in self._pools.technologies]

    def locations(self, text: str) -> list[Location]:
        """Places whose own name begins with, then contains, the text; a country also by its code."""
        return match(text, self._place_rows)

    def company_locations(self, text: str) -> list[Location]:
        """Countries whose name begins with, then contains, the text, or whose code it is."""
        return match(text, self._country_rows)

    def technologies(self, text: str) -> list[str]:
        """Technologies whose name begins with, then contains, the text."""
        return match(text, self._technology_rows)

    @staticmethod
    def company_names(world: World, text: str) -> list[str]:
        """Identity domains of known companies whose name begins with, then contains, the text."""
        pins, directory = world.pins.companies, world.directory
        pinned = (row_of(world.company(domain).name, domain) for domain in pins)
        listed = (
            (folded, "", company.domain)
            for folded, company in zip(directory.folded_names, directory.companies, strict=True)
            if company.domain not in pins
        )
        return match(text, chain(pinned, listed))


def row_of(name: str, value: T, code: str = "") -> Row[T]:
    """A row that a typed text is matched against."""
    return fold(name), code.lower(), value


def match(text: str, rows: Iterable[Row[T]]) -> list[T]:
    """The values of the rows that a typed text means, at most MOST.

    Case and accents do not matter. Names that begin with it or are its code come first, then names with a
    word that begins with it, then those that contain it; each in the order of the rows.
    """
    folded = fold(text)
    if not folded:
        return []
    ranked: tuple[list[T], list[T], list[T]] = ([], [], [])
    for own, code, value in rows:
        if folded not in own and code != folded:
            continue
        if own.startswith(folded) or code == folded:
            ranked[0].append(value)
        elif f"-{folded}" in own:
            ranked[1].append(value)
        else:
            ranked[2].append(value)
    return [value for rank in ranked for value in rank][:MOST]
