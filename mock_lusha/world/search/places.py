"""The places of a world by what they are called."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_lusha.world import arrays as np
from mock_lusha.world.search.place_criterion import names_of
from mock_lusha.world.search.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_lusha.world.entities import Place
    from mock_lusha.world.search.place_criterion import PlaceCriterion


class Places:
    """All places, by number. ``groupings`` are groups of countries by country code."""

    def __init__(self, places: Sequence[Place], groupings: Mapping[str, str]) -> None:
        self.places = places
        self._groupings = groupings

    @cached_property
    def numbers(self) -> dict[Place, int]:
        """Place -> its number."""
        return {place: number for number, place in enumerate(self.places)}

    def numbered(self, pool: Sequence[Place]) -> Any:
        """The numbers of the places of a pool, an array."""
        numbers = {id(place): number for number, place in enumerate(self.places)}
        return np.array([numbers[id(place)] for place in pool], dtype=np.int16)

    @cached_property
    def texts(self) -> Texts:
        """What a text search looks at: city, state, country and country code."""
        return Texts([f"{p.city} {p.state or ''} {p.country} {p.country_code}" for p in self.places])

    @cached_property
    def _by_level(self) -> tuple[dict[str, set[int]], ...]:
        """A level each of a criterion: folded name -> numbers of the places that have it."""
        levels: tuple[dict[str, set[int]], ...] = ()
        for number, place in enumerate(self.places):
            names = names_of(place, self._groupings)
            levels = levels or tuple({} for _ in names)
            for level, own in zip(levels, names, strict=True):
                for name in own:
                    level.setdefault(name, set()).add(number)
        return levels

    def matching(self, criteria: Iterable[PlaceCriterion]) -> Any:
        """By number, whether one of the criteria matches the place."""
        mask = np.zeros(len(self.places), dtype=bool)
        for criterion in criteria:
            pairs = [
                (n, numbers_by_name)
                for n, numbers_by_name in zip(criterion.levels, self._by_level, strict=True)
                if n is not None
            ]
            sets = [numbers_by_name.get(name, set()) if name else set() for name, numbers_by_name in pairs]
            if sets:
                mask[list(set.intersection(*sets))] = True
        return mask
