"""One request and what became of it, from the first guard to the log line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import Receive

    from mock_lusha.reply import Headers
    from mock_lusha.state.accounts import Account

_KEY = "mock_lusha.exchange"
MOST_BODY = 1_000_000
"""Bytes of a request body that are taken; a larger one is refused with 413."""
MOST_READ = 64_000_000
"""Bytes of a refused body that are still read, so that the client sees the answer and not a reset."""


class Exchange:
    """What guards and handler learn of a request, for each other and for the log.

    ``body`` is None when it was too large; ``headers`` go onto whatever is answered.
    """

    __slots__ = (
        "account",
        "body",
        "charged",
        "error",
        "headers",
        "operation",
        "started",
        "status",
        "warnings",
    )

    def __init__(self, started: float) -> None:
        self.started = started
        self.operation: str | None = None
        self.account: Account | None = None
        self.body: bytes | None = b""
        self.headers: Headers = []
        self.status = 0
        self.charged = 0
        self.error: str | None = None
        self.warnings: list[str] = []

    @classmethod
    def of(cls, scope: MutableMapping[str, Any]) -> Exchange:
        """The exchange of a request."""
        found: Exchange = scope[_KEY]
        return found

    def begin(self, scope: MutableMapping[str, Any]) -> None:
        """Tie the exchange to its request."""
        scope[_KEY] = self

    @property
    def tenant(self) -> Account:
        """The account; guards behind authentication have one."""
        if self.account is None:
            raise LookupError("no account: the guard stands outside authentication")
        return self.account


async def read_body(receive: Receive) -> bytes | None:
    """The body of a request, None if it is too large; then the rest was read and thrown away.

    Raises:
        ConnectionError: the client went away.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BODY:
            chunks.append(chunk)
        if size > MOST_READ or not message.get("more_body", False):
            break
    return b"".join(chunks) if size <= MOST_BODY else None
