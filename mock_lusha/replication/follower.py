"""How a process that is behind gets what others did: it runs their requests, or takes over snapshots."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import StoreError, StoreLostError
from mock_lusha.http.exchange import REPLAYED
from mock_lusha.replication.divergence import Divergence
from mock_lusha.replication.entry import LoggedRequest
from mock_lusha.replication.tenants import Tenant
from mock_lusha.store.engine import SERVER
from mock_lusha.store.settled import settled
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive

    from mock_lusha.clock import Clock
    from mock_lusha.replication.snapshots import Snapshots
    from mock_lusha.replication.tenants import Tenants
    from mock_lusha.state.accounts import Accounts
    from mock_lusha.state.journal import Journal
    from mock_lusha.store.engine import Appended, Snapshot, SnapshotPlace, Stored, StoreState
    from mock_lusha.store.opening import Store

BEGIN: Final = "/_mock/begin"
"""The path, as of a request, of the entry with which a store begins; nothing is served there."""
_log = logging.getLogger("mock_lusha")


@frozen
class Replayed:
    """What the scope of a request tells that is run for what it changes: its number in the store, when it was
    let in, how many seconds it had waited then, and whether its body is whole."""

    number: int
    time: float
    waited: float
    whole: bool


class Follower:
    """What this process has of a store, and how it gets the rest.

    ``seen`` is the number of an entry up to which nothing is missing, ``server`` the log of the server.
    ``latest`` is the latest time of all that was run, ``begun`` when the first process began, on the
    machine's clock, and ``checkpoint`` that of the log of the server as far as it is known here. All but
    ``catch_up`` are for whoever has the turn of all, ``catch_up`` for whoever has that of the tenant.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        accounts: Accounts,
        journal: Journal,
        tenants: Tenants,
        snapshots: Snapshots,
    ) -> None:
        self._engine = store.engine
        self._sealer = store.sealer
        self._clock = clock
        self._accounts = accounts
        self._journal = journal
        self._tenants = tenants
        self._snapshots = snapshots
        self.server = Tenant(SERVER)
        self.seen = 0
        self.latest = 0.0
        self.checkpoint = 0
        self.begun: float | None = None
        self.app: ASGIApp
        """What runs the requests of others: the application, with its log."""
        self.problem: str | None = None
        """Why no call can be decided any more: the state here is another one than elsewhere."""

    def begin(self, time: float) -> None:
        """Begin as the first process did, at a moment of its machine's clock."""
        self.begun = time
        self._clock.begin(time)
        with self._clock.held(time):
            self._accounts.with_presets()  # what happens to them is to be delivered from now on

    def note(self, tenant: Tenant, number: int, position: int, time: float) -> None:
        """Note that an entry of a tenant is run here."""
        self.latest = max(self.latest, time)
        if number == self.seen + 1:
            self.seen = number
        tenant.position = position

    def check(self, tenant: Tenant, appended: Appended) -> None:
        """Check that a store which refused an entry has as many as are known here.

        Raises:
            StoreLostError: it has fewer, so that what is here is known to nobody else.
        """
        # Positions of a tenant begin again where all was cleared, which the log of the server tells.
        same, behind = appended.server == self.server.position, appended.server < self.server.position
        if behind or (same and appended.position < tenant.position):
            raise self._lost()

    def _lost(self) -> StoreLostError:
        return StoreLostError(
            f"the store {self._engine.place} has less than it had: it was restored from an older copy"
        )

    async def restart(self) -> None:
        """Be as at the start: nothing of a store is here."""
        self.forget()
        request = LoggedRequest(self._clock.machine(), "POST", "/_mock/reset", b"", (), b"")
        scope = request.scope()
        scope[REPLAYED] = Replayed(0, request.time, 0.0, True)
        await self.app(scope, _body_of(b""), _nobody)
        self.server.position = self.seen = 0
        self.server.digest = self.begun = None

    def forget(self) -> None:
        """Begin to count again, as the store does where nothing is left of what was before."""
        self._tenants.forget()
        self._snapshots.forget()
        self.checkpoint = 0

    async def read_all(self) -> None:
        """Run all that is missing here, in the order of all entries.

        Raises:
            StoreError: the store cannot be used, or what was run came to something else.
        """
        floor = self.seen
        try:
            while True:
                state: StoreState = await settled(self._engine.state())
                if state.last < floor:
                    raise self._lost()
                if state.last == floor == self.seen:
                    return
                if state.checkpoint > self.server.position:
                    await self._restore()
                    floor = 0
                for place in await settled(self._engine.snapshots(floor)):
                    if place.tenant != SERVER:
                        await self._install(place.tenant, place.position)
                complete = await self._run_missing()
                after: StoreState = await settled(self._engine.state())
                # Snapshots that were put meanwhile may have trimmed what was not read yet.
                if complete and after.snapshots == state.snapshots:
                    self.seen = max(self.seen, state.last)
                    return
        except BaseException:
            self.seen = floor  # what is behind it is looked at again; entries that were run are known
            raise

    async def _run_missing(self) -> bool:
        """Run the entries behind those that were seen; False where some are trimmed."""
        while True:
            stored: Sequence[Stored] = await settled(self._engine.read_all(self.seen))
            if not stored:
                return True
            for entry in stored:
                is_servers = entry.tenant == SERVER
                tenant = self.server if is_servers else self._tenants.of_name(entry.tenant)
                if entry.position > tenant.position:
                    request = self._request(entry)
                    # Where all was cleared, positions of the server go on, and nothing is missing.
                    follows = entry.position == tenant.position + 1 or request.clears
                    if not follows or (not is_servers and entry.server != self.server.position):
                        return False
                    await self._replay(tenant, entry, request)
                self.seen = entry.number

    async def catch_up(self, tenant: Tenant) -> None:
        """Run what is missing of a tenant, up to where the log of the server goes on."""
        for place in await settled(self._engine.snapshots(self.seen)):
            if place.tenant == tenant.name:
                await self._install(tenant.name, place.position)
        while True:
            stored: Sequence[Stored] = await settled(self._engine.read(tenant.name, tenant.position))
            if not stored:
                return
            for entry in stored:
                if entry.server != self.server.position:
                    return  # the next append tells that all is to be read
                if entry.position != tenant.position + 1:
                    if not await self._install(tenant.name, entry.position - 1):
                        return
                    break
                await self._replay(tenant, entry, self._request(entry))

    def _request(self, entry: Stored) -> LoggedRequest:
        return LoggedRequest.read(self._sealer.open(entry.tenant, entry.content))

    async def _replay(self, tenant: Tenant, entry: Stored, request: LoggedRequest) -> None:
        if request.path == BEGIN:
            self.begin(request.time)
            self._journal.unused.append(entry.number)
            self.note(tenant, entry.number, entry.position, request.time)
            return
        if self.begun is None and request.begun is not None:
            self.begin(request.begun)
        # Where those between were cleared away, the digest is that of another call.
        known = tenant.digest if entry.position == tenant.position + 1 else None
        if None not in {known, request.digest} and known != request.digest:
            call = await self._call_before(entry)
            divergence = Divergence(tenant, entry, call, request, known, request.digest)
            self.problem = str(divergence)
            _log.error(
                "the state here is another one than elsewhere: %s; to report it: %s",
                self.problem,
                divergence.written(),
            )
            raise StoreError(self.problem)
        self.note(tenant, entry.number, entry.position, request.time)
        scope: dict[str, Any] = request.scope()
        scope[REPLAYED] = Replayed(entry.number, request.time, request.waited, request.body is not None)
        self._journal.awaited.add(entry.number)
        try:
            with suppress(ConnectionError):  # a rule cut the connection there
                await self.app(scope, _body_of(request.body or b""), _nobody)
        finally:
            self._journal.awaited.discard(entry.number)

    async def _call_before(self, entry: Stored) -> LoggedRequest | None:
        """The request before an entry of its tenant; None where it was trimmed."""
        stored: Sequence[Stored] = await settled(self._engine.read(entry.tenant, entry.position - 2))
        return self._request(stored[0]) if stored and stored[0].position == entry.position - 1 else None

    async def _restore(self) -> None:
        """Begin again with the checkpoint: what is between it and what was run here is trimmed."""
        while True:
            before: StoreState = await settled(self._engine.state())
            places: Sequence[SnapshotPlace] = await settled(self._engine.snapshots(0))
            found = {place.tenant: await self._snapshot(place.tenant) for place in places}
            after: StoreState = await settled(self._engine.state())
            if before.checkpoint == after.checkpoint:
                break
        snapshots = {tenant: snapshot for tenant, snapshot in found.items() if snapshot is not None}
        if SERVER not in snapshots:
            return  # it was cleared since
        server = snapshots.pop(SERVER)
        self.forget()
        self.begun, self.server.digest = self._snapshots.put_server(server)
        for name, snapshot in snapshots.items():
            self.latest = max(self.latest, self._snapshots.put_tenant(name, snapshot))
        self.server.position = self.checkpoint = server.server
        self.seen = 0

    async def _install(self, name: bytes, position: int) -> bool:
        """Take over what a tenant has become after so many entries, or more, where it is behind them."""
        if position <= self._tenants.of_name(name).position:
            return False
        snapshot = await self._snapshot(name)
        if snapshot is None or snapshot.position < position:
            return False  # all was cleared since
        self.latest = max(self.latest, self._snapshots.put_tenant(name, snapshot))
        return True

    async def _snapshot(self, name: bytes) -> Snapshot | None:
        found: Snapshot | None = await settled(self._engine.snapshot(name))
        return found


async def _nobody(message: Message) -> None:
    """Send to nobody."""


def _body_of(content: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive
