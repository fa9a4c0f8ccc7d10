"""What the whole suite asked, and what it would have cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_mock_lusha.coverage import SuiteCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DEAREST = 5


def report_path(text: str | None, folder: Path) -> Path | None:
    """The file of ``json:PATH``, where a relative one is in the folder.

    Raises:
        pytest.UsageError: it is another form, or no file can be written there.
    """
    if text is None:
        return None
    kind, colon, path = text.partition(":")
    if kind != "json" or not colon or not path:
        raise pytest.UsageError(f"--lusha-report takes json:PATH, not {text!r}")
    target = folder / path
    if target.is_dir() or not target.parent.is_dir():
        raise pytest.UsageError(f"--lusha-report: no file can be written at {path}")
    return target


class Summary:
    """Sums what tests came to: calls, credits, details revealed again, verdicts, blocked hosts."""

    def __init__(self) -> None:
        self._tests: dict[str, dict[str, Any]] = {}
        self._shared: set[str] = set()
        self.coverage = SuiteCoverage()

    def add(self, nodeid: str, totals: dict[str, Any], *, shared: bool = False) -> None:
        """Take up what a test came to, or a handle that several share; of a test that is run again the last
        run counts with the others."""
        totals = dict(totals)
        self.coverage.add(totals.pop("coverage", None))
        if shared:
            self._shared.add(nodeid)
        before = self._tests.get(nodeid)
        if before is not None:
            totals = {
                "calls": before["calls"] + totals["calls"],
                "spent": before["spent"] + totals["spent"],
                "revealed_again": before["revealed_again"] + totals["revealed_again"],
                "conduct": {
                    name: before["conduct"].get(name, 0) + totals["conduct"].get(name, 0)
                    for name in {*before["conduct"], *totals["conduct"]}
                },
                "blocked": [*before["blocked"], *totals["blocked"]],
                "charged_upstream": before["charged_upstream"] + totals["charged_upstream"],
                "verdicts": {
                    name: before["verdicts"].get(name, 0) + totals["verdicts"].get(name, 0)
                    for name in {*before["verdicts"], *totals["verdicts"]}
                },
            }
        self._tests[nodeid] = totals

    def __bool__(self) -> bool:
        return bool(self._tests)

    def totals(self) -> dict[str, Any]:
        """All of it, as the report has it; tests and verdicts in a fixed order."""
        tests = dict(sorted(self._tests.items()))
        conduct: dict[str, int] = {}
        for test in tests.values():
            for name, times in test["conduct"].items():
                conduct[name] = conduct.get(name, 0) + times
        verdicts: dict[str, int] = {}
        for test in tests.values():
            for name, times in test["verdicts"].items():
                verdicts[name] = verdicts.get(name, 0) + times
        return {
            "verdicts": dict(sorted(verdicts.items())),
            "charged_upstream": sum(test["charged_upstream"] for test in tests.values()),
            "calls": sum(test["calls"] for test in tests.values()),
            "credits": sum(test["spent"] for test in tests.values()),
            "revealed_again": sum(test["revealed_again"] for test in tests.values()),
            "conduct": dict(sorted(conduct.items())),
            "blocked": sorted(host for test in tests.values() for host in test["blocked"]),
            "coverage": self.coverage.report,
            "tests": tests,
        }

    def lines(self) -> Iterator[str]:
        """What is said at the end of the run."""
        from mock_lusha.wording import counted, noun  # noqa: PLC0415 - at the end of a run alone

        totals = self.totals()
        tests = totals["tests"]
        own = len(tests) - len(self._shared)
        among = counted(own, "test")
        if self._shared:
            among += f" and {counted(len(self._shared), 'shared account')}"
        cost = counted(totals["credits"], "credit")
        yield f"{counted(totals['calls'], 'call')} in {among} would have cost {cost}"
        dearest = sorted(tests.items(), key=lambda item: (-item[1]["spent"], item[0]))[:_DEAREST]
        for nodeid, test in dearest:
            if test["spent"]:
                yield f"  {test['spent']:6} {nodeid}"
        if totals["revealed_again"]:
            again = counted(totals["revealed_again"], "detail")
            were = noun(totals["revealed_again"], "was", "were")
            yield f"{again} {were} revealed again, which cost nothing and was no use"
        for name, times in totals["conduct"].items():
            where = sorted(nodeid for nodeid, test in tests.items() if name in test["conduct"])
            more = f" and {len(where) - 1} more" if len(where) > 1 else ""
            yield f"conduct: {name}, {counted(times, 'time')}, in {where[0]}{more}"
        if totals["verdicts"]:
            verdicts = ", ".join(f"{name} {times}" for name, times in totals["verdicts"].items())
            cost = (
                f"; {counted(totals['charged_upstream'], 'credit')} charged"
                if "LIVE" in totals["verdicts"]
                else ""
            )
            yield f"cassettes: {verdicts}{cost}"
        if totals["blocked"]:
            hosts = ", ".join(sorted(set(totals["blocked"])))
            yield f"BLOCKED: {counted(len(totals['blocked']), 'call')} to {hosts}"

    def write(self, path: Path) -> None:
        """Write the report."""
        path.write_text(json.dumps(self.totals(), indent=2) + "\n", encoding="utf-8")
