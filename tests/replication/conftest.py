from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from redis_process import RedisProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    """One that a test may hang and kill."""
    redis = RedisProcess()
    yield redis
    redis.kill()


@pytest.fixture(params=["redis", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'state.sqlite'}"
    redis: RedisProcess = request.getfixturevalue("redis")
    return redis.url()
