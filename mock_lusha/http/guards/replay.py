"""Answers from a cassette, where there is one: before the made-up world, or instead of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_lusha.api.reply import Reply
from mock_lusha.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from httpx import Request
    from starlette.types import Scope

    from mock_lusha.http.exchange import Exchange
    from mock_lusha.recorder.interaction import Interaction
    from mock_lusha.recorder.recorder import Recorder
    from mock_lusha.recorder.request import RecorderRequest
    from mock_lusha.state.accounts import Account

_PATIENCE = 60.0
"""Seconds that an upstream gets."""


class Replays:
    """Which recorder answers for an account: one of its own, or the server's."""

    def __init__(self, server: Recorder | None = None, *, only: bool = False) -> None:
        self._server = server
        self._only = only
        self._own: dict[str, Recorder] = {}

    def put(self, key: str, recorder: Recorder) -> None:
        """Let a recorder answer for the account of a key; what it does not have is refused."""
        self._own[key] = recorder

    def drop(self, key: str) -> None:
        """Let the made-up world answer for the account again."""
        self._own.pop(key, None)

    def of(self, account: Account) -> tuple[Recorder | None, bool]:
        """The recorder of an account, and whether nothing else may answer."""
        own = self._own.get(account.key)
        return (own, True) if own is not None else (self._server, self._only)


class ReplayGuard:
    """Replays what is recorded. What is not, the made-up world answers, or it is 404 where only the cassette
    may. An account's own recorder may also forward and record, as its mode says."""

    def __init__(self, replays: Replays) -> None:
        self.replays = replays

    def __call__(self, scope: Scope, exchange: Exchange) -> Awaitable[None] | None:
        recorder, only = self.replays.of(exchange.tenant)
        return None if recorder is None else _replay(recorder, scope, exchange, only=only)


async def _replay(recorder: Recorder, scope: Scope, exchange: Exchange, *, only: bool) -> None:
    interaction = await _find(recorder, scope, exchange, only=only)
    if interaction is None:
        exchange.warnings.append("the cassette has no such request; the made-up world answered")
        return
    exchange.headers = []  # the windows of the recording are those of its account
    exchange.charged += interaction.credits or 0
    headers = [(n.encode(), v.encode()) for n, v in interaction.headers.items() if n != "content-type"]
    exchange.reply = Reply(
        interaction.content(), interaction.status, headers, interaction.headers.get("content-type")
    )
    exchange.rules.append("cassette")


async def _find(recorder: Recorder, scope: Scope, exchange: Exchange, *, only: bool) -> Interaction | None:
    import httpx  # noqa: PLC0415 - there is a recorder

    from mock_lusha.recorder.cassette import CassetteError  # noqa: PLC0415
    from mock_lusha.recorder.guard import LiveCallError  # noqa: PLC0415
    from mock_lusha.recorder.recorder import CassetteMissError  # noqa: PLC0415
    from mock_lusha.recorder.redaction import RedactionError  # noqa: PLC0415
    from mock_lusha.recorder.transport import asked_of  # noqa: PLC0415
    from mock_lusha.web_origin import refusal  # noqa: PLC0415

    # What is recorded is paid for: no page of elsewhere may bring that about.
    spends = recorder.mode != "none"
    strange = refusal(scope["headers"], any_host=True, scheme=scope.get("scheme", "http")) if spends else None
    if strange is not None:
        raise ApiError("control-refused", [strange])
    content = exchange.body or b""
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"x-mock-lusha-")]
    url = httpx.URL(recorder.upstream).copy_with(raw_path=target)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
    request = httpx.Request(
        scope["method"], url, headers=headers, content=content, extensions={"timeout": timeout}
    )
    call = asked_of(request, content)
    try:
        if not only and recorder.mode == "none" and not recorder.has(call):
            return None  # nobody is told which recordings are near
        interaction = recorder.decide(call)
    except CassetteMissError as error:
        if not only:
            return None
        raise ApiError("not-found", str(error).splitlines()) from None
    except LiveCallError as error:
        raise ApiError("not-found", [str(error)]) from None
    except (CassetteError, RedactionError) as error:
        raise ApiError("server-error", [str(error)]) from None
    return interaction if interaction is not None else await _forward(recorder, call, request, content)


async def _forward(
    recorder: Recorder, call: RecorderRequest, request: Request, content: bytes
) -> Interaction:
    import asyncio  # noqa: PLC0415 - there is a recorder, which records

    import httpx  # noqa: PLC0415

    from mock_lusha.recorder.cassette import CassetteError  # noqa: PLC0415
    from mock_lusha.recorder.interaction import (  # noqa: PLC0415
        Interaction,
        kept_headers,
        read_content,
    )
    from mock_lusha.recorder.redaction import RedactionError  # noqa: PLC0415
    from mock_lusha.recorder.transport import CREDITS, AsyncRecorderTransport  # noqa: PLC0415

    await asyncio.sleep(0)  # who called without a loop goes on with one
    transport = AsyncRecorderTransport(recorder)
    try:
        response = await transport.forward(call, request, content)
        answer = await response.aread()
    except httpx.RequestError as error:
        why = str(error) or type(error).__name__
        raise ApiError("bad-gateway", [f"the upstream cannot be reached: {why}"]) from None
    except (CassetteError, RedactionError) as error:
        raise ApiError("server-error", [str(error)]) from None
    finally:
        await transport.aclose()
    return Interaction(
        call.method,
        call.path,
        response.status_code,
        operation=recorder.operation(call),
        query=call.query,
        body=call.body,
        has_body=call.has_body,
        headers=kept_headers(response.headers.items()),
        credits=response.extensions.get(CREDITS),
        **read_content(answer, response.headers.get("content-type", "")),
    )
