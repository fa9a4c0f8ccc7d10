"""Overrides: settings of an account, or of a server of one's own, as keyword arguments."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from mock_lusha.client.protocol import hides
from mock_lusha.config import PARSERS, Settings, parse_setting
from mock_lusha.config.webhook_presets import parse_presets
from mock_lusha.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__tracebackhide__ = hides

_OF_ACCOUNTS_ALONE = frozenset({"webhooks"})
_NO_SETTINGS = frozenset({"scenario", "now"})
"""Overrides that the control API has requests of their own for."""


def laid_over(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    """Settings with some changed.

    Raises:
        ConfigError: a name is not a setting, or a value cannot be used; one line for each cause.
    """
    if not isinstance(settings, Settings):
        raise ConfigError(
            "settings are a Settings, and single ones are given by their names, such as plan='pro', not as "
            f"{type(settings).__name__}"
        )
    names = [setting.name for setting in dataclasses.fields(Settings)]
    problems = [f"{name} is no setting: {nearest(name, names)}" for name in overrides if name not in names]
    if problems:
        raise ConfigError("\n".join(problems))
    return dataclasses.replace(settings, **overrides)


def parted(overrides: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Overrides that a server may have as its settings, and those that only an account may have."""
    own = {name: value for name, value in overrides.items() if name in _OF_ACCOUNTS_ALONE}
    return {name: value for name, value in overrides.items() if name not in own}, own


def check_overrides(overrides: Mapping[str, Any]) -> None:
    """Refuse what is not a setting that an account may have for itself.

    Raises:
        ConfigError: one line for each cause.
    """
    names = [*PARSERS, *_OF_ACCOUNTS_ALONE, "now"]
    problems = [
        f"{name} is no setting that an account may have for itself: {nearest(name, names)}"
        for name in overrides
        if name not in names
    ]
    if problems:
        raise ConfigError("\n".join(problems))


def sent_settings(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of an account as the control API takes them, but for ``scenario`` and ``now``. None is left
    out, except for credits, where it is unlimited.

    Raises:
        ConfigError: values cannot be used; one line for each cause.
    """
    settings: dict[str, Any] = {}
    problems = []
    for name, value in overrides.items():
        if name in _NO_SETTINGS or (value is None and name != "credits"):
            continue
        try:
            if name == "webhooks":
                parse_presets(value)  # sent as it is, and refused here already where it can be
                parsed = value
            else:
                parsed = parse_setting(name, value, name)
        except (ConfigError, ValueError) as error:
            problems.append(str(error))
        else:
            settings[name] = "unlimited" if parsed is None else parsed
    if problems:
        raise ConfigError("\n".join(problems))
    return {name: _sent(value) for name, value in settings.items()}


def _sent(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int | float | dict) else str(value)
