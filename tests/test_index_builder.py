"""Searches wait for what they look at, which is drawn up in steps that hold up nobody else."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import mock_lusha.index_builder
from mock_lusha import MockServer, Settings
from mock_lusha.app import create_app
from mock_lusha.client.inprocess import InProcessTransport
from mock_lusha.config import data_folder
from mock_lusha.world.search.catalog import Catalog
from mock_lusha.world.search.index import SearchIndex
from mock_lusha.world.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mock_lusha.clock import Clock
    from mock_lusha.world.pools import Pools

CONTACTS, COMPANIES = "/prospecting/contact/search", "/prospecting/company/search"
BODY: dict[str, Any] = {"filters": {}}


@pytest.fixture(autouse=True)
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """People that were drawn up before each step, small ones here."""
    taken: list[int] = []
    draw_some = SearchIndex.draw_some

    def counted(index: SearchIndex) -> None:
        taken.append(index.people_count)
        draw_some(index)

    monkeypatch.setattr(SearchIndex, "draw_some", counted)
    monkeypatch.setattr("mock_lusha.world.fast.people_columns._AT_ONCE", 200)
    return taken


def run(scenario: Callable[[httpx.AsyncClient], Awaitable[Any]], clock: Clock, **settings: Any) -> Any:
    """What comes of calls to an application under one loop."""

    async def main() -> Any:
        app = create_app(Settings(people=2_000, companies=50, **settings), clock=clock)
        transport = httpx.ASGITransport(app=app)
        headers = {"api_key": "k"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers
        ) as client:
            return await scenario(client)

    return asyncio.run(main())


def test_others_are_served_between_short_steps(clock: Clock, steps: list[int]) -> None:
    async def scenario(client: httpx.AsyncClient) -> tuple[httpx.Response, list[int]]:
        search = asyncio.create_task(client.post(CONTACTS, json=BODY))
        at = []
        while not search.done():
            answer = await client.get("/v2/person?email=jane.doe@acme.com")
            assert answer.status_code == 200
            assert (await client.get("/_mock/ready")).status_code == 200
            at.append(len(steps))
            await asyncio.sleep(0)
        return await search, at

    found, at = run(scenario, clock, limits="off")

    assert found.status_code == 200
    # Two other requests were served whole between any two steps.
    assert max(after - before for before, after in pairwise(at)) == 1
    assert len(steps) > 20
    assert max(after - before for before, after in pairwise(steps)) <= 200


def test_searches_that_wait_together_draw_it_up_once(clock: Clock, steps: list[int]) -> None:
    calls = [(CONTACTS, "a"), (COMPANIES, "b"), (CONTACTS, "c"), (COMPANIES, "d")]

    async def together(client: httpx.AsyncClient) -> list[bytes]:
        answers = await asyncio.gather(*(searched(client, path, key) for path, key in calls))
        return [answer.content for answer in answers]

    async def in_turn(client: httpx.AsyncClient) -> list[bytes]:
        return [(await searched(client, path, key)).content for path, key in calls]

    at_once = run(together, clock)
    taken = steps.copy()
    steps.clear()

    assert at_once == run(in_turn, clock)
    assert taken == steps


async def searched(client: httpx.AsyncClient, path: str, key: str = "k") -> httpx.Response:
    answer = await client.post(path, json=BODY, headers={"api_key": key})
    assert answer.status_code == 200
    return answer


async def until(steps: list[int], count: int) -> None:
    while len(steps) < count:
        await asyncio.sleep(0)


def test_the_next_goes_on_where_one_gives_up(clock: Clock, steps: list[int]) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        first = asyncio.create_task(searched(client, CONTACTS, "first"))
        await until(steps, 10)
        second = asyncio.create_task(searched(client, CONTACTS, "second"))
        await until(steps, 12)
        first.cancel()
        await second

    run(scenario, clock)
    taken = steps.copy()
    steps.clear()
    run(lambda client: searched(client, CONTACTS), clock)

    assert taken == steps


def test_searches_of_companies_do_not_wait_for_people(clock: Clock, steps: list[int]) -> None:
    run(lambda client: searched(client, COMPANIES), clock)

    assert len(steps) > 5
    assert set(steps) == {0}


@pytest.mark.parametrize(
    ("filters", "waits"),
    [
        ({"companies": {"include": {"sizes": [{"min": 51}]}}}, False),
        ({"companies": {"include": {}}, "contacts": {"include": {"departments": ["Legal"]}}}, True),
        ({"companies": {"include": {"previousCompanyDomains": ["acme.com"]}}}, True),
    ],
)
def test_searches_of_companies_wait_for_people_where_they_are_found_by_theirs(
    clock: Clock, steps: list[int], filters: dict[str, Any], waits: bool
) -> None:
    body = {"pagination": {"page": 0, "size": 10}, "filters": filters}
    answer = run(lambda client: client.post("/v3/companies/prospecting", json=body), clock)

    assert answer.status_code == 200, answer.text
    assert (max(steps) > 0) == waits
    assert max(after - before for before, after in pairwise(steps)) <= 200


def test_nothing_of_the_account_changes_before_the_wait_is_over(clock: Clock, steps: list[int]) -> None:
    async def scenario(client: httpx.AsyncClient) -> tuple[Any, Any]:
        before = (await client.get("/_mock/accounts")).json()
        search = asyncio.create_task(searched(client, CONTACTS))
        await until(steps, 10)
        while_waiting = [
            (await client.get(f"/_mock/{what}")).json() for what in ("journal", "ledger?account=k")
        ]
        assert before["accounts"] == []
        assert not any(each.get("exchanges") or each.get("entries") for each in while_waiting)
        await client.post("/_mock/reset")
        person = {"firstName": "Ada", "lastName": "Waits", "companyDomain": "waits.com"}
        await client.post("/_mock/entities?account=k", json={"people": [person]})
        found = (await search).json()
        usage = (await client.get("/account/usage")).json()
        return found, usage

    found, usage = run(scenario, clock)

    # It is decided when the wait is over: what was pinned is found, and the account that is there pays.
    assert "Ada Waits" in [each["name"] for each in found["data"]]
    assert usage["usage"]["credits"]["used"] == found["billing"]["creditsCharged"] == 1


def test_a_key_that_is_forgotten_meanwhile_is_refused(clock: Clock, steps: list[int]) -> None:
    async def scenario(client: httpx.AsyncClient) -> int:
        await client.post("/_mock/accounts", json={"key": "short-lived"})
        search = asyncio.create_task(client.post(CONTACTS, json=BODY, headers={"api_key": "short-lived"}))
        await until(steps, 10)
        await client.delete("/_mock/accounts?account=short-lived")
        return (await search).status_code

    assert run(scenario, clock, strict_keys=True) == 401


def test_calls_without_a_loop_wait_too(steps: list[int]) -> None:
    with MockServer(Settings(port=0, people=2_000, companies=50)) as server:
        transport = InProcessTransport(server)
        with httpx.Client(transport=transport, base_url=server.url, headers={"api_key": "k"}) as client:
            assert client.post(CONTACTS, json=BODY).status_code == 200
            taken = len(steps)
            assert client.post(CONTACTS, json=BODY).status_code == 200

    assert len(steps) == taken > 20


def test_a_call_that_a_rule_may_answer_draws_nothing_up(steps: list[int], clock: Clock) -> None:
    async def scenario(client: httpx.AsyncClient) -> int:
        rule = {"when": {"operation": "searchProspectingContacts"}, "respond": "minute-limit"}
        await client.post("/_mock/scenario/rules?account=k", json={"rules": [rule]})
        return (await client.post(CONTACTS, json=BODY)).status_code

    assert run(scenario, clock) == 429
    assert steps == []


def test_a_warm_server_is_ready_when_there_is_nothing_to_wait_for(steps: list[int]) -> None:
    with MockServer(Settings(port=0, people=2_000, companies=50, warm=True)) as server:
        taken = len(steps)
        with httpx.Client(base_url=server.url, trust_env=False, headers={"api_key": "k"}) as client:
            assert client.get("/_mock/ready").json()["status"] == "ready"
            assert client.post(CONTACTS, json=BODY).status_code == 200

    assert len(steps) == taken > 20


def test_progress_is_logged(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mock_lusha.index_builder, "_TOLD_EACH", 1_000)
    with caplog.at_level(logging.INFO, "mock_lusha"):
        run(lambda client: searched(client, CONTACTS), clock)
    told = [each.getMessage() for each in caplog.records if each.name == "mock_lusha"]

    assert [each.partition(":")[0] for each in told] == ["preparing searches"] * 2 + ["searches are ready"]
    assert told[1] == "preparing searches: 2,000 of 2,000 people"


@pytest.mark.parametrize("bucket", [1, 7, 100, 10_000])
def test_the_order_of_people_does_not_depend_on_the_steps(
    bucket: int, world: World, pools: Pools, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = World("lusha", world.as_of, pools, people=500, companies=20)
    catalog = Catalog(data_folder("fixtures") / "reference", pools)
    expected = SearchIndex(small, catalog)._order.tolist()
    monkeypatch.setattr("mock_lusha.world.search.ordering._BUCKET", bucket)
    monkeypatch.setattr("mock_lusha.world.search.ordering._AT_ONCE", 3 * bucket)

    assert SearchIndex(small, catalog)._order.tolist() == expected
    assert sorted(expected) == list(range(500)) != expected
