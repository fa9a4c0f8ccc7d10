"""Handles: how a test, a module or a session gets an account of its own, and how that is settled."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from pytest_mock_lusha import live, options
from pytest_mock_lusha.servers import Servers

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from mock_lusha.client.mock_lusha import MockLusha
    from pytest_mock_lusha.servers import LushaServer

SERVERS = pytest.StashKey[Servers]()
RUN = pytest.StashKey[str]()
"""A name of this process's run, which processes that it forks have too."""
_SHARED = pytest.StashKey["dict[str, MockLusha]"]()
_ENDED = pytest.StashKey["list[Ended]"]()
_LONGEST_LABEL = 500
TITLE = "lusha: what was asked, what was answered, and why"


class Ended:
    """The end of a handle that several tests shared: its totals, and its report if something is wrong."""

    def __init__(self, name: str, totals: dict[str, Any]) -> None:
        self.name = name
        self.totals = totals
        self.report = ""


def begin_run(config: pytest.Config) -> None:
    """Prepare what all handles of a run share."""
    config.stash[SERVERS] = Servers(config)
    config.stash[RUN] = uuid4().hex
    config.stash[_ENDED] = []


def open_handle(
    node: pytest.Item | pytest.Module | pytest.Session,
    settings: Any,
    marks: Mapping[str, Any],
    kind: str = "test",
) -> tuple[MockLusha, LushaServer]:
    """A handle that is started, with an account of the node's own at the server for the settings.

    Fails the test where there can be none.
    """
    from mock_lusha.client.mock_lusha import MockLusha  # noqa: PLC0415
    from mock_lusha.errors import MockLushaError  # noqa: PLC0415 - with the first use

    config = node.config
    server = config.stash[SERVERS].get(settings)
    on_command_line = options.on_command_line(config)
    # Command line, marker, and what the server was not started with: the last one wins here.
    own = {name: value for name, value in marks.items() if name in options.OF_ACCOUNT}
    if "scenario" in own and own["scenario"] is None:
        own["scenario"] = "happy"  # none, whatever other settings say
    overrides = {**(server.overrides or {}), **own, **{n: v for n, v in on_command_line.items() if n in own}}
    problem = None
    handle = None
    try:
        handle = MockLusha(
            **({"url": server.url} if server.server is None else {"server": server.server}),
            control=server.control,
            api_key=_key(node, kind, marks.get("account"), shared=server.server is None),
            in_process=options.in_process(config),
            max_credits=marks.get("max_credits"),
        )
        # Its label is sent with its settings, below: a key that is not known yet cannot have one.
        handle.start()
        handle.label = _label(node, kind)
        _arrange(handle, overrides, account=marks.get("account"), strict=server.strict)
    except MockLushaError as error:
        problem = f"lusha: {error}"
    if handle is None or problem is not None:
        if handle is not None:
            handle.release()
        pytest.fail(problem or "lusha: no handle", pytrace=False)
    here = [mark.kwargs.get("scenario") for mark in node.own_markers if mark.name == "lusha"]
    if any(name is not None for name in here) and "scenario" not in on_command_line:
        active = handle.control.scenarios()["account"]
        handle.hold(active["name"])
    return handle, server


def _key(
    node: pytest.Item | pytest.Module | pytest.Session, kind: str, account: str | None, *, shared: bool
) -> str:
    """The node's own key: the same in every run, so that draws are the same; on a server that others use too
    with a part behind ``~`` that does not change any draw."""
    digest = blake2b(node.nodeid.encode("utf-8", "replace"), digest_size=8).hexdigest()
    key = f"{kind}-{digest}" if account is None else f"{account}+{digest}"
    return f"{key}~{node.config.stash[RUN][:8]}{_worker()}" if shared else key


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "")


def _label(node: pytest.Item | pytest.Module | pytest.Session, kind: str) -> str:
    """What the account is called: the id of its test, or module; of one that each worker of xdist has, with
    the worker."""
    from mock_lusha.errors import shorten  # noqa: PLC0415 - a handle is there, so this is

    worker = f" [{_worker()}]" if _worker() and kind != "test" else ""
    return shorten(node.nodeid or kind, _LONGEST_LABEL - len(worker)) + worker


