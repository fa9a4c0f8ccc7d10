"""Companies that visited websites, and how much they seem to want: a score from 0 to 100, by a rule of ours.

Up to 30 points are for a visit of late: all of them for one today, none for one 60 days ago. Up to 40 are for
sessions, all from 30 on, and up to 30 for views of pages that show an interest, all from 20 on. The sum is
rounded. ``hot`` is from 70, ``warm`` from 40.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mock_lusha.world.website_visitors import Visitor, Visits, WebsiteVisitors
    from mock_lusha.world.world import World

RECENCY_POINTS, RECENCY_DAYS = 30, 60
SESSION_POINTS, SESSIONS = 40, 30
INTEREST_POINTS, INTEREST_VIEWS = 30, 20
WARM, HOT = 40, 70
Band = Literal["cold", "warm", "hot"]


@frozen
class VisitingCompany:
    """A company and its visits in a window; days since the last one count to today."""

    domain: str
    name: str
    country: str
    score: int
    band: Band
    sessions: int
    people: int
    average_minutes: float
    days: int
    high_intent_views: int
    days_since: int
    last: date


def visiting_companies(
    visitors: WebsiteVisitors, world: World, websites: Iterable[str], since: date, until: date, today: date
) -> list[VisitingCompany]:
    """The companies that visited one of the websites from ``since`` to ``until``, both included, in an order
    of no meaning; days to come have no visits."""
    rows = visitors.visits(world, websites, since, min(until, today))
    return [_company(visitor, visits, today) for visitor, visits in rows]


def score_of(days_since: int, sessions: int, high_intent_views: int) -> int:
    """The score of visits."""
    recency = RECENCY_POINTS * max(0.0, 1 - days_since / RECENCY_DAYS)
    activity = SESSION_POINTS * min(1.0, sessions / SESSIONS)
    interest = INTEREST_POINTS * min(1.0, high_intent_views / INTEREST_VIEWS)
    return round(recency + activity + interest)


def band_of(score: int) -> Band:
    """The band of a score."""
    return "hot" if score >= HOT else "warm" if score >= WARM else "cold"


def _company(visitor: Visitor, visits: Visits, today: date) -> VisitingCompany:
    days_since = (today - visits.last).days
    score = score_of(days_since, visits.sessions, visits.high_intent_views)
    return VisitingCompany(
        domain=visitor.domain,
        name=visitor.name,
        country=visitor.country,
        score=score,
        band=band_of(score),
        sessions=visits.sessions,
        people=visits.people,
        average_minutes=round(visits.half_minutes / 2 / visits.sessions, 1),
        days=visits.days,
        high_intent_views=visits.high_intent_views,
        days_since=days_since,
        last=visits.last,
    )
