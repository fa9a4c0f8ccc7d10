"""Secrets, and what stands in the query of a target, are in no journal, log or account."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import httpx

from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    import pytest

TOKEN = "tell-nobody-4711"
TARGETS = (
    f"http://127.0.0.1:9/hook?token={TOKEN}",
    f"https://10.1.2.3/a?b=1&x={TOKEN}",
    f"https://10.0.0.1/?{TOKEN}",
)


def test_no_secret_and_no_token_of_a_target_is_seen(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings(port=0, people=0, companies=1, log_format="json", webhook_retries=(1.0,))
    with MockServer(settings) as server, httpx.Client(base_url=server.url) as client:
        client.headers["api_key"] = key = "a-key-of-webhooks-4711"
        find = {"domain": "acme.com"}
        (company,) = client.post("/v3/companies/search", json={"companies": [find]}).json()["results"]
        secrets = [client.post("/api/account/secret/regenerate").json()["secret"] for _ in range(2)]
        for number, url in enumerate(TARGETS):
            client.patch(f"/_mock/clock?account={key}", json={"advance": 1})
            what = {"url": url, "entityType": "company", "signalTypes": ["allSignals"], "name": f"n{number}"}
            body = {"defaults": what, "subscriptions": [{"entityId": company["id"]}]}
            (result,) = client.post("/api/subscriptions", json=body).json()["results"]
            assert result["success"], result
            created = result["subscription"]["id"]
            client.patch(f"/api/subscriptions/{created}", json={"url": url, "name": "other"})
            client.post(f"/api/subscriptions/{created}/test")
            trigger = {"entityType": "company", "find": find, "signalType": "websiteTrafficDecrease"}
            assert client.post(f"/_mock/webhooks/trigger?account={key}", json=trigger).status_code == 201
            client.post("/api/subscriptions/delete", json={"ids": [created]})
        assert client.get("/api/account/secret").json()["secret"] == secrets[1]
        stats = client.get("/api/audit-logs/stats").json()
        pages = [
            client.get(f"/_mock/{path}?account={key}").text
            for path in ("journal", "accounts", "explain/last", "ledger", "conduct", "settings", "scenario")
        ]

    shown = "\n".join([*pages, caplog.text])
    assert stats["total"] == 2 * len(TARGETS)
    assert "/api/subscriptions" in shown
    assert "10.1.2.3/a?\N{HORIZONTAL ELLIPSIS}" in pages[0]
    for text in (TOKEN, *secrets):
        assert text not in shown
