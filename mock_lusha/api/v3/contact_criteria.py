"""How criteria of contacts are read: name on the wire -> what searches call it, with its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.criteria_input import (
    areas,
    bounds,
    ids_of,
    place_of,
    require_signals,
    value_as,
    wanted_terms,
)
from mock_lusha.api.v3.signal_input import day_of, signal_request
from mock_lusha.errors import Detail, shorten
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.search.catalog import DATA_POINTS
from mock_lusha.world.search.criteria import SignalCriterion
from mock_lusha.world.search.person_predicates import EducationCriterion
from mock_lusha.world.search.place_criterion import PlaceCriterion

if TYPE_CHECKING:
    from mock_lusha.api.v3.criteria_input import Criteria, Field, Reader, Readers

REFINERS = frozenset({"score", "education", "jobChangedAfterDate", "jobChangedLastViewDate"})
"""Criteria that only refine what others find."""


def _locations(field: Field) -> Criteria:
    return {"locations": tuple(map(place_of, field.value))}


def _countries(field: Field) -> Criteria:
    return {"countries": tuple(PlaceCriterion(country_code=code.strip().lower()) for code in field.value)}


def _data_points(field: Field) -> Criteria:
    points = [point.strip().lower() for point in field.value]
    if field.call.account.strict != "no":
        for point in points:
            if point not in DATA_POINTS:
                parent = field.path.rpartition(".")[0]
                allowed = ", ".join(DATA_POINTS)
                text = f"{parent}.each value in {field.name} must be one of the following values: {allowed}"
                raise bad_request(Detail(text, shorten(point)))
    condition = field.fields.get("existingDataPointsCondition")
    return {"existing_data_points": wanted_terms(points, condition)}


def _signals(field: Field) -> Criteria:
    """Types (all where none is named) from a day on, six months before today where none is named."""
    require_signals(field.call)
    kinds, start = field.value.get("types") or [ALL], field.value.get("startDate")
    request = signal_request(field.call, kinds, start, f"{field.path}.startDate")
    return {"signal": SignalCriterion(request.kinds, request.since, request.until, later=True)}


def _education(field: Field) -> Criteria:
    course = field.value
    degrees, fields, schools = (
        tuple(course.get(name) or ()) for name in ("degrees", "fieldsOfStudy", "schools")
    )
    criterion = EducationCriterion(
        degrees, fields, schools, course.get("startYearGte"), course.get("graduationYearLte")
    )
    return {} if criterion == EducationCriterion() else {"education": criterion}


def _score(field: Field) -> Criteria:
    return {"score": bounds(field.value, field.path, "minScore", "maxScore")}


def _day(criterion: str) -> Reader:
    def read(field: Field) -> Criteria:
        return {criterion: day_of(field.value, field.path)}

    return read


CONTACT_READERS: Readers = {
    "names": value_as("names"),
    "jobTitles": value_as("jobTitles"),
    "jobTitlesExactMatch": value_as("jobTitlesExactMatch"),
    "normalizedJobTitles": value_as("normalizedJobTitles"),
    "searchText": value_as("searchText"),
    "countries": _countries,
    "locations": _locations,
    "seniorityIds": value_as("seniority"),
    "departments": value_as("departments"),
    "linkedinUrls": value_as("linkedinUrls"),
    "existingDataPoints": _data_points,
    "signals": _signals,
    "emails": value_as("emails"),
    "previousEmails": value_as("previousEmails"),
    "previousJobTitle": value_as("previousJobTitle"),
    "skills": value_as("skills"),
    "certifications": value_as("certifications"),
    "awards": value_as("awards"),
    "ids": ids_of("contact"),
    "jobChangedAfterDate": _day("jobChangedAfterDate"),
    "jobChangedLastViewDate": _day("jobChangedLastViewDate"),
    "education": _education,
    "score": _score,
    "geographicDetails": areas,
}
