"""How criteria of companies are read: name on the wire -> what searches call it, with its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import id_text
from mock_lusha.api.v3.criteria_input import (
    areas,
    bounds,
    ids_of,
    place_of,
    ranges_as,
    require_signals,
    value_as,
    wanted_terms,
)
from mock_lusha.api.v3.signal_input import day_of, signal_request
from mock_lusha.world.generate.linkedin_activity import LINKEDIN_ACTIVITY
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.search.criteria import (
    FundingCriterion,
    IntentCriterion,
    KeywordCriterion,
    PostalCriterion,
    SignalCriterion,
    terms_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.v3.criteria_input import Criteria, Field, Reader, Readers

OF_PEOPLE = ("previousCompanyDomains", "previousCompanyNames")
"""Criteria that are sent with those of companies, and speak of the people there."""


def _locations(field: Field) -> Criteria:
    # A location with the code of a country matches no company, whatever else it says.
    places = [location for location in field.value if "countryIso2" not in location]
    return {"locations": tuple(map(place_of, places))}


def _technologies(field: Field) -> Criteria:
    return {"technologies": wanted_terms(field.value, field.fields.get("technologiesCondition"))}


def _intent(field: Field) -> Criteria:
    """Topics, the scores that they have, or both: whichever of them is read first stands for all."""
    fields = field.fields
    topics = wanted_terms(
        fields.get("intentTopics") or [],
        fields.get("intentTopicsCondition"),
        fields.get("intentTopicsOperator"),
    )
    score = bounds(fields, field.path.rpartition(".")[0], "intentMinScore", "intentMaxScore")
    if score != (None, None):
        return {"intent": IntentCriterion(terms_of(topics), score)}
    return {"intentTopics": topics} if fields.get("intentTopics") else {}


def _codes(criterion: str) -> Reader:
    """A reader of codes of industries, which may be sent as numbers."""

    def read(field: Field) -> Criteria:
        return {criterion: [id_text(code) for code in field.value]}

    return read


def _keywords(field: Field) -> Criteria:
    values = tuple(field.value)
    fields = tuple(field.fields.get("keywordsSearchFields") or ())
    return {"keywords": KeywordCriterion(values, fields)}


def _postal_codes(criterion: str) -> Reader:
    def read(field: Field) -> Criteria:
        return {
            criterion: tuple(
                PostalCriterion(code.get("zipcode", ""), code.get("countryIso2") or None)
                for code in field.value
            )
        }

    return read


def _funding(field: Field) -> Criteria:
    """Investors and types are read by nobody: Lusha takes them, and does not apply them."""
    block: Mapping[str, Any] = field.value
    path = field.path
    date = block.get("date") or {}
    day = date.get("date")
    criterion = FundingCriterion(
        is_ipo=block.get("isIpo"),
        amounts=tuple(
            (each.get("coverage", "any_round"), bounds(each, f"{path}.ranges.{at}"))
            for at, each in enumerate(block.get("ranges") or ())
        ),
        since=None if day is None else (date.get("coverage", "any_round"), day_of(day, f"{path}.date.date")),
        rounds=tuple(
            (each.get("coverage", "any_round"), each["round"])
            for each in block.get("rounds") or ()
            if "round" in each
        ),
        names=tuple(
            (each.get("coverage", "any_round"), each["name"])
            for each in block.get("names") or ()
            if "name" in each
        ),
    )
    return {} if criterion == FundingCriterion() else {"funding": criterion}


def _signals(field: Field) -> Criteria:
    """Types (all where none is named) from a day on, six months before today where none is named; what
    narrows one type may have a first day of its own."""
    call, block, path = field.call, field.value, field.path
    require_signals(call)
    request = signal_request(call, block.get("types") or [ALL], block.get("startDate"), f"{path}.startDate")
    departments, locations, categories = (
        block.get(name) or () for name in ("filterByDepartment", "filterByLocation", "filterByIntentCategory")
    )

    def first_day(narrowing: Mapping[str, str], name: str, at: int) -> Any:
        day = narrowing.get("startDate")
        return request.since if day is None else day_of(day, f"{path}.{name}.{at}.startDate")

    return {
        "signal": SignalCriterion(
            (*request.kinds, LINKEDIN_ACTIVITY) if ALL in request.kinds else request.kinds,
            request.since,
            request.until,
            departments=tuple(
                (each["department"], first_day(each, "filterByDepartment", at))
                for at, each in enumerate(departments)
            )
            or None,
            locations=tuple(
                (each.get("country"), each.get("state"), first_day(each, "filterByLocation", at))
                for at, each in enumerate(locations)
            )
            or None,
            categories=tuple(categories) or None,
            later=True,
        )
    }


COMPANY_READERS: Readers = {
    "names": value_as("names"),
    "domains": value_as("domains"),
    "ids": ids_of("company"),
    "searchText": value_as("searchText"),
    "locations": _locations,
    "sizes": ranges_as("sizes"),
    "revenues": ranges_as("revenues"),
    "technologies": _technologies,
    "industriesLabels": value_as("industriesLabels"),
    "mainIndustriesIds": value_as("mainIndustriesIds"),
    "subIndustriesIds": value_as("subIndustriesIds"),
    "intentTopics": _intent,
    "intentMinScore": _intent,
    "intentMaxScore": _intent,
    "topicCountThreshold": ranges_as("topicCountThreshold"),
    "sicCodes": _codes("sicCodes"),
    "naicsCodes": _codes("naicsCodes"),
    "funding": _funding,
    "signals": _signals,
    "foundedYear": ranges_as("foundedYear"),
    "businessModel": value_as("businessModel"),
    "companyType": value_as("companyType"),
    "linkedinUrls": value_as("linkedinUrls"),
    "keywords": _keywords,
    "exactKeywords": value_as("exactKeywords"),
    "specialities": value_as("specialities"),
    "exactSpecialities": value_as("exactSpecialities"),
    "previousCompanyDomains": value_as("previousCompanyDomains"),
    "previousCompanyNames": value_as("previousCompanyNames"),
    "geographicDetails": areas,
    "locationsZipcodes": _postal_codes("locationsZipcodes"),
    "headquarterZipcodes": _postal_codes("headquarterZipcodes"),
}
