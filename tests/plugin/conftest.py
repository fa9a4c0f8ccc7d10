from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from suites import OFF

from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Runs a suite in this process: its source, and arguments of pytest. Warnings are errors there too."""

    def run(source: str, *arguments: str, ini: str = "", conftest: str = "") -> pytest.RunResult:
        pytester.makeini(f"[pytest]\nfilterwarnings = error\n{ini}")
        if conftest:
            pytester.makeconftest(conftest)
        pytester.makepyfile(test_suite=source)
        return pytester.runpytest_inprocess(*OFF, *arguments)

    return run


@pytest.fixture
def run_apart(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a suite in a process of its own, with our plugin and those that are named."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run_apart(
        source: str, *arguments: str, plugins: Sequence[str] = (), ini: str = ""
    ) -> pytest.RunResult:
        pytester.makeini(f"[pytest]\nfilterwarnings = error\n{ini}")
        pytester.makepyfile(test_suite=source)
        named = [word for plugin in ("pytest_mock_lusha.plugin", *plugins) for word in ("-p", plugin)]
        return pytester.runpytest_subprocess(*named, *arguments, timeout=120)

    return run_apart


@pytest.fixture(scope="module")
def upstream() -> Iterator[MockServer]:
    """What the suites record: another world than the one that they would see without a cassette."""
    with MockServer(Settings(port=0, seed="upstream", limits="headers", people=200, companies=20)) as server:
        yield server


@pytest.fixture
def recording(run: Run, upstream: MockServer) -> Run:
    """Runs a suite that records where there is no cassette yet."""

    def recording(source: str, *arguments: str, mode: str = "once", **files: str) -> pytest.RunResult:
        return run(source, f"--lusha-record={mode}", f"--lusha-upstream={upstream.url}", *arguments, **files)

    return recording
