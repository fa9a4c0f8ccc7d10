"""What a suite is told at its end of what it did not try."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_mock_lusha.coverage import SuiteCoverage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., pytest.RunResult]

SUITE = """
    import pytest

    JANE = {"contacts": [{"email": "jane.doe@acme.com"}]}

    @pytest.mark.parametrize("error", [429, 402, "gdpr", 503, None, None])
    def test_each(lusha, error):
        if error:
            lusha.on("searchContacts").fail(error)
        lusha.client.post("/v3/contacts/search", json=JANE)

    def test_usage(lusha_module):
        lusha_module.client.get("/v3/account/usage")

    def test_nothing(lusha):
        pass
"""
SMALL = """
    def test_it(lusha):
        lusha.client.get("/v3/account/usage")
"""


def section(result: pytest.RunResult) -> list[str]:
    """The lines about coverage at the end of a run."""
    starts = [number for number, line in enumerate(result.outlines) if line.startswith("coverage:")]
    lines = result.outlines[starts[0] :] if starts else []
    return [line for line in lines if line.startswith(("coverage:", "  "))]


def test_a_run_ends_with_what_was_not_tried(run: Run) -> None:
    result = run(SMALL)

    lines = section(result)
    assert len(lines) == 6
    assert lines[0].startswith("coverage: 1 of 11 operations and situations were tried (9.1 %), ")
    assert lines[1].endswith(': lusha.on("getAccountUsage").fail("too-many-requests")')


def test_the_whole_list_is_told_where_it_is_asked_for(run: Run) -> None:
    by_option, by_ini = run(SMALL, "--lusha-coverage"), run(SMALL, ini="lusha_coverage = true")

    assert len(section(by_option)) == 19
    assert section(by_option) == section(by_ini)


def test_nothing_is_said_of_a_suite_that_made_no_call(run: Run) -> None:
    result = run("def test_it(lusha): pass", "--lusha-coverage", "--lusha-coverage-fail-under=100")

    result.assert_outcomes(passed=1)
    assert (section(result), result.ret) == ([], 0)


@pytest.mark.parametrize(("least", "status"), [("9", 0), ("9.1", 0), ("9.2", 1), ("100", 1)])
def test_a_run_that_tried_too_little_fails(run: Run, least: str, status: int) -> None:
    by_option = run(SMALL, f"--lusha-coverage-fail-under={least}")
    by_ini = run(SMALL, ini=f"lusha_coverage_fail_under = {least}")

    for result in (by_option, by_ini):
        result.assert_outcomes(passed=1)
        assert result.ret == status
        failed = [line for line in result.outlines if "FAILED" in line]
        line = (
            "coverage: FAILED, 9.1 % of operations and situations were tried, and at least "
            f"{least} % were to be"
        )
        assert failed == ([line] if status else [])


@pytest.mark.parametrize("least", ["", "x", "-1", "101", "nan", "50%"])
def test_a_percentage_that_is_none_is_refused_before_any_test(run: Run, least: str) -> None:
    result = run(SMALL, "--lusha-coverage-fail-under", least)

    said = f"*--lusha-coverage-fail-under takes a percentage from 0 to 100, not '{least}'"
    result.stderr.fnmatch_lines([said])
    assert result.ret != 0


def test_workers_of_xdist_come_to_the_same(run_apart: Run, pytester: pytest.Pytester) -> None:
    def reported(*arguments: str, **plugins: Any) -> Any:
        result = run_apart(SUITE, "--lusha-coverage", "--lusha-report=json:r.json", *arguments, **plugins)
        result.assert_outcomes(passed=8)
        report = json.loads((pytester.path / "r.json").read_text(encoding="utf-8"))
        return report["coverage"], section(result)

    alone = reported()
    shared = reported("-n2", plugins=["xdist.plugin"])

    assert shared == alone
    assert alone[0]["calls"] == 7
    tried = {row["name"] for row in alone[0]["situations"] if row["state"] == "tried"}
    assert {"credits-used-up", "too-many-a-second", "server-error", "restricted"} <= tried


OLDER = """
from mock_lusha.client.control import Control

_settle = Control.settle


def settle(self, **options):
    settlement = _settle(self, **options)
    del settlement["coverage"]
    return settlement


Control.settle = settle
"""


def test_a_server_that_does_not_tell_breaks_nothing(run_apart: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OLDER)

    result = run_apart(SMALL, "--lusha-coverage", "--lusha-report=json:r.json")

    result.assert_outcomes(passed=1)
    assert result.ret == 0
    assert section(result) == ["coverage: not known of 1 account, whose server does not tell it"]
    assert json.loads((pytester.path / "r.json").read_text(encoding="utf-8"))["coverage"] is None


def test_a_percentage_that_nobody_can_tell_was_not_reached() -> None:
    coverage = SuiteCoverage()
    assert coverage.problem(100) is None  # no call was made

    coverage.add(None)

    assert coverage.problem(None) is None
    assert coverage.problem(1) == "coverage: 1 % were to be tried, and the server does not tell what was"


def test_a_call_without_a_key_counts_for_the_suite(run: Run) -> None:
    source = """
        def test_it(lusha):
            lusha.client.get("/v3/account/usage", headers={"api_key": ""})
    """

    lines = section(run(source, "--lusha-coverage"))

    assert lines
    assert not any("no-key" in line for line in lines)


def test_the_summary_of_a_job_has_a_section_where_it_is_asked_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    run(SMALL)
    assert summary.read_text(encoding="utf-8") == "before\n"
    result = run(SMALL, "--lusha-coverage")

    result.stdout.fnmatch_lines([f"lusha: coverage appended to {summary}"])
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n## Lusha: what was not tried\n\n1 call; 1 of 11 operations")
    assert '| `lusha.on("getAccountUsage").cut()` |' in text


def test_a_summary_that_cannot_be_written_fails_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))

    result = run(SMALL, "--lusha-coverage")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["lusha: * cannot be written: Is a directory"])
