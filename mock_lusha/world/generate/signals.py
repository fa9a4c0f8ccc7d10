"""Signals: what happened lately to a person or a company, part of the world as everything else.

A person's signal is their last move: a promotion when the previous job was at the same company, a change of
company otherwise, on the day the present job began. A company's are drawn by (company, type).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mock_lusha.seeded import between, lanes, number, pick, some
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mock_lusha.seeded import Lanes
    from mock_lusha.world.entities import Company, Person
    from mock_lusha.world.pools import Pools

ALL: Final = "allSignals"
CONTACT_TYPES: Final = ("promotion", "companyChange")
NEWS_EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "riskNews": ("Security Issue", "Lawsuit Faced"),
    "commercialActivityNews": ("Partnership", "New Customer", "New Vendor"),
    "corporateStrategyNews": (
        "M&A", "Facilities Expansion", "New Location", "Facility Closure", "Asset Sale", "Lawsuit Filed",
    ),
    "financialEventsNews": ("Funding Round", "Asset Investment", "Strategic Investment", "IPO"),
    "peopleNews": (
        "Executive Hire", "Executive Departure", "Executive Promotion", "Headcount Increase",
        "Headcount Decrease",
    ),
    "marketIntelligenceNews": ("Event Participation", "Recognition", "Competitor Activity"),
    "productActivityNews": ("Product Launch", "Product Development", "Product Integration"),
}  # fmt: skip
"""News category -> its events."""
_HORIZONS = {"1m": 30, "3m": 91, "6m": 182, "12m": 365}
COMPANY_TYPES: Final = (
    "websiteTrafficIncrease", "websiteTrafficDecrease", "itSpendIncrease", "itSpendDecrease",
    *(f"headcount{way}{horizon}" for horizon in _HORIZONS for way in ("Increase", "Decrease")),
    "surgeInHiring", "surgeInHiringByDepartment", "surgeInHiringByLocation",
    *NEWS_EVENTS,
)  # fmt: skip
"""The 22 types of company signals."""
HIRING_DEPARTMENTS = (
    "Engineering & Technical", "Sales", "Marketing", "Customer Service", "Operations", "Finance", "Product",
    "Information Technology", "Human Resources",
)  # fmt: skip
_WINDOW = 360


@frozen
class ContactSignal:
    """A move of a person: ``kind`` is promotion or companyChange."""

    kind: str
    day: date


@frozen
class CompanySignal:
    """Something that happened to a company. ``facts`` depend on the family of ``kind``."""

    kind: str
    id: int
    day: date
    facts: Traffic | ItSpend | Headcount | Hiring | News


@frozen
class Traffic:
    """Visits a month; ``change`` in percent."""

    average: int
    last_month: int
    change: int


@frozen
class ItSpend:
    """Estimated spending a year in US dollars; ``change`` in percent."""

    annual: int
    change: int


@frozen
class Headcount:
    """Employees before and after; ``change`` in percent, negative for a decrease."""

    before: int
    after: int
    change: int


@frozen
class Hiring:
    """New jobs against the usual number; ``change`` in percent."""

    jobs: int
    average: int
    change: int
    department: str | None = None
    country: str | None = None
    state: str | None = None


@frozen
class News:
    """An article about an event of ``NEWS_EVENTS``."""

    event: str
    summary: str
    title: str
    highlight: str
    url: str
    effective: date


def contact_signals(person: Person, kinds: Iterable[str], since: date, until: date) -> list[ContactSignal]:
    """The person's signals of the kinds (or ``allSignals``) from ``since`` to ``until``, both included."""
    if person.previous is None or not since <= person.job_start <= until:
        return []
    kind = "promotion" if person.previous.domain == person.job.domain else "companyChange"
    kind_set = set(kinds)
    return [ContactSignal(kind, person.job_start)] if kind_set & {kind, ALL} else []


def company_signals(
    seed: str, as_of: date, pools: Pools, company: Company, kinds: Iterable[str], since: date, until: date
) -> dict[str, list[CompanySignal]]:
    """Type -> its signals from ``since`` to ``until``, newest first; types without any are absent."""
    names = set(kinds)
    by_kind = {}
    for kind in COMPANY_TYPES:
        if ALL in names or kind in names:
            signals = [s for s in _signals_of(seed, as_of, pools, company, kind) if since <= s.day <= until]
            if signals:
                by_kind[kind] = sorted(signals, key=lambda s: (s.day, s.id), reverse=True)
    return by_kind


