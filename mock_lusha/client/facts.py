"""Facts about people and companies: keyword arguments on one side, names of the API on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.protocol import ControlError, hides, without_none

if TYPE_CHECKING:
    from collections.abc import Mapping

__tracebackhide__ = hides

PERSON_FIND = ("personId", "linkedinUrl", "email", "firstName", "lastName", "companyName", "companyDomain")
COMPANY_FIND = ("companyId", "domain", "name")


def camel(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts under the names of a fixtures file, from either spelling.

    Raises:
        TypeError: a name is there in both spellings.
    """
    fields: dict[str, Any] = {}
    for name, value in facts.items():
        first, *rest = name.split("_")
        field = "".join([first, *(word.capitalize() for word in rest)])
        if field in fields:
            raise TypeError(f"{field} was given twice, once as {name}")
        fields[field] = str(value) if hasattr(value, "isoformat") else value
    return fields


def search_request(
    page: int | None, size: int | None, filters: Mapping[str, Any]
) -> tuple[str, Any, dict[str, Any]]:
    """A search of people or companies as it is sent: method, body and query."""
    window = without_none(page=page, size=size)
    if filters.keys() & {"filters", "options"}:
        return "POST", {**filters, **window}, {}
    return "GET", None, {**filter_fields(filters), **window}


def filter_fields(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filters under the names of the control API, but for those that are None.

    Raises:
        ControlError: one is an empty list, which would come to mean everybody.
        TypeError: a name is there in both spellings.
    """
    fields = without_none(**camel(filters))
    for name, value in fields.items():
        if isinstance(value, list | tuple) and not value:
            raise ControlError(f"{name} should not be empty: leave it out, or name a value", 400)
    return fields


def find_fields(find: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Whether facts identify one of the ``people`` or ``companies``, and the fields that do.

    Raises:
        TypeError: they identify neither.
    """
    fields = camel(find)
    if fields and fields.keys() <= set(COMPANY_FIND):
        return "companies", fields
    if fields and fields.keys() <= set(PERSON_FIND):
        return "people", fields
    raise TypeError(
        f"erase() takes one of {', '.join(PERSON_FIND)} for a person, or of "
        f"{', '.join(COMPANY_FIND)} for a company, not {', '.join(find) or 'nothing'}"
    )
