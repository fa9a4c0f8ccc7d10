"""Webhooks of an account: what is delivered, to be taken, answered, sent again, or made to happen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.v3.ids import number_of
from mock_lusha.api.webhooks.payloads import signal_data
from mock_lusha.api.webhooks.planning import OPT_OUT, SIGNAL_TYPES, match_of, signals_between
from mock_lusha.api.webhooks.whom import found, unknown_identifier
from mock_lusha.clock import timestamp_of
from mock_lusha.control.context import LateReply, account_of, account_reference, bad_request
from mock_lusha.errors import Detail, shorten
from mock_lusha.webhook_driver import SENDER
from mock_lusha.world.generate.signals import ALL
from mock_lusha.world.resolver import PersonMatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.control.context import ControlContext, ControlRequest
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import Delivery, SubscribedType, Subscription
    from mock_lusha.world.resolver import CompanyMatch

_YEARS = timedelta(days=3 * 366)


def read_webhooks(context: ControlContext, request: ControlRequest) -> Reply:
    """The secret and the subscriptions of an account, and how many deliveries stand how."""
    account = account_of(context, request)
    hooks = account.webhooks
    context.webhooks.look(account)
    states = [delivery.state for delivery in hooks.deliveries.values()]
    return Reply(
        {
            **account_reference(account),
            "secret": hooks.secret,
            "delivery": account.webhook_delivery,
            "subscriptions": [_subscription(each) for each in hooks.subscriptions.values()],
            "problems": hooks.problems,
            "deliveries": {state: states.count(state) for state in sorted(set(states))},
        }
    )


def read_deliveries(context: ControlContext, request: ControlRequest) -> Reply:
    """The deliveries of an account, the oldest first."""
    account = account_of(context, request)
    context.webhooks.look(account)
    deliveries = list(account.webhooks.deliveries.values())
    state, subscription = request.query.get("state"), request.query.get("subscription")
    if state is not None:
        deliveries = [each for each in deliveries if each.state == state]
    if subscription is not None:
        deliveries = [each for each in deliveries if each.subscription == subscription]
    if "last" in request.query:
        last = request.query["last"]
        deliveries = deliveries[-last:] if last else []
    return Reply({**account_reference(account), "deliveries": list(map(_view, deliveries))})


def take(context: ControlContext, request: ControlRequest) -> Reply:
    """The next request that is due; null where none is. It waits until it is answered."""
    account = account_of(context, request)
    since = context.clock.machine() if SENDER in request.headers else None
    signed = context.webhooks.take(account, since)
    if signed is None:
        return Reply({"request": None})
    shown = {
        "delivery": signed.delivery.id,
        "method": "POST",
        "url": signed.url,
        "headers": dict(signed.headers),
        "body": signed.body.decode(),
    }
    return Reply({"request": shown})


def answered(context: ControlContext, request: ControlRequest) -> Reply:
    """What a receiver answered to a request that was taken, or why it could not be reached."""
    account = account_of(context, request)
    delivery = _delivery(account, request.body["delivery"])
    status, error = request.body.get("status"), request.body.get("error")
    if (status is None) is (error is None):
        raise bad_request("an answer has either a status or an error")
    if not context.webhooks.give_back(account, delivery, status, error, request.body.get("ms", 0)):
        raise bad_request(
            f"delivery {delivery.id} is {delivery.state}: only one that was taken can be answered"
        )
    return Reply({"delivery": _view(delivery)})


def trigger(context: ControlContext, request: ControlRequest) -> LateReply:
    """Let something happen to an entity now, for all subscriptions of it that take the type."""
    account = account_of(context, request)
    deliveries = _triggered(context, request, account)
    return LateReply(
        lambda: context.webhooks.run(account),
        lambda: Reply({**account_reference(account), "deliveries": list(map(_view, deliveries))}, 201),
    )


def resend(context: ControlContext, request: ControlRequest) -> LateReply:
    """Send a delivery that is over once more: the same payload, signed anew, behind all that waits."""
    account = account_of(context, request)
    delivery = _delivery(account, request.body["delivery"])
    subscription = account.webhooks.subscriptions.get(delivery.subscription)
    if not delivery.is_over or not delivery.body or subscription is None or not subscription.is_active:
        raise bad_request(
            f"delivery {delivery.id} is {delivery.state}: only one that is over can be sent again"
        )
    context.webhooks.deliverer.resend(account, subscription, delivery, account.clock.now())
    return LateReply(lambda: context.webhooks.run(account), lambda: Reply({"delivery": _view(delivery)}))


def _triggered(context: ControlContext, request: ControlRequest, account: Account) -> Sequence[Delivery]:
    body, hooks = request.body, account.webhooks
    entity_type: SubscribedType = body["entityType"]
    if hooks.secret is None:
        raise bad_request(
            "the account has no secret yet, and nothing is delivered without one: "
            "POST /api/account/secret/regenerate makes one"
        )
    match = _entity(context, account, body)
    entity = match.person.id if isinstance(match, PersonMatch) else match.company.id
    kind, now = body["signalType"], account.clock.now()
    deliverer = context.webhooks.deliverer
    if kind == OPT_OUT:
        subscription = next((each for each in hooks.subscriptions.values() if each.is_opt_out), None)
        if subscription is None or not isinstance(match, PersonMatch):
            raise bad_request("there is no opt-out subscription, or the entity is not a contact")
        return [deliverer.enqueue_opt_out(account, subscription, match.person, now)]
    data = _data(context, account, match, entity_type, kind)
    if "signalDate" in data:
        data["signalDate"] = account.clock.today().isoformat()  # it happens now
    data |= body.get("data") or {}
    subscriptions = [
        each
        for each in hooks.subscriptions.values()
        if (each.entity_type, each.number) == (entity_type, entity)
        and each.is_active
        and (kind in each.types or ALL in each.types)
    ]
    if not subscriptions:
        raise bad_request(f"no active subscription of this {entity_type} takes {kind}")
    return [deliverer.enqueue(account, each, kind, data, now) for each in subscriptions]


def _entity(context: ControlContext, account: Account, body: dict[str, Any]) -> PersonMatch | CompanyMatch:
    """Whom a trigger is about: by an id of the API, or by identifiers.

    Raises:
        ApiError: 400 where nobody is known by it.
    """
    entity_type: SubscribedType = body["entityType"]
    lookup = context.worlds.lookup(account)
    text = body.get("entityId")
    match: PersonMatch | CompanyMatch | None
    if (text is None) is (body.get("find") is None):
        raise bad_request("name the entity by entityId, or by find")
    if text is not None:
        try:
            entity = number_of(account, entity_type, text)
        except ValueError:
            raise bad_request(Detail(f"entityId is not an id of a {entity_type}", shorten(text))) from None
        match = match_of(account, lookup, entity_type, entity)
    else:
        unknown = unknown_identifier(entity_type, body["find"])
        if unknown is not None:
            raise bad_request(unknown)
        match = found(lookup, entity_type, body["find"])
    if match is None:
        raise bad_request(f"no {entity_type} is known by {shorten(str(text or body.get('find')))}")
    return match


def _data(
    context: ControlContext,
    account: Account,
    match: PersonMatch | CompanyMatch,
    entity_type: SubscribedType,
    kind: str,
) -> dict[str, Any]:
    """What is told of the newest signal of a type that an entity has, past or to come.

    Raises:
        ApiError: 400 where it has none, with the types that it has.
    """
    if kind not in SIGNAL_TYPES[entity_type] or kind == ALL:
        known = ", ".join(name for name in SIGNAL_TYPES[entity_type] if name != ALL)
        raise bad_request(Detail(f"signalType of a {entity_type} is one of {known}", shorten(kind)))
    world = context.worlds.world(account)
    signals = signals_between(world, match, (ALL,), world.as_of - _YEARS, world.as_of + _YEARS)
    own = [signal for name, signal in signals if name == kind]
    if not own:
        names = ", ".join(dict.fromkeys(name for name, _ in signals)) or "none"
        raise bad_request(f"this {entity_type} has no {kind}; the types that it has are {names}")
    return signal_data(world, max(own, key=lambda signal: signal.day), match)


def _delivery(account: Account, name: str) -> Delivery:
    delivery = account.webhooks.deliveries.get(name)
    if delivery is None:
        raise bad_request(Detail("delivery is not one that the account has", shorten(name)))
    return delivery


def _subscription(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "entityType": subscription.entity_type,
        "entityId": subscription.entity_id,
        "signalTypes": list(subscription.types),
        "url": subscription.url,
        "name": subscription.name,
        "active": subscription.is_active,
        "blockReason": subscription.block_reason,
        "waiting": len(subscription.waiting),
        "dropped": subscription.dropped,
        "next": None if not subscription.events else timestamp_of(subscription.events[0].due),
    }


def _view(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "subscription": delivery.subscription,
        "type": delivery.type,
        "url": delivery.url,
        "state": delivery.state,
        "reason": delivery.reason,
        "credits": delivery.credits,
        "body": delivery.body.decode(),
        "attempts": [
            {"at": timestamp_of(each.at), "status": each.status, "error": each.error, "ms": each.ms}
            for each in delivery.attempts
        ],
    }
