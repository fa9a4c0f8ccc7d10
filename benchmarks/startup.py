"""Time from the start of a process to its first 200, beside bare Starlette on uvicorn.

Run as ``python benchmarks/startup.py [ROUNDS]``; 30 rounds take about half a minute. The three start in turn,
asked every two milliseconds: bare Starlette for its canned bytes, the double whether it is ready, and
another double at once for a person, whom it has to draw up its world for. Modules are compiled beforehand, as
they are where packages are installed. CPU is what the process took from its start to its end, which a busy
machine changes less.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from processes import bare_command, first_answer, free_port, machine, running, shipped_command
from tables import Bar, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BARS: Mapping[str, Bar] = {
    "the double, ready": Bar(1.12, 1.05, most=True),
    "the double, first person": Bar(1.2, 1.1, most=True),
}
STARTS: Mapping[str, tuple[Callable[[int], list[str]], str]] = {
    "bare Starlette": (lambda port: bare_command(port, 2000), "/x"),
    "the double, ready": (shipped_command, "/_mock/ready"),
    "the double, first person": (shipped_command, "/v2/person?email=jane.doe@acme.com"),
}


def compiled() -> None:
    """Let the processes keep compiled modules, and find them."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "mock-lusha-benchmark-pycache")


def start(name: str) -> tuple[float, float]:
    """Milliseconds from one start to its first answer, and of CPU."""
    command, path = STARTS[name]
    port = free_port()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with running(command(port)):
        first_answer(port, path)
        taken = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken * 1000, cpu * 1000


def section(rounds: int) -> str:
    """Medians and ratios as a Markdown table."""
    compiled()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in STARTS}
    for name in STARTS:
        start(name)
    for _ in range(rounds):
        for name, each in taken.items():
            each.append(start(name))
    medians = {
        name: [statistics.median(column) for column in zip(*each, strict=True)]
        for name, each in taken.items()
    }
    bare = medians["bare Starlette"]
    rows = [
        (
            name,
            f"{ms:.0f}", f"{ms / bare[0]:.2f}", f"{cpu:.0f}", f"{cpu / bare[1]:.2f}",
            *((str(BARS[name]), BARS[name].verdict(ms / bare[0])) if name in BARS else ("", "")),
        )
        for name, (ms, cpu) in medians.items()
    ]  # fmt: skip
    head = ("first 200 of", "ms", "ratio", "CPU, ms", "ratio", "bar / aim", "")
    return f"{table(head, rows)}\n\nMedians of {rounds} starts each. {machine()}"


if __name__ == "__main__":
    print(section(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
