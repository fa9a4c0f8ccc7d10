"""The report of coverage for people: as text, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def text(report: Mapping[str, Any]) -> Iterator[str]:
    """The gaps, each with its line, below a line that sums them up."""
    yield _head(report)
    if report["unread"]:
        yield f"The requests of {counted(report['unread'], 'call')} were not looked at."
    kind = None
    for gap in report["gaps"]:
        if gap["kind"] != kind:
            kind = gap["kind"]
            yield f"\n{kind}"
        yield f"  {gap['what']}"
        yield f"      {gap['line']}"


def markdown(report: Mapping[str, Any], most: int | None = None) -> str:
    """A section with a table of the gaps, all of them or the first so many."""
    gaps = report["gaps"]
    rows = [f"| {gap['kind']} | {_cell(gap['what'])} | `{_cell(gap['line'])}` |" for gap in gaps[:most]]
    table = ["| kind | never tried | what would |", "| --- | --- | --- |", *rows] if rows else []
    rest = len(gaps) - len(rows)
    more = ["", f"… and {rest} more."] if rest else []
    return "\n".join(["## Lusha: what was not tried", "", _head(report), "", *table, *more, ""])


def _head(report: Mapping[str, Any]) -> str:
    score = report["score"]
    calls, gaps = counted(report["calls"], "call"), counted(len(report["gaps"]), "gap")
    return (
        f"{calls}; {score['tried']} of {score['concerned']} operations and situations that "
        f"concern them were tried ({score['percent']} %), {gaps}."
    )


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("`", "'").replace("\n", " ")
