"""Reads an account's world: who and what is there that passes filters, and whom identifiers lead to.

The searches and lookups are those of the API; nothing is charged, counted or remembered.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.api.people.shapes import company_shape, person_shape
from mock_lusha.api.people.simple_filters import SimpleFilters
from mock_lusha.api.record import CallRecord
from mock_lusha.api.request import ApiRequest
from mock_lusha.api.v3 import filter_input
from mock_lusha.api.v3.company_criteria import OF_PEOPLE
from mock_lusha.caching import CacheStore
from mock_lusha.contract.validation import body_check
from mock_lusha.errors import ApiError
from mock_lusha.world import arrays as np
from mock_lusha.world.resolver import PersonMatch
from mock_lusha.world.search.query import SearchQuery
from mock_lusha.world.search.session import Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.api.shape import Shape
    from mock_lusha.config import Settings
    from mock_lusha.contract.registry import Registry
    from mock_lusha.scenario.library import Library
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.entities import Person
    from mock_lusha.world.world import World
    from mock_lusha.world_store import WorldStore

    Filters = Mapping[str, Sequence[str]]
    Body = dict[str, Any]
    """The ``filters`` and ``options`` of a call of prospecting."""

_PAGINATION = {"page": 0, "size": 10}
_OPERATIONS = {"contacts": "prospectingContacts", "companies": "prospectingCompanies"}


class Parts(NamedTuple):
    """What a reader looks into: worlds, settings, and the contracts and scenarios there are."""

    worlds: WorldStore
    settings: Settings
    registry: Registry
    library: Library


class Listing(NamedTuple):
    """How many match, and a page of them, of which each is made when it is asked for."""

    total: int
    shapes: Iterator[Shape]


class Reader:
    """Reads the world of an account at a moment, in seconds on its clock."""

    def __init__(self, parts: Parts, account: Account, now: float) -> None:
        self.parts = parts
        self.account = account
        self._now = now

    @cached_property
    def world(self) -> World:
        """The account's world."""
        return self.parts.worlds.world(self.account)

    def call(self, body: Body) -> ApiRequest:
        """A call of the account that is read, and never carried out."""
        record = CallRecord()
        record.account, record.begun = self.account, self._now
        return ApiRequest("", b"", {}, body, record, {}, self.parts.worlds, self.parts.settings, CacheStore())

    # What is searched for

    def simple_people(self, filters: Filters) -> Body:
        """Simple filters of people as a call of prospecting has them.

        Raises:
            ApiError: 400 for a value that cannot be.
        """
        return {"filters": self._simple.of_people(filters)}

    def simple_companies(self, filters: Filters) -> Body:
        """Simple filters of companies as a call of prospecting has them.

        Raises:
            ApiError: 400 for a value that cannot be.
        """
        return {"filters": {"companies": {}, **self._simple.of_companies(filters)}}

    @property
    def _simple(self) -> SimpleFilters:
        return SimpleFilters(self.parts.worlds.catalog, self.world.pools)

    def checked(self, entity: str, body: Mapping[str, Any]) -> Body:
        """The filters and options of a body, held against the contract of prospecting. ``entity`` is contacts
        or companies. Without any criterion everybody is meant.

        Raises:
            ApiError: 400 where they are not as the contract has them.
        """
        registry = self.parts.registry
        operation = registry.operations[_OPERATIONS[entity]]
        check = body_check(registry.contract_of(operation), operation)
        search: Body = {"filters": body.get("filters") or {}}
        if body.get("options"):
            search["options"] = body["options"]
        sent = {**search, "pagination": _PAGINATION}
        if _is_blank(search["filters"]):
            search["filters"] = {"companies": {}}
            # The contract wants a criterion, which everybody has not; the options are still looked at.
            sent["filters"] = {"companies": {"include": {"names": ["any"]}}}
        elif entity == "companies":
            search["filters"] = {"companies": {}, **search["filters"]}
        findings = check and check.findings(sent)
        if findings:
            unknown = () if self.account.strict == "no" else findings.unknown
            if findings.errors or unknown:
                raise ApiError("bad-request", [*unknown, *findings.errors])
        return search

    @staticmethod
    def looks_at_people(search: Body) -> bool:
        """Whether a search of companies looks at their people, too."""
        sides = (search["filters"].get("companies") or {}).values()
        return bool(search["filters"].get("contacts")) or any(
            name in (side or {}) for side in sides for name in OF_PEOPLE
        )

    # Lists

    def people(self, search: Body, page: int, size: int) -> Listing:
        """The people that pass filters, in the order in which prospecting has them.

        Raises:
            ApiError: as prospecting refuses a criterion.
        """
        call = self.call(search)
        options = search.get("options") or {}
        query = (
            SearchQuery(
                partial_contacts=options.get("includePartialProfiles", True),
                exclude_barred=options.get("excludeDnc", False),
                per_company=options.get("maxContactsPerCompany"),
            )
            if _is_blank(search["filters"])
            else filter_input.contact_query(call)
        )
        index = call.index
        found = Search(index, call.lookup, query)
        answer = found.contacts(page * size, size)

        def shapes() -> Iterator[Shape]:
            for person in answer.persons:
                yield self._person(found, person)
            numbers = index.numbers_of(np.array(answer.rows, dtype=np.intp)) if answer.rows else []
            for number in numbers:
                key = self.world.key_of_number(number)
                if key is not None:
                    yield self._person(found, self.world.person(key))

        return Listing(answer.total, shapes())

    def _person(self, search: Search, person: Person) -> Shape:
        company = search.company(person.key.domain)
        domain = search.caller_domains.get(company.domain, company.domain)
        return person_shape(self.account, self.world, PersonMatch(person, company, domain, "filters"))

    def companies(self, search: Body, page: int, size: int) -> Listing:
        """The companies that pass filters, in the order in which prospecting has them.

        Raises:
            ApiError: as prospecting refuses a criterion.
        """
        call = self.call(search)
        index = call.index
        found = Search(index, call.lookup, filter_input.company_query(call))
        answer = found.companies(page * size, size)

        def shapes() -> Iterator[Shape]:
            for company in answer.joined:
                domain = found.caller_domains[company.domain]
                yield company_shape(self.account, self.world, company, domain)
            for company in map(index.company, answer.rows):
                yield company_shape(self.account, self.world, company, company.domain)

        return Listing(answer.total, shapes())

    # All there are, one after the other

    @property
    def counts(self) -> tuple[int, int]:
        """How many people and companies are pinned or in the directory."""
        pins, directory = self.world.pins, self.world.directory
        people = sum(self.world.person_number(key) is None for key in pins.people)
        companies = sum(directory.company_number(domain) is None for domain in pins.companies)
        return directory.people + people, directory.size + companies

    def everybody(self) -> Iterator[Shape]:
        """Everybody who is pinned or in the directory, company by company; nobody twice, and nobody kept."""
        world = self.world
        for key in world.pins.people:
            yield self._listed(world.person(key))
        for number in range(world.directory.size):
            for key in world.staff(number):
                if key not in world.pins.people:
                    yield self._listed(world.person(key))

    def _listed(self, person: Person) -> Shape:
        company = self.world.company(person.key.domain)
        return person_shape(self.account, self.world, PersonMatch(person, company, company.domain, "list"))

    def every_company(self) -> Iterator[Shape]:
        """Every company that is pinned or in the directory."""
        world = self.world
        listed = (company.domain for company in world.directory.companies)
        others = (domain for domain in listed if domain not in world.pins.companies)
        for domain in (*world.pins.companies, *others):
            yield company_shape(self.account, world, world.company(domain), domain)


def _is_blank(filters: Mapping[str, Any]) -> bool:
    """Whether there is no criterion at all, on either side."""
    return not any(
        any(entity.values()) if isinstance(entity, dict) else entity for entity in filters.values()
    )
