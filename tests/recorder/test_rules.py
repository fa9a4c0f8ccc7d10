"""Cassettes of older rules, with kept texts, or that nobody redacted: what becomes of them, what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from mock_lusha import open_recorder
from mock_lusha.cli.main import main
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.cassette import Cassette, CassetteError, load, save
from mock_lusha.recorder.drift import DoubleAnswer, compare, render
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.pseudonyms import Pseudonyms
from mock_lusha.recorder.recorder import CassetteMissError, Recorder
from mock_lusha.recorder.redaction import KEY_FILE, Redactor
from mock_lusha.recorder.request import RecorderRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REGISTRY = Registry.load()
KEY = b"a key of the tests"
OLD, NEW = Pseudonyms(KEY, 1), Pseudonyms(KEY)
MAIL = "zelda.quixmark@acme.com"
DESCRIPTION = "Quixmark & Co has been Zelda's own since 2011."


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / KEY_FILE).write_bytes(KEY)
    return tmp_path


def written(folder: Path, each: Interaction, redaction: Mapping[str, Any]) -> Path:
    path = folder / "tape.yaml"
    save(Cassette((each,), redaction=redaction), path)
    return path


def of_version_1(folder: Path) -> Path:
    """A cassette as version 1 of the rules left it: with the description, and the domain of the mail."""
    data = {"firstName": OLD.name("Zelda"), "personId": 4711, "company": {"description": DESCRIPTION}}
    each = Interaction(
        "GET", "/v2/person", 200, "searchSingleContact", (("email", OLD.email(MAIL)),),
        answer={"contact": {"data": data}}, has_answer=True,
    )  # fmt: skip
    return written(folder, each, {"key": OLD.fingerprint(), "kinds": ["email"], "version": 1})


ASKED = RecorderRequest("GET", "/v2/person", (("email", MAIL),))


@pytest.mark.parametrize("mode", ["none", "once"])
def test_a_cassette_of_older_rules_is_replayed(mode: str, folder: Path) -> None:
    found = open_recorder(of_version_1(folder), mode).decide(ASKED)

    assert found is not None
    assert found.answer["contact"]["data"]["personId"] == 4711


@pytest.mark.parametrize("mode", ["new", "all"])
def test_nothing_is_added_to_a_cassette_of_older_rules(mode: str, folder: Path) -> None:
    with pytest.raises(CassetteError, match=r"rules of version 1.*mock-lusha cassette redact .*mode rewrite"):
        open_recorder(of_version_1(folder), mode, upstream="http://127.0.0.1:9")


def test_a_cassette_of_older_rules_can_be_cleaned_and_is_found_by_todays(folder: Path) -> None:
    path = of_version_1(folder)
    assert "older rules left this" in run("cassette", "scan", path).output

    assert run("cassette", "redact", path).exit_code == 0

    assert run("cassette", "scan", path).exit_code == 0
    assert "Zelda" not in path.read_text()
    found = open_recorder(path).decide(ASKED)
    assert found is not None
    assert found.answer["contact"]["data"]["personId"] == 4711
    assert "already" in run("cassette", "redact", path).output


def test_a_cassette_of_later_rules_is_refused(folder: Path) -> None:
    each = Interaction("GET", "/v2/person", 200, "searchSingleContact")
    path = written(folder, each, {"key": NEW.fingerprint(), "version": 3})

    with pytest.raises(CassetteError, match="upgrade it"):
        open_recorder(path)


def test_a_cassette_with_kept_texts_says_so_and_takes_no_others(folder: Path) -> None:
    redactor = Redactor(KEY, REGISTRY, keep_text=True)
    each = Interaction(
        "GET", "/v2/company", 200, "searchSingleCompanyV2", (("domain", "acme.com"),),
        answer={"data": {"name": "Acme", "description": "Acme sells anvils to coyotes."}}, has_answer=True,
    )  # fmt: skip
    path = written(folder, redactor.interaction(each), redactor.manifest())

    assert load(path).interactions[0].answer == each.answer
    assert run("cassette", "scan", path).exit_code == 0
    open_recorder(path, "new", upstream="http://127.0.0.1:9", keep_text=True)
    with pytest.raises(CassetteError, match="--keep-text"):
        open_recorder(path, "new", upstream="http://127.0.0.1:9")
    assert run("cassette", "redact", path).exit_code == 0
    assert "anvils" not in path.read_text()


# What is told of a cassette that nobody redacted


def raw() -> Interaction:
    return Interaction(
        "POST", "/v2/person/Quixmark", 404, "searchMultipleContacts", (("email", MAIL),),
        {"contacts": [{"contactId": "1", "fullName": "Zelda Quixmark", "Quixmark": 1}]}, True,
        {"retry-after": "Quixmark"}, {"message": "no Zelda Quixmark", "Quixmark": MAIL}, True,
    )  # fmt: skip


def test_a_miss_tells_nobody_in_a_cassette_that_is_not_redacted(tmp_path: Path) -> None:
    recorder = Recorder(written(tmp_path, raw(), {}), "none", registry=REGISTRY)
    asked = RecorderRequest(
        "POST", "/v2/person", (("email", "x" + MAIL),), {"contacts": [{"fullName": "Zelda Q"}]}, True
    )

    with pytest.raises(CassetteMissError) as caught:
        recorder.decide(asked)

    said = str(caught.value) + str(recorder.refused)
    assert "near: interactions[0]" in said
    assert not any(word in said.lower() for word in ("zelda", "quixmark"))


def test_drift_tells_nobody_of_a_cassette_that_is_not_redacted() -> None:
    answer = {"contacts": {"1": {"Quixmark": MAIL}}, "message": "Quixmark"}

    drifts = compare(Cassette((raw(),)), REGISTRY, lambda _: DoubleAnswer(200, {}, answer))

    said = render(drifts) + render(drifts, "json")
    assert drifts
    assert not any(word in said.lower() for word in ("zelda", "quixmark"))


@pytest.mark.parametrize(
    "text",
    [
        "format: 1\nplan: [quixmark]\ninteractions: []\n...\n",
        "format: 1\nquixmark: 1\ninteractions: []\n...\n",
        "format: 1\ninteractions: *quixmark\n...\n",
        "format: 1\ninteractions: !quixmark []\n...\n",
        "format: 1\nplan: 'quixmark\n...\n",
        "format: quixmark\ninteractions: []\n...\n",
        "format: 1\ninteractions: [{request: {method: GET, path: [quixmark]}, response: {status: 1}}]\n...\n",
        "format: 1\ninteractions: [{request: {method: G, path: /, body: {quixmark: .nan}}, response: {}}]\n",
    ],
)
def test_a_damaged_cassette_is_told_without_what_it_holds(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(text)

    with pytest.raises(CassetteError) as caught:
        load(path)

    assert "quixmark" not in str(caught.value)


BOMB = "".join(f"- &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(1, 8))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"format: 1\ninteractions: []\nplan:\n- &a1 x\n{BOMB}",
            "the file holds more than 1000000 values",
        ),
        ("format: 1\ninteractions: " + "[" * 200 + "]" * 200, "values are nested more than 100 deep"),
        ("format: 1\ninteractions: &a [*a]\n", "a value holds itself"),
    ],
)
def test_a_file_that_would_grow_without_end_is_refused_before_it_does(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(text + "\n...\n")

    result = run("cassette", "check", path)

    assert result.exit_code == 1
    assert said in result.output


def test_what_was_put_into_a_cassette_by_hand_is_redacted_alone(folder: Path) -> None:
    recorder = Recorder(
        folder / "tape.yaml", "once", redactor=Redactor(KEY, REGISTRY), upstream="http://[::1]:9"
    )
    recorder.decide(ASKED)
    answer = {"contact": {"data": {"personId": 4711, "firstName": "Zelda"}}}
    recorder.keep(ASKED, Interaction("", "", 200, answer=answer, has_answer=True))
    clean = (folder / "tape.yaml").read_text()
    planted = clean.replace(NEW.name("Zelda"), "Zelda").replace("---\n", "# of Zelda\n---\n", 1)
    (folder / "tape.yaml").write_text(planted)
    assert run("cassette", "scan", folder).exit_code == 1

    result = run("cassette", "redact", folder / "tape.yaml")

    assert result.exit_code == 0, result.output
    assert (folder / "tape.yaml").read_text() == clean
    assert run("cassette", "scan", folder).exit_code == 0
