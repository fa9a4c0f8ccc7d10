"""Why an item of a call has no result: the errors that stand in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_lusha.api.shape import Shape
    from mock_lusha.services.enrichment import Miss


def contact_error(miss: Miss | None) -> Shape:
    """Of a person: the law keeps them from being shown, or nobody is known."""
    if miss == "restricted":
        return {
            "code": "COMPLIANCE_RESTRICTED",
            "message": "Contact is restricted due to compliance regulations",
        }
    return {"code": "NOT_FOUND", "message": "Contact not found"}


def company_error() -> Shape:
    """Of a company."""
    return {"code": "NOT_FOUND", "message": "Company not found"}
