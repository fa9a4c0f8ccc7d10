from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from suites import OFF

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
