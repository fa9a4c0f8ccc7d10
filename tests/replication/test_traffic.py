"""Many clients of several real processes: what they paid is what is gone, also where a process is killed."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Self

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = ("first-key-of-traffic", "second-key-of-traffic")
CREDITS = 60
"""Fewer than calls, so that some are refused."""
CALLS = 160
FLAGS = ("--people=0", "--companies=1", "--limits=headers", "--store-secret=a-secret-of-the-tests")


@contextmanager
def served(*flags: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL of a server, and its process, which may be killed."""
    command = [sys.executable, "-m", "mock_lusha", "serve", "--port=0", "--log-level=error", *FLAGS, *flags]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            match = re.search(r"at (http://\S+)", server.stderr.readline())
            assert match is not None
            yield match[1], server
        finally:
            server.terminate()
            server.communicate(timeout=20)


class Clients:
    """Clients that call one server after the other, with one key after the other."""

    def __init__(self, urls: list[str]) -> None:
        self.urls = urls
        self._number = count()
        self._client = httpx.Client(trust_env=False, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def call(self, _: int) -> tuple[str, httpx.Response | None]:
        """Look up a company that nobody paid for: key and answer, None where there was none."""
        number = next(self._number)
        key, url = KEYS[number % 2], self.urls[number // 2 % len(self.urls)]
        try:
            answer = self._client.get(f"{url}/v2/company?domain=d{number}.com", headers={"api_key": key})
        except httpx.TransportError:
            answer = None
        return key, answer

    def account(self, url: str, key: str) -> dict[str, Any]:
        view: dict[str, Any] = self._client.get(f"{url}/_mock/accounts", params={"account": key}).json()
        return view

    def ids(self, url: str) -> list[int]:
        """The numbers of all exchanges."""
        journal = self._client.get(f"{url}/_mock/journal", params={"last": 1000}).json()
        return [exchange["id"] for exchange in journal["exchanges"]]

    def begin(self) -> None:
        for key in KEYS:
            answer = self._client.patch(
                f"{self.urls[0]}/_mock/accounts", params={"account": key}, json={"credits": CREDITS}
            )
            assert answer.status_code == 200, answer.text


def check_exact(clients: Clients, answers: list[tuple[str, httpx.Response | None]]) -> None:
    """Check that each server tells what was answered, and a call without an answer was charged once at
    most."""
    for key in KEYS:
        own = [answer for each, answer in answers if each == key]
        served = [answer for answer in own if answer is not None]
        assert {answer.status_code for answer in served} <= {200, 402, 503}
        paid = sum(answer.status_code == 200 for answer in served)
        left = [answer.headers["x-daily-requests-left"] for answer in served if answer.status_code == 200]
        assert len(set(left)) == len(left), "two calls were counted as one"
        used = {clients.account(url, key)["credits"]["used"] for url in clients.urls}
        assert len(used) == 1, used
        assert paid <= used.pop() <= min(paid + own.count(None), CREDITS)
    ids = [clients.ids(url) for url in clients.urls]
    assert all(sorted(each) == sorted(ids[0]) for each in ids)
    assert len(set(ids[0])) == len(ids[0])


@pytest.mark.parametrize("servers", [2, 4])
def test_what_many_clients_paid_is_gone(url: str, servers: int) -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(served(f"--store={url}"))[0] for _ in range(servers)]
        clients = stack.enter_context(Clients(urls))
        clients.begin()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(clients.call, range(CALLS)))

        check_exact(clients, answers)
        assert sum(answer is not None and answer.status_code == 200 for _, answer in answers) == 2 * CREDITS


def test_what_many_clients_of_workers_paid_is_gone() -> None:
    with served("--workers=2") as (url, _), Clients([url]) as clients:
        clients.begin()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(clients.call, range(CALLS)))

        check_exact(clients, answers)


def test_a_process_that_is_killed_takes_nothing_with_it(url: str) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(served(f"--store={url}")) for _ in range(3)]
        clients = stack.enter_context(Clients([each for each, _ in servers]))
        clients.begin()
        some = threading.Semaphore(0)

        def call(number: int) -> tuple[str, httpx.Response | None]:
            some.release()
            return clients.call(number)

        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(call, number) for number in range(CALLS)]
            for _ in range(CALLS // 4):
                some.acquire()
            servers[2][1].kill()
            answers = [each.result() for each in calls]
        another = stack.enter_context(served(f"--store={url}"))[0]
        clients.urls = [clients.urls[0], clients.urls[1], another]

        assert any(answer is None for _, answer in answers)
        check_exact(clients, answers)
