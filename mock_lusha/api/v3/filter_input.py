"""The filters of prospecting, as callers send them, as the query that a search of the world understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.company_criteria import COMPANY_READERS, OF_PEOPLE
from mock_lusha.api.v3.contact_criteria import CONTACT_READERS, REFINERS
from mock_lusha.api.v3.criteria_input import Field
from mock_lusha.errors import Detail
from mock_lusha.world.search.query import SearchQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.v3.criteria_input import Readers

    Fields = Mapping[str, Any]

Side = Literal["include", "exclude"]
_SIDES: tuple[Side, Side] = ("include", "exclude")
_NOT_WITH_CONTACTS = (
    "searchText", "signals", "technologies", "technologiesCondition", "intentTopics", "intentTopicsCondition",
    "intentMinScore", "intentMaxScore", "intentTopicsOperator", "topicCountThreshold",
)  # fmt: skip
"""Criteria of companies that a search of companies by their people does not take."""


def contact_query(call: ApiRequest) -> SearchQuery:
    """What a search of contacts asks for.

    Raises:
        ApiError: 400 for a value that cannot be read, and where no criterion says whom to look for.
    """
    filters: Fields = call.body["filters"]
    contacts = _sides(call, filters, "contacts", CONTACT_READERS)
    companies = _sides(call, filters, "companies", COMPANY_READERS)
    of_companies = _is_sent(filters, "companies", COMPANY_READERS)
    if not of_companies and not _is_sent(filters, "contacts", CONTACT_READERS):
        raise bad_request("filters must have at least one criterion in contacts or companies")
    if not of_companies and all(name in REFINERS for side in contacts for name in side):
        names = ", ".join(dict.fromkeys(name for side in contacts for name in side))
        raise bad_request(
            Detail("filters.contacts must have another criterion beside those that refine it", names)
        )
    options: Fields = call.body.get("options") or {}
    return SearchQuery(
        **_sided(contacts, companies),
        partial_contacts=options.get("includePartialProfiles", True),
        exclude_barred=options.get("excludeDnc", False),
        per_company=options.get("maxContactsPerCompany"),
    )


def company_query(call: ApiRequest) -> SearchQuery:
    """What a search of companies asks for.

    Raises:
        ApiError: 400 for a value that cannot be read, and for criteria that do not go together.
    """
    filters: Fields = call.body["filters"]
    contacts = _sides(call, filters, "contacts", CONTACT_READERS)
    _refuse_beside_contacts(filters, is_by_contacts=any(contacts))
    _refuse_country_codes(filters["companies"])
    companies = _sides(call, filters, "companies", COMPANY_READERS)
    options: Fields = call.body.get("options") or {}
    return SearchQuery(
        **_sided(contacts, companies), partial_companies=options.get("includePartialProfiles", False)
    )


def _sided(
    contacts: tuple[dict[str, Any], dict[str, Any]], companies: tuple[dict[str, Any], dict[str, Any]]
) -> dict[str, Any]:
    """The criteria of a query; those of companies that speak of their people are criteria of people."""
    for people, employers in zip(contacts, companies, strict=True):
        people.update({name: employers.pop(name) for name in OF_PEOPLE if name in employers})
    return {
        "contacts": contacts[0],
        "not_contacts": contacts[1],
        "companies": companies[0],
        "not_companies": companies[1],
    }


def _sides(
    call: ApiRequest, filters: Fields, entity: str, readers: Readers
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The criteria of both sides of an entity's filters, by the names that searches have for them."""
    block: Fields = filters.get(entity) or {}
    include, exclude = (
        _criteria(call, block.get(side) or {}, f"filters.{entity}.{side}", readers) for side in _SIDES
    )
    return include, exclude


def _is_sent(filters: Fields, entity: str, readers: Readers) -> bool:
    """Whether there is a criterion, also one of which nothing is applied."""
    block: Fields = filters.get(entity) or {}
    return any(
        name in readers and not _is_empty(value)
        for side in _SIDES
        for name, value in (block.get(side) or {}).items()
    )


def _is_empty(value: Any) -> bool:
    return value in (None, [], {}) or (isinstance(value, str) and not value.strip())


def _criteria(call: ApiRequest, fields: Fields, path: str, readers: Readers) -> dict[str, Any]:
    criteria: dict[str, Any] = {}
    for name, value in fields.items():
        reader = readers.get(name)
        if reader is None or _is_empty(value):
            continue
        criteria.update(reader(Field(call, fields, name, value, f"{path}.{name}")))
    return criteria


def _refuse_beside_contacts(filters: Fields, *, is_by_contacts: bool) -> None:
    if not is_by_contacts:
        return
    for side in _SIDES:
        fields: Fields = filters["companies"].get(side) or {}
        for name in _NOT_WITH_CONTACTS:
            if fields.get(name):
                raise bad_request(
                    f"filters.companies.{side}.{name} must not be sent together with filters.contacts"
                )


def _refuse_country_codes(companies: Fields) -> None:
    """Companies are searched by the names of countries; a search of contacts finds nobody by a code."""
    for side in _SIDES:
        fields: Fields = companies.get(side) or {}
        for index, location in enumerate(fields.get("locations") or ()):
            if "countryIso2" in location:
                raise bad_request(
                    f"filters.companies.{side}.locations.{index}.property countryIso2 should not exist"
                )
