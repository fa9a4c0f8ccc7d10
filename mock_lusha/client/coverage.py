"""What the calls of an account tried of the API, and what they did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.client.protocol import hides
from mock_lusha.errors import CATALOGUE, ConfigError, nearest
from mock_lusha.values import frozen
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_lusha.client.control import Control

__tracebackhide__ = hides


@frozen
class Gap:
    """Something that was not tried: a ``kind`` (situation, operation, error, status, field or value), the
    operation it is about, if it is about one, and the ``line`` of a test that fills it, once the call is
    made."""

    kind: str
    operation: str | None
    what: str
    line: str

    def __str__(self) -> str:
        return f"{self.what}\n    {self.line}"


class HandleCoverage:
    """What was tried, as it was when this object was made: ``lusha.coverage.gaps``,
    ``lusha.coverage.assert_tried("402", "partial-bulk")``."""

    def __init__(self, control: Control) -> None:
        self.report: Mapping[str, Any] = control.coverage()
        """All of it, as the control API has it."""

    def __repr__(self) -> str:
        score = self.report["score"]
        gaps = counted(len(self.report["gaps"]), "gap")
        return f"<coverage: {score['tried']} of {score['concerned']} tried, {gaps}>"

    @property
    def gaps(self) -> Sequence[Gap]:
        """What was not tried, the most worthwhile first."""
        return [Gap(**gap) for gap in self.report["gaps"]]

    @property
    def percent(self) -> float:
        """How many of the operations and situations that concern the calls were tried."""
        percent: float = self.report["score"]["percent"]
        return percent

    def tried(self, name: str | int) -> bool:
        """Whether a situation, an operation, a status or an error of the catalogue was tried.

        Raises:
            ConfigError: nothing is called so; it suggests the nearest name.
        """
        return self._look_up(name)[0]

    def assert_tried(self, *names: str | int) -> None:
        """Check that situations (``"partial-bulk"``), operations, statuses (``402`` or ``"402"``) and errors
        (``"hourly-limit"``) were tried.

        Raises:
            AssertionError: one was not; it has the line of a test that does.
            ConfigError: nothing is called so; it suggests the nearest name.
        """
        if not names:
            raise ConfigError("assert_tried() takes what is to be checked: situations, operations, statuses")
        looked_up = [(name, *self._look_up(name)) for name in names]
        missed = [
            f"  {name}: {line or 'no call concerns it'}" for name, tried, line in looked_up if not tried
        ]
        if missed:
            raise AssertionError("\n".join(["never tried, and what would:", *missed]))

    def _look_up(self, name: str | int) -> tuple[bool, str | None]:
        """Whether something was tried, and the line that does."""
        text = str(name)
        known: list[str] = []
        for word, tried, line in self._all():
            if word == text:
                return tried, line
            known.append(word)
        if text.isascii() and text.isdecimal() and 100 <= int(text[:9]) < 600:
            return False, None
        raise ConfigError(f"nothing to try is called {text!r}: {nearest(text, sorted({*known, *CATALOGUE}))}")

    def _all(self) -> Iterator[tuple[str, bool, str | None]]:
        """Everything that has a name: whether it was tried, and the line that does."""
        report = self.report
        lines = {(gap["kind"], gap["operation"]): gap["line"] for gap in reversed(report["gaps"])}
        for row in report["situations"]:
            yield row["name"], row["state"] == "tried", row["line"]
        for names in ("called", "missed", "not_concerned"):
            for name in report["operations"][names]:
                yield name, names == "called", lines.get(("operation", name))
        rows = sorted(report["statuses"], key=lambda row: not row["tried"])
        for row in rows:
            yield str(row["status"]), row["tried"], f'lusha.on("{row["operation"]}").fail({row["status"]})'
        for row in report["errors"]:
            yield row["name"], row["tried"], f'lusha.on("{row["operation"]}").fail("{row["name"]}")'
        for name in CATALOGUE:
            yield name, False, None
