"""Which signals people and companies had, by type, days and the sub-filters of companies."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from mock_lusha.values import frozen
from mock_lusha.world.generate.signals import Hiring, News, company_signals, contact_signals

if TYPE_CHECKING:
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.generate.signals import CompanySignal, ContactSignal
    from mock_lusha.world.world import World

DEFAULT_MONTHS = 6
"""How far back signals are shown where no day is named (Lusha's document)."""


@frozen
class SignalRequest:
    """Types (or ``allSignals``), the days from ``since`` to ``until``, and the sub-filters of companies."""

    kinds: tuple[str, ...]
    since: date
    until: date
    events: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    locations: tuple[tuple[str, str | None], ...] | None = None

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
    """The same day some months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def signals_of_person(request: SignalRequest, person: Person) -> dict[str, list[ContactSignal]]:
    """The person's signals by type; types without any are left out."""
    by_kind: dict[str, list[ContactSignal]] = {}
    for signal in contact_signals(person, request.kinds, request.since, request.until):
        by_kind.setdefault(signal.kind, []).append(signal)
    return by_kind


def signals_of_company(
    world: World, request: SignalRequest, company: Company
) -> dict[str, list[CompanySignal]]:
    """The company's signals that pass the sub-filters, by type; types without any are left out."""
    by_kind = company_signals(
        world.seed, world.as_of, world.pools, company, request.kinds, request.since, request.until
    )
    passed = {
        kind: [signal for signal in signals if request.keeps(signal)] for kind, signals in by_kind.items()
    }
    return {kind: signals for kind, signals in passed.items() if signals}
