"""A process as one of several that have the same state: it writes down what it is about to decide, and runs
what others wrote down."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zlib import crc32

from mock_lusha.errors import ApiError, StoreError
from mock_lusha.http.exchange import REPLAYED
from mock_lusha.replication.entry import LoggedRequest
from mock_lusha.replication.turns import Turns
from mock_lusha.store.engine import SERVER, Appended
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope

    from mock_lusha.clock import Clock
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.http.operation import OperationApp
    from mock_lusha.state.accounts import Accounts
    from mock_lusha.state.journal import Journal
    from mock_lusha.store.engine import Stored, StoreState
    from mock_lusha.store.opening import Store

    Rest = tuple[Awaitable[None], int] | None

T = TypeVar("T")
_BEGIN: Final = "/_mock/begin"
"""The path, as of a request, of the entry with which a store begins; nothing is served there."""
_log = logging.getLogger("mock_lusha")


@frozen
class _Replayed:
    tenant: bytes
    number: int
    time: float
    whole: bool


class Replica:
    """A process that shares its state by a ``store``.

    It knows how many entries of each tenant, and of the server's log, were run here, and up to which number
    of all entries nothing is missing.
    """

    def __init__(self, store: Store, clock: Clock, journal: Journal, accounts: Accounts) -> None:
        self._engine = store.engine
        self._sealer = store.sealer
        self._clock = clock
        self._journal = journal
        self._accounts = accounts
        self._turns = Turns()
        self._positions: dict[bytes, int] = {}
        self._digests: dict[bytes, int] = {}
        self._server = 0
        self._seen = 0
        self._latest = 0.0
        journal.seen = lambda: self._seen
        self.app: ASGIApp
        """What runs the requests of others: the application, with its log."""
        self.run = store.sealer.check[:8]
        """A name of what is shared, in 8 hex digits: all processes have the same."""
        self.is_replaying = False
        """Whether what is decided just now was asked for elsewhere."""
        self.problem: str | None = None
        """Why no call can be decided any more: the state here is another one than elsewhere."""

    async def open(self) -> None:
        """Run all that is in the store; one that is empty begins now.

        Raises:
            StoreError: the store cannot be used.
        """
        await self._engine.open()
        await self.read_all()
        while not self._server:
            time = self._time()
            begin = LoggedRequest(time, "POST", _BEGIN, b"", (), b"")
            await self._append_for_all(begin, clears=False)
            await self.read_all()

    # Deciding

    async def decide_for_one(self, key: str, app: OperationApp, scope: Scope, exchange: Exchange) -> Rest:
        """Decide what changes the account of a key alone.

        Raises:
            ApiError: ``unavailable`` where the store is; nothing has changed then.
        """
        tenant = self._sealer.tenant(key)
        try:
            self._check()
            if self._engine.at_once and self._turns.is_free(tenant):
                # Nobody can come between, so that no turn is to be taken: most calls end here.
                time, done = self._append(tenant, scope, exchange)
                if isinstance(done, Appended) and done.number is not None:
                    self._note(tenant, done.number, done.position, time)
                    return self._decide(tenant, done.number, time, app, scope, exchange)
            while True:
                self._check()
                async with self._turns.of(tenant):
                    time, appended = self._append(tenant, scope, exchange)
                    done = appended if isinstance(appended, Appended) else await appended
                    if done.number is not None:
                        self._note(tenant, done.number, done.position, time)
                        return self._decide(tenant, done.number, time, app, scope, exchange)
                    if done.server == self._server:
                        await self._catch_up(tenant)
                        continue
                await self.read_all()
        except StoreError as error:
            raise ApiError("unavailable", [str(error)]) from None

    def _append(
        self, tenant: bytes, scope: Scope, exchange: Exchange
    ) -> tuple[float, Appended | Awaitable[Appended]]:
        time = self._time()
        request = LoggedRequest.of(scope, exchange.body, time, self._digests.get(tenant))
        sealed = self._sealer.seal(tenant, request.content())
        return time, self._engine.append(tenant, self._positions.get(tenant, 0), self._server, sealed)

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
                    await self._read_all()
                    time = self._time()
                    request = LoggedRequest.of(scope, exchange.body, time, self._digests.get(SERVER))
                    number = await self._append_for_all(request, clears=clears)
                    if number is not None:
                        self._note(SERVER, number, self._server, time)
                        if clears:
                            self.forget()
                        return self._decide(SERVER, number, time, app, scope, exchange)
        except StoreError as error:
            raise ApiError("unavailable", [str(error)]) from None

    async def look(self, key: str | None) -> None:
        """Run what is missing of an account, or of all (None), before somebody looks at it.

        Raises:
            ApiError: ``unavailable`` where the store is.
        """
        try:
            self._check()
            state: StoreState = await _awaited(self._engine.state())
            if state.last == self._seen:
                return
            if key is None or state.server != self._server:
                await self.read_all()
                return
            tenant = self._sealer.tenant(key)
            async with self._turns.of(tenant):
                await self._catch_up(tenant)
        except StoreError as error:
            raise ApiError("unavailable", [str(error)]) from None

    async def trouble(self) -> str | None:
        """Why no call can be decided now, or None: the store is asked, and nothing is run."""
        if self.problem is None:
            try:
                await _awaited(self._engine.state())
            except StoreError as error:
                return str(error)
        return self.problem

    def replay(self, app: OperationApp, scope: Scope, exchange: Exchange) -> None:
        """Decide a request that somebody wrote down, as it was decided there."""
        replayed: _Replayed = scope[REPLAYED]
        exchange.pace = 0.0
        if not replayed.whole:
            exchange.body = None
        self.is_replaying = True
        try:
            rest = self._run(replayed.number, replayed.time, app, scope, exchange)
        finally:
            self.is_replaying = False
        self._digest(replayed.tenant, exchange)
        if rest is not None:  # whoever served it waited; the state is decided before
            close = getattr(rest[0], "close", None)
            if close is not None:
                close()
            exchange.reply = app.refused(scope, exchange, ApiError("unavailable"))

    def _decide(
        self, tenant: bytes, number: int, time: float, app: OperationApp, scope: Scope, exchange: Exchange
    ) -> Rest:
        rest = self._run(number, time, app, scope, exchange)
        self._digest(tenant, exchange)
        return rest

    def _run(self, number: int, time: float, app: OperationApp, scope: Scope, exchange: Exchange) -> Rest:
        exchange.number = number
        exchange.let_in = time
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

    def _digest(self, tenant: bytes, exchange: Exchange) -> None:
        reply = exchange.reply
        if reply is None:
            self._digests.pop(tenant, None)
        else:
            reply.body = reply.content()
            self._digests[tenant] = crc32(reply.body, reply.status)

    def _time(self) -> float:
        return max(self._clock.machine(), self._latest)

    def _note(self, tenant: bytes, number: int, position: int, time: float) -> None:
        self._latest = max(self._latest, time)
        if number == self._seen + 1:
            self._seen = number
        if tenant != SERVER:
            self._positions[tenant] = position

    def _check(self) -> None:
        if self.problem is not None:
            raise StoreError(self.problem)

    def forget(self) -> None:
        """Begin to count again, as the store does where nothing is left of what was before."""
        self._positions.clear()
        self._digests.clear()

    async def _append_for_all(self, request: LoggedRequest, *, clears: bool) -> int | None:
        sealed = self._sealer.seal(SERVER, request.content())
        done: Appended = await _awaited(self._engine.append_server(self._seen, sealed, clears=clears))
        if done.number is not None:
            self._server = done.server
            self._note(SERVER, done.number, done.server, request.time)
            if request.path == _BEGIN:
                self._journal.unused.append(done.number)
                self._begin(request.time)
        return done.number

    def _begin(self, time: float) -> None:
        """Begin as the first process did, at a moment of its machine's clock."""
        self._clock.begin(time)
        with self._clock.held(time):
            self._accounts.with_presets()  # what happens to them is to be delivered from now on

    # Catching up

    async def read_all(self) -> None:
        """Run all that is missing here, in the order of all entries.

        Raises:
            StoreError: the store cannot be used, or what was run came to something else.
        """
        async with self._turns.of_all():
            await self._read_all()

    async def _read_all(self) -> None:
        while True:
            stored: Sequence[Stored] = await _awaited(self._engine.read_all(self._seen))
            if not stored:
                return
            for entry in stored:
                if entry.tenant == SERVER:
                    await self._replay(entry)
                    self._server = entry.position
                elif entry.position > self._positions.get(entry.tenant, 0):
                    await self._replay(entry)
                self._seen = entry.number

    async def _catch_up(self, tenant: bytes) -> None:
        while True:
            at = self._positions.get(tenant, 0)
            stored: Sequence[Stored] = await _awaited(self._engine.read(tenant, at))
            if not stored:
                return
            for entry in stored:
                if entry.server != self._server:
                    return  # the next append tells that all is to be read
                await self._replay(entry)

    async def _replay(self, entry: Stored) -> None:
        request = LoggedRequest.read(self._sealer.open(entry.tenant, entry.content))
        if request.path == _BEGIN:
            self._begin(request.time)
            self._journal.unused.append(entry.number)
            self._note(entry.tenant, entry.number, entry.position, request.time)
            return
        before = self._server if entry.tenant == SERVER else self._positions.get(entry.tenant, 0)
        # Where those between were cleared away, the digest is that of another call.
        known = self._digests.get(entry.tenant) if entry.position == before + 1 else None
        if None not in {known, request.digest} and known != request.digest:
            self.problem = (
                f"this process answered the call before number {entry.number} with digest {known:08x}, and "
                f"the one that wrote it down with {request.digest:08x}: they run other code or settings, or "
                "mock-lusha has a defect"
            )
            _log.error("the state here is another one than elsewhere: %s", self.problem)
            raise StoreError(self.problem)
        self._note(entry.tenant, entry.number, entry.position, request.time)
        scope: dict[str, Any] = request.scope()
        scope[REPLAYED] = _Replayed(entry.tenant, entry.number, request.time, request.body is not None)

        self._journal.awaited.add(entry.number)
        try:
            with suppress(ConnectionError):  # a rule cut the connection there
                await self.app(scope, _body_of(request.body or b""), _nobody)
        finally:
            self._journal.awaited.discard(entry.number)


async def _nobody(message: Message) -> None:
    """Send to nobody."""


def _body_of(content: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


async def _awaited(value: T | Awaitable[T]) -> T:
    if isinstance(value, Sequence | Appended) or not hasattr(value, "__await__"):
        return value
    return await value
