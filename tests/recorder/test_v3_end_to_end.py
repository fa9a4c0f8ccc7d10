"""Calls of v3, recorded from a double in place of the API: replayed, compared, pinned, and safe to commit."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner
from recorder.redacted import REDACTOR, REGISTRY

from mock_lusha.app import create_app
from mock_lusha.cli.cassettes import cassette as cassette_command
from mock_lusha.cli.drift import Double
from mock_lusha.config import Settings
from mock_lusha.recorder.cassette import Cassette, load
from mock_lusha.recorder.drift import compare
from mock_lusha.recorder.guard import Guard, LiveCallError, worst_case
from mock_lusha.recorder.pinning import dumps, pins, skipped
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.scan import scan_file
from mock_lusha.recorder.transport import AsyncRecorderTransport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

UPSTREAM = "http://127.0.0.1:9"
PEOPLE = "/v3/contacts"
COMPANIES = "/v3/companies"
EXTRAS = ["competitors", "employeesByDepartment", "intent", "estimatedAnnualItSpend", "directParent"]
ADA = "ada.quill@quill-works.example"
PERSONAL = {"firstName", "lastName", "fullName", "email", "number", "linkedin", "xUrl", "id"}


def search(*people: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"contacts": list(people), **more}


async def flow(client: httpx.AsyncClient, caller: str = "crm-") -> list[httpx.Response]:
    """The ways of an integration through v3; ``caller`` begins the ids of its own."""
    answers: list[httpx.Response] = []

    async def post(path: str, body: Mapping[str, Any]) -> Any:
        answers.append(await client.post(path, json=body))
        return answers[-1].json()

    async def get(path: str, **query: str) -> None:
        answers.append(await client.get(path, params=query))

    people = (
        {"clientReferenceId": f"{caller}ada", "email": ADA},
        {"clientReferenceId": f"{caller}nobody", "email": "nobody@acme.com"},
        {"firstName": "Tess", "lastName": "Vale", "companyDomain": "acme.com"},
        {"clientReferenceId": f"{caller}gdpr", "email": "greta.datenschutz@quill-works.example"},
    )
    match = await post(f"{PEOPLE}/search", search(*people, signals={"types": ["allSignals"]}))
    ids = [result["id"] for result in match["results"] if "error" not in result]
    await post(f"{PEOPLE}/enrich", {"ids": ids})
    await post(f"{PEOPLE}/enrich", {"ids": ids[::-1], "reveal": ["emails"]})
    await post(f"{PEOPLE}/search-and-enrich", search({"clientReferenceId": f"{caller}x", "email": ADA}))
    criteria = {"contacts": {"include": {"departments": ["Product"]}}}
    page = await post(f"{PEOPLE}/prospecting", {"pagination": {"page": 0, "size": 10}, "filters": criteria})
    await post(f"{PEOPLE}/enrich", {"ids": [row["id"] for row in page["results"]], "reveal": ["phones"]})
    await post(f"{PEOPLE}/signals", {"ids": ids, "signalTypes": ["allSignals"], "startDate": "2024-01-01"})
    named = ({"domain": "quill-works.example"}, {"name": "No Such Company", "clientReferenceId": ""})
    companies = await post(f"{COMPANIES}/search", {"companies": named})
    ids = [result["id"] for result in companies["results"] if "error" not in result]
    await post(f"{COMPANIES}/enrich", {"ids": ids, "reveal": EXTRAS})
    await post(f"{COMPANIES}/search-and-enrich", {"companies": [{"domain": "acme.com"}]})
    sizes = {"companies": {"include": {"sizes": [{"min": 51, "max": 200}]}}}
    await post(f"{COMPANIES}/prospecting", {"pagination": {"page": 0, "size": 10}, "filters": sizes})
    signals = {"signalTypes": ["allSignals"], "startDate": "2024-01-01"}
    await post(f"{COMPANIES}/signals", {"ids": ids, **signals})
    await get(f"{PEOPLE}/prospecting/filters/locations", query="ber")
    await get(f"{COMPANIES}/signals/filters/newsEventTypes")
    await get("/v3/account/usage")
    await post(f"{PEOPLE}/search", search({"contactId": "7"}))
    return answers


def recorder_of(path: Path, mode: str, max_credits: int | None = None) -> Recorder:
    guard = Guard(UPSTREAM, max_credits)
    return Recorder(path, mode, redactor=REDACTOR, guard=guard, upstream=UPSTREAM, registry=REGISTRY)


def client_of(recorder: Recorder, app: Any = None) -> httpx.AsyncClient:
    inner = None if app is None else httpx.ASGITransport(app=app)
    transport = AsyncRecorderTransport(recorder, inner)
    return httpx.AsyncClient(
        transport=transport, base_url="https://api.lusha.com", headers={"api_key": "test-key-0123456789"}
    )


def run(recorder: Recorder, app: Any = None, caller: str = "crm-") -> list[httpx.Response]:
    async def call() -> list[httpx.Response]:
        async with client_of(recorder, app) as client:
            return await flow(client, caller)

    return asyncio.run(call())


@dataclass(frozen=True)
class Recording:
    """A cassette, the recorder that made it, and what was answered meanwhile."""

    path: Path
    recorder: Recorder
    answers: list[Any]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = tmp_path_factory.mktemp("v3") / "tape.yaml"
    recorder = recorder_of(path, "once", max_credits=500)
    answers = run(recorder, create_app(Settings(limits="off")))
    assert [answer.status_code for answer in answers] == [200] * (len(answers) - 1) + [400]
    return Recording(path, recorder, [answer.json() for answer in answers])


def texts(value: Any, *names: str) -> Iterator[str]:
    """The texts under some names, anywhere in a value."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in names and isinstance(item, str):
                yield item
            yield from texts(item, *names)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, *names)


