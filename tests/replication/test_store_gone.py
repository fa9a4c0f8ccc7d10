from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from redis_process import RedisProcess
from support import server_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = ("--people=0", "--companies=1", "--limits=off", "--store-secret=a-secret-of-the-tests")
HEADERS = {"api_key": "any-key-0123456789"}
USAGE = "/v3/account/usage"


@pytest.fixture
def replicas(redis: RedisProcess) -> Iterator[list[str]]:
    """The URLs of two servers that share a store."""
    with ExitStack() as stack:
        yield [stack.enter_context(server_elsewhere(*SMALL, f"--store={redis.url()}")) for _ in range(2)]


def told_at_last(urls: list[str]) -> list[Any]:
    """The credits that each server tells when both serve again."""
    deadline = time.monotonic() + 15
    while any(get(url, "/_mock/ready").status_code != 200 for url in urls):
        assert time.monotonic() < deadline, "it is not used again"
    return [get(url, USAGE).json()["credits"]["used"] for url in urls]


def spend(url: str, number: int) -> int:
    status: int = get(url, f"/v2/company?domain=acme{number}.com").status_code
    return status


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

    told_at_last(replicas)
    assert [get(url, USAGE).json()["credits"] for url in replicas] == [before, before]
    journals = [get(url, "/_mock/journal").json()["exchanges"] for url in replicas]
    numbers = [[exchange["id"] for exchange in journal] for journal in journals]
    assert numbers[0] == numbers[1] == sorted(set(numbers[0])), "a call that changed nothing is in no order"
    assert {exchange["status"] for exchange in journals[0]} == {200}


def test_a_store_that_comes_back_empty_is_a_beginning_for_all(
    replicas: list[str], redis: RedisProcess
) -> None:
    assert [spend(url, number) for number, url in enumerate(replicas)] == [200, 200]
    redis.kill()
    assert [get(url, USAGE).status_code for url in replicas] == [503, 503]
    redis.start()

    assert told_at_last(replicas) == [0, 0]
    assert spend(replicas[1], 5) == 200
    assert told_at_last(replicas) == [1, 1]
    journals = [get(url, "/_mock/journal").json()["exchanges"] for url in replicas]
    assert [each["id"] for each in journals[0]] == [each["id"] for each in journals[1]]


def test_a_store_that_comes_back_with_its_data_is_used_again(tmp_path: Path) -> None:
    redis = RedisProcess("--appendonly", "yes", "--appendfsync", "always", "--dir", str(tmp_path))
    with ExitStack() as stack:
        stack.callback(redis.kill)
        flags = (*SMALL, f"--store={redis.url()}")
        urls = [stack.enter_context(server_elsewhere(*flags)) for _ in range(2)]
        assert [spend(url, number) for number, url in enumerate(urls)] == [200, 200]
        redis.kill()
        assert [spend(url, 7) for url in urls] == [503, 503]
        redis.start()

        assert told_at_last(urls) == [2, 2]
