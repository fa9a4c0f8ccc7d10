"""Which server a handle is to use, in any of the forms it may be given."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from mock_lusha.client.control import Control
from mock_lusha.client.protocol import hides
from mock_lusha.errors import ConfigError
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.server import MockServer

__tracebackhide__ = hides


@frozen
class Location:
    """Where a server is: ``server`` is it if it runs in this process, ``control`` a client of its control API
    that others use too. ``given`` are settings an account there must get for itself; ``strict`` says that a
    key must be made known to it first."""

    url: str = ""
    server: MockServer | None = None
    control: Control | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False


def located(server: Any) -> Location:
    """The server that is given as a ``MockServer``, as the plugin's fixture ``lusha_server``, or by its URL.

    Raises:
        ConfigError: it is none of these.
    """
    if isinstance(server, str):
        return Location(server.rstrip("/"))
    if hasattr(type(server), "turns"):  # a MockServer, which need not be imported to know one
        return Location(server=server, strict=server.settings.strict_keys)
    url, control = getattr(server, "url", None), getattr(server, "control", None)
    if isinstance(url, str) and isinstance(control, Control):
        inner = getattr(server, "server", None)
        return Location(
            url="" if inner is not None else url.rstrip("/"),
            server=inner,
            control=control,
            given=getattr(server, "given", None) or {},
            strict=bool(getattr(server, "strict", False)),
        )
    raise ConfigError(
        "server is a MockServer, the fixture lusha_server, or the URL of a server, "
        f"not {type(server).__name__}"
    )
