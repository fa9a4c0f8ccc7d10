"""Applications in one process that share a store, and are called in turn."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import tempfile
import weakref
from functools import cached_property
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_lusha.app import create_app

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

    from mock_lusha.clock import Clock
    from mock_lusha.config import Settings

SECRET = "a-secret-of-the-tests"


class RoundRobin:
    """Applications behind a proxy that knows no accounts. Whoever looks into it looks into the one that
    answered last, which knows what all know."""

    def __init__(self, apps: list[Starlette]) -> None:
        self.apps = apps
        self._turn = cycle(apps)
        self._last = apps[0]
        self._opened = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._last, name)

    @cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The one that serves them, whichever client calls."""
        return asyncio.new_event_loop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._opened:
            self._opened = True
            for app in self.apps:
                await app.state.begin(asyncio.get_running_loop())
        self._last = next(self._turn)
        await self._last(scope, receive, send)

    def end(self) -> None:
        """End all of them as a server does."""
        self.loop.run_until_complete(self._end())
        self.loop.close()

    async def _end(self) -> None:
        for app in self.apps:
            app.state.webhooks.stop()
            app.state.replica.close()
        await asyncio.sleep(0)  # connections are closed then


def round_robin(
    count: int, settings: Settings, clock: Clock, *, url: str | None = None, fast: bool = True
) -> RoundRobin:
    """So many applications with one store, and clocks of their own that follow one; without ``url`` the store
    is a file."""
    folder = Path(tempfile.mkdtemp(prefix="mock-lusha-replicas-"))
    shared = dataclasses.replace(settings, store=url or f"sqlite:{folder}/state.sqlite", store_secret=SECRET)
    apps = [create_app(shared, clock=clock.of_its_own(), fast=fast) for _ in range(count)]
    weakref.finalize(apps[0], shutil.rmtree, folder, ignore_errors=True)  # also where a test fails
    return RoundRobin(apps)
