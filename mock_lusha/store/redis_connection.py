"""A connection to Redis or Valkey: commands are written as they come, answers are read in their order.

Of our own, because the usual client costs three times as much processor time a command as this and the parser
that both use. There is no task in the background: who asks connects, and one timer watches the oldest
question.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final, cast

from mock_lusha.errors import ConfigError, StoreError, StoreRefusedError

try:
    from hiredis import ProtocolError, Reader, ReplyError, pack_command
except ImportError as error:
    raise ConfigError(
        f"a store in Redis needs the package hiredis ({error}): pip install 'mock-lusha[redis]'"
    ) from error

if TYPE_CHECKING:
    from mock_lusha.store.redis_address import RedisAddress

__all__ = ["SECONDS", "RedisConnection", "ReplyError", "failure"]

SECONDS: Final = 0.25
"""The longest that a call waits, connecting included."""
_GRACE_SECONDS: Final = 0.01

# What stands in an error of Redis, which may be wrapped in one of a script, and what it means.
_REFUSALS: Final = {
    "WRONGPASS": "refuses the user or the password",
    "NOAUTH": "wants a password: redis://:PASSWORD@HOST",
    "without any password configured": "has no password, but one is given",
    "invalid password": "refuses the password",
    "NOPERM": "does not permit the user what a store needs",
    "DB index": "has no database of this number",
    "unknown command": "is no Redis of version 6 or later, nor a Valkey",
    "wrong number of arguments": "is no Redis of version 6 or later, nor a Valkey",
    "MOVED": "is a cluster; a store needs a single server",
}
_PROBLEMS: Final = {
    "OOM": "has no memory left (maxmemory)",
    "READONLY": "is a replica that may not be written to",
    "LOADING": "is loading its data",
    "MISCONF": "cannot save its data, and takes no writes",
    "MASTERDOWN": "is a replica without its master",
    "NOREPLICAS": "has too few replicas to take writes",
    "CLUSTERDOWN": "is a cluster that is down",
    "BUSY": "is busy with a script",
    "max number of clients": "takes no more connections",
    "EXECABORT": "takes no transaction",
    "WRONGTYPE": "has other data under our keys; name another prefix",
}


def failure(place: str, error: ReplyError) -> StoreError:
    """An error of Redis for people. Its own text may repeat what was sent, so it is not shown."""
    text = str(error)
    for sign, meaning in _REFUSALS.items():
        if sign in text:
            return StoreRefusedError(f"the store {place} {meaning}")
    for sign, meaning in _PROBLEMS.items():
        if sign in text:
            return StoreError(f"the store {place} {meaning}")
    word = text.split(" ", 1)[0]
    return StoreError(f"the store {place} answers with an error ({word if word.isalpha() else 'ERR'})")


class RedisConnection(asyncio.Protocol):
    """One connection, whose questions are answered in their order; it serves until the first failure."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._loop = asyncio.get_running_loop()
        self._reader = Reader()
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._overdue = 0.0
        self.offset = 0.0
        """Seconds from the loop's clock to that of Redis; a little less, never more."""

    @classmethod
    async def connect(cls, address: RedisAddress) -> RedisConnection:
        """Connect, say who asks, and learn the clock of Redis.

        Raises:
            StoreError: it is gone, hung or refuses.
        """
        place = address.place
        loop = asyncio.get_running_loop()
        connection = cls(place)
        try:
            async with asyncio.timeout(SECONDS):
                await loop.create_connection(lambda: connection, address.host, address.port)
                connection.offset = await connection._greet(address)
        except TimeoutError:
            connection.close()
            raise StoreError(f"the store {place} did not answer within {SECONDS} s") from None
        except (OSError, UnicodeError) as error:
            connection.close()
            why = getattr(error, "strerror", None) or "no such host"
            raise StoreError(f"the store {place} cannot be reached ({why})") from None
        except ReplyError as error:
            connection.close()
            raise failure(place, error) from None
        except StoreError as error:  # nothing was asked yet that changes something
            raise StoreError(str(error)) from None
        except BaseException:
            connection.close()
            raise
        return connection

    async def _greet(self, address: RedisAddress) -> float:
        deadline = self._loop.time() + SECONDS
        if address.password is not None:
            user = () if address.user is None else (address.user,)
            await self.ask(("AUTH", *user, address.password), deadline)
        if address.database:
            await self.ask(("SELECT", str(address.database)), deadline)
        seconds, micros = await self.ask(("TIME",), deadline)
        # Redis read its clock before its answer came. As if it had read it at the last moment, so that what
        # is too late by this reckoning is too late by any.
        return int(seconds) + int(micros) / 1e6 - self._loop.time()

    @property
    def usable(self) -> bool:
        """Whether it may still be asked."""
        return self._transport is not None

    def ask(self, command: tuple[str | bytes, ...], deadline: float) -> asyncio.Future[Any]:
        """Write a command; the future has the answer, or raises ``StoreError`` at the deadline, or
        ``ReplyError``.

        ``deadline`` is on the loop's clock.
        """
        future: asyncio.Future[Any] = self._loop.create_future()
        if self._transport is None:
            future.set_exception(StoreError(f"the store {self._place} closed the connection"))
            return future
        self._transport.write(pack_command(command))  # type: ignore[arg-type]  # its stub means any length
        self._waiting.append((deadline, future))
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._look)
        return future

    def _look(self) -> None:
        """Give the connection up where the oldest question was not answered in time."""
        self._timer = None
        if self._waiting:
            deadline = self._waiting[0][0]
            now = self._loop.time()
            if deadline > now:
                self._timer = self._loop.call_at(deadline, self._look)
            elif deadline == self._overdue:
                self._end(f"did not answer within {SECONDS} s")
            else:
                # Where this process was busy, the answer may be there already and only not read.
                self._overdue = deadline
                self._timer = self._loop.call_at(now + _GRACE_SECONDS, self._look)

    def close(self) -> None:
        """Close the connection; whoever waits gets an error."""
        self._end("was closed")

    def _end(self, why: str) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, deque()
        for _, future in waiting:
            if not future.done():
                # The store may have carried it out before the answer was lost.
                future.set_exception(StoreError(f"the store {self._place} {why}", unknown=True))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio has it."""
        self._transport = cast("asyncio.Transport", transport)  # that of uvloop is none by its class

    def data_received(self, data: bytes) -> None:
        """As asyncio has it."""
        self._reader.feed(data)
        try:
            while self._waiting and (answer := self._reader.gets()) is not False:
                future = self._waiting.popleft()[1]
                if future.done():
                    continue
                if isinstance(answer, ReplyError):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        except ProtocolError:
            self._end("is no Redis: it answers with something else")

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio has it."""
        self._end("closed the connection")
