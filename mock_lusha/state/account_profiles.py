"""Named accounts: what is special about a key, from YAML files.

accounts:
  acme-ci:
    plan: premium
    credits: 50
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from mock_lusha import yamlfile
from mock_lusha.config import LISTS, PARSERS
from mock_lusha.errors import DataFileError, shorten
from mock_lusha.plans import FEATURES
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mock_lusha.config.webhook_presets import WebhookPresets
    from mock_lusha.yamlfile import SourcePlace

Standing = Literal["active", "inactive", "invalid", "trial-ended"]
_STANDINGS: dict[str, Standing] = {
    "active": "active",
    "inactive": "inactive",
    "invalid": "invalid",
    "trial-ended": "trial-ended",
}
LONGEST_LABEL = 500
_WINDOWS = ("hourly", "daily")
_OWN_FIELDS = ("about", "label", "standing", "spent", "unified_credits", "features", "webhooks")


@frozen
class AccountProfile:
    """What an account is: ``label`` is what it is called beside its masked key, ``overrides`` are settings it
    has for itself (names of ``config.PARSERS``), ``webhooks`` are those it has from its beginning."""

    name: str
    about: str = ""
    label: str | None = None
    standing: Standing = "active"
    spent: frozenset[str] = frozenset()
    unified_credits: bool | None = None
    features: frozenset[str] | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    webhooks: WebhookPresets | None = None


def parse_label(value: Any) -> str:
    """A label: one line of text.

    Raises:
        ValueError: it says what a label is.
    """
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value.strip()) <= LONGEST_LABEL:
        raise ValueError(f"label is one line of 1 to {LONGEST_LABEL} printable characters")
    return value.strip()


def load_profiles(paths: Iterable[Path]) -> dict[str, AccountProfile]:
    """The accounts of the files by key; a later file may replace an account of an earlier one.

    Raises:
        DataFileError: with file and line, for anything that cannot be used.
    """
    profiles: dict[str, AccountProfile] = {}
    for path in paths:
        document = yamlfile.read(path).mapping("an accounts file", ("accounts",))
        accounts = document.get("accounts")
        if accounts is None or accounts.value is None:
            continue
        if not isinstance(accounts.value, dict):
            raise accounts.error("accounts is a mapping from key to account")
        for key, place in accounts.value.items():
            if not key.isascii() or not key.isprintable() or " " in key or "+" in key or not key:
                raise place.error(f"a key is printable ASCII without space and plus, not {key!r}")
            profiles[key] = read_profile(key, place)
    return profiles


def read_profile(name: str, place: SourcePlace) -> AccountProfile:
    """The profile of an account.

    Raises:
        DataFileError: for anything that cannot be used.
    """
    if place.value is None:
        return AccountProfile(name)
    entries = place.mapping(f"account {name}", (*_OWN_FIELDS, *PARSERS))
    entries = {field_name: value for field_name, value in entries.items() if value.value is not None}
    spent = frozenset(item.one_of("a spent window", _WINDOWS) for item in yamlfile.entries(entries, "spent"))
    features = None
    if "features" in entries:
        features = frozenset(
            item.one_of("a feature", FEATURES) for item in entries["features"].items("features")
        )
    overrides = {
        field_name: _override(field_name, entries[field_name])
        for field_name in PARSERS
        if field_name in entries
    }
    return AccountProfile(
        name=name,
        about=entries["about"].text("about") if "about" in entries else "",
        label=entries["label"].parsed(parse_label) if "label" in entries else None,
        standing=_STANDINGS[entries["standing"].one_of("standing", _STANDINGS)]
        if "standing" in entries
        else "active",
        spent=spent,
        unified_credits=entries["unified_credits"].flag("unified_credits")
        if "unified_credits" in entries
        else None,
        features=features,
        overrides=overrides,
        webhooks=_webhooks(entries["webhooks"]) if "webhooks" in entries else None,
    )


def _webhooks(place: SourcePlace) -> WebhookPresets:
    from mock_lusha.config.webhook_presets import parse_presets  # noqa: PLC0415 - for accounts that have some

    try:
        return parse_presets(yamlfile.plain(place))
    except ValueError as error:
        # What was sent may hold the secret, and is not told.
        raise place.error(str(error)) from None


def _override(name: str, place: SourcePlace) -> Any:
    """The value of a setting that an account has for itself."""
    if isinstance(place.value, dict) or (isinstance(place.value, list) and name not in LISTS):
        raise place.error(f"{name} is one value, not {shorten(yamlfile.plain(place))}")
    try:
        return place.parsed(PARSERS[name])
    except DataFileError as error:
        raise place.error(f"{name}: {error.message}") from None
