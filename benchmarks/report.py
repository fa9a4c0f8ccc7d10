"""All that the first half of docs/benchmarks.md shows, measured anew: about six minutes.

Run as ``python benchmarks/report.py``: it prints the tables of throughput, memory, starts, suites and peers.
``--write`` also puts them into the page, between the marks that are there, and draws its picture; ``--quick``
is one short round, to see that all works.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import peers
import picture
import plugin
import startup
import throughput
from driving import need_wrk
from loads import LOADS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOCS = Path(__file__).parent.parent / "docs"
PAGE, PICTURE = DOCS / "benchmarks.md", DOCS / "figures" / "benchmarks.svg"
STARTS, SUITES, PEERS = 15, 3, 2
"""Rounds of starts, suites and peers."""


def options(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="report.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seconds", type=int, nargs="?", default=1, help="of each load in each round")
    parser.add_argument("rounds", type=int, nargs="?", default=4)
    parser.add_argument("--quick", action="store_true", help="one round of a second of everything")
    parser.add_argument("--write", action="store_true", help="put it into docs/benchmarks.md")
    return parser.parse_args(words)


def written(page: str, sections: Mapping[str, str]) -> str:
    """A page with other texts between its marks, ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

    Raises:
        SystemExit: a section has no marks.
    """
    for name, text in sections.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        between = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.DOTALL)
        if not between.search(page):
            raise SystemExit(f"the page has no marks of {name}: {begin} and {end}")
        before, after = between.split(page, maxsplit=1)
        page = f"{before}\n{text}\n\n{after}"
    return page


def main(chosen: argparse.Namespace) -> None:
    """Measure, print and write."""
    need_wrk()
    seconds, rounds = (1, 1) if chosen.quick else (chosen.seconds, chosen.rounds)
    starts, suites, requests = (3, 1, 2_000) if chosen.quick else (STARTS, SUITES, throughput.REQUESTS)
    every = [throughput.measured(load, seconds, rounds) for load in LOADS]
    sections = {
        **throughput.sections(every, seconds, rounds, requests),
        "starts": startup.section(starts),
        "suites": plugin.section(suites),
        "peers": peers.section(1, 1 if chosen.quick else PEERS),
    }
    for name, text in sections.items():
        print(f"{name}\n\n{text}\n")
    if chosen.write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), sections), encoding="utf-8")
        PICTURE.write_text(picture.drawing(every), encoding="utf-8")


if __name__ == "__main__":
    main(options(sys.argv[1:]))
