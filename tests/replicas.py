"""Applications in one process that share a store, and are called in turn."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import tempfile
import weakref
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
    """Applications behind a proxy that knows no accounts."""

    def __init__(self, apps: list[Starlette]) -> None:
        self.apps = apps
        self._turn = cycle(apps)
        self._opened = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.apps[0], name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._opened:
            self._opened = True
            for app in self.apps:
                await app.state.begin(asyncio.get_running_loop())
        await next(self._turn)(scope, receive, send)


def round_robin(count: int, settings: Settings, clock: Clock, *, fast: bool = True) -> Any:
    """So many applications with one store, and clocks of their own that follow one."""
    folder = Path(tempfile.mkdtemp(prefix="mock-lusha-replicas-"))
    shared = dataclasses.replace(settings, store=f"sqlite:{folder}/state.sqlite", store_secret=SECRET)
    apps = [create_app(shared, clock=clock.of_its_own(), fast=fast) for _ in range(count)]
    weakref.finalize(apps[0], shutil.rmtree, folder, ignore_errors=True)  # also where a test fails
    return RoundRobin(apps)
