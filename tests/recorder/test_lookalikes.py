"""Sessions of lookalikes, recorded and replayed with the network gone."""

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
PATHS = {"/v3/contacts/lookalike": "emails", "/v3/companies/lookalike": "domains"}
VALUES = {
    "emails": [f"jane.markedname{number}@acme.com" for number in range(5)],
    "domains": [f"acme{number}.com" for number in range(5)],
}


def two_pages(recorder: Recorder, path: str) -> list[Any]:
    """Two pages of one session."""
    transport = RecorderTransport(recorder)
    with httpx.Client(
        transport=transport, base_url="https://api.lusha.com", headers={"api_key": KEY}
    ) as client:
        name = PATHS[path]
        body: dict[str, Any] = {"seeds": {name: VALUES[name]}, "limit": 6}
        first = client.post(path, json=body).json()
        again = client.post(path, json=body | {"dedupeSessionId": first["dedupeSessionId"]}).json()
    return [first, again]


def test_a_session_is_replayed_by_the_id_that_its_first_answer_has(tmp_path: Path) -> None:
    settings = Settings(port=0, people=200, companies=20, limits="headers", seed="one")
    for number, path in enumerate(PATHS):
        tape = tmp_path / f"tape{number}.yaml"
        with MockServer(settings) as upstream:
            two_pages(open_recorder(tape, "once", upstream=upstream.url, max_credits=4), path)

        replay = open_recorder(tape, upstream="http://127.0.0.1:9")
        first, again = two_pages(replay, path)

        assert replay.verdicts == {"HIT": 2}
        assert first["dedupeSessionId"] == again["dedupeSessionId"]
        assert [page["meta"]["returned"] for page in (first, again)] == [6, 6]
        assert [each.credits for each in load(tape).interactions] == [2, 2]
        assert "markedname" not in tape.read_text(encoding="utf-8")
