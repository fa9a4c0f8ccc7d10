from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from suites import OFF

if TYPE_CHECKING:
    from collections.abc import Callable

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
