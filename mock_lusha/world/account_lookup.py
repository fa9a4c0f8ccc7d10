"""Lookups on behalf of an account: what it was given, what was erased for it, what scenarios decide.

Whom a query means is up to ``resolver``.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from mock_lusha.values import mutable
from mock_lusha.world.entities import Phone
from mock_lusha.world.generate.phones import phone_number
from mock_lusha.world.resolver import CompanyQuery, Lookup, PersonQuery, Resolver, identity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_lusha.caching import GenerationalMap
    from mock_lusha.world.entities import PersonKey, Restriction
    from mock_lusha.world.resolver import CompanyMatch, PersonMatch
    from mock_lusha.world.world import World

_TRAIL_SIZE = 100
OutcomeOf: TypeAlias = "Callable[[PersonQuery | CompanyQuery], tuple[Any, bool]]"
"""What a scenario decides of a query, None where the world does; and whether that holds for good."""
_RESTRICTIONS: Mapping[str, Restriction] = {"gdpr": "gdpr", "compliance": "compliance"}
V_co = TypeVar("V_co", covariant=True)


class AccountMemory(Protocol[V_co]):
    """Ids an account was given."""

    def get(self, key: int, /) -> V_co | None:
        """What an id was given out for."""


@mutable
class Erasures:
    """What was erased from an account's world: people by identity, companies by identity domain."""

    people: set[Any] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)


class AccountLookup:
    """Looks into a world on behalf of an account.

    ``people`` and ``companies`` are ids the account was given for those outside the directory: texts of
    identities or the addresses of strangers, and identity domains. ``erased`` is
    what was erased for it; the first ``erase`` matches are added to it. ``outcome_of`` gives the outcome of
    a query that a scenario decides. Those that hold for good are kept in ``outcomes``, by the ids of who was
    found: an id does not spell the word that decided. ``resolver`` resolves
    queries; a new one is made where none is passed. ``trail`` notes each lookup.
    """

    def __init__(
        self,
        world: World,
        *,
        open_world: bool,
        match_rate: float,
        people: AccountMemory[str],
        companies: AccountMemory[str],
        erased: Erasures | None = None,
        erase: int = 0,
        outcome_of: OutcomeOf | None = None,
        outcomes: GenerationalMap[int, Any] | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        self._world = world
        self.resolver = resolver or Resolver(world, open_world=open_world, match_rate=match_rate)
        self._people = people
        self._companies = companies
        self.erased = erased or Erasures()
        self._erase = erase
        self._outcome_of = outcome_of
        self._outcomes = outcomes
        self.trail: list[Lookup] = []

    @property
    def plain(self) -> bool:
        """Whether the account sees the world as it is: no outcomes, nothing erased."""
        decided = self._outcome_of is not None or self._outcomes
        return not decided and not self._erase and not self.erased.people

    # People

    def person(self, query: PersonQuery) -> PersonMatch | None:
        """The person meant, or None."""
        key = None if query.person_id is None else self._key_of(query.person_id)
        match, lookup = self.resolver.person(query, key)
        if match is not None and not self.plain:
            match, lookup = self._with_outcome(query, match, lookup)
        if len(self.trail) < _TRAIL_SIZE:
            self.trail.append(lookup)
        return match

    def _with_outcome(
        self, query: PersonQuery, match: PersonMatch, lookup: Lookup
    ) -> tuple[PersonMatch | None, Lookup]:
        """The match and the lookup as this account sees them."""
        if self._vanishes(match.person.key, self.erased.people):
            return None, Lookup(query, None, why="erased from this account's world", forced=True)
        number = match.person.id
        outcome, lasts = (None, False) if self._outcome_of is None else self._outcome_of(query)
        if outcome is None and self._outcomes is not None:
            outcome = self._outcomes.get(number)
        if outcome is None:
            return match, lookup
        changed = _come_to(match, outcome)
        if lasts and self._outcomes is not None and changed is not None and not changed.person.restricted:
            self._outcomes.update({number: outcome})
        why = f"outcome {outcome}"
        if changed is None:
            return None, Lookup(query, None, why=why, forced=True)
        return changed, lookup._replace(name=changed.person.full_name, why=why, forced=True)

    def _key_of(self, text: str) -> PersonKey | None:
        """The identity that an id stands for, in the world or among the ids this account was given."""
        person_id = _id(text)
        if person_id is None:
            return None
        key = self._world.key_of_id(person_id)
        remembered = self._people.get(person_id) if key is None else None
        return key if remembered is None else identity_of(remembered)

    def resolves(self, key: PersonKey) -> bool:
        """Whether an identity resolves at all: in the open world, by its match rate."""
        return self.resolver.resolves(key)

    def note(self, why: str) -> None:
        """Add a reason to the last lookup."""
        if 0 < len(self.trail) < _TRAIL_SIZE:
            self.trail[-1] = self.trail[-1]._replace(why=why)

    def _vanishes(self, identity: Any, erased: set[Any]) -> bool:
        if self._erase and identity not in erased:
            self._erase -= 1
            erased.add(identity)
        return identity in erased

    # Companies

    def company(self, query: CompanyQuery) -> CompanyMatch | None:
        """The company meant, or None. A company id speaks before a domain, a domain before a name."""
        match, reason = self.resolver.company(query, self._domain_of(query.company_id))
        why: str | None = reason or None
        forced = False
        if match is not None and self._vanishes(match.company.domain, self.erased.companies):
            match, why, forced = None, "erased from this account's world", True
        outcome = None if match is None or self._outcome_of is None else self._outcome_of(query)[0]
        if outcome == "not-found":
            match, why, forced = None, "outcome not-found", True
        if len(self.trail) < _TRAIL_SIZE:
            lookup = Lookup(query, None, why=why, forced=forced)
            if match is not None:
                company = match.company
                lookup = Lookup(query, match.by, company.id, company.name, match.domain, why, forced)
            self.trail.append(lookup)
        return match

    def _domain_of(self, text: str | None) -> str | None:
        """The domain that a company id stands for, in the world or among the ids this account was given."""
        company_id = None if text is None else _id(text)
        if company_id is None:
            return None
        company = self._world.company_by_id(company_id)
        return self._companies.get(company_id) if company is None else company.domain


def _id(text: str) -> int | None:
    """A numeric id; None for a text that is not one, or is too long for one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def _come_to(match: PersonMatch, outcome: str) -> PersonMatch | None:
    """The match as a scenario's outcome changes it; None where nobody is to be found."""
    person = match.person
    if outcome == "not-found":
        return None
    if outcome in _RESTRICTIONS:
        person = replace(person, restricted=_RESTRICTIONS[outcome])
    elif outcome == "partial":
        person = replace(person, emails=(), phones=())
    elif outcome == "no-phones":
        person = replace(person, phones=())
    else:
        number = phone_number(person.place, mobile=True, lane=0, digits=person.id % 65_536)
        phones = person.phones or (Phone(number, "mobile", True, person.updated),)
        person = replace(person, phones=tuple(replace(phone, do_not_call=True) for phone in phones))
    return replace(match, person=person)
