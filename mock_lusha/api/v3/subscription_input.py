"""What calls about subscriptions say: the receiver, the types of signals, and whom each item is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.api.request import bad_request
from mock_lusha.api.v3.ids import number_of
from mock_lusha.api.webhooks.planning import SIGNAL_TYPES
from mock_lusha.errors import CATALOGUE, Detail, nearest, shorten
from mock_lusha.outbound import RefusedTargetError, is_own_host, read_target
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import SubscribedType, Webhooks


class SubscriptionError(ValueError):
    """Why one of several subscriptions is not created: a ``code`` of the contract, and the reason in
    words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@frozen
class SubscriptionSpec:
    """What one item asks for; ``left_out`` are types that the entity cannot have."""

    entity_type: SubscribedType
    entity_id: str
    number: int | None
    types: Sequence[str]
    left_out: Sequence[str]
    name: str | None


def read_url(place: str, url: str) -> str:
    """The address of a receiver, which stands at a place of the body.

    Raises:
        ApiError: 400, it is not an http or https URL, or has a name, a password or a space in it.
    """
    try:
        read_target(url)
    except RefusedTargetError as error:
        # What is refused for a password is not told again.
        sent = None if "@" in url else shorten(url)
        raise bad_request(Detail(f"{place} must be a URL address: {error}", sent)) from None
    if not url.isprintable() or " " in url:
        raise bad_request(
            Detail(f"{place} must be a URL address: it has a space or worse in it", shorten(url))
        )
    return url


def insecurity(account: Account, url: str) -> str | None:
    """What is wrong with an address of http, where the account is strict: Lusha asks for https in production.
    This machine may be called either way."""
    scheme, host, _ = read_target(url)
    if account.strict != "yes" or scheme == "https" or is_own_host(host):
        return None
    return f"{shorten(url)} must be an https URL where the account is strict, unless it is of this machine"


def check_security(account: Account, place: str, url: str) -> None:
    """Refuse an address of http, where the account is strict.

    Raises:
        ApiError: 400.
    """
    problem = insecurity(account, url)
    if problem is not None:
        raise bad_request(f"{place}: {problem}")


def read_item(account: Account, body: Mapping[str, Any], item: Mapping[str, Any]) -> SubscriptionSpec:
    """What an item asks for, with the defaults of the body where it does not say.

    Raises:
        SubscriptionError: its type is missing, its id is none, or none of its signals fits.
    """
    defaults = body["defaults"]
    entity_type: SubscribedType | None = item.get("entityType", defaults.get("entityType"))
    if entity_type is None:
        raise SubscriptionError("VALIDATION_ERROR", "entityType must be one of: contact, company")
    entity_id = item["entityId"]
    try:
        number = number_of(account, entity_type, entity_id)
    except ValueError:
        raise SubscriptionError(
            "VALIDATION_ERROR",
            f"entityId must be the id of a {entity_type}, and {shorten(entity_id)!r} is none",
        ) from None
    types, left_out = read_types(entity_type, item.get("signalTypes", defaults.get("signalTypes", ())))
    name = next((at["name"] for at in (item, body, defaults) if "name" in at), None)
    return SubscriptionSpec(entity_type, entity_id, number, types, left_out, name)


def read_types(entity_type: SubscribedType, texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The types of signals that an entity can have, each once, and those that only others have.

    Raises:
        SubscriptionError: nobody has one of them, or none is left.
    """
    fitting = SIGNAL_TYPES[entity_type]
    every = {kind for kinds in SIGNAL_TYPES.values() for kind in kinds}
    listed = f"a {entity_type} has {', '.join(fitting)}"
    unknown = [text for text in texts if text not in every]
    if unknown:
        raise SubscriptionError(
            "VALIDATION_ERROR",
            f"each value in signalTypes must be a type of signals, and {shorten(unknown[0])!r} is none; "
            f"{nearest(unknown[0], fitting, listed)}",
        )
    types = [text for text in dict.fromkeys(texts) if text in fitting]
    if not types:
        why = f"none of {', '.join(texts)} is one of a {entity_type}" if texts else "there is none"
        raise SubscriptionError(
            "VALIDATION_ERROR", f"signalTypes must contain at least 1 elements: {why}; {listed}"
        )
    return types, [text for text in texts if text not in fitting]


def check_item(account: Account, hooks: Webhooks, url: str, spec: SubscriptionSpec) -> None:
    """Whether a subscription may be added to webhooks of an account.

    Raises:
        SubscriptionError: they have one of this entity, or all there may be; or the address is not safe.
    """
    problem = insecurity(account, url)
    if problem is not None:
        raise SubscriptionError("URL_VALIDATION_FAILED", problem)
    for other in hooks.subscriptions.values():
        is_same = other.entity_id == spec.entity_id or (
            spec.number is not None and other.number == spec.number
        )
        if is_same and other.entity_type == spec.entity_type and not other.is_opt_out:
            raise SubscriptionError(
                "DUPLICATE_SUBSCRIPTION",
                f"Subscription already exists for entity type '{spec.entity_type}' "
                f"with entity ID '{spec.entity_id}'",
            )
    if hooks.is_full:
        raise SubscriptionError("FORBIDDEN", CATALOGUE["subscription-limit"].message)