def test_nothing_personal_is_written(recording: Recording) -> None:
    written = recording.path.read_text(encoding="utf-8")
    companies = " ".join(texts(recording.answers, "name", "companyName"))  # some are called like people
    personal = {
        text for text in texts(recording.answers, *PERSONAL) if len(text) > 3 and text not in companies
    }

    assert len(personal) > 100
    assert [text for text in personal if re.search(rf"\b{re.escape(text)}\b", written)] == []
    assert ADA not in written
    assert "crm-" not in written
    assert scan_file(recording.path, REGISTRY)[1] == []


def test_what_is_no_secret_stays_readable(recording: Recording) -> None:
    search, enriched = (each.answer for each in recording.recorder.cassette.interactions[:2])

    preview, person = search["results"][2], enriched["results"][0]
    assert preview["company"]["name"] == "Acme"
    assert preview["company"]["domain"] == "www.acme.com"
    assert preview["jobTitle"] == recording.answers[0]["results"][2]["jobTitle"]
    assert preview["has"][-1] == "jobStartDate"
    assert [reveal["field"] for reveal in preview["canReveal"]] == ["emails", "phones"]
    assert search["results"][1]["error"] == {"code": "NOT_FOUND", "message": "Contact not found"}
    assert search["results"][3]["error"]["code"] == "COMPLIANCE_RESTRICTED"
    assert {email["type"] for email in person["emails"]} == {"work", "private"}
    assert re.fullmatch(r"v1\.[\w-]{34}", person["id"])
    assert person["location"]["stateCode"] == "MA"


def test_what_the_answers_say_is_counted(recording: Recording) -> None:
    guard = recording.recorder.guard
    told = sum(answer.get("billing", {}).get("creditsCharged", 0) for answer in recording.answers)

    # The second reveal says it was free and shows two addresses: whether those were paid for cannot be seen.
    assert (guard.spent, guard.held) == (told + 2, 0)
    assert guard.usage is not None
    assert guard.usage["credits"]["used"] == 0


def test_no_call_costs_more_than_its_worst_case(recording: Recording) -> None:
    for interaction in recording.recorder.cassette.interactions:
        told = (interaction.answer.get("billing") or {}).get("creditsCharged", 0)
        worst = worst_case(interaction.operation or "", interaction.query, interaction.body)

        assert worst is not None
        assert told <= worst, interaction.operation


def test_a_replay_follows_its_own_ids_and_answers_with_those_of_its_caller(recording: Recording) -> None:
    replay = recorder_of(recording.path, "none")

    answers = [answer.json() for answer in run(replay, caller="another-")]

    assert dict(replay.verdicts) == {"HIT": len(answers)}
    references = [result.get("clientReferenceId") for result in answers[0]["results"]]
    assert references == ["another-ada", "another-nobody", None, "another-gdpr"]
    assert answers[3]["results"][0]["clientReferenceId"] == "another-x"
    assert answers[7]["results"][1]["clientReferenceId"] == ""
    for before, now in zip(recording.answers, answers, strict=True):
        assert shape(now) == shape(before)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


def test_there_is_no_drift_and_a_change_of_v3_is_drift(recording: Recording) -> None:
    cassette = recording.recorder.cassette
    enriched = cassette.interactions[1]
    person = {**enriched.answer["results"][0], "age": 9}
    person["phones"] = [{**person["phones"][0], "doNotCall": "no"}]
    changed = replace(enriched, answer={**enriched.answer, "results": [person]})

    with Double(None) as double:
        assert compare(cassette, REGISTRY, double) == []
        drifts = compare(Cassette((changed,)), REGISTRY, double)

    assert [(drift.kind, drift.operation, drift.where) for drift in drifts] == [
        ("type-change", "enrichContacts", "$.results[*].phones[*].doNotCall"),
        ("unknown-field", "enrichContacts", "$.results[*].age"),
    ]


