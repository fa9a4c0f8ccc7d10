"""A process that comes to something else than another one with the same state says so, and serves no more."""

from __future__ import annotations

import asyncio
import json
import tempfile
from typing import TYPE_CHECKING, Any

import httpx
from replicas import SECRET

from mock_lusha.app import create_app
from mock_lusha.config import Settings
from mock_lusha.http.endpoint import OperationEndpoint

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from mock_lusha.http.exchange import Exchange

KEY = "key-of-a-divergence-0123456789"


async def steps(url: str, monkeypatch: pytest.MonkeyPatch) -> list[httpx.Response]:
    """Calls at one process, and then at another that answers otherwise; what both say."""
    apps = [create_app(Settings(people=0, companies=1, store=url, store_secret=SECRET)) for _ in range(2)]
    served = OperationEndpoint.__call__
    is_other = False

    def serve(self: OperationEndpoint, scope: Any, exchange: Exchange) -> Any:
        served(self, scope, exchange)
        if is_other and exchange.reply is not None:
            exchange.reply.body = b'{"other":true}'

    monkeypatch.setattr(OperationEndpoint, "__call__", serve)
    for app in apps:
        await app.state.begin(asyncio.get_running_loop())
    one, other = (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 1)),
            base_url="http://127.0.0.1",
            headers={"api_key": KEY},
        )
        for app in apps
    )
    body = {"companies": [{"clientReferenceId": KEY, "domain": "acme.com"}]}
    answers = [await one.post("/v3/companies/search", json=body) for _ in range(2)]
    is_other = True
    answers.append(await other.get("/v3/account/usage"))
    answers.append(await other.get("/_mock/ready"))
    is_other = False
    answers.append(await one.get("/v3/account/usage"))
    for app in apps:
        app.state.webhooks.stop()
        app.state.replica.close()
    await asyncio.sleep(0)
    return answers


def test_a_divergence_is_loud(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    first, second, refused, ready, goes_on = asyncio.run(steps(url, monkeypatch))

    assert [first.status_code, second.status_code, goes_on.status_code] == [200, 200, 200]
    assert refused.status_code == ready.status_code == 503
    (report,) = tmp_path.glob("mock-lusha-divergence-*.json")
    assert report.stat().st_mode & 0o777 == 0o600
    told = json.loads(report.read_bytes())
    for text in (refused.json()["errors"][0], ready.json()["reason"], caplog.text):
        assert told["digest_here"] in text
        assert told["digest_there"] in text
    assert str(report) in caplog.text
    assert told["call"]["path"] == told["next_call"]["path"] == "/v3/companies/search"
    assert KEY not in report.read_text()
