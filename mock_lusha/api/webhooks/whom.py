"""Whom something is about, by identifiers in place of an id: ids differ for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.errors import Detail, shorten
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.table_files import COMPANY_QUERY, PERSON_QUERY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.state.webhooks import SubscribedType
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch


def unknown_identifier(entity_type: SubscribedType, find: Mapping[str, Any]) -> Detail | None:
    """The first name among identifiers that is none of such an entity."""
    known = PERSON_QUERY if entity_type == "contact" else COMPANY_QUERY
    for name in find:
        if name not in known:
            return Detail(f"find of a {entity_type} has {', '.join(known)}", shorten(name))
    return None


def found(
    lookup: AccountLookup, entity_type: SubscribedType, find: Mapping[str, Any]
) -> PersonMatch | CompanyMatch | None:
    """Who is known by identifiers, whose names are those that there are."""
    if entity_type == "contact":
        return lookup.person(PersonQuery(**{PERSON_QUERY[name]: str(value) for name, value in find.items()}))
    return lookup.company(CompanyQuery(**{COMPANY_QUERY[name]: str(value) for name, value in find.items()}))
