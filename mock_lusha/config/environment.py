"""Environment variables: no other module reads them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mock_lusha.errors import ConfigError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "MOCK_LUSHA_"
CONFIG_FILE = PREFIX + "CONFIG"
"""The variable that names the settings file."""
_REDACTION_KEY = PREFIX + "REDACTION_KEY"
_UPSTREAM_KEY = PREFIX + "UPSTREAM_KEY"
_OTHERS = frozenset({CONFIG_FILE, PREFIX + "URL", _REDACTION_KEY, _UPSTREAM_KEY})
"""Variables with our prefix that are not settings of a server."""
_LINKS = PREFIX + r"((\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)|NAME|ENV_\w+)"
_LINKED_PORT = PREFIX + r"(\w+_)?PORT"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def server_variables(names: Iterable[str], environ: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The environment of a server whose settings have these names, without what Kubernetes or Docker set.

    Raises:
        ConfigError: a variable has our prefix and is not one of ours.
    """
    environ = os.environ if environ is None else environ
    variables = {name: value for name, value in environ.items() if not _is_link(name, value)}
    ours = {variable(name) for name in names} | _OTHERS
    unknown = [name for name in sorted(variables) if name.startswith(PREFIX) and name not in ours]
    if unknown:
        raise ConfigError(
            "\n".join(f"{name} is no setting: {nearest(name, sorted(ours))}" for name in unknown)
        )
    return variables


def _is_link(name: str, value: str) -> bool:
    """Whether Kubernetes or Docker set this variable to describe a service that is called mock-lusha, or
    mock-lusha- and more, such as one of a replica."""
    if not name.startswith(PREFIX):
        return False
    is_port = "://" in value and re.fullmatch(_LINKED_PORT, name) is not None
    return is_port or re.fullmatch(_LINKS, name) is not None


def redaction_environ() -> dict[str, str]:
    """The variable that may hold the key of redaction, if it is set."""
    return {name: value for name, value in os.environ.items() if name == _REDACTION_KEY}


def upstream_key() -> str | None:
    """The real API key that a recorder sends, where the calls that it forwards have another."""
    return os.environ.get(_UPSTREAM_KEY, "").strip() or None


def variable_named(name: str) -> str | None:
    """A variable whose name the user gives, such as one that holds a secret; None where it is empty."""
    return os.environ.get(name, "").strip() or None


def is_ci() -> bool:
    """Whether this is a run of continuous integration, as ``CI=true`` says."""
    return os.environ.get("CI", "").strip().lower() in {"true", "1", "yes"}


def state_folder() -> Path:
    """Where what is kept of this user from run to run lies: below ``XDG_STATE_HOME``, or where the platform
    has it.

    Raises:
        ConfigError: the user has no home, as in some containers.
    """
    named = os.environ.get("XDG_STATE_HOME", "").strip()
    if named and Path(named).is_absolute():  # a relative one is to be ignored, by its specification
        return Path(named) / "mock-lusha"
    try:
        home = Path.home()
    except RuntimeError:
        raise ConfigError("the user has no home: name a folder with --tls-folder or XDG_STATE_HOME") from None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "mock-lusha"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "mock-lusha"
    return home / ".local" / "state" / "mock-lusha"


def program_environ() -> dict[str, str]:
    """A copy of the environment, for a program that is started."""
    return dict(os.environ)
