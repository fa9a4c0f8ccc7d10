"""Subscriptions to signals of people and companies, and to people who ask to be forgotten: below
``/api/subscriptions``. All of it is free of charge; deliveries are not."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from mock_lusha.api.reply import Reply
from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.subscription_input import (
    SubscriptionError,
    check_item,
    check_security,
    read_item,
    read_types,
    read_url,
)
from mock_lusha.api.v3.subscription_shapes import (
    deleted_shape,
    failure,
    part_of,
    results_shape,
    subscription_shape,
)
from mock_lusha.api.v3.subscription_tests import test_delivery
from mock_lusha.api.webhooks.delivering import new_id
from mock_lusha.api.webhooks.planning import plan_events, upcoming
from mock_lusha.api.webhooks.samples import OPT_OUT
from mock_lusha.api.webhooks.secrets import regenerate
from mock_lusha.errors import ApiError, Detail, shorten
from mock_lusha.seeded import number
from mock_lusha.state.webhooks import MOST_SUBSCRIPTIONS, Subscription

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape

_SIZE = 10
_PAUSED = "the subscription was paused"


def create(call: ApiRequest) -> Reply:
    """Create up to 25 subscriptions. Each succeeds or fails by itself, and the answer is 201 either way.

    Raises:
        ApiError: 400 for an address that is none; 403 where the account has all the subscriptions it may.
    """
    body: Mapping[str, Any] = call.body
    url = read_url("defaults.url", body["defaults"]["url"])
    _check_room(call)
    return Reply(
        results_shape([_created(call, url, at, item) for at, item in enumerate(body["subscriptions"])]), 201
    )


def _created(call: ApiRequest, url: str, index: int, item: Mapping[str, Any]) -> Shape:
    try:
        spec = read_item(call.account, call.body, item)
        check_item(call.account, call.account.webhooks, url, spec)
    except SubscriptionError as error:
        return failure(index, error.code, error.message)
    if spec.left_out:
        call.warn(
            f"subscriptions.{index}: {', '.join(spec.left_out)} is not of a {spec.entity_type}; left out"
        )
    now = call.record.now
    subscription = Subscription(
        new_id(call.account, call.account.webhooks), spec.entity_type, spec.entity_id, spec.number,
        spec.types, url, spec.name, now, now,
    )  # fmt: skip
    _add(call, subscription)
    if not subscription.events:
        call.warn(
            f"subscriptions.{index}: nothing will happen to {spec.entity_type} {shorten(spec.entity_id)}"
        )
    return {"index": index, "success": True, "subscription": subscription_shape(subscription)}


def _check_room(call: ApiRequest) -> None:
    """Whether the account may have one more.

    Raises:
        ApiError: 403.
    """
    if call.account.webhooks.is_full:
        hint = f"an account has at most {MOST_SUBSCRIPTIONS}"
        raise ApiError("subscription-limit", [Detail(hint, hint=True)])


def _add(call: ApiRequest, subscription: Subscription) -> None:
    """Keep a subscription, and plan what will happen to its entity."""
    hooks = call.account.webhooks
    if hooks.subscriptions and hooks.world is not call.world:
        # The events of the others are of another world: without this they would pass for those of this one.
        plan_events(call.account, call.world, call.lookup, call.record.now)
    hooks.world = call.world
    _plan(call, subscription)
    hooks.add(subscription)


def _plan(call: ApiRequest, subscription: Subscription) -> None:
    subscription.events = deque(
        upcoming(call.account, call.world, call.lookup, subscription, call.record.now)
    )


def create_opt_out(call: ApiRequest) -> Reply:
    """Subscribe to people who ask to be forgotten.

    Raises:
        ApiError: 400 for an address that is none; 403 where the account has such a subscription, or all it
            may have.
    """
    account, hooks, now = call.account, call.account.webhooks, call.record.now
    url = read_url("url", call.body["url"])
    check_security(call.account, "url", url)
    if any(subscription.is_opt_out for subscription in hooks.subscriptions.values()):
        raise ApiError("opt-out-exists")
    _check_room(call)
    owner = str(1_000_000 + number(account.seed, account.name, "account number") % 9_000_000)
    subscription = Subscription(
        new_id(account, hooks), "contact", owner, None, (OPT_OUT,), url, call.body.get("name"), now, now,
        is_opt_out=True,
    )  # fmt: skip
    _add(call, subscription)
    return Reply(subscription_shape(subscription), 201)


def list_all(call: ApiRequest) -> Reply:
    """A part of the subscriptions, the newest first."""
    rows = list(reversed(call.account.webhooks.subscriptions.values()))
    part, pagination = part_of(call, rows, _SIZE)
    return Reply({"data": list(map(subscription_shape, part)), "pagination": pagination})


def get_one(call: ApiRequest) -> Reply:
    """One subscription."""
    return Reply(subscription_shape(_find(call)))


def _find(call: ApiRequest) -> Subscription:
    """The subscription in the path.

    Raises:
        ApiError: 404, the account has none of this id. One of another account cannot be told from one of
            nobody.
    """
    name = call.path["id"]
    subscription = call.account.webhooks.subscriptions.get(name)
    if subscription is None:
        raise ApiError("not-found", [Detail(f"no subscription has the id {shorten(name)}", hint=True)])
    return subscription


def update(call: ApiRequest) -> Reply:
    """Change what is sent of a subscription; nothing, if nothing is. The secret is in the answer where it is
    made again.

    Raises:
        ApiError: 400 for an address that is none, or types of which none fits. Nothing is changed then.
    """
    subscription, body = _find(call), call.body
    url, types = _new_url(call), _new_types(call, subscription)
    if url is not None:
        subscription.url = url
        for delivery in subscription.waiting:
            delivery.url = url
    if "name" in body:
        subscription.name = body["name"]
    if types is not None:
        subscription.types = types
        _plan(call, subscription)
    if "isActive" in body:
        _switch(call, subscription, is_active=body["isActive"])
    shape: Shape = {}
    if body.get("regenerateSecret"):
        shape["secret"] = regenerate(call.account)
    if body.keys() & {"url", "name", "signalTypes", "isActive"} or shape:
        subscription.updated = call.record.now
    call.account.webhooks.plan(subscription)
    return Reply(subscription_shape(subscription, blocked=False) | shape)


def _new_url(call: ApiRequest) -> str | None:
    if "url" not in call.body:
        return None
    url = read_url("url", call.body["url"])
    check_security(call.account, "url", url)
    return url


def _new_types(call: ApiRequest, subscription: Subscription) -> list[str] | None:
    if "signalTypes" not in call.body:
        return None
    if subscription.is_opt_out:
        raise bad_request(f"signalTypes of a subscription to opt-outs are always {OPT_OUT}")
    try:
        types, left_out = read_types(subscription.entity_type, call.body["signalTypes"])
    except SubscriptionError as error:
        raise bad_request(error.message) from None
    if left_out:
        call.warn(f"signalTypes: {', '.join(left_out)} is not of a {subscription.entity_type}; left out")
    return types


def _switch(call: ApiRequest, subscription: Subscription, *, is_active: bool) -> None:
    """Pause a subscription, with all that waits for it, or take it up again."""
    subscription.is_active = is_active
    if is_active:
        subscription.block_reason = subscription.blocked_at = None
    else:
        call.account.webhooks.stop(subscription, _PAUSED)


def delete(call: ApiRequest) -> Reply:
    """Delete up to 25 subscriptions. Each succeeds or fails by itself; an id that is sent twice counts
    once."""
    hooks = call.account.webhooks
    results: list[Shape] = []
    for index, name in enumerate(dict.fromkeys(call.body["ids"])):
        subscription = hooks.subscriptions.get(name)
        if subscription is None:
            results.append(failure(index, "NOT_FOUND", f"Subscription with id '{name}' not found"))
        else:
            hooks.remove(subscription)
            results.append({"index": index, "success": True, "subscription": deleted_shape(subscription)})
    return Reply(results_shape(results))


def test(call: ApiRequest) -> Reply | Awaitable[Reply]:
    """Deliver a signal to the receiver, and tell what it answered. Free of charge.

    ``kafka`` sends nothing, ``direct`` leaves no trace in the audit log, and none is tried again.
    """
    return test_delivery(call, _find(call))


HANDLERS = {
    "createSubscription": create,
    "listSubscriptions": list_all,
    "getSubscriptionById": get_one,
    "updateSubscription": update,
    "testSubscription": test,
    "deleteSubscriptions": delete,
    "createOptOutSubscription": create_opt_out,
}
