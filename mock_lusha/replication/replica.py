"""A process as one of several that have the same state: it writes down what it is about to decide, and runs
what others wrote down."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from zlib import crc32

from mock_lusha.errors import ApiError, StoreError, StoreLostError
from mock_lusha.http.exchange import REPLAYED
from mock_lusha.replication.entry import LoggedRequest
from mock_lusha.replication.follower import BEGIN, Follower
from mock_lusha.replication.snapshots import Snapshots
from mock_lusha.replication.tenants import Tenants
from mock_lusha.replication.turns import Turns
from mock_lusha.store.engine import SERVER, Appended
from mock_lusha.store.settled import settled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from starlette.types import ASGIApp, Scope

    from mock_lusha.clock import Clock
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.operation import OperationApp
    from mock_lusha.replication.follower import Replayed
    from mock_lusha.replication.snapshots import Captures
    from mock_lusha.replication.tenants import Tenant
    from mock_lusha.state.accounts import Accounts
    from mock_lusha.state.journal import Journal
    from mock_lusha.store.engine import StoreState
    from mock_lusha.store.opening import Store

    Rest = tuple[Awaitable[None], int] | None

_log = logging.getLogger("mock_lusha")


class Replica:
    """A process that shares its state by a ``store``.

    What is here of the store, its follower knows; here calls are decided, and snapshots taken.
    """

    def __init__(self, store: Store, clock: Clock, journal: Journal, accounts: Accounts) -> None:
        self._engine = store.engine
        self._sealer = store.sealer
        self._clock = clock
        self._journal = journal
        self._turns = Turns()
        self._tenants = Tenants(store.sealer)
        self._snapshots = Snapshots(store.sealer, self._tenants)
        self._follower = Follower(store, clock, accounts, journal, self._tenants, self._snapshots)
        self._server = self._follower.server
        self._accounts = accounts
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way = 0
        journal.seen = lambda: self._follower.seen
        self.run = store.sealer.check[:8]
        """A name of what is shared, in 8 hex digits: all processes have the same."""
        self._is_lost = False
        self._renewal: asyncio.Task[None] | None = None
        self.is_replaying = False
        """Whether what is decided just now was asked for elsewhere."""

    @property
    def app(self) -> ASGIApp:
        """The application, with its log."""
        return self._follower.app

    @app.setter
    def app(self, app: ASGIApp) -> None:
        self._follower.app = app

    @property
    def captures(self) -> Captures:
        """What writes accounts, and the server, in bytes."""
        return self._snapshots.captures

    @captures.setter
    def captures(self, captures: Captures) -> None:
        self._snapshots.captures = captures

    async def open(self) -> None:
        """Run all that is in the store; one that is empty begins now.

        Raises:
            StoreError: the store cannot be used.
        """
        await self._engine.open()
        await self._join()

    async def _join(self) -> None:
        await self.read_all()
        while not self._server.position:
            begin = LoggedRequest(self._time(), "POST", BEGIN, b"", (), b"")
            await self._append_for_all(begin, clears=False)
            await self.read_all()

    def close(self) -> None:
        """Leave the store; to be called on the loop that serves."""
        for task in (*self._tasks, *(() if self._renewal is None else (self._renewal,))):
            task.cancel()
        self._engine.close()

    # Deciding

    async def decide_for_one(
        self, key: str, app: OperationApp, scope: Scope, exchange: Exchange, *, is_call: bool = False
    ) -> Rest:
        """Decide what changes the account of a key alone. What ``is_call`` goes into the journal.

        Raises:
            ApiError: ``unavailable`` where the store is; nothing has changed then.
        """
        tenant = self._tenants.of_key(key)
        try:
            self._check()
            if self._engine.at_once and self._turns.is_free(tenant.name):
                # Nobody can come between, so that no turn is to be taken: most calls end here.
                time, done = self._append(tenant, scope, exchange)
                if isinstance(done, Appended) and done.number is not None:
                    return self._appended(tenant, done, time, app, scope, exchange, is_call=is_call)
            while True:
                self._check()
                tenant = self._tenants.of_key(key)  # it is another one where all was cleared
                async with self._turns.of(tenant.name):
                    time, appended = self._append(tenant, scope, exchange)
                    done = appended if isinstance(appended, Appended) else await appended
                    if done.number is not None:
                        return self._appended(tenant, done, time, app, scope, exchange, is_call=is_call)
                    self._follower.check(tenant, done)
                    if done.server == self._server.position:
                        await self._follower.catch_up(tenant)
                        continue
                await self.read_all()
        except StoreError as error:
            self._note_trouble(error)
            raise ApiError("unavailable", [str(error)]) from None

    def _append(
        self, tenant: Tenant, scope: Scope, exchange: Exchange
    ) -> tuple[float, Appended | Awaitable[Appended]]:
        time = self._time()
        waited = round(self._clock.stopwatch() - exchange.started, 6)
        exchange.arrived, exchange.decided = time - waited, time
        request = LoggedRequest.of(scope, exchange.body, time, tenant.digest, waited)
        sealed = self._sealer.seal(tenant.name, request.content())
        return time, self._engine.append(tenant.name, tenant.position, self._server.position, sealed)

    def _appended(
        self,
        tenant: Tenant,
        done: Appended,
        time: float,
        app: OperationApp,
        scope: Scope,
        exchange: Exchange,
        *,
        is_call: bool,
    ) -> Rest:
        """Decide what was appended."""
        number = done.number or 0
        self._follower.note(tenant, number, done.position, time)
        self._snapshots.count(tenant)
        if is_call:
            tenant.under_way.add(exchange)
            self._under_way += 1
            exchange.on_kept = partial(self._kept, tenant, exchange)
        return self._decide(tenant, number, time, app, scope, exchange)

    async def decide_for_all(
        self, app: OperationApp, scope: Scope, exchange: Exchange, *, clears: bool
    ) -> Rest:
        """Decide what changes the whole server: everybody else has run all before it.

        With ``clears`` nothing of what was before is left, so that the store forgets it.

        Raises:
            ApiError: ``unavailable`` where the store is; nothing has changed then.
        """
        try:
            while True:
                self._check()
                async with self._turns.of_all():
                    await self._follower.read_all()
                    time = self._time()
                    request = LoggedRequest.of(scope, exchange.body, time, self._server.digest)
                    number = await self._append_for_all(request, clears=clears)
                    if number is not None:
                        if clears:
                            self.forget()
                        return self._decide(self._server, number, time, app, scope, exchange)
        except StoreError as error:
            self._note_trouble(error)
            raise ApiError("unavailable", [str(error)]) from None

    async def look(self, key: str | None) -> None:
        """Run what is missing of an account, or of all (None), before somebody looks at it.

        Raises:
            ApiError: ``unavailable`` where the store is.
        """
        try:
            while True:
                self._check()
                state: StoreState = await settled(self._engine.state())
                if state.last == self._follower.seen:
                    return
                if key is None or state.server != self._server.position:
                    await self.read_all()
                    return
                tenant = self._tenants.of_key(key)
                async with self._turns.of(tenant.name):
                    await self._follower.catch_up(tenant)
                after: StoreState = await settled(self._engine.state())
                # A snapshot that was put meanwhile may have trimmed what was not read yet. Who decides need
                # not look: the next append is refused then.
                if after.snapshots == state.snapshots:
                    return
        except StoreError as error:
            self._note_trouble(error)
            raise ApiError("unavailable", [str(error)]) from None

    async def trouble(self) -> str | None:
        """Why no call can be decided now, or None: the store is asked, and nothing is run."""
        if self._follower.problem is None:
            try:
                await settled(self._engine.state())
            except StoreError as error:
                self._note_trouble(error)
                return str(error)
        elif self._is_lost:
            self._note_trouble(StoreError(self._follower.problem))
        return self._follower.problem

    # A store that was lost

    def _note_trouble(self, error: StoreError) -> None:
        """Begin anew where the store is not the one any more that was opened.

        What is here is known to nobody else, and of several processes each may know something else: going on
        would be going on with different numbers. Our decision.
        """
        if isinstance(error, StoreLostError) and not self._is_lost:
            self._is_lost = True
            self._follower.problem = str(error)
            _log.error("%s: all accounts begin anew, as after a reset", error)
        if self._is_lost and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.get_running_loop().create_task(self._begin_anew())

    async def _begin_anew(self) -> None:
        """Forget everything, and join the store that is there now; the next call tries it again where that
        cannot be used."""
        try:
            async with self._turns.of_all():
                await self._engine.open()
                await self._follower.restart()
                self._journal.last_id = 0
            # Until then nothing is decided here: a new store would take an entry before its beginning.
            await self._join()
            self._is_lost, self._follower.problem = False, None
        except StoreError as error:
            self._follower.problem = str(error)

    def replay(self, key: str | None, app: OperationApp, scope: Scope, exchange: Exchange) -> None:
        """Decide a request that somebody wrote down, as it was decided there: for the tenant of a key, or for
        all (None)."""
        replayed: Replayed = scope[REPLAYED]
        tenant = self._server if key is None else self._tenants.of_key(key)
        exchange.pace = 0.0
        exchange.arrived, exchange.decided = replayed.time - replayed.waited, replayed.time
        if not replayed.whole:
            exchange.body = None
        self.is_replaying = True
        try:
            rest = self._run(replayed.number, replayed.time, app, scope, exchange)
        finally:
            self.is_replaying = False
        self._digest(tenant, exchange)
        if rest is not None:  # whoever served it waited; the state is decided before
            close = getattr(rest[0], "close", None)
            if close is not None:
                close()
            exchange.reply = app.refused(scope, exchange, ApiError("unavailable"))

    def _decide(
        self, tenant: Tenant, number: int, time: float, app: OperationApp, scope: Scope, exchange: Exchange
    ) -> Rest:
        rest = self._run(number, time, app, scope, exchange)
        self._digest(tenant, exchange)
        return rest

    def _run(self, number: int, time: float, app: OperationApp, scope: Scope, exchange: Exchange) -> Rest:
        exchange.number = number
        self._journal.last_id = max(self._journal.last_id, number)
        self._accounts.number = number
        rest: Rest = None
        with self._clock.held(time):
            try:
                rest = app.decide(scope, exchange)
            except ApiError as error:
                exchange.reply = app.refused(scope, exchange, error)
            clock = self._clock if exchange.account is None else exchange.account.clock
            exchange.moment = clock.now()
        if scope["path"].startswith("/_mock"):
            self._journal.unused.append(number)
        elif rest is not None:
            self._journal.awaited.add(number)
        return rest

    def _digest(self, tenant: Tenant, exchange: Exchange) -> None:
        reply = exchange.reply
        if reply is None:
            tenant.digest = None
        else:
            reply.body = reply.content()
            tenant.digest = crc32(reply.body, reply.status)

    def _time(self) -> float:
        return max(self._clock.machine(), self._follower.latest)

    def _check(self) -> None:
        if self._follower.problem is not None:
            raise StoreError(self._follower.problem)

    def forget(self) -> None:
        """Begin to count again, as the store does where nothing is left of what was before."""
        self._follower.forget()

    async def _append_for_all(self, request: LoggedRequest, *, clears: bool) -> int | None:
        if clears:
            request = replace(request, begun=self._follower.begun)
        sealed = self._sealer.seal(SERVER, request.content())
        done: Appended = await settled(self._engine.append_server(self._follower.seen, sealed, clears=clears))
        if done.number is not None:
            self._follower.note(self._server, done.number, done.server, request.time)
            if request.path == BEGIN:
                self._journal.unused.append(done.number)
                self._follower.begin(request.time)
        return done.number

    # Snapshots

    def _kept(self, tenant: Tenant, exchange: Exchange) -> None:
        """Go on when a call is over, and the journal has it."""
        tenant.under_way.discard(exchange)
        self._under_way -= 1
        due = self._snapshots.next_due(tenant)
        if due is None or self._tasks or self._follower.problem is not None:
            return
        if self._follower.checkpoint == self._server.position:
            self._put_snapshot(due)
        elif not self._under_way:
            self._begin_task(self._put_checkpoint())

    def _put_snapshot(self, tenant: Tenant) -> None:
        try:
            snapshot = self._snapshots.of_tenant(tenant, self._server.position, self._follower.latest)
            kept = self._engine.put_snapshot(tenant.name, snapshot)
        except StoreError:
            return  # the next call tells, and the next that is over tries it again
        except Exception:  # noqa: BLE001 - the call is decided, and must not fail for what comes after it
            _log.exception("no snapshot of an account could be taken: a defect of mock-lusha")
            kept = False
        self._snapshots.done(tenant)
        if not isinstance(kept, bool):
            self._begin_task(_ended(kept))

    def _begin_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _put_checkpoint(self) -> None:
        """Put a checkpoint where the log of the server is now, unless somebody did."""
        with suppress(StoreError):  # the next call tells
            async with self._turns.of_all():
                await self._follower.read_all()
                state: StoreState = await settled(self._engine.state())
                at = self._server.position
                if state.checkpoint != at:
                    # Those that are under way miss in the journal; whoever is due next tries it again.
                    if self._under_way or self._follower.begun is None:
                        return
                    snapshots = {
                        SERVER: self._snapshots.of_server(at, self._server.digest, self._follower.begun),
                        **{
                            each.name: self._snapshots.of_tenant(each, at, self._follower.latest)
                            for each in self._tenants
                            if each.position
                        },
                    }
                    if not await settled(self._engine.put_checkpoint(self._follower.seen, snapshots)):
                        return
                    for each in self._tenants:
                        self._snapshots.done(each)
                self._follower.checkpoint = at

    # Catching up

    async def read_all(self) -> None:
        """Run all that is missing here, in the order of all entries.

        Raises:
            StoreError: the store cannot be used, or what was run came to something else.
        """
        async with self._turns.of_all():
            await self._follower.read_all()


async def _ended(work: Awaitable[bool]) -> None:
    """Wait for a snapshot to be kept; where it is not, the log is longer for a while."""
    with suppress(StoreError):
        await work
