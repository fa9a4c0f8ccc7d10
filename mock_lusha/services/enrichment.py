"""Looking up people and companies on behalf of an account, and who of them may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from mock_lusha.world.resolver import identity_of

if TYPE_CHECKING:
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.entities import Person
    from mock_lusha.world.resolver import CompanyMatch, CompanyQuery, PersonMatch, PersonQuery
    from mock_lusha.world.world import World

Miss = Literal["not found", "restricted", "no emails", "no phones", "partial"]
"""Why somebody is not shown: nobody has the identifiers, the law forbids it, or others alone are wanted."""


class PersonResult(NamedTuple):
    """Somebody who was looked up, or why they are not shown; ``match`` is then who it would be."""

    match: PersonMatch | None
    miss: Miss | None = None


class CompanyResult(NamedTuple):
    """A company that was looked up, or why it is not shown."""

    match: CompanyMatch | None
    miss: Miss | None = None


def remembered(world: World, person: Person, address: str | None) -> str:
    """What an account remembers of whom an id is given out for: the identity and, of a stranger, the mailbox
    that they were asked for by, which says how their domain was written."""
    key = person.key
    if address is None or world.knows_person(key):
        return key.text
    return address if identity_of(address) == key else f"{key.text} {address}"


def find_person(
    lookup: AccountLookup,
    query: PersonQuery,
    *,
    needs: Literal["emails", "phones"] | None = None,
    partial: bool = True,
) -> PersonResult:
    """Look up one person; somebody without the kind of detail that is needed is not shown.

    Nor are ``partial`` people, of whom there is neither kind, where they are not wanted.
    """
    match = lookup.person(query)
    if match is None:
        return PersonResult(None, "not found")
    person = match.person
    if person.restricted is not None:
        return PersonResult(match, "restricted")
    if needs == "phones" and not person.phones:
        return PersonResult(match, "no phones")
    if needs == "emails" and not person.emails:
        return PersonResult(match, "no emails")
    if person.partial and not partial:
        return PersonResult(match, "partial")
    return PersonResult(match)


def find_company(lookup: AccountLookup, query: CompanyQuery, *, partial: bool = True) -> CompanyResult:
    """Look up one company; one that is known in part alone is not shown where it is not wanted."""
    match = lookup.company(query)
    if match is None:
        return CompanyResult(None, "not found")
    if match.company.partial and not partial:
        return CompanyResult(match, "partial")
    return CompanyResult(match)
