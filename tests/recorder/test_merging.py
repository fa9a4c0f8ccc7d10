"""Cassettes that grew on two branches, and those that are written anew without what is not needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from mock_lusha.cli.main import main
from mock_lusha.recorder.cassette import Cassette, dumps, load, save
from mock_lusha.recorder.interaction import Interaction

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

KEY = {"key": "abcdef01"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def take(name: str, run: str = "", answer: Any = None) -> Interaction:
    """What a request was answered, of many lines that all answers share."""
    body = {"data": {"name": name, **{f"field{n}": n for n in range(12)}}, "n": answer}
    request = Interaction("GET", "/v2/company", 200, operation="searchSingleCompanyV2", answer=body)
    return replace(request, query=(("domain", f"{name}.com"),), has_answer=True, run=run)


def tape(*names: str, run: str = "") -> Cassette:
    return Cassette(tuple(take(name, run) for name in names), redaction=KEY)


def names(path: Path) -> list[str]:
    return [each.answer["data"]["name"] for each in load(path).interactions]


# Merging


MERGES: dict[str, tuple[list[str], list[str], list[str], list[str]]] = {
    "both added": (["a"], ["a", "b", "c"], ["a", "d"], ["a", "b", "c", "d"]),
    "both added the same": (["a"], ["a", "b"], ["a", "b"], ["a", "b"]),
    "one added": (["a"], ["a"], ["a", "d"], ["a", "d"]),
    "the other added": (["a"], ["a", "b"], ["a"], ["a", "b"]),
    "one took away": (["a", "b"], ["a", "b", "c"], ["b", "d"], ["b", "c", "d"]),
    "the other took away": (["a", "b"], ["b", "c"], ["a", "b", "d"], ["b", "c", "d"]),
    "nothing was there": ([], ["a"], ["b"], ["a", "b"]),
}


@pytest.mark.parametrize("case", MERGES)
def test_what_both_branches_recorded_is_there_after_a_merge(case: str, tmp_path: Path) -> None:
    *sides, merged = MERGES[case]
    paths = [tmp_path / name for name in ("base", "ours", "theirs")]
    for path, side in zip(paths, sides, strict=True):
        save(tape(*side), path)
    if not sides[0]:
        paths[0].write_bytes(b"")  # as git gives what one side did not have
    before = [path.read_bytes() for path in (paths[0], paths[2])]

    result = run("cassette", "merge", *paths)

    assert (result.exit_code, result.stdout) == (0, f"{paths[1]}: merged; {len(merged)} interactions\n")
    assert names(paths[1]) == merged
    assert load(paths[1]).redaction == KEY
    assert [path.read_bytes() for path in (paths[0], paths[2])] == before


def test_recordings_of_one_request_on_both_branches_are_those_of_the_later_run(tmp_path: Path) -> None:
    base, ours, theirs = (tmp_path / name for name in ("base", "ours", "theirs"))
    save(tape("a"), base)
    save(tape("a").with_more(take("b", "1", 1), take("b", "1", 2)), ours)
    save(tape("a").with_more(take("b", "2", 3)), theirs)

    assert run("cassette", "merge", base, ours, theirs).exit_code == 0

    assert [each.answer["n"] for each in load(ours).interactions] == [None, 3]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def of_another_key(path: Path) -> None:
    save(replace(load(path), redaction={"key": "10fedcba"}), path)


def conflicting(path: Path) -> None:
    path.write_text("<<<<<<< HEAD\n" + path.read_text(encoding="utf-8"), encoding="utf-8")


REFUSED = {
    "cut": (cut, "its last document was cut"),
    "of another key": (of_another_key, "was redacted with the key abcdef01, and "),
    "with a conflict": (conflicting, "line 1: a merge was left unresolved (<<<<<<<)"),
    "gone": (os.unlink, "there is no such cassette"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_merged_is_a_conflict_and_changes_nothing(case: str, tmp_path: Path) -> None:
    change, message = REFUSED[case]
    base, ours, theirs = (tmp_path / name for name in ("base", "ours", "theirs"))
    for path, more in ((base, ""), (ours, "b"), (theirs, "c")):
        save(tape("a", *more), path)
    change(theirs)
    before = ours.read_bytes()

    result = run("cassette", "merge", base, ours, theirs)

    assert result.exit_code == 1
    assert message in result.stderr
    assert ours.read_bytes() == before


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_git_merges_branches_that_both_recorded(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=tmp_path, env=environ, check=True, capture_output=True)

    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    path = tmp_path / "tape.yaml"
    git("init", "-q", "-b", "main")
    git("config", "user.name", "a")
    git("config", "user.email", "a@b.example")
    git("config", "merge.lusha.driver", f"'{sys.executable}' -m mock_lusha cassette merge %O %A %B")
    (tmp_path / ".gitattributes").write_text("*.yaml merge=lusha\n", encoding="utf-8")
    for branch, added in (("main", ("a",)), ("one", ("a", "b")), ("other", ("a", "c", "d"))):
        if branch != "main":
            git("checkout", "-q", "-b", branch, "main")
        save(tape(*added), path)
        git("add", ".")
        git("commit", "-q", "-m", branch)

    git("merge", "-q", "-m", "both", "one")

    assert names(path) == ["a", "c", "d", "b"]


# Writing anew


def test_a_cassette_is_written_anew_without_what_was_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    save(tape("a", "b").with_more(take("a", "1"), take("a", "2", 5), take("c", "2")), path)
    path.chmod(0o640)
    before = load(path)
    assert "n: 5" in path.read_text(encoding="utf-8")
    size = path.stat().st_size

    result = run("cassette", "check", "--compact", path)

    assert (result.exit_code, result.stdout) == (0, f"{path}: well; 3 interactions\n")
    assert load(path) == before
    assert path.stat().st_size < size
    assert path.stat().st_mode & 0o777 == 0o640
    again = path.read_bytes()
    assert run("cassette", "check", "--compact", path).exit_code == 0
    assert path.read_bytes() == again


def test_what_was_cut_is_told_by_a_check_and_removed_by_writing_anew(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    save(tape("a", "b"), path)
    cut(path)
    before = path.read_bytes()

    told = run("cassette", "check", path)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "its last document was cut" in told.stderr
    assert path.read_bytes() == before

    assert run("cassette", "check", "--compact", path).exit_code == 0
    assert run("cassette", "check", path).stdout == f"{path}: well; 1 interaction\n"


def test_an_older_cassette_written_anew_has_positions_for_the_ids_of_its_callers(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    bulk = replace(
        Interaction("POST", "/v2/company", 200, operation="searchMultipleCompaniesV2", has_body=True),
        body={"companies": [{"id": "id-0123456789", "domain": "a.com"}, {"id": "7", "domain": "b.com"}]},
        answer={"7": {"name": "B"}, "id-0123456789": {"name": "A"}},
        has_answer=True,
    )
    parts = list(yaml.safe_load_all(dumps(Cassette((bulk,), redaction=KEY))))
    old = parts[0] | {"format": 1, "interactions": parts[1]["interactions"]}
    path.write_text(yaml.safe_dump(old, explicit_end=True), encoding="utf-8")

    assert run("cassette", "check", "--compact", path).exit_code == 0

    (found,) = load(path).interactions
    assert [each["id"] for each in found.body["companies"]] == ["1", "2"]
    assert found.answer == {"1": {"name": "A"}, "2": {"name": "B"}}


def test_a_damaged_cassette_is_not_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text("format: 2\ninteractions: [\n...\n", encoding="utf-8")
    before = path.read_bytes()

    result = run("cassette", "check", "--compact", path)

    assert result.exit_code == 1
    assert "is damaged" in result.stderr
    assert path.read_bytes() == before


# What is made of cassettes


@pytest.mark.parametrize(("command", "option"), [("export", "--to"), ("pin", "--output")])
def test_what_is_made_of_a_cassette_is_written_whole_or_not_at_all(
    command: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, target, link = tmp_path / "tape.yaml", tmp_path / "made", tmp_path / "link"
    save(tape("a"), path)
    target.write_text("as before", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        failed = run("cassette", command, path, option, link)
    assert failed.exit_code == 2
    assert "cannot be written: No space left on device" in failed.stderr
    assert target.read_text(encoding="utf-8") == "as before"

    assert run("cassette", command, path, option, link).exit_code == 0
    assert target.read_text(encoding="utf-8") != "as before"
    assert target.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "made", "tape.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes by name")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    path, pipe = tmp_path / "tape.yaml", tmp_path / "pipe"
    save(tape("a"), path)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("cassette", "pin", path, "--output", pipe).exit_code == 0
        assert b"companies:" in os.read(reader, 1 << 16)
    finally:
        os.close(reader)
    assert pipe.is_fifo()
