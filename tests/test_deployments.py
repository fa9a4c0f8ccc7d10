"""The tests of the API against what several processes serve: a part of them in each run, the whole by hand.

CONTRIBUTING.md has the commands for the whole.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import IN_CI

ROOT = Path(__file__).parent.parent
PARTS = {
    "replicas": (["--replicas=3", "--store=redis"], ["tests/api/v3/test_contract_answers.py"]),
    "workers": (["--workers=2"], ["tests/api/v3/test_keys.py", "tests/api/v3/test_walk.py"]),
}
"""Options, and files: one that calls all operations of v3 in both dialects, and some that walk through both
generations."""


@pytest.mark.parametrize("part", PARTS)
def test_the_api_is_the_same_whoever_serves_it(part: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--replicas") or request.config.getoption("--workers"):
        pytest.skip("it is what this very run does")
    options, files = PARTS[part]
    if part == "replicas" and shutil.which("redis-server") is None:
        assert not IN_CI, "redis-server is not installed"
        pytest.skip("redis-server is not installed")

    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *options, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)

    assert done.returncode == 0, done.stdout[-5_000:]
    assert re.search(r"=+ [0-9]+ passed in [^,]*=+$", done.stdout.strip()), "none was left out"
