"""What is known of the visitors of websites in one world, by website and month, as far as it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from mock_lusha.caching import SizedLRU
from mock_lusha.world.generate.website_visits import visitors_of, visits_in_month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from mock_lusha.world.generate.website_visits import DayOfVisits
    from mock_lusha.world.world import World

_ROOM = 8_000_000
_EACH_DAY, _EACH_VISITOR = 200, 300
"""About how many bytes are kept of each day with a visit, and of each company."""
Month: TypeAlias = "Mapping[str, Sequence[DayOfVisits]]"


class Visitor(NamedTuple):
    """A company that visits websites: its identity domain, and the two letters of its country."""

    domain: str
    name: str
    country: str


class Visits(NamedTuple):
    """The visits of a company in a window, to all websites that are asked for."""

    sessions: int
    half_minutes: int
    high_intent_views: int
    people: int
    days: int
    last: date


class WebsiteVisitors:
    """The visits to websites of one world; months are kept by website."""

    def __init__(self) -> None:
        self._months = SizedLRU(_ROOM)
        self._companies = SizedLRU(_ROOM)

    def visits(
        self, world: World, websites: Iterable[str], since: date, until: date
    ) -> list[tuple[Visitor, Visits]]:
        """The companies that visited one of the websites from ``since`` to ``until``, both included, in an
        order of no meaning."""
        days: dict[str, list[DayOfVisits]] = {}
        visitors: dict[str, Visitor] = {}
        for website in dict.fromkeys(websites):
            visitors.update((visitor.domain, visitor) for visitor in self._visitors(world, website))
            for year, month in _months(since, until):
                for domain, of_month in self._month(world, website, year, month).items():
                    kept = [each for each in of_month if since <= each.day <= until]
                    if kept:
                        days.setdefault(domain, []).extend(kept)
        return [(visitor, _sum(days[domain])) for domain, visitor in visitors.items() if domain in days]

    def _month(self, world: World, website: str, year: int, month: int) -> Month:
        key = (website, year, month)

        def draw() -> Month:
            drawn = {
                visitor.domain: tuple(visits_in_month(world.seed, website, visitor.domain, year, month))
                for visitor in self._visitors(world, website)
            }
            return {domain: days for domain, days in drawn.items() if days}

        found: Month = self._months.get_or_make(key, draw, _size_of)
        return found

    def _visitors(self, world: World, website: str) -> list[Visitor]:
        def draw() -> list[Visitor]:
            companies = map(world.company, visitors_of(world, website))
            return [Visitor(each.domain, each.name, each.place.country_code) for each in companies]

        visitors: list[Visitor] = self._companies.get_or_make(
            website, draw, lambda those: _EACH_VISITOR * len(those)
        )
        return visitors


def _size_of(month: Month) -> int:
    return sum(_EACH_VISITOR + _EACH_DAY * len(days) for days in month.values())


def _months(since: date, until: date) -> Iterator[tuple[int, int]]:
    for at in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
        yield at // 12, at % 12 + 1


def _sum(days: Sequence[DayOfVisits]) -> Visits:
    people = 0
    for each in days:
        people |= each.people
    return Visits(
        sessions=sum(each.sessions for each in days),
        half_minutes=sum(each.half_minutes for each in days),
        high_intent_views=sum(each.high_intent_views for each in days),
        people=people.bit_count(),
        days=len({each.day for each in days}),
        last=max(each.day for each in days),
    )
