"""Hooks and fixtures: ``lusha``, ``lusha_server`` and ``lusha_settings``."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from pytest_mock_lusha import options
from pytest_mock_lusha.servers import Servers
from pytest_mock_lusha.summary import Summary, report_path

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from mock_lusha.handle.lusha import MockLusha
    from pytest_mock_lusha.servers import LushaServer

_SERVERS = pytest.StashKey[Servers]()
_SUMMARY = pytest.StashKey[Summary]()
_RUN = pytest.StashKey[str]()
_HANDLE = pytest.StashKey["MockLusha"]()
_PASSED = pytest.StashKey[bool]()
_CAME_TO = pytest.StashKey[dict[str, Any]]()
_SECTION = pytest.StashKey[str]()
_TITLE = "lusha: what was asked, what was answered, and why"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Document the marker, and check what can be checked before any test runs."""
    config.addinivalue_line("markers", options.MARKER)
    report_path(options.chosen(config, "report")[0])
    config.stash[_SERVERS] = Servers(config)
    config.stash[_SUMMARY] = Summary()
    config.stash[_RUN] = uuid4().hex[:8]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers, however the session ended."""
    if _SERVERS in config.stash:
        config.stash[_SERVERS].close()


def pytest_runtestloop(session: pytest.Session) -> None:
    """Import the client before any test can mock what it is made of."""
    if any("lusha" in getattr(item, "fixturenames", ()) for item in session.items):
        import mock_lusha.handle.lusha  # noqa: PLC0415, F401 - only a suite that uses it


@pytest.fixture(scope="session")
def lusha_settings() -> Mapping[str, Any]:
    """Settings of the double, to be overridden: a dict such as ``{"plan": "pro", "people": 500}``, or a
    ``mock_lusha.Settings``."""
    return {}


@pytest.fixture(scope="session")
def lusha_server(lusha_settings: Any, pytestconfig: pytest.Config) -> LushaServer:
    """The running double (``lusha_server.url``): one a worker, or that of ``--lusha-url``."""
    return pytestconfig.stash[_SERVERS].get(lusha_settings)


@pytest.fixture
def lusha(request: pytest.FixtureRequest, lusha_settings: Any) -> Iterator[MockLusha]:
    """A handle of the double with an account of this test's own.

    At the end the test fails if a rule that it installed and that says how often it fires never did, if the
    double itself failed, or if more than ``max_credits`` were spent; not if it failed already, and not with
    ``@pytest.mark.lusha(verify=False)``.
    """
    from mock_lusha.errors import MockLushaError  # noqa: PLC0415 - with the first use
    from mock_lusha.handle.lusha import MockLusha  # noqa: PLC0415

    item: pytest.Item = request.node
    marks = options.marked(item)
    server = item.config.stash[_SERVERS].get(lusha_settings)
    on_command_line = options.on_command_line(item.config)
    # Command line, marker, and what the server was not started with: the last one wins here.
    own = {name: value for name, value in marks.items() if name in options.OF_ACCOUNT}
    given = {**(server.given or {}), **own, **{n: v for n, v in on_command_line.items() if n in own}}
    account = marks.get("account")
    handle = MockLusha(
        **({"url": server.url} if server.server is None else {"server": server.server}),
        control=server.control,
        api_key=_key(item, account, shared=server.server is None),
        in_process=options.in_process(item.config),
        after=server.last,
        max_credits=marks.get("max_credits"),
    )
    problem = None
    try:
        handle.start()
        _arrange(handle, given, made=server.server is None and account is None)
    except MockLushaError as error:
        problem = f"lusha: {error}"
    if problem is not None:
        handle.release()
        pytest.fail(problem, pytrace=False)
    if any("scenario" in mark.kwargs for mark in item.own_markers if mark.name == "lusha"):
        active = handle.control.scenarios()["account"]
        handle.hold(active["name"])
    item.stash[_HANDLE] = handle
    yield handle
    del item.stash[_HANDLE]
    problems = _settled(handle, item, server, verify=marks.get("verify", True))
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def _key(item: pytest.Item, account: str | None, *, shared: bool) -> str:
    """The test's own key: the same in every run, so that what is drawn for it is; on a server that others use
    too with a part behind ``~`` that changes nothing that is drawn."""
    digest = blake2b(item.nodeid.encode("utf-8", "replace"), digest_size=8).hexdigest()
    key = f"test-{digest}" if account is None else f"{account}+{digest}"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"{key}~{item.config.stash[_RUN]}{worker}" if shared else key


def _arrange(handle: MockLusha, given: Mapping[str, Any], *, made: bool) -> None:
    if made:
        # A server that is strict about keys takes those it was told of.
        settings = {name: value for name, value in given.items() if name not in {"scenario", "now"}}
        handle.control.create(handle.api_key, **{n: _sent(v) for n, v in settings.items()})
        given = {name: given[name] for name in ("scenario", "now") if name in given}
    handle.apply(given)


def _sent(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _settled(handle: MockLusha, item: pytest.Item, server: LushaServer, *, verify: bool) -> list[str]:
    """Let go of a test's account; what is wrong, if the test passed until here and is held to it."""
    problems: list[str] = []
    try:
        found = handle.settle()
        server.last = found["last_exchange"]
        item.stash[_CAME_TO] = {
            name: found[name] for name in ("calls", "spent", "revealed_again", "conduct")
        } | {"blocked": list(handle.blocked)}
        if verify and item.stash.get(_PASSED, False):
            problems = found["problems"]
        if problems:
            item.stash[_SECTION] = handle.report()
        if not found["forgotten"]:
            handle.control.delete()
    finally:
        handle.release()
    return problems


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print the journal of a test that failed, and send along what the test came to."""
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed and not hasattr(report, "wasxfail")
    handle = item.stash.get(_HANDLE, None)
    if report.failed and handle is not None:
        report.sections.append((_TITLE, _told(handle)))
    if report.when == "teardown":
        if _SECTION in item.stash:
            report.sections.append((_TITLE, item.stash[_SECTION]))
            del item.stash[_SECTION]
        if _CAME_TO in item.stash:
            # Attributes of a report travel from a worker of xdist to its controller.
            report.lusha = item.stash[_CAME_TO]  # type: ignore[attr-defined] # a report takes any
            del item.stash[_CAME_TO]
    return report


def _told(handle: MockLusha) -> str:
    from mock_lusha.errors import MockLushaError  # noqa: PLC0415 - a handle is there, so this is

    try:
        return handle.report()
    except MockLushaError as error:
        return f"the journal cannot be read: {error}"


class _Sum:
    """Sums up in the process that reports: the only one, or the controller of xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self._summary = config.stash[_SUMMARY]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take up what a test came to."""
        came_to = getattr(report, "lusha", None)
        if came_to is not None:
            self._summary.add(report.nodeid, came_to)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Sum up, unless this is a worker."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(_Sum(session.config), "lusha-sum")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the suite asked and would have cost."""
    summary = config.stash[_SUMMARY]
    if summary:
        terminalreporter.section("lusha")
        for line in summary.lines():
            terminalreporter.line(line)
    path = report_path(options.chosen(config, "report")[0])
    if path is not None:
        summary.write(path)
        terminalreporter.line(f"lusha: {path} written")
