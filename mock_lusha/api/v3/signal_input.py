"""Which signals a request asks for, and since when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.errors import Detail, shorten
from mock_lusha.services.signals import DEFAULT_MONTHS, SignalRequest, months_before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.api.request import ApiRequest

_LENGTH_OF_DATE = len("2026-03-31")


def signals_block(call: ApiRequest) -> SignalRequest | None:
    """What the block ``signals`` of a body asks for; None where there is none.

    Raises:
        ApiError: 403 where the plan has no signals; 400 for a day that does not exist.
    """
    block = call.body.get("signals")
    if block is None:
        return None
    call.require(
        "signals",
        "plan-restricted",
        [f"this account (plan {call.account.plan.name}) does not have the feature signals"],
    )
    return signal_request(call, block["types"], block.get("startDate"), "signals.startDate")


def signal_request(
    call: ApiRequest,
    kinds: Sequence[str],
    start: str | None,
    path: str,
    filters: Mapping[str, Any] | None = None,
) -> SignalRequest:
    """Signals of these kinds from a day on (six months back where none is named) to today.

    ``filters`` are those of the body; ``path`` is where the day stands in it.

    Raises:
        ApiError: 400 for a day that does not exist.
    """
    include = (filters or {}).get("include") or {}
    return SignalRequest(
        kinds=tuple(dict.fromkeys(kinds)),
        since=months_before(call.today, DEFAULT_MONTHS) if start is None else day_of(start, path),
        until=call.today,
        events=_words(include.get("newsEventTypes")),
        departments=_words(include.get("hiringByDepartments")),
        locations=_places(include.get("hiringByLocations")),
        categories=_words(include.get("intentCategories")),
        later=True,
    )


def day_of(text: str, path: str) -> date:
    """A day of a body, as YYYY-MM-DD.

    Raises:
        ApiError: 400 for what is no day.
    """
    try:
        if len(text) == _LENGTH_OF_DATE:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise bad_request(Detail(f"{path} must be a valid ISO 8601 date string", shorten(text)))


def _words(values: Sequence[str] | None) -> frozenset[str] | None:
    return frozenset(value.strip().lower() for value in values) if values else None


def _places(values: Sequence[Mapping[str, str]] | None) -> tuple[tuple[str, str | None], ...] | None:
    if not values:
        return None
    return tuple(
        (
            value.get("country", "").strip().lower(),
            value["state"].strip().lower() if value.get("state") else None,
        )
        for value in values
    )