def dated_signals(
    seed: str, pools: Pools, company: Company, given: Sequence[tuple[str, date]]
) -> list[CompanySignal]:
    """Signals of types and days that are given, the oldest first; what they say is made."""
    signals = []
    for index, (kind, day) in enumerate(sorted(given, key=lambda each: each[1])):
        key = ("dated-signal", company.domain, kind, day, index)
        facts = signal_facts(pools, company, kind, day, lanes(seed, *key))
        signals.append(CompanySignal(kind, 1_000_000 + number(seed, *key) % 9_000_000, day, facts))
    return signals


def _signals_of(seed: str, as_of: date, pools: Pools, company: Company, kind: str) -> list[CompanySignal]:
    if company.partial or company.employees is None:
        return []
    if company.employees < 2 and kind.startswith("headcountIncrease"):
        return []  # there is no smaller company it could have grown from
    # Opposite types share one draw: a headcount does not rise and fall over the same months.
    family = kind.replace("Increase", "Change").replace("Decrease", "Change")
    draw = lanes(seed, "signals", company.domain, family)
    if family != kind and ("Increase" in kind) != (draw[0] & 1 == 0):
        return []
    if draw[1] > (26_000 if kind in NEWS_EVENTS else 21_000):
        return []
    count = 1 if kind.startswith("headcount") else 1 + (draw[2] >> 14) // 2
    signals = []
    for index in range(count):
        own = draw[4 + 7 * index : 11 + 7 * index]
        day = as_of - timedelta(days=_days_ago(kind, own[0]))
        facts = signal_facts(pools, company, kind, day, own)
        signals.append(
            CompanySignal(kind, 1_000_000 + number(seed, company.domain, kind, index) % 9_000_000, day, facts)
        )
    return signals


def _days_ago(kind: str, lane: int) -> int:
    # A headcount change is measured at the end of its months, so it is recent.
    return 1 + lane * (28 if kind.startswith("headcount") else _WINDOW) // 65536


def signal_facts(
    pools: Pools, company: Company, kind: str, day: date, own: Lanes
) -> Traffic | ItSpend | Headcount | Hiring | News:
    """What a signal of a type says of a company, by lanes of its own from the second on."""
    employees = company.employees or 1
    up = "Decrease" not in kind
    if kind.startswith("websiteTraffic"):
        average = employees * between(40, 400, own[1])
        change = between(12, 160, own[2]) if up else -between(10, 60, own[2])
        return Traffic(average, average * (100 + change) // 100, change)
    if kind.startswith("itSpend"):
        change = between(8, 70, own[2]) if up else -between(5, 45, own[2])
        return ItSpend(employees * between(900, 9_000, own[1]) // 1000 * 1000 + 1000, change)
    if kind.startswith("headcount"):
        percent = between(4, 45, own[2]) if up else -between(3, 30, own[2])
        before = max(1, employees * 100 // (100 + percent))
        if before == employees:
            before = employees - 1 if up else employees + 1
        return Headcount(before, employees, round((employees - before) * 100 / before))
    if kind in NEWS_EVENTS:
        return _news(pools, company, kind, day, own)
    average = between(1, max(2, employees // 40), own[1])
    jobs = average * between(14, 38, own[2]) // 10 + 1
    change = round((jobs - average) * 100 / average)
    if kind == "surgeInHiringByDepartment":
        return Hiring(jobs, average, change, department=pick(HIRING_DEPARTMENTS, own[3]))
    if kind == "surgeInHiringByLocation":
        place = pick(company.offices or (company.place,), own[3])
        return Hiring(jobs, average, change, country=place.country, state=place.state)
    return Hiring(jobs, average, change)


def _news(pools: Pools, company: Company, kind: str, day: date, own: Lanes) -> News:
    event = pick(NEWS_EVENTS[kind], own[1])
    texts = pools.newsroom.events[event]
    (other,) = some(pools.stems, 1, own[2])
    names = {"company": company.name, "other": other}
    title = pick(texts["titles"], own[4]).format(**names)
    publisher = pick(pools.newsroom.publishers, own[5])
    return News(
        event=event,
        summary=pick(texts["summaries"], own[3]).format(**names),
        title=title,
        highlight=pick(texts["highlights"], own[6]).format(**names),
        url=f"https://{publisher}.example/{day:%Y/%m}/{company.handle}",
        effective=day - timedelta(days=own[6] % 6),
    )
