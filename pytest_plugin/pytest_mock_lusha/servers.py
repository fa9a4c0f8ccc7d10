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

# What a server elsewhere is not asked to agree on: how it is reached, and what it logs.
_ITS_OWN = {
    "host", "port", "control", "control_token", "cors", "warm", "drain_delay", "grace", "log_format",
    "log_level", "accounts", "fixtures", "scenarios", "journal", "strict_keys",
}  # fmt: skip


@dataclass(repr=False)
class LushaServer:
    """A server that serves. ``server`` is it where it runs in this process, ``overrides`` are what an
    account of a server elsewhere must get one by one. ``strict`` says that it takes no key that it was not
    told of, ``gone`` why it can be used no more."""

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
        self._made: dict[Any, LushaServer | str] = {}

    def get(self, said: Any) -> LushaServer:
        """The server for what the fixture ``lusha_settings`` says.

        Fails the test if there can be none; it says what was tried.
        """
        said = _of_settings(said)
        url, source = options.chosen(self._config, "url")
        key = (url, *sorted((name, repr(value)) for name, value in said.items()))
        found = self._made.get(key)
        if found is None:
            made = self._elsewhere(url, source, said) if url else self._here(said)
            found = self._made[key] = made
        if not isinstance(found, str) and found.gone is not None:
            found = found.gone
        if isinstance(found, str):
            pytest.fail(found, pytrace=False)
        return found

    def _settings(self, said: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
        from mock_lusha.config import Settings  # noqa: PLC0415 - a test wants a server
        from mock_lusha.config.resolution import resolve  # noqa: PLC0415 - a test wants a server

        environment = resolve()
        from_environment = {
            each.name: getattr(environment.settings, each.name)
            for each in fields(Settings)
            if environment.sources[each.name] != "default" and each.name not in {"host", "port"}
        }
        config = self._config
        # Command line, (marker, for each test,) fixture, ini, environment, default: the last one wins here.
        given: dict[str, Any] = {**from_environment, **options.in_ini(config)}
        given |= {**said, **options.on_command_line(config)}
        return _checked(Settings, {**options.DEFAULTS, **given}), given

    def _here(self, said: Mapping[str, Any]) -> LushaServer | str:
        from mock_lusha.client.control import Control  # noqa: PLC0415
        from mock_lusha.client.inprocess_control import InProcessConnection  # noqa: PLC0415
        from mock_lusha.errors import MockLushaError  # noqa: PLC0415
        from mock_lusha.server import MockServer  # noqa: PLC0415

        try:
            settings, _ = self._settings(said)
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

    def _elsewhere(self, url: str, source: str, said: Mapping[str, Any]) -> LushaServer | str:
        from mock_lusha.client.control import Control  # noqa: PLC0415
        from mock_lusha.client.protocol import ControlError  # noqa: PLC0415
        from mock_lusha.errors import MockLushaError  # noqa: PLC0415

        token, _ = options.chosen(self._config, "token")
        try:
            settings, given = self._settings(said)
            with Control(url, token=token) as control:
                ready = control.ready()
                if ready.get("status") != "ready" or "operations" not in ready:
                    return f"lusha: {url} (from {source}) answers, but is no mock-lusha"
                theirs = control.settings()
        except ControlError as error:
            hint = "start it with `mock-lusha serve`, or leave the address out and one is started here"
            if error.status in {401, 403}:
                hint = "start it with --control-token TOKEN, and give that with --lusha-token"
            return (
                f"lusha: {url} (from {source}) was tried at /_mock/ready and cannot be used: {error}; {hint}"
            )
        except MockLushaError as error:
            return f"lusha: {error}"
        for name, value in given.items():
            if name in _ITS_OWN or name in options.OF_ACCOUNT:
                continue
            ours, its = getattr(settings, name), theirs.get(name)
            if its != (ours if ours is None or isinstance(ours, bool | int | float) else str(ours)):
                return (
                    f"lusha: {name} is {value!r} for these tests, and {its!r} at {url} (from {source}): "
                    f"start that server with it, or leave it out"
                )
        of_account = {**options.DEFAULTS, **given}
        return LushaServer(
            url.rstrip("/"),
            Control(url, token=token),
            overrides={name: value for name, value in of_account.items() if name in options.OF_ACCOUNT},
            strict=True,  # as good as: whether it is does not matter to a key that is made known
        )

    def close(self) -> None:
        """Stop what was started."""
        for found in self._made.values():
            if isinstance(found, LushaServer):
                found.control.close()
                if found.server is not None:
                    found.server.stop()
        self._made.clear()


def _of_settings(said: Any) -> dict[str, Any]:
    """A mapping says what it has, a ``Settings`` all but where to listen."""
    if isinstance(said, Mapping) and all(isinstance(name, str) for name in said):
        return dict(said)
    from mock_lusha.config import Settings  # noqa: PLC0415

    if isinstance(said, Settings):
        here = {"host", "port"}
        return {each.name: getattr(said, each.name) for each in fields(Settings) if each.name not in here}
    pytest.fail(f"lusha_settings gives a dict of settings, or a Settings, not {said!r}", pytrace=False)


def _checked(settings: Callable[..., Settings], given: Mapping[str, Any]) -> Settings:
    from mock_lusha.config import Settings  # noqa: PLC0415
    from mock_lusha.errors import ConfigError, nearest  # noqa: PLC0415

    known = [each.name for each in fields(Settings)]
    for name in given:
        if name not in known:
            raise ConfigError(f"lusha_settings has {name!r}, which is no setting: {nearest(name, known)}")
    return settings(**{"port": 0, "log_level": "warning", **given})
