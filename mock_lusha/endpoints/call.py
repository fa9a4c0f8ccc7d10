"""What a handler is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mock_lusha.config import Settings
    from mock_lusha.exchange import Exchange
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.credits import Entry, Item
    from mock_lusha.world.catalog import Catalog
    from mock_lusha.world.lookup import Lookup
    from mock_lusha.world.search import SearchIndex
    from mock_lusha.world.world import World


@mutable
class Call:
    """A request that passed the guards and the contract.

    ``query`` holds the parameters that were sent, ``path`` those in the path, ``body`` the JSON body or
    None, ``today`` the clock's date. ``lookup`` and ``index`` find in the account's world.
    """

    operation: str
    query: Mapping[str, Any]
    body: Any
    account: Account
    world: World
    lookup: Lookup
    settings: Settings
    exchange: Exchange
    today: date
    path: Mapping[str, str]
    catalog: Catalog
    index: SearchIndex

    @property
    def live(self) -> bool:
        """Whether answers are as seen on the wire, not as documented."""
        return self.account.dialect == "live"

    def charge(self, items: Iterable[Item]) -> list[Entry]:
        """Charge the account for this request, all or nothing (``insufficient-credits``)."""
        entries = self.account.ledger.charge(self.account.requests, self.operation, items)
        self.exchange.charged += sum(entry.price for entry in entries)
        self.exchange.entries += entries
        return entries

    def warn(self, text: str) -> None:
        """Note a tolerance for the log."""
        self.exchange.warnings.append(text)

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
    found = []
    for index, each in enumerate(ids):
        if each in first:
            text = f"{where}.{index}.{name} must be unique; {where}.{first[each]} has it too"
            found.append(Detail(text, shorten(each)))
        first.setdefault(each, index)
    return found
