"""What the clients of tests call: one application in this process, unless options of pytest say that it is
several which share a store (``--replicas``), or a server of several processes (``--workers``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.app import create_app
from mock_lusha.clock import Clock
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis_process import RedisProcess
    from served import Servers
    from starlette.applications import Starlette

    NewApp = Callable[..., Starlette]


def add_options(parser: pytest.Parser) -> None:
    """The options of pytest."""
    parser.addoption(
        "--replicas", type=int, default=0, help="call so many applications in turn, which share a store"
    )
    parser.addoption(
        "--store",
        choices=["sqlite", "redis"],
        default="sqlite",
        help="what --replicas share",
    )
    parser.addoption(
        "--workers",
        type=int,
        default=0,
        help="call the workers of `mock-lusha serve` in turn",
    )
    parser.addoption("--readable", action="store_true", help="leave out the twins that are written for speed")


class Deployment:
    """Makes what is called, as the options say."""

    def __init__(self, config: pytest.Config) -> None:
        self._replicas: int = config.getoption("--replicas")
        self._store: str = config.getoption("--store")
        self._workers: int = config.getoption("--workers")
        self._fast = not config.getoption("--readable")
        self._redis: RedisProcess | None = None
        self._servers: Servers | None = None
        self._patch = pytest.MonkeyPatch()
        self._made = 0

    def new_app(self, clock: Clock | None = None, **settings: Any) -> Any:
        """An application, or what is called in its place: that has an ``end``."""
        clock = clock or Clock()
        if self._workers:
            from served import Servers  # noqa: PLC0415 - where it is asked for

            self._servers = self._servers or Servers(self._workers)
            return self._servers.take(settings, clock)
        if not self._replicas:
            return create_app(Settings(**settings), clock=clock, fast=self._fast)
        from replicas import round_robin  # noqa: PLC0415 - where it is asked for

        return round_robin(self._replicas, Settings(**settings), clock, url=self._url(), fast=self._fast)

    def _url(self) -> str | None:
        if self._store == "sqlite":
            return None
        from redis_process import RedisProcess  # noqa: PLC0415 - where it is asked for

        if self._redis is None:
            self._redis = RedisProcess()
            # A busy machine makes no Redis that hangs, of which these tests are not.
            for module in ("redis", "redis_connection"):
                self._patch.setattr(f"mock_lusha.store.{module}.SECONDS", 10.0)
        self._made += 1
        return self._redis.url(prefix=f"tests-{self._made}")

    def end(self) -> None:
        self._patch.undo()
        if self._redis is not None:
            self._redis.kill()
        if self._servers is not None:
            self._servers.end()


def apps_of(deployment: Deployment) -> Iterator[NewApp]:
    """What makes applications; they end with it."""
    apps = []

    def new_app(clock: Clock | None = None, **settings: Any) -> Any:
        apps.append(deployment.new_app(clock, **settings))
        return apps[-1]

    yield new_app
    for app in apps:
        if hasattr(app, "end"):
            app.end()
