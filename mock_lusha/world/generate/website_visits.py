"""Who visits a website, and when: companies of the directory, and pinned ones.

All follows from the seed, the website, the company and the day, so that windows agree: what a day has, it has
in each window. Which companies visit is drawn once for a website, about 240 of them, or a quarter of a small
directory. Each comes on a share of the days between 1 and 25 %, most of them seldom. A day with a visit has 1
to 4 sessions, minutes in steps of a half, and views of pages that show an interest.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from mock_lusha.seeded import Shuffle, between, lanes
from mock_lusha.world.identity import identity_domain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.world.world import World

VISITORS = 240
"""About how many companies visit a website."""
_MOST_OF = 4
"""No more than one in so many of the directory, and one in so many of those that are pinned."""
_RARELY, _OFTEN = 0.01, 0.24
"""The least share of days with a visit, and what the most has besides."""
_LANE = 1 << 16
_PEOPLE = 8
_SESSIONS, _MINUTES, _VIEWS = 0b11, 0b1111, 0b111
_NO_INTEREST = 3
"""Up to so many views of eight show no interest yet: those beyond do."""


class DayOfVisits(NamedTuple):
    """The visits of a company on one day: half minutes in all, and which of its people came, as bits."""

    day: date
    sessions: int
    half_minutes: int
    high_intent_views: int
    people: int


def visitors_of(world: World, website: str) -> list[str]:
    """The identity domains of the companies that visit a website now and then, in an order of no meaning; its
    own is none of them."""
    listed, pins = world.directory.companies, world.pins.companies
    shuffle = Shuffle(len(listed), world.seed, "visitors", website)
    numbers = map(shuffle.forward, range(min(VISITORS, -(-len(listed) // _MOST_OF))))
    # A company that is pinned over one of the directory visits what that one did.
    further = [domain for domain in pins if world.directory.company_number(domain) is None]
    domains = [
        domain for domain in further if lanes(world.seed, "visitor", website, domain)[0] % _MOST_OF == 0
    ]
    domains += [listed[number].domain for number in numbers]
    own = identity_domain(website)
    return [domain for domain in domains if domain != own]


def visits_in_month(seed: str, website: str, domain: str, year: int, month: int) -> Iterator[DayOfVisits]:
    """The days of a month on which a company visited a website."""
    habit = lanes(seed, "visitor", website, domain)
    bound = int(_LANE * (_RARELY + _OFTEN * (habit[1] / _LANE) ** 3))
    # The same people come from a company, whichever website they look at.
    people = between(1, _PEOPLE, lanes(seed, "visitor", domain)[0])
    whether = lanes(seed, "visits", website, domain, year, month)
    what: tuple[int, ...] | None = None
    for day in range(1, monthrange(year, month)[1] + 1):
        if whether[day] < bound:
            what = what or lanes(seed, "visit", website, domain, year, month)
            yield _day(date(year, month, day), what[day], people)


def _day(day: date, draw: int, people: int) -> DayOfVisits:
    """What happened on a day: each part is drawn from bits of its own."""
    sessions = 1 + min(draw & _SESSIONS, draw >> 2 & _SESSIONS)
    half_minutes = sessions * (1 + (draw >> 4 & _MINUTES))
    views = max(0, (draw >> 8 & _VIEWS) - _NO_INTEREST)
    first = (draw >> 11) % people
    visitors = 1 << first
    if sessions > 1:
        visitors |= 1 << (first + 1) % people
    return DayOfVisits(day, sessions, half_minutes, views, visitors)
