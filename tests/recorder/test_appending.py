"""A cassette grows by a document with each exchange: what that costs, who else writes, and what is cut."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mock_lusha.recorder import appending, documents, files
from mock_lusha.recorder.appending import CassetteFile
from mock_lusha.recorder.cassette import (
    Cassette,
    CassetteError,
    contract_fingerprint,
    dumps,
    load,
    save,
)
from mock_lusha.recorder.guard import LiveCallError
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.redaction import Redactor
from mock_lusha.recorder.request import RecorderRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_lusha.contract.registry import Registry

LOOPBACK = "http://127.0.0.1:9"


def company(domain: str) -> RecorderRequest:
    return RecorderRequest("GET", "/v2/company", query=(("domain", domain),))


def ask(recorder: Recorder, asked: RecorderRequest, answer: Any = "live") -> Any:
    found = recorder.decide(asked)
    if found is not None:
        return found.answer
    recorder.keep(asked, Interaction("", "", 200, answer=answer, has_answer=True))
    return answer


def domains(path: Path) -> list[str]:
    return [value.removesuffix(".com") for each in load(path).interactions for _, value in each.query]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


@pytest.fixture(scope="module")
def redactor(registry: Registry) -> Redactor:
    return Redactor(b"a key of tests", registry)


@pytest.fixture
def recorder(path: Path, redactor: Redactor, registry: Registry) -> Callable[..., Recorder]:
    def make(mode: str = "new") -> Recorder:
        return Recorder(path, mode, redactor=redactor, upstream=LOOPBACK, registry=registry)

    return make


@pytest.fixture
def recorded(path: Path, recorder: Callable[..., Recorder]) -> Path:
    """A cassette of three exchanges, by one run."""
    first = recorder()
    for name in ("a", "b", "c"):
        ask(first, company(f"{name}.com"), {"data": {"founded": name}})
    return path


# What an exchange costs


class Counted:
    """Counts what is read, written and parsed of cassettes, in bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read = self.written = self.parsed = self.whole = 0
        raw_read, raw_write = appending._read, appending._write
        parse, write_whole = documents._contents, files.write_whole

        def reading(file: Any, start: int) -> bytes:
            found = raw_read(file, start)
            self.read += len(found)
            return found

        def writing(file: Any, data: bytes) -> None:
            self.written += len(data)
            raw_write(file, data)

        def parsing(path: Path, text: str) -> Any:
            self.parsed += len(text)
            return parse(path, text)

        def writing_whole(path: Path, content: Any) -> None:
            self.whole += 1
            write_whole(path, content)

        monkeypatch.setattr(appending, "_read", reading)
        monkeypatch.setattr(appending, "_write", writing)
        monkeypatch.setattr(documents, "_contents", parsing)
        monkeypatch.setattr(appending, "write_whole", writing_whole)

    def of(self, act: Callable[[], object]) -> tuple[int, int, int, int]:
        before = self.read, self.written, self.parsed, self.whole
        act()
        after = self.read, self.written, self.parsed, self.whole
        return tuple(b - a for a, b in zip(before, after, strict=True))  # type: ignore[return-value]  # of four


def test_an_exchange_costs_the_same_after_ten_and_after_a_thousand(
    path: Path,
    redactor: Redactor,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    recorder: Callable[..., Recorder],
) -> None:
    # One of digits alone would stand in quotes.
    monkeypatch.setattr("mock_lusha.recorder.recorder.secrets.token_hex", lambda size: "ab" * size)
    costs = {}
    for count in (10, 1000):
        names = [Interaction("GET", f"/{n:04}", 200) for n in range(count)]
        save(
            Cassette(tuple(names), contract=contract_fingerprint(registry), redaction=redactor.manifest()),
            path,
        )
        each = recorder()
        with monkeypatch.context() as patch:
            costs[count] = Counted(patch).of(partial(ask, each, company("new.com")))
        assert len(load(path).interactions) == count + 1

    assert costs[10] == costs[1000]
    read, written, parsed, whole = costs[10]
    assert (read, parsed, whole) == (0, 0, 0)
    assert 0 < written < 1000


