"""The commands about cassettes, as somebody types them."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import click
import httpx
import jsonschema
import pytest
import yaml
from cli.recordings import COMPANY, EMAIL, KEY, PERSON, run, written
from support import server_elsewhere

from mock_lusha.cli.main import main
from mock_lusha.config import Settings
from mock_lusha.recorder.cassette import load
from mock_lusha.recorder.recorder import MODES
from mock_lusha.server import MockServer

SCHEMA = Path(__file__).parents[2] / "docs" / "cassette.schema.json"
# The schema


def test_the_published_schema_is_that_of_the_command() -> None:
    result = run("cassette", "schema")

    assert result.exit_code == 0
    assert SCHEMA.read_text(encoding="utf-8") == result.stdout, (
        "docs/cassette.schema.json is out of date: mock-lusha cassette schema > docs/cassette.schema.json"
    )


def test_a_recorded_cassette_is_as_the_published_schema_has_it(recorded: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    documents = list(yaml.safe_load_all(recorded.read_text(encoding="utf-8")))

    for each in documents:
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(each)) == []
    assert [len(each["interactions"]) for each in documents] == [0, 1, 1, 1, 1]


# What cannot be meant

DAMAGED: dict[str, tuple[str | bytes | None, str]] = {
    "no such file": (None, "there is no such cassette"),
    "no YAML": ("format: 1\ninteractions: [\n", "is damaged: line 3: "),
    "cut": ("format: 1\ninteractions: []\n", "is damaged: it does not end with a line '...', so it was cut"),
    "empty": ("", "is damaged: it is empty; delete it, and it is recorded anew"),
    "no UTF-8": (b"format: 1\n\xff\n...\n", "is damaged: byte 10 is not UTF-8"),
    "another field": (
        "format: 1\ninteractions: []\nplam: pro\n...\n",
        "has 'plam'; known are format, recorded_at, contract, plan, redaction, interactions",
    ),
    "a later format": (
        "format: 9\ninteractions: []\n...\n",
        "has format 9, and this version of mock-lusha reads up to 2: upgrade it",
    ),
    "no status": (
        "format: 1\ninteractions:\n- request: {method: GET, path: /}\n  response: {}\n...\n",
        "is damaged: interactions[0].response has no status",
    ),
}
READERS: dict[str, tuple[tuple[str, ...], int]] = {
    "check": (("cassette", "check"), 1),
    "scan": (("cassette", "scan"), 2),
    "redact": (("cassette", "redact"), 2),
    "export": (("cassette", "export", "--to", "out.har"), 2),
    "pin": (("cassette", "pin"), 2),
    "drift": (("drift",), 2),
    "record": (("record", "--port=0", "--mode=none", "--cassette"), 2),
}


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("case", DAMAGED)
def test_what_is_no_whole_cassette_is_refused_by_name_and_left_as_it_is(
    command: str, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, said = DAMAGED[case]
    words, code = READERS[command]
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "tape.yaml"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = sorted(tmp_path.iterdir())

    result = run(*words, path)

    assert result.exit_code == code
    assert f"{path}: " in result.stderr
    assert said in result.stderr
    assert result.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


BAD_OPTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "no command": (("cassette", "chekc"), ("chekc", "check")),
    "check: nothing": (("cassette", "check"), ("PATH...",)),
    "scan: nothing": (("cassette", "scan"), ("PATH...",)),
    "redact: nothing": (("cassette", "redact"), ("PATH",)),
    "redact: option": (("cassette", "redact", "x", "--outptu", "y"), ("--outptu", "--output")),
    "import: no target": (("cassette", "import", "x.har"), ("--to",)),
    "import: form": (("cassette", "import", "x", "--to", "y", "--format", "xml"), ("xml", "vcr", "har")),
    "export: no target": (("cassette", "export", "x"), ("--to",)),
    "pin: option": (("cassette", "pin", "x", "--to", "y"), ("--to",)),
    "drift: nothing": (("drift",), ("CASSETTE...",)),
    "drift: form": (("drift", "x", "--format", "html"), ("html", "text", "json", "markdown")),
    "record: no cassette": (("record",), ("--cassette",)),
    "record: mode": (("record", "--cassette", "x", "--mode", "onec"), ("onec", *MODES)),
    "record: port": (("record", "--cassette", "x", "--port", "70000"), ("70000", "65535")),
    "record: credits": (("record", "--cassette", "x", "--max-credits=-1"), ("-1", "x>=0")),
    "record: credits are a number": (("record", "--cassette", "x", "--max-credits=many"), ("many",)),
    "schema: argument": (("cassette", "schema", "x"), ("x",)),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_wrong_option_is_named_with_what_would_work(case: str) -> None:
    words, said = BAD_OPTIONS[case]

    result = run(*words)

    assert result.exit_code == 2
    for each in said:
        assert each in result.stderr


def test_every_command_and_option_is_explained() -> None:
    assert {"record", "cassette", "drift"} <= set(main.list_commands(click.Context(main)))
    for words in (
        ("record",), ("cassette",), ("drift",),
        *(("cassette", each) for each in ("check", "scan", "redact", "import", "export", "pin", "schema")),
    ):  # fmt: skip
        result = run(*words, "--help")
        assert result.exit_code == 0
        assert result.stdout.startswith("Usage: ")


# check


def test_a_whole_cassette_is_well(recorded: Path) -> None:
    result = run("cassette", "check", recorded)

    assert (result.exit_code, result.stdout) == (0, f"{recorded}: well; 4 interactions\n")


def test_all_of_a_folder_is_checked_and_one_that_is_damaged_fails_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    well = written(tmp_path / "deep" / "well.yaml")
    cut = tmp_path / "cut.yaml"
    cut.write_text("format: 1\ninteractions: []\n", encoding="utf-8")

    result = run("cassette", "check", tmp_path)

    assert result.exit_code == 1
    assert result.stdout == f"{well}: well; 1 interaction\n"
    assert result.stderr.startswith(f"{cut}: is damaged: ")


@pytest.mark.parametrize("words", [("cassette", "check"), ("cassette", "scan"), ("drift",)], ids=" ".join)
def test_a_folder_without_cassettes_is_no_success(words: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*words, tmp_path)

    assert result.exit_code == 2
    assert result.stderr == f"mock-lusha: {tmp_path}: no file here ends in .yaml\n"


# scan and redact


def test_nothing_is_left_in_what_was_recorded(recorded: Path) -> None:
    result = run("cassette", "scan", recorded)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 findings\n")
    text = recorded.read_text(encoding="utf-8").lower()
    assert KEY not in text
    assert "tobefound" not in text


def test_what_is_left_fails_a_scan_and_is_shown_with_its_place_but_not_in_full(tmp_path: Path) -> None:
    path = written(tmp_path / "tape.yaml")

    result = run("cassette", "scan", tmp_path)

    assert result.exit_code == 1
    assert f"{path}: interactions[0].request.query" in result.stdout
    assert "email left: " in result.stdout
    assert EMAIL not in result.stdout
    assert re.fullmatch(r"1 finding\n|[1-9]\d+ findings\n|[2-9] findings\n", result.stderr)


def test_a_foreign_cassette_is_redacted_in_place_and_is_clean_then(tmp_path: Path) -> None:
    path = written(tmp_path / "tape.yaml", plan="pro", recorded_at="2026-03-31T12:00:00Z")

    result = run("cassette", "redact", path)

    assert (result.exit_code, result.stdout) == (0, f"{path}: 1 interaction redacted\n")
    assert EMAIL not in path.read_text(encoding="utf-8")
    tape = load(path)
    assert (tape.plan, tape.recorded_at) == ("pro", "2026-03-31T12:00:00Z")
    assert (tmp_path / "redaction.key").exists()
    assert run("cassette", "scan", path).exit_code == 0


def test_a_foreign_cassette_is_redacted_into_another_file(tmp_path: Path) -> None:
    path = written(tmp_path / "tape.yaml")
    before = path.read_bytes()
    target = tmp_path / "clean" / "tape.yaml"

    result = run("cassette", "redact", path, "--output", target)

    assert (result.exit_code, result.stdout) == (0, f"{target}: 1 interaction redacted\n")
    assert path.read_bytes() == before
    assert EMAIL not in target.read_text(encoding="utf-8")
    assert (target.parent / "redaction.key").exists()


def test_what_is_redacted_already_is_left_alone(recorded: Path) -> None:
    before = recorded.read_bytes()

    result = run("cassette", "redact", recorded)

    assert result.exit_code == 2
    assert result.stderr == f"mock-lusha: {recorded}: it is redacted with this key already\n"
    assert recorded.read_bytes() == before


def test_the_key_of_the_environment_redacts_and_leaves_no_key_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_LUSHA_REDACTION_KEY", "a key of ours")
    texts = []
    for name in ("one", "two"):
        path = written(tmp_path / f"{name}.yaml")
        assert run("cassette", "redact", path).exit_code == 0
        texts.append(path.read_text(encoding="utf-8"))

    assert texts[0] == texts[1]
    assert not (tmp_path / "redaction.key").exists()


# Where nothing can be written

WRITERS: dict[str, tuple[str, ...]] = {
    "redact": ("cassette", "redact", "TAPE", "--output", "TARGET"),
    "import": ("cassette", "import", "VCR", "--to", "TARGET"),
    "export": ("cassette", "export", "TAPE", "--to", "TARGET"),
    "pin": ("cassette", "pin", "TAPE", "--output", "TARGET"),
    "record": ("record", "--port=0", "--mode=all", "--upstream=http://127.0.0.1:9", "--cassette", "TARGET"),
}


def filled(words: tuple[str, ...], tmp_path: Path, target: Path) -> list[object]:
    paths = {
        "TAPE": written(tmp_path / "tape.yaml"),
        "VCR": vcr_file(tmp_path / "vcr.yaml"),
        "TARGET": target,
    }
    return [paths.get(word, word) for word in words]


@pytest.mark.parametrize("command", WRITERS)
def test_a_target_inside_of_a_file_is_refused_by_name(command: str, tmp_path: Path) -> None:
    blocking = tmp_path / "blocking"
    blocking.write_text("a file", encoding="utf-8")

    result = run(*filled(WRITERS[command], tmp_path, blocking / "out.yaml"))

    assert result.exit_code == 2
    assert str(blocking) in result.stderr
    assert "Not a directory" in result.stderr or "File exists" in result.stderr
    assert blocking.read_text(encoding="utf-8") == "a file"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("command", WRITERS)
def test_a_read_only_folder_is_refused_by_name(command: str, tmp_path: Path) -> None:
    folder = tmp_path / "read-only"
    folder.mkdir(mode=0o555)

    result = run(*filled(WRITERS[command], tmp_path, folder / "out.yaml"))

    assert result.exit_code == 2
    assert str(folder) in result.stderr
    assert "Permission denied" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", WRITERS)
def test_a_target_that_is_a_folder_is_refused_and_nothing_half_written_stays(
    command: str, tmp_path: Path
) -> None:
    folder = tmp_path / "a-folder"
    folder.mkdir()

    result = run(*filled(WRITERS[command], tmp_path, folder))

    assert result.exit_code == 2
    assert f"{folder}: cannot be " in result.stderr
    assert list(folder.iterdir()) == []
    assert not list(tmp_path.glob(".*.part"))


# import and export

ANSWER = {"data": {"id": "7", "name": "Açme", "domain": "acme.com"}}
PEOPLE = {"contacts": {"1": {"error": None, "isCreditCharged": False, "data": {"firstName": "Zelda"}}}}
VCR = f"""\
interactions:
- request:
    body: null
    headers:
      Accept:
      - '*/*'
      api_key:
      - {KEY}
    method: GET
    uri: https://api.lusha.com{COMPANY}
  response:
    body:
      string: '{json.dumps(ANSWER)}'
    headers:
      Content-Type:
      - application/json; charset=utf-8
      Set-Cookie:
      - session={KEY}
    status:
      code: 200
      message: OK
