"""Whether a request comes from a web page of somewhere else, told by its headers alone.

A page in a browser on this machine reaches servers that listen on loopback. It can do so openly, and the
browser then says where it is from (``Origin``, ``Sec-Fetch-Site``); or under a name of its own that it
rebinds to 127.0.0.1, and then the ``Host`` is that name. Neither may steer, read or spend.

The source of the rule is our own decision: allowed are requests of the same origin, addresses that somebody
typed (``Sec-Fetch-Site: none``), programs that send neither header, and origins that are named.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_LONGEST = 80
_AUTHORITY: Final = re.compile(
    r"(?:\[(?P<ipv6>[0-9a-f]*:[0-9a-f:.]{1,45})\]|(?P<name>[a-z0-9._~!$&'()*+,;=%-]+))(?::(?P<port>[0-9]{0,5}))?",
    re.ASCII | re.IGNORECASE,
)
_ORIGIN: Final = re.compile(r"(?P<scheme>https?)://(?P<authority>.+)", re.ASCII | re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}
_OWN_SITES: Final = frozenset({"same-origin", "none"})
_HOW = "call it as localhost or 127.0.0.1"


class _Authority(NamedTuple):
    """A host and a port; ``port`` is None where the scheme's own is meant."""

    host: str | IPv4Address | IPv6Address
    port: int | None


def refusal(
    headers: Iterable[tuple[bytes, bytes]],
    *,
    allowed_origins: Collection[str] = (),
    any_host: bool = False,
    scheme: str = "http",
) -> str | None:
    """Why a request is refused, None where it is allowed.

    ``headers`` and ``scheme`` are those of ASGI. ``allowed_origins`` are origins such as
    ``http://localhost:3000`` whose pages may call. ``any_host`` says that the caller proved who it is in
    another way (by a token), and the ``Host`` need not be of this machine; one that is no host at all is
    refused nevertheless.
    """
    hosts: list[bytes] = []
    origins: list[bytes] = []
    sites: list[bytes] = []
    wanted = {b"host": hosts, b"origin": origins, b"sec-fetch-site": sites}
    for name, value in headers:
        found = wanted.get(name.lower())
        if found is not None:
            found.append(value)
    return _of_host(hosts, any_host=any_host) or _of_origin(
        hosts, origins, sites, allowed_origins, scheme.lower()
    )


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine: ``localhost``, a name below it, or a loopback address without
    brackets."""
    return _is_loopback(_host(host))


def _of_host(hosts: list[bytes], *, any_host: bool) -> str | None:
    named = [_authority(each.decode("latin-1").strip()) for each in hosts]
    for raw, found in zip(hosts, named, strict=True):
        if found is None:
            return f"the Host {_shown(raw)} is no host: {_HOW}"
    if any_host:
        return None
    if not hosts:
        return f"the request has no Host: {_HOW}"
    if len(hosts) > 1:
        return f"the request has {len(hosts)} Hosts ({', '.join(map(_shown, hosts))}): send one"
    if named[0] is None or not _is_loopback(named[0].host):
        return f"the Host {_shown(hosts[0])} is not this machine: {_HOW}"
    return None


def _of_origin(
    hosts: list[bytes],
    origins: list[bytes],
    sites: list[bytes],
    allowed_origins: Collection[str],
    own_scheme: str,
) -> str | None:
    if len(origins) > 1:
        return f"the request has {len(origins)} Origins ({', '.join(map(_shown, origins))})"
    if origins:
        sent = _origin(origins[0].decode("latin-1").strip())
        if sent is not None and any(sent == _origin(each) for each in allowed_origins):
            return None
        if sent is None:
            return f"the Origin {_shown(origins[0])} is none of a page that may call this server"
        own = _authority(hosts[0].decode("latin-1").strip()) if len(hosts) == 1 else None
        scheme, there = sent
        # Another scheme is another origin: what served the page is not what is asked.
        if own is None or scheme != own_scheme or (own.host, own.port or _PORTS[scheme]) != there:
            return f"a page of another origin, {_shown(origins[0])}, may not call this server"
    for site in sites:
        if site.decode("latin-1").strip().lower() not in _OWN_SITES:
            return f"a page of another site (Sec-Fetch-Site: {_shown(site)}) may not call this server"
    return None


def _origin(text: str) -> tuple[str, _Authority] | None:
    """The scheme, and the host with its port; None for what is no origin of a page, ``null`` too."""
    match = _ORIGIN.fullmatch(text)
    found = None if match is None else _authority(match["authority"])
    if match is None or found is None:
        return None
    scheme = match["scheme"].lower()
    return scheme, _Authority(found.host, found.port or _PORTS[scheme])


def _authority(text: str) -> _Authority | None:
    """The host and port of a Host header; None for what is none."""
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return None
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 65536:
        return None
    if match["ipv6"] is None:
        return _Authority(_host(match["name"]), port)
    host = _host(match["ipv6"])
    return _Authority(host, port) if isinstance(host, IPv6Address | IPv4Address) else None


def _host(text: str) -> str | IPv4Address | IPv6Address:
    """A host, so that two ways of writing one are equal."""
    try:
        found = ip_address(text)
    except ValueError:
        return text.lower()
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_loopback(host: str | IPv4Address | IPv6Address) -> bool:
    if isinstance(host, str):
        return host == "localhost" or host.endswith(".localhost")
    return host.is_loopback


def _shown(raw: bytes) -> str:
    """What was sent, as it may stand in a message."""
    text = raw.decode("latin-1")
    return ascii(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
