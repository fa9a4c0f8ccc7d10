"""Time from process start to the first 200, beside bare Starlette on uvicorn, interleaved.

Run as ``python benchmarks/startup.py [ROUNDS]``.
"""

from __future__ import annotations

import statistics
import sys
import time

from processes import bare_command, double_command, first_answer, free_port, running

PERSON = "/v2/person?email=jane.doe@acme.com"


def seconds(command: list[str], port: int, path: str) -> float:
    """One start."""
    begin = time.perf_counter()
    with running(command):
        first_answer(port, path)
        return time.perf_counter() - begin


def main(rounds: int) -> None:
    """Print medians and ratios as a Markdown table."""
    taken: dict[str, list[float]] = {"bare Starlette": [], "ready": [], "first person": []}
    for _ in range(rounds):
        port = free_port()
        taken["bare Starlette"].append(seconds(bare_command(port, 2000), port, "/x"))
        port = free_port()
        taken["ready"].append(seconds(double_command(port), port, "/_mock/ready"))
        port = free_port()
        taken["first person"].append(seconds(double_command(port), port, PERSON))
    bare = statistics.median(taken["bare Starlette"])
    print(f"| process start to first 200 ({rounds} rounds) | median | ratio |\n| --- | --- | --- |")
    for name, values in taken.items():
        median = statistics.median(values)
        print(f"| {name} | {median * 1000:.0f} ms | {median / bare:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
