"""Who looks at an account sees all that was done to it, whatever others do to its log meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import httpx
from replicas import SECRET

from mock_lusha.app import create_app
from mock_lusha.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from starlette.applications import Starlette

KEY = "any-key"
CALLS = 11
SNAPSHOT_EVERY = 4


def test_a_log_that_is_trimmed_while_somebody_looks_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_lusha.replication.snapshots.EVERY", SNAPSHOT_EVERY)
    settings = Settings(
        people=200, companies=30, store=f"sqlite:{tmp_path / 'state.sqlite'}", store_secret=SECRET
    )

    async def counted() -> list[int]:
        async with AsyncExitStack() as stack:
            (caller, call), (watcher, look) = [await joined(stack, settings) for _ in range(2)]
            found = []
            for number in range(CALLS):
                await call.get("/v2/company", params={"domain": f"company{number}.com"})
                await asyncio.gather(*caller.state.replica._tasks)  # the checkpoint is put
                if number + 1 in {2 * SNAPSHOT_EVERY, CALLS}:
                    found.append(
                        len((await look.get("/_mock/ledger", params={"account": KEY})).json()["entries"])
                    )
                if number + 1 == 2 * SNAPSHOT_EVERY:
                    trim_before_a_read(caller, watcher)
            return found

    def trim_before_a_read(caller: Starlette, watcher: Starlette) -> None:
        engine: Any = watcher.state.replica._engine
        read = engine.read

        def trimmed(tenant: bytes, after: int) -> Any:
            monkeypatch.setattr(engine, "read", read)
            replica = caller.state.replica
            replica._put_snapshot(replica._tenants.of_key(KEY))
            return read(tenant, after)

        monkeypatch.setattr(engine, "read", trimmed)

    assert asyncio.run(counted()) == [2 * SNAPSHOT_EVERY, CALLS]


async def joined(stack: AsyncExitStack, settings: Settings) -> tuple[Starlette, httpx.AsyncClient]:
    """An application, and a client that has its key."""
    app = create_app(settings)
    await app.state.begin(asyncio.get_running_loop())
    stack.callback(app.state.replica.close)
    stack.callback(app.state.webhooks.stop)
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"api_key": KEY})
    return app, await stack.enter_async_context(client)
