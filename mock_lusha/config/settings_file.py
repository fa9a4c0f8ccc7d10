"""The settings file: YAML with one entry for each setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha import yamlfile
from mock_lusha.config.settings import SECRET, parse_setting
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
    document = yamlfile.read(path, SECRET)
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
        # It is not shown: a line such as control_token=TEXT is a text for YAML.
        raise document.error(f"{what} is a mapping, with lines such as plan: free")
    values = {}
    problems: list[DataFileError] = []
    for name, place in document.value.items():
        if name not in names:
            shown = next((secret for secret in SECRET if secret in name), name)
            problems.append(place.error(f"{what} has no {shown!r}: {nearest(str(name), names)}"))
            continue
        if place.value is None:
            continue  # a name without value is not set
        value = yamlfile.plain(place.value)
        if isinstance(value, dict) or (isinstance(value, list) and name not in LISTS):
            shown = "" if name in SECRET else f", not {shorten(value)}"
            problems.append(place.error(f"{name} is one value{shown}"))
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
