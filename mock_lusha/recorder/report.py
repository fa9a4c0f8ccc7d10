"""What drift is, and how it is reported."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Literal

from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal[
    "unknown-field",
    "missing-field",
    "type-change",
    "new-enum-value",
    "status-change",
    "header-change",
    "unknown-operation",
    "not-json",
]
Severity = Literal["breaking", "warning", "note"]
Format = Literal["text", "json", "markdown"]

_RANKS: Final[Mapping[Severity, int]] = {"breaking": 0, "warning": 1, "note": 2}
_MOST_SHOWN: Final = 8
_MEANINGS: Final[Mapping[Kind, str]] = {
    "unknown-field": "The real answer has a field that the double does not: code tested against the double "
    "never sees it, and a strict reader refuses it.",
    "missing-field": "The real answer lacks a field that the contract promises: code that reads it passes "
    "against the double and fails against the API.",
    "type-change": "The value is of another type than the double's: code that reads it passes against the "
    "double and fails against the API.",
    "new-enum-value": "The value is not among those that the contract lists: code that knows only those will "
    "not handle it.",
    "status-change": "The same request is answered with another status: code that looks at it goes "
    "another way than it was tested for.",
    "header-change": "Only one of the two answers has this header: code that reads it was tested for "
    "the other case.",
    "unknown-operation": "The contract has no such operation: the double cannot stand in for this call.",
    "not-json": "One of the two answers holds no JSON: code that parses it fails where the other passes.",
}


@frozen
class Drift:
    """One difference between what was recorded and the double, however often it was seen.

    ``where`` is a JSON path of the answer (``$.data[*].name``; ``*`` is a key of a map of ids), a header's
    name, ``status 404`` or, of an unknown operation, ``request``. ``operation`` is the contract's id, or the
    method and path where it has none. ``recorded`` and ``double`` are short texts of what either has, and
    ``interactions`` the indices of the recordings that show it.

    ``severity`` is ``breaking`` where code that works against the double fails against the API, ``warning``
    where it may (an unknown field or value, a header that is gone), ``note`` where it hardly can (one
    header more, a gateway's page).
    """

    kind: Kind
    severity: Severity
    operation: str
    where: str
    recorded: str
    double: str
    interactions: tuple[int, ...]


def in_order(drifts: Sequence[Drift]) -> list[Drift]:
    """The drifts in the order of a report: by severity, operation, place and kind."""
    return sorted(
        drifts, key=lambda drift: (_RANKS[drift.severity], drift.operation, drift.where, drift.kind)
    )


def exit_code(drifts: Sequence[Drift]) -> Literal[0, 1]:
    """0 without drift, 1 with any, notes included. (2, could not compare, is CouldNotCompareError's.)"""
    return 1 if drifts else 0


@frozen
class Wording:
    """The words of a comparison: ``names`` are those of the interactions, by index (``interactions[3]`` where
    there is none), ``sides`` what was compared with what, ``none`` what is said where nothing differs."""

    names: Sequence[str] = ()
    sides: tuple[str, str] = ("recorded", "double")
    none: str = "No drift: what was recorded is what the contract says and the double answers.\n"

    def name(self, index: int) -> str:
        """An interaction's name."""
        return self.names[index] if index < len(self.names) else f"interactions[{index}]"


LIVE: Final = Wording(
    sides=("live", "recorded"),
    none="No drift: the live answers are what the contract says and was recorded.\n",
)
"""Of live answers, compared with recorded ones."""
_PLAIN: Final = Wording()


def render(
    drifts: Sequence[Drift],
    format: Format = "text",  # noqa: A002 - as the flag is called
    wording: Wording = _PLAIN,
) -> str:
    """The drifts as a text that ends with a newline.

    ``text`` is for people, ``json`` for programs (``drift``: a list of objects with the fields of Drift, and
    ``seen_in``, the names of the interactions), ``markdown`` for a comment on a pull request.

    Raises:
        ValueError: the format is none of these.
    """
    writers = {"text": _text, "json": _json, "markdown": _markdown}
    if format not in writers:
        raise ValueError(f"a format is one of {', '.join(writers)}, not {format!r}")
    return writers[format](in_order(drifts), wording)


def _text(drifts: Sequence[Drift], wording: Wording) -> str:
    if not drifts:
        return wording.none
    one, other = (f"{side}:".ljust(9) for side in wording.sides)
    parts = (
        f"\n{drift.severity.upper()} {drift.kind}: {drift.operation} {drift.where}\n"
        f"  {one} {drift.recorded}\n"
        f"  {other} {drift.double}\n"
        f"  seen in:  {_seen_in(drift, wording)}\n"
        f"  {_MEANINGS[drift.kind]}\n"
        for drift in drifts
    )
    return f"{_summary(drifts)}\n{''.join(parts)}\n{_WHAT_NOW}"


_WHAT_NOW: Final = (
    "What now: look at the interactions named above; where the API has changed, adapt your code, and report "
    "the change to mock-lusha, so that the double follows.\n"
)


def _json(drifts: Sequence[Drift], wording: Wording) -> str:
    rows = [
        {**asdict(drift), "seen_in": [wording.name(index) for index in drift.interactions]}
        for drift in drifts
    ]
    return json.dumps({"drift": rows}, indent=2, ensure_ascii=False) + "\n"


def _markdown(drifts: Sequence[Drift], wording: Wording) -> str:
    if not drifts:
        return wording.none
    one, other = map(str.capitalize, wording.sides)
    rows = [
        f"{_summary(drifts)}\n",
        f"| Severity | Kind | Operation | Where | {one} | {other} | Seen in |",
        "|---|---|---|---|---|---|---|",
    ]
    for drift in drifts:
        code = (drift.operation, drift.where, drift.recorded, drift.double)
        cells = (drift.severity, drift.kind, *map(_code, code), _seen_in(drift, wording))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _summary(drifts: Sequence[Drift]) -> str:
    counts = {severity: sum(drift.severity == severity for drift in drifts) for severity in _RANKS}
    parts = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
    return f"Drift: {parts}."


def _seen_in(drift: Drift, wording: Wording) -> str:
    names = ", ".join(wording.name(index) for index in drift.interactions[:_MOST_SHOWN])
    more = len(drift.interactions) - _MOST_SHOWN
    return names if more <= 0 else f"{names} and {more} more"


def _code(text: str) -> str:
    """A text as code in a cell: there a bar ends the cell even so, and a backtick the code."""
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"
