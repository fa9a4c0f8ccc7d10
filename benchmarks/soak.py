"""Full load for ten minutes: memory stays flat, the journal bounded, the ledger exact, the log complete.

Run as ``python benchmarks/soak.py [MINUTES]``; needs ``wrk`` on the path. Four accounts ask for all there is,
mistakes too, about a population that is known within the first minutes. Ends with 1 where something does not
hold.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import logs
import sums
from driving import CONNECTIONS, asked, driven, need_wrk, result
from loads import KEYS, PEOPLE, mixed
from processes import machine, resident
from tables import table
from throughput import counted, double

from mock_lusha.client.control import Control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Sample = tuple[float, float]  # seconds since the beginning, MB resident

EVERY = 5.0
LEAST = 40
"""Samples of a short soak; a long one takes one each 5 seconds."""
SHARE, LEAST_MB = 0.02, 2.0
"""Memory is flat where it grows by no more than 2 %, or 2 MB, from the second tenth on."""


@dataclass(frozen=True)
class Check:
    """Something that must hold, whether it does, and the figures that say so."""

    name: str
    holds: bool
    told: str

    def row(self) -> Sequence[str]:
        """Its line of the table."""
        return (self.name, self.told, "holds" if self.holds else "**does not hold**")


def options(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="soak.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("minutes", type=float, nargs="?", default=10.0)
    return parser.parse_args(words)


def tenth(samples: Sequence[Sample], first: int, last: int) -> float:
    """The median of the MB in the tenths from ``first`` to ``last``, counted from 1."""
    end = samples[-1][0]
    return statistics.median(mb for at, mb in samples if end * (first - 1) / 10 <= at <= end * last / 10)


def slope(samples: Sequence[Sample]) -> float:
    """MB a minute, of the line that fits best."""
    if len(samples) < 2:
        return 0.0
    return statistics.linear_regression([at / 60 for at, _ in samples], [mb for _, mb in samples]).slope


def flat_from(samples: Sequence[Sample], allowed: float) -> float:
    """The second from which on all samples are within ``allowed`` MB of the median of the last tenth."""
    final = tenth(samples, 10, 10)
    apart = max((at for at, mb in samples if abs(mb - final) > allowed), default=-1.0)
    return next((at for at, _ in samples if at > apart), samples[-1][0])


def memory(samples: Sequence[Sample]) -> Check:
    """Whether memory stayed flat: the last tenth against the second and third, when caches are full."""
    early, late = tenth(samples, 2, 3), tenth(samples, 10, 10)
    allowed = max(SHARE * early, LEAST_MB)
    half = [sample for sample in samples if sample[0] >= samples[-1][0] / 2]
    told = (
        f"{early:.1f} MB in the 2nd and 3rd tenth, {late:.1f} MB in the last; {slope(half):+.2f} MB a minute "
        f"in the second half; within {allowed:.1f} MB of its end from {flat_from(samples, allowed):.0f} s on"
    )
    return Check("memory flat", late - early <= allowed, told)


def journal(held: Mapping[str, int], kept: int) -> Check:
    """Whether the journal holds no more of an account than the setting says."""
    told = f"{max(held.values()):,} exchanges of an account at the most, {kept:,} is the setting"
    return Check("journal bounded", max(held.values()) <= kept, told)


def exact(due: sums.Due, spent: Mapping[str, int], told: Mapping[int, int], in_flight: int) -> Check:
    """Whether journal and ledgers hold what was sent."""
    problems = sums.wrong(due, spent, told, in_flight)
    statuses = ", ".join(f"{number:,} of {status}" for status, number in sorted(told.items()))
    lost = sum(due.answers.values()) - sum(told.values())
    said = f"{sum(told.values()):,} exchanges ({statuses}), {sum(spent.values()):,} credits"
    said += f"; {lost} under way at the end never arrived" if lost else ""
    return Check("counts and ledgers exact", not problems, "; ".join(problems) or said)


def logged(log: Path, before: Mapping[str, int], answered: int) -> Check:
    """Whether the log has a whole line for each of so many exchanges, beside those ``before``."""
    number = logs.at_rest(log).total() - sum(before.values())
    return Check(
        "log complete", number == answered, f"{number:,} whole lines, {log.stat().st_size / 2**20:,.0f} MB"
    )


def sampled(process: int, wrk: subprocess.Popen[str], every: float) -> list[Sample]:
    """The memory of a process until wrk ends."""
    begun = time.monotonic()
    samples: list[Sample] = []
    while True:
        samples.append((time.monotonic() - begun, resident(process)))
        try:
            wrk.wait(every)
        except subprocess.TimeoutExpired:
            continue
        return samples


def held(port: int, key: str) -> int:
    """How many exchanges the journal holds of an account."""
    with Control(f"http://127.0.0.1:{port}", account=key) as control:
        return len(control.journal()["exchanges"])


def soaked(seconds: float) -> list[Check]:
    """The checks of a soak; a table of its memory is printed before."""
    with double() as server:
        port, url = server.port, f"http://127.0.0.1:{server.port}"
        load = mixed(lambda *what: asked(port, *what))
        priced = sums.prices(load, lambda *what: asked(port, *what))
        with Control(url) as control:
            control.clear_journal()
            kept = control.settings()["journal"]
        before = logs.at_rest(server.log)
        with driven(load, port, seconds) as wrk:
            samples = sampled(server.process, wrk, min(EVERY, seconds / LEAST))
            run = result(wrk)
        with Control(url) as control:
            told = counted(control)
            accounts = {key: control.of(key).accounts() for key in KEYS}
        # The first request is one that wrk makes to look at it, and does not send.
        world = (accounts[KEYS[0]]["seed"], accounts[KEYS[0]]["as_of"])
        due = sums.due(load, [range(1, run.made)], priced, *world)
        spent = {key: account["credits"]["spent"] for key, account in accounts.items()}
        checks = [
            memory(samples),
            journal({key: held(port, key) for key in KEYS}, kept),
            exact(due, spent, told, CONNECTIONS),
            logged(server.log, before, sum(told.values())),
            Check("no connection broke", not run.broken, f"{run.rate:,.0f} requests/s, p99 {run.p99:.0f} ms"),
        ]
    tenths = [f"{tenth(samples, number, number):.1f}" for number in range(1, 11)]
    print(table(["tenth of the time", *map(str, range(1, 11))], [["MB resident, median", *tenths]]))
    return checks


def main(minutes: float) -> bool:
    """Print two tables in Markdown; whether all holds."""
    need_wrk()
    checks = soaked(minutes * 60)
    print("\n" + table((f"{minutes:g} minutes at full load", "figures", ""), [each.row() for each in checks]))
    print(f"\n{len(KEYS)} accounts, {PEOPLE:,} people and companies, {CONNECTIONS} connections. {machine()}")
    return all(each.holds for each in checks)


if __name__ == "__main__":
    sys.exit(0 if main(options(sys.argv[1:]).minutes) else 1)
