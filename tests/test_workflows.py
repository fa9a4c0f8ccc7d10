"""The workflows of this repository, as far as they can be checked without running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actionlint import lint

if TYPE_CHECKING:
    from pathlib import Path

WRONG = """
on: push
permissions: {attestations: write, everything: write}
jobs:
  one:
    runs-on: ubuntu-24.04
    steps: [{run: "echo ${{ absent.value }}"}]
"""


def test_actionlint_tells_what_is_wrong_and_where(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text(WRONG, encoding="utf-8")

    problems = lint([path])

    assert [problem.split(" ")[0] for problem in problems] == ["wrong.yml:3:", "wrong.yml:7:"]
    assert 'unknown permission scope "everything"' in problems[0]
    assert 'undefined variable "absent"' in problems[1]
