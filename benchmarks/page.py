"""What calls cost while somebody looks at them: time of the processor a call, nobody beside one and three.

Run as ``python benchmarks/page.py [SECONDS] [ROUNDS]``; needs wrk and curl. All defaults are on; rounds take
turns, so that what a machine does besides falls on all alike.
"""

from __future__ import annotations

import contextlib
import statistics
import sys

import driving
import loads
import processes

VIEWERS = (0, 1, 3)
LOAD = loads.LOADS[0]


def measured(port: int, pid: int, viewers: int, seconds: float) -> tuple[float, float]:
    """Microseconds of the processor a call, and calls a second, while so many look."""
    with contextlib.ExitStack() as stack:
        for _ in range(viewers):
            command = ["curl", "-sN", f"http://127.0.0.1:{port}/_mock/events"]
            stack.enter_context(processes.running(command))
        begun = processes.busy(pid)
        done = driving.run(LOAD, port, seconds)
        return (processes.busy(pid) - begun) / done.done, done.rate


def main(seconds: float, rounds: int) -> None:
    """Print it for each number of viewers."""
    driving.need_wrk()
    port = processes.free_port()
    print(processes.machine())
    with processes.running(processes.double_command(port)) as double:
        processes.first_answer(port, "/v3/account/usage")
        driving.run(LOAD, port, 1)
        figures: dict[int, list[tuple[float, float]]] = {viewers: [] for viewers in VIEWERS}
        for _ in range(rounds):
            for viewers in VIEWERS:
                figures[viewers].append(measured(port, double.pid, viewers, seconds))
    base = statistics.median(cost for cost, _ in figures[0])
    for viewers, found in figures.items():
        cost = statistics.median(each for each, _ in found)
        rate = statistics.median(each for _, each in found)
        print(
            f"{viewers} viewers: {cost:6.1f} µs a call, {cost / base:.3f} of nobody looking; "
            f"{rate:7.0f} calls/s"
        )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
