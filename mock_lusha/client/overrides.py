"""What is said of an account, or a server of one's own, by keyword arguments."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from mock_lusha.client.protocol import hides
from mock_lusha.config import PARSERS, Settings, parse_setting
from mock_lusha.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__tracebackhide__ = hides

_NO_SETTINGS = frozenset({"scenario", "now"})
"""What is no setting of an account to the control API, but an order of its own."""


def laid_over(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    """Settings with some changed.

    Raises:
        ConfigError: a name is no setting, or a value cannot be used; one line a cause.
    """
    if not isinstance(settings, Settings):
        raise ConfigError(
            "settings are a Settings, and single ones are given by their names, such as plan='pro', not as "
            f"{type(settings).__name__}"
        )
    known = [each.name for each in dataclasses.fields(Settings)]
    problems = [f"{name} is no setting: {nearest(name, known)}" for name in overrides if name not in known]
    if problems:
        raise ConfigError("\n".join(problems))
    return dataclasses.replace(settings, **overrides)


def check_overrides(overrides: Mapping[str, Any]) -> None:
    """Refuse what is no setting that an account may have for itself.

    Raises:
        ConfigError: one line a cause.
    """
    known = [*PARSERS, "now"]
    problems = [
        f"{name} is no setting that an account may have for itself: {nearest(name, known)}"
        for name in overrides
        if name not in known
    ]
    if problems:
        raise ConfigError("\n".join(problems))


def sent_settings(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of an account as the control API takes them, but for ``scenario`` and ``now``. None is as good
    as not given, but for credits, where it is unlimited.

    Raises:
        ConfigError: values cannot be used; one line a cause.
    """
    sent: dict[str, Any] = {}
    problems = []
    for name, value in overrides.items():
        if name in _NO_SETTINGS or (value is None and name != "credits"):
            continue
        try:
            parsed = parse_setting(name, value, name)
        except ConfigError as error:
            problems.append(str(error))
        else:
            sent[name] = "unlimited" if parsed is None else parsed
    if problems:
        raise ConfigError("\n".join(problems))
    return {n: v if isinstance(v, str | int | float) else str(v) for n, v in sent.items()}
