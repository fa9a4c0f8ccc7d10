"""Webhooks where processes share their state: each delivery has one sender."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from api.v3.receivers import Receiver, receiving
from replicas import round_robin

from mock_lusha.clock import Clock
from mock_lusha.config import Settings

KEY = "shared-key"
HOOK = {"entityType": "company", "signalTypes": ["allSignals"]}


async def _steps(receiver: Receiver) -> list[Any]:
    apps = round_robin(2, Settings(people=0, companies=1), Clock(), fast=True).apps
    for app in apps:
        await app.state.begin(asyncio.get_running_loop())
    a, b = (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 1)),
            base_url="http://127.0.0.1",
            headers={"api_key": KEY},
        )
        for app in apps
    )
    search = {"companies": [{"domain": "acme.com"}]}
    (company,) = (await a.post("/v3/companies/search", json=search)).json()["results"]
    await b.post("/api/account/secret/regenerate")
    body = {"defaults": {**HOOK, "url": receiver.url}, "subscriptions": [{"entityId": company["id"]}]}
    made = await a.post("/api/subscriptions", json=body)
    assert made.status_code < 300, made.text
    account = {"account": KEY}
    moved = await a.patch("/_mock/clock", params=account, json={"advance": 400 * 86_400})
    assert moved.status_code == 200, moved.text
    seen = [(await each.get("/_mock/webhooks/deliveries", params=account)).json() for each in (a, b)]
    one = seen[0]["deliveries"][0]["id"]
    again = await b.post("/_mock/webhooks/resend", params=account, json={"delivery": one})
    subscription = (await b.get("/api/subscriptions")).json()["data"][0]["id"]
    tested = await a.post(f"/api/subscriptions/{subscription}/test")
    assert tested.json()["isSuccess"], tested.text
    logs = [(await each.get("/api/audit-logs")).json() for each in (a, b, a)]
    for app in apps:
        app.state.webhooks.stop()
    return [*seen, again.json(), *logs]


def test_a_clock_that_is_moved_delivers_each_once_and_a_test_divides_nobody() -> None:
    with receiving() as receiver:
        first, second, again, *logs = asyncio.run(_steps(receiver))
    assert first == second
    assert {each["state"] for each in first["deliveries"]} == {"success"}
    assert len(receiver.requests) == len(first["deliveries"]) + 2  # one was sent again, one is a test
    assert logs[0] == logs[1] == logs[2]
    assert again["delivery"]["state"] == "success"
