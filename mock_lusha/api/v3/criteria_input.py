"""How criteria of prospecting are read: the readers that contacts and companies share.

A reader takes a criterion as it was sent and gives what searches call it, with its value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.ids import number_of
from mock_lusha.errors import Detail, shorten
from mock_lusha.world.identity import fold
from mock_lusha.world.search.criteria import AreaCriterion, Terms
from mock_lusha.world.search.place_criterion import PlaceCriterion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.ids import Kind
    from mock_lusha.world.search.criteria import Bounds

    Criteria = Mapping[str, Any]
    Reader = Callable[["Field"], Criteria]
    Readers = Mapping[str, Reader]

_PLACE = ("continent", "country", "countryGrouping", "state", "city", "region", "countryIso2")
_NOBODY = 0
"""A number that nobody and nothing has."""


class Field(NamedTuple):
    """A criterion as it was sent: its value, the fields beside it, and the path to it."""

    call: ApiRequest
    fields: Mapping[str, Any]
    name: str
    value: Any
    path: str


def value_as(criterion: str) -> Reader:
    """A reader of values that are taken as they are."""

    def read(field: Field) -> Criteria:
        return {criterion: field.value}

    return read


def wanted_terms(values: Sequence[str], *conditions: str | None) -> Terms | Sequence[str]:
    """Texts of which one is enough, or all are wanted where a condition says so."""
    return Terms(tuple(values), every=True) if {"and", "all"} & {*conditions} else values


def ranges_as(criterion: str) -> Reader:
    """A reader of lists of ranges."""

    def read(field: Field) -> Criteria:
        return {
            criterion: tuple(bounds(limits, f"{field.path}.{at}") for at, limits in enumerate(field.value))
        }

    return read


def bounds(limits: Mapping[str, int], path: str, least: str = "min", most: str = "max") -> Bounds:
    """A range, by the names that its ends have.

    Raises:
        ApiError: 400 for one that ends before it begins.
    """
    low, high = limits.get(least), limits.get(most)
    if low is not None and high is not None and high < low:
        raise bad_request(
            Detail(f"{path}.{most} must not be less than {path}.{least}", f"{least} {low}, {most} {high}")
        )
    return low, high


def place_of(location: Mapping[str, str]) -> PlaceCriterion:
    """A location as callers send it."""
    texts = [location.get(name, "") for name in _PLACE]
    return PlaceCriterion(*(fold(text) if text.strip() else None for text in texts))


def areas(field: Field) -> Criteria:
    """Distances in miles round places; without a distance it is the place itself.

    Raises:
        ApiError: 400 for one that does not say of what, or is negative.
    """
    criteria = []
    for at, area in enumerate(field.value):
        for name in ("country", "zipcode"):
            if not (area.get(name) or "").strip():
                raise bad_request(f"{field.path}.{at}.{name} should not be empty")
        distance = area.get("distance", 0)
        if distance < 0:
            raise bad_request(Detail(f"{field.path}.{at}.distance must not be less than 0", str(distance)))
        criteria.append(AreaCriterion(area["zipcode"], area["country"], int(distance)))
    return {"geographicDetails": tuple(criteria)}


def ids_of(kind: Kind) -> Reader:
    """A reader of ids; one of another account, or of nobody, is nobody's."""

    def read(field: Field) -> Criteria:
        numbers = []
        for at, text in enumerate(field.value):
            try:
                number = number_of(field.call.account, kind, text)
            except ValueError:
                raise bad_request(
                    Detail(f"Invalid {kind} id", f"{field.path}.{at}: {shorten(text)}")
                ) from None
            numbers.append(_NOBODY if number is None else number)
        return {"ids": numbers}

    return read


def require_signals(call: ApiRequest) -> None:
    """Refuse criteria of signals where the plan has none."""
    call.require(
        "signals",
        "plan-restricted",
        [f"this account (plan {call.account.plan.name}) does not have the feature signals"],
    )