def test_what_another_process_adds_is_read_and_nothing_else(
    recorder: Callable[..., Recorder], recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = recorder(), recorder()
    size = recorded.stat().st_size
    ask(other, company("d.com"))
    added = recorded.stat().st_size - size

    read, _, parsed, whole = Counted(monkeypatch).of(lambda: ask(one, company("e.com")))

    assert (read, parsed, whole) == (added, added, 0)
    assert domains(recorded) == ["a", "b", "c", "d", "e"]
    assert [value for each in one.cassette.interactions for _, value in each.query][-2:] == ["d.com", "e.com"]


def test_what_another_process_recorded_meanwhile_is_replayed_and_not_paid_for(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    one, other = recorder(), recorder()
    ask(other, company("d.com"), {"n": 1})

    assert ask(one, company("d.com"), {"n": 2}) == {"n": 1}
    assert one.verdicts == {"HIT": 1}
    assert domains(recorded) == ["a", "b", "c", "d"]


def test_what_is_recorded_leaves_every_byte_before_it_as_it_was(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    before, inode = recorded.read_bytes(), recorded.stat().st_ino

    ask(recorder(), company("d.com"))

    assert recorded.read_bytes().startswith(before)
    assert recorded.stat().st_ino == inode
    (new,) = list(yaml.safe_load_all(recorded.read_bytes()[len(before) :]))
    assert set(new) == {"format", "interactions", "recorded_at"}


# Runs


def test_a_later_run_replaces_what_earlier_ones_have_of_its_requests(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    again = recorder("all")
    for n in (1, 2):
        ask(again, company("b.com"), {"n": n})

    assert domains(recorded) == ["a", "c", "b", "b"]
    assert len(list(yaml.safe_load_all(recorded.read_bytes()))) == 1 + 5
    replay = recorder("none")
    assert [ask(replay, company("b.com")) for _ in range(3)] == [{"n": 1}, {"n": 2}, {"n": 2}]


# Documents that were cut


def test_the_end_of_a_merge_that_was_left_unresolved_is_not_taken_for_a_cut(
    path: Path, recorder: Callable[..., Recorder]
) -> None:
    one = recorder()
    ask(one, company("one.com"))
    conflict = "<<<<<<< HEAD\n---\nformat: 2\n=======\n>>>>>>> branch\n"
    before = path.read_text()
    path.write_text(before + conflict)
    line = before.count("\n") + 1

    for opens in (recorder, lambda: ask(one, company("two.com"))):
        with pytest.raises(CassetteError, match=f"line {line}: a merge was left unresolved"):
            opens()

    assert path.read_text() == before + conflict


def test_a_process_that_is_killed_at_any_byte_loses_nothing_that_was_whole(
    recorder: Callable[..., Recorder], recorded: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = recorded.read_bytes()
    start = content.rindex(b"---\n")
    wrong = []
    for end in range(start, len(content) - 1):
        recorded.write_bytes(content[:end])
        if domains(recorded) != ["a", "b"]:
            wrong.append(end)
    assert wrong == []

    for end in (start + 1, start + 40, len(content) - 2):
        recorded.write_bytes(content[:end])
        caplog.clear()
        ask(recorder(), company("d.com"))
        assert domains(recorded) == ["a", "b", "d"]
        assert recorded.read_bytes().startswith(content[:start] + b"---\n")
        assert "its last document was cut" in caplog.text


def test_a_document_that_is_still_being_written_is_no_news_yet(recorded: Path) -> None:
    content = recorded.read_bytes()
    start = content.rindex(b"---\n")
    recorded.write_bytes(content[:start])
    file = CassetteFile(recorded)
    assert [len(each.interactions) for each in file.news().additions] == [0, 1, 1]

    with recorded.open("ab") as other:
        other.write(content[start:-7])
        other.flush()
        assert file.news().additions == []
        other.write(content[-7:])
    assert [len(each.interactions) for each in file.news().additions] == [1]


def test_an_end_without_its_line_end_is_completed(recorder: Callable[..., Recorder], recorded: Path) -> None:
    recorded.write_bytes(recorded.read_bytes().rstrip(b"\n"))

    ask(recorder(), company("d.com"))

    assert domains(recorded) == ["a", "b", "c", "d"]


KILLED = """
import sys
from pathlib import Path
from mock_lusha.recorder.guard import LiveCallError
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.opening import open_recorder

recorder = open_recorder(Path(sys.argv[1]), "new", upstream=sys.argv[2])
for n in range(100_000):
    asked = RecorderRequest("GET", "/v2/company", query=(("domain", f"k{n}.com"),))
    assert recorder.decide(asked) is None
    recorder.keep(asked, Interaction("", "", 200, answer={"n": n}, has_answer=True))
    print(n, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal there")
def test_what_was_recorded_before_a_kill_is_there(path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(path), LOOPBACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while (last := process.stdout.readline()) != "20\n":
            assert last, "it ended"
        process.kill()
        told = 21 + len(process.stdout.read().split())

    recorded = domains(path)

    assert recorded[:told] == [f"k{n}" for n in range(told)]


# Writes that fail


def test_a_write_that_fails_leaves_the_file_as_it_was_and_ends_the_recording(
    recorder: Callable[..., Recorder], recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recorded.read_bytes()
    each = recorder()

    def half(file: Any, data: bytes) -> None:
        file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(appending, "_write", half)
        with pytest.raises(CassetteError, match=r"tape\.yaml: cannot be written: No space left on device"):
            ask(each, company("d.com"))
    assert recorded.read_bytes() == before

    with pytest.raises(LiveCallError, match="could not be kept"):
        ask(each, company("e.com"))
    ask(recorder(), company("e.com"))
    assert domains(recorded) == ["a", "b", "c", "e"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_refused_before_anything_is_called(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    recorded.chmod(0o444)
    with pytest.raises(CassetteError, match="cannot be written: the file is read-only"):
        recorder().decide(company("d.com"))


# Other files in its place


@pytest.mark.parametrize("smaller", [True, False])
def test_a_file_that_was_put_in_its_place_is_read_anew(
    recorder: Callable[..., Recorder], recorded: Path, redactor: Redactor, smaller: bool
) -> None:
    each = recorder()
    others = [replace(load(recorded).interactions[0], path=f"/x/{n}") for n in range(1 if smaller else 9)]
    text = dumps(Cassette(tuple(others), redaction=redactor.manifest()))
    recorded.write_text(text, encoding="utf-8")  # the same file, with other bytes

    ask(each, company("d.com"))

    assert recorded.read_text(encoding="utf-8").startswith(text)
    assert len(each.cassette.interactions) == len(load(recorded).interactions)


def test_a_file_that_was_damaged_and_mended_meanwhile_is_read_anew(
    recorder: Callable[..., Recorder], recorded: Path
) -> None:
    each, before = recorder(), recorded.read_bytes()
    recorded.write_bytes(before + b"---\nformat: 2\n  interactions: [\n...\n")
    line = before.count(b"\n") + 3
    with pytest.raises(CassetteError, match=rf"is damaged: line {line}: "):
        ask(each, company("d.com"))
    recorded.write_bytes(before)

    ask(each, company("d.com"))

    assert len(each.cassette.interactions) == 4
    assert domains(recorded) == ["a", "b", "c", "d"]


def test_a_file_that_is_gone_is_made_anew(recorder: Callable[..., Recorder], recorded: Path) -> None:
    each = recorder()
    recorded.unlink()

    ask(each, company("d.com"))

    assert domains(recorded) == ["d"]
    assert load(recorded).redaction


def test_a_cassette_of_the_first_format_is_written_anew_once(
    recorder: Callable[..., Recorder], recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = list(yaml.safe_load_all(recorded.read_text(encoding="utf-8")))
    old = parts[0] | {"format": 1, "interactions": [each for part in parts for each in part["interactions"]]}
    for each in old["interactions"]:
        del each["run"]
    recorded.write_text(yaml.safe_dump(old, explicit_end=True), encoding="utf-8")
    recorded.chmod(0o640)
    each = recorder()
    counted = Counted(monkeypatch)

    costs = [counted.of(partial(ask, each, company(f"{name}.com"))) for name in "de"]

    assert [whole for *_, whole in costs] == [1, 0]
    assert domains(recorded) == ["a", "b", "c", "d", "e"]
    assert {part["format"] for part in yaml.safe_load_all(recorded.read_bytes())} == {documents.FORMAT}
    assert recorded.stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_is_recorded_through(tmp_path: Path, redactor: Redactor, registry: Registry) -> None:
    target, path = tmp_path / "there" / "tape.yaml", tmp_path / "link.yaml"
    target.parent.mkdir()
    path.symlink_to(target)
    each = Recorder(path, "new", redactor=redactor, upstream=LOOPBACK, registry=registry)

    for name in "ab":
        ask(each, company(f"{name}.com"))

    assert path.is_symlink()
    assert domains(target) == ["a", "b"]


# Taking back


@pytest.mark.parametrize("mode", ["new", "all", "rewrite"])
def test_taking_back_leaves_what_others_recorded(
    recorder: Callable[..., Recorder], recorded: Path, mode: str
) -> None:
    mine = recorder(mode)
    ask(mine, company("mine1.com"))
    ask(recorder(), company("other.com"))
    ask(mine, company("mine2.com"))

    mine.discard()

    assert domains(recorded) == ["a", "b", "c", "other"]


def test_taking_back_a_new_cassette_leaves_what_others_recorded_and_its_redaction(
    recorder: Callable[..., Recorder], path: Path, redactor: Redactor
) -> None:
    mine, other = recorder(), recorder()
    ask(mine, company("mine.com"))
    ask(other, company("other.com"))

    mine.discard()

    assert domains(path) == ["other"]
    assert load(path).redaction == redactor.manifest()


def test_a_run_has_a_mark_of_its_own(recorder: Callable[..., Recorder], path: Path) -> None:
    for name in "ab":
        ask(recorder(), company(f"{name}.com"))

    runs = [each.run for each in load(path).interactions]

    assert len(set(runs)) == 2
    assert all(re.fullmatch("[0-9a-f]{8}", run) for run in runs)


def test_a_method_that_is_none_of_http_is_found_again(path: Path, recorder: Callable[..., Recorder]) -> None:
    asked = RecorderRequest("JANE", "/v2/person")
    ask(recorder(), asked, {"total": 1})

    assert ask(recorder("none"), asked) == {"total": 1}
    assert "JANE" not in path.read_text()
