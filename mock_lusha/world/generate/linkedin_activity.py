"""What people of a company lately wrote on LinkedIn that says what it is about to buy: a type of signals.

It is v3's alone. What is drawn of a company stands in one block of lanes, so that searches can draw it for
all companies at once.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mock_lusha.seeded import lanes, number, pick
from mock_lusha.values import frozen
from mock_lusha.world.identity import LINKEDIN_MARK, fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mock_lusha.world.entities import Company, PersonKey
    from mock_lusha.world.pools import Pools

LINKEDIN_ACTIVITY: Final = "linkedinActivityIntent"
"""The type of these signals."""
HAS_BELOW, MOST, WINDOW = 22_000, 6, 90
"""A lane below the first: there are activities, up to so many, within so many days."""
HAS_LANE, COUNT_LANE, DAY_LANE, TOPIC_LANE, SECOND_LANE = 0, 1, 2, 8, 14
"""Lanes of ``activity_lanes``: one each of the first two, and MOST each from the others on."""
SECOND_BELOW = 20_000
"""A lane below it: an activity is about a second topic."""
SECOND_STEP = 7
"""How far the second topic is from the first."""
_WORDS_OF: dict[str, tuple[str, ...]] = {
    "Security": (
        "security", "cybersecurity", "threat", "threats", "phishing", "encryption", "zero", "identity",
        "fraud", "penetration", "endpoint", "vulnerability", "privacy", "denial", "surveillance",
    ),
    "Sales": (
        "sales", "account", "lead", "prospecting", "crm", "intent", "revenue", "channel", "contact",
        "customer",
    ),
    "Marketing": (
        "marketing", "advertising", "ad", "brand", "audience", "content", "seo", "search", "conversion",
        "landing", "demand", "personas", "personalization", "loyalty", "trade", "market", "research",
    ),
    "Human Resources": (
        "hiring", "talent", "employee", "payroll", "workforce", "recruitment", "apprenticeships",
        "compensation", "training", "wellness", "human", "learning", "staff", "relocation", "workplace",
        "executive", "time",
    ),
    "Finance": (
        "accounting", "billing", "budgeting", "credit", "financial", "finance", "invoice", "invoicing",
        "insurance", "payments", "cards", "banking", "audit", "lease", "leasing", "funding", "pricing",
        "price", "grant", "laundering", "investment",
    ),
    "Operations": (
        "supply", "logistics", "freight", "warehouse", "procurement", "sourcing", "supplier", "vendor",
        "delivery", "packaging", "facilities", "maintenance", "quality", "asset", "telematics", "fleets",
        "chain", "buildings", "building", "property", "office", "travel", "food", "restaurant",
    ),
    "Technology": (
        "cloud", "data", "software", "api", "devops", "development", "application", "mobile", "web", "it",
        "code", "computing", "ai", "intelligence", "machine", "digital", "virtual", "virtualization",
        "infrastructure", "java", "android", "blockchain", "automation", "automated", "chatbots", "vision",
        "robotics", "quantum", "testing", "storage", "hosting", "internet", "ip", "desktop", "signage",
        "container", "configuration", "analytics", "communications", "collaboration", "experience",
        "twins", "localization", "open", "agile", "technology", "systems", "network", "capacity",
    ),
}  # fmt: skip
_OTHER: Final = "Business"
INTENT_CATEGORIES: Final = (*_WORDS_OF, _OTHER)
"""The categories of topics."""
_SIGNAL_CATEGORIES = {
    "Technology": "Technology or Stack Discussion",
    "Security": "Technology or Stack Discussion",
    "Sales": "Growth or Expansion",
    "Marketing": "Growth or Expansion",
    "Human Resources": "Hiring or Team Growth",
    "Finance": "Budget or Investment",
    "Operations": "Process Improvement",
    _OTHER: "Strategic Initiative",
}
_KINDS = ("post", "post", "article", "comment", "repost")
_SUMMARIES = (
    "Asks peers how they went about {topic} before a decision is due.",
    "Describes what the team learned when it compared tools for {topic}.",
    "Says that {topic} is on the plan for the next two quarters.",
    "Shares an article about {topic} and where the company stands.",
    "Thanks a supplier for its help with {topic}.",
)


@frozen
class LinkedinActivity:
    """Something written by a person of the company: ``topics`` are (topic, category), what is mentioned are
    people of the company and identity domains of companies; ``id`` numbers it."""

    id: int
    day: date
    category: str
    topics: tuple[tuple[str, str], ...]
    author: PersonKey
    people: tuple[PersonKey, ...]
    companies: tuple[str, ...]
    url: str
    summary: str | None
    likes: int
    comments: int
    shares: int
    kind: str


@lru_cache(maxsize=1024)
def category_of(topic: str) -> str:
    """The category of an intent topic."""
    words = set(fold(topic).split("-"))
    return next((name for name, own in _WORDS_OF.items() if not words.isdisjoint(own)), _OTHER)


def activity_lanes(seed: str, domain: str) -> tuple[int, ...]:
    """What is drawn of a company's activities."""
    return lanes(seed, LINKEDIN_ACTIVITY, domain)


