"""Webhooks that an account has from its beginning: how its profile says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.errors import nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_PRESETS: Final = 1_000
PREFIX: Final = "whsec_"
_LONGEST_SECRET: Final = 200
_FIELDS: Final = ("secret", "subscriptions")
_OF_ONE: Final = ("url", "entityType", "entityId", "find", "signalTypes", "name")
_TEXTS: Final = ("url", "entityType", "entityId", "name")


class WebhookPresets:
    """A secret, or None for one that is made, and what each subscription asks for, in the words of the API.

    It shows no secret, wherever it is printed.
    """

    __slots__ = ("secret", "subscriptions")

    def __init__(self, secret: str | None, subscriptions: Sequence[Mapping[str, Any]]) -> None:
        self.secret = secret
        self.subscriptions = subscriptions

    def __repr__(self) -> str:
        return f"<webhooks: {len(self.subscriptions)} subscriptions>"


def parse_presets(value: Any) -> WebhookPresets:
    """The webhooks of a profile: ``{"secret": "whsec_...", "subscriptions": [{"url": ...}]}``.

    What needs the account's world, such as whom a subscription is about, is looked at when they are made.

    Raises:
        ValueError: it says where it is wrong, and shows no secret.
    """
    entries = _mapping("webhooks", value, _FIELDS)
    secret = entries.get("secret")
    if secret is not None and not _is_secret(secret):
        msg = (
            f"webhooks.secret begins with {PREFIX} and has at most {_LONGEST_SECRET} characters of printable "
            "ASCII without spaces; the one sent is not told again"
        )
        raise ValueError(msg)
    rows = entries.get("subscriptions")
    rows = [] if rows is None else rows
    if not isinstance(rows, list | tuple) or len(rows) > MOST_PRESETS:
        msg = f"webhooks.subscriptions is a list of at most {MOST_PRESETS} subscriptions"
        raise ValueError(msg)
    return WebhookPresets(secret, tuple(_subscription(at, row) for at, row in enumerate(rows)))


def _is_secret(value: object) -> bool:
    if not isinstance(value, str) or not value.startswith(PREFIX):
        return False
    is_plain = value.isascii() and value.isprintable() and " " not in value
    return is_plain and len(PREFIX) < len(value) <= _LONGEST_SECRET


def _subscription(at: int, value: Any) -> Mapping[str, Any]:
    where = f"webhooks.subscriptions.{at}"
    row = {name: item for name, item in _mapping(where, value, _OF_ONE).items() if item is not None}
    if isinstance(row.get("entityId"), int) and not isinstance(row["entityId"], bool):
        row["entityId"] = str(row["entityId"])  # digits, as YAML reads them
    for name in _TEXTS:
        if name in row and not isinstance(row[name], str):
            msg = f"{where}.{name} is text, not {shorten(row[name])}"
            raise ValueError(msg)
    if "url" not in row:
        msg = f"{where}.url should not be empty"
        raise ValueError(msg)
    if row.get("entityType") not in {"contact", "company"}:
        msg = f"{where}.entityType must be one of: contact, company"
        raise ValueError(msg)
    if ("entityId" in row) is ("find" in row):
        msg = f"{where} names the entity by entityId, or by find"
        raise ValueError(msg)
    if not isinstance(row.get("find", {}), dict) or row.get("find", True) == {}:
        msg = f'{where}.find is a mapping of identifiers, such as {{"domain": "acme.com"}}'
        raise ValueError(msg)
    types = row.get("signalTypes", [])
    if not isinstance(types, list | tuple) or not all(isinstance(each, str) for each in types):
        msg = f"{where}.signalTypes is a list of types of signals"
        raise ValueError(msg)
    return row


def _mapping(where: str, value: Any, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        msg = f"{where} is a mapping with {', '.join(known)}"
        raise ValueError(msg)
    for name in value:
        if name not in known:
            msg = f"{where} has no {shorten(name)}: {nearest(str(name), known)}"
            raise ValueError(msg)
    return value
