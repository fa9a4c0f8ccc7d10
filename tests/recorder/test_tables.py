"""A table, recorded from its creation to its end, and replayed with the network gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from mock_lusha.config import Settings
from mock_lusha.recorder.cassette import load
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.transport import RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder

KEY = "MARKED-KEY-0123456789-ABCDEF"
USER = "marked.user@quillmark-robotics.example"
OWNER = {"owner": {"email": USER}}
BASE = "/v3/contacts/tables"


def life_of_a_table(recorder: Recorder) -> list[int]:
    """The credits of each call that has a bill."""
    bills: list[int] = []
    with httpx.Client(
        transport=RecorderTransport(recorder), base_url="https://api.lusha.com", headers={"api_key": KEY}
    ) as client:

        def send(method: str, path: str, body: Any = None) -> Any:
            answer = client.request(method, path, json=body)
            assert answer.status_code in {200, 201}, answer.text
            bills.append(answer.json().get("billing", {}).get("creditsCharged", 0))
            return answer.json()

        people = {"contacts": [{"email": "jane.markedname@acme.com"}]}
        ids = [row["id"] for row in send("POST", "/v3/contacts/search", people)["results"]]
        table = send("POST", BASE, {"name": "Marked fair", **OWNER})["data"]["tableId"]
        send("POST", f"{BASE}/{table}/entities", {"entityIds": ids, **OWNER})
        run = {"runScope": "specific", "entityIds": ids, **OWNER}
        send("POST", f"{BASE}/{table}/columns/c6/run", run)
        rows = send("GET", f"{BASE}/{table}/entities?email={USER}&size=10")["data"]
        assert [row["id"] for row in rows] == ids
        send("DELETE", f"{BASE}/{table}/entities", {"entityIds": ids, **OWNER})
        send("DELETE", f"{BASE}/{table}?email={USER}")
    return bills


def test_the_life_of_a_table_is_recorded_and_replayed(tmp_path: Path) -> None:
    tape = tmp_path / "tape.yaml"
    with MockServer(Settings(port=0, people=0, companies=1, users=(USER,))) as upstream:
        recorded = life_of_a_table(open_recorder(tape, "once", upstream=upstream.url, max_credits=20))

    replay = open_recorder(tape, upstream="http://127.0.0.1:9")
    assert life_of_a_table(replay) == recorded
    assert replay.verdicts == {"HIT": 7}
    assert [each.credits for each in load(tape).interactions] == recorded
    text = tape.read_text(encoding="utf-8").lower()
    assert "marked" not in text
