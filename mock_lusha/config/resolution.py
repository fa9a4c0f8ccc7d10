"""Resolution of settings: flag before variable, variable before settings file, file before default."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_lusha.config.environment import CONFIG_FILE, server_variables, variable
from mock_lusha.config.settings import Settings, parse_setting, shown
from mock_lusha.errors import ConfigError
from mock_lusha.values import frozen

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping


@frozen
class Resolved:
    """Settings together with where each value came from: ``flag``, ``variable``, ``file``, ``default``."""

    settings: Settings
    sources: Mapping[str, str]

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(name, value, source) of each setting, in the order of the fields."""
        for name, source in self.sources.items():
            value = shown(self.settings, name)
            if value is None:
                text = "unlimited" if name == "credits" else "-"
            elif isinstance(value, tuple):
                text = ",".join(map(str, value)) or "-"
            else:
                text = str(value).lower() if isinstance(value, bool) else str(value)
            yield name, text, source

    def records(self) -> list[dict[str, Any]]:
        """The same for programs, see ``records_of``."""
        return records_of(self.settings, self.sources)


def records_of(settings: Settings, sources: Mapping[str, str]) -> list[dict[str, Any]]:
    """All settings: values as JSON has them, ``source`` what kind of place one came from, ``where`` names
    the flag, variable or file. What is in no ``sources`` is a default, or of the ``program`` that made the
    settings."""
    records = []
    for field in dataclasses.fields(Settings):
        value = getattr(settings, field.name)
        kind, _, where = sources.get(
            field.name, "default" if value == field.default else "program"
        ).partition(" ")
        if kind == "flag":
            where = flag(field.name)
        plain = _json_value(field.name, shown(settings, field.name))
        records.append({"name": field.name, "value": plain, "source": kind, "where": where or None})
    return records


def _json_value(name: str, value: Any) -> Any:
    if value is None:
        return "unlimited" if name == "credits" else None
    return value if isinstance(value, bool | int | float | str) else str(value)


def flag(name: str) -> str:
    """The command-line flag of a setting."""
    return "--" + name.replace("_", "-")


def resolve(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: str | os.PathLike[str] | None = None,
) -> Resolved:
    """Gather the settings from flags, environment, settings file and defaults.

    Raises:
        ConfigError: a value cannot be used, or a ``MOCK_LUSHA_`` variable or a name in the file is unknown.
    """
    flags = flags or {}
    names = [setting.name for setting in dataclasses.fields(Settings)]
    variables = server_variables(names, environ)
    config = config or variables.get(CONFIG_FILE)
    file_values = _file_values(Path(config), names) if config else {}

    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems: list[str] = []
    for name in names:
        # The order is the rule: flag, variable, file, default.
        if flags.get(name) not in {None, ()}:
            raw, origin = flags[name], flag(name)
            sources[name] = "flag"
        elif variables.get(variable(name), "") != "":
            raw, origin = variables[variable(name)], variable(name)
            sources[name] = f"variable {origin}"
        elif name in file_values:
            values[name] = file_values[name]
            sources[name] = f"file {config}"
            continue
        else:
            sources[name] = "default"
            continue
        try:
            values[name] = parse_setting(name, raw, origin)
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("\n".join(problems))
    return Resolved(Settings(**values), sources)


def _file_values(path: Path, names: list[str]) -> dict[str, Any]:
    from mock_lusha.config.settings_file import read_settings_file  # noqa: PLC0415 - which loads YAML

    return read_settings_file(path, names)
