"""How a process that shares its state steers itself: by requests that all others run, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from mock_lusha.http.exchange import OURS
from mock_lusha.replication.entry import LoggedRequest
from mock_lusha.webhook_driver import SENDER

if TYPE_CHECKING:
    from starlette.types import Message

    from mock_lusha.clock import Clock
    from mock_lusha.replication.replica import Replica


class Steering:
    """Requests of a replica to its own control API."""

    def __init__(self, replica: Replica, clock: Clock) -> None:
        self._replica = replica
        self._clock = clock

    @property
    def is_replaying(self) -> bool:
        """Whether what is decided just now was asked for elsewhere."""
        return self._replica.is_replaying

    def machine(self) -> float:
        """Seconds since the epoch on the machine's clock."""
        return self._clock.machine()

    async def look(self, key: str) -> None:
        """Run what is missing of an account.

        Raises:
            ApiError: ``unavailable`` where the store is.
        """
        await self._replica.look(key)

    async def post(self, path: str, key: str, body: Any = None) -> dict[str, Any] | None:
        """Steer an account; what is answered, None where it is refused."""
        content = b"" if body is None else orjson.dumps(body)
        headers = [(SENDER.encode(), b"1"), (b"content-type", b"application/json")]
        query = urlencode({"account": key}).encode()
        scope = LoggedRequest(0.0, "POST", path, query, headers, content).scope()
        scope[OURS] = True
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._replica.app(scope, receive, send)
        if sent[0]["status"] != 200:
            return None
        answer: dict[str, Any] = orjson.loads(b"".join(each.get("body", b"") for each in sent[1:]))
        return answer
