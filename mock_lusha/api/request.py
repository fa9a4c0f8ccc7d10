"""What a handler is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.clock import date_of
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.services.billing import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mock_lusha.api.record import CallRecord
    from mock_lusha.caching import CacheStore
    from mock_lusha.config import Settings
    from mock_lusha.state.ledger import Charge, Details, Item
    from mock_lusha.world.account_lookup import AccountLookup
    from mock_lusha.world.resolver import Resolver
    from mock_lusha.world.search.catalog import Catalog
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world.world import World
    from mock_lusha.world_store import WorldStore


_NONE: Mapping[int, Any] = {}


class ApiRequest:
    """A request that passed the guards and the contract.

    ``query`` holds the parameters that were sent, ``path`` those in the path, ``body`` the JSON body or
    None; ``raw`` is the body as it was sent, or the query where an operation takes no body. ``caches`` are
    the application's. What it looks for in the account's world is made when it is first needed.
    """

    __slots__ = (
        "_lookup",
        "_world",
        "account",
        "body",
        "caches",
        "operation",
        "path",
        "query",
        "raw",
        "record",
        "settings",
        "worlds",
    )  # fmt: skip

    def __init__(
        self,
        operation: str,
        raw: bytes,
        query: Mapping[str, Any],
        body: Any,
        record: CallRecord,
        path: Mapping[str, str],
        worlds: WorldStore,
        settings: Settings,
        caches: CacheStore,
    ) -> None:
        self.operation = operation
        self.raw = raw
        self.query = query
        self.body = body
        self.record = record
        self.path = path
        self.worlds = worlds
        self.settings = settings
        self.caches = caches
        self.account = record.tenant
        self._world: World | None = None
        self._lookup: AccountLookup | None = None

    @property
    def index(self) -> SearchIndex:
        """The account's world as searches see it."""
        return self.worlds.index(self.account)

    @property
    def world(self) -> World:
        """The account's world."""
        if self._world is None:
            self._world = self.worlds.world(self.account)
        return self._world

    @property
    def lookup(self) -> AccountLookup:
        """Lookups in the account's world; the record lists them."""
        if self._lookup is None:
            record = self.record
            self._lookup = self.worlds.lookup(
                self.account, record.outcomes, record.erase, lasting=record.lasting
            )
            record.lookups = self._lookup.trail
        return self._lookup

    @property
    def world_caches(self) -> CacheStore:
        """What is cached of answers about the account's world."""
        return self.worlds.view(self.account).caches

    @property
    def resolver(self) -> Resolver:
        """The resolver of the account's world; ``lookup`` also knows what the account was given and lost."""
        return self.worlds.resolver(self.account)

    @property
    def plain(self) -> bool:
        """Whether the account sees people as the world has them: no outcomes, nobody erased."""
        record, own = self.record, self.account.overlay
        changed = own is not None and (own.erased.people or own.outcomes)
        return not record.outcomes and not record.erase and not changed

    @property
    def catalog(self) -> Catalog:
        """The value lists."""
        return self.worlds.catalog

    @property
    def today(self) -> date:
        """The date in UTC on the account's clock, when the call was let in."""
        return date_of(self.record.now)

    @property
    def live(self) -> bool:
        """Whether answers are as the live API gives them, not as documented."""
        return self.account.dialect == "live"

    def settle(
        self,
        items: Iterable[Item | Details],
        *,
        people: Mapping[int, str] = _NONE,
        companies: Mapping[int, str] = _NONE,
        revealed: Mapping[int, object] = _NONE,
    ) -> Charge:
        """Charge the account for this request, all or nothing, and remember what it was given."""
        charge = settle(
            self.account, self.operation, items, people=people, companies=companies, revealed=revealed
        )
        self.record.charged += charge.cost
        # A call that writes to a table settles that apart: it is left out where it cannot be paid.
        self.record.entries = [*self.record.entries, *charge] if self.record.entries else charge
        return charge

    def warn(self, text: str) -> None:
        """Note a tolerance for the log."""
        self.record.warnings.append(text)

    def require(self, feature: str, error: str, details: Iterable[str] = ()) -> None:
        """Refuse the request unless the plan has a feature."""
        if feature not in self.account.features:
            raise ApiError(error, details)


def bad_request(*details: Detail | str) -> ApiError:
    """A 400 that says what is wrong."""
    return ApiError("bad-request", details)


def id_text(value: object) -> str:
    """An id of a JSON body as text: 4711, 4711.0 and "4711" are the same."""
    return str(int(value) if isinstance(value, float) else value).strip()


def repeated(ids: Sequence[str], where: str, name: str) -> list[Detail]:
    """Findings about items of a bulk whose id an earlier item has: answers are keyed by it (our rule)."""
    first: dict[str, int] = {}
    problems = []
    for index, id_ in enumerate(ids):
        if id_ in first:
            text = f"{where}.{index}.{name} must be unique; {where}.{first[id_]} has it too"
            problems.append(Detail(text, shorten(id_)))
        first.setdefault(id_, index)
    return problems
