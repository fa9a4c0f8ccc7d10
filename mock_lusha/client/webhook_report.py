"""The report of an exam of a receiver of webhooks: what was sent, what it did, what it should have done."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final, Literal

from mock_lusha.client.protocol import hides
from mock_lusha.errors import MockLushaError
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

__tracebackhide__ = hides

Verdict = Literal["pass", "fail", "skipped", "note"]
_COLUMNS: Final = {"verdict": 7, "sent": 36, "the receiver": 27, "it should": 33}
"""The widths of the columns: 109 with two spaces between them."""


class ExamFailedError(MockLushaError, AssertionError):
    """A receiver does not pass its exam; the message is the table."""


@frozen
class Check:
    """One question of the exam: its ``name``, what was ``sent``, what the receiver ``did`` and ``should``
    have done, and a ``hint`` where it failed."""

    name: str
    sent: str
    did: str
    should: str
    verdict: Verdict
    hint: str = ""


@frozen
class ExamReport:
    """What an exam found out about a receiver at ``target``; it is true where nothing failed."""

    target: str
    checks: tuple[Check, ...]

    def __bool__(self) -> bool:
        return not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.verdict == "fail")

    def __getitem__(self, name: str) -> Check:
        """The check of a name.

        Raises:
            KeyError: there is none.
        """
        by_name = {check.name: check for check in self.checks}
        return by_name[name]

    def assert_passed(self) -> None:
        """Fail where a check failed.

        Raises:
            ExamFailedError: one did; the message is the table.
        """
        if not self:
            raise ExamFailedError(str(self))

    def __str__(self) -> str:
        counts = {
            verdict: sum(check.verdict == verdict for check in self.checks)
            for verdict in ("pass", "fail", "skipped", "note")
        }
        said = ", ".join(
            f"{count} {word}"
            for count, word in zip(counts.values(), ("passed", "failed", "skipped", "to note"), strict=True)
            if count
        )
        lines = [f"exam of {self.target}: {said}", "", *_row(*_COLUMNS), *_row(*map(_rule, _COLUMNS))]
        for check in self.checks:
            lines += _row(_shown(check.verdict), check.sent, check.did, check.should)
            if check.hint:
                lines += textwrap.wrap(
                    check.hint, 109, initial_indent=" " * 9 + "> ", subsequent_indent=" " * 11
                )
        return "\n".join(lines)

    def records(self) -> list[dict[str, Any]]:
        """The checks as JSON has them."""
        return [
            {name: getattr(check, name) for name in ("name", "sent", "did", "should", "verdict", "hint")}
            for check in self.checks
        ]


def _shown(verdict: Verdict) -> str:
    return "FAIL" if verdict == "fail" else verdict


def _rule(name: str) -> str:
    return "-" * _COLUMNS[name]


def _row(*cells: str) -> Iterator[str]:
    """The lines of a row of the table; long cells take several."""
    widths = _COLUMNS.values()
    columns = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    for at in range(max(map(len, columns))):
        texts = (column[at] if at < len(column) else "" for column in columns)
        padded = (f"{text:{width}}" for text, width in zip(texts, widths, strict=True))
        yield "  ".join(padded).rstrip()
