"""What a process knows of the tenants of a store: of how many of their entries it has the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.http.exchange import Exchange
    from mock_lusha.store.sealing import Sealer


class Tenant:
    """A tenant by its ``name``, the bytes that stand for its ``key`` in the store.

    ``position`` is how many of its entries were run here, ``digest`` that of the last answer, None where that
    is not known. ``appended`` counts entries that were written here since there was a snapshot; one is
    ``due`` when it should be taken. ``key`` is None until a request of its was run here.
    """

    __slots__ = ("appended", "digest", "due", "key", "name", "position", "under_way")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.key: str | None = None
        self.position = 0
        self.digest: int | None = None
        self.appended = 0
        self.due = False
        self.under_way: set[Exchange] = set()
        """Calls that were decided here, and that the journal does not have yet."""


class Tenants:
    """The tenants that this process has met, by key and by name."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._by_key: dict[str, Tenant] = {}
        self._by_name: dict[bytes, Tenant] = {}

    def __iter__(self) -> Iterator[Tenant]:
        return iter(self._by_name.values())

    def of_key(self, key: str) -> Tenant:
        """The tenant of a key."""
        tenant = self._by_key.get(key)
        if tenant is None:
            tenant = self._by_key[key] = self.of_name(self._sealer.tenant(key))
            tenant.key = key
        return tenant

    def of_name(self, name: bytes) -> Tenant:
        """The tenant of a name."""
        tenant = self._by_name.get(name)
        if tenant is None:
            tenant = self._by_name[name] = Tenant(name)
        return tenant

    def forget(self) -> None:
        """Begin anew, as a store that was cleared does; calls under way keep the tenants they had."""
        self._by_key.clear()
        self._by_name.clear()
