"""Further columns of the directory's companies, each drawn when the first search asks for it.

They are twins of ``generate.companies``, ``generate.company_profiles`` and ``generate.linkedin_activity``; a
test holds both equal.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mock_lusha.seeded import begun
from mock_lusha.world import arrays as np
from mock_lusha.world.company_profile import BUSINESS_MODELS, COMPANY_TYPES
from mock_lusha.world.fast.draws import between, digests, lanes_in
from mock_lusha.world.generate.companies import (
    EDUCATION,
    FUNDED_UP_TO,
    GOVERNMENT,
    LISTED_BELOW,
    LISTED_FROM_SIZE,
    NONPROFIT,
    PARTNERS_BELOW,
    PARTNERS_UP_TO_SIZE,
    STAGE_AMOUNTS,
    STAGES,
    YEARS_OF_FUNDING,
)
from mock_lusha.world.generate.company_profiles import (
    B2G_BELOW,
    B2G_LANE,
    POSTAL_LANES,
    business_model,
)
from mock_lusha.world.generate.events import ACTIVITY_LANE
from mock_lusha.world.generate.linkedin_activity import (
    COUNT_LANE,
    DAY_LANE,
    HAS_BELOW,
    HAS_LANE,
    LINKEDIN_ACTIVITY,
    MOST,
    SECOND_BELOW,
    SECOND_LANE,
    SECOND_STEP,
    TOPIC_LANE,
    WINDOW,
)

if TYPE_CHECKING:
    from mock_lusha.world.search.places import Places
    from mock_lusha.world.world import World

_GOVERNMENT, _PRIVATE, _PUBLIC, _EDUCATIONAL, _NONPROFIT, _SELF_EMPLOYED = range(len(COMPANY_TYPES))
_MOST_TOPICS = 6
_MONTHS = 7
"""Of how many months events are kept: a search looks at six as a rule."""


class Base(Protocol):
    """The columns that others follow from (see ``CompanyColumns``)."""

    world: World
    places: Places
    domains: list[bytes]
    staff: Any
    place: Any
    size: Any
    employees: Any
    main: Any
    trade: Any
    founded: Any
    offices: Any
    partial: Any


class FundingColumns(NamedTuple):
    """Rounds of funding: by company how many there are (0: none is known), and of each of them in a row the
    amount and the ordinal of its day; whether the company is listed."""

    count: Any
    amounts: Any
    days: Any
    is_ipo: Any


class OfficeColumns(NamedTuple):
    """Offices, the head office first, each once: numbers of places in a row each (-1: none), how many there
    are, and the numbers of their postal codes."""

    places: Any
    count: Any
    codes: Any


class ActivityColumns(NamedTuple):
    """What people wrote: by company how many there are, and of each of them in a row how many days ago it
    was, and the places of its one or two topics (-1: there is no second one)."""

    count: Any
    ages: Any
    topics: Any
    seconds: Any


class CompanyFacts:
    """What few searches ask of the companies of a directory."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._hiring: dict[str, Any] = {}
        self.month = lru_cache(maxsize=_MONTHS)(self._month)

    def _lanes(self, name: str, lanes: tuple[int, ...]) -> list[Any]:
        return lanes_in(digests(begun(self._base.world.seed, name), self._base.domains), lanes)

    @cached_property
    def _kinds(self) -> tuple[Any, Any]:
        """Whether a company is listed, and whether it is private, as far as funding and types go by it."""
        base = self._base
        (lane,) = self._lanes("company", (6,))
        public_body = np.isin(base.main, (GOVERNMENT, NONPROFIT)) | base.partial
        listed = ~public_body & (base.size >= LISTED_FROM_SIZE) & (lane < LISTED_BELOW)
        partners = ~public_body & (base.size <= PARTNERS_UP_TO_SIZE) & (lane < PARTNERS_BELOW)
        return listed, ~(public_body | listed | partners)

    @cached_property
    def types(self) -> Any:
        """The type of a company, as a place in COMPANY_TYPES; -1 is not known."""
        base = self._base
        listed, _ = self._kinds
        types = np.full(len(base.domains), _PRIVATE, dtype=np.int8)
        types[base.employees == 1] = _SELF_EMPLOYED
        types[base.main == EDUCATION] = _EDUCATIONAL
        types[listed] = _PUBLIC
        types[base.main == NONPROFIT] = _NONPROFIT
        types[base.main == GOVERNMENT] = _GOVERNMENT
        types[base.partial] = -1
        return types

    @cached_property
    def models(self) -> Any:
        """Whom a company sells to, as bits of BUSINESS_MODELS."""
        base = self._base
        by_trade = []
        # Trades are asked for both draws, companies look theirs up.
        for lane in (B2G_BELOW, B2G_BELOW - 1):
            models = [business_model(trade.industry, lane) for trade in base.world.pools.trades]
            bits = [sum(1 << BUSINESS_MODELS.index(name) for name in names) for names in models]
            by_trade.append(np.array([*bits, 0], dtype=np.int8)[base.trade])
        (lane,) = self._lanes("company-profile", (B2G_LANE,))
        return np.where(lane < B2G_BELOW, by_trade[1], by_trade[0])

    @cached_property
    def funding(self) -> FundingColumns:
        """What is known of the funding of a company."""
        base, as_of = self._base, self._base.world.as_of
        listed, private = self._kinds
        known, count, factor, shift = self._lanes("company", (28, 29, 30, 31))
        has = (listed | private) & (base.main != EDUCATION) & (known <= FUNDED_UP_TO)
        count = np.minimum(np.minimum(1 + (count >> 14), 2 + base.size.astype(np.int64) // 2), len(STAGES))
        first = (as_of - timedelta(days=365 * YEARS_OF_FUNDING)).toordinal()
        # A year's first day is looked up: there are few different years.
        years = sorted(set(base.founded.tolist()))
        year_days = np.array([date(max(1, year), 1, 1).toordinal() for year in years], dtype=np.int64)
        oldest = np.maximum(first, year_days[np.searchsorted(np.array(years), base.founded)])
        span = np.maximum(30, as_of.toordinal() - oldest - 20)
        amounts = np.zeros((len(STAGES), len(base.domains)), dtype=np.int64)
        days = np.zeros_like(amounts)
        for index, amount in enumerate(STAGE_AMOUNTS):
            lane = (factor * (7919 + 2 * index) + shift) & 0xFFFF
            amounts[index] = amount * between(5, 15, lane) // 10 // 100_000 * 100_000
            days[index] = oldest + np.minimum(span, span * (index * 65536 + lane) // (count * 65536))
        return FundingColumns(np.where(has, count, 0), amounts, days, listed)

    @cached_property
    def offices(self) -> OfficeColumns:
        """The offices of a company with their postal codes."""
        base, codes = self._base, self._base.world.postal_codes
        home = np.where(base.partial, -1, base.place)
        rows = [home, *base.offices]
        places = np.full((len(rows), len(base.domains)), -1, dtype=np.int16)
        count = np.zeros(len(base.domains), dtype=np.int64)
        everyone = np.arange(len(base.domains))
        for row in rows:
            # An office where there is one already is none.
            new = (row >= 0) & (places != row).all(axis=0)
            places[count[new], everyone[new]] = row[new]
            count += new
        totals = np.array([*(codes.count(place) for place in base.places.places), 0], dtype=np.int64)
        lanes = np.array(self._lanes("company-profile", POSTAL_LANES))
        return OfficeColumns(places, count, lanes * totals[places] >> 16)

    @cached_property
    def topic_scores(self) -> Any:
        """The scores of the topics of a company, in the order in which they are taken, in a row each."""
        lanes = self._lanes("intent", tuple(range(2, 2 + _MOST_TOPICS)))
        return np.array([between(60, 100, lane) for lane in lanes]).astype(np.int8)

    @cached_property
    def activities(self) -> ActivityColumns:
        """What the people of a company wrote."""
        base = self._base
        size = len(base.world.pools.topics)
        each = (first + index for first in (DAY_LANE, TOPIC_LANE, SECOND_LANE) for index in range(MOST))
        has, count, *rows = self._lanes(LINKEDIN_ACTIVITY, (HAS_LANE, COUNT_LANE, *each))
        ages, topics, seconds = (np.array(rows[at : at + MOST]) for at in (0, MOST, 2 * MOST))
        topics = topics * size >> 16
        there = (has < HAS_BELOW) & ~base.partial & (base.staff > 0)
        return ActivityColumns(
            np.where(there, 1 + (count * MOST >> 16), 0),
            1 + ages * (WINDOW - 1) // 65536,
            topics,
            np.where(seconds < SECOND_BELOW, (topics + SECOND_STEP) % size, -1),
        )

    def _month(self, year: int, month: int) -> Any:
        """What is drawn of the events of companies in a month: a row of lanes for each family of types, and
        one for what people write."""
        rest = f"\x1f{year}-{month}".encode()
        drawn = digests(begun(self._base.world.seed, "events"), [each + rest for each in self._base.domains])
        return np.array(lanes_in(drawn, tuple(range(ACTIVITY_LANE + 1)))).astype(np.uint16)

    def event_lanes(self, kind: str, year: int, month: int, rows: Any, lanes: tuple[int, ...]) -> list[Any]:
        """Lanes of events of a type in a month, of the companies that have one."""
        rest = f"\x1f{kind}\x1f{year}-{month}".encode()
        domains = [self._base.domains[row] + rest for row in rows.tolist()]
        return lanes_in(digests(begun(self._base.world.seed, "event"), domains), lanes)

    def hiring(self, name: str, has_any: Any) -> Any:
        """The lanes that draw the department or the place of signals of a type, in a row of the first and one
        of the second signal; ``has_any`` are the companies that have one."""
        drawn = self._hiring.get(name)
        if drawn is None:
            # Most companies have none and are not drawn.
            rows = has_any.nonzero()[0]
            rest = f"\x1f{name}".encode()
            domains = [self._base.domains[row] + rest for row in rows.tolist()]
            lanes = lanes_in(digests(begun(self._base.world.seed, "signals"), domains), (7, 14))
            drawn = self._hiring[name] = np.zeros((2, len(has_any)), dtype=np.int64)
            drawn[:, rows] = np.array(lanes)
        return drawn
