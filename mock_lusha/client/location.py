"""The server that a handle uses, in any of the forms that name one."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from mock_lusha.client.address import check_no_user
from mock_lusha.client.control import Control
from mock_lusha.client.protocol import hides
from mock_lusha.errors import ConfigError
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from mock_lusha.server import MockServer

    AnyServer: TypeAlias = "MockServer | str | LushaServerLike"

__tracebackhide__ = hides


class LushaServerLike(Protocol):
    """What is needed of the plugin's fixture ``lusha_server``."""

    @property
    def url(self) -> str:
        """The address of the server."""

    @property
    def control(self) -> Control:
        """A client of its control API."""

    @property
    def server(self) -> MockServer | None:
        """The server itself, if it runs in this process."""


@frozen
class Location:
    """Where a server is: ``server`` if it runs in this process, ``control`` if a client of its control API is
    shared with others. ``overrides`` are settings that an account there must have for itself; ``strict`` says
    that a key must be made known to it first."""

    url: str = ""
    server: MockServer | None = None
    control: Control | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False


def located(url: str | None, server: Any) -> Location:
    """Where a ``MockServer``, the plugin's fixture ``lusha_server``, or a URL leads to. A URL may be given as
    either. Without both the location is empty.

    Raises:
        ConfigError: both are there, ``server`` is not one of these, or the URL has a user and password.
    """
    if url is not None and server is not None:
        raise ConfigError("url and server both say which server is to be used: leave one out")
    server = url if server is None else server
    if server is None:
        return Location()
    if isinstance(server, str):
        check_no_user(server)
        return Location(server.rstrip("/"))
    if hasattr(type(server), "turns"):  # a MockServer, which need not be imported to know one
        return Location(server=server, strict=server.settings.strict_keys)
    address, control = getattr(server, "url", None), getattr(server, "control", None)
    if isinstance(address, str) and isinstance(control, Control):
        inner = getattr(server, "server", None)
        return Location(
            url="" if inner is not None else address.rstrip("/"),
            server=inner,
            control=control,
            overrides=getattr(server, "overrides", None) or {},
            strict=bool(getattr(server, "strict", False)),
        )
    raise ConfigError(
        "server is a MockServer, the fixture lusha_server, or the URL of a server, "
        f"not {type(server).__name__}"
    )
