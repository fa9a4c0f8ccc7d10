"""Who may change what: calls of a tenant one after the other, and those of the whole server alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """Turns between the moment when a call is written down and that when it is decided.

    In that time no other call of its tenant may be decided here, nor one of the whole server: they would be
    decided in another order than they are written in.

    A turn ends without waiting for anything, so that whoever is cancelled leaves nothing locked.
    """

    def __init__(self) -> None:
        self._tenants: dict[bytes, _Tenant] = {}
        self._waiters: list[asyncio.Future[None]] = []
        self._count = 0
        self._alone = False

    @asynccontextmanager
    async def of(self, tenant: bytes) -> AsyncIterator[None]:
        """The turn of a call of a tenant."""
        while self._alone:
            await self._change()
        self._count += 1
        own = self._tenants.get(tenant)
        if own is None:
            own = self._tenants[tenant] = _Tenant()
        own.count += 1
        try:
            async with own.lock:
                yield
        finally:
            own.count -= 1
            if not own.count:
                del self._tenants[tenant]
            self._count -= 1
            if not self._count:
                self._tell()

    @asynccontextmanager
    async def of_all(self) -> AsyncIterator[None]:
        """The turn of what concerns all tenants: nobody else has one."""
        while self._alone:
            await self._change()
        self._alone = True
        try:
            while self._count:
                await self._change()
            yield
        finally:
            self._alone = False
            self._tell()

    @property
    def idle(self) -> bool:
        """Whether nobody has a turn, or waits for one."""
        return not (self._alone or self._count or self._tenants or self._waiters)

    async def _change(self) -> None:
        """Wait until somebody's turn ends."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _tell(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class _Tenant:
    def __init__(self) -> None:
        self.count = 0
        self.lock = asyncio.Lock()
