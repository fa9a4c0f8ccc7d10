"""Opening a cassette: its key, what is damaged, who else writes, and where nobody can."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from recorder.calls import LOOPBACK, RECORDS, USAGE, ask, company

from mock_lusha.config.environment import redaction_environ
from mock_lusha.recorder.cassette import Cassette, CassetteError, load, save
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.recorder import MODES, Recorder
from mock_lusha.recorder.redaction import KEY_FILE, KEY_VARIABLE, RedactionError, Redactor
from mock_lusha.recorder.request import RecorderRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


# Opening


@pytest.mark.parametrize("mode", ["none", "verify"])
def test_a_cassette_that_is_not_there_cannot_be_replayed(path: Path, mode: str) -> None:
    with pytest.raises(CassetteError, match=f"there is no such cassette, .* mode {mode}"):
        open_recorder(path, mode)
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("mode", RECORDS)
def test_the_first_recording_makes_a_key_and_replay_reads_it(path: Path, mode: str) -> None:
    ask(open_recorder(path, mode, upstream=LOOPBACK), company(), {"n": 1})
    assert (path.parent / KEY_FILE).read_bytes().strip()
    assert ask(open_recorder(path), company()) == {"n": 1}


def test_the_key_of_the_environment_comes_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of mine")
    assert redaction_environ() == {KEY_VARIABLE: "a key of mine"}
    ask(open_recorder(path, "once", upstream=LOOPBACK), company(), {"n": 1})
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert ask(open_recorder(path), company()) == {"n": 1}


@pytest.mark.parametrize("mode", ["none", "once", "new", "all", "verify"])
def test_a_cassette_of_another_key_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of mine")
    ask(open_recorder(path, "once", upstream=LOOPBACK), company())
    monkeypatch.setenv(KEY_VARIABLE, "a key of yours")
    with pytest.raises(CassetteError, match=rf"was redacted with the key \w+, and .*{KEY_VARIABLE}"):
        open_recorder(path, mode)


@pytest.mark.parametrize("mode", ["none", "once", "new", "all", "verify"])
def test_without_its_key_a_cassette_is_refused_and_no_other_key_is_made(path: Path, mode: str) -> None:
    ask(open_recorder(path, "once", upstream=LOOPBACK), company())
    (path.parent / KEY_FILE).unlink()
    with pytest.raises(RedactionError, match="there is no redaction key"):
        open_recorder(path, mode)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_cassette_of_another_key_may_be_rewritten(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of mine")
    ask(open_recorder(path, "once", upstream=LOOPBACK), company(), {"n": 1})
    monkeypatch.setenv(KEY_VARIABLE, "a key of yours")
    ask(open_recorder(path, "rewrite", upstream=LOOPBACK), company(), {"n": 2})
    assert ask(open_recorder(path), company()) == {"n": 2}


def test_a_cassette_that_was_not_redacted_is_replayed_as_it_is(path: Path) -> None:
    person = Interaction(
        "GET", "/v2/person", 200, operation="searchSingleContact", query=(("email", "j@corp.com"),),
        answer={"n": 1}, has_answer=True,
    )  # fmt: skip
    save(Cassette((person,)), path)
    asked = RecorderRequest("GET", "/v2/person", query=(("email", "j@corp.com"),))
    assert ask(open_recorder(path), asked) == {"n": 1}
    each = open_recorder(path, "new", upstream=LOOPBACK)
    ask(each, company())
    assert ask(each, asked) == {"n": 1}
    assert ask(open_recorder(path), asked) == {"n": 1}
    # It says that it is redacted from now on, and so it is.
    assert load(path).redaction
    assert "j@corp.com" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.usefixtures("recorded")
def test_a_damaged_cassette_is_never_an_empty_one(
    recorder: Callable[..., Recorder], path: Path, mode: str
) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("...")], encoding="utf-8")
    if mode == "rewrite":  # it reads nothing of it
        ask(recorder(mode), company())
        assert len(load(path).interactions) == 1
        return
    with pytest.raises(CassetteError, match="is damaged"):
        recorder(mode)


# Who else writes, and where nobody can


SESSION = """
import sys
from pathlib import Path
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.opening import open_recorder

