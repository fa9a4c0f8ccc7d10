"""The setup of an account: its key, settings, label, clock and scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.activity import scenario_body
from mock_lusha.client.overrides import check_overrides, sent_settings
from mock_lusha.client.protocol import ControlError, hides
from mock_lusha.config import parse_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.client.control import Control

__tracebackhide__ = hides


def apply_overrides(control: Control, overrides: Mapping[str, Any], label: str | None) -> None:
    """Give an account settings of its own, a label, and a scenario and a clock if the overrides have them.

    Raises:
        ConfigError: one is not a setting that an account may have for itself.
        ControlError: the server refuses one.
    """
    check_overrides(overrides)
    settings = sent_settings(overrides) | ({} if label is None else {"label": label})
    now = overrides.get("now")
    if now is not None:
        # An account made at that time would have data of that day.
        moment = parse_setting("now", now, "now")
        settings.setdefault("as_of", str(moment.date()))
        control.set_clock(moment)
    if settings:
        control.change(**settings)
    if overrides.get("scenario") is not None:
        control.scenario(scenario_body(overrides["scenario"], 0))


def takes_only_known_keys(control: Control) -> bool:
    """Whether a server refuses keys that it does not know.

    Raises:
        ControlError: it is not a mock-lusha.
    """
    if "operations" not in control.ready():
        raise ControlError(f"{control.url} answers, but is no mock-lusha")
    return bool(control.settings()["strict_keys"])


def introduce(
    control: Control, api_key: str, overrides: Mapping[str, Any], *, keep: bool
) -> Mapping[str, Any]:
    """Make a key known, with its settings, to a server that takes only keys it knows.

    ``keep`` leaves an existing account of the key as it is. Gives the overrides that remain to be applied.
    """
    settings = sent_settings(overrides)
    if not keep:
        control.put(api_key, **settings)
    else:
        try:
            control.accounts()
        except ControlError as error:
            if error.status != 400:
                raise
            control.create(api_key, **settings)
        else:
            return overrides
    # as_of is applied once more: the day of ``now`` would take its place.
    return {name: value for name, value in overrides.items() if name not in settings or name == "as_of"}
