"""Cassettes as files: nothing is lost, nothing is half written, and what is damaged says where."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from recorder.values import TEXTS, VALUES, same

from mock_lusha.contract.document import Contract
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import (
    FORMAT,
    Cassette,
    CassetteError,
    contract_fingerprint,
    documents,
    dumps,
    load,
    locked,
    save,
)
from mock_lusha.recorder.interaction import KEPT_HEADERS, Interaction
from mock_lusha.recorder.schema import cassette_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALIDATOR = jsonschema.Draft202012Validator(cassette_schema())

HEADERS = st.dictionaries(st.sampled_from(sorted(KEPT_HEADERS)), TEXTS, max_size=3)
OPERATIONS = st.none() | st.just("searchSingleCompanyV2")
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST"]),
        "path": TEXTS.map("/{}".format),
        "status": st.integers(100, 599),
        "operation": OPERATIONS,
        "query": st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
        "headers": HEADERS,
        "credits": st.none() | st.integers(0, 2**70),
        "ms": st.floats(0, 1e9),
    }
)
NO_FIELDS: st.SearchStrategy[dict[str, Any]] = st.just({})
BODIES = NO_FIELDS | st.fixed_dictionaries({"body": VALUES, "has_body": st.just(True)})
ANSWERS = st.one_of(
    NO_FIELDS,
    st.fixed_dictionaries({"answer": VALUES, "has_answer": st.just(True)}),
    st.fixed_dictionaries({"text": TEXTS}),
)
INTERACTIONS = st.builds(
    lambda given, body, answer: Interaction(**given, **body, **answer), REQUESTS, BODIES, ANSWERS
)
CASSETTES = st.builds(
    Cassette,
    st.lists(INTERACTIONS, max_size=3).map(tuple),
    recorded_at=TEXTS,
    contract=TEXTS,
    plan=st.none() | TEXTS,
    redaction=st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2), max_size=2),
)

COMPANY = Interaction(
    "GET",
    "/v2/company",
    200,
    operation="searchSingleCompanyV2",
    query=(("domain", "acme.com"),),
    headers={"content-type": "application/json", "x-daily-usage": "1"},
    answer={"data": {"name": "Acme", "founded": "1999", "since": "2024-01-31"}, "creditsCharged": 1},
    has_answer=True,
    credits=1,
    ms=12.5,
)
PEOPLE = Interaction(
    "POST",
    "/v2/person",
    502,
    body={"contacts": [{"contactId": "1", "email": None, "score": 0.1}], "metadata": {}},
    has_body=True,
    text="<html>Bad gateway</html>",
)
TAPE = Cassette(
    (COMPANY, PEOPLE, replace(COMPANY, answer=None, headers={})),
    recorded_at="2026-03-31T12:00:00+00:00",
    contract="0123456789ab",
    plan="pro",
    redaction={"key": "abcdef", "kinds": ["email", "phone"]},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cassette.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cassettes") / "cassette.yaml"


# There and back


@given(CASSETTES)
@example(Cassette((replace(COMPANY, answer=2**70),)))
@example(Cassette((replace(COMPANY, answer="a\x85b"),)))
def test_a_cassette_reads_back_as_it_was_written(place: Path, tape: Cassette) -> None:
    save(tape, place)

    read = load(place)

    assert read == tape
    assert same(documents(read), documents(tape))


ABSENCES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no body": ({}, {}),
    "a body of null": ({"has_body": True}, {"body": None}),
    "no answer": ({"has_answer": False, "answer": None}, {}),
    "an answer of null": ({"answer": None}, {"body": None}),
    "an answer of text": ({"has_answer": False, "answer": None, "text": "null"}, {"text": "null"}),
}


@pytest.mark.parametrize("case", ABSENCES)
def test_nothing_and_null_are_told_apart(case: str, path: Path) -> None:
    change, written = ABSENCES[case]
    tape = Cassette((replace(COMPANY, **change),))

    save(tape, path)

    made = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))[1]["interactions"][0]
    part = made["request" if "body" in case else "response"]
    assert {name: value for name, value in part.items() if name in {"body", "text"}} == written
    assert load(path) == tape


def test_keys_are_sorted_and_json_is_never_an_escaped_string() -> None:
    text = dumps(Cassette((replace(PEOPLE, body={"b": {"z": 1, "y": "É"}, "a": [True, None]}),)))

    assert text.splitlines() == [
        "---",
        "contract: ''",
        f"format: {FORMAT}",
        "interactions: []",
        "plan: null",
        "recorded_at: ''",
        "redaction: {}",
        "...",
        "---",
        f"format: {FORMAT}",
        "interactions:",
        "- credits: null",
        "  ms: 0.0",
        "  operation: null",
        "  request:",
        "    body:",
        "      a:",
        "      - true",
        "      - null",
        "      b:",
        "        y: É",
        "        z: 1",
        "    method: POST",
        "    path: /v2/person",
        "  response:",
        "    headers: {}",
        "    status: 502",
        "    text: <html>Bad gateway</html>",
        "...",
    ]


def test_a_date_that_was_written_by_hand_is_a_text(path: Path) -> None:
    path.write_text(
        dumps(TAPE).replace("'2024-01-31'", "2024-01-31").replace("'2026-03-31T12", "2026-03-31T12")
        .replace("+00:00'", "+00:00"),
        encoding="utf-8",
    )  # fmt: skip

    read = load(path)

    assert read.recorded_at == TAPE.recorded_at
    assert read.interactions[0].answer["data"]["since"] == "2024-01-31"


# Writing whole or not at all


def full(number: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(TAPE, path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(CassetteError) as caught:
        save(TAPE.with_more(COMPANY), path)

    assert str(caught.value) == f"{path}: cannot be written: No space left on device"
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_first_write_that_fails_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(CassetteError):
        save(TAPE, path)

    assert list(path.parent.iterdir()) == []


def test_an_interrupt_while_writing_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(number: int) -> None:
        raise KeyboardInterrupt

    save(TAPE, path)
    monkeypatch.setattr(os, "fsync", interrupted)

    with pytest.raises(KeyboardInterrupt):
        save(Cassette(), path)

    assert load(path) == TAPE
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_written_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "cassette.yaml"

    with pytest.raises(CassetteError, match="cannot be written"):
        save(TAPE, path)
    with pytest.raises(CassetteError, match="cannot be written"), locked(path):
        pytest.fail("it was locked")


def test_nothing_is_written_over_a_folder(path: Path) -> None:
    path.mkdir()

    with pytest.raises(CassetteError, match="cannot be written"):
        save(TAPE, path)

    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="no folder is closed to root")
def test_nothing_is_written_to_a_read_only_folder(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(CassetteError, match="cannot be written: Permission denied"):
            save(TAPE, path)
    finally:
        path.parent.chmod(0o700)


def test_folders_are_made_where_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "one" / "two" / "cassette.yaml"

    save(TAPE, path)

    assert load(path) == TAPE


WRITER = """
import sys
from pathlib import Path
from mock_lusha.recorder.cassette import Cassette, load, locked, save
from mock_lusha.recorder.interaction import Interaction

