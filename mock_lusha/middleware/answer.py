"""Sends replies, and turns refusals and defects into answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from mock_lusha.errors import ApiError, shorten
from mock_lusha.exchange import Exchange, read_body
from mock_lusha.reply import error_reply

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.clock import Clock
    from mock_lusha.reply import Reply

_log = logging.getLogger("mock_lusha")
_BODILESS = frozenset({"GET", "HEAD"})


async def send_reply(send: Send, exchange: Exchange, reply: Reply) -> None:
    """Send a reply with the headers the guards gathered."""
    content = reply.content()
    exchange.status = reply.status
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [
                (b"content-type", b"application/json; charset=utf-8"),
                (b"content-length", b"%d" % len(content)),
                *exchange.headers,
                *reply.headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": content})


class AnswerMiddleware:
    """Outermost guard: reads the body, and answers for what the guards and the handler raise.

    The body is read first, whatever becomes of the request, so that a client that is still sending sees
    the answer.
    """

    def __init__(self, app: ASGIApp, clock: Clock, error_format: str) -> None:
        self.app = app
        self.clock = clock
        self.error_format = error_format

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        try:
            if scope["method"] not in _BODILESS:
                exchange.body = await read_body(receive)
            await self.app(scope, receive, send)
        except ConnectionError:
            exchange.error = "client went away"
        except ApiError as error:
            await self._refuse(scope, send, exchange, error)
        except Exception:
            _log.exception(
                "%s %s failed: a defect of mock-lusha", scope["method"], shorten(scope["path"], 200)
            )
            if exchange.status:
                raise
            await self._refuse(scope, send, exchange, ApiError("server-error"))

    async def _refuse(self, scope: Scope, send: Send, exchange: Exchange, error: ApiError) -> None:
        account = exchange.account
        exchange.error = error.kind.name
        reply = error_reply(
            error,
            self.error_format if account is None else account.error_format,
            method=scope["method"],
            timestamp=self.clock.timestamp(),
            request_id=UUID(int=hash_of(scope["path"])).hex,
        )
        await send_reply(send, exchange, reply)


def hash_of(text: str) -> int:
    """128 bits that depend on a text alone."""
    from hashlib import blake2b  # noqa: PLC0415 - for gateway errors only

    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=16).digest(), "big")
