"""The server itself: whether it serves, its documents, its settings, and its beginning."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.config import shown
from mock_lusha.config.resolution import records_of
from mock_lusha.contract.registry import merged
from mock_lusha.control.context import account_for_key, account_reference, bad_request
from mock_lusha.errors import Detail, shorten

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from mock_lusha.control.context import ControlContext, ControlRequest


def ready(context: ControlContext, request: ControlRequest) -> Reply | Coroutine[Any, Any, Reply]:
    """Whether the server takes requests, and what it serves; 503 while it starts or is about to end, and
    while the store cannot be used that processes share: ``reason`` says why then."""
    if context.readiness.state != "ready" or context.readiness.trouble is None:
        return _ready(context, context.readiness.state)
    return _ready_by_store(context, context.readiness.trouble)


async def _ready_by_store(context: ControlContext, trouble: Callable[[], Awaitable[str | None]]) -> Reply:
    reason = await trouble()
    if reason is None:
        return _ready(context, context.readiness.state)
    return _ready(context, "unavailable", reason=reason)


def _ready(context: ControlContext, state: str, **more: str) -> Reply:
    return Reply(
        {
            "status": state,
            "version": context.version,
            "operations": len(context.registry.served()),
            "seed": context.settings.seed,
            "plan": context.settings.plan,
            **more,
        },
        200 if state == "ready" else 503,
    )


def health(context: ControlContext, request: ControlRequest) -> Reply:
    """That the server runs, and how much it has answered; ``process`` is which process of it answers this,
    with its number among the workers where there are several."""
    process = {"pid": os.getpid()}
    if context.readiness.worker is not None:
        process["worker"] = context.readiness.worker
    return Reply(
        {
            "status": "healthy",
            "version": context.version,
            "now": context.clock.timestamp(),
            "accounts": len(context.accounts),
            "exchanges": context.journal.counts(everybody=True).total(),
            "process": process,
        }
    )


def contract(context: ControlContext, request: ControlRequest) -> Reply:
    """The contracts of the Lusha API and of this one, as one document or of one generation alone, with this
    server's address, which generated clients then call."""
    contracts = {**context.registry.contracts, context.control.generation: context.control}
    generation = request.query.get("generation")
    if generation is not None and generation not in contracts:
        words = ", ".join(contracts)
        raise bad_request(
            Detail(f"generation must be one of the following values: {words}", shorten(generation))
        )
    document = merged(contracts.values()) if generation is None else contracts[generation].document
    return Reply({**document, "servers": [{"url": request.address, "description": "The double."}]})


def settings(context: ControlContext, request: ControlRequest) -> Reply:
    """All settings; of secrets only whether there are some. With ``sources`` also where each came from: a
    flag, a variable, a file, the ``program`` that made the server, or nowhere (``default``)."""
    if request.query.get("sources") == "true":
        return Reply({"settings": records_of(context.settings, context.sources)})
    names = (field.name for field in dataclasses.fields(context.settings))
    return Reply({name: _plain(shown(context.settings, name)) for name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def reset(context: ControlContext, request: ControlRequest) -> Reply:
    """Put one account, or everything, back to its beginning.

    What is pinned for all accounts is taken back only with everything.
    """
    if request.account is not None:
        from mock_lusha.control.coverage import keep_marks  # noqa: PLC0415 - for one account alone

        account = account_for_key(context, request.account)
        keep_marks(context, account)
        context.accounts.restart(account.key)
        context.journal.clear(account.key)
        context.accounts.get(account.key)  # it begins now, and who looks at it goes on seeing it
        return Reply({"reset": account.label, **account_reference(account)})
    context.clock.reset()
    context.accounts.reset()
    context.worlds.unpin()
    context.journal.reset()
    return Reply({"reset": "all"})
