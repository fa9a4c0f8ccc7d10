"""The workflows of this repository, as far as they can be checked without running them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from actionlint import lint

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
WRITES = {
    "release.yml": {
        "pypi": {"id-token"},
        "image": {"packages", "id-token", "attestations"},
        "release": {"contents"},
    }
}
"""What jobs may write, by workflow."""
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


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_workflow_is_well_formed(path: Path) -> None:
    assert lint([path]) == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_may_write_only_where_it_says_so(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert document["permissions"] in ({}, {"contents": "read"})
    writes = {
        name: {scope for scope, access in job.get("permissions", {}).items() if access == "write"}
        for name, job in document["jobs"].items()
    }
    assert {name: scopes for name, scopes in writes.items() if scopes} == WRITES.get(path.name, {})


def test_ci_runs_what_everybody_runs() -> None:
    assert "run: bash .ci/run\n" in (FOLDER / "ci.yml").read_text(encoding="utf-8")


def test_what_is_published_is_built_from_locks_on_a_base_by_digest() -> None:
    text = (FOLDER / "release.yml").read_text(encoding="utf-8")

    assert "--require-hashes --requirement scripts/locks/build.txt" in text
    assert "python -m build --no-isolation" in text
    assert text.count("build-args: BASE=${{ steps.base.outputs.image }}") == text.count("build-push-action@")
    (pattern,) = re.findall(r"sed -n 's/(.+?)//p' Dockerfile", text)
    (base,) = re.findall(f"{pattern}(.*)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.fullmatch(r"[\w.:-]+", base)
    assert f'python-version: "{base.partition(":")[2].partition("-")[0]}"' in text


def test_no_workflow_puts_what_others_write_into_a_script() -> None:
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            for step in job.get("steps", []):
                assert "${{" not in step.get("run", ""), (path.name, step["run"])
