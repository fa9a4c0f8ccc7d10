"""Which signals a request asks for, and since when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.api.signal_shapes import company_signal, contact_signal
from mock_lusha.errors import Detail, shorten
from mock_lusha.services.signals import (
    DEFAULT_MONTHS,
    SignalRequest,
    months_before,
    signals_of_company,
    signals_of_person,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch
    from mock_lusha.world.world import World


def signal_request(
    call: ApiRequest,
    kinds: Sequence[str] | None,
    start: str | None,
    filters: Mapping[str, Any] | None,
    name: str,
) -> SignalRequest | None:
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
    since = months_before(call.today, DEFAULT_MONTHS)
    if start is not None:
        try:
            since = date.fromisoformat(start)
        except ValueError:
            raise bad_request(
                Detail(f"{name} must be a valid ISO 8601 date string", shorten(start))
            ) from None
    include = (filters or {}).get("include") or {}
    return SignalRequest(
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


def person_signals(world: World, request: SignalRequest, match: PersonMatch) -> dict[str, list[Shape]]:
    """The person's signals as the API shows them, by type; empty when there are none."""
    person, company, domain = match.person, match.company, match.company_domain
    return {
        kind: [
            contact_signal(signal, person, company, domain, str(person.id), company.id) for signal in signals
        ]
        for kind, signals in signals_of_person(world, request, person).items()
    }


def company_signals(world: World, request: SignalRequest, match: CompanyMatch) -> dict[str, list[Shape]]:
    """The company's signals as the API shows them, by type."""
    return {
        kind: [
            company_signal(signal, match.company, match.domain, str(match.company.id)) for signal in signals
        ]
        for kind, signals in signals_of_company(world, request, match.company).items()
    }
