"""HTTP/1.1 on one connection: uvicorn's protocol, bounded, and with an answer for what it only breaks off.

Each request costs what it cost: bounds are looked at where a request is not there with its first packet.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mock_lusha.api.reply import json_bytes
from mock_lusha.errors import ApiError, shorten
from mock_lusha.http.delivery import CUT, WHOLE
from mock_lusha.http.envelopes import Refusal, error_reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uvicorn._types import ASGI3Application

    from mock_lusha.api.reply import Headers

MOST_HEAD = 65_536
"""Bytes of the head of a request that are taken (our bound; Lusha documents none)."""
_LONG_TARGET = MOST_HEAD // 2
"""From how many bytes on it is the target that makes a head too long."""
_SMALL = 20_000
"""Bytes of a body that is copied behind the head: one buffer costs the loop less than two."""
_LINGER = 2.0
"""Seconds in which a client that was refused may still send, so that it sees the answer and not a reset."""
_MOST_IGNORED = 16_000_000
"""Bytes that it may still send in this time."""
_TLS_HANDSHAKE = b"\x16\x03"
_HTTP2 = b"PRI * HTTP/2"
_log = logging.getLogger("mock_lusha")


class ConnectionState(ServerState):
    """What the connections of a server share; ``draining`` makes each answer the last of its connection."""

    def __init__(self) -> None:
        super().__init__()
        self.draining = False


class HttpProtocol(HttpToolsProtocol):
    """One connection.

    Differs from uvicorn's: the head of a request has at most 64 KB (431, or 414 where it is the target); an
    upgrade that is offered and not taken leaves the request whole; what is not HTTP is answered in JSON,
    after the requests before it; trailers are not headers; an application can close the connection in the
    middle of an answer, and send a whole one in one write.
    """

    server_state: ConnectionState

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = b""
        self._pending = 0
        """Bytes of the request that is not whole since its head began, or since a piece of its body came."""

    # What comes in

    def data_received(self, data: bytes) -> None:
        """Read what came. A request that comes whole costs one look more than uvicorn's."""
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        if len(data) > MOST_HEAD:
            # More than a head may have: what is too much of one is not even read.
            for at in range(0, len(data), MOST_HEAD):
                self.data_received(data[at : at + MOST_HEAD])
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._decline(data[offer.args[0] :])
        except httptools.HttpParserError as error:
            self._refuse(_refusal(error, data))
        else:
            cycle: Any = self.cycle  # None before the first request, which its type does not say
            if cycle is None or cycle.more_body or cycle.scope is not self.scope:
                self._keep_in_bounds(len(data))

    def _keep_in_bounds(self, count: int) -> None:
        """Count bytes of a request that is not whole yet, and refuse it where they lead nowhere.

        The first of them may belong to the request before; only on a new connection they cannot.
        """
        self._pending += count
        cycle: Any = self.cycle
        if self._pending > (MOST_HEAD if cycle is None else 2 * MOST_HEAD):
            self._refuse(self._too_large())

    def _too_large(self) -> ApiError:
        if len(self.url) > _LONG_TARGET:
            return ApiError("target-too-long", [f"path and query may have some {MOST_HEAD} bytes"])
        return ApiError("head-too-large", [f"the head of a request may have {MOST_HEAD} bytes"])

    def on_message_begin(self) -> None:
        """The head of a request begins."""
        super().on_message_begin()
        self._pending = 0
        self.access_log = False  # uvicorn keeps one as soon as somebody listens, a test's caplog for instance
        cast("Any", self.scope)["extensions"] = {CUT: {"close": self.transport.close}}

    def on_headers_complete(self) -> None:
        """The head of a request is there."""
        # Where it came in several pieces, it may be longer than one of them.
        if self._pending and self._size() > MOST_HEAD:
            raise self._too_large()
        super().on_headers_complete()
        self._pending = 0
        if self.server_state.draining:
            self.cycle.keep_alive = False
        self.headers = []  # what comes now are trailers

    def _size(self) -> int:
        fields = sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)
        return fields + len(self.url) + len(b"GET  HTTP/1.1\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A piece of a body is there."""
        self._pending = 0
        super().on_body(body)

    @property
    def awaits(self) -> object | None:
        """What tells requests apart whose head is awaited: the same as long as it is the same one. None while
        a request is answered."""
        cycle: Any = self.cycle
        scope: Any = self.scope
        if cycle is not None and not cycle.response_complete:
            return None
        return self if scope is None else scope

    @property
    def _has_begun(self) -> bool:
        """Whether some of a head is there, and not all of it."""
        cycle: Any = self.cycle
        scope: Any = self.scope
        return scope is not None and (cycle is None or cycle.scope is not scope)

    # Offers of another protocol

    def _decline(self, rest: bytes) -> None:
        """Go on as if no upgrade had been offered: the parser took the request for one without a body."""
        cycle = self.cycle
        if cycle.scope["method"] == "CONNECT":
            # No more requests come on this connection; what comes is for whoever it would lead to.
            cycle.keep_alive = False
            self.parser = cast("Any", _Ignoring(self.transport))
            return
        cycle.more_body = True
        cycle.message_event.clear()
        framing = [
            b"%s: %s\r\n" % (name, value)
            for name, value in cycle.scope["headers"]
            if name in {b"content-length", b"transfer-encoding"}
        ]
        version = cycle.scope["http_version"].encode()
        self.parser = httptools.HttpRequestParser(_SecondReading(self))
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"".join([b"POST / HTTP/%s\r\n" % version, *framing, b"\r\n"]))
        if rest:
            self.data_received(rest)

    # What is not HTTP

    def refuse_late_head(self) -> None:
        """End a connection whose head did not come in time: with an answer, where some of it came."""
        if not self._has_begun:
            self.transport.close()
        else:
            self._refuse(ApiError("head-timeout", ["the head of the request did not come in time"]))

    def _refuse(self, error: ApiError) -> None:
        """Answer what is not a request when its turn comes, and end the connection."""
        host, port = self.client or ("?", 0)
        why = "; ".join(map(str, error.details))
        _log.warning("not a request from %s:%s: %d %s", host, port, error.kind.status, why)
        self.parser = cast("Any", _Ignoring(self.transport))
        broken: Any = self.cycle
        if broken is not None and broken.more_body and broken.scope is self.scope:
            if broken.response_started:
                self.transport.close()
                return
            # It has no body that could be read; the application learns that there is nobody to answer to.
            broken.disconnected = True
            broken.message_event.set()
            waiting = [entry for entry in self.pipeline if entry[0] is not broken]
            running = len(waiting) < len(self.pipeline)
            self.pipeline.clear()
            self.pipeline.extend(waiting)
        else:
            running = broken is not None and not broken.response_complete
        cycle = self.cycle = _refusing(self)
        self.scope = cycle.scope
        app = partial(_answer, error)
        if running:
            self.pipeline.appendleft((cycle, app))
        else:
            self._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Go on with the next request. While some that were read wait for their turn, no more are read: of a
        peer that sends a hundred thousand at once and reads no answer all would be in memory."""
        waits = len(self.pipeline) > 1  # uvicorn takes one of them now, and reads on
        super().on_response_complete()
        if waits:
            self.flow.pause_reading()

    # What goes out

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cast("Any", cycle.scope)["extensions"][WHOLE] = {"send": partial(_send_whole, cycle)}
        super()._start_asgi_task(cycle, app)

    def end_soon(self) -> None:
        """Let the answer that is under way, or the request that has begun, be the last of the connection."""
        for cycle, _ in self.pipeline:
            cycle.keep_alive = False
        last: Any = self.cycle
        if last is not None:
            last.keep_alive = False

    def shutdown(self) -> None:
        """End the connection as soon as nothing is under way on it."""
        self.end_soon()
        if self.awaits is not None and not self._has_begun:
            self.transport.close()

    def cut(self) -> None:
        """Break the connection off, whatever is under way; the application is told that the client went."""
        last: Any = self.cycle
        if last is not None:
            last.disconnected = True
            last.message_event.set()
        for cycle, _ in self.pipeline:
            cycle.disconnected = True
        self.transport.abort()


class Connection(Protocol):
    """What the server needs of a connection, whatever is spoken on it."""

    @property
    def awaits(self) -> object | None:
        """What it waits for the peer to send, if it does."""

    def refuse_late_head(self) -> None:
        """End it because that did not come in time."""

    def end_soon(self) -> None:
        """Let what is under way be the last."""

    def shutdown(self) -> None:
        """End as soon as nothing is under way."""

    def cut(self) -> None:
        """Break it off."""


class HeadTimer:
    """Ends connections on which the head of a request is awaited for too long: also one that came in part,
    and the first of a connection. It looks at all connections now and then, so that requests cost nothing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[Connection, tuple[object, float]] = {}

    def look(self, connections: Iterable[Connection], now: float) -> None:
        """Look at the connections there are, at a moment of any clock that does not go back."""
        since: dict[Connection, tuple[object, float]] = {}
        for connection in list(connections):
            awaited = connection.awaits
            if awaited is None:
                continue
            before, start = self._since.get(connection, (None, now))
            if before is not awaited:
                start = now
            if now - start >= self._seconds:
                connection.refuse_late_head()
            else:
                since[connection] = awaited, start
        self._since = since


