"""The examples in other languages pass with the tools of their languages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from documents import PAGES, ROOT, blocks
from support import IN_CI

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "examples"
VITEST = EXAMPLES / "vitest" / "node_modules" / "vitest" / "vitest.mjs"
OWN = f"{sys.executable} -m mock_lusha"


def environ(**variables: str) -> dict[str, str]:
    paths = [str(ROOT), str(ROOT / "pytest_plugin"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "MOCK_LUSHA": OWN, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **variables}


def run(command: list[str], folder: Path, **variables: str) -> str:
    """What it prints; the test fails where it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def check_vitest() -> None:
    if not VITEST.exists():
        assert not IN_CI, "`npm install` in examples/vitest did not run"
        pytest.skip("needs Node.js and `npm install` in examples/vitest")


def test_the_example_of_vitest_passes_with_a_double_that_it_starts() -> None:
    check_vitest()

    assert "5 passed" in run(["node", str(VITEST), "run", "--no-color"], EXAMPLES / "vitest")


def test_the_example_of_vitest_fails_where_the_double_does_not_start() -> None:
    check_vitest()
    command = ["node", str(VITEST), "run", "--no-color"]

    done = subprocess.run(
        command,
        cwd=EXAMPLES / "vitest",
        env=environ(MOCK_LUSHA_PLAN="nothing-of-this-kind"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "MOCK_LUSHA_PLAN" in done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed")
def test_the_example_in_go_passes_with_a_double_that_it_starts() -> None:
    assert "ok" in run(["go", "test", "-count=1", "./..."], EXAMPLES / "go")


@pytest.mark.skipif(shutil.which("java") is None, reason="java is not installed")
def test_the_example_in_java_passes_with_the_real_address_in_it(tmp_path: Path) -> None:
    double = [sys.executable, "-m", "mock_lusha", "run", "--people=300", "--companies=30", "--"]
    java = ["java", "-XX:TieredStopAtLevel=1", "ContactsTest.java"]

    assert "5 tests passed" in run([*double, *java], EXAMPLES / "java", XDG_STATE_HOME=str(tmp_path))


SOURCES = {
    "go": ("docs/go.md", "go"),
    "java": ("docs/java.md", "java"),
    "js": ("docs/node.md", "vitest"),
}


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_a_block_of_a_page_is_in_a_file_that_is_run(language: str) -> None:
    page, folder = SOURCES[language]
    suffixes = {".go", ".java", ".js"}
    paths = [path for path in (EXAMPLES / folder).iterdir() if path.suffix in suffixes]
    files = [path.read_text(encoding="utf-8") for path in paths]

    found = blocks(language, PAGES[page])
    assert found
    for block in found:
        assert any(block.strip() in text for text in files), block
