"""Sends to the double what is addressed to api.lusha.com, whichever library sends it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Self

from mock_lusha.errors import MockLushaError
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from mock_lusha.server import MockServer

API_HOST: Final = "api.lusha.com"
KEY: Final = "api_key"
"""The header of a key."""
_DOMAIN = "lusha.com"
# Module that must be there -> the patch, a name in ``patches``.
_PATCHES = {
    "httpx": "patch_httpx",
    "urllib3": "patch_urllib3",
    "aiohttp": "patch_aiohttp",
    "httpcore": "guard_httpcore",
    "http.client": "guard_http",
    "uvloop": "guard_uvloop",
    "socket": "guard_socket",
}


class BlockedError(MockLushaError):
    """BLOCKED: a call to a real host of Lusha's that is not the API, or by a library that is not known.

    It is no OSError, so that code which tries again after one does not swallow it.
    """


@mutable
class Target:
    """Where intercepted calls go, with whose key; ``server`` is the double if it runs in this process and is
    to be called without a socket. ``blocked`` notes what was refused."""

    url: str
    key: str
    server: MockServer | None = None
    blocked: list[str] = field(default_factory=list)

    def takes(self, host: str) -> bool:
        """Whether a host is the API.

        Raises:
            BlockedError: it is another one of Lusha's.
        """
        name = host.lower().strip("[]").rstrip(".")
        if name == API_HOST:
            return True
        if name == _DOMAIN or name.endswith("." + _DOMAIN):
            raise self.refuse(
                name,
                f"calls of {API_HOST} are sent to the double, and no other host of Lusha's may be called",
            )
        return False

    def refuse(self, host: str, why: str) -> BlockedError:
        """Note a call that is refused, and say why."""
        self.blocked.append(host)
        return BlockedError(f"BLOCKED: {host} was called, and lusha.intercept() is in force: {why}")

    def key_for(self, sent: str | bytes | None) -> str | None:
        """The test's own key for any that was sent; None where none was, or an empty one."""
        return self.key if sent is not None and sent.strip() else None


class Interception:
    """In force from where it is made until ``stop``, or the end of its ``with`` block.

    Patched are httpx, urllib3 (and so requests) and aiohttp, as far as they are installed; a library that is
    none of these is kept from reaching Lusha where it connects, or asks for the address of a host.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._stack = ExitStack()
        patches = import_module("mock_lusha.handle.patches")
        try:
            for module, name in _PATCHES.items():
                if find_spec(module) is not None:
                    patch: Callable[[Target], Callable[[], None]] = getattr(patches, name)
                    self._stack.callback(patch(target))
        except BaseException:
            self._stack.close()
            raise

    def stop(self) -> None:
        """Let calls go where they are addressed again; harmless when it has been done."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
