"""The double as it is shipped beside bare Starlette with canned bytes of the same size.

Run as ``python benchmarks/throughput.py [SECONDS] [ROUNDS]``, or with ``--quick``; needs ``wrk`` on the path,
and Linux. Both servers are measured in turn, round after round: requests a second, and what each takes of
the processor. After each load the double's journal, ledger and log must hold exactly what was sent.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import logs
import sums
from ceilings import ceiling, ceilings
from driving import CONNECTIONS, PROBING, asked, asking, need_wrk, run
from loads import LOADS, OWN, mixed
from processes import (
    UNDER_WAY,
    bare_command,
    busy,
    double_command,
    first_answer,
    free_port,
    machine,
    resident,
    running,
)
from tables import Bar, short, table

from mock_lusha.client.control import Control

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from driving import Run
    from loads import Load

HEAD = (
    "load",
    "requests/s",
    "bare",
    "ratio (of means)",
    "CPU µs",
    "bare",
    "ratio (of means)",
    "raw ASGI",
    "nginx",
    "bar / aim",
    "",
)
LATENCY_HEAD = (f"p99 at {CONNECTIONS} connections", "ms", "bare", "times bare", "bar / aim", "")
MEMORY_HEAD = ("resident after mixed requests", "MB", "bar / aim", "")
KNOWN_HEAD = ("load", "bytes of an answer", "what the double knows before the first round")
MEMORY = Bar(78, 62, most=True)
FIRST = 1_000_000
"""The first request of a load that is numbered; those before are asked once, to measure their answers."""
PROBES = 12
PAUSE = 0.2
"""Seconds between two looks at the journal that must be alike."""
REQUESTS = 10_000


def options(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="throughput.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seconds", type=int, nargs="?", default=1, help="of each load in each round")
    parser.add_argument("rounds", type=int, nargs="?", default=4)
    parser.add_argument(
        "--quick", action="store_true", help="one round of a second, 2,000 requests for memory"
    )
    return parser.parse_args(words)


@dataclass(frozen=True)
class Server:
    """A double: its port, its process, and the file of its log."""

    port: int
    process: int
    log: Path


@dataclass(frozen=True)
class Round:
    """A run of a load, and the microseconds of the processor that the server took for each request."""

    run: Run
    cpu: float


@dataclass(frozen=True)
class Measured:
    """The rounds of a load: the double's and bare Starlette's, the size of an answer, the credits spent, and
    what else answered so many bytes a second, by name."""

    load: Load
    double: Sequence[Round]
    bare: Sequence[Round]
    size: int
    spent: int
    limits: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> tuple[float, float]:
        """The double's requests a second to bare Starlette's: of medians, and of means."""
        mine, canned = ([each.run.rate for each in rounds] for rounds in (self.double, self.bare))
        return _ratios(mine, canned)

    @property
    def cpu(self) -> tuple[float, float]:
        """The same of the requests that a second of the processor is enough for."""
        mine, canned = ([each.cpu for each in rounds] for rounds in (self.double, self.bare))
        return _ratios(canned, mine)

    def verdict(self) -> str:
        """What the medians are worth: of requests a second and of CPU, where these differ."""
        if self.load.bar is None:
            return ""
        by_rate, by_cpu = self.load.bar.verdict(self.rate[0]), self.load.bar.verdict(self.cpu[0])
        return by_rate if by_rate == by_cpu else f"{by_rate}; by CPU {by_cpu}"

    def row(self) -> Sequence[str]:
        """Its line of the table."""
        canned = statistics.median(each.run.rate for each in self.bare)
        rates = [
            f"{statistics.median(r.run.rate for r in rounds):,.0f}" for rounds in (self.double, self.bare)
        ]
        costs = [f"{statistics.median(r.cpu for r in rounds):,.0f}" for rounds in (self.double, self.bare)]
        beyond = [short(self.limits[name] / canned) if name in self.limits else "" for name in HEAD[7:9]]
        bar = "" if self.load.bar is None else str(self.load.bar)
        return (
            self.load.name,
            *rates,
            _both(self.rate),
            *costs,
            _both(self.cpu),
            *beyond,
            bar,
            self.verdict(),
        )

    def latency(self) -> Sequence[str]:
        """The line on the time that 99 of 100 answers stay below."""
        mine, canned = (statistics.median(r.run.p99 for r in rounds) for rounds in (self.double, self.bare))
        bar = self.load.latency
        judged = ("", "") if bar is None else (str(bar), bar.verdict(mine / canned))
        return (self.load.name, f"{mine:.2f}", f"{canned:.2f}", f"{mine / canned:.1f}", *judged)


def _ratios(over: Sequence[float], under: Sequence[float]) -> tuple[float, float]:
    return (
        statistics.median(over) / statistics.median(under),
        statistics.mean(over) / statistics.mean(under),
    )


def _both(ratios: tuple[float, float]) -> str:
    return f"{short(ratios[0])} ({short(ratios[1])})"


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


def settled(load: Load, runs: Sequence[tuple[int, Run]], port: int) -> tuple[int, int]:
    """The exchanges of an account, and the credits that it spent on runs of a load, given with their first
    requests.

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
    return sum(told.values()), int(spent)