def _arrange(handle: MockLusha, overrides: Mapping[str, Any], *, account: str | None, strict: bool) -> None:
    if account is not None and not handle.control.accounts()["named"]:
        from mock_lusha.errors import ConfigError, nearest  # noqa: PLC0415 - for a mistake alone

        raise ConfigError(f"there is no account called {account!r}: {nearest(account, _account_names())}")
    if strict and account is None:
        from mock_lusha.client.overrides import sent_settings  # noqa: PLC0415 - a handle is there, so this is

        # A server that is strict about keys takes only those it knows.
        handle.control.put(handle.api_key, **sent_settings(overrides))
        overrides = {name: overrides[name] for name in ("scenario", "now", "as_of") if name in overrides}
    handle.apply(overrides)


def _account_names() -> list[str]:
    from mock_lusha.config import data_folder  # noqa: PLC0415 - for a mistake alone
    from mock_lusha.state.account_profiles import load_profiles  # noqa: PLC0415

    return list(load_profiles([data_folder("fixtures") / "accounts.yaml"]))


def settled(handle: MockLusha, server: LushaServer) -> tuple[dict[str, Any], list[str], str]:
    """The totals of a handle, its problems, and its report if it has any; the account is deleted."""
    from mock_lusha.client.protocol import ControlError  # noqa: PLC0415 - a handle is there, so this is

    if not handle.started:
        return {}, [], ""  # the test stopped it by itself, which raised what was wrong
    try:
        settlement = handle.settle()
        report = report_of(handle) if settlement["problems"] else ""
        if not settlement["forgotten"]:
            handle.control.delete()
    except ControlError as error:
        if error.status is None:
            server.gone = f"lusha: {error}: the server is gone"
        return {}, [f"lusha: {error}"], ""
    totals = {name: settlement[name] for name in ("calls", "spent", "revealed_again", "conduct")}
    totals |= {"blocked": list(handle.blocked), "verdicts": {}, "charged_upstream": 0}
    totals["coverage"] = settlement.get("coverage")  # an older server elsewhere has none
    return totals, settlement["problems"], report


def report_of(handle: MockLusha) -> str:
    """The report of a handle."""
    try:
        return handle.report()
    except Exception as error:  # noqa: BLE001 - a report that fails must not end the run
        return f"the journal cannot be read: {error}"


# Handles that several tests share


def shared(request: pytest.FixtureRequest, settings: Any, kind: str) -> Iterator[MockLusha]:
    """The life of a handle that the tests of a module, or of a session, share."""
    node: pytest.Module | pytest.Session = request.node
    marks = options.marked(node)
    handle, server = open_handle(node, settings, marks, kind)
    name = f"lusha_{kind}"
    node.stash.setdefault(_SHARED, {})[name] = handle
    failed_before = request.session.testsfailed
    live.attend_shared(request.config, name, handle)
    try:
        yield handle
    finally:
        live.leave_shared(request.config, name)
        del node.stash[_SHARED][name]
        try:
            totals, problems, report = settled(handle, server)
        finally:
            handle.release()
    ended = Ended(f"{handle.label} ({name})", totals)
    request.config.stash[_ENDED].append(ended)
    # A later test is not blamed for what an earlier failure left undone.
    if problems and marks.get("verify", True) and request.session.testsfailed == failed_before:
        ended.report = report
        pytest.fail("\n".join(problems), pytrace=False)


def sections(item: pytest.Item) -> Generator[tuple[str, str]]:
    """Reports of the handles that a failing test shares with others."""
    for node in (item.getparent(pytest.Module), item.session):
        if node is not None:
            for name, handle in node.stash.get(_SHARED, {}).items():
                if name in getattr(item, "fixturenames", ()):
                    yield f"{TITLE} ({name})", report_of(handle)


def take_ended(config: pytest.Config) -> list[Ended]:
    """The shared handles that ended since the last call."""
    ended = config.stash[_ENDED]
    config.stash[_ENDED] = []
    return ended
