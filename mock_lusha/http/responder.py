"""Sends replies, and turns refusals and defects into answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from mock_lusha.errors import ApiError, shorten
from mock_lusha.http.delivery import deliver
from mock_lusha.http.envelopes import Refusal, error_reply
from mock_lusha.http.exchange import Exchange, read_body

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_lusha.clock import Clock
    from mock_lusha.contract.document import Operation
    from mock_lusha.http.reply import Reply

_log = logging.getLogger("mock_lusha")
_BODILESS = frozenset({"GET", "HEAD"})


class AnswerMiddleware:
    """Outermost guard: reads the body, and sends the reply of guards and handler, or of what they raise.

    The body is read first, whatever becomes of the request, so that a client that is still sending sees
    the answer. ``generation`` is that of the API, ``operation`` what is called, ``warning`` what its caller
    should know.
    """

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        error_format: str,
        *,
        generation: str,
        delay_factor: float = 1.0,
        operation: Operation | None = None,
        warning: str | None = None,
    ) -> None:
        self.app = app
        self.generation = generation
        self.operation = None if operation is None else operation.id
        self.whitelisted = operation is not None and operation.whitelisted
        self.warning = warning
        self.clock = clock
        self.error_format = error_format
        self.delay_factor = delay_factor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        exchange.operation = self.operation
        if self.warning is not None:
            exchange.warnings.append(self.warning)
        try:
            if scope["method"] not in _BODILESS:
                exchange.body = await read_body(receive)
            try:
                await self.app(scope, receive, send)
            except ApiError as error:
                exchange.reply = self._refused(scope, exchange, error)
            await deliver(scope, receive, send, exchange, self.delay_factor)
        except ConnectionError:
            if exchange.cut:
                raise  # the server is not ours, and breaks off as it does for a failing app
            exchange.error = "client went away"
        except Exception as error:
            exchange.defect = shorten(f"{type(error).__name__}: {error}", 500)
            _log.exception(
                "%s %s failed: a defect of mock-lusha", scope["method"], shorten(scope["path"], 200)
            )
            if exchange.status:
                raise
            exchange.reply = self._refused(scope, exchange, ApiError("server-error"))
            exchange.fired = None
            await deliver(scope, receive, send, exchange, self.delay_factor)

    def _refused(self, scope: Scope, exchange: Exchange, error: ApiError) -> Reply:
        account = exchange.account
        exchange.error = error.kind.name
        # The journal keeps it; with them it would keep all that the call had at hand.
        error.__traceback__ = error.__context__ = None
        exchange.refusal = error
        clock = self.clock if account is None else account.clock
        refusal = Refusal(
            error,
            scope["method"],
            timestamp=clock.timestamp(),
            request_id=UUID(int=hash_of(scope["path"])).hex,
            whitelisted=self.whitelisted,
        )
        error_format = self.error_format if account is None else account.error_format
        return error_reply(refusal, self.generation, error_format)


def hash_of(text: str) -> int:
    """128 bits that depend on a text alone."""
    from hashlib import blake2b  # noqa: PLC0415 - for gateway errors only

    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=16).digest(), "big")
