"""Snapshots of tenants and of the server, sealed: when they are taken, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import orjson

from mock_lusha.store.engine import MOST_ENTRIES, SERVER, Snapshot

if TYPE_CHECKING:
    from mock_lusha.replication.tenants import Tenant, Tenants
    from mock_lusha.store.sealing import Sealer

EVERY: Final = MOST_ENTRIES
"""Entries of a tenant after which a snapshot is taken: whoever meets it reads that many at most."""
MOST_APPENDED: Final = 20_000
"""Entries of all tenants that a process writes without a snapshot; past that the tenants which have waited
longest get theirs, however few their entries are. Our decision: some 10 MB of a store."""
_PURPOSE: Final = b"snapshot"


class Captures(Protocol):
    """What accounts, and the server, have become, in bytes and back."""

    def of_account(self, key: str) -> bytes:
        """What the account of a key has become, and what the journal and all counts have of it."""

    def put_account(self, key: str, content: bytes) -> None:
        """Put that in the place of what is here of the key."""

    def of_server(self) -> bytes:
        """What belongs to no key."""

    def put_server(self, content: bytes) -> None:
        """Put that in the place of everything: no account is left."""


class Snapshots:
    """Takes snapshots by ``captures``, which has to be set before, and puts back what they have."""

    captures: Captures

    def __init__(self, sealer: Sealer, tenants: Tenants) -> None:
        self._sealer = sealer
        self._tenants = tenants
        self._appended = 0
        self._waiting: dict[Tenant, None] = {}
        """Those with entries that were written here since, in the order of the first of them."""

    def count(self, tenant: Tenant) -> None:
        """Count an entry that was written here; by that a snapshot becomes due."""
        if not tenant.appended:
            self._waiting[tenant] = None
        tenant.appended += 1
        self._appended += 1
        if tenant.position % EVERY == 0:
            tenant.due = True

    def next_due(self, tenant: Tenant) -> Tenant | None:
        """Of whom a snapshot is to be taken now that a call of a tenant is over: of itself, or of whoever has
        waited longest where very many entries are without one."""
        if tenant.due:
            return None if tenant.under_way else tenant
        if self._appended <= MOST_APPENDED:
            return None
        oldest = next(iter(self._waiting))
        if not oldest.under_way:
            return oldest
        del self._waiting[oldest]
        self._waiting[oldest] = None
        return None

    def done(self, tenant: Tenant) -> None:
        """Note that a snapshot of a tenant was kept, or is not wanted any more."""
        tenant.due = False
        self._appended -= tenant.appended
        tenant.appended = 0
        self._waiting.pop(tenant, None)

    def forget(self) -> None:
        """Begin anew, as a store that was cleared does."""
        self._appended = 0
        self._waiting.clear()

    def of_tenant(self, tenant: Tenant, server: int, latest: float) -> Snapshot:
        """What a tenant has become; nothing of it may be under way. ``latest`` is the latest time of all that
        was run."""
        head = orjson.dumps([tenant.key, tenant.digest, latest])
        content = head + b"\n" + self.captures.of_account(tenant.key or "")
        return Snapshot(tenant.position, server, self._sealer.seal(_PURPOSE + tenant.name, content))

    def of_server(self, server: int, digest: int | None, begun: float) -> Snapshot:
        """What the server has become."""
        content = orjson.dumps([begun, digest]) + b"\n" + self.captures.of_server()
        return Snapshot(server, server, self._sealer.seal(_PURPOSE + SERVER, content))

    def put_tenant(self, name: bytes, snapshot: Snapshot) -> float:
        """Put back what a tenant had become; the latest time that had been run then.

        Raises:
            StoreError: it does not open.
        """
        head, _, content = self._sealer.open(_PURPOSE + name, snapshot.content).partition(b"\n")
        key, digest, latest = orjson.loads(head)
        tenant = self._tenants.of_key(key)
        self.captures.put_account(key, content)
        tenant.position, tenant.digest = snapshot.position, digest
        # They are in the snapshot: whoever took it has run them.
        for exchange in tenant.under_way:
            exchange.is_kept = True
        self.done(tenant)
        return float(latest)

    def put_server(self, snapshot: Snapshot) -> tuple[float, int | None]:
        """Put back what the server had become; when it began, and the digest of its last answer.

        Raises:
            StoreError: it does not open.
        """
        head, _, content = self._sealer.open(_PURPOSE + SERVER, snapshot.content).partition(b"\n")
        begun, digest = orjson.loads(head)
        self.captures.put_server(content)
        return begun, digest
