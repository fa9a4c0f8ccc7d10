"""Options and arguments that name cassettes, or say what may be in them."""

from __future__ import annotations

from pathlib import Path

import click

from mock_lusha.cli.failure import fail

FILE = click.Path(path_type=Path)
KEEP_TEXT = click.option(
    "--keep-text", is_flag=True, help="Keep what companies say of themselves; it may name people."
)


def cassette_files(paths: tuple[Path, ...]) -> list[Path]:
    """The files that are named, and all cassettes of the folders that are."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            fail(f"{path}: no file here ends in .yaml")
        files += inside
    return files
