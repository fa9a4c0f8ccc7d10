"""What processes that share their state show of it: all of them the same, of the calls of all."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx
from replicas import round_robin

from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.contract.document import Contract

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.applications import Starlette

KEYS = ["key-of-the-tests-1", "key-of-the-tests-2", "key-of-the-tests-3"]
SMALL: dict[str, Any] = {"people": 200, "companies": 20, "seed": "replicas"}
RULES = [
    {"when": {"nth": 2}, "respond": {"fault": "truncated-json"}},
    {"when": {"nth": 3}, "respond": {"patch": {"results": None, "more": 1}, "delay": 0.001}},
    {"when": {"nth": 4}, "respond": {"fault": "cut-mid-body"}},
    {"when": {"nth": 5}, "respond": {"fault": "cut-before-headers"}},
]
SEARCH = {"companies": [{"domain": "acme.com"}]}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v3/account/usage", {}),
    ("POST", "/v3/companies/search", {"json": SEARCH}),
    ("POST", "/v3/contacts/search", {"json": {"contacts": [{"email": "jane.doe@acme.com"}]}}),
    ("GET", "/v2/company?domain=acme.com", {}),
    ("GET", "/nowhere", {}),
    ("DELETE", "/v3/account/usage", {}),
    ("GET", "/", {}),
    ("POST", "/v3/companies/search", {"content": b"x" * 1_000_001}),
    ("POST", "/v3/companies/search", {"content": b"{"}),
    ("POST", "/v3/contacts/prospecting", {"json": {"filters": {}}}),
]


def clients_of(apps: list[Starlette]) -> list[httpx.AsyncClient]:
    return [
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 1)), base_url="http://127.0.0.1"
        )
        for app in apps
    ]


def shared(steps: Callable[[list[httpx.AsyncClient]], Awaitable[Any]]) -> Any:
    """What steps come to that are taken with three processes and a client of each."""

    async def run() -> Any:
        apps = round_robin(3, Settings(**SMALL), Clock(source=lambda: 1_770_000_000.0)).apps
        for app in apps:
            await app.state.begin(asyncio.get_running_loop())
        try:
            return await steps(clients_of(apps))
        finally:
            for app in apps:
                app.state.webhooks.stop()

    return asyncio.run(run())


async def make_calls(clients: list[httpx.AsyncClient]) -> int:
    """Calls of three keys, of none and of nobody's, each at the process whose turn it is; how many."""
    await clients[1].post(f"/_mock/scenario/rules?account={KEYS[0]}", json={"rules": RULES})
    jobs = [
        (number, call, key) for number, call in enumerate(CALLS) for key in (*KEYS, None, "…", "invalid-key")
    ]
    for number, (method, path, options), key in jobs:
        headers = {} if key is None else {b"api_key": key.encode()}
        try:
            await clients[(number + len(key or "")) % 3].request(method, path, headers=headers, **options)
        except ConnectionError:
            assert key == KEYS[0]  # the rule cuts there
    return len(jobs)


def without(value: Any, *names: str) -> Any:
    """A value in which properties are left out, wherever they are."""
    if isinstance(value, dict):
        return {name: without(each, *names) for name, each in value.items() if name not in names}
    return [without(each, *names) for each in value] if isinstance(value, list) else value


async def _ask(client: httpx.AsyncClient, path: str, **options: Any) -> Any:
    answer = await client.request(options.pop("method", "GET"), path, **options)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json() if "json" in answer.headers["content-type"] else answer.text


def test_journals_are_equal_and_no_number_comes_twice() -> None:
    async def steps(clients: list[httpx.AsyncClient]) -> Any:
        count = await make_calls(clients)
        return count, [await _ask(client, "/_mock/journal") for client in clients]

    count, journals = shared(steps)

    ids = [exchange["id"] for exchange in journals[0]["exchanges"]]
    assert ids == sorted(set(ids))
    assert len(ids) == count == journals[0]["total"]
    first, *others = (without(journal, "ms") for journal in journals)
    assert others == [first, first]


PATHS = {"{name}": "ci", "{id}": "last"}
LEFT_OUT = {"streamEvents", "getMetrics", "getDeliveries", "getWebhooks"}
QUERIES = {"getPerson": "email=jane.doe@acme.com", "getCompany": "domain=acme.com"}


def test_whatever_the_control_api_shows_is_equal_everywhere() -> None:
    operations = [
        operation
        for operation in Contract.load("control").operations.values()
        if operation.method == "GET" and operation.id not in LEFT_OUT
    ]

    async def steps(clients: list[httpx.AsyncClient]) -> Any:
        await make_calls(clients)
        shown: list[dict[str, Any]] = []
        for client in clients:
            views: dict[str, Any] = {}
            for operation in operations:
                path = operation.path
                for name, value in PATHS.items():
                    path = path.replace(name, value)
                for account in ("", f"account={KEYS[0]}", "account=never-seen-before"):
                    query = "&".join(filter(None, (account, QUERIES.get(operation.id, ""))))
                    answer = await client.get(f"{path}?{query}" if query else path)
                    views[f"{operation.id} {query}"] = (
                        answer.status_code,
                        without(answer.json(), "ms", "process"),
                    )
            expected = {"operation": "searchCompanies", "at_least": 99}
            views["verify"] = await _ask(client, "/_mock/verify", method="POST", json=expected)
            views["metrics"] = [
                line
                for line in (await _ask(client, "/_mock/metrics")).splitlines()
                if "duration" not in line and "process_start" not in line
            ]
            stream = await _ask(client, "/_mock/events?follow=false&last=1000")
            views["events"] = re.sub(r'"ms":[0-9.]+', "", stream)
            shown.append(views)
        return shown

    first, *others = shared(steps)

    for other in others:
        for name, view in first.items():
            assert other[name] == view, name
