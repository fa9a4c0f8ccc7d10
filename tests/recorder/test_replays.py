"""A server that replays: the cassette first, then the made-up world, or nobody."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha import MockLusha
from mock_lusha.app import create_app, open_replays
from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError
from mock_lusha.recorder.cassette import Cassette, CassetteError, load, save
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.matching import Matching
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.redaction import KEY_FILE, RedactionError
from mock_lusha.recorder.transport import RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder

KEY = "MARKED-KEY-0123456789-ABCDEF"
LIVE = "https://api.lusha.com"
MARKS = (KEY, "zelda", "markedname", "jane.doe", "crm-77")


def settings(**more: Any) -> Settings:
    return Settings(port=0, people=200, companies=20, limits="headers", **more)


def walk(client: httpx.Client) -> list[httpx.Response]:
    """A session over all kinds of operations, each after what the ones before answered."""
    found = [
        client.get("/v2/person", params={"email": "jane.doe@acme.com"}),
        client.post(
            "/v2/person",
            json={
                "contacts": [
                    {"contactId": "crm-77", "email": "jane.doe@acme.com"},
                    {"contactId": "1", "fullName": "Zelda Markedname", "companies": [{"name": "Acme"}]},
                ],
                "metadata": {},
            },
        ),
        client.get("/v2/company", params={"domain": "acme.com"}),
        client.get("/v2/person"),
        client.get("/no/such/path"),
        client.post("/prospecting/contact/search", json={"pages": {"page": 0, "size": 10}, "filters": {}}),
        client.post(
            "/prospecting/contact/search",
            json={
                "pages": {"page": 0, "size": 10},
                "filters": {"contacts": {"include": {"departments": ["Sales"]}}},
            },
        ),
    ]
    search = found[-1].json()
    ids = [each["contactId"] for each in search["data"]]
    person = found[0].json()["contact"]["data"]["personId"]
    found += [
        client.post(
            "/prospecting/contact/enrich", json={"requestId": search["requestId"], "contactIds": ids[:3]}
        ),
        client.post("/api/signals/contacts", json={"contactIds": [person], "signals": ["allSignals"]}),
        client.get("/account/usage"),
        client.get("/account/usage"),
    ]
    return found


def given(recorded: Interaction) -> Any:
    """What a recording of the walk answers: on disk the ids of the caller are positions."""
    if recorded.operation != "searchMultipleContacts":
        return recorded.answer
    contacts = recorded.answer["contacts"]
    return recorded.answer | {"contacts": {"crm-77": contacts["1"], "1": contacts["2"]}}


def over(recorder: Recorder, key: str = KEY) -> httpx.Client:
    return httpx.Client(transport=RecorderTransport(recorder), base_url=LIVE, headers={"api_key": key})


def dead_url() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cassette of a walk through a server of one seed, which is gone by now."""
    path = tmp_path_factory.mktemp("tapes") / "tape.yaml"
    with (
        MockServer(settings(seed="one")) as upstream,
        over(open_recorder(path, "once", upstream=upstream.url)) as client,
    ):
        walk(client)
    return path


@pytest.fixture
def lusha(tape: Path) -> Iterator[MockLusha]:
    with MockLusha(settings(cassette=tape, replay_only=True, seed="two")) as running:
        yield running


# Record, then replay with the network gone


