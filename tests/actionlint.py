"""actionlint, for workflows of GitHub Actions: here and in the examples."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import IN_CI

if TYPE_CHECKING:
    from collections.abc import Iterable

JS = Path(__file__).parent / "js"


def lint(paths: Iterable[Path]) -> list[str]:
    """What actionlint says of workflows, a line each; the test is skipped where it is not installed.

    It reads workflows alone: the steps of a composite action (``action.yml``) have to be checked otherwise.
    It does not ask whether an action exists, and knows the inputs of widely used ones as of its own version.
    """
    if not (JS / "node_modules" / "@tktco" / "node-actionlint").is_dir():
        assert not IN_CI, "`npm install` in tests/js did not run"
        pytest.skip("needs Node.js and `npm install` in tests/js")
    done = subprocess.run(
        ["node", JS / "actionlint.cjs", *paths], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return [
        f"{Path(problem['path']).name}:{problem['line']}: {problem['message']} [{problem['kind']}]"
        for problem in json.loads(done.stdout)
    ]
