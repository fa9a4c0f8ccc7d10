"""The key of redaction: where it comes from, and that it is made once."""

from __future__ import annotations

import re
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from mock_lusha.recorder.redaction import KEY_FILE, RedactionError, load_key

if TYPE_CHECKING:
    from pathlib import Path


def test_the_key_of_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("of the file")

    assert load_key(tmp_path, {"MOCK_LUSHA_REDACTION_KEY": " ours\n"}, create=True) == b"ours"
    assert load_key(tmp_path, {"MOCK_LUSHA_REDACTION_KEY": " "}, create=False) == b"of the file"


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"

    made = load_key(folder, {}, create=True)

    assert re.fullmatch(b"[0-9a-f]{64}", made)
    assert load_key(folder, {}, create=True) == load_key(folder, {}, create=False) == made
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == [KEY_FILE]


def test_many_who_make_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    start, found = threading.Barrier(8), []

    def make() -> None:
        start.wait()
        found.append(load_key(tmp_path, {}, create=True))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({*found}) == 1


def test_without_a_key_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RedactionError, match=r"set MOCK_LUSHA_REDACTION_KEY .* redaction\.key at"):
        load_key(tmp_path, {}, create=False)

    assert [*tmp_path.iterdir()] == []


def test_a_key_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text(" \n")
    with pytest.raises(RedactionError, match="is empty"):
        load_key(tmp_path, {}, create=True)

    (tmp_path / "folder" / KEY_FILE).mkdir(parents=True)
    with pytest.raises(RedactionError, match="cannot be read"):
        load_key(tmp_path / "folder", {}, create=True)

    with pytest.raises(RedactionError, match="cannot be"):
        load_key(tmp_path / KEY_FILE / "x", {}, create=True)
