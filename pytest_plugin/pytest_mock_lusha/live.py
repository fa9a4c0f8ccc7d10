"""Keeps tests that use a double from the real API, unless they are allowed to reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_mock_lusha import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_lusha.client.intercept.interception import Interception
    from mock_lusha.client.intercept.targets import Refusal
    from mock_lusha.client.mock_lusha import MockLusha

_SHARED: Final = ("lusha_session", "lusha_module")
"""Of handles that are intercepted in one test, the narrowest must take the calls, so it comes last."""
_HANDLES: Final = ("lusha", *_SHARED)
_CURRENT: pytest.StashKey[pytest.Item | None] = pytest.StashKey()
_WATCH: pytest.StashKey[Watch] = pytest.StashKey()
_OPEN: pytest.StashKey[dict[str, Shared]] = pytest.StashKey()


class Watch:
    """What is in force while one test runs. ``noted`` says that a handle notes what is refused."""

    def __init__(self, refusal: Refusal | None) -> None:
        self.refusal = refusal
        self.noted = False
        self.interceptions: list[Interception] = []


class Shared:
    """A handle that several tests share, while it lives. ``by_all`` says that a running test requested it:
    it cannot be known which later tests will, so all of them count."""

    def __init__(self, handle: MockLusha, *, by_all: bool) -> None:
        self.handle = handle
        self.by_all = by_all


def add_options(parser: pytest.Parser) -> None:
    """Add the options about the real API."""
    parser.getgroup("lusha").addoption(
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


def begin(item: pytest.Item) -> None:
    """Refuse Lusha's hosts to a test that uses a double, until ``end``; where it shares one, and the suite or
    the test says so, its calls are sent there."""
    item.config.stash[_CURRENT] = item
    if any(_gives(item, name) for name in _HANDLES):
        _watch(item)
    for name, shared in _shared(item):
        if shared.by_all or _gives(item, name):
            _attend_shared(item, shared.handle)


def begin_teardown(item: pytest.Item, following: pytest.Item | None) -> None:
    """The same for what ends with a shared handle after a test that may not have used it."""
    if _WATCH in item.stash:
        return
    module = item.getparent(pytest.Module)
    module_ends = following is None or following.getparent(pytest.Module) is not module
    for name, shared in _shared(item):
        if following is None or (name == "lusha_module" and module_ends):
            _attend_shared(item, shared.handle)


def end(item: pytest.Item) -> None:
    """End what was begun for a test; harmless where nothing was begun."""
    item.config.stash[_CURRENT] = None
    watch = item.stash.get(_WATCH, None)
    if watch is None:
        return
    for interception in reversed(watch.interceptions):
        interception.stop()
    if watch.refusal is not None:
        from mock_lusha.client.intercept.switchboard import switchboard  # noqa: PLC0415 - it is there already

        switchboard().end(watch.refusal)
    del item.stash[_WATCH]


def attend(item: pytest.Item, handle: MockLusha, marks: Mapping[str, Any]) -> None:
    """Note in the test's handle what is refused, and intercept if the suite or the test says so."""
    watch = _watch(item)
    if watch.refusal is not None:
        if watch.noted:  # by a handle that it shares, from now on by its own
            watch.refusal.blocked = handle.blocked
        handle.blocked = watch.refusal.blocked
        watch.noted = True
    if wants_interception(item.config, marks):
        handle.intercept()


def attend_case(item: pytest.Item) -> None:
    """Pass the options of pytest on to a test case of unittest that has a handle."""
    case: Any = getattr(item, "instance", None)
    if hasattr(case, "lusha_allow_live"):
        case.lusha_allow_live |= item.config.getoption("lusha_allow_live")
        case.lusha_intercept |= wants_interception(item.config, options.marked(item))


def attend_shared(config: pytest.Config, name: str, handle: MockLusha) -> None:
    """The same for a handle that is made in a test, and in those that share it after that."""
    item = config.stash.get(_CURRENT, None)
    by_all = item is None or not _gives(item, name)
    config.stash.setdefault(_OPEN, {})[name] = Shared(handle, by_all=by_all)
    if item is not None:
        _attend_shared(item, handle)


def leave_shared(config: pytest.Config, name: str) -> None:
    """A shared handle has come to its end."""
    del config.stash[_OPEN][name]


def wants_interception(config: pytest.Config, marks: Mapping[str, Any]) -> bool:
    """Whether the suite, or the mark, says that calls of the real API go to the double."""
    mark = marks.get("intercept")
    return bool(config.getini("lusha_intercept") if mark is None else mark)


def _gives(item: pytest.Item, name: str) -> bool:
    """Whether a test asks for a fixture of the plugin's, or for one that is made of it; a suite
    may have one of its own by the same name."""
    fixtures: Mapping[str, Any] = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    for fixture in reversed(fixtures.get(name, ())):
        if fixture.func.__module__.startswith(__package__):
            return True
        if name not in fixture.argnames:
            return False
    return False


def _watch(item: pytest.Item) -> Watch:
    """Refuse Lusha's hosts to a test from now on, unless live calls are allowed."""
    watch = item.stash.get(_WATCH, None)
    if watch is None:
        from mock_lusha.client.intercept.switchboard import switchboard  # noqa: PLC0415
        from mock_lusha.client.intercept.targets import Refusal  # noqa: PLC0415 - a test uses a double

        live = item.config.getoption("lusha_allow_live")
        watch = item.stash[_WATCH] = Watch(None if live else Refusal(item.nodeid))
        if watch.refusal is not None:
            switchboard().begin(watch.refusal)
    return watch


def _shared(item: pytest.Item) -> list[tuple[str, Shared]]:
    shared = item.config.stash.get(_OPEN, {})
    return [(name, shared[name]) for name in _SHARED if name in shared]


def _attend_shared(item: pytest.Item, handle: MockLusha) -> None:
    watch = _watch(item)
    if watch.refusal is not None and not watch.noted:
        handle.blocked += watch.refusal.blocked
        watch.refusal.blocked = handle.blocked
        watch.noted = True
    try:
        marks = options.marked(item)
    except pytest.fail.Exception:
        return  # whoever makes a handle for it says what is wrong
    if wants_interception(item.config, marks):
        watch.interceptions.append(handle.intercept())
