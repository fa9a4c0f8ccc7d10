from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from support import server_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_process import RedisProcess

SMALL = ("--people=0", "--companies=1", "--limits=off", "--store-secret=a-secret-of-the-tests")
HEADERS = {"api_key": "any-key-0123456789"}
USAGE = "/v3/account/usage"


@pytest.fixture
def replicas(redis: RedisProcess) -> Iterator[list[str]]:
    """The URLs of two servers that share a store."""
    with ExitStack() as stack:
        yield [stack.enter_context(server_elsewhere(*SMALL, f"--store={redis.url()}")) for _ in range(2)]


def get(url: str, path: str) -> Any:
    return httpx.get(url + path, headers=HEADERS, timeout=10, trust_env=False)


def test_a_store_that_hangs_is_told_and_used_again(replicas: list[str], redis: RedisProcess) -> None:
    before = get(replicas[0], USAGE).json()["credits"]
    redis.pause()
    try:
        for url in replicas:
            call, ready, health = (get(url, path) for path in (USAGE, "/_mock/ready", "/_mock/health"))

            assert call.status_code == 503
            assert "redis" in call.text
            assert ready.status_code == 503
            assert ready.json()["status"] == "unavailable"
            assert "redis" in ready.json()["reason"]
            assert health.status_code == 200, health.text
    finally:
        redis.resume()
    deadline = time.monotonic() + 10
    while any(get(url, "/_mock/ready").status_code != 200 for url in replicas):
        assert time.monotonic() < deadline, "it is not used again"

    assert [get(url, USAGE).json()["credits"] for url in replicas] == [before, before]
