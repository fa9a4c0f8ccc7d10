"""What takes the calls of Lusha's hosts: a double, or a refusal."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from mock_lusha.client.intercept.hosts import API_HOST, host_name, is_lushas
from mock_lusha.client.protocol import fingerprint
from mock_lusha.errors import MockLushaError
from mock_lusha.values import mutable

if TYPE_CHECKING:
    from mock_lusha.server import MockServer

KEY: Final = "api_key"
"""The header of a key."""
UNKNOWN: Final = (
    "only calls by httpx, httpx2, httpcore, requests, urllib3, aiohttp, urllib.request and http.client can "
    "be sent to the double"
)


class BlockedError(MockLushaError):
    """BLOCKED: a call to a real host of Lusha's that is not the API, or by an unknown library, or by a test
    that is not intercepted.

    It is not an OSError, so that code which tries again after one does not swallow it.
    """


@mutable
class Target:
    """Where intercepted calls go, with whose key; ``server`` is the double if it runs in this process and is
    to be called without a socket. ``blocked`` notes what was refused."""

    url: str
    key: str
    server: MockServer | None = None
    blocked: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        # The key may be a real one, and failures show the arguments of each frame.
        return f"<target {self.url}, account {fingerprint(self.key)}>"

    def takes(self, host: object) -> bool:
        """Whether a host is the API.

        Raises:
            BlockedError: it is another one of Lusha's.
        """
        name = host_name(host)
        if name == API_HOST:
            return True
        if name is not None and is_lushas(name):
            raise self.refuse(
                name,
                f"calls of {API_HOST} are sent to the double, and no other host of Lusha's may be called",
            )
        return False

    def refuse(self, host: str, why: str = UNKNOWN) -> BlockedError:
        """Note a call that is refused, and say why."""
        self.blocked.append(host)
        return BlockedError(f"BLOCKED: {host} was called, and lusha.intercept() is in force: {why}")

    def key_for(self, sent: str | bytes | None) -> str | None:
        """The test's own key for any that was sent; None where none was, or an empty one."""
        return self.key if sent is not None and sent.strip() else None


@mutable
class Refusal:
    """No host of Lusha's may be called by ``caller``, a test. ``how`` says what to do instead, ``blocked``
    notes what was refused."""

    caller: str
    how: str = (
        "use lusha.intercept() or @pytest.mark.lusha(intercept=True) to send its calls to the double, "
        "lusha.url to address it, or --lusha-allow-live to reach the real API"
    )
    blocked: list[str] = field(default_factory=list)

    def takes(self, host: object) -> bool:
        """Never.

        Raises:
            BlockedError: the host is Lusha's.
        """
        name = host_name(host)
        if name is not None and is_lushas(name):
            raise self.refuse(name)
        return False

    def refuse(self, host: str) -> BlockedError:
        """Note a call that is refused, and say what to do."""
        self.blocked.append(host)
        return BlockedError(f"BLOCKED: {self.caller} called {host}, which is the real one: {self.how}")
