"""A double in a container that Testcontainers starts, for suites that want the very image which others run.

    with MockLushaContainer(plan="pro") as container, container.lusha(credits=20) as lusha:
        lusha.client.post("/v3/contacts/search", json={"contacts": [{"email": "jane.doe@acme.com"}]})

Needs the extra ``mock-lusha[testcontainers]`` and Docker.
"""

from __future__ import annotations

import dataclasses
import secrets
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from mock_lusha.client.control import Control
from mock_lusha.client.mock_lusha import MockLusha
from mock_lusha.config import Settings
from mock_lusha.config.environment import variable
from mock_lusha.errors import ConfigError, nearest, shorten
from mock_lusha.version import __version__

try:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy
except ImportError as error:
    msg = "MockLushaContainer needs Testcontainers: pip install 'mock-lusha[testcontainers]'"
    raise ImportError(msg) from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IMAGE = f"ghcr.io/mock-lusha/mock-lusha:{__version__}"
"""The image of this version."""
PORT = 8080
"""Where the server listens in the container."""
START_SECONDS = 60
_DATA = PurePosixPath("/data")
_FOLDERS = {"fixtures": _DATA / "fixtures", "scenarios": _DATA / "scenarios"}
_OF_THE_CONTAINER = {
    "host": "the container listens on all of its addresses",
    "port": "Docker picks a free port, which `url` has",
    "tls_folder": "the CA of the container is its own; mount a folder with with_volume_mapping",
    "control": "the container is steered by its control API",
    "command": "use with_command",
    "env": "use with_env",
    "name": "use with_name",
    "network": "use with_network",
    "ports": "use with_exposed_ports",
    "volumes": "use with_volume_mapping",
}
"""Settings that are not the user's, and arguments of other containers: what is there in their place."""


class MockLushaContainer(DockerContainer):
    """A container with a double; it is started and stopped by ``with``, or ``start`` and ``stop``.

    ``settings`` are keyword arguments with the names and checks of ``Settings``. Files and folders are those
    of this machine and are mounted, read-only. The control API is asked from another machine, as the
    container sees it, so it has a token: ``control_token``, or one that is drawn.

    Raises:
        ConfigError: a setting is unknown, cannot be used, or is not the user's here.
    """

    def __init__(
        self, image: str = IMAGE, *, docker_client_kw: Mapping[str, Any] | None = None, **settings: Any
    ) -> None:
        check_names(settings)
        given = {"control_token": secrets.token_urlsafe(24)} | {
            name: value for name, value in settings.items() if value is not None or name != "control_token"
        }
        checked = Settings(**given)
        super().__init__(image, docker_client_kw=dict(docker_client_kw or {}))
        self.token: str = checked.control_token or ""
        """The token of the control API."""
        self.with_exposed_ports(PORT)
        for name, value in container_values(checked, given):
            if isinstance(value, Path):
                inside = inside_path(name, value)
                self.with_volume_mapping(value.absolute(), str(inside))
                self.with_env(variable(name), str(inside))
            else:
                self.with_env(variable(name), _text(name, value))
        ready = HttpWaitStrategy(PORT, "/_mock/ready").with_startup_timeout(START_SECONDS)
        self.waiting_for(ready)

    @property
    def url(self) -> str:
        """The address of the server, from here.

        Raises:
            testcontainers.core.exceptions.ContainerStartException: it is not started.
        """
        host = self.get_container_host_ip()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.get_exposed_port(PORT)}"

    def control(self, account: str | None = None) -> Control:
        """A client of the control API: of an account, or of the server. Close it, or use it with ``with``."""
        return Control(self.url, account, token=self.token)

    def lusha(self, *, api_key: str | None = None, label: str | None = None, **overrides: Any) -> MockLusha:
        """A handle with an account of its own, so that tests may share the container; use it with ``with``.

        ``overrides`` are the settings that an account may have for itself.

        Raises:
            ConfigError: one is not.
        """
        return MockLusha(url=self.url, token=self.token, api_key=api_key, label=label, **overrides)

    def client_environ(self, api_key: str) -> dict[str, str]:
        """The variables of a program that calls Lusha: its address and a key."""
        return {"LUSHA_API_URL": self.url, "LUSHA_BASE_URL": self.url, "LUSHA_API_KEY": api_key}


def check_names(settings: Mapping[str, Any]) -> None:
    """Refuse what is no setting of a container.

    Raises:
        ConfigError: says for each what would work.
    """
    known = [field.name for field in dataclasses.fields(Settings) if field.name not in _OF_THE_CONTAINER]
    problems = [
        f"{name}: {_OF_THE_CONTAINER[name]}" if name in _OF_THE_CONTAINER
        else f"{shorten(name)} is no setting: {nearest(name, known)}"
        for name in settings
        if name not in known
    ]  # fmt: skip
    if problems:
        raise ConfigError("\n".join(problems))


def container_values(checked: Settings, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What was given, as it was checked; that of no value need not be told. Scenarios in files are paths."""
    for name in given:
        value = getattr(checked, name)
        if name == "scenario" and value is not None and Path(value).is_file():
            value = Path(value)
        if value is not None or name == "credits":
            yield name, value


def inside_path(name: str, path: Path) -> PurePosixPath:
    """Where a file or folder of this machine is mounted in the container."""
    # The name of a file tells what is in it: a cassette that ends in .gz is compressed.
    return _FOLDERS.get(name) or _DATA / name / path.name


def _text(name: str, value: Any) -> str:
    """The value of a variable, as the server reads it."""
    if value is None:
        return "unlimited"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        if not value:
            raise ConfigError(f"{name}: no variable can say an empty list; leave it out")
        return ",".join(map(str, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
