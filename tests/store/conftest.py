from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from redis_process import RedisProcess

from mock_lusha.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_lusha.store.opening import Store

SECRET = "a secret of the tests"


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisProcess]:
    redis = RedisProcess()
    yield redis
    redis.kill()


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    """One that a test may hang, kill and fill."""
    redis = RedisProcess()
    yield redis
    redis.kill()


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'store.db'}"
    redis: RedisProcess = request.getfixturevalue("shared_redis")
    redis.command("FLUSHALL")
    return redis.url()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """With the loop that servers have."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        new_loop = asyncio.new_event_loop
    else:
        new_loop = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=new_loop) as runner:
        yield runner


@pytest.fixture
def connect(runner: asyncio.Runner) -> Iterator[Callable[..., Store]]:
    """Opens stores, and closes them after the test."""
    stores = []

    def opened(url: str, secret: str = SECRET, **facts: str) -> Store:
        store = open_store(url, secret, facts)
        runner.run(store.engine.open())
        stores.append(store)
        return store

    yield opened
    for store in stores:
        store.engine.close()
    runner.run(asyncio.sleep(0))  # where connections are closed