@contextmanager
def double() -> Iterator[Server]:
    """A double with everything on and its log in a file, until the block ends."""
    port = free_port()
    with (
        TemporaryDirectory() as folder,
        running(double_command(port, *UNDER_WAY), log=Path(folder) / "log.txt") as process,
    ):
        first_answer(port, "/_mock/ready")
        yield Server(port, process.pid, Path(folder) / "log.txt")


def one_round(load: Load, port: int, process: int, seconds: int, start: int) -> Round:
    """Send a load to a server, from its ``start``-th request on."""
    before = busy(process)
    sent = run(load, port, seconds, start)
    return Round(sent, (busy(process) - before) / max(1, sent.done))


def measured(load: Load, seconds: int, rounds: int) -> Measured:
    """A load in rounds, in turn with bare Starlette; what else there is answers a second of it at the end."""
    mine: list[tuple[int, Round]] = []
    bare = []
    with double() as server:
        size, bare_port = size_of(load, server.port), free_port()
        load = load.with_ids(lambda *what: asked(server.port, *what))
        with Control(f"http://127.0.0.1:{server.port}") as control:
            control.clear_journal()
        before = logs.at_rest(server.log)
        with running(bare_command(bare_port, size)) as process:
            first_answer(bare_port, "/x")
            start = FIRST
            for _ in range(rounds):
                mine.append((start, one_round(load, server.port, server.process, seconds, start)))
                bare.append(one_round(load, bare_port, process.pid, seconds, start))
                start = max(start, mine[-1][1].run.made)
        exchanges, spent = settled(load, [(first, each.run) for first, each in mine], server.port)
        check_as_shipped(load, server, exchanges, before)
    limits = {}
    for name, command in ceilings().items():
        with ceiling(command, size) as port:
            limits[name] = run(load, port, 1, FIRST).rate
    return Measured(load, [each for _, each in mine], bare, size, spent, limits)


def check_as_shipped(load: Load, server: Server, exchanges: int, before: Mapping[str, int]) -> None:
    """See that so many exchanges are in the log beside the lines ``before``, and that limits are enforced.

    Raises:
        SystemExit: they are not.
    """
    with Control(f"http://127.0.0.1:{server.port}", account=OWN) as control:
        account = control.accounts()
    own = account["fingerprint"]
    due, day = before.get(own, 0) + exchanges, account["windows"]["daily"]
    problems = logs.wrong(server.log, {own: due})
    if account["limits"] != "enforce" or day["used"] != due:
        problems.append(f"limits are {account['limits']}, and count {day['used']:,} of {due:,} requests")
    if problems:
        raise SystemExit(f"{load.name}: {'; '.join(problems)}")


def memory(requests: int, *, newer: bool) -> Sequence[str]:
    """The line of the table on what is resident after so many requests of all kinds, of v2 alone or of both
    generations."""
    with double() as server:
        load = mixed(lambda *what: asked(server.port, *what), newer=newer)
        with asking(server.port) as ask:
            for i in range(requests):
                status, content = ask(load.request(i))
                if status != load.shape(i).status:
                    raise SystemExit(f"{load.request(i)}: {status} {content[:500]!r}")
        held = resident(server.process)
    name = f"{requests:,} of {'both generations' if newer else 'v2'}"
    return (name, f"{held:.0f}", str(MEMORY), MEMORY.verdict(held))


def told(every: Sequence[Measured], seconds: int, rounds: int) -> str:
    """What was measured, in a few sentences."""
    answers = sum(each.run.done for load in every for each in load.double)
    spent = sum(load.spent for load in every)
    lines = (
        f"{rounds} rounds of {seconds} s, {CONNECTIONS} connections, one process each; medians.",
        "raw ASGI and nginx: requests/s beside bare, of one second.",
        f"All {answers:,} answers of the double were successes; its journals counted them.",
        "Its logs had a whole line for each.",
        f"Its ledgers held the {spent:,} credits that were due, exactly.",
        f"\n{machine()}",
    )
    return "\n".join(lines)


def sections(every: Sequence[Measured], seconds: int, rounds: int, requests: int) -> Mapping[str, str]:
    """All tables in Markdown, by name."""
    return {
        "throughput": table(HEAD, [each.row() for each in every]) + "\n\n" + told(every, seconds, rounds),
        "known": table(KNOWN_HEAD, [(each.load.name, f"{each.size:,}", each.load.known) for each in every]),
        "latency": table(LATENCY_HEAD, [each.latency() for each in every]),
        "memory": table(MEMORY_HEAD, [memory(requests, newer=newer) for newer in (False, True)]),
    }


def main(seconds: int, rounds: int, requests: int = REQUESTS) -> None:
    """Print the tables."""
    need_wrk()
    every = [measured(load, seconds, rounds) for load in LOADS]
    print("\n\n".join(sections(every, seconds, rounds, requests).values()))


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    if chosen.quick:
        main(1, 1, 2_000)
    else:
        main(chosen.seconds, chosen.rounds)
