"""Tests of subscriptions: deliveries that are signed like real ones, are free, and are not tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import orjson

from mock_lusha.api.reply import Reply
from mock_lusha.api.webhooks.delivering import Deliverer, new_id, new_uuid
from mock_lusha.api.webhooks.payloads import payload
from mock_lusha.api.webhooks.samples import sample_of
from mock_lusha.clock import timestamp_of
from mock_lusha.outbound import AllowedTargets, post, time_limit
from mock_lusha.state.webhooks import AuditEntry, Delivery

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.api.webhooks.delivering import SignedRequest
    from mock_lusha.api.webhooks.samples import Sample
    from mock_lusha.outbound import Answer
    from mock_lusha.state.webhooks import Subscription

_UNSIGNED = (
    "nothing was sent: the account has no secret to sign with; POST /api/account/secret/regenerate makes one"
)


def test_delivery(call: ApiRequest, subscription: Subscription) -> Reply | Awaitable[Reply]:
    """What comes of a test in the mode that the query asks for."""
    mode: Literal["direct", "kafka", "full"] = call.query.get("mode", "full")
    account, now = call.account, call.record.now
    sample = sample_of(account, call.world, call.lookup, subscription, now)
    if account.webhooks.secret is None:
        call.warn(_UNSIGNED)
        return Reply(_shape(subscription, sample, mode, now, {"success": False, "durationMs": 0}))
    if mode == "kafka":
        return Reply(_shape(subscription, sample, mode, now, {"success": True, "durationMs": 0}))
    request = _signed(call, subscription, sample)
    entry_id = new_id(account, account.webhooks) if mode == "full" else None
    return _deliver(call, subscription, sample, request, entry_id)


def _signed(call: ApiRequest, subscription: Subscription, sample: Sample) -> SignedRequest:
    account, now = call.account, call.record.now
    hooks = account.webhooks
    name = new_uuid(account, hooks)
    body = (
        orjson.dumps(sample.data)
        if subscription.is_opt_out
        else payload(name, sample.type, subscription, sample.data, now, 0)
    )
    delivery = Delivery(name, hooks.next_number(), subscription.id, sample.type, subscription.url, body, now)
    return Deliverer(call.worlds, ()).signed(account, delivery, now)


async def _deliver(
    call: ApiRequest,
    subscription: Subscription,
    sample: Sample,
    request: SignedRequest,
    entry_id: str | None,
) -> Reply:
    """Send the request, and write it into the audit log where there is an id for that."""
    settings, audit = call.settings, call.account.webhooks.audit
    check: Shape = {}
    shape = _shape(subscription, sample, "direct" if entry_id is None else "full", request.at, check)
    answer = await post(
        request.url,
        request.headers,
        request.body,
        timeout=time_limit(settings.webhook_timeout, settings.delay_factor),
        allowed=AllowedTargets.of(settings.webhook_allow),
    )
    has_arrived = answer.error is None and answer.status is not None and 200 <= answer.status < 300
    if answer.error is not None:
        call.warn(f"the test did not arrive: {answer.error}")
    # What came of it, this process alone knows: where several share their state, none writes it down.
    if entry_id is not None and settings.store is None:
        audit.append(_entry(entry_id, request, answer, has_arrived=has_arrived))
    check["success"] = shape["isSuccess"] = has_arrived
    if answer.status is not None:
        check["statusCode"] = answer.status
    check["durationMs"] = answer.ms
    return Reply(shape)


def _entry(entry_id: str, request: SignedRequest, answer: Answer, *, has_arrived: bool) -> AuditEntry:
    is_wrong = not has_arrived and answer.error is None
    error = f"the receiver answered {answer.status}" if is_wrong else answer.error
    return AuditEntry(
        entry_id,
        request.delivery.subscription,
        request.delivery.id,
        "success" if has_arrived else "permanent_failure",
        answer.status,
        request.url,
        request.at,
        answer.ms,
        error,
        0,
    )


def _shape(subscription: Subscription, sample: Sample, mode: str, now: float, check: Shape) -> Shape:
    shape: Shape = {"subscriptionId": subscription.id}
    if subscription.name is not None:
        shape["subscriptionName"] = subscription.name
    return shape | {
        "url": subscription.url,
        "mode": mode,
        "flowCheck": check,
        "testPayload": {
            "entityType": subscription.entity_type,
            "signalType": sample.type,
            "data": sample.data,
        },
        "isSuccess": check.get("success", False),
        "timestamp": timestamp_of(now),
    }
