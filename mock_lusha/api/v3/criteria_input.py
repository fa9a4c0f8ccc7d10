"""How each criterion of prospecting is read: name on the wire -> what searches call it, with its value."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.ids import number_of
from mock_lusha.errors import Detail, shorten
from mock_lusha.services.signals import DEFAULT_MONTHS, months_before
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.identity import fold
from mock_lusha.world.search.catalog import DATA_POINTS
from mock_lusha.world.search.place_criterion import PlaceCriterion
from mock_lusha.world.search.predicates import SignalCriterion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.ids import Kind

    Criteria = Mapping[str, Any]
    Readers = Mapping[str, Callable[["Field"], Criteria]]

REFINERS = frozenset({"score", "education", "jobChangedAfterDate", "jobChangedLastViewDate"})
"""Criteria of contacts, as searches call them, that only refine what others find."""
_NOBODY = 0
_LENGTH_OF_DATE = len("2026-03-31")


class Field(NamedTuple):
    """A criterion as it was sent: its value, the fields beside it, and the path to it."""

    call: ApiRequest
    fields: Mapping[str, Any]
    name: str
    value: Any
    path: str


def _as(criterion: str) -> Callable[[Field], Criteria]:
    """A reader of values that are taken as they are."""

    def read(field: Field) -> Criteria:
        return {criterion: field.value}

    return read


def _texts(criterion: str) -> Callable[[Field], Criteria]:
    """A reader of texts; empty ones say nothing."""

    def read(field: Field) -> Criteria:
        values = [value for value in field.value if value.strip()]
        return {criterion: values} if values else {}

    return read


def _places(field: Field) -> Criteria:
    return {"locations": tuple(map(place_of, field.value))}


def place_of(location: Mapping[str, str]) -> PlaceCriterion:
    """A location as callers send it."""
    folded = {name: fold(value) for name, value in location.items() if value.strip()}
    return PlaceCriterion(
        folded.get("continent"),
        folded.get("country"),
        folded.get("countryGrouping"),
        folded.get("state"),
        folded.get("city"),
        folded.get("region"),
        folded.get("countryIso2"),
    )


def _company_places(field: Field) -> Criteria:
    # A location with the code of a country matches no company, whatever else it says.
    places = [location for location in field.value if "countryIso2" not in location]
    return {"locations": tuple(map(place_of, places))}


def _ranges(criterion: str) -> Callable[[Field], Criteria]:
    def read(field: Field) -> Criteria:
        return {
            criterion: tuple(_range(limits, f"{field.path}.{at}") for at, limits in enumerate(field.value))
        }

    return read


def _range(limits: Mapping[str, int], path: str) -> tuple[int | None, int | None]:
    least, most = limits.get("min"), limits.get("max")
    if least is not None and most is not None and most < least:
        raise bad_request(Detail(f"{path}.max must not be less than {path}.min", f"min {least}, max {most}"))
    return least, most


def _data_points(field: Field) -> Criteria:
    points = [point.strip().lower() for point in field.value]
    if field.call.account.strict != "no":
        for point in points:
            if point not in DATA_POINTS:
                parent = field.path.rpartition(".")[0]
                raise bad_request(
                    Detail(
                        f"{parent}.each value in {field.name} must be one of the following values: "
                        f"{', '.join(DATA_POINTS)}",
                        shorten(point),
                    )
                )
    return {"existing_data_points": points}


def _signals(field: Field) -> Criteria:
    """Types (all where none is named) from a day on, six months before today where none is named."""
    call, block = field.call, field.value
    call.require(
        "signals",
        "plan-restricted",
        [f"this account (plan {call.account.plan.name}) does not have the feature signals"],
    )
    start = block.get("startDate")
    since = months_before(call.today, DEFAULT_MONTHS)
    if start is not None:
        since = day_of(start, f"{field.path}.startDate")
    kinds = tuple(dict.fromkeys(block.get("types") or [ALL]))
    return {"signal": SignalCriterion(kinds, since, call.today)}


def day_of(text: str, path: str) -> date:
    """A day of a body, as YYYY-MM-DD.

    Raises:
        ApiError: 400 for what is not one.
    """
    try:
        if len(text) == _LENGTH_OF_DATE:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise bad_request(Detail(f"{path} must be a valid ISO 8601 date string", shorten(text)))


def _ids(kind: Kind) -> Callable[[Field], Criteria]:
    """A reader of ids; one of another account, or of nobody, is nobody's."""

    def read(field: Field) -> Criteria:
        numbers = []
        for index, text in enumerate(field.value):
            try:
                number = number_of(field.call.account, kind, text)
            except ValueError:
                raise bad_request(
                    Detail(f"Invalid {kind} id", f"{field.path}.{index}: {shorten(text)}")
                ) from None
            numbers.append(_NOBODY if number is None else number)
        return {"ids": numbers}

    return read


CONTACT_READERS: Readers = {
    "departments": _texts("departments"),
    "seniorityIds": _as("seniority"),
    "existingDataPoints": _data_points,
    "locations": _places,
    "jobTitles": _texts("jobTitles"),
    "jobTitlesExactMatch": _texts("jobTitlesExactMatch"),
    "linkedinUrls": _texts("linkedinUrls"),
    "searchText": _as("searchText"),
    "signals": _signals,
}
"""Criteria of contacts."""
COMPANY_READERS: Readers = {
    "names": _texts("names"),
    "domains": _texts("domains"),
    "locations": _company_places,
    "sizes": _ranges("sizes"),
    "revenues": _ranges("revenues"),
    "technologies": _texts("technologies"),
    "mainIndustriesIds": _as("mainIndustriesIds"),
    "subIndustriesIds": _as("subIndustriesIds"),
    "intentTopics": _texts("intentTopics"),
    "sicCodes": _texts("sicCodes"),
    "naicsCodes": _texts("naicsCodes"),
    "searchText": _as("searchText"),
    "signals": _signals,
}
"""Criteria of companies."""
