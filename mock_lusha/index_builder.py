"""Draws up what searches look at, in steps between which other requests are served.

Whoever searches first waits for that before anything of their account changes; whoever searches meanwhile
waits for the same. It is done where it is waited for, not in a thread: what a world keeps is not locked.
"""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import date
    from threading import Thread

    from mock_lusha.state.accounts import Account
    from mock_lusha.world.search.index import SearchIndex
    from mock_lusha.world_store import WorldStore

_STAGES = 5
"""SerializedApp of the loop between two steps: who came meanwhile is accepted, read, called and answered."""
_LOOK_AGAIN = 0.005
"""Seconds between two looks at whether somebody else has drawn it up."""
_TOLD_EACH = 250_000
"""People between two log lines; of fewer nothing is told."""
_log = logging.getLogger("mock_lusha")


class Preparation:
    """Prepares the worlds' indexes. An index is drawn up by one call at a time, and by the next one where
    that is given up."""

    def __init__(self, worlds: WorldStore) -> None:
        self._worlds = worlds
        self._importing: Thread | None = None

    def needed(self, account_of: Callable[[], Account], *, people: bool) -> Awaitable[None] | None:
        """What to await before an account searches, for companies alone or for people; None if nothing.

        ``account_of`` finds the account, which may be another one after a while.
        """
        index = self._worlds.index(account_of())
        if index.has_people or (index.has_companies and not people):
            return None
        return self._drawn(lambda: self._worlds.index(account_of()), people=people)

    async def warm(self, worlds: Iterable[tuple[str, date]]) -> AsyncIterator[None]:
        """Prepare worlds of seeds and days, with a yield after each step."""
        await self._import_numpy()
        for seed, as_of in worlds:
            index = self._worlds.index_of(seed, as_of)
            while not index.has_people:
                _step(index)
                await _let_others()
                yield

    async def _drawn(self, index_of: Callable[[], SearchIndex], *, people: bool) -> None:
        import asyncio  # noqa: PLC0415 - where one waits there is a loop

        await asyncio.sleep(0)  # who called without a loop goes on with one
        await self._import_numpy()
        index = index_of()
        me = object()
        try:
            while not (index.has_people or (index.has_companies and not people)):
                if index.builder not in {None, me}:
                    await asyncio.sleep(_LOOK_AGAIN)
                else:
                    index.builder = me
                    _step(index)
                    await _let_others()
                    if index_of() is not index:
                        index.builder = None
                index = index_of()
        finally:
            if index.builder is me:
                index.builder = None

    async def _import_numpy(self) -> None:
        """Import it in a thread, which all wait for: it takes longer than any step."""
        import asyncio  # noqa: PLC0415
        import threading  # noqa: PLC0415

        if "numpy" not in sys.modules:
            self._importing = threading.Thread(
                target=import_module, args=("numpy",), name="mock-lusha-numpy", daemon=True
            )
            self._importing.start()
        while self._importing is not None and self._importing.is_alive():
            await asyncio.sleep(_LOOK_AGAIN)


def _step(index: SearchIndex) -> None:
    before = index.people_count
    index.draw_some()
    count = index.world.directory.people
    if count < _TOLD_EACH:
        return
    if index.has_people:
        _log.info("searches are ready: %s people", f"{count:,}")
    elif before // _TOLD_EACH < index.people_count // _TOLD_EACH:
        _log.info("preparing searches: %s of %s people", f"{index.people_count:,}", f"{count:,}")


async def _let_others() -> None:
    import asyncio  # noqa: PLC0415

    for _ in range(_STAGES):
        await asyncio.sleep(0)
