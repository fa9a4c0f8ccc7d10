"""The server itself: whether it serves, its documents, its settings, and its beginning."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from mock_lusha.control.context import account_for_key, account_reference
from mock_lusha.http.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.control.context import ControlContext, ControlRequest


def ready(context: ControlContext, request: ControlRequest) -> Reply:
    """Whether the server takes requests, and what it serves; 503 while it starts or is about to end."""
    state = context.readiness.state
    return Reply(
        {
            "status": state,
            "version": context.version,
            "operations": len(context.contract.operations),
            "seed": context.settings.seed,
            "plan": context.settings.plan,
        },
        200 if state == "ready" else 503,
    )


def health(context: ControlContext, request: ControlRequest) -> Reply:
    """That the server runs, and how much it has answered."""
    return Reply(
        {
            "status": "healthy",
            "version": context.version,
            "now": context.clock.timestamp(),
            "accounts": len(context.accounts),
            "exchanges": context.journal.counts(everybody=True).total(),
        }
    )


def contract(context: ControlContext, request: ControlRequest) -> Reply:
    """The contract of the Lusha API with the paths and schemas of this one, and this server's address, which
    generated clients then call."""
    lusha, control = context.contract.document, context.control.document
    components: dict[str, Any] = {
        kind: _merged(lusha["components"].get(kind, {}), control["components"].get(kind, {}))
        for kind in {*lusha["components"], *control["components"]}
    }
    tags = [*lusha["tags"], {"name": "Control", "description": control["info"]["description"]}]
    return Reply(
        {
            **lusha,
            "servers": [{"url": request.address, "description": "The double."}],
            "tags": tags,
            "paths": _merged(lusha["paths"], control["paths"]),
            "components": components,
        }
    )


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    return {**first, **second}


def settings(context: ControlContext, request: ControlRequest) -> Reply:
    """All settings; of the token only whether there is one."""
    values = {
        field.name: getattr(context.settings, field.name) for field in dataclasses.fields(context.settings)
    }
    values["control_token"] = None if context.settings.control_token is None else "(set)"
    return Reply({name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def reset(context: ControlContext, request: ControlRequest) -> Reply:
    """Put one account, or everything, back to its beginning.

    What is pinned for all accounts is taken back only with everything.
    """
    if request.account is not None:
        account = account_for_key(context, request.account)
        context.accounts.restart(account.key)
        context.journal.clear(account.key)
        return Reply({"reset": account.label, **account_reference(account)})
    context.clock.reset()
    context.accounts.reset()
    context.worlds.unpin()
    context.journal.clear(everybody=True)
    return Reply({"reset": "all"})
