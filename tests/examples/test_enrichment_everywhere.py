"""The example's suite passes in this process without sockets, and against a server elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import server_elsewhere

SUITE = Path(__file__).parent / "enrichment"
HERE = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_mock_lusha.plugin"]


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    command = [*HERE, f"--rootdir={SUITE}", "-c", "/dev/null", *arguments, str(SUITE)]
    done = subprocess.run(command, check=False, cwd=SUITE, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("arguments", [(), ("--lusha-in-process",)], ids=["thread", "in process"])
def test_the_suite_passes_here(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    told = run(*arguments, monkeypatch=monkeypatch)

    assert "12 passed" in told
    assert re.search(r"\d+ calls in 12 tests would have cost \d+ credits", told)


def test_the_suite_passes_against_a_server_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with server_elsewhere("--control-token=s3cret") as url:
        told = run(f"--lusha-url={url}", "--lusha-token=s3cret", monkeypatch=monkeypatch)

    assert "12 passed" in told
