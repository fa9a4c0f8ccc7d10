"""Files of cassettes: their modes, owners and links stay what they were."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mock_lusha.recorder.cassette import Cassette, load, save
from mock_lusha.recorder.interaction import Interaction

if TYPE_CHECKING:
    from pathlib import Path

TAPE = Cassette((Interaction("GET", "/account/usage", 200),), plan="pro")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


def test_a_cassette_is_as_readable_as_the_umask_lets_files_be(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    before = os.umask(0o022)
    try:
        save(Cassette(), path)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_there_keeps_its_mode(path: Path, mode: int) -> None:
    save(TAPE, path)
    path.chmod(mode)

    save(Cassette(), path)

    assert path.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="none but root gives files away")
def test_a_file_that_is_there_keeps_its_owner(path: Path) -> None:
    save(TAPE, path)
    os.chown(path, 65534, 65534)

    save(Cassette(), path)

    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing yet"])
def test_a_symbolic_link_stays_one(tmp_path: Path, there: bool) -> None:
    path, target = tmp_path / "link.yaml", tmp_path / "elsewhere" / "tape.yaml"
    target.parent.mkdir()
    if there:
        save(Cassette(), target)
    path.symlink_to(target)

    save(TAPE, path)

    assert path.is_symlink()
    assert load(target) == TAPE
    assert [each.name for each in target.parent.iterdir()] == [target.name]
