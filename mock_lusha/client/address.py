"""The address of a server, as clients of the control API and programs are given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from mock_lusha.config.values import parse_host
from mock_lusha.errors import ConfigError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 100
_SIGNS: Final = ("@", "\N{FULLWIDTH COMMERCIAL AT}", "\N{SMALL COMMERCIAL AT}")
"""What ends a user and password in a URL; the second and third are read as the first."""


class Address(NamedTuple):
    """What a URL says; ``port`` is None where that is left to the scheme, ``prefix`` the path below which the
    server is, without a slash at its end."""

    scheme: str
    host: str
    port: int | None
    prefix: str


def check_no_user(url: str) -> None:
    """Refuse a URL with a user and password, before anything else is said of it: nothing sends them, and the
    message does not show them.

    Raises:
        ConfigError: there are some.
    """
    if any(sign in url for sign in _SIGNS):
        raise ConfigError("leave user and password out of the server's address: it takes a token instead")


def parse_address(url: str, schemes: Iterable[str] = ("http", "https")) -> Address:
    """The parts of the address of a server.

    Raises:
        ConfigError: it is none; the message shows it, unless it may have a password in it.
    """
    check_no_user(url)
    try:
        parts = urlsplit(url)
        port = parts.port
        if parts.scheme in schemes and parts.hostname:
            parse_host(parts.hostname)
    except ValueError as error:
        raise ConfigError(f"{shorten(url, _LONGEST)!r} is no address: {error}") from None
    if parts.scheme not in schemes or not parts.hostname:
        kinds = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ConfigError(f"a server is at an {kinds} address, not at {shorten(url, _LONGEST)!r}")
    if port == 0:
        raise ConfigError(
            f"{shorten(url, _LONGEST)!r} is no address: no server listens on port 0; name the port that it "
            "says when it starts"
        )
    return Address(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))
