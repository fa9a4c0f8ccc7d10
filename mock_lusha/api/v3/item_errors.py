"""Why an item of a call has no result: the errors that stand in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.v3.identifiers import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.enrichment import Miss
    from mock_lusha.world.resolver import CompanyQuery, PersonQuery

_NOTES: Mapping[Miss, str] = {
    "restricted": "not shown: restricted by law or for compliance",
    "partial": "not shown: partial, and options.includePartialProfiles is false",
}


def contact_error(miss: Miss | None) -> Shape:
    """Of a person: the law keeps them from being shown, or nobody is known."""
    if miss == "restricted":
        return {
            "code": "COMPLIANCE_RESTRICTED",
            "message": "Contact is restricted due to compliance regulations",
        }
    return {"code": "NOT_FOUND", "message": "Contact not found"}


def note_miss(call: ApiRequest, query: PersonQuery | CompanyQuery, miss: Miss | None) -> None:
    """Note with the last lookup, for the journal, what its error does not say."""
    if NOBODY in query[:1]:
        call.lookup.note("the id is of another account, or of nobody")
    elif miss is not None and miss in _NOTES:
        call.lookup.note(_NOTES[miss])


def company_error() -> Shape:
    """Of a company."""
    return {"code": "NOT_FOUND", "message": "Company not found"}


def no_score() -> Shape:
    """Of somebody or a company that is known, and of whom there is nothing to score."""
    return {"code": "NO_SCORE", "message": "No score available"}
