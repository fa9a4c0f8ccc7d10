"""The columns of tables: which there are from the start, which signals add, and what their cells show.

Lusha documents neither; these are our decision.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.services.signals import SignalRequest, signals_of_company, signals_of_person
from mock_lusha.state.tables import ColumnKind
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.resolver import PersonMatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mock_lusha.table_limits import EntityKind
    from mock_lusha.world.entities import Company, Person, Place
    from mock_lusha.world.resolver import CompanyMatch
    from mock_lusha.world.world import World

SIGNAL: Final = "signal"
"""Where the values of columns of signals come from."""
_LUSHA: Final = "lusha"
_EMAIL, _PHONE = 1, 2
_INDUSTRY, _EMPLOYEES, _REVENUE, _TECHNOLOGIES = 1, 2, 4, 8

EMAIL_COLUMN: Final = ColumnKind(
    "c6", "Work email", "contact_workEmail", _LUSHA, "email", fact=_EMAIL, run=True
)
PHONE_COLUMN: Final = ColumnKind("c7", "Phone", "contact_phone", _LUSHA, "phone", fact=_PHONE, run=True)
COLUMNS: Final[Mapping[EntityKind, Sequence[ColumnKind]]] = {
    "contacts": (
        ColumnKind("c1", "Full name", "contact_fullName", _LUSHA, "text"),
        ColumnKind("c2", "Job title", "contact_jobTitle", _LUSHA, "text"),
        ColumnKind("c3", "Company", "company_name", _LUSHA, "text"),
        ColumnKind("c4", "Location", "contact_location", _LUSHA, "text"),
        ColumnKind("c5", "LinkedIn", "contact_linkedin", _LUSHA, "url"),
        EMAIL_COLUMN,
        PHONE_COLUMN,
    ),
    "companies": (
        ColumnKind("c1", "Company", "company_name", _LUSHA, "text"),
        ColumnKind("c2", "Domain", "company_domain", _LUSHA, "text"),
        ColumnKind("c3", "Industry", "company_industry", _LUSHA, "text", fact=_INDUSTRY),
        ColumnKind("c4", "Employees", "company_employees", _LUSHA, "number", fact=_EMPLOYEES),
        ColumnKind("c5", "Location", "company_location", _LUSHA, "text"),
        ColumnKind("c6", "Revenue", "company_revenue", _LUSHA, "text", fact=_REVENUE, run=True),
        ColumnKind(
            "c7", "Technologies", "company_technologies", _LUSHA, "list", fact=_TECHNOLOGIES, run=True
        ),
    ),
}
"""The columns that tables have from the start."""


def signal_column(kind: str) -> ColumnKind:
    """The column of a type of signals."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind)
    return ColumnKind(
        f"col_signals_{kind}",
        f"Signals: {words.lower()}",
        kind,
        SIGNAL,
        "date",
        run=True,
        default=False,
        dated=True,
    )


def facts_of(match: PersonMatch | CompanyMatch) -> int:
    """What is known of an entity, as bits of a row."""
    return _person_facts(match.person) if isinstance(match, PersonMatch) else _company_facts(match.company)


def _person_facts(person: Person) -> int:
    has_work_email = any(email.kind == "work" for email in person.emails)
    return (_EMAIL if has_work_email else 0) | (_PHONE if person.phones else 0)


def _company_facts(company: Company) -> int:
    known = {
        _INDUSTRY: company.industry is not None,
        _EMPLOYEES: company.employees is not None,
        _REVENUE: company.revenue is not None,
        _TECHNOLOGIES: bool(company.technologies),
    }
    return sum(bit for bit, is_known in known.items() if is_known)


def cell_value(kind: ColumnKind, match: PersonMatch | CompanyMatch) -> Any:
    """What the cell of an entity shows, in a column that is not dated; None where nothing is known."""
    if isinstance(match, PersonMatch):
        return _PERSON_VALUES[kind.key](match)
    return _COMPANY_VALUES[kind.key](match)


def newest_signal(
    world: World, kind: str, match: PersonMatch | CompanyMatch, since: date, until: date
) -> date | None:
    """The day of the newest signal of a type in a span of days; None where there is none."""
    request = SignalRequest((kind,), since, until, later=True)
    if isinstance(match, PersonMatch):
        moves = signals_of_person(world, request, match.person).get(kind, [])
        return moves[0].day if moves else None
    events = signals_of_company(world, request, match.company).get(kind, [])
    return events[0].day if events else None


def has_column(kind: str) -> bool:
    """Whether a type of signals has a column: activity on LinkedIn has none."""
    return kind != LINKEDIN_ACTIVITY


def _place(place: Place) -> str:
    return ", ".join(part for part in (place.city, place.state, place.country) if part)


def _email(match: PersonMatch) -> str | None:
    return next((email.address for email in match.person.emails if email.kind == "work"), None)


def _revenue(match: CompanyMatch) -> str | None:
    revenue = match.company.revenue
    if revenue is None:
        return None
    least, most = revenue
    return f"{least}+" if most is None else f"{least}-{most}"


_PERSON_VALUES: Final[Mapping[str, Callable[[PersonMatch], Any]]] = {
    "contact_fullName": lambda match: match.person.full_name,
    "contact_jobTitle": lambda match: match.person.job.title,
    "company_name": lambda match: match.company.name,
    "contact_location": lambda match: _place(match.person.place),
    "contact_linkedin": lambda match: match.person.linkedin_url,
    "contact_workEmail": _email,
    "contact_phone": lambda match: match.person.phones[0].number if match.person.phones else None,
}
_COMPANY_VALUES: Final[Mapping[str, Callable[[CompanyMatch], Any]]] = {
    "company_name": lambda match: match.company.name,
    "company_domain": lambda match: match.domain,
    "company_industry": lambda match: match.company.industry and match.company.industry.main,
    "company_employees": lambda match: match.company.employees,
    "company_location": lambda match: _place(match.company.place),
    "company_revenue": _revenue,
    "company_technologies": lambda match: list(match.company.technologies) or None,
}