- request:
    body: '{{"contacts": [{{"contactId": "1", "email": "{EMAIL}"}}]}}'
    headers:
      Content-Type:
      - application/json
      api_key:
      - {KEY}
    method: POST
    uri: https://api.lusha.com/v2/person
  response:
    body:
      string: '{json.dumps(PEOPLE)}'
    headers:
      Content-Type:
      - application/json
    status:
      code: 201
      message: Created
- request:
    body: null
    headers: {{}}
    method: GET
    uri: https://elsewhere.example/
  response:
    body:
      string: hello
    headers: {{}}
    status:
      code: 200
      message: OK
version: 1
"""


def vcr_file(path: Path) -> Path:
    path.write_text(VCR, encoding="utf-8")
    return path


def test_a_cassette_of_vcrpy_is_imported_redacted_and_replays_alone(tmp_path: Path) -> None:
    source, target = vcr_file(tmp_path / "vcr.yaml"), tmp_path / "tapes" / "tape.yaml"

    result = run("cassette", "import", source, "--to", target)

    assert (result.exit_code, result.stdout) == (0, f"{target}: 2 interactions; 1 of other hosts left out\n")
    assert run("cassette", "check", target).exit_code == 0
    assert run("cassette", "scan", target).stdout == ""
    text = target.read_text(encoding="utf-8")
    assert KEY not in text
    assert EMAIL not in text
    with (
        server_elsewhere(f"--cassette={target}", "--replay-only") as url,
        httpx.Client(base_url=url, headers={"api_key": "another"}, trust_env=False) as client,
    ):
        company = client.get(COMPANY)
        assert (company.status_code, company.json()["data"]["name"]) == (200, "Açme")
        person = client.post("/v2/person", json={"contacts": [{"contactId": "1", "email": EMAIL}]})
        assert person.status_code == 201
        missed = client.get("/v2/company?domain=globex.com")
        assert missed.status_code == 404
        assert "MISS: it has no GET /v2/company?domain=" in missed.text
        assert "near: interactions[0] GET /v2/company?domain=" in missed.text


def test_without_replay_only_the_made_up_world_answers_a_miss(recorded: Path) -> None:
    with (
        server_elsewhere(f"--cassette={recorded}") as url,
        httpx.Client(base_url=url, headers={"api_key": "another"}, trust_env=False) as client,
    ):
        assert client.get(PERSON).json()["contact"]["data"]["fullName"] != "Zelda Tobefound"
        assert client.get("/v2/person?email=jane.doe@acme.com").status_code == 200


def test_a_cassette_makes_the_round_of_a_har(recorded: Path, tmp_path: Path) -> None:
    har, target = tmp_path / "walk.har", tmp_path / "again.yaml"

    out = run("cassette", "export", recorded, "--to", har)
    back = run("cassette", "import", har, "--to", target)

    assert (out.exit_code, out.stdout) == (0, f"{har} written\n")
    log = json.loads(har.read_text(encoding="utf-8"))["log"]
    assert log["version"] == "1.2"
    assert [entry["request"]["method"] for entry in log["entries"]] == ["GET", "GET", "POST", "GET"]
    assert (back.exit_code, back.stdout) == (0, f"{target}: 4 interactions; 0 of other hosts left out\n")
    before, after = load(recorded), load(target)
    assert [each.operation for each in after.interactions] == [each.operation for each in before.interactions]
    assert [each.status for each in after.interactions] == [200] * 4
    assert run("cassette", "check", target).exit_code == 0


def test_the_format_is_said_where_the_name_does_not(recorded: Path, tmp_path: Path) -> None:
    har, target = tmp_path / "walk.json", tmp_path / "again.yaml"
    assert run("cassette", "export", recorded, "--to", har).exit_code == 0

    wrong = run("cassette", "import", har, "--to", target)
    right = run("cassette", "import", har, "--to", target, "--format=har")

    assert wrong.exit_code == 2
    assert wrong.stderr.startswith(f"mock-lusha: {har}: cannot be imported: ")
    assert right.exit_code == 0


FOREIGN: dict[str, tuple[str, str | None, str]] = {
    "no such file": ("x.yaml", None, "there is no such file"),
    "no HAR": ("x.har", "{}", "cannot be imported: "),
    "no JSON": ("x.har", "{", "x.har: "),
    "no YAML": ("x.yaml", "[", "is damaged: "),
    "no recording": ("x.yaml", "format: 1\n", "cannot be imported: "),
    "nothing": ("x.yaml", "interactions: []\nversion: 1\n", "it has no call of api.lusha.com"),
    "nothing in a HAR": ("x.har", '{"log": {"entries": []}}', "it has no call of api.lusha.com"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_cannot_be_imported_is_refused_and_writes_nothing(case: str, tmp_path: Path) -> None:
    name, content, said = FOREIGN[case]
    source, target = tmp_path / name, tmp_path / "to" / "tape.yaml"
    if content is not None:
        source.write_text(content, encoding="utf-8")

    result = run("cassette", "import", source, "--to", target)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"mock-lusha: {source}: ")
    assert said in result.stderr
    assert not target.parent.exists()


# pin


def test_pinned_people_and_companies_are_fixtures_that_the_double_serves(
    recorded: Path, tmp_path: Path
) -> None:
    printed = run("cassette", "pin", recorded)
    path = tmp_path / "fixtures" / "pinned.yaml"
    path.parent.mkdir()
    saved = run("cassette", "pin", recorded, "--output", path)

    assert (printed.exit_code, saved.exit_code, saved.stdout) == (0, 0, "")
    assert path.read_text(encoding="utf-8") == printed.stdout
    person = yaml.safe_load(printed.stdout)["people"][0]
    with MockServer(Settings(port=0, fixtures=path.parent, people=100, companies=10)) as double:
        found = httpx.get(
            f"{double.url}/v2/person",
            params={"email": person["emails"][0]["email"]},
            headers={"api_key": "any"},
            trust_env=False,
        )
    assert found.json()["contact"]["data"]["lastName"] == person["lastName"]


# drift
