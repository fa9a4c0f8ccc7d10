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
    """

    def __init__(self) -> None:
        self._tenants: dict[bytes, _Tenant] = {}
        self._free = asyncio.Condition()
        self._count = 0
        self._alone = False

    def is_free(self, tenant: bytes) -> bool:
        """Whether nobody has a turn who is in the way of a call of a tenant."""
        return not self._alone and tenant not in self._tenants

    @asynccontextmanager
    async def of(self, tenant: bytes) -> AsyncIterator[None]:
        """The turn of a call of a tenant."""
        if self._alone:
            async with self._free:
                await self._free.wait_for(lambda: not self._alone)
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
            if self._alone and not self._count:
                async with self._free:
                    self._free.notify_all()

    @asynccontextmanager
    async def of_all(self) -> AsyncIterator[None]:
        """The turn of what concerns all tenants: nobody else has one."""
        async with self._free:
            await self._free.wait_for(lambda: not self._alone)
            self._alone = True
            try:
                await self._free.wait_for(lambda: not self._count)
            except BaseException:
                self._alone = False
                self._free.notify_all()
                raise
        try:
            yield
        finally:
            async with self._free:
                self._alone = False
                self._free.notify_all()


class _Tenant:
    def __init__(self) -> None:
        self.count = 0
        self.lock = asyncio.Lock()
