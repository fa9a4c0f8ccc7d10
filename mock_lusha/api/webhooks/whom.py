"""Whom something is about, by identifiers in place of an id: ids differ for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import Detail, shorten
from mock_lusha.world.resolver import CompanyQuery, PersonQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.state.webhooks import SubscribedType
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch

PERSON: Final = {
    "personId": "person_id",
    "linkedinUrl": "linkedin_url",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "companyDomain": "company_domain",
}
COMPANY: Final = {"companyId": "company_id", "domain": "domain", "name": "name"}


def unknown_identifier(entity_type: SubscribedType, find: Mapping[str, Any]) -> Detail | None:
    """The first name among identifiers that is none of such an entity."""
    known = PERSON if entity_type == "contact" else COMPANY
    for name in find:
        if name not in known:
            return Detail(f"find of a {entity_type} has {', '.join(known)}", shorten(name))
    return None


def found(
    lookup: AccountLookup, entity_type: SubscribedType, find: Mapping[str, Any]
) -> PersonMatch | CompanyMatch | None:
    """Who is known by identifiers, whose names are those that there are."""
    if entity_type == "contact":
        return lookup.person(PersonQuery(**{PERSON[name]: str(value) for name, value in find.items()}))
    return lookup.company(CompanyQuery(**{COMPANY[name]: str(value) for name, value in find.items()}))
