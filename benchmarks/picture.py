"""A picture of the table: the double's share of bare Starlette for each load, as a drawing in SVG."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tables import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from throughput import Measured

NAMES, PLOT, AFTER = 370, 480, 90
"""Pixels of the names, of the bars up to ``FULL``, and of what stands behind them."""
AXIS = (0, 0.25, 0.5, 0.75, 1)
FULL = 1.2
"""The ratio at the right end."""
STEP, TOP, BELOW = 34, 64, 30
"""Pixels of a load, and of what stands above and below all."""
TITLE = "The double as shipped, beside bare Starlette with equal bytes (1: as fast)"
_STYLE = """text { font: 13px sans-serif; fill: #24292f } .small { font-size: 11px; fill: #57606a }
.page { fill: #ffffff } .rate { fill: #2f6f9f } .cpu { fill: #9cc3de }
.one { stroke: #57606a; stroke-dasharray: 3 3 } .bar { stroke: #c1121f; stroke-width: 2 }
.axis { text-anchor: middle } .aim { stroke: #2a7f3f; stroke-width: 2 }"""


def drawing(every: Sequence[Measured]) -> str:
    """The picture of these loads: a long bar of requests a second, one of CPU below it, and what is promised.

    Equal figures make equal text.
    """
    height = TOP + STEP * len(every) + BELOW
    width = NAMES + PLOT + AFTER
    bottom = TOP + STEP * len(every)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{TITLE}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        f'<text x="10" y="24">{TITLE}</text>',
        *_legend(),
        f'<line class="one" x1="{_x(1)}" x2="{_x(1)}" y1="{TOP - 6}" y2="{bottom}"/>',
        *(
            f'<text class="small axis" x="{_x(at)}" y="{bottom + 18}">{at:g}</text>'
            for at in (0, 0.25, 0.5, 0.75, 1)
        ),
    ]
    for at, each in enumerate(every):
        parts += _row(each, TOP + STEP * at)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend() -> list[str]:
    def said(x: int, text: str) -> str:
        return f'<text class="small" x="{x}" y="47">{text}</text>'

    return [
        '<rect class="rate" x="10" y="38" width="14" height="10"/>', said(30, "requests/s"),
        '<rect class="cpu" x="110" y="38" width="14" height="10"/>', said(130, "requests by CPU time"),
        '<line class="bar" x1="270" x2="270" y1="36" y2="50"/>', said(278, "bar"),
        '<line class="aim" x1="320" x2="320" y1="36" y2="50"/>', said(328, "aim"),
    ]  # fmt: skip


def _x(ratio: float) -> int:
    return NAMES + round(PLOT * min(ratio, FULL) / FULL)


def _row(each: Measured, y: int) -> list[str]:
    rate, cpu = each.rate[0], each.cpu[0]
    marks = [] if each.load.bar is None else [("bar", each.load.bar.must), ("aim", each.load.bar.should)]
    return [
        f'<text x="10" y="{y + 16}">{escape(each.load.name)}</text>',
        f'<rect class="rate" x="{NAMES}" y="{y + 2}" width="{_x(rate) - NAMES}" height="13"/>',
        f'<rect class="cpu" x="{NAMES}" y="{y + 15}" width="{_x(cpu) - NAMES}" height="7"/>',
        *(f'<line class="{name}" x1="{_x(at)}" x2="{_x(at)}" y1="{y}" y2="{y + 24}"/>' for name, at in marks),
        f'<text class="small" x="{NAMES + PLOT + 8}" y="{y + 16}">{short(rate)} / {short(cpu)}</text>',
    ]
