"""A store in Redis or Valkey, for processes of several hosts.

An append that was given up must not happen later, when a Redis that hung goes on: the client answered 503
then. So each append says until when it may happen, on the clock of Redis, which is learned when connecting.
"""

from __future__ import annotations

import asyncio
import os
import struct
from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import StoreError, StoreLostError, StoreRefusedError
from mock_lusha.store import redis_scripts as scripts
from mock_lusha.store.engine import SERVER, Appended, Snapshot, SnapshotPlace, Stored, StoreState
from mock_lusha.store.redis_connection import SECONDS, RedisConnection, ReplyError, failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.store.identity import Identity
    from mock_lusha.store.redis_address import RedisAddress
    from mock_lusha.store.redis_scripts import Script

_PAIR: Final = struct.Struct(">QQ")
_POSITION: Final = struct.Struct(">Q")
_STAGED_SECONDS: Final = 60
"""After which a checkpoint that nobody goes on writing is forgotten."""


class RedisEngine:
    """The keys at an address, which ``identity`` may use. A connection that fails is made anew by the next
    call."""

    shared = True
    at_once = False

    def __init__(self, address: RedisAddress, identity: Identity) -> None:
        self.place = address.place
        self._address = address
        self._prefix = address.prefix
        self._identity = identity
        self._id = b""
        self._connection: RedisConnection | None = None
        self._attempt: asyncio.Task[RedisConnection] | None = None

    async def open(self) -> None:
        """As the interface has it."""
        self.close()
        try:
            self._id = await self._join()
        except ReplyError as error:
            self.close()
            raise failure(self.place, error) from None
        except BaseException:
            self.close()
            raise

    async def _join(self) -> bytes:
        """The id of the store, which is made where there is none: the first who comes draws it."""
        rows = {**self._identity.rows(), "id": os.urandom(8).hex()}
        deadline = asyncio.get_running_loop().time() + SECONDS
        connection = await self._connected()
        await self._check_eviction(connection, deadline)
        flat = [text for row in rows.items() for text in row]
        answer = await connection.ask(("EVAL", scripts.OPEN, "1", self._prefix, *flat), deadline)
        kept = dict(zip(answer[::2], answer[1::2], strict=True))
        texts = {name.decode(): value.decode(errors="replace") for name, value in kept.items()}
        self._identity.compare(
            texts,
            self.place,
            f"name another prefix (?prefix=NAME), or delete the keys that begin with {self._prefix}:",
        )
        store_id: bytes = kept[b"id"]
        return store_id

    async def _check_eviction(self, connection: RedisConnection, deadline: float) -> None:
        """Refuse a Redis that throws keys away where memory ends: the log would have holes."""
        try:
            answer: bytes = await connection.ask(("INFO", "memory"), deadline)
        except ReplyError:
            return  # it may not be asked, as of some that are hosted
        facts = dict(line.partition(":")[::2] for line in answer.decode(errors="replace").split("\r\n"))
        policy = facts.get("maxmemory_policy", "")
        if facts.get("maxmemory", "0") != "0" and policy.startswith("allkeys"):
            raise StoreRefusedError(
                f"the store {self.place} evicts any key where memory ends (maxmemory-policy {policy}); "
                "set maxmemory-policy to noeviction"
            )

    def close(self) -> None:
        """As the interface has it."""
        self._id = b""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def append(self, tenant: bytes, expected: int, server: int, content: bytes) -> Appended:
        """As the interface has it."""
        values = (tenant, str(expected), str(server), content)
        number, position, now = await self._run(scripts.APPEND, values, timed=True)
        return Appended(number or None, position, now)

    async def append_server(self, last: int, content: bytes, *, clears: bool = False) -> Appended:
        """As the interface has it."""
        values = (str(last), content, "1" if clears else "0")
        number, position, now = await self._run(scripts.APPEND_SERVER, values, timed=True)
        return Appended(number or None, position, now)

    async def read(self, tenant: bytes, after: int) -> Sequence[Stored]:
        """As the interface has it."""
        return _entries(await self._run(scripts.READ, (tenant, str(after))))

    async def read_all(self, after: int) -> Sequence[Stored]:
        """As the interface has it."""
        return _entries(await self._run(scripts.READ_ALL, (str(after),)))

    async def state(self) -> StoreState:
        """As the interface has it."""
        deadline = asyncio.get_running_loop().time() + SECONDS
        connection = self._connection
        try:
            if connection is None or not connection.usable:
                connection = await self._connected()
            store, *counters = await connection.ask(
                ("HMGET", f"{self._prefix}:store", "id", "last", "server", "checkpoint", "snapshots"),
                deadline,
            )
        except ReplyError as error:
            raise self._problem(error) from None
        if store is None or store != self._id:
            raise self._problem(ReplyError("LOST"))
        return StoreState(*map(int, counters))

    async def snapshot(self, tenant: bytes) -> Snapshot | None:
        """As the interface has it."""
        sealed = await self._run(scripts.SNAPSHOT, (tenant,))
        if sealed is None:
            return None
        position, server = _PAIR.unpack_from(sealed)
        return Snapshot(position, server, sealed[_PAIR.size :])

    async def snapshots(self, after: int) -> Sequence[SnapshotPlace]:
        """As the interface has it."""
        answer = await self._run(scripts.SNAPSHOTS, (str(after),))
        return [
            SnapshotPlace(tenant, int(position))
            for tenant, position in zip(answer[::2], answer[1::2], strict=True)
        ]

    async def put_snapshot(self, tenant: bytes, snapshot: Snapshot) -> bool:
        """As the interface has it."""
        values = (tenant, str(snapshot.position), str(snapshot.server), snapshot.content)
        return bool(await self._run(scripts.PUT_SNAPSHOT, values))

    async def put_checkpoint(self, last: int, snapshots: Mapping[bytes, Snapshot]) -> bool:
        """As the interface has it."""
        stage = os.urandom(8).hex()
        for tenant, each in snapshots.items():
            values = (tenant, str(each.position), str(each.server), each.content)
            await self._run(scripts.STAGE, (stage, str(_STAGED_SECONDS), *values))
        server = str(snapshots[SERVER].server)
        return bool(await self._run(scripts.PUT_CHECKPOINT, (stage, server, str(len(snapshots)))))

    async def _run(self, script: Script, values: tuple[str | bytes, ...], *, timed: bool = False) -> Any:
        """What a script answers; one that is ``timed`` is told until when it may happen."""
        if not self._id:
            raise StoreError(f"the store {self.place} is not open")
        deadline = asyncio.get_running_loop().time() + SECONDS
        connection = self._connection
        try:
            if connection is None or not connection.usable:
                connection = await self._connected()
            if timed:
                values = (str(int((deadline + connection.offset) * 1e6)), *values)
            values = ("1", self._prefix, self._id, *values)
            try:
                return await connection.ask(("EVALSHA", script.digest, *values), deadline)
            except ReplyError as error:
                if not str(error).startswith("NOSCRIPT"):
                    raise
            return await connection.ask(("EVAL", script.text, *values), deadline)
        except ReplyError as error:
            raise self._problem(error) from None

    def _problem(self, error: ReplyError) -> StoreError:
        text = str(error)
        if "LOST" in text.split(" ", 2)[:2]:
            return StoreLostError(f"the store {self.place} was emptied, or made anew, since it was opened")
        if "LATE" in text.split(" ", 2)[:2]:
            # Its clock may have been set: the next connection learns it again.
            if self._connection is not None:
                self._connection.close()
            return StoreError(f"the store {self.place} answered too late; nothing was changed")
        return failure(self.place, error)

    async def _connected(self) -> RedisConnection:
        """The connection; all who need one at the same time wait for the same attempt."""
        if self._connection is not None and self._connection.usable:
            return self._connection
        if self._attempt is None or self._attempt.done():
            self._attempt = asyncio.ensure_future(RedisConnection.connect(self._address))
            self._attempt.add_done_callback(_read_exception)
        connection = await asyncio.shield(self._attempt)
        self._connection = connection
        return connection


def _read_exception(attempt: asyncio.Task[RedisConnection]) -> None:
    """Nobody may be left to read it, and asyncio would complain in the log."""
    if not attempt.cancelled():
        attempt.exception()


def _entries(answer: Sequence[bytes]) -> Sequence[Stored]:
    entries = []
    for name, content in zip(answer[::2], answer[1::2], strict=True):
        number, server = _PAIR.unpack_from(content)
        (position,) = _POSITION.unpack_from(name)
        entries.append(Stored(number, name[_POSITION.size :], position, server, content[_PAIR.size :]))
    return entries
