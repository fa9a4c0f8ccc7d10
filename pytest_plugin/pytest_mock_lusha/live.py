"""Keeps tests that use a double from the real API, unless they are told to reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.handle.interception import Refusal
    from mock_lusha.handle.lusha import MockLusha

_HANDLES: Final = ("lusha", "lusha_module", "lusha_session")
_REFUSAL: pytest.StashKey[Refusal] = pytest.StashKey()


def add_options(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """Add what is said about the real API."""
    group.addoption(
        "--lusha-allow-live",
        dest="lusha_allow_live",
        action="store_true",
        default=False,
        help="let tests that use lusha reach the real API; without it they are refused",
    )
    parser.addini(
        "lusha_intercept",
        "send calls of api.lusha.com to the double in every test that uses lusha",
        type="bool",
        default=False,
    )


def uses_double(item: pytest.Item) -> bool:
    """Whether a test asks for a fixture of the plugin's that gives a handle; a suite may have one of its own
    by the same name."""
    known: Mapping[str, Any] = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return any(known[name][-1].func.__module__.startswith(__package__) for name in _HANDLES if name in known)


def refuse(item: pytest.Item) -> None:
    """Refuse Lusha's hosts to a test from now on until ``allow``, unless live calls are allowed."""
    if _REFUSAL in item.stash or item.config.getoption("lusha_allow_live"):
        return
    from mock_lusha.handle.interception import Refusal  # noqa: PLC0415 - a test uses a double
    from mock_lusha.handle.switchboard import switchboard  # noqa: PLC0415

    refusal = item.stash[_REFUSAL] = Refusal(item.nodeid)
    switchboard().begin(refusal)


def allow(item: pytest.Item) -> None:
    """End what ``refuse`` began; harmless where it did not."""
    refusal = item.stash.get(_REFUSAL, None)
    if refusal is not None:
        from mock_lusha.handle.switchboard import switchboard  # noqa: PLC0415 - it is there already

        switchboard().end(refusal)
        del item.stash[_REFUSAL]


def attend(item: pytest.Item, handle: MockLusha, marks: Mapping[str, Any]) -> None:
    """Note in the test's handle what is refused, and intercept if the suite or the test says so."""
    refuse(item)
    refusal = item.stash.get(_REFUSAL, None)
    if refusal is not None:
        handle.blocked = refusal.blocked
    if wants_interception(item.config, marks):
        handle.intercept()


def wants_interception(config: pytest.Config, marks: Mapping[str, Any]) -> bool:
    """Whether the suite, or the mark, says that calls of the real API go to the double."""
    wanted = marks.get("intercept")
    return bool(config.getini("lusha_intercept") if wanted is None else wanted)
