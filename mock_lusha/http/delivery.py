"""Sends the reply of an exchange: at once and whole, or as a rule of a scenario wants it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import StreamReply
from mock_lusha.errors import BODILESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from mock_lusha.api.reply import Headers, Reply
    from mock_lusha.http.exchange import Exchange
    from mock_lusha.scenario.engine import FiredRule

CUT = "mock_lusha.cut"
"""ASGI extension of our server: ``{"close": callable}`` closes the connection after what was sent."""
WHOLE = "mock_lusha.whole"
"""ASGI extension of our server: ``{"send": callable}`` sends a whole answer (status, headers, body) at once.
It returns whether it did; where it did not, the answer is sent as ASGI has it."""
_JSON = b"application/json; charset=utf-8"
_CUTS = frozenset({"cut-before-headers", "cut-mid-body"})
_TICK = 0.05
"""Seconds between two pieces of a slow body."""
_HTML = b"<!DOCTYPE html><html><body><h1>Bad Gateway</h1></body></html>"


async def deliver(
    scope: Scope, receive: Receive, send: Send, exchange: Exchange, delay_factor: float
) -> None:
    """Send ``exchange.reply`` with the headers the guards gathered.

    Injected delays take real time, times ``delay_factor``.

    Raises:
        ConnectionError: the client went away while it waited.
    """
    reply = exchange.reply
    if reply is None:
        raise LookupError("no guard and no handler replied")
    content = reply.content()
    if exchange.fired is not None:
        await _deliver_by_rule(
            _Line(scope, receive, send, exchange), reply, content, exchange.fired, delay_factor
        )
        return
    exchange.content = content
    exchange.status = reply.status
    if reply.plain:
        whole = (scope.get("extensions") or {}).get(WHOLE)
        if whole is not None:
            headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(content)), *exchange.headers]
            if whole["send"](reply.status, headers, content):
                return
    if isinstance(reply, StreamReply):
        await _stream(_Line(scope, receive, send, exchange), reply, scope["method"])
        return
    await send(_start(reply, exchange, reply.content_type, len(content)))
    await send({"type": "http.response.body", "body": content})


def foresee(exchange: Exchange) -> None:
    """Note of an exchange what ``deliver`` will, if the client stays."""
    reply, fired = exchange.reply, exchange.fired
    if reply is None:
        return
    exchange.content, exchange.status = reply.content(), reply.status
    if fired is None:
        return
    respond = fired.rule.respond
    exchange.content = _content_by_rule(reply, exchange.content, fired)
    exchange.error = respond.fault or exchange.error
    exchange.cut = respond.fault in _CUTS
    if respond.fault == "cut-before-headers":
        exchange.status = 0


async def _stream(line: _Line, reply: StreamReply, method: str) -> None:
    """Send an answer in pieces. A client that reads slowly is waited for, and nothing is made meanwhile."""
    headers = [(b"content-type", (reply.content_type or "").encode()), *line.exchange.headers, *reply.headers]
    await line.send({"type": "http.response.start", "status": reply.status, "headers": headers})
    with closing(reply.pieces):
        for piece in () if method == "HEAD" else reply.pieces:
            if isinstance(piece, bytes):
                await line.send({"type": "http.response.body", "body": piece, "more_body": True})
            else:
                await line.hold(piece)
    await line.send({"type": "http.response.body", "body": b""})


def _start(
    reply: Reply, exchange: Exchange, content_type: str | None, length: int, more: Headers | None = None
) -> dict[str, Any]:
    content = [
        (b"content-type", _JSON if content_type is None else content_type.encode()),
        (b"content-length", b"%d" % length),
    ]
    headers = [*(() if reply.status in BODILESS else content), *exchange.headers, *reply.headers]
    if more:
        replaced = {name.lower() for name, _ in more}
        headers = [header for header in headers if header[0].lower() not in replaced] + more
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


class _Line:
    """The connection of a request, and how to wait and break it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, exchange: Exchange) -> None:
        self.send = send
        self.exchange = exchange
        self._receive = receive
        self._close: Callable[[], None] | None = (scope.get("extensions") or {}).get(CUT, {}).get("close")

    async def hold(self, seconds: float) -> None:
        """Wait, unless the client goes away before."""
        import asyncio  # noqa: PLC0415 - the server has it, an app in another may not

        if seconds <= 0:
            return
        await asyncio.sleep(0)  # who called without a loop goes on with one
        try:
            await asyncio.wait_for(self._wait_for_disconnect(), seconds)
        except TimeoutError:
            return
        raise ConnectionError

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def cut(self) -> None:
        """Close the connection.

        Raises:
            ConnectionResetError: the server is not ours; it then breaks off as it does for a failing app.
        """
        self.exchange.cut = True
        if self._close is None:
            raise ConnectionResetError("the scenario cuts the connection here")
        self._close()
        await self._wait_for_disconnect()


