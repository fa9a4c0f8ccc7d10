"""The double beside bare Starlette with canned bytes of the same size: the table of what is promised.

Run as ``python benchmarks/throughput.py [SECONDS] [ROUNDS]``, or with ``--quick``; needs ``wrk`` on the path.
Both servers are measured in turn, round after round; what is shown are medians. Everything is switched on,
and after each load the double's journal and ledger must hold exactly what was sent.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sums
from driving import CONNECTIONS, PROBING, asked, asking, need_wrk, run
from loads import LOADS, OWN, mixed
from processes import (
    UNDER_WAY,
    bare_command,
    double_command,
    first_answer,
    free_port,
    machine,
    resident,
    running,
)
from tables import Bar, table

from mock_lusha.client.control import Control

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from driving import Run
    from loads import Load

HEAD = ("load", "double", "bare", "ratio", "bar / aim", "")
LATENCY = Bar(4, 2, most=True)
MEMORY = Bar(90, 55, most=True)
FIRST = 1_000_000
"""The first request of a load that is numbered; those before are asked once, to measure their answers."""
PROBES = 12
PAUSE = 0.2
"""Seconds between two looks at the journal that must be alike."""
REQUESTS = 10_000


def options(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="throughput.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seconds", type=int, nargs="?", default=2, help="of each load in each round")
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument(
        "--quick", action="store_true", help="one round of a second, 2,000 requests for memory"
    )
    return parser.parse_args(words)


@dataclass(frozen=True)
class Measured:
    """The runs of a load: the double's and bare Starlette's, the size of an answer, and the credits spent."""

    load: Load
    double: Sequence[Run]
    bare: Sequence[Run]
    size: int
    spent: int

    def row(self) -> Sequence[str]:
        """Its line of the table."""
        mine = statistics.median(run.rate for run in self.double)
        canned = statistics.median(run.rate for run in self.bare)
        ratio = mine / canned
        bar = self.load.bar
        judged = ("", "") if bar is None else (str(bar), bar.verdict(ratio))
        name = f"{self.load.name} ({self.size:,} bytes), requests/s"
        return (
            name,
            f"{mine:,.0f}",
            f"{canned:,.0f}",
            f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}",
            *judged,
        )

    def latency(self) -> Sequence[str]:
        """The same of the time that 99 of 100 answers stay below."""
        mine = statistics.median(run.p99 for run in self.double)
        canned = statistics.median(run.p99 for run in self.bare)
        ratio = mine / canned
        name = f"p99 at {CONNECTIONS} connections, {self.load.name}, ms"
        return (name, f"{mine:.2f}", f"{canned:.2f}", f"{ratio:.1f}", str(LATENCY), LATENCY.verdict(ratio))


def size_of(load: Load, port: int) -> int:
    """Bytes of an answer of the double to this load: of a repeated one, and else the mean of a few."""
    probes = load.of(PROBING).with_ids(lambda *what: asked(port, *what))
    with asking(port) as ask:
        sizes = []
        for i in range(FIRST - PROBES, FIRST):
            status, content = ask(probes.request(i))
            if status != 200:
                raise SystemExit(f"{load.name}: {status} {content[:500]!r}")
            sizes.append(len(content))
    return sizes[-1] if load.constant else round(statistics.mean(sizes))


def counted(control: Control) -> dict[int, int]:
    """Exchanges of an account by status, once all that are under way have ended."""
    before: dict[int, int] = {}
    while True:
        found: dict[int, int] = {}
        for statuses in control.journal(last=0)["counts"].values():
            for status, number in statuses.items():
                found[int(status)] = found.get(int(status), 0) + number
        if found == before:
            return found
        before = found
        time.sleep(PAUSE)


def settled(load: Load, runs: Sequence[tuple[int, Run]], port: int) -> int:
    """The credits that an account spent on runs of a load, given with their first requests.

    Raises:
        SystemExit: journal or ledger do not hold what was sent, or it was not answered well.
    """
    with Control(f"http://127.0.0.1:{port}", account=OWN) as control:
        told = counted(control)
        account = control.accounts()
        spent = account["credits"]["spent"]
    under_way = CONNECTIONS * len(runs)
    if load.constant:
        # wrk does not say how many of these it made: all that were answered, and some of those under way.
        answered = sum(run.done for _, run in runs)
        sent = [range(min(max(answered, sum(told.values())), answered + under_way))]
        under_way = 0
    else:
        # The first one wrk makes to look at it, and does not send.
        sent = [range(start + 1, run.made) for start, run in runs]
    priced = sums.prices(load, lambda *what: asked(port, *what))
    due = sums.due(load, sent, priced, account["seed"], account["as_of"])
    problems = sums.wrong(due, {OWN: spent}, told, under_way)
    problems += [f"{run.refused} answers were refusals" for _, run in runs if run.refused]
    if problems:
        raise SystemExit(f"{load.name}: {'; '.join(problems)}")
    return int(spent)


@contextmanager
def double() -> Iterator[tuple[int, int]]:
    """The port and the process of a double with everything on, until the block ends."""
    port = free_port()
    with running(double_command(port, *UNDER_WAY)) as process:
        first_answer(port, "/_mock/ready")
        yield port, process.pid


def measured(load: Load, seconds: int, rounds: int) -> Measured:
    """A load in rounds, in turn with bare Starlette."""
    mine: list[tuple[int, Run]] = []
    bare = []
    with double() as (port, _):
        size, bare_port = size_of(load, port), free_port()
        load = load.with_ids(lambda *what: asked(port, *what))
        with Control(f"http://127.0.0.1:{port}") as control:
            control.clear_journal()
        with running(bare_command(bare_port, size)):
            first_answer(bare_port, "/x")
            start = FIRST
            for _ in range(rounds):
                mine.append((start, run(load, port, seconds, start)))
                bare.append(run(load, bare_port, seconds, start))
                start = max(start, mine[-1][1].made)
        spent = settled(load, mine, port)
    return Measured(load, [run for _, run in mine], bare, size, spent)


def memory(requests: int) -> Sequence[str]:
    """The line of the table on what is resident after so many requests of all kinds."""
    with double() as (port, process):
        load = mixed(lambda *what: asked(port, *what))
        with asking(port) as ask:
            for i in range(requests):
                status, content = ask(load.request(i))
                if status != load.shape(i).status:
                    raise SystemExit(f"{load.request(i)}: {status} {content[:500]!r}")
        held = resident(process)
    name = f"resident memory after {requests:,} mixed requests, MB"
    return (name, f"{held:.0f}", "", "", str(MEMORY), MEMORY.verdict(held))


def main(seconds: int, rounds: int, requests: int = REQUESTS) -> None:
    """Print the table in Markdown."""
    need_wrk()
    every = [measured(load, seconds, rounds) for load in LOADS]
    rows = [each.row() for each in every]
    rows += [each.latency() for each in every if each.load.name.startswith("GET person")]
    rows.append(memory(requests))
    print(table(HEAD, rows))
    answers = sum(run.done for each in every for run in each.double)
    spent = sum(each.spent for each in every)
    print(f"\nMedians of {rounds} rounds of {seconds} s, {CONNECTIONS} connections, one process each.")
    print(f"All {answers:,} answers of the double were successes, and its journals counted them.")
    print(f"Its ledgers held the {spent:,} credits that were due, exactly.")
    print(f"\n{machine()}")


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    if chosen.quick:
        main(1, 1, 2_000)
    else:
        main(chosen.seconds, chosen.rounds)
