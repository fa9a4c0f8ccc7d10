"""Hooks and fixtures: ``lusha``, ``lusha_server`` and ``lusha_settings``."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from pytest_mock_lusha import live, options
from pytest_mock_lusha.cassettes import RUN, concluded, open_cassette, wants_cassette
from pytest_mock_lusha.servers import Servers
from pytest_mock_lusha.summary import Summary, report_path

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from mock_lusha.handle.lusha import MockLusha
    from mock_lusha.recorder.recorder import Recorder
    from pytest_mock_lusha.servers import LushaServer

_SERVERS = pytest.StashKey[Servers]()
_SUMMARY = pytest.StashKey[Summary]()
_HANDLE = pytest.StashKey["MockLusha"]()
_PASSED = pytest.StashKey[bool]()
_CAME_TO = pytest.StashKey[dict[str, Any]]()
_SECTION = pytest.StashKey[str]()
_RECORDER = pytest.StashKey["Recorder"]()
_HELD = pytest.StashKey["tuple[LushaServer, bool]"]()
_TITLE = "lusha: what was asked, what was answered, and why"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Document the marker, and check what can be checked before any test runs."""
    config.addinivalue_line("markers", options.MARKER)
    _report_path(config)
    config.stash[_SERVERS] = Servers(config)
    config.stash[_SUMMARY] = Summary()
    config.stash[RUN] = uuid4().hex


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
def lusha(request: pytest.FixtureRequest, lusha_settings: Any) -> MockLusha:
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
    if "scenario" in own and own["scenario"] is None:
        own["scenario"] = "happy"  # none, whatever is said further away
    given = {**(server.given or {}), **own, **{n: v for n, v in on_command_line.items() if n in own}}
    problem = None
    handle = None
    try:
        handle = MockLusha(
            **({"url": server.url} if server.server is None else {"server": server.server}),
            control=server.control,
            api_key=_key(item, marks.get("account"), shared=server.server is None),
            in_process=options.in_process(item.config),
            max_credits=marks.get("max_credits"),
        )
        handle.start()
        _arrange(handle, given, account=marks.get("account"), strict=server.strict)
    except MockLushaError as error:
        problem = f"lusha: {error}"
    if handle is None or problem is not None:
        if handle is not None:
            handle.release()
        pytest.fail(problem or "lusha: no handle", pytrace=False)
    here = [mark.kwargs.get("scenario") for mark in item.own_markers if mark.name == "lusha"]
    if any(each is not None for each in here) and "scenario" not in on_command_line:
        active = handle.control.scenarios()["account"]
        handle.hold(active["name"])
    if wants_cassette(marks):
        # Where it is recorded, the real key must go upstream; the double itself takes any.
        try:
            recorder = open_cassette(item, marks, server)
        except BaseException:
            handle.release()
            raise
        item.stash[_RECORDER] = recorder
        handle.replay(recorder)
    item.stash[_HANDLE] = handle
    item.stash[_HELD] = (server, bool(marks.get("verify", True)))
    live.attend(item, handle, marks)
    return handle


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Refuse the real API to a test that uses a double, from before its fixtures until after them."""
    if live.uses_double(item):
        live.refuse(item)
    try:
        return (yield)
    finally:
        live.allow(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Settle the test's account when all its fixtures are done."""
    try:
        result = yield
    except BaseException:
        if _HANDLE in item.stash:
            item.stash[_SECTION] = _told(item.stash[_HANDLE])
        _close(item, verify=False)
        raise
    problems = _close(item, verify=True)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
    return result


def _close(item: pytest.Item, *, verify: bool) -> list[str]:
    """Let go of a test's account; what is wrong, if the test passed until here and is held to it."""
    handle = item.stash.get(_HANDLE, None)
    if handle is None:
        return []
    server, held = item.stash[_HELD]
    del item.stash[_HANDLE]
    passed = item.stash.get(_PASSED, False)
    try:
        problems = _settled(handle, item, server, verify=verify and held and passed)
        recorder: Recorder | None = item.stash.get(_RECORDER, None)
        if recorder is not None:
            # A teardown that failed before this is a failure too: verify is False then.
            wrong = concluded(recorder, passed=verify and passed and not problems)
            problems = [*problems, *(wrong if held else [])]
        return problems
    finally:
        handle.release()


def _key(item: pytest.Item, account: str | None, *, shared: bool) -> str:
    """The test's own key: the same in every run, so that what is drawn for it is; on a server that others use
    too with a part behind ``~`` that changes nothing that is drawn."""
    digest = blake2b(item.nodeid.encode("utf-8", "replace"), digest_size=8).hexdigest()
    key = f"test-{digest}" if account is None else f"{account}+{digest}"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"{key}~{item.config.stash[RUN][:8]}{worker}" if shared else key


