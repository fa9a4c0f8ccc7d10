"""One request and what became of it, from the first guard to the log line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping, Sequence

    from starlette.types import Receive

    from mock_lusha.errors import ApiError
    from mock_lusha.http.reply import Headers, Reply
    from mock_lusha.scenario.engine import FiredRule
    from mock_lusha.scenario.model import Outcome
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.ledger import Entry

_KEY = "mock_lusha.http.exchange"
MOST_BODY = 1_000_000
"""Bytes of a request body that are taken; a larger one is refused with 413."""
MOST_READ = 64_000_000
"""Bytes of a refused body that are still read, so that the client sees the answer and not a reset."""


class Exchange:
    """What guards and handler learn of a request, for each other, the log and the journal.

    ``begun`` is when it was let in, on the account's clock. ``body`` is None when it was too large;
    ``headers`` go onto whatever is answered. ``reply`` is the answer to be sent. ``fired`` is the rule of a
    scenario that decides the call, ``rules`` name all that fired, ``outcomes`` are what looking up those
    comes to whom a word names, ``erase`` how many are to vanish. ``refusal`` is the error that was answered,
    ``entries`` what the ledger says, ``lookups`` what was asked of the world and what came of it. ``cut``
    says that the connection was closed on purpose, ``defect`` what went wrong in mock-lusha itself.
    """

    __slots__ = (
        "account",
        "begun",
        "body",
        "charged",
        "content",
        "cut",
        "defect",
        "entries",
        "erase",
        "error",
        "fired",
        "headers",
        "lookups",
        "operation",
        "outcomes",
        "refusal",
        "reply",
        "rules",
        "started",
        "status",
        "warnings",
    )

    def __init__(self, started: float) -> None:
        self.started = started
        self.begun: float | None = None
        self.operation: str | None = None
        self.account: Account | None = None
        self.body: bytes | None = b""
        self.headers: Headers = []
        self.reply: Reply | None = None
        self.content = b""
        self.cut = False
        self.defect: str | None = None
        self.status = 0
        self.charged = 0
        self.error: str | None = None
        self.refusal: ApiError | None = None
        self.warnings: list[str] = []
        self.fired: FiredRule | None = None
        self.rules: list[str] = []
        self.outcomes: dict[str, Outcome] = {}
        self.erase = 0
        self.entries: Sequence[Entry] = ()
        self.lookups: Iterable[Any] = ()

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

    @property
    def now(self) -> float:
        """When the call was let in, on the account's clock; nothing else of it is timed."""
        if self.begun is None:
            raise LookupError("no time: the guard stands outside authentication")
        return self.begun


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