path, name = Path(sys.argv[1]), sys.argv[2]
for number in range(20):
    with locked(path):
        tape = load(path) if path.exists() else Cassette()
        save(tape.with_more(Interaction("GET", f"/{name}/{number}", 200)), path)
"""


def test_two_processes_that_write_one_cassette_lose_nothing(path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]
    for writer in writers:
        _, told = writer.communicate(timeout=60)
        assert (writer.returncode, told) == (0, b"")

    paths = [each.path for each in load(path).interactions]
    for name in ("one", "two"):
        assert [each for each in paths if each.startswith(f"/{name}/")] == [f"/{name}/{n}" for n in range(20)]
    assert len(paths) == 40
    assert list(path.parent.iterdir()) == [path]


# Damaged files


def test_a_file_that_was_cut_at_any_byte_has_every_document_before_that(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = dumps(TAPE).encode()
    ends = [found.end() for found in re.finditer(rb"^\.\.\.\n", content, re.MULTILINE)]
    assert len(ends) == 1 + len(TAPE.interactions)
    wrong = []
    for end in range(ends[0], len(content) + 1):
        caplog.clear()
        path.write_bytes(content[:end])
        count = sum(each - 1 <= end for each in ends[1:])  # what ends an end of a line is not missed
        cut = end not in {*ends, *(each - 1 for each in ends)}
        if load(path).interactions != TAPE.interactions[:count] or cut != bool(caplog.records):
            wrong.append(end)

    assert wrong == []


def test_a_file_whose_first_document_was_cut_is_never_an_empty_cassette(path: Path) -> None:
    content = dumps(TAPE).encode()
    for end in range(content.index(b"\n...\n") + 3):
        path.write_bytes(content[:end])
        with pytest.raises(CassetteError, match=": is damaged: "):
            load(path)


def test_a_cut_document_is_named_in_the_log_with_what_removes_it(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(dumps(TAPE).encode()[:-10])

    load(path)

    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert re.fullmatch(
        rf"{re.escape(str(path))}: its last document was cut \(\d+ bytes .*\) and is left out; "
        r"the next recording, or `mock-lusha cassette check --compact`, removes it",
        record.getMessage(),
    )


@pytest.mark.parametrize("after", ["", "\n\n", "# a note\n", "\n# a note"])
def test_comments_and_empty_lines_after_the_last_document_are_no_damage(
    path: Path, after: str, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text(dumps(TAPE) + after, encoding="utf-8")

    assert load(path) == TAPE
    assert caplog.records == []


def test_a_file_with_the_line_ends_of_windows_is_read(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(dumps(TAPE).replace("\n", "\r\n").encode())

    assert load(path) == TAPE
    assert caplog.records == []


def test_a_file_of_one_document_is_read(path: Path) -> None:
    path.write_text(yaml.safe_dump(whole(TAPE) | {"format": 1}, explicit_end=True), encoding="utf-8")

    assert load(path) == TAPE


def test_files_one_after_the_other_are_a_cassette(path: Path) -> None:
    path.write_text(dumps(TAPE) + dumps(Cassette((COMPANY,), plan="scale")), encoding="utf-8")

    read = load(path)

    assert read.interactions == (*TAPE.interactions, COMPANY)
    assert (read.plan, read.redaction) == ("scale", {})


RUNS: dict[str, tuple[str, str]] = {
    "one run": ("a1 a2", "a1 a2"),
    "a later run": ("a1 a2 b1", "b1"),
    "no run, then one": ("-1 -2 b1 b2", "b1 b2"),
    "runs at once": ("a1 b1 a2 b2", "b1 b2"),
    "no run after one": ("a1 -2", "a1"),
}


@pytest.mark.parametrize("case", RUNS)
def test_the_latest_run_replaces_what_others_have_of_a_request(case: str, path: Path) -> None:
    given_, kept = ([(each[0].strip("-"), int(each[1])) for each in side.split()] for side in RUNS[case])
    other = replace(COMPANY, query=(("domain", "other.com"),))
    takes = [replace(COMPANY, run=run, answer=answer) for run, answer in given_]
    save(Cassette((other, *takes)), path)

    read = load(path).interactions

    assert read[0] == other
    assert [(each.run, each.answer) for each in read[1:]] == kept


CONFLICTS = {
    "two sides": ("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> branch\n", "<<<<<<<"),
    "with what was before": ("<<<<<<< a\n{ours}||||||| b\n=======\n{theirs}>>>>>>> c\n", "<<<<<<<"),
    "its end alone": ("{ours}>>>>>>> branch\n{theirs}", ">>>>>>>"),
    "of what was cut": ("{ours}<<<<<<< HEAD\n---\n=======\n>>>>>>> branch\n", "<<<<<<<"),
    "without names": ("<<<<<<<\n{ours}=======\n{theirs}>>>>>>>\n", "<<<<<<<"),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_an_unresolved_merge_is_called_that_with_its_line_and_the_way_out(case: str, path: Path) -> None:
    form, marker = CONFLICTS[case]
    first, ours, theirs, _ = (f"---\n{each}" for each in dumps(TAPE).split("---\n")[1:])
    path.write_text(first + form.format(ours=ours, theirs=theirs), encoding="utf-8")
    line = path.read_text(encoding="utf-8").split(marker)[0].count("\n") + 1

    with pytest.raises(CassetteError, match=r"cassette merge.*delete the lines <<<<<<<") as caught:
        load(path)

    assert str(caught.value).startswith(f"{path}: line {line}: a merge was left unresolved ({marker}")


def test_branches_that_were_merged_line_by_line_are_no_cassette(path: Path) -> None:
    merged = dumps(TAPE).replace("      value: acme.com\n", "      value: acme.com\n      value: b.com\n", 1)
    path.write_text(merged, encoding="utf-8")

    with pytest.raises(CassetteError, match=r"is damaged: line \d+: a name stands there twice"):
        load(path)


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is damaged: it is empty; delete it, and it is recorded anew"),
    "not UTF-8": (b"format: 1\nplan: \xff\n", "is damaged: byte 16 is not UTF-8"),
    "no YAML": (b"format: 1\ninteractions: [\n", "is damaged: line 3: "),
    "a tab": (b"format: 1\n\tplan: x\n", "is damaged: line 2: "),
    "a control character": (b"format: 1\nplan: \x00\n", "is damaged: "),
    "an object of Python": (
        b"format: 1\ninteractions: !!python/object/apply:os.getcwd []\n",
        "is damaged: line 2: could not determine a constructor for the tag",
    ),
    "a day that is none": (b"format: 1\nrecorded_at: 2026-02-31\n", "is damaged: "),
    "too deep": (b"[" * 100_000, "is damaged: "),
    "a later format": (
        b"format: 3\nmore: true\n",
        f"has format 3, and this version of mock-lusha reads up to {FORMAT}: upgrade it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_says_why(case: str, path: Path) -> None:
    content, message = UNREADABLE[case]
    path.write_bytes(content)

    with pytest.raises(CassetteError) as caught:
        load(path)

    assert str(caught.value).startswith(f"{path}: {message}")
    assert caught.value.path == path


def test_a_cassette_that_is_not_there_says_so(path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such cassette"):
        load(path)
    path.mkdir()
    with pytest.raises(CassetteError, match="cannot be read: Is a directory"):
        load(path)


def whole(tape: Cassette) -> dict[str, Any]:
    """A cassette in one document, as older versions wrote it."""
    first, *rest = documents(tape)
    return first | {
        "interactions": [*first["interactions"], *(i for doc in rest for i in doc["interactions"])]
    }


def changed(change: Callable[[Any], object]) -> Any:
    """The document of a cassette with a change."""
    made = json.loads(json.dumps(whole(TAPE)))
    change(made)
    return made


def put(value: Any, *steps: str | int) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        for step in steps[:-1]:
            node = node[step]
        node[steps[-1]] = value

    return change


def cut(*steps: str | int) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        for step in steps[:-1]:
            node = node[step]
        del node[steps[-1]]

    return change


I0: tuple[str | int, ...] = ("interactions", 0)
REQUEST, RESPONSE = (*I0, "request"), (*I0, "response")
BROKEN: dict[str, tuple[Callable[[Any], None], str]] = {
    "an unknown name": (put(1, "more"), "the document has 'more'; known are format, recorded_at,"),
    "no format": (cut("format"), "the document has no format"),
    "a format of text": (put("1", "format"), "format must be a number, not '1'"),
    "a format of truth": (put(True, "format"), "format must be a number, not 'True'"),
    "no interactions": (cut("interactions"), "the document has no interactions"),
    "interactions of null": (put(None, "interactions"), "interactions must be a list, not 'None'"),
    "interactions by name": (put({}, "interactions"), "interactions must be a list, not '{}'"),
    "a plan of numbers": (put(1, "plan"), "plan must be a text, not '1'"),
    "a redaction of text": (put("yes", "redaction"), "redaction must be a mapping, not 'yes'"),
    "an interaction of text": (put("GET", *I0), "interactions[0] must be a mapping, not str"),
    "an unknown name in an interaction": (put(1, "interactions", 1, "cost"), "interactions[1] has 'cost'; "),
    "no request": (cut(*REQUEST), "interactions[0] has no request"),
    "no response": (cut(*RESPONSE), "interactions[0] has no response"),
    "an operation of numbers": (put(1, *I0, "operation"), "interactions[0].operation must be a text"),
    "credits of text": (put("1", *I0, "credits"), "interactions[0].credits must be a number, not '1'"),
    "credits of truth": (put(True, *I0, "credits"), "interactions[0].credits must be a number"),
    "half a credit": (put(0.5, *I0, "credits"), "interactions[0].credits must be a number"),
    "a time of text": (put("1", *I0, "ms"), "interactions[0].ms must be a number"),
    "a time of null": (put(None, *I0, "ms"), "interactions[0].ms must be a number"),
    "an unknown name in a request": (put({}, *REQUEST, "headers"), "interactions[0].request has 'headers'; "),
    "no method": (cut(*REQUEST, "method"), "interactions[0].request has no method"),
    "no path": (cut(*REQUEST, "path"), "interactions[0].request has no path"),
    "a path of numbers": (put(1, *REQUEST, "path"), "interactions[0].request.path must be a text"),
    "a query by name": (put({"a": "b"}, *REQUEST, "query"), "interactions[0].request.query must be a list"),
    "a parameter of text": (put("a=b", *REQUEST, "query", 0), "interactions[0].request.query[0] must be a "),
    "a parameter without value": (
        cut(*REQUEST, "query", 0, "value"), "interactions[0].request.query[0] has no value"
    ),
    "an unknown name in a parameter": (
        put(1, *REQUEST, "query", 0, "more"), "interactions[0].request.query[0] has 'more'; known are name, "
    ),
    "an unknown name in a response": (put(1, *RESPONSE, "reason"), "interactions[0].response has 'reason'; "),
    "no status": (cut(*RESPONSE, "status"), "interactions[0].response has no status"),
    "a status of text": (put("200", *RESPONSE, "status"), "interactions[0].response.status must be a number"),
    "headers in a list": (put(["a"], *RESPONSE, "headers"), "interactions[0].response.headers must be a "),
    "body and text": (put("x", *RESPONSE, "text"), "interactions[0].response has both body and text"),
    "a text of numbers": (
        put(1, "interactions", 1, "response", "text"), "interactions[1].response.text must be a text"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_told_with_its_place_and_the_schema_refuses_it_too(case: str, path: Path) -> None:
    change, message = BROKEN[case]
    made = changed(change)
    path.write_text(yaml.safe_dump(made, explicit_end=True), encoding="utf-8")

    with pytest.raises(CassetteError) as caught:
        load(path)

    assert str(caught.value).startswith(f"{path}: is damaged: {message}")
    assert not VALIDATOR.is_valid(made)


# The schema


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(cassette_schema())


@given(CASSETTES)
def test_what_is_written_is_as_the_schema_has_it(tape: Cassette) -> None:
    for each in documents(tape):
        VALIDATOR.validate(each)


def nodes(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        return [schema, *(found for item in schema.values() for found in nodes(item))]
    return [found for item in schema for found in nodes(item)] if isinstance(schema, list) else []


def test_every_object_of_the_schema_is_closed_and_every_property_described() -> None:
    objects = [node for node in nodes(cassette_schema()) if "properties" in node and "type" in node]

    assert len(objects) == 6
    for node in objects:
        assert node["additionalProperties"] is False
        if set(node["properties"]) == KEPT_HEADERS:
            continue
        assert all({"description", "$ref"} & set(each) for each in node["properties"].values())


STRICTER: dict[str, Callable[[Any], None]] = {
    "a header that is not recorded": put("x", *RESPONSE, "headers", "set-cookie"),
    "headers of null": put(None, *RESPONSE, "headers"),
    "a query of null": put(None, *REQUEST, "query"),
    "a status of no answer": put(0, *RESPONSE, "status"),
    "a time below nothing": put(-1, *I0, "ms"),
}


@pytest.mark.parametrize("case", STRICTER)
def test_the_schema_refuses_what_reading_lets_pass(case: str, path: Path) -> None:
    made = changed(STRICTER[case])
    path.write_text(yaml.safe_dump(made, explicit_end=True), encoding="utf-8")

    assert load(path).interactions
    assert not VALIDATOR.is_valid(made)


SHORTER: dict[str, Callable[[Any], None]] = {
    name: cut(*steps)
    for name, steps in {
        "no time of recording": ("recorded_at",),
        "no contract": ("contract",),
        "no plan": ("plan",),
        "no redaction": ("redaction",),
        "no operation": (*I0, "operation"),
        "no credits": (*I0, "credits"),
        "no time": (*I0, "ms"),
        "no query": (*REQUEST, "query"),
        "no headers": (*RESPONSE, "headers"),
        "no answer": (*RESPONSE, "body"),
    }.items()
}


@pytest.mark.parametrize("case", SHORTER)
def test_what_may_be_left_out_may_be_left_out_by_the_schema_too(case: str, path: Path) -> None:
    made = changed(SHORTER[case])
    path.write_text(yaml.safe_dump(made, explicit_end=True), encoding="utf-8")

    assert len(load(path).interactions) == 3
    VALIDATOR.validate(made)


# The contract's fingerprint


def document_of(change: Callable[[Any], object]) -> Registry:
    made = json.loads(Contract.load().raw)
    change(made)
    return Registry([Contract(json.dumps(made, indent=None).encode()), Contract.load("v3")])


PERSON = ("components", "schemas", "ContactSearchBulk")
SAME_CONTRACT = {
    "its layout": lambda node: None,
    "its version": put("9", "info", "version"),
    "a description": put("other words", *PERSON, "description"),
    "a note of ours": put([], *PERSON, "x-mock-lusha-differs"),
    "an example": put({"a": 1}, *PERSON, "example"),
}
OTHER_CONTRACT = {
    "a type": put("integer", *PERSON, "properties", "email", "type"),
    "a property": put({"type": "string"}, *PERSON, "properties", "description"),
    "what is required": put([], *PERSON, "required"),
    "an operation": cut("paths", "/account/usage"),
}


@pytest.mark.parametrize("case", SAME_CONTRACT)
def test_a_fingerprint_stays_whatever_a_contract_is_worded_like(case: str) -> None:
    assert contract_fingerprint(document_of(SAME_CONTRACT[case])) == contract_fingerprint(Registry.load())


@pytest.mark.parametrize("case", OTHER_CONTRACT)
def test_a_fingerprint_follows_from_operations_and_schemas(case: str) -> None:
    assert contract_fingerprint(document_of(OTHER_CONTRACT[case])) != contract_fingerprint(Registry.load())