def _content_by_rule(reply: Reply, content: bytes, fired: FiredRule) -> bytes:
    """The body of an answer as a rule patches it, before a fault."""
    from mock_lusha.scenario.model import UNSET  # noqa: PLC0415 - where a rule fired

    patch = fired.rule.respond.patch
    return content if patch is UNSET or reply.status >= 400 else _patched(content, patch)


async def _deliver_by_rule(
    line: _Line, reply: Reply, content: bytes, fired: FiredRule, delay_factor: float
) -> None:
    exchange, respond = line.exchange, fired.rule.respond
    content = _content_by_rule(reply, content, fired)
    if respond.delay is not None:
        await line.hold(respond.delay.seconds(*fired.draws) * delay_factor)
    exchange.content = content
    fault = respond.fault
    if fault == "cut-before-headers":
        exchange.error = fault
        await line.cut()
        return
    content_type = reply.content_type
    if fault == "truncated-json":
        content = content[: len(content) // 2]
    elif fault == "malformed-json":
        content = _malformed(content)
    elif fault == "empty-body":
        content = b""
    elif fault == "wrong-content-type":
        content, content_type = _HTML, "text/html; charset=utf-8"
    elif fault == "duplicated":
        content += content
    if fault is not None:
        exchange.error = fault
    exchange.status = reply.status
    more = [(name.encode(), value.encode()) for name, value in respond.headers]
    await line.send(_start(reply, exchange, content_type, len(content), more))
    if fault == "cut-mid-body":
        await line.send(
            {"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True}
        )
        await line.cut()
        return
    if respond.bytes_per_second is not None:
        content = await _slowly(line, content, respond.bytes_per_second, delay_factor)
    await line.send({"type": "http.response.body", "body": content})


async def _slowly(line: _Line, content: bytes, rate: int, delay_factor: float) -> bytes:
    """Send a body piece by piece; the last one is left to be sent."""
    if not delay_factor:
        return content
    size = max(1, int(rate * _TICK))
    at = 0
    while len(content) - at > size:
        await line.send({"type": "http.response.body", "body": content[at : at + size], "more_body": True})
        at += size
        await line.hold(size / rate * delay_factor)
    return content[at:]


def _malformed(content: bytes) -> bytes:
    """The same length, and no JSON any more: a semicolon for the first colon, or for the last byte."""
    import orjson  # noqa: PLC0415 - for this fault alone

    at = content.find(b'":') + 1
    broken = content[:at] + b";" + content[at + 1 :] if at else content
    try:
        orjson.loads(broken)
    except orjson.JSONDecodeError:
        return broken
    return content[:-1] + b";"


def _patched(content: bytes, patch: Any) -> bytes:
    import orjson  # noqa: PLC0415 - for patches alone

    return orjson.dumps(_merged(orjson.loads(content or b"null"), patch))


def _merged(target: Any, patch: Any) -> Any:
    """JSON merge patch, RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value)
    return result