def topics_at(pools: Pools, draw: Sequence[int], index: int) -> tuple[str, ...]:
    """The topics that an activity is about: one, or two."""
    size = len(pools.topics)
    first = draw[TOPIC_LANE + index] * size >> 16
    two = draw[SECOND_LANE + index] < SECOND_BELOW
    return tuple(pools.topics[at % size] for at in (first, first + SECOND_STEP)[: 1 + two])


def days_ago(draw: Sequence[int], index: int) -> int:
    """How many days before the world's day an activity was."""
    return 1 + draw[DAY_LANE + index] * (WINDOW - 1) // 65536


def activity_count(draw: Sequence[int]) -> int:
    """How many activities a company has."""
    return 1 + (draw[COUNT_LANE] * MOST >> 16) if draw[HAS_LANE] < HAS_BELOW else 0


def activities_of(
    seed: str, as_of: date, pools: Pools, company: Company, people: Sequence[PersonKey], others: Sequence[str]
) -> list[LinkedinActivity]:
    """The activities of a company, newest first.

    ``people`` are of the company, and ``others`` identity domains of companies that they may speak of. A
    company of whose people nobody is known has none.
    """
    if company.partial or not people:
        return []
    draw = activity_lanes(seed, company.domain)
    rows = []
    for index in range(activity_count(draw)):
        day = as_of - timedelta(days=days_ago(draw, index))
        topics = topics_at(pools, draw, index)
        rows.append(activity(seed, company, day, topics, people, others, index))
    return sorted(rows, key=lambda row: (row.day, row.id), reverse=True)


def activity(
    seed: str,
    company: Company,
    day: date,
    topics: Sequence[str],
    people: Sequence[PersonKey],
    others: Sequence[str],
    *key: object,
) -> LinkedinActivity:
    """An activity of a day about topics; ``key`` tells it from others of the company."""
    own = lanes(seed, "linkedin-post", company.domain, *key)
    id_ = 1_000_000 + number(seed, "linkedin-post", company.domain, *key) % 9_000_000
    author = pick(people, own[0])
    mentioned = pick(people, own[1])
    category = category_of(topics[0])
    return LinkedinActivity(
        id=id_,
        day=day,
        category=_SIGNAL_CATEGORIES[category],
        topics=tuple((topic, category_of(topic)) for topic in topics),
        author=author,
        people=(mentioned,) if mentioned != author and own[2] < 24_000 else (),
        companies=(pick(others, own[3]),) if others and own[4] < 24_000 else (),
        url=f"https://www.linkedin.com/posts/{LINKEDIN_MARK}{company.handle}-{id_}",
        summary=pick(_SUMMARIES, own[5]).format(topic=topics[0]) if own[6] < 58_000 else None,
        likes=own[7] * own[7] * 400 >> 32,
        comments=own[8] * own[8] * 40 >> 32,
        shares=own[9] * own[9] * 20 >> 32,
        kind=pick(_KINDS, own[10]),
    )
