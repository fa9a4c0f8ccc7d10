"""Which signals a request asks for, and since when."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.api.v2.shapes import company_signal, contact_signal
from mock_lusha.errors import Detail, shorten
from mock_lusha.state.ledger import Item
from mock_lusha.values import frozen
from mock_lusha.world.generate.signals import Hiring, News, company_signals, contact_signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.generate.signals import CompanySignal

_MONTHS = 6


@frozen
class SignalsAsked:
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


def asked(
    call: ApiRequest,
    kinds: Sequence[str] | None,
    start: str | None,
    filters: Mapping[str, Any] | None,
    name: str,
) -> SignalsAsked | None:
    """What ``signals`` and its start date (field ``name``) ask for; None when no signals are asked for.

    Raises:
        ApiError: 403 where the plan has no signals; 400 for a day that does not exist.
    """
    if not kinds:
        return None
    call.require(
        "signals",
        "plan-restricted",
        [f"this account (plan {call.account.plan.name}) does not have the feature signals"],
    )
    since = months_before(call.today, _MONTHS)
    if start is not None:
        try:
            since = date.fromisoformat(start)
        except ValueError:
            raise bad_request(
                Detail(f"{name} must be a valid ISO 8601 date string", shorten(start))
            ) from None
    include = (filters or {}).get("include") or {}
    return SignalsAsked(
        kinds=tuple(dict.fromkeys(kinds)),
        since=since,
        until=call.today,
        events=_words(include.get("newsEventTypes")),
        departments=_words(include.get("hiringByDepartments")),
        locations=_places(include.get("hiringByLocations")),
    )


def _words(values: Sequence[Any] | None) -> frozenset[str] | None:
    return frozenset(str(value).strip().lower() for value in values) if values else None


def _places(values: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[str, str | None], ...] | None:
    if not values:
        return None
    return tuple(
        (
            str(value["country"]).strip().lower(),
            str(value["state"]).strip().lower() if value.get("state") else None,
        )
        for value in values
    )


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def of_person(
    wanted: SignalsAsked, person: Person, company: Company, shown: str
) -> dict[str, list[dict[str, Any]]]:
    """The person's signals as the API shows them, by type; empty when there are none."""
    found: dict[str, list[dict[str, Any]]] = {}
    for signal in contact_signals(person, wanted.kinds, wanted.since, wanted.until):
        found.setdefault(signal.kind, []).append(contact_signal(signal, person, company, shown))
    return found


def of_company(
    call: ApiRequest, wanted: SignalsAsked, company: Company, shown: str
) -> dict[str, list[dict[str, Any]]]:
    """The company's signals as the API shows them, by type."""
    world = call.world
    found = company_signals(
        world.seed, world.as_of, world.pools, company, wanted.kinds, wanted.since, wanted.until
    )
    kept = {
        kind: [company_signal(s, company, shown) for s in signals if wanted.keeps(s)]
        for kind, signals in found.items()
    }
    return {kind: signals for kind, signals in kept.items() if signals}


def priced(found: Mapping[str, Any], entity: str) -> list[Item]:
    """One credit for each type with results, every time: signals are news, not details one has revealed."""
    return [Item("signal", f"{entity}:{kind}", again=True) for kind in found]