def test_pins_of_a_recording_are_found_by_v3(recording: Recording, tmp_path: Path) -> None:
    cassette = recording.recorder.cassette
    person = cassette.interactions[3].answer["results"][0]
    (tmp_path / "pins.yaml").write_text(dumps(pins(cassette)), encoding="utf-8")
    app = create_app(Settings(fixtures=tmp_path))
    body = search({"email": person["emails"][0]["email"]})

    async def ask() -> Any:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://double.invalid") as client:
            return await client.post(f"{PEOPLE}/search-and-enrich", json=body, headers={"api_key": "k"})

    result = asyncio.run(ask()).json()["results"][0]

    assert skipped(cassette) == []
    for name in ("firstName", "lastName", "jobTitle", "previousEmployment"):
        assert result[name] == person[name]
    assert result["socialLinks"]["linkedin"] == person["socialLinks"]["linkedin"]
    assert [phone["number"] for phone in result["phones"]] == [phone["number"] for phone in person["phones"]]


def test_a_call_that_may_cost_more_than_is_left_is_blocked(tmp_path: Path) -> None:
    recorder = recorder_of(tmp_path / "tape.yaml", "once", max_credits=6)
    body = {"contacts": [{"email": ADA}]}
    call = RecorderRequest("POST", f"{PEOPLE}/search-and-enrich", body=body, has_body=True)

    with pytest.raises(LiveCallError, match=r"searchAndEnrichContacts was not sent .* may cost 7"):
        recorder.decide(call)

    recorder.decide(replace(call, body={**body, "reveal": ["emails"]}))
    assert recorder.guard.held == 2


async def wait_for_job(client: httpx.AsyncClient) -> list[Any]:
    """An enrich of somebody whom others may know more of, and what becomes of its job."""
    paula = {"firstName": "Paula", "lastName": "Partial", "companyDomain": "quill-works.example"}
    match = (await client.post(f"{PEOPLE}/search", json=search(paula))).json()
    body = {"ids": [match["results"][0]["id"]], "reveal": ["phones"]}
    enriched = (await client.post(f"{PEOPLE}/enrich", json=body)).json()
    job = (await client.get(f"{PEOPLE}/jobs/{enriched['job']['id']}")).json()
    assert (job["jobId"], job["covers"]) == (enriched["job"]["id"], body["ids"])
    return [match, enriched, job]


def test_a_job_is_found_again_and_what_it_may_charge_is_counted(tmp_path: Path) -> None:
    async def call(recorder: Recorder, app: Any = None) -> list[Any]:
        async with client_of(recorder, app) as client:
            return await wait_for_job(client)

    first = recorder_of(tmp_path / "tape.yaml", "once", max_credits=20)
    live = asyncio.run(call(first, create_app(Settings(waterfall=True))))
    replay = recorder_of(tmp_path / "tape.yaml", "none")

    recorded = asyncio.run(call(replay))

    assert (dict(first.verdicts), dict(replay.verdicts)) == ({"LIVE": 3}, {"HIT": 3})
    assert recorded[1]["statusReason"] == live[1]["statusReason"]
    assert recorded[2]["jobId"] != live[2]["jobId"]
    assert first.guard.spent == 6  # the search, and a phone whether the job finds one or not


VCR = {
    "version": 1,
    "interactions": [
        {
            "request": {
                "method": "POST",
                "uri": "https://api.lusha.com/v3/contacts/search",
                "headers": {"api_key": ["a-real-key-0123456789"]},
                "body": json.dumps(search({"clientReferenceId": "crm-7", "email": "jane@acme.com"})),
            },
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Content-Type": ["application/json"]},
                "body": {
                    "string": json.dumps(
                        {
                            "requestId": "5a0c1f3e-7b2d-4c69-9e8f-d41b6a2c9e70",
                            "results": [
                                {"clientReferenceId": "crm-7", "id": f"v1.{'aB3-' * 8}", "firstName": "Jane"}
                            ],
                            "billing": {"creditsCharged": 1, "resultsReturned": 1},
                        }
                    )
                },
            },
        }
    ],
}


def test_recordings_of_other_programs_are_imported(tmp_path: Path) -> None:
    source, target = tmp_path / "vcr.json", tmp_path / "tape.yaml"
    source.write_text(json.dumps(VCR), encoding="utf-8")

    result = CliRunner().invoke(cassette_command, ["import", str(source), "--to", str(target)])

    assert result.exit_code == 0, result.output
    (interaction,) = load(target).interactions
    assert (interaction.operation, interaction.credits) == ("searchContacts", 1)
    assert interaction.body["contacts"][0]["clientReferenceId"] == "1"
    assert interaction.answer["results"][0]["clientReferenceId"] == "1"
    assert interaction.answer["results"][0]["id"].startswith("v1.mock-lusha-")
    assert scan_file(target, REGISTRY)[1] == []
