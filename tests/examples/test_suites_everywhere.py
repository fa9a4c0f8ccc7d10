"""The suites of the examples pass in this process, without sockets too, and against a server elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import server_elsewhere

SUITES = {Path(__file__).parent / "enrichment": 12, Path(__file__).parent / "leads": 14}
"""How many tests the suite of an example has."""
HERE = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_mock_lusha.plugin"]


def run(suite: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    command = [*HERE, f"--rootdir={suite}", "-c", "/dev/null", *arguments, str(suite)]
    done = subprocess.run(command, check=False, cwd=suite, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("arguments", [(), ("--lusha-in-process",)], ids=["thread", "in process"])
def test_a_suite_passes_here(
    suite: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = run(suite, *arguments, monkeypatch=monkeypatch)

    assert f"{SUITES[suite]} passed" in output
    assert re.search(rf"\d+ calls in {SUITES[suite]} tests would have cost \d+ credits", output)


def test_the_suites_pass_against_a_server_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with server_elsewhere("--control-token=s3cret") as url:
        for suite, count in SUITES.items():
            output = run(suite, f"--lusha-url={url}", "--lusha-token=s3cret", monkeypatch=monkeypatch)

            assert f"{count} passed" in output
