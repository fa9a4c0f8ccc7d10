"""The settings file: YAML with one entry for each setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha import yamlfile
from mock_lusha.config.settings import parse_setting
from mock_lusha.config.values import LISTS
from mock_lusha.errors import ConfigError, DataFileError, nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_settings_file(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """The values of a settings file, in which ``names`` may stand with dashes too.

    Raises:
        ConfigError: with everything that is wrong, and the lines.
    """
    document = yamlfile.read(path)
    if isinstance(document.value, dict):
        renamed: dict[str, Any] = {}
        for key, place in document.value.items():
            name = key.replace("-", "_")
            if name in renamed:
                raise place.error(f"{name!r} stands here a second time, spelled {key!r}")
            renamed[name] = place
        document = yamlfile.SourcePlace(path, document.line, renamed)
    what = "a settings file"
    if not isinstance(document.value, dict):
        document.mapping(what, names)
    values = {}
    problems: list[DataFileError] = []
    for name, place in document.value.items():
        if name not in names:
            problems.append(place.error(f"{what} has no {name!r}: {nearest(str(name), names)}"))
            continue
        if place.value is None:
            continue  # a name without value is not set
        value = yamlfile.plain(place.value)
        if isinstance(value, dict) or (isinstance(value, list) and name not in LISTS):
            problems.append(place.error(f"{name} is one value, not {shorten(value)}"))
            continue
        try:
            values[name] = parse_setting(name, value, name)
        except ConfigError as error:
            problems.append(DataFileError(path, place.line, str(error)))
    if len(problems) > 1:
        raise ConfigError("\n".join(map(str, problems)))
    if problems:
        raise problems[0]
    return values
