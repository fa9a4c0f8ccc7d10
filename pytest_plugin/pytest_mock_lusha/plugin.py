"""Hooks and fixtures: ``lusha`` and those beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_mock_lusha import live, options
from pytest_mock_lusha.cassettes import concluded, open_cassette, wants_cassette
from pytest_mock_lusha.coverage import append, least_percent
from pytest_mock_lusha.handles import (
    SERVERS,
    TITLE,
    begin_run,
    open_handle,
    report_of,
    sections,
    settled,
    shared,
    take_ended,
)
from pytest_mock_lusha.summary import Summary, report_path

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from mock_lusha.client.mock_lusha import MockLusha
    from mock_lusha.recorder.recorder import Recorder
    from pytest_mock_lusha.servers import LushaServer

_SUMMARY = pytest.StashKey[Summary]()
_FIXTURES = frozenset({"lusha", "lusha_module", "lusha_session"})
_HANDLE = pytest.StashKey["MockLusha"]()
_PASSED = pytest.StashKey[bool]()
_TOTALS = pytest.StashKey[dict[str, Any]]()
_SECTION = pytest.StashKey[str]()
_RECORDER = pytest.StashKey["Recorder"]()
_VERIFY = pytest.StashKey["tuple[LushaServer, bool]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    options.add_options(parser)
    live.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Document the marker, and check what can be checked before any test runs."""
    config.addinivalue_line("markers", options.MARKER)
    _report_path(config)
    least_percent(config)
    begin_run(config)
    config.stash[_SUMMARY] = Summary()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers, however the session ended."""
    if SERVERS in config.stash:
        config.stash[SERVERS].close()


def pytest_runtestloop(session: pytest.Session) -> None:
    """Import the client before any test can mock what it is made of."""
    if any(_FIXTURES & {*getattr(item, "fixturenames", ())} for item in session.items):
        import mock_lusha.client.mock_lusha  # noqa: PLC0415, F401 - only a suite that uses it


@pytest.fixture(scope="session")
def lusha_settings() -> Mapping[str, Any]:
    """Settings of the double, to be overridden: a dict such as ``{"plan": "pro", "people": 500}``, or a
    ``mock_lusha.Settings``."""
    return {}


@pytest.fixture(scope="session")
def lusha_server(lusha_settings: Any, pytestconfig: pytest.Config) -> LushaServer:
    """The running double (``lusha_server.url``): one a worker, or that of ``--lusha-url``."""
    return pytestconfig.stash[SERVERS].get(lusha_settings)


@pytest.fixture
def lusha(request: pytest.FixtureRequest, lusha_settings: Any) -> MockLusha:
    """A handle of the double with an account of this test's own.

    At the end the test fails if a rule that it installed and that says how often it fires did so less often,
    if the double itself failed, or if more than ``max_credits`` were spent; not if it failed already, and not
    with ``@pytest.mark.lusha(verify=False)``.
    """
    item: pytest.Item = request.node
    marks = options.marked(item)
    handle, server = open_handle(item, lusha_settings, marks)
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
    item.stash[_VERIFY] = (server, bool(marks.get("verify", True)))
    live.attend(item, handle, marks)
    return handle


@pytest.fixture(scope="module")
def lusha_module(request: pytest.FixtureRequest, lusha_settings: Any) -> Iterator[MockLusha]:
    """A handle as ``lusha``, with one account for all tests of a module that take it. It is settled, and
    forgotten, after the last of them."""
    yield from shared(request, lusha_settings, "module")


@pytest.fixture(scope="session")
def lusha_session(request: pytest.FixtureRequest, lusha_settings: Any) -> Iterator[MockLusha]:
    """A handle as ``lusha``, with one account for all tests of the session that take it, in each worker of
    xdist. It is settled, and forgotten, after the last of them."""
    yield from shared(request, lusha_settings, "session")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Refuse the real API to a test that uses a double, from before its fixtures until after them."""
    try:
        live.begin(item)
        return (yield)
    finally:
        live.end(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Pass what pytest was told about the real API on to test cases of unittest, which begin only now."""
    live.attend_case(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Settle the test's account when all its fixtures are done."""
    live.begin_teardown(item, nextitem)
    try:
        result = yield
    except BaseException:
        if _HANDLE in item.stash:
            item.stash[_SECTION] = report_of(item.stash[_HANDLE])
        _close(item, verify=False)
        raise
    problems = _close(item, verify=True)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
    return result


def _close(item: pytest.Item, *, verify: bool) -> list[str]:
    """Release a test's account; its problems, if the test passed until here and is to be verified."""
    handle = item.stash.get(_HANDLE, None)
    if handle is None:
        return []
    server, to_verify = item.stash[_VERIFY]
    del item.stash[_HANDLE]
    passed = item.stash.get(_PASSED, False)
    try:
        problems = _settled(handle, item, server, verify=verify and to_verify and passed)
        recorder: Recorder | None = item.stash.get(_RECORDER, None)
        if recorder is not None:
            # A teardown that failed before this is a failure too: verify is False then.
            wrong = concluded(recorder, passed=verify and passed and not problems)
            problems = [*problems, *(wrong if to_verify else [])]
        return problems
    finally:
        handle.release()


def _settled(handle: MockLusha, item: pytest.Item, server: LushaServer, *, verify: bool) -> list[str]:
    totals, problems, report = settled(handle, server)
    recorder = item.stash.get(_RECORDER, None)
    if totals:
        if recorder is not None:
            totals |= {"verdicts": dict(recorder.verdicts), "charged_upstream": recorder.charged}
        item.stash[_TOTALS] = totals
        problems = problems if verify else []
    if problems and report:
        item.stash[_SECTION] = report
    return problems


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print the journal of a test that failed, and send the totals of its account along."""
    report = yield
    if report.failed:
        report.sections += list(sections(item))
    if report.when == "teardown":
        _end_shared(item, report)
    if _VERIFY not in item.stash:
        return report  # it has no handle
    if report.when == "call":
        item.stash[_PASSED] = report.passed and not hasattr(report, "wasxfail")
    handle = item.stash.get(_HANDLE, None)
    if report.failed and handle is not None:
        report.sections.append((TITLE, report_of(handle)))
    if report.when == "teardown":
        section = item.stash.get(_SECTION, "")
        if report.failed and section:
            report.sections.append((TITLE, section))
        if _TOTALS in item.stash:
            # Attributes of a report travel from a worker of xdist to its controller.
            report.lusha = item.stash[_TOTALS]  # type: ignore[attr-defined] # a report takes any
        for key in (_SECTION, _TOTALS, _VERIFY, _PASSED, _RECORDER):
            _drop(item, key)
    return report


def _end_shared(item: pytest.Item, report: pytest.TestReport) -> None:
    """Send along what shared handles came to that ended with this test; show what is wrong with them."""
    ended = take_ended(item.config)
    report.sections += [(TITLE, handle.report) for handle in ended if handle.report]
    totals = {handle.name: handle.totals for handle in ended if handle.totals}
    if totals:
        report.lusha_shared = totals  # type: ignore[attr-defined] # a report takes any


def _drop(item: pytest.Item, key: pytest.StashKey[Any]) -> None:
    if key in item.stash:
        del item.stash[key]


class _Sum:
    """Sums up in the process that reports: the only one, or the controller of xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._summary = config.stash[_SUMMARY]
        self._written: list[str] = []
        self._problem: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take up what a test came to."""
        totals = getattr(report, "lusha", None)
        if totals is not None:
            self._summary.add(report.nodeid, totals)
        for name, shared_totals in getattr(report, "lusha_shared", {}).items():
            self._summary.add(name, shared_totals, shared=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, whether or not anything is shown, and fail the run that tried too little."""
        self._problem = self._summary.coverage.problem(least_percent(self._config))
        if self._problem is not None and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        path = _report_path(self._config)
        if path is not None:
            try:
                self._summary.write(path)
                self._written.append(f"{path} written")
            except OSError as error:
                self._written.append(f"{path} cannot be written: {error.strerror or error}")
        job = options.job_summary()
        if job is not None and options.lists_coverage(self._config):
            section = self._summary.coverage.markdown()
            self._written += [append(job, section)] if section else []

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the suite asked and would have cost."""
        if self._summary:
            terminalreporter.section("lusha")
            for line in self._summary.lines():
                terminalreporter.line(line)
            everything = options.lists_coverage(self._config)
            for line in self._summary.coverage.lines(everything=everything):
                terminalreporter.line(line)
        for written in self._written:
            terminalreporter.line(f"lusha: {written}")
        if self._problem is not None:
            terminalreporter.line(self._problem, red=True)


def _report_path(config: pytest.Config) -> Path | None:
    """Where the report goes: what the ini file names is beside it, else from where pytest was called."""
    text, source = options.chosen(config, "report")
    folder = config.rootpath if not source.startswith("--") else config.invocation_params.dir
    return report_path(text, folder)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Sum up, unless this is a worker."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(_Sum(session.config), "lusha-sum")