path, name, upstream = sys.argv[1:]
recorder = open_recorder(Path(path), "new", upstream=upstream)
print("ready", flush=True)
sys.stdin.readline()
for n in range(12):
    asked = RecorderRequest("GET", "/v2/company", query=(("domain", f"{name}{n}.com"),))
    assert recorder.decide(asked) is None
    recorder.keep(asked, Interaction("GET", "/v2/company", 200, answer={"n": n}, has_answer=True))
"""


def test_two_processes_that_write_one_cassette_lose_nothing(path: Path) -> None:
    sessions = [
        subprocess.Popen(
            [sys.executable, "-c", SESSION, str(path), name, LOOPBACK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for each in sessions:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in sessions:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in sessions:
        each.communicate(timeout=60)
        assert each.returncode == 0
    assert len(load(path).interactions) == 24
    replay = open_recorder(path)
    for name in ("one", "two"):
        assert [ask(replay, company(f"{name}{n}.com"))["n"] for n in range(12)] == list(range(12))
    assert sorted(each.name for each in path.parent.iterdir()) == [KEY_FILE, path.name]


def test_threads_that_record_at_once_lose_nothing(recorder: Callable[..., Recorder], path: Path) -> None:
    each = recorder("once")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(each, company(f"c{n}.com")), range(16)))
    assert len(load(path).interactions) == 16
    assert len(each.cassette.interactions) == 16


def test_a_cassette_that_another_process_damaged_is_left_as_it_is(
    recorder: Callable[..., Recorder], path: Path
) -> None:
    each = recorder("once")
    ask(each, company())
    path.write_text("interactions: [", encoding="utf-8")
    with pytest.raises(CassetteError, match="is damaged"):
        ask(each, company("other.com"))
    assert path.read_text(encoding="utf-8") == "interactions: ["


@pytest.mark.parametrize("mode", RECORDS)
def test_where_nothing_can_be_written_nothing_is_called_and_the_error_names_the_file(
    tmp_path: Path, redactor: Redactor, mode: str
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    path = tmp_path / "file" / "tape.yaml"
    each = Recorder(path, mode, redactor=redactor, upstream=LOOPBACK)
    with pytest.raises(CassetteError, match=r"tape\.yaml: cannot be written: .*file is no folder"):
        each.decide(company())
    each.discard()
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_where_no_key_can_be_made_nothing_is_called(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(RedactionError, match=KEY_FILE):
        open_recorder(tmp_path / "file" / "tape.yaml", "once", upstream=LOOPBACK)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read_is_replayed_from_and_not_recorded_to(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    recorded.parent.chmod(0o555)
    try:
        each = recorder("new")
        assert ask(each, USAGE) == {"usage": {"credits": {"total": 9}}}
        with pytest.raises(CassetteError, match="may not be written to"):
            each.decide(company("other.com"))
    finally:
        recorded.parent.chmod(0o755)


def test_a_folder_that_stops_being_one_is_an_error_and_no_half_written_file(
    tmp_path: Path, redactor: Redactor
) -> None:
    path = tmp_path / "later" / "tape.yaml"
    each = Recorder(path, "once", redactor=redactor, upstream=LOOPBACK)
    assert each.decide(company()) is None
    path.parent.write_text("in the way", encoding="utf-8")
    with pytest.raises(CassetteError, match=r"tape\.yaml: cannot be written"):
        each.keep(company(), Interaction("GET", "/v2/company", 200))
    assert path.parent.read_text(encoding="utf-8") == "in the way"


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path, redactor: Redactor) -> None:
    path = tmp_path / "a" / "b" / "tape.yaml"
    ask(Recorder(path, "once", redactor=redactor, upstream=LOOPBACK), company())
    assert len(load(path).interactions) == 1


def test_passing_through_needs_no_key(path: Path) -> None:
    ask(open_recorder(path, "once", upstream=LOOPBACK), company())
    (path.parent / KEY_FILE).unlink()
    assert ask(open_recorder(path, "passthrough", upstream=LOOPBACK), company(), {"n": 2}) == {"n": 2}
