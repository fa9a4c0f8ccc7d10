"""Requests that leave the double: webhooks, to receivers that are allowed, and nowhere else.

A name is resolved once for each attempt, every address that it has is checked, and the connection goes to an
address that was checked: what is resolved later to something else cannot be reached. Redirects are not
followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_ANSWER: Final = 65_536
"""Bytes of an answer that are read."""
_LEAST_SECONDS: Final = 1.0
_SCHEMES: Final = {"http": 80, "https": 443}
# Whatever is allowed besides: they answer whoever runs the machine's questions about itself.
_NEVER: Final = tuple(
    map(ipaddress.ip_network, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32"))
)


class RefusedTargetError(ValueError):
    """A request may not go there; the message says why, and what would allow it."""


@frozen
class Answer:
    """What came of a request: a status, or an error in its place, and how many milliseconds it took."""

    status: int | None
    error: str | None
    ms: int
    body: bytes = b""


@frozen
class AllowedTargets:
    """Where requests may go besides this machine: networks, and names of hosts in small letters."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Sequence[str]) -> AllowedTargets:
        """Of networks in the form of CIDR, addresses and names."""
        networks: list[Network] = []
        hosts: set[str] = set()
        for text in texts:
            try:
                networks.append(ipaddress.ip_network(text, strict=False))
            except ValueError:
                hosts.add(text.lower().rstrip("."))
        return cls(tuple(networks), frozenset(hosts))

    def check(self, host: str, addresses: Sequence[Address]) -> None:
        """Whether a request may go to a host that has these addresses.

        Raises:
            RefusedTargetError: one of them is not allowed.
        """
        for address in addresses:
            plain = getattr(address, "ipv4_mapped", None) or address
            if any(plain in network for network in _NEVER):
                raise RefusedTargetError(
                    f"{host} is {plain}, an address of the machine's surroundings: never allowed"
                )
            if plain.is_loopback or host in self.hosts or any(plain in network for network in self.networks):
                continue
            raise RefusedTargetError(
                f"{host} is {plain}, and webhooks go to this machine alone: --webhook-allow {host} allows it"
            )


def time_limit(seconds: float, delay_factor: float) -> float:
    """How many seconds an attempt may take, where delays are multiplied by a factor: never less than a
    second (or what was asked for, if that is less), for a receiver takes real time to answer."""
    return max(min(seconds, _LEAST_SECONDS), seconds * delay_factor)


def is_own_host(host: str) -> bool:
    """Whether a host names this machine, by its spelling alone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_target(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of the URL of a receiver.

    Raises:
        RefusedTargetError: it is not an http or https URL, or has a name or password in it.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise RefusedTargetError("it is not a URL") from None
    if parts.scheme not in _SCHEMES or not host:
        raise RefusedTargetError("it takes an http or https URL with a host")
    if parts.username is not None or parts.password is not None:
        raise RefusedTargetError("it has a name or a password in it")
    return parts.scheme, host.rstrip("."), port or _SCHEMES[parts.scheme]


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, numeric spellings of any kind among them.

    Raises:
        OSError: it has none.
    """
    rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]


async def post(
    url: str, headers: Mapping[str, str], body: bytes, *, timeout: float, allowed: AllowedTargets
) -> Answer:
    """POST a body to a receiver; whatever goes wrong is an answer without a status."""
    begun = time.perf_counter()

    def answer(status: int | None, error: str | None = None, content: bytes = b"") -> Answer:
        return Answer(status, error, round((time.perf_counter() - begun) * 1_000), content)

    try:
        async with asyncio.timeout(timeout):
            scheme, host, port = read_target(url)
            addresses = await resolve(host, port)
            allowed.check(host, addresses)
            status, content = await _send(url, scheme, host, addresses, port, headers, body)
    except RefusedTargetError as error:
        return answer(None, f"refused: {error}")
    except TimeoutError:
        return answer(None, f"no answer within {timeout:g} s")
    except socket.gaierror as error:
        return answer(None, f"the host has no address: {error.strerror}")
    except OSError as error:
        return answer(None, f"cannot be reached: {error.strerror or str(error) or type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - a receiver may answer anything, and none of it is our defect
        return answer(None, f"what it answered cannot be read: {type(error).__name__}")
    return answer(status, None, content)


async def _send(
    url: str,
    scheme: str,
    host: str,
    addresses: Sequence[Address],
    port: int,
    headers: Mapping[str, str],
    body: bytes,
) -> tuple[int, bytes]:
    import httpx  # noqa: PLC0415 - where something is sent

    parts = urlsplit(url)
    name = f"[{host}]" if ":" in host else host
    sent = {**headers, "Host": name if port == _SCHEMES[scheme] else f"{name}:{port}", "Connection": "close"}
    rest = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    # The time limit is that of the whole attempt.
    unlimited = httpx.Timeout(None)
    # Without TLS no certificates are loaded, which would take longer than the request.
    async with httpx.AsyncClient(
        trust_env=False, follow_redirects=False, timeout=unlimited, verify=scheme == "https"
    ) as client:
        for at, address in enumerate(addresses, 1):
            literal = f"[{address}]" if address.version == 6 else str(address)
            request = client.build_request(
                "POST",
                f"{scheme}://{literal}:{port}{rest}",
                headers=sent,
                content=body,
                extensions={"sni_hostname": host},
            )
            try:
                response = await client.send(request, stream=True)
            except httpx.ConnectError as error:
                if at == len(addresses):
                    raise ConnectionError(str(error)) from None
                continue
            content = b""
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) >= MOST_ANSWER:
                    break
            await response.aclose()
            return response.status_code, content[:MOST_ANSWER]
    raise ConnectionError("the host has no address")