class _SecondReading:
    """What a second parser reads of a request: its body, and the requests behind it."""

    def __init__(self, protocol: HttpProtocol) -> None:
        self._protocol = protocol
        self._behind = False
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete

    def on_message_begin(self) -> None:
        if self._behind:
            self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if self._behind:
            self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._behind:
            self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._behind:
            self._protocol.on_headers_complete()
        self._behind = True


class _Ignoring:
    """In the place of a parser: nothing that comes is read any more."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._remaining = _MOST_IGNORED

    def feed_data(self, data: bytes) -> None:
        self._remaining -= len(data)
        if self._remaining < 0:
            self._transport.abort()


class _Lingering:
    """A transport whose reading side stays open for a while when it is closed."""

    def __init__(self, protocol: HttpProtocol) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self.write = self._transport.write
        self.is_closing = self._transport.is_closing

    def close(self) -> None:
        """Close the sending side; the rest follows."""
        transport = self._transport
        if transport.is_closing() or not transport.can_write_eof():
            transport.close()
            return
        transport.write_eof()
        self._protocol.loop.call_later(_LINGER, transport.abort)


def _refusing(protocol: HttpProtocol) -> RequestResponseCycle:
    """The cycle in which something that is not a request is answered."""
    scope = {"type": "http", "method": "GET", "http_version": "1.1", "headers": [], "extensions": {}}
    cycle = RequestResponseCycle(
        scope=cast("Any", scope),
        transport=cast("Any", _Lingering(protocol)),
        flow=protocol.flow,
        logger=protocol.logger,
        access_logger=protocol.access_logger,
        access_log=False,
        default_headers=protocol.server_state.default_headers,
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=False,
        on_response=protocol.on_response_complete,
    )
    cycle.more_body = False
    return cycle


async def _answer(error: ApiError, scope: Any, receive: Any, send: Any) -> None:
    reply = error_reply(Refusal(error, "GET"), "control", "both")
    body = json_bytes(reply.body)
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _refusal(error: httptools.HttpParserError, data: bytes) -> ApiError:
    """What is to be said about bytes that no parser takes for a request."""
    cause: BaseException = error
    if isinstance(error, httptools.HttpParserCallbackError) and error.__context__ is not None:
        cause = error.__context__
    if isinstance(cause, ApiError):
        return cause
    if data.startswith(_TLS_HANDSHAKE):
        return ApiError(
            "bad-request", ["this is a TLS handshake; the server speaks plain http:// (both, with --tls)"]
        )
    if data.startswith(_HTTP2):
        return ApiError("bad-request", ["this is HTTP/2; the server speaks HTTP/1.1"])
    if isinstance(cause, httptools.HttpParserInvalidURLError):
        return ApiError("bad-request", ["the target of the request is no path; it begins with /"])
    what = shorten(str(cause), 120) or "unreadable"
    if isinstance(cause, httptools.HttpParserInvalidMethodError):
        what += "; the API takes GET, HEAD and POST"
    return ApiError("bad-request", [f"this is not HTTP/1.1: {what}"])


def _send_whole(cycle: RequestResponseCycle, status: int, headers: Headers, body: bytes) -> bool:
    """Send an answer in one write; uvicorn makes two, and looks in every header for what ours never have."""
    scope = cast("Any", cycle.scope)
    del scope["extensions"][WHOLE]  # else the request is garbage that only the collector finds
    if (
        cycle.response_started
        or cycle.disconnected
        or not cycle.keep_alive
        or cycle.flow.write_paused
        or scope["method"] == "HEAD"
    ):
        return False
    head = [STATUS_LINE[status]]
    for name, value in (*cycle.default_headers, *headers):
        head += (name, b": ", value, b"\r\n")
    if len(body) <= _SMALL:
        cycle.transport.write(b"".join((*head, b"\r\n", body)))
    else:
        cycle.transport.writelines((b"".join((*head, b"\r\n")), body))
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    cycle.on_response()
    return True
