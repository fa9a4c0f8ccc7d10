"""What the benchmarks print: tables in Markdown, and whether a figure meets its bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Bar:
    """What a figure must reach and what it should; with ``most`` it must stay at or below them."""

    must: float
    should: float
    most: bool = False

    def verdict(self, figure: float) -> str:
        """``aim met``, ``bar met`` or ``missed``."""
        sign = -1 if self.most else 1
        if sign * figure >= sign * self.should:
            return "aim met"
        return "bar met" if sign * figure >= sign * self.must else "missed"

    def __str__(self) -> str:
        mark = "≤ " if self.most else ""
        return f"{mark}{self.must:g} / {mark}{self.should:g}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))


def short(ratio: float) -> str:
    """A ratio with two digits that say something."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"
