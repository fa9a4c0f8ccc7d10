"""What a search asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from mock_lusha.values import frozen

Fields = Mapping[str, Any]
"""Criteria by field, none of them empty."""


@frozen
class SearchQuery:
    """What is searched for: criteria by field, and the switches of a search."""

    contacts: Fields = field(default_factory=dict)
    not_contacts: Fields = field(default_factory=dict)
    companies: Fields = field(default_factory=dict)
    not_companies: Fields = field(default_factory=dict)
    partial_contacts: bool = True
    partial_companies: bool = True
    exclude_barred: bool = False
    per_company: int | None = None
    """How many people of one company are shown at the most."""

    @property
    def of_companies(self) -> tuple[Any, ...]:
        """All that decides which companies of an index match."""
        return self.partial_companies, self.companies, self.not_companies

    @property
    def of_people(self) -> tuple[Any, ...]:
        """All that decides which people of an index match."""
        return self.partial_contacts, self.exclude_barred, self.contacts, self.not_contacts, self.of_companies