def _arrange(handle: MockLusha, given: Mapping[str, Any], *, account: str | None, strict: bool) -> None:
    from mock_lusha.handle.lusha import sent_settings  # noqa: PLC0415 - a handle is there, so this is

    if account is not None and not handle.control.accounts()["named"]:
        from mock_lusha.errors import ConfigError, nearest  # noqa: PLC0415 - for a mistake alone

        raise ConfigError(f"there is no account called {account!r}: {nearest(account, _stories())}")
    if strict and account is None:
        # A server that is strict about keys takes those it was told of.
        handle.control.create(handle.api_key, **sent_settings(given))
        given = {name: given[name] for name in ("scenario", "now") if name in given}
    handle.apply(given)


def _stories() -> list[str]:
    from mock_lusha.config import data_folder  # noqa: PLC0415 - for a mistake alone
    from mock_lusha.state.profiles import load_profiles  # noqa: PLC0415

    return list(load_profiles([data_folder("fixtures") / "accounts.yaml"]))


def _settled(handle: MockLusha, item: pytest.Item, server: LushaServer, *, verify: bool) -> list[str]:
    from mock_lusha.orders import ControlError  # noqa: PLC0415 - a handle is there, so this is

    if not handle.started:
        return []  # the test stopped it by itself, and was told then what was wrong
    problems: list[str] = []
    try:
        found = handle.settle()
        recorder = item.stash.get(_RECORDER, None)
        item.stash[_CAME_TO] = {
            name: found[name] for name in ("calls", "spent", "revealed_again", "conduct")
        } | {
            "blocked": list(handle.blocked),
            "verdicts": {} if recorder is None else dict(recorder.verdicts),
            "charged_upstream": 0 if recorder is None else recorder.charged,
        }
        problems = found["problems"] if verify else []
        if problems:
            item.stash[_SECTION] = _told(handle)
        if not found["forgotten"]:
            handle.control.delete()
    except ControlError as error:
        if error.status is None:
            server.gone = f"lusha: {error}: the server is gone"
        return [f"lusha: {error}"]
    return problems


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print the journal of a test that failed, and send along what the test came to."""
    report = yield
    if _HELD not in item.stash:
        return report  # it has no handle
    if report.when == "call":
        item.stash[_PASSED] = report.passed and not hasattr(report, "wasxfail")
    handle = item.stash.get(_HANDLE, None)
    if report.failed and handle is not None:
        report.sections.append((_TITLE, _told(handle)))
    if report.when == "teardown":
        section = item.stash.get(_SECTION, "")
        if report.failed and section:
            report.sections.append((_TITLE, section))
        if _CAME_TO in item.stash:
            # Attributes of a report travel from a worker of xdist to its controller.
            report.lusha = item.stash[_CAME_TO]  # type: ignore[attr-defined] # a report takes any
        for key in (_SECTION, _CAME_TO, _HELD, _PASSED, _RECORDER):
            _drop(item, key)
    return report


def _drop(item: pytest.Item, key: pytest.StashKey[Any]) -> None:
    if key in item.stash:
        del item.stash[key]


def _told(handle: MockLusha) -> str:
    try:
        return handle.report()
    except Exception as error:  # noqa: BLE001 - a report that fails must not end the run
        return f"the journal cannot be read: {error}"


class _Sum:
    """Sums up in the process that reports: the only one, or the controller of xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._summary = config.stash[_SUMMARY]
        self._written = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take up what a test came to."""
        came_to = getattr(report, "lusha", None)
        if came_to is not None:
            self._summary.add(report.nodeid, came_to)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Write the report, whether or not anything is shown."""
        path = _report_path(self._config)
        if path is None:
            return
        try:
            self._summary.write(path)
            self._written = f"{path} written"
        except OSError as error:
            self._written = f"{path} cannot be written: {error.strerror or error}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the suite asked and would have cost."""
        if self._summary:
            terminalreporter.section("lusha")
            for line in self._summary.lines():
                terminalreporter.line(line)
        if self._written:
            terminalreporter.line(f"lusha: {self._written}")


def _report_path(config: pytest.Config) -> Path | None:
    """Where the report goes: what the ini file names is beside it, else from where pytest was called."""
    text, source = options.chosen(config, "report")
    folder = config.rootpath if not source.startswith("--") else config.invocation_params.dir
    return report_path(text, folder)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Sum up, unless this is a worker."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(_Sum(session.config), "lusha-sum")
