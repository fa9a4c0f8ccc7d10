"""What the whole suite tried of the API, and what it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_mock_lusha import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mock_lusha.state.coverage import Tally

_FIRST = 5
"""Gaps that are listed without being asked for."""
_MOST_IN_MARKDOWN = 50
"""Gaps in the summary of a job: a megabyte is the most that GitHub takes of all steps."""


class SuiteCoverage:
    """Sums what accounts tried, as their settlements tell it."""

    def __init__(self) -> None:
        self._tally: Tally | None = None
        self._report: dict[str, Any] | None = None
        self._unknown = 0

    def add(self, coverage: Mapping[str, Any] | None) -> None:
        """Take up what an account tried; None where its server is too old to tell."""
        from mock_lusha.state.coverage import Tally  # noqa: PLC0415 - a test used a double

        if coverage is None:
            self._unknown += 1
            return
        self._tally = self._tally or Tally()
        self._tally.add(Tally.of(coverage))
        self._report = None

    @property
    def report(self) -> dict[str, Any] | None:
        """All of it, as the control API has it; None where no call was made, or no server tells."""
        if self._report is None and self._tally is not None and self._tally.calls:
            from mock_lusha.contract.registry import Registry  # noqa: PLC0415 - as above
            from mock_lusha.coverage.report import Report  # noqa: PLC0415
            from mock_lusha.coverage.surface import Surfaces  # noqa: PLC0415

            self._report = Report(self._tally, Surfaces(Registry.load())).plain()
        return self._report

    def lines(self, *, everything: bool) -> Iterator[str]:
        """What is said at the end of the run; nothing where no call was made."""
        report = self.report
        from mock_lusha.wording import counted  # noqa: PLC0415 - at the end of a run alone

        if self._unknown:
            yield f"coverage: not known of {counted(self._unknown, 'account')}, whose server does not tell it"
        if report is None:
            return
        score, gaps = report["score"], report["gaps"]
        shown = gaps if everything else gaps[:_FIRST]
        more = "" if everything or len(gaps) <= _FIRST else "; --lusha-coverage lists all, and the first are"
        yield (
            f"coverage: {score['tried']} of {score['concerned']} operations and situations were tried "
            f"({score['percent']} %), {counted(len(gaps), 'gap')}{more}"
        )
        if everything and report["unread"]:
            yield f"  the requests of {counted(report['unread'], 'call')} were not looked at"
        for gap in shown:
            yield f"  {gap['what']}: {gap['line']}"

    def problem(self, least: float | None) -> str | None:
        """Why the run fails that must have tried ``least`` percent; None where it does not."""
        if least is None:
            return None
        if self.report is None:
            if self._unknown:
                return f"coverage: {least:g} % were to be tried, and the server does not tell what was"
            return None
        score = self.report["score"]
        if score["percent"] >= least:
            return None
        return (
            f"coverage: FAILED, {score['percent']} % of operations and situations were tried, and at least "
            f"{least:g} % were to be"
        )

    def markdown(self) -> str:
        """A section for the summary of a job; empty where no call was made."""
        from mock_lusha.coverage.text import markdown  # noqa: PLC0415 - where it is asked for

        return "" if self.report is None else markdown(self.report, most=_MOST_IN_MARKDOWN)


def least_percent(config: pytest.Config) -> float | None:
    """What ``--lusha-coverage-fail-under`` says.

    Raises:
        pytest.UsageError: it is not a number from 0 to 100.
    """
    text, source = options.chosen(config, "coverage-fail-under")
    if config.getoption("lusha_coverage_fail_under") == "":  # of a variable that is not set, most likely
        raise pytest.UsageError("--lusha-coverage-fail-under takes a percentage from 0 to 100, not ''")
    if text is None:
        return None
    try:
        least = float(text)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 100:
        raise pytest.UsageError(f"{source} takes a percentage from 0 to 100, not {text!r}")
    return least


def append(path: Path, text: str) -> str:
    """Append a section to a file; what became of that, in words."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror or error}"
    return f"coverage appended to {path}"
