"""Inboxes: receivers of webhooks that the double itself has, for whoever has none to look at deliveries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from mock_lusha.api.reply import Reply
from mock_lusha.clock import timestamp_of
from mock_lusha.control.context import account_of, account_reference, bad_request
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.state.inbox import Received
from mock_lusha.webhooks import SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookVerificationError, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import Webhooks

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HOW = (
    f"an inbox takes deliveries of this server's accounts: {SIGNATURE_HEADER} must be made with the secret "
    "of an account one of whose subscriptions has the address of this inbox, or the "
    "subscriptionId of the body"
)
_HEADERS = ("Content-Type", "User-Agent", TIMESTAMP_HEADER, SIGNATURE_HEADER)


def receive(context: ControlContext, request: ControlRequest) -> Reply:
    """Take a delivery of an account of this server, which its signature vouches for."""
    name, body = _name(request), request.raw
    told = _told(body)
    senders = [
        account
        for account in _senders(context, f"/_mock/inbox/{name}", told)
        if _is_genuine(account.webhooks, request.headers, body)
    ]
    if not senders:
        raise ApiError("inbox-refused", [_HOW])
    delivery = told.get("id")
    # Accounts whose keys differ behind a ~ alone send the same: whoever has sent this already is not meant.
    account = next((each for each in senders if _expects(each.webhooks, delivery)), senders[0])
    hooks = account.webhooks
    headers = {
        shown: request.headers[shown.lower()] for shown in _HEADERS if shown.lower() in request.headers
    }
    hooks.inboxes.add(Received(name, account.clock.now(), headers, body, delivery, _attempt(hooks, delivery)))
    return Reply({"received": True, "webhookId": delivery})


def read(context: ControlContext, request: ControlRequest) -> Reply:
    """What came to an inbox of an account, the newest last."""
    account, name = account_of(context, request), _name(request)
    inboxes = account.webhooks.inboxes
    return Reply(
        {
            **account_reference(account),
            "inbox": name,
            "dropped": inboxes.dropped(name),
            "received": [_view(each) for each in inboxes.of(name)],
        }
    )


def clear(context: ControlContext, request: ControlRequest) -> Reply:
    """Empty an inbox of an account."""
    account, name = account_of(context, request), _name(request)
    return Reply(
        {**account_reference(account), "inbox": name, "cleared": account.webhooks.inboxes.clear(name)}
    )


def _name(request: ControlRequest) -> str:
    name = request.path["name"]
    if _NAME.fullmatch(name) is None:
        raise bad_request(
            Detail("the name of an inbox is 1 to 64 letters, digits, hyphens, underscores and full stops",
                   shorten(name))
        )  # fmt: skip
    return name


def _told(body: bytes) -> Mapping[str, str]:
    """The ids that a body tells; none where it is no delivery with an envelope."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    ids = value if isinstance(value, dict) else {}
    return {name: ids[name] for name in ("id", "subscriptionId") if isinstance(ids.get(name), str)}


def _senders(context: ControlContext, path: str, told: Mapping[str, str]) -> Iterator[Account]:
    """The accounts that may have sent a delivery to the path of an inbox."""
    for account in context.listed():
        if not account.has_webhooks or account.webhooks.secret is None:
            continue
        subscriptions = account.webhooks.subscriptions
        if told.get("subscriptionId") in subscriptions or any(
            urlsplit(each.url).path.endswith(path) for each in subscriptions.values()
        ):
            yield account


def _is_genuine(hooks: Webhooks, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        verify(headers, body, hooks.secret or "")
    except WebhookVerificationError:
        return False
    return True


def _attempt(hooks: Webhooks, delivery: str | None) -> int:
    known = None if delivery is None else hooks.deliveries.get(delivery)
    return 1 if known is None else len(known.attempts) + 1


def _expects(hooks: Webhooks, delivery: str | None) -> bool:
    known = None if delivery is None else hooks.deliveries.get(delivery)
    return (
        known is not None and not known.is_over and not hooks.inboxes.has(known.id, len(known.attempts) + 1)
    )


def _view(received: Received) -> dict[str, Any]:
    return {
        "receivedAt": timestamp_of(received.at),
        "delivery": received.delivery,
        "attempt": received.attempt,
        "headers": dict(received.headers),
        "body": received.body.decode("utf-8", "replace"),
    }
