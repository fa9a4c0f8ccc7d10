"""The server itself: whether it serves, its documents, its settings, and its beginning."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.contract.registry import merged
from mock_lusha.control.context import found, named, refused
from mock_lusha.errors import Detail, shorten

if TYPE_CHECKING:
    from mock_lusha.control.context import ControlContext, ControlRequest


def ready(steering: ControlContext, order: ControlRequest) -> Reply:
    """That it serves, and what; 503 where it does not yet, or soon no more."""
    state = steering.readiness.state
    return Reply(
        {
            "status": state,
            "version": steering.version,
            "operations": len(steering.registry.operations),
            "seed": steering.settings.seed,
            "plan": steering.settings.plan,
        },
        200 if state == "ready" else 503,
    )


def health(steering: ControlContext, order: ControlRequest) -> Reply:
    """That it lives, and how much it did."""
    return Reply(
        {
            "status": "healthy",
            "version": steering.version,
            "now": steering.clock.timestamp(),
            "accounts": len(steering.accounts),
            "exchanges": steering.journal.counts(everybody=True).total(),
        }
    )


def contract(steering: ControlContext, order: ControlRequest) -> Reply:
    """The contracts of the Lusha API and that of this one, as one document or that of one generation alone,
    and the server that was asked: clients that are made from it call that."""
    contracts = {**steering.registry.contracts, steering.control.generation: steering.control}
    generation = order.query.get("generation")
    if generation is not None and generation not in contracts:
        words = ", ".join(contracts)
        raise refused(Detail(f"generation must be one of the following values: {words}", shorten(generation)))
    document = merged(contracts.values()) if generation is None else contracts[generation].document
    return Reply({**document, "servers": [{"url": order.address, "description": "The double."}]})


def settings(steering: ControlContext, order: ControlRequest) -> Reply:
    """All settings; of the token only whether there is one."""
    values = {
        field.name: getattr(steering.settings, field.name) for field in dataclasses.fields(steering.settings)
    }
    values["control_token"] = None if steering.settings.control_token is None else "(set)"
    return Reply({name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def reset(steering: ControlContext, order: ControlRequest) -> Reply:
    """Put one account, or everything, back to its beginning.

    What is pinned for all accounts stays with the one, and goes with everything.
    """
    if order.account is not None:
        account = found(steering, order.account)
        steering.accounts.restart(account.key)
        steering.journal.clear(account.key)
        return Reply({"reset": account.label, **named(account)})
    steering.clock.reset()
    steering.accounts.reset()
    steering.worlds.unpin()
    steering.journal.clear(everybody=True)
    return Reply({"reset": "all"})
