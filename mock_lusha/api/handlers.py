"""The handler of each operation. The modules that have them are imported when they are first called."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.http.endpoint import Handler
    from mock_lusha.http.reply import Reply

# Module of ``api.v2`` -> operations that its ``V2`` has the handlers of.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "persons": (
        "searchSingleContact",
        "searchMultipleContacts",
    ),
    "companies": (
        "searchSingleCompanyV2",
        "searchMultipleCompaniesV2",
    ),
    "filters": (
        "getContactDepartments",
        "getContactSeniority",
        "getContactDataPoints",
        "getContactCountries",
        "searchContactLocations",
        "searchCompanyNames",
        "getCompanyIndustries",
        "getCompanySizes",
        "getCompanyRevenues",
        "searchCompanyLocations",
        "getCompanySicCodes",
        "getCompanyNaicsCodes",
        "getCompanyIntentTopics",
        "searchCompanyTechnologies",
    ),
    "prospecting": (
        "searchProspectingContacts",
        "searchProspectingCompanies",
        "enrichProspectingContacts",
        "enrichProspectingCompanies",
    ),
    "signals": (
        "getSignalOptions",
        "getContactSignalsById",
        "searchContactSignals",
        "getCompanySignalsById",
        "searchCompanySignals",
    ),
    "account": ("getAccountUsageStats",),
}

WHITELISTED = frozenset({"searchMultipleContacts", "searchSingleCompanyV2", "searchMultipleCompaniesV2"})
"""Operations that were seen live (July 2026) to refuse what their document does not list, at any depth of the
body or, of the one that has none, in the query; and to word what is not valid in an envelope of their own."""


class Deferred:
    """A handler that is found at its first call."""

    def __init__(self, group: str, operation: str) -> None:
        self._group = group
        self._operation = operation

    @cached_property
    def _handler(self) -> Handler:
        handlers: Mapping[str, Handler] = import_module(f"mock_lusha.api.v2.{self._group}").V2
        return handlers[self._operation]

    def __call__(self, call: ApiRequest) -> Reply:
        """The reply to a call."""
        return self._handler(call)


HANDLERS: Mapping[str, Handler] = {
    operation: Deferred(group, operation) for group, operations in GROUPS.items() for operation in operations
}

SEARCHES: Mapping[str, bool] = {"searchProspectingContacts": True, "searchProspectingCompanies": False}
"""Operations that look at the whole directory, which takes a while to draw up; whether at its people too."""
