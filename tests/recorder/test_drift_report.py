"""How drift is reported: as text, JSON or Markdown, and by the exit code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_lusha.recorder.drift import (
    Drift,
    exit_code,
    render,
)

DRIFTS = [
    Drift("header-change", "note", "b", "sunset", "soon", "absent", (1,)),
    Drift("unknown-field", "warning", "b", "$.x", "string \"a|b`\"", "no such field", (3, 4)),
    Drift("type-change", "breaking", "b", "$.y", "string \"1\"", "integer", tuple(range(10))),
    Drift("missing-field", "breaking", "a", "$.z", "absent", "string, required", (0,)),
]  # fmt: skip


def test_the_exit_code_tells_drift() -> None:
    assert exit_code([]) == 0
    assert [exit_code([each]) for each in DRIFTS] == [1, 1, 1, 1]


def test_the_text_says_what_where_and_what_it_means() -> None:
    text = render(DRIFTS)

    assert text.startswith(
        "Drift: 2 breaking, 1 warning, 1 note.\n\n"
        "BREAKING missing-field: a $.z\n"
        "  recorded: absent\n"
        "  double:   string, required\n"
        "  seen in:  interactions[0]\n"
        "  The real answer lacks a field that the contract promises"
    )
    assert [line for line in text.splitlines() if line.isupper() or line[:1].isupper()][1:5] == [
        "BREAKING missing-field: a $.z",
        "BREAKING type-change: b $.y",
        "WARNING unknown-field: b $.x",
        "NOTE header-change: b sunset",
    ]
    assert "interactions[7] and 2 more" in text
    assert render(DRIFTS[::-1]) == text


def test_json_holds_everything_and_markdown_is_a_table() -> None:
    held = json.loads(render(DRIFTS, "json"))["drift"]
    rows = render(DRIFTS, "markdown").splitlines()

    assert held[2] == {
        "kind": "unknown-field", "severity": "warning", "operation": "b", "where": "$.x",
        "recorded": "string \"a|b`\"", "double": "no such field", "interactions": [3, 4],
        "seen_in": ["interactions[3]", "interactions[4]"],
    }  # fmt: skip
    assert rows[-2] == (
        '| warning | unknown-field | `b` | `$.x` | `string "a\\|b\'"` | `no such field` | '
        "interactions[3], interactions[4] |"
    )
    assert len(rows) == 8


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_no_drift_is_said(format_: Any) -> None:
    assert render([], format_).startswith("No drift")
    assert json.loads(render([], "json")) == {"drift": []}


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="text, json, markdown"):
        render([], "html")  # type: ignore[arg-type] # as a caller without types might
