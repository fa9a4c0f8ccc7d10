"""Where the data folders of an installation are."""

from __future__ import annotations

from pathlib import Path


def data_folder(name: str) -> Path:
    """Where ``fixtures`` or ``scenarios`` of this installation are.

    In a wheel they lie inside the package; in a checkout beside it.
    """
    package = Path(__file__).parent.parent
    installed = package / "data" / name
    return installed if installed.is_dir() else package.parent / name
