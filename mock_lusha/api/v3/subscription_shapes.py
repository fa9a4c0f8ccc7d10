"""Subscriptions, and parts of lists, as answers of webhooks show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mock_lusha.clock import timestamp_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_lusha.api.request import ApiRequest
    from mock_lusha.api.shape import Shape
    from mock_lusha.state.webhooks import Subscription

T = TypeVar("T")


def subscription_shape(subscription: Subscription, *, blocked: bool = True) -> Shape:
    """A subscription without the secret; ``blocked`` says also why and when its deliveries stopped, if they
    did."""
    shape: Shape = {
        "id": subscription.id,
        "entityType": subscription.entity_type,
        "entityId": subscription.entity_id,
        "signalTypes": list(subscription.types),
        "url": subscription.url,
    }
    if subscription.name is not None:
        shape["name"] = subscription.name
    shape["isActive"] = subscription.is_active
    if blocked and subscription.block_reason is not None and subscription.blocked_at is not None:
        shape["blockReason"] = subscription.block_reason
        shape["blockedAt"] = timestamp_of(subscription.blocked_at)
    shape["createdAt"] = timestamp_of(subscription.created)
    shape["updatedAt"] = timestamp_of(subscription.updated)
    return shape


def deleted_shape(subscription: Subscription) -> Shape:
    """What is told of a subscription that is gone."""
    shape = {
        "id": subscription.id,
        "entityType": subscription.entity_type,
        "entityId": subscription.entity_id,
    }
    return shape if subscription.name is None else {**shape, "name": subscription.name}


def failure(index: int, code: str, message: str) -> Shape:
    """The result of an item that failed."""
    return {"index": index, "success": False, "error": {"code": code, "message": message}}


def results_shape(results: Sequence[Shape]) -> Shape:
    """The results of several items."""
    successful = sum(result["success"] for result in results)
    return {
        "total": len(results),
        "successful": successful,
        "failed": len(results) - successful,
        "results": list(results),
    }


def part_of(call: ApiRequest, rows: Sequence[T], size: int) -> tuple[Sequence[T], Shape]:
    """The part of a list that the query asks for (``size`` at most, where it does not say), and which part
    that is."""
    limit, offset = call.query.get("limit", size), call.query.get("offset", 0)
    has_more = offset + limit < len(rows)
    pagination = {"total": len(rows), "limit": limit, "offset": offset, "hasMore": has_more}
    return rows[offset : offset + limit], pagination
