"""The servers of a session: one for each set of settings, or the one that runs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import pytest

from pytest_mock_lusha import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.client.control import Control
    from mock_lusha.config import Settings
    from mock_lusha.server import MockServer

# Settings in which a server elsewhere may differ: how it is reached, and what it logs.
_UNCOMPARED = {
    "host", "port", "control", "control_token", "cors", "warm", "drain_delay", "grace", "log_format",
    "log_level", "accounts", "fixtures", "scenarios", "journal", "strict_keys", "workers", "store",
    "store_secret",
}  # fmt: skip

_OF_SERVE = frozenset({"host", "port", "workers"})
"""Settings that variables set for the command ``serve`` alone."""


@dataclass(repr=False)
class LushaServer:
    """A running server. ``server`` is set if it runs in this process, ``overrides`` are the settings that an
    account of a server elsewhere must have for itself. ``strict`` says that it takes only keys it knows,
    ``gone`` why it can no longer be used."""

    url: str
    control: Control
    server: MockServer | None = None
    overrides: Mapping[str, Any] | None = None
    strict: bool = False
    gone: str | None = None

    def __repr__(self) -> str:
        return f"<lusha server at {self.url}{', which is gone' if self.gone else ''}>"


class Servers:
    """Starts a server when the first test wants it, and stops all of them at the end of the session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._servers: dict[Any, LushaServer | str] = {}

    def get(self, fixture: Any) -> LushaServer:
        """The server for the value of the fixture ``lusha_settings``.

        Fails the test if there is none; it says what was tried.
        """
        settings = _of_settings(fixture)
        url, source = options.chosen(self._config, "url")
        key = (url, *sorted((name, repr(value)) for name, value in settings.items()))
        server = self._servers.get(key)
        if server is None:
            server = self._elsewhere(url, source, settings) if url else self._here(settings)
            self._servers[key] = server
        if not isinstance(server, str) and server.gone is not None:
            server = server.gone
        if isinstance(server, str):
            pytest.fail(server, pytrace=False)
        return server

    def _settings(self, fixture: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
        from mock_lusha.config import Settings  # noqa: PLC0415 - a test wants a server
        from mock_lusha.config.resolution import resolve  # noqa: PLC0415 - a test wants a server

        environment = resolve()
        from_environment = {
            setting.name: getattr(environment.settings, setting.name)
            for setting in fields(Settings)
            if environment.sources[setting.name] != "default" and setting.name not in _OF_SERVE
        }
        config = self._config
        # Command line, (marker, for each test,) fixture, ini, environment, default: the last one wins here.
        values: dict[str, Any] = {**from_environment, **options.in_ini(config)}
        values |= {**fixture, **options.on_command_line(config)}
        return _checked(Settings, {**options.DEFAULTS, **values}), values

    def _here(self, fixture: Mapping[str, Any]) -> LushaServer | str:
        from mock_lusha.client.control import Control  # noqa: PLC0415
        from mock_lusha.client.inprocess_control import InProcessConnection  # noqa: PLC0415
        from mock_lusha.errors import MockLushaError  # noqa: PLC0415
        from mock_lusha.server import MockServer  # noqa: PLC0415

        try:
            settings, _ = self._settings(fixture)
            if not settings.control:
                return "lusha: the double cannot be used: control is off, and the fixture steers it by that"
            server = MockServer(settings).start()
        except MockLushaError as error:
            return f"lusha: the double cannot be started: {error}"
        except RuntimeError as error:
            if type(error).__name__ != "SocketBlockedError":
                raise
            return f"lusha: the double cannot be started: {error}; allow --allow-hosts=127.0.0.1"
        control = Control(server.url, token=settings.control_token, wire=InProcessConnection(server))
        return LushaServer(server.url, control, server, strict=settings.strict_keys)

    def _elsewhere(self, url: str, source: str, fixture: Mapping[str, Any]) -> LushaServer | str:
        from mock_lusha.client.address import check_no_user  # noqa: PLC0415
        from mock_lusha.client.control import Control  # noqa: PLC0415
        from mock_lusha.client.protocol import ControlError, checked_token  # noqa: PLC0415
        from mock_lusha.errors import MockLushaError  # noqa: PLC0415

        token, token_source = options.chosen(self._config, "token")
        try:
            check_no_user(url)
            checked_token(token, token_source)
            settings, values = self._settings(fixture)
            with Control(url, token=token) as control:
                ready = control.ready()
                if ready.get("status") != "ready" or "operations" not in ready:
                    return f"lusha: {url} (from {source}) answers, but is no mock-lusha"
                server_settings = control.settings()
        except ControlError as error:
            hint = "start it with `mock-lusha serve`, or leave the address out and one is started here"
            if error.status in {401, 403}:
                hint = "start it with --control-token TOKEN, and give that with --lusha-token"
            why = error.reason
            return f"lusha: {url} (from {source}) was tried at /_mock/ready and cannot be used: {why}; {hint}"
        except MockLushaError as error:
            return f"lusha: {error}"
        for name, value in values.items():
            if name in _UNCOMPARED or name in options.OF_ACCOUNT:
                continue
            ours, its = getattr(settings, name), server_settings.get(name)
            if its != (ours if ours is None or isinstance(ours, bool | int | float) else str(ours)):
                return (
                    f"lusha: {name} is {value!r} for these tests, and {its!r} at {url} (from {source}): "
                    f"start that server with it, or leave it out"
                )
        of_account = {**options.DEFAULTS, **values}
        return LushaServer(
            url.rstrip("/"),
            Control(url, token=token),
            overrides={name: value for name, value in of_account.items() if name in options.OF_ACCOUNT},
            strict=True,  # or treated as such: it does no harm to make a key known
        )

    def close(self) -> None:
        """Stop what was started."""
        for server in self._servers.values():
            if isinstance(server, LushaServer):
                server.control.close()
                if server.server is not None:
                    server.server.stop()
        self._servers.clear()


def _of_settings(fixture: Any) -> dict[str, Any]:
    """Settings by their names: all of a mapping, all of a ``Settings`` but where to listen."""
    if isinstance(fixture, Mapping) and all(isinstance(name, str) for name in fixture):
        return dict(fixture)
    from mock_lusha.config import Settings  # noqa: PLC0415

    if isinstance(fixture, Settings):
        names = [setting.name for setting in fields(Settings) if setting.name not in {"host", "port"}]
        return {name: getattr(fixture, name) for name in names}
    pytest.fail(f"lusha_settings gives a dict of settings, or a Settings, not {fixture!r}", pytrace=False)


def _checked(settings: Callable[..., Settings], values: Mapping[str, Any]) -> Settings:
    from mock_lusha.config import Settings  # noqa: PLC0415
    from mock_lusha.errors import ConfigError, nearest  # noqa: PLC0415

    names = [setting.name for setting in fields(Settings)]
    for name in values:
        if name not in names:
            raise ConfigError(f"lusha_settings has {name!r}, which is no setting: {nearest(name, names)}")
    return settings(**{"port": 0, "log_level": "warning", **values})
