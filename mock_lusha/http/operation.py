"""One operation as an ASGI application, in one coroutine: admit, decide, perform.

*Admit* may wait: it reads the body, and lets a search wait for its index. *Decide* does not: guards and
handler are asked in one go, so that each call changes its account atomically, and what comes of it depends
on the account, the request and the time of the call alone. *Perform* may wait: it sends the answer, or delays
and cuts it as a rule wants; the account is not touched any more.

A call that a recorder forwards is decided in two goes, with the upstream's answer between them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from mock_lusha.errors import ApiError, shorten
from mock_lusha.http.delivery import deliver
from mock_lusha.http.envelopes import Refusal, error_reply
from mock_lusha.http.exchange import MOST_BODY, Exchange, read_body

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.types import Receive, Scope, Send

    from mock_lusha.api.reply import Reply
    from mock_lusha.clock import Clock
    from mock_lusha.contract.document import Operation

    Step = Callable[[Scope, Exchange], Awaitable[None] | None]
    """A guard or a handler: it raises, leaves a reply in the exchange, or lets the next step be asked; what
    it gives back is awaited before that."""

_log = logging.getLogger("mock_lusha")
_WITHOUT_BODY = frozenset({"GET", "HEAD"})


class Order(Protocol):
    """The order in which calls are decided that several processes take."""

    async def decide(
        self, app: OperationApp, scope: Scope, exchange: Exchange
    ) -> tuple[Awaitable[None], int] | None:
        """Decide a call in its turn, by ``app.decide``; what that gives.

        Raises:
            ApiError: the call is refused, or its order cannot be agreed on.
        """


class OperationApp:
    """Steps that decide a call, between reading its body and sending the reply of the first that has one.

    The body is read first, whatever becomes of the request, so that a client that is still sending sees the
    answer. ``admission`` is a step that may wait before anything is counted. ``generation`` is that of the
    API, ``operation`` what is called, ``warning`` what its caller should know. ``announce`` adds to the
    answer, whichever step it is of. A body of more than ``most_body`` bytes is not taken. ``order`` decides
    calls in the order that processes agree on which share their state.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        clock: Clock,
        error_format: str,
        *,
        generation: str,
        admission: Step | None = None,
        delay_factor: float = 1.0,
        operation: Operation | None = None,
        warning: str | None = None,
        announce: Callable[[Exchange], None] | None = None,
        most_body: int = MOST_BODY,
        order: Order | None = None,
    ) -> None:
        self.steps = steps
        self.admission = admission
        self.generation = generation
        self.operation = None if operation is None else operation.id
        self.whitelisted = operation is not None and operation.whitelisted
        self.coded = operation is not None and operation.coded
        self.refusal = None if operation is None else operation.refusal
        self.warning = warning
        self.announce = announce
        self.most_body = most_body
        self.order = order
        self.clock = clock
        self.error_format = error_format
        self.delay_factor = delay_factor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope)
        exchange.operation = self.operation
        if self.warning is not None:
            exchange.warnings.append(self.warning)
        try:
            if scope["method"] not in _WITHOUT_BODY:
                exchange.body = await read_body(receive, self.most_body)
            try:
                if self.admission is not None:
                    waiting = self.admission(scope, exchange)
                    if waiting is not None:
                        await waiting
                order = self.order
                rest = (
                    self.decide(scope, exchange)
                    if order is None
                    else await order.decide(self, scope, exchange)
                )
                while rest is not None:
                    waiting, position = rest
                    await waiting
                    rest = None if exchange.reply is not None else self.decide(scope, exchange, position)
            except ApiError as error:
                exchange.reply = self.refused(scope, exchange, error)
            if self.announce is not None:
                self.announce(exchange)
            _keep(exchange)
            await deliver(scope, receive, send, exchange, exchange.pace * self.delay_factor)
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
            exchange.reply = self.refused(scope, exchange, ApiError("server-error"))
            exchange.fired = None
            _keep(exchange)
            await deliver(scope, receive, send, exchange, self.delay_factor)

    def decide(
        self, scope: Scope, exchange: Exchange, position: int = 0
    ) -> tuple[Awaitable[None], int] | None:
        """Ask the steps from a position on until one has replied.

        Gives what to await where a step has to wait, and the position of the next one.

        Raises:
            ApiError: a step refuses the call.
        """
        for step in self.steps if position == 0 else self.steps[position:]:
            position += 1
            waiting = step(scope, exchange)
            if exchange.reply is not None:
                return None
            if waiting is not None:
                return waiting, position
        return None

    def refused(self, scope: Scope, exchange: Exchange, error: ApiError) -> Reply:
        """The answer to a call that is refused."""
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
            coded=self.coded,
            summary=self.refusal,
        )
        error_format = self.error_format if account is None else account.error_format
        return error_reply(refusal, self.generation, error_format)


def _keep(exchange: Exchange) -> None:
    """Write down what the processes have ordered that share their state, before it is sent."""
    if exchange.number and exchange.keep is not None:
        exchange.keep()


def hash_of(text: str) -> int:
    """128 bits that depend on a text alone."""
    from hashlib import blake2b  # noqa: PLC0415 - for gateway errors only

    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=16).digest(), "big")
