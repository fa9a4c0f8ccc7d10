"""One request and what became of it, from the first guard to the log line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.record import CallRecord

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from starlette.types import Receive

    from mock_lusha.api.reply import Headers, Reply
    from mock_lusha.errors import ApiError
    from mock_lusha.scenario.engine import FiredRule

_KEY = "mock_lusha.http.exchange"
REPLAYED = "mock_lusha.replayed"
"""In the scope of a request that another process served, and that is run for what it changes: nothing is
sent, waited for or logged."""
OURS = "mock_lusha.ours"
"""In the scope of a request that the server makes itself, which nobody has to be allowed."""
MOST_BODY = 1_000_000
"""Bytes of a request body that are taken; a larger one is refused with 413."""
MOST_READ = 64_000_000
"""Bytes of a refused body that are still read, so that the client sees the answer and not a reset."""


class Exchange(CallRecord):
    """One HTTP request: what guards and handler learn of it, for each other, the log and the journal.

    ``body`` is None when it was too large; ``headers`` go onto whatever is answered. ``reply`` is the answer
    to be sent. ``fired`` is the rule of a scenario that decides the call, ``rules`` name all that fired.
    ``refusal`` is the error that was answered. ``cut`` says that the connection was closed on purpose,
    ``defect`` what went wrong in mock-lusha itself.

    ``number`` is its number in the journal, and ``moment`` the time on the account's clock that it has there,
    where processes share their state; otherwise both follow when it is over. There ``arrived`` and
    ``decided`` are moments on the machine's clock, since no stopwatch is the same for all, and ``keep``
    writes it down, before it is sent: the others have it then. ``is_kept`` says that the journal has it
    already, by another process, ``on_kept`` is called when it has it. Delays are ``pace`` times as long.
    """

    __slots__ = (
        "arrived",
        "body",
        "content",
        "cut",
        "decided",
        "defect",
        "error",
        "fired",
        "headers",
        "is_kept",
        "keep",
        "moment",
        "number",
        "on_kept",
        "operation",
        "pace",
        "refusal",
        "reply",
        "rules",
        "started",
        "status",
    )

    def __init__(self, started: float) -> None:
        super().__init__()
        self.started = started
        self.number = 0
        self.is_kept = False
        self.on_kept: Callable[[], None] | None = None
        self.moment: float | None = None
        self.arrived: float | None = None
        self.decided: float | None = None
        self.keep: Callable[[], None] | None = None
        self.pace = 1.0
        self.operation: str | None = None
        self.body: bytes | None = b""
        self.headers: Headers = []
        self.reply: Reply | None = None
        self.content = b""
        self.cut = False
        self.defect: str | None = None
        self.status = 0
        self.error: str | None = None
        self.refusal: ApiError | None = None
        self.fired: FiredRule | None = None
        self.rules: list[str] = []

    @classmethod
    def of(cls, scope: MutableMapping[str, Any]) -> Exchange:
        """The exchange of a request."""
        exchange: Exchange = scope[_KEY]
        return exchange

    def begin(self, scope: MutableMapping[str, Any]) -> None:
        """Tie the exchange to its request."""
        scope[_KEY] = self


async def read_body(receive: Receive, most: int = MOST_BODY) -> bytes | None:
    """The body of a request, None if it has more than so many bytes; then the rest was read and thrown away.

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
        if size <= most:
            chunks.append(chunk)
        if size > MOST_READ or not message.get("more_body", False):
            break
    return b"".join(chunks) if size <= most else None
