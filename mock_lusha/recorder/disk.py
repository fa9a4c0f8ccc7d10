"""What a cassette needs of the disk, checked before an answer is paid for."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from mock_lusha.recorder.documents import CassetteError

if TYPE_CHECKING:
    from pathlib import Path

_LEAST_ROOM: Final = 2**20  # bytes on the disk, without which no answer is paid for


def check_writable(path: Path) -> None:
    """See that a cassette can be written.

    Raises:
        CassetteError: its folder or file is read-only, or the disk is full.
    """
    target = path.resolve()
    folder = next((parent for parent in target.parents if parent.exists()), target)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "may not be written to" if folder.is_dir() else "is no folder"
        raise CassetteError(path, f"cannot be written: {folder} {why}")
    if target.exists() and not os.access(target, os.W_OK):
        raise CassetteError(path, "cannot be written: the file is read-only")
    if shutil.disk_usage(folder).free < _LEAST_ROOM:
        raise CassetteError(path, "cannot be written: the disk is full")