def test_a_replay_with_the_upstream_gone_answers_what_was_recorded_and_costs_nothing(
    tape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a replay connects to nobody")

    replay = open_recorder(tape, upstream=dead_url())
    monkeypatch.setattr(socket.socket, "connect", refused)
    with over(replay, key="another key") as client:
        answers = walk(client)
    recorded = load(tape).interactions
    assert len(answers) == len(recorded) == 11
    assert [each.status_code for each in answers] == [each.status for each in recorded]
    assert [each.json() for each in answers] == [given(each) for each in recorded]
    assert replay.verdicts == {"HIT": 11}
    assert replay.guard.spent == 0
    assert sum(each.credits or 0 for each in recorded) > 0


def test_two_recordings_of_one_seed_with_one_key_are_the_same(tape: Path, tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes((tape.parent / KEY_FILE).read_bytes())
    again = tmp_path / "again.yaml"
    with (
        MockServer(settings(seed="one")) as upstream,
        over(open_recorder(again, "once", upstream=upstream.url)) as client,
    ):
        walk(client)
    one, other = load(tape).interactions, load(again).interactions
    fixed = [
        index for index, each in enumerate(one) if "requestId" not in json.dumps([each.body, each.answer])
    ]
    assert len(fixed) > 5
    for index in fixed:
        assert (one[index].path, one[index].query, one[index].body) == (
            other[index].path, other[index].query, other[index].body,
        )  # fmt: skip
    assert [each.status for each in one] == [each.status for each in other]
    assert [each.credits for each in one] == [each.credits for each in other]


def test_what_was_recorded_holds_no_key_and_nobody(tape: Path) -> None:
    text = tape.read_text(encoding="utf-8").lower()
    assert [mark for mark in MARKS if mark.lower() in text] == []


# A server with a cassette


def test_a_server_replays_before_its_own_world(tape: Path) -> None:
    with MockLusha(settings(cassette=tape, seed="two")) as lusha:
        known = lusha.client.get("/v2/company", params={"domain": "acme.com"})
        other = lusha.client.get("/v2/company", params={"domain": "other.com"})
    recorded = next(each for each in load(tape).interactions if each.operation == "searchSingleCompanyV2")
    assert (known.status_code, known.json()) == (recorded.status, recorded.answer)
    assert other.status_code == 200
    assert other.json()["data"]["fqdn"] == "other.com"


def test_a_server_tells_which_answers_are_made_up(tape: Path) -> None:
    with MockLusha(settings(cassette=tape)) as lusha:
        lusha.client.get("/v2/company", params={"domain": "acme.com"})
        lusha.client.get("/v2/company", params={"domain": "other.com"})
        known, other = list(lusha.calls)
    assert "made-up world answered" not in str(known.warnings)
    assert "the cassette has no such request; the made-up world answered" in str(other.warnings)


def test_what_is_made_up_is_compared_with_no_recording(tape: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def compare(*_: object) -> None:
        raise AssertionError("a recording is compared")

    monkeypatch.setattr(Matching, "differences", compare)
    with MockLusha(settings(cassette=tape)) as lusha:
        for domain in ("acme.com", "other.com", "further.com"):
            assert lusha.client.get("/v2/company", params={"domain": domain}).status_code == 200


def test_a_server_that_only_replays_answers_the_whole_walk(lusha: MockLusha, tape: Path) -> None:
    recorded = [each for each in load(tape).interactions if each.operation is not None]
    with httpx.Client(base_url=lusha.url, headers={"api_key": lusha.api_key}) as client:
        answers = [each for each in walk(client) if each.url.path != "/no/such/path"]
    assert [each.status_code for each in answers] == [each.status for each in recorded]
    assert [each.json() for each in answers] == [given(each) for each in recorded]


def test_a_server_that_only_replays_refuses_the_rest_and_says_what_is_near(lusha: MockLusha) -> None:
    answer = lusha.client.get("/v2/company", params={"domain": "other.com"})
    assert answer.status_code == 404
    text = answer.text
    assert "MISS: it has no GET /v2/company?domain=other.com" in text
    assert "near: interactions[2] GET /v2/company?domain=acme.com: its query.domain is" in text
    assert lusha.client.get("/account/usage").json()["usage"]["credits"]["used"] > 0  # as recorded


def test_a_replayed_answer_has_the_headers_of_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    headers = {"content-type": "text/plain; charset=utf-8", "x-rate-limit-minute": "7", "retry-after": "3"}
    save(
        Cassette(
            (
                Interaction(
                    "GET", "/account/usage", 429, operation="getAccountUsageStats", headers=headers,
                    text="slow down",
                ),
            )
        ),
        path,
    )  # fmt: skip
    with MockLusha(settings(cassette=path, replay_only=True)) as lusha:
        answer = lusha.client.get("/account/usage")
    assert (answer.status_code, answer.text) == (429, "slow down")
    assert {name: answer.headers[name] for name in headers} == headers
    assert "x-rate-limit-daily" not in answer.headers
    assert len(answer.headers.get_list("content-type")) == 1


@pytest.mark.parametrize("status", [200, 204, 502], ids=str)
def test_an_empty_answer_is_replayed_empty(tmp_path: Path, status: int) -> None:
    path = tmp_path / "tape.yaml"
    save(Cassette((Interaction("GET", "/account/usage", status, operation="getAccountUsageStats"),)), path)
    with MockLusha(settings(cassette=path, replay_only=True)) as lusha:
        answer = lusha.client.get("/account/usage")
    assert (answer.status_code, answer.content) == (status, b"")


def test_without_a_key_a_server_that_replays_still_asks_for_one(tape: Path) -> None:
    with MockServer(settings(cassette=tape, replay_only=True)) as server:
        assert httpx.get(f"{server.url}/account/usage").status_code == 401


# What cannot be served


def test_without_a_cassette_nothing_is_replayed() -> None:
    with MockLusha(settings()) as lusha:
        assert lusha.client.get("/account/usage").json()["usage"]["credits"]["used"] == 0


def test_replaying_only_needs_a_cassette() -> None:
    with pytest.raises(ConfigError, match="replay_only: there is no cassette to replay"):
        open_replays(settings(replay_only=True))


def test_a_cassette_that_is_not_there_is_an_error_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cassette: there is no file"):
        settings(cassette=tmp_path / "none.yaml")


def test_a_damaged_cassette_is_an_error_before_anything_is_served(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text("format: 1\ninteractions: [", encoding="utf-8")
    with pytest.raises(CassetteError, match="is damaged"):
        create_app(settings(cassette=path))


def test_a_cassette_without_its_key_is_an_error_before_anything_is_served(tape: Path, tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_bytes(tape.read_bytes())
    with pytest.raises(RedactionError, match="there is no redaction key"):
        open_replays(settings(cassette=path))
    (tmp_path / KEY_FILE).write_text("another key", encoding="utf-8")
    with pytest.raises(CassetteError, match="was redacted with the key"):
        open_replays(settings(cassette=path))
    assert sorted(each.name for each in tmp_path.iterdir()) == [KEY_FILE, path.name]


# A recorder of one account


def test_the_recorder_of_an_account_answers_that_account_alone(tape: Path) -> None:
    with MockServer(settings(seed="two")) as server:
        url = f"{server.url}/v2/company?domain=not-recorded.com"
        server.replays.put("mine", open_recorder(tape))
        assert httpx.get(url, headers={"api_key": "mine"}).status_code == 404
        assert httpx.get(url, headers={"api_key": "yours"}).status_code == 200
        server.replays.drop("mine")
        server.replays.drop("mine")
        assert httpx.get(url, headers={"api_key": "mine"}).status_code == 200


def test_the_recorder_of_an_account_forwards_and_records(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    with MockServer(settings(seed="one")) as upstream, MockServer(settings(seed="two")) as server:
        recorder = open_recorder(path, "once", upstream=upstream.url)
        server.replays.put("mine", recorder)
        url, headers = f"{server.url}/v2/company?domain=acme.com", {"api_key": "mine"}
        seen = httpx.get(url, headers=headers)
        truth = httpx.get(f"{upstream.url}/v2/company?domain=acme.com", headers=headers)
        assert seen.json() == truth.json()
        assert recorder.verdicts == {"LIVE": 1}
    with MockServer(settings(cassette=path, replay_only=True)) as server:
        again = httpx.get(f"{server.url}/v2/company?domain=acme.com", headers=headers)
    assert again.json() == load(path).interactions[0].answer


def test_credits_are_told_of_a_recording_as_of_its_replay(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    email = {"email": "jane.doe@acme.com"}
    with MockServer(settings(seed="one")) as upstream, MockServer(settings(seed="two")) as server:
        told = []
        for mode in ("once", "none"):
            with MockLusha(server=server, api_key=f"my-{mode}-key") as lusha:
                server.replays.put(lusha.api_key, open_recorder(path, mode, upstream=upstream.url))
                lusha.client.get("/v2/person", params=email)
                told.append([call.charged for call in lusha.calls])
    assert told == [[load(path).interactions[0].credits]] * 2
    assert told[0][0] > 0


def test_a_recorder_that_may_not_call_is_a_refusal_that_says_why(tmp_path: Path) -> None:
    with MockServer(settings()) as server:
        server.replays.put("mine", open_recorder(tmp_path / "tape.yaml", "once", upstream=LIVE))
        answer = httpx.get(f"{server.url}/v2/company?domain=acme.com", headers={"api_key": "mine"})
    assert answer.status_code == 404
    assert "BLOCKED: searchSingleCompanyV2 was not sent to https://api.lusha.com" in answer.text


def test_an_upstream_that_is_gone_is_a_bad_gateway(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    with MockServer(settings()) as server:
        server.replays.put("mine", open_recorder(path, "once", upstream=dead_url()))
        answer = httpx.get(f"{server.url}/v2/company?domain=acme.com", headers={"api_key": "mine"})
    assert answer.status_code == 502
    assert "the upstream cannot be reached" in answer.text
    assert not path.exists()


def test_what_cannot_be_written_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_REDACTION_KEY", "a key of tests")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    recorder_path = tmp_path / "file" / "tape.yaml"
    with MockServer(settings()) as upstream, MockServer(settings()) as server:
        server.replays.put("mine", open_recorder(recorder_path, "once", upstream=upstream.url))
        answer = httpx.get(f"{server.url}/v2/company?domain=acme.com", headers={"api_key": "mine"})
    assert answer.status_code == 500
    assert "cannot be written" in answer.text
