"""A store that cannot grow: calls are refused, and taken again when there is space."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
from replicas import SECRET

from mock_lusha.app import create_app
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

USAGE = "/v3/account/usage"


async def steps(store: Path) -> dict[str, Any]:
    url = f"sqlite:{store}"
    app = create_app(Settings(people=0, companies=1, limits="off", store=url, store_secret=SECRET))
    await app.state.begin(asyncio.get_running_loop())
    limit = app.state.replica._engine._connection.execute
    (pages,) = limit("PRAGMA page_count").fetchone()
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    headers = {"api_key": "key-of-a-full-disk"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        limit(f"PRAGMA max_page_count = {pages}")
        served = 0
        while (refused := await client.get(USAGE)).status_code == 200:
            served += 1
        limit("PRAGMA max_page_count = 100000")
        again = await client.get(USAGE)
        account = (await client.get("/_mock/accounts")).json()["accounts"][0]
    app.state.webhooks.stop()
    app.state.replica.close()
    return {"served": served, "refused": refused, "again": again, "account": account}


def test_a_full_disk_is_told_and_nothing_is_counted(tmp_path: Path) -> None:
    seen = asyncio.run(steps(tmp_path / "state.sqlite"))

    assert seen["refused"].status_code == 503
    assert "the disk is full" in seen["refused"].text
    assert seen["again"].status_code == 200
    assert seen["account"]["requests"] == seen["served"] + 1
