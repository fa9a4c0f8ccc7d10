"""Which signals people and companies had, by type, days and the sub-filters of companies."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mock_lusha.values import frozen
from mock_lusha.world import signal_lookup
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY, WINDOW
from mock_lusha.world.generate.signals import ALL, Hiring, News

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.generate.events import ContactEvent
    from mock_lusha.world.generate.linkedin_activity import LinkedinActivity
    from mock_lusha.world.generate.signals import CompanySignal, ContactSignal
    from mock_lusha.world.world import World

DEFAULT_MONTHS = 6
"""How far back signals are shown where no day is named (Lusha's document)."""
MOST_ACTIVITIES = 50
"""How many activities on LinkedIn are shown of a company (Lusha's document)."""


@frozen
class SignalRequest:
    """Types (or ``allSignals``), the days from ``since`` to ``until``, and the sub-filters of companies.

    ``later`` says whether also what came after the world's day is shown (see ``world.generate.events``).
    """

    kinds: tuple[str, ...]
    since: date
    until: date
    events: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    locations: tuple[tuple[str, str | None], ...] | None = None
    categories: frozenset[str] | None = None
    later: bool = False

    def keeps(self, signal: CompanySignal) -> bool:
        """Whether the sub-filters let a signal through; they speak of their own types only."""
        facts = signal.facts
        if isinstance(facts, News):
            return self.events is None or facts.event.lower() in self.events
        if isinstance(facts, Hiring) and facts.department is not None:
            return self.departments is None or facts.department.lower() in self.departments
        if isinstance(facts, Hiring) and facts.country is not None:
            if self.locations is None:
                return True
            here = (facts.country.lower(), (facts.state or "").lower())
            return any(c == here[0] and s in (None, here[1]) for c, s in self.locations)
        return True


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last day of that month; never before ``date.min``."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def signals_of_person(
    world: World, request: SignalRequest, person: Person
) -> dict[str, list[ContactSignal | ContactEvent]]:
    """The person's signals by type, newest first; types without any are left out."""
    by_kind: dict[str, list[ContactSignal | ContactEvent]] = {}
    signals = signal_lookup.signals_of_person(
        world, person, request.kinds, request.since, request.until, later=request.later
    )
    for signal in signals:
        by_kind.setdefault(signal.kind, []).append(signal)
    return by_kind


def signals_of_company(
    world: World, request: SignalRequest, company: Company
) -> dict[str, list[CompanySignal]]:
    """The company's signals that pass the sub-filters, by type, newest first; no type is empty."""
    by_kind = signal_lookup.signals_of_company(
        world, company, request.kinds, request.since, request.until, later=request.later
    )
    passed = {
        kind: [signal for signal in signals if request.keeps(signal)] for kind, signals in by_kind.items()
    }
    return {kind: signals for kind, signals in passed.items() if signals}


def activities_of_company(world: World, request: SignalRequest, company: Company) -> list[LinkedinActivity]:
    """What people of the company wrote on LinkedIn, newest first: of the last 90 days at the most, and 50 at
    the most. Only the generation that has this type asks for it; with it all types ask for it, too."""
    if LINKEDIN_ACTIVITY not in request.kinds and ALL not in request.kinds:
        return []
    since = max(request.since, request.until - timedelta(days=WINDOW))
    rows = signal_lookup.activities_of_company(world, company, since, request.until, later=request.later)
    wanted = request.categories
    kept = [row for row in rows if wanted is None or any(name.lower() in wanted for _, name in row.topics)]
    return kept[:MOST_ACTIVITIES]


def signal_types_of_company(world: World, request: SignalRequest, company: Company) -> list[str]:
    """The types of signals that a company has, activities on LinkedIn among them."""
    kinds = list(signals_of_company(world, request, company))
    return [*kinds, LINKEDIN_ACTIVITY] if activities_of_company(world, request, company) else kinds
