"""Subscriptions and their secret, recorded and replayed with the network gone; nothing of them is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from mock_lusha.config import Settings
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.transport import RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder

KEY = "MARKED-KEY-0123456789-ABCDEF"
URL = "https://hooks.marked-robotics.com/marked?token=marked"
BASE = "/api/subscriptions"


def life_of_subscriptions(recorder: Recorder) -> list[str]:
    """The secrets and ids that answers told."""
    told: list[str] = []
    with httpx.Client(
        transport=RecorderTransport(recorder), base_url="https://api.lusha.com", headers={"api_key": KEY}
    ) as client:

        def send(method: str, path: str, body: Any = None) -> Any:
            answer = client.request(method, path, json=body)
            assert answer.status_code in {200, 201}, answer.text
            return answer.json()

        people = {"contacts": [{"email": f"jane.markedname@acme{n}.com"} for n in range(3)]}
        first, second, third = [row["id"] for row in send("POST", "/v3/contacts/search", people)["results"]]
        told += [first, second, third]
        told.append(send("POST", "/api/account/secret/regenerate")["secret"])
        defaults = {"url": URL, "entityType": "contact", "signalTypes": ["promotion"], "name": "Marked"}

        def create(*ids: str) -> str:
            body = {"defaults": defaults, "subscriptions": [{"entityId": id_} for id_ in ids]}
            created = send("POST", BASE, body)["results"]
            assert [row["subscription"]["entityId"] for row in created] == [*ids]
            name: str = created[0]["subscription"]["id"]
            return name

        # Two calls of one shape: each is answered for whom it names.
        create(first)
        create(second)
        hook = create(third)
        told.append(hook)
        assert send("GET", f"{BASE}/{hook}")["id"] == hook
        told.append(send("PATCH", f"{BASE}/{hook}", {"regenerateSecret": True})["secret"])
        told.append(send("GET", "/api/account/secret")["secret"])
        assert send("GET", f"/api/audit-logs?subscriptionId={hook}")["data"] == []
        deleted = send("POST", f"{BASE}/delete", {"ids": [hook]})["results"][0]
        assert deleted["subscription"]["id"] == hook
    return told


def test_the_life_of_subscriptions_is_recorded_and_replayed(tmp_path: Path) -> None:
    tape = tmp_path / "tape.yaml"
    with MockServer(Settings(port=0, people=0, companies=1)) as upstream:
        recorder = open_recorder(tape, "once", upstream=upstream.url, max_credits=20)
        told = life_of_subscriptions(recorder)

    replay = open_recorder(tape, upstream="http://127.0.0.1:9")
    replayed = life_of_subscriptions(replay)

    text = tape.read_text(encoding="utf-8")
    assert replay.verdicts == {"HIT": 10}
    assert "marked" not in text.lower()
    assert not any(secret in text for secret in told)
    # Nobody can sign with what is replayed, nor call it a secret of Lusha's.
    assert set(replayed).isdisjoint(told)
