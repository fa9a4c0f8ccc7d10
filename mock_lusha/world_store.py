"""The worlds accounts look into, made when first needed."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from mock_lusha.caching import CacheStore, GenerationalMap, IdentityCache
from mock_lusha.config import data_folder
from mock_lusha.errors import ConfigError
from mock_lusha.values import mutable
from mock_lusha.world.account_lookup import AccountLookup, Erasures
from mock_lusha.world.directory import Directory
from mock_lusha.world.pin_files import pin_files, pins_of, read_fixtures, read_pins
from mock_lusha.world.pins import NO_PINS, clashes, joined, laid
from mock_lusha.world.pools import Pools
from mock_lusha.world.resolver import CompanyQuery, PersonQuery, Resolver
from mock_lusha.world.table_files import table_fixtures
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from mock_lusha.config import Settings
    from mock_lusha.scenario.model import Outcome
    from mock_lusha.state.accounts import Account
    from mock_lusha.world.account_lookup import OutcomeOf
    from mock_lusha.world.pins import Pins
    from mock_lusha.world.search.catalog import Catalog
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.table_files import TableFixture
    from mock_lusha.yamlfile import SourcePlace

_CACHE_SIZE = 32
_OUTCOMES = 10_000


@mutable
class AccountOverlay:
    """What one account pinned and erased: plain facts, from which its world is built.

    ``outcomes`` are those of people whom a magic word named, by their ids, which do not spell it.
    """

    pins: Pins = NO_PINS
    erased: Erasures = field(default_factory=Erasures)
    outcomes: GenerationalMap[int, Outcome] = field(default_factory=lambda: GenerationalMap(_OUTCOMES))

    def copy(self) -> AccountOverlay:
        """The same facts, which change by themselves; they lead to the same built world."""
        erased = Erasures(self.erased.people.copy(), self.erased.companies.copy())
        return AccountOverlay(self.pins, erased, self.outcomes.copy())


class BuiltWorld:
    """A world, and how searches see it, which is made when one looks."""

    def __init__(self, world: World, worlds: WorldStore) -> None:
        self.world = world
        self._worlds = worlds

    @cached_property
    def index(self) -> SearchIndex:
        """The world as searches see it."""
        from mock_lusha.world.search.index import SearchIndex  # noqa: PLC0415 - with the first search

        return SearchIndex(self.world, self._worlds.catalog)


class WorldView:
    """A world as lookups at one match rate see it, and the caches of answers about it."""

    __slots__ = ("caches", "resolver")

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.caches = CacheStore()


class WorldStore:
    """One world for each (seed, day), the last 32 of them kept; all share pools and pinned entities.

    Entities are pinned by files, over HTTP for all accounts (``shared``), and over HTTP for one: the later
    replaces what the earlier says of the same person or company.

    Files the user gave are read at once, so that a mistake in them stops the start; what ships with the
    package is read with the first world.

    Without ``fast`` strangers are looked up as everybody else is.

    Raises:
        DataFileError: a file of the fixtures folder cannot be used.
    """

    def __init__(self, settings: Settings, *, fast: bool = True) -> None:
        self._settings = settings
        self._fast = fast
        self._pools: Pools | None = None
        self._file_pins = NO_PINS
        self.shared = NO_PINS
        self._pins = NO_PINS
        """Those of files, and over them the shared ones."""
        self._table_fixtures: Sequence[TableFixture] = ()
        self._reference = data_folder("fixtures") / "reference"
        self._catalog: Catalog | None = None
        self._overlaid: IdentityCache[Pins, BuiltWorld] = IdentityCache(_CACHE_SIZE)
        """Worlds of accounts with pins of their own, by those."""
        self._of_files = lru_cache(maxsize=_CACHE_SIZE)(self._build_of_files)
        self._of = lru_cache(maxsize=_CACHE_SIZE)(self._build_of_all)
        self._view = lru_cache(maxsize=_CACHE_SIZE)(self._build_view)
        if settings.fixtures is not None and pin_files([settings.fixtures]):
            self._read()

    def _read(self) -> Pools:
        shipped = data_folder("fixtures")
        own = self._settings.fixtures
        self._pools = Pools.load(self._reference)
        documents = read_fixtures([shipped] if own is None else [shipped, own])
        self._pins = self._file_pins = pins_of(documents, self._pools)
        self._table_fixtures = table_fixtures(documents)
        return self._pools

    @property
    def catalog(self) -> Catalog:
        """The value lists, one for all worlds."""
        if self._catalog is None:
            from mock_lusha.world.search.catalog import Catalog  # noqa: PLC0415 - with the first value list

            self._catalog = Catalog(self._reference, self._pools or self._read())
        return self._catalog

    @property
    def table_fixtures(self) -> Sequence[TableFixture]:
        """The tables that accounts have from the start."""
        if self._pools is None:
            self._read()
        return self._table_fixtures

    def _build_of_files(self, seed: str, as_of: date) -> BuiltWorld:
        settings = self._settings
        pools = self._pools or self._read()
        directory = _directory(seed, settings.companies, settings.people, self._reference)
        return BuiltWorld(World(seed, as_of, pools, pins=self._file_pins, directory=directory), self)

    def _build_of_all(self, seed: str, as_of: date) -> BuiltWorld:
        built = self._of_files(seed, as_of)
        return built if self.shared is NO_PINS else BuiltWorld(built.world.pinned_with(self._pins), self)

    def resolver(self, account: Account) -> Resolver:
        """The resolver of the account's world."""
        return self.view(account).resolver

    def view(self, account: Account) -> WorldView:
        """The account's world as lookups see it."""
        return self._view(self.world(account), account.match_rate)

    def _build_view(self, world: World, match_rate: float) -> WorldView:
        resolver = Resolver(
            world, open_world=self._settings.open_world, match_rate=match_rate, fast=self._fast
        )
        return WorldView(resolver)

    def world(self, account: Account) -> World:
        """The account's world."""
        return self._built(account).world

    def index(self, account: Account) -> SearchIndex:
        """The account's world as searches see it."""
        return self._built(account).index

    def index_of(self, seed: str, as_of: date) -> SearchIndex:
        """The world of a seed and a day as searches see it, without what any account pinned."""
        return self._of(seed, as_of).index

    def _built(self, account: Account) -> BuiltWorld:
        own: AccountOverlay | None = account.overlay
        if own is None or own.pins is NO_PINS:
            return self._of(account.seed, account.as_of)
        built = self._overlaid.get(own.pins)
        if built is None or (built.world.seed, built.world.as_of) != (account.seed, account.as_of):
            world = self._of(account.seed, account.as_of).world
            built = BuiltWorld(world.pinned_with(joined(self._pins, own.pins)), self)
            self._overlaid.put(own.pins, built)
        return built

    # What an account changes in its own world

    def overlay(self, account: Account) -> AccountOverlay:
        """What an account's world has that no other has."""
        if account.overlay is None:
            account.overlay = AccountOverlay()
        own: AccountOverlay = account.overlay
        return own

    def read_pins(self, document: SourcePlace) -> Pins:
        """Pinned entities out of a document.

        Raises:
            DataFileError: they cannot be used.
        """
        return read_pins(document, self._pools or self._read())

    def pin(self, account: Account | None, facts: Pins, *, over: bool = False) -> None:
        """Pin entities for an account alone, or for all (None); ``over`` keeps what was pinned of them and is
        not given again.

        Raises:
            ConfigError: somebody else is pinned with one of their identifiers; nothing is pinned then.
        """
        if self._pools is None:
            self._read()
        own = None if account is None else self.overlay(account)
        base = self._pins if own is None else joined(self._pins, own.pins)
        problems = clashes(base, facts, () if own is None else own.erased.people)
        if problems:
            raise ConfigError("; ".join(problems) + ": erase who has it first, or choose another")
        if over:
            facts = laid(base, facts)
        if own is None:
            self.share(joined(self.shared, facts))
            return
        own.pins = joined(own.pins, facts)
        own.erased.people.difference_update(facts.people)
        own.erased.companies.difference_update(facts.companies)

    def unpin(self, account: Account | None = None) -> None:
        """Take back what was pinned and erased for an account, or what was pinned for all (None)."""
        if account is not None:
            account.overlay = None
        elif self.shared is not NO_PINS:
            self.share(NO_PINS)

    def share(self, pins: Pins) -> None:
        """Pin just these for all accounts. Each world is built again when it is next used."""
        if self._pools is None and pins is not NO_PINS:
            self._read()
        self.shared = pins
        self._pins = joined(self._file_pins, pins)
        self._of.cache_clear()
        self._view.cache_clear()
        self._overlaid.entries.clear()

    def lookup(
        self,
        account: Account,
        outcomes: Mapping[str, Outcome] | None = None,
        erase: int = 0,
        *,
        lasting: Collection[str] = (),
    ) -> AccountLookup:
        """A look into the account's world on its behalf.

        ``outcomes`` are what looking up those comes to whom a word names (``*`` is everybody); the first
        ``erase`` that are found vanish from the account's world for good. What ``lasting`` words decide holds
        for good too.
        """
        own: AccountOverlay | None = account.overlay
        if own is None and (lasting or erase):
            own = self.overlay(account)
        return AccountLookup(
            self.world(account),
            open_world=self._settings.open_world,
            match_rate=account.match_rate,
            resolver=self.resolver(account),
            people=account.people,
            companies=account.companies,
            erased=None if own is None else own.erased,
            erase=erase,
            outcome_of=_outcome_of(outcomes, lasting) if outcomes else None,
            outcomes=None if own is None else own.outcomes,
        )


@lru_cache(maxsize=2)
def _directory(seed: str, companies: int, people: int, reference: Path) -> Directory:
    """The directory of a seed, which the servers of a process share: tests start many."""
    return Directory(seed, companies, people, Pools.load(reference))


def _outcome_of(outcomes: Mapping[str, Outcome], lasting: Collection[str]) -> OutcomeOf:
    from mock_lusha.scenario.engine import EVERYBODY  # noqa: PLC0415 - it is there then
    from mock_lusha.scenario.identifiers import spelled  # noqa: PLC0415 - where a rule wants it

    def outcome_of(query: PersonQuery | CompanyQuery) -> tuple[Outcome | None, bool]:
        if isinstance(query, PersonQuery):
            words = spelled(email=query.email, last_name=query.last_name, domain=query.company_domain)
        else:
            words = spelled(domain=query.domain)
        word = next((word for word in (*words, EVERYBODY) if word in outcomes), None)
        return (None, False) if word is None else (outcomes[word], word in lasting)

    return outcome_of
