"""The webhooks that an account has from its beginning, made of what its profile says of them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from mock_lusha.api.v3.ids import entity_id
from mock_lusha.api.v3.subscription_input import SubscriptionError, check_item, read_item, read_url
from mock_lusha.api.webhooks.delivering import new_id
from mock_lusha.api.webhooks.planning import upcoming
from mock_lusha.api.webhooks.secrets import make_secret
from mock_lusha.api.webhooks.whom import found, unknown_identifier
from mock_lusha.errors import ApiError, shorten
from mock_lusha.services.billing import settle
from mock_lusha.services.enrichment import remembered
from mock_lusha.state.webhooks import Subscription, Webhooks
from mock_lusha.world.resolver import PersonMatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.config.webhook_presets import WebhookPresets
    from mock_lusha.state.accounts import Account
    from mock_lusha.world_store import WorldStore

_OPERATION = "webhook presets"


def preset_webhooks(account: Account, worlds: WorldStore, presets: WebhookPresets, now: float) -> Webhooks:
    """Webhooks of an account with a secret and subscriptions that were made at a moment.

    What cannot be made is left out; ``problems`` of the webhooks say what that is, in the words of the API.
    """
    hooks = Webhooks()
    hooks.secret = presets.secret or make_secret(account, hooks)
    world, lookup = worlds.world(account), worlds.lookup(account)
    hooks.world, hooks.passed = world, now
    for at, item in enumerate(presets.subscriptions):
        where = f"webhooks.subscriptions.{at}"
        try:
            subscription = _subscription(account, worlds, hooks, where, item, now)
        except SubscriptionError as error:
            hooks.problems.append(f"{where}: {error.message}")
        except ApiError as error:
            hooks.problems += map(str, error.details)
        else:
            subscription.events = deque(upcoming(account, world, lookup, subscription, now))
            hooks.add(subscription)
    return hooks


def _subscription(
    account: Account, worlds: WorldStore, hooks: Webhooks, where: str, item: Mapping[str, Any], now: float
) -> Subscription:
    """What an item asks for.

    Raises:
        SubscriptionError: it cannot be made; as the API says it.
        ApiError: 400, its address is none.
    """
    url = read_url(f"{where}.url", item["url"])
    spec = read_item(account, {"defaults": {}}, {"entityId": _named(account, worlds, item), **item})
    check_item(account, hooks, url, spec)
    return Subscription(
        new_id(account, hooks), spec.entity_type, spec.entity_id, spec.number, spec.types, url, spec.name,
        now, now,
    )  # fmt: skip


def _named(account: Account, worlds: WorldStore, item: Mapping[str, Any]) -> str:
    """The id of whom an item is about.

    Raises:
        SubscriptionError: nobody is known by its identifiers.
    """
    if "find" not in item:
        return str(item["entityId"])
    entity_type, find = item["entityType"], item["find"]
    unknown = unknown_identifier(entity_type, find)
    if unknown is not None:
        raise SubscriptionError("VALIDATION_ERROR", str(unknown))
    match = found(worlds.lookup(account), entity_type, find)
    if match is None:
        raise SubscriptionError("VALIDATION_ERROR", f"no {entity_type} is known by {shorten(str(find))}")
    if not isinstance(match, PersonMatch):
        settle(account, _OPERATION, (), companies={match.company.id: match.company.domain})
        return entity_id(account, "company", match.company.id)
    known_as = remembered(worlds.world(account), match.person, find.get("email"))
    settle(account, _OPERATION, (), people={match.person.id: known_as})
    return entity_id(account, "contact", match.person.id)
