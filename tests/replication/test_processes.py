"""Real processes that share a store: what many clients are told at once, and what is left after an end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
from support import server_elsewhere

KEYS = [f"key-of-the-tests-{number}" for number in range(3)]
SMALL = ("--people=200", "--companies=20", "--store-secret=a-secret-of-the-tests")
CALLS = 8
"""Of each key at each server."""
LIMIT = 5
"""Calls of that operation in a minute, by the documentation of Lusha."""


def call(method: str, url: str, key: str, **options: Any) -> httpx.Response:
    return httpx.request(method, url, headers={"api_key": key}, timeout=20, trust_env=False, **options)


def account(url: str, key: str) -> dict[str, Any]:
    """An account as the control API shows it, without what time it is, and until when."""
    view: dict[str, Any] = call("GET", f"{url}/_mock/accounts?account={key}", key).json()
    del view["clock"]
    for window in view["windows"].values():
        del window["reset_seconds"]
    return view


def test_many_clients_of_two_servers_are_counted_exactly_and_outlive_them(url: str) -> None:
    flags = (*SMALL, f"--store={url}")
    with ExitStack() as stack:
        urls = [stack.enter_context(server_elsewhere(*flags)) for _ in range(2)]
        jobs = [(each, key) for _ in range(CALLS) for each in urls for key in KEYS]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda job: call("GET", job[0] + "/v3/account/usage", job[1]), jobs))
        at_first, at_second = ([account(each, key) for key in KEYS] for each in urls)
        kept = [call("GET", f"{each}/_mock/journal?account={KEYS[0]}", KEYS[0]).json() for each in urls]
    assert {answer.status_code for answer in answers} == {200, 429}
    for key in KEYS:
        served = [
            answer.headers["x-daily-requests-left"]
            for answer, job in zip(answers, jobs, strict=True)
            if job[1] == key and answer.status_code == 200
        ]
        assert len(set(served)) == len(served) == LIMIT, served
    assert at_first == at_second
    with server_elsewhere(*flags) as again:
        assert [account(again, key) for key in KEYS] == at_first
    ids = [[each["id"] for each in journal["exchanges"]] for journal in kept]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 2 * CALLS
