"""What a server had is there when it is started again with its store, however it ended."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "key-of-a-restart-0123456789"
RULES = {"name": "ours", "rules": [{"name": "second", "when": {"nth": 2}, "respond": "not-found"}]}
HOOK = {"url": "http://127.0.0.1:9/", "entityType": "company", "signalTypes": ["allSignals"]}
LOOKS = [
    *("accounts", "clock", "conduct", "entities", "journal", "ledger", "scenario", "tables"),
    *("webhooks", "webhooks/deliveries"),
]


@contextmanager
def served(store: Path, end: signal.Signals) -> Iterator[httpx.Client]:
    flags = ("--people=0", "--companies=1", f"--store=sqlite:{store}", "--log-level=error")
    secret = "--store-secret=a-secret-of-the-tests"
    command = [sys.executable, "-m", "mock_lusha", "serve", "--port=0", secret, *flags]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            match = re.search(r"at (http://\S+)", server.stderr.readline())
            assert match is not None
            headers = {"api_key": KEY}
            with httpx.Client(base_url=match[1], headers=headers, trust_env=False, timeout=20) as client:
                yield client
        finally:
            server.send_signal(end)
            server.communicate(timeout=20)


def prepare(client: httpx.Client) -> None:
    """Have something of everything that is kept."""
    account = {"account": KEY}

    def steer(method: str, path: str, body: Any) -> None:
        answer = client.request(method, f"/_mock/{path}", params=account, json=body)
        assert answer.status_code < 300, answer.text

    steer("PATCH", "clock", {"set": "2026-03-31T12:00:00Z"})
    steer("PATCH", "clock", {"freeze": True})
    steer("PATCH", "accounts", {"webhook_delivery": "collect", "label": "ours"})
    steer("POST", "entities", {"companies": [{"domain": "quux.example", "name": "Quux"}]})
    steer("PUT", "scenario", RULES)
    steer("POST", "tables", {"name": "Fair", "kind": "companies", "rows": ["acme.com"]})
    search = {"companies": [{"domain": "acme.com"}]}
    (company,) = client.post("/v3/companies/search", json=search).json()["results"]
    client.post("/api/account/secret/regenerate")
    body = {"defaults": HOOK, "subscriptions": [{"entityId": company["id"]}]}
    client.post("/api/subscriptions", json=body)
    client.post("/v3/companies/enrich", json={"ids": [company["id"]]})
    steer("PATCH", "clock", {"advance": 90 * 86_400})
    client.post("/_mock/webhooks/take", params=account)


def looks(client: httpx.Client) -> dict[str, str]:
    answers = {}
    for path in LOOKS:
        answer = client.get(f"/_mock/{path}", params={"account": KEY})
        assert answer.status_code == 200, answer.text
        answers[path] = re.sub(r'"ms":[\d.]+', '"ms":0', answer.text)
    return answers


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["told to end", "killed"])
def test_all_is_there_after_a_restart(tmp_path: Path, end: signal.Signals) -> None:
    with served(tmp_path / "state.sqlite", end) as client:
        prepare(client)
        before = looks(client)
    with served(tmp_path / "state.sqlite", signal.SIGTERM) as client:
        assert looks(client) == before
        spent = client.get("/v3/account/usage").json()["credits"]["used"]
        assert client.get("/v2/company?domain=other.com").status_code == 200
        assert client.get("/v3/account/usage").json()["credits"]["used"] == spent + 1
