"""Cassettes as files: nothing is lost, nothing is half written, and what is damaged says where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mock_lusha.recorder.cassette import (
    FORMAT,
    Cassette,
    CassetteError,
    canonical,
    contract_fingerprint,
    document,
    dumps,
    load,
    locked,
    save,
)
from mock_lusha.recorder.interaction import KEPT_HEADERS, Interaction, kept_headers, read_content
from mock_lusha.recorder.schema import cassette_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALIDATOR = jsonschema.Draft202012Validator(cassette_schema())

ODD: tuple[str, ...] = (
    *(
        "",
        "null",
        "2024-01-31",
        "2024-01-31T10:00:00Z",
        "1:30",
        "0o17",
        "1_000",
        "1e3",
        "=",
        "<<",
        "~",
        "yes",
    ),
    *("a\x00b", "\x1b[0m", "\x7f", "a\r\nb", " \n ", "\x85", "\u2028", "\ufeff", "\U0001f600"),
    *("José", "&a *b !c", "- x"),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(ODD)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
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


def same(one: Any, other: Any) -> bool:
    """Equal, with 1, 1.0 and true told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)


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
    assert same(document(read), document(tape))


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

    made = yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"][0]
    part = made["request" if "body" in case else "response"]
    assert {name: value for name, value in part.items() if name in {"body", "text"}} == written
    assert load(path) == tape


def test_keys_are_sorted_and_json_is_never_an_escaped_string() -> None:
    text = dumps(Cassette((replace(PEOPLE, body={"b": {"z": 1, "y": "É"}, "a": [True, None]}),)))

    assert text.splitlines() == [
        "contract: ''",
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
        "plan: null",
        "recorded_at: ''",
        "redaction: {}",
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


def test_a_file_that_was_cut_is_never_a_shorter_cassette(path: Path) -> None:
    content = dumps(TAPE).encode()
    wrong = []
    for end in range(len(content)):
        path.write_bytes(content[:end])
        try:
            read = load(path)
        except CassetteError:
            continue
        if read != TAPE:
            wrong.append(end)

    assert wrong == []


def test_a_file_that_was_cut_is_never_an_empty_cassette(path: Path) -> None:
    content = dumps(TAPE).encode()
    for end in range(0, len(content), 7):
        path.write_bytes(content[:end])
        try:
            read = load(path)
        except CassetteError as error:
            assert str(error).startswith(f"{path}: is damaged: ")  # noqa: PT017 - either is right
        else:
            assert read.interactions


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is damaged: the document must be a mapping, not NoneType"),
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
        b"format: 2\nmore: true\n",
        f"has format 2, and this version of mock-lusha reads up to {FORMAT}: upgrade it",
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


def changed(change: Callable[[Any], object]) -> Any:
    """The document of a cassette with a change."""
    made = json.loads(json.dumps(document(TAPE)))
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
    VALIDATOR.validate(document(tape))


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


# Interactions


CONTENTS: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "JSON": (b'{"a": [1, 2.5, null]}', "application/json; charset=utf-8",
             {"answer": {"a": [1, 2.5, None]}, "has_answer": True}),
    "JSON without a type": (b"[]", "", {"answer": [], "has_answer": True}),
    "JSON of a kind": (b"{}", "application/problem+JSON", {"answer": {}, "has_answer": True}),
    "null": (b"null", "application/json", {"answer": None, "has_answer": True}),
    "nothing": (b"", "application/json", {}),
    "JSON that was cut": (b'{"a": [1,', "application/json", {"text": '{"a": [1,'}),
    "a page": (b"<html>", "text/html", {"text": "<html>"}),
    "JSON as text": (b"{}", "text/plain", {"text": "{}"}),
    "no UTF-8": (b"\xffa", "text/plain", {"text": "\N{REPLACEMENT CHARACTER}a"}),
    "not a number": (b"[NaN]", "application/json", {"text": "[NaN]"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTENTS)
def test_an_answer_is_json_or_text_or_nothing(case: str) -> None:
    content, content_type, fields = CONTENTS[case]

    assert read_content(content, content_type) == fields


@given(VALUES)
def test_an_answer_is_given_again_as_it_was_read(value: Any) -> None:
    given_ = Interaction("GET", "/", 200, answer=value, has_answer=True)

    assert same(read_content(given_.content(), "application/json")["answer"], value)


@given(TEXTS)
def test_a_text_is_given_again_byte_by_byte(text: str) -> None:
    assert Interaction("GET", "/", 200, text=text).content() == text.encode()


def test_an_answer_of_nothing_has_no_bytes() -> None:
    assert Interaction("GET", "/", 204).content() == b""
    assert Interaction("GET", "/", 200, has_answer=True).content() == b"null"


def test_only_headers_of_the_list_are_kept() -> None:
    sent = [
        ("Content-Type", "application/json"),
        ("X-Daily-Usage", "3"),
        ("Set-Cookie", "a=b"),
        ("api_key", "k"),
    ]

    assert kept_headers(sent) == {"content-type": "application/json", "x-daily-usage": "3"}


# Matching


def test_the_order_of_keys_and_the_spelling_of_whole_numbers_do_not_count() -> None:
    assert canonical({"b": 1.0, "a": [2, {"d": 1, "c": 0.5}]}) == canonical(
        {"a": [2.0, {"c": 0.5, "d": 1}], "b": 1}
    )
    assert canonical({"a": "é"}) == '{"a":"é"}'


DIFFERENT = {
    "order of a list": ([1, 2], [2, 1]),
    "a number and its text": (1, "1"),
    "null and nothing": ({"a": None}, {}),
    "truth and one": (True, 1),
    "halves": (0.5, 0.25),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_differs_has_another_text(case: str) -> None:
    one, other = DIFFERENT[case]

    assert canonical(one) != canonical(other)


def test_a_fingerprint_follows_from_the_bytes() -> None:
    assert contract_fingerprint(b"{}") == "44136fa355b3"
    assert contract_fingerprint(b"{} ") != contract_fingerprint(b"{}")


def test_a_cassette_is_as_readable_as_the_umask_lets_files_be(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    before = os.umask(0o022)
    try:
        save(Cassette(), path)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o644
