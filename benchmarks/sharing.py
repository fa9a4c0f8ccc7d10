"""Several processes with one state: what a call costs more, what a second process brings, and coming back.

Run as ``python benchmarks/sharing.py [SECONDS] [ROUNDS]``, or with ``--quick``; ``--soak MINUTES`` has two
processes at full load instead, and ends with 1 where something does not hold. Needs ``wrk`` on the path, and
Linux; without ``redis-server`` the rows of Redis are left out. All setups are measured in turn, round after
round, everything switched on; what is shown are medians. After each run every process must hold exactly what
was sent: the exchanges in its journal, the credits in its ledgers.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import soak
import stores
import sums
from driving import asked, asking, driven, need_wrk, result
from loads import KEYS, REVEAL, Load, mixed
from processes import machine, resident
from tables import table
from throughput import counted

from mock_lusha.client.control import Control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from driving import Run
    from stores import Server, Store

ONE = Load("v3 search-and-enrich of one person", [replace(REVEAL, items=1, always=1)], people=1_000)
"""A call that is charged each time; everybody it asks for is known after a second."""
STRIDE = 100_000_000
"""Between the first requests of two clients."""
MORE_CPU: Mapping[str, int] = {stores.SQLITE: 40, stores.REDIS: 60}
"""Microseconds that a call may cost more than without a store, where its account stays at one process."""
TWO_PROCESSES = 1.6
"""Of the calls a second of one process, on two cores, the clients among them."""
HEAD = ("setup", "accounts", "requests/s", "ratio", "CPU µs a call", "more", "aim", "")
BACK = (
    "what is stored",
    "ready, ms",
    "first call, ms",
    "first call at one that was idle, ms",
    "next, ms",
    "store, MB",
)
STORE_SHARE = 0.1
"""How much higher a store may grow in the second half of a soak."""
ENTRIES = ((1, 100), (1, 5_000), (200, 25))
"""Accounts, and calls of each, that a process finds when it begins."""


@dataclass(frozen=True)
class Setup:
    """Servers, their workers, their store, and whether each account stays at one process.

    Four clients call, each over one connection that it keeps, at the servers in turn.
    """

    name: str
    store: str | None = None
    servers: int = 1
    workers: int = 1
    sticky: bool = True

    def keys(self) -> Sequence[str]:
        """Whose account each client takes."""
        return KEYS if self.sticky else [KEYS[0]] * len(KEYS)


def setups() -> list[Setup]:
    """All that this machine can have; the first is what the others are compared with."""
    found = stores.found()
    return [
        Setup("one process, no store"),
        *(Setup(f"one process, {kind}", kind) for kind in found),
        Setup("`--workers 2`", workers=2),
        *(Setup(f"two processes, {kind}", kind, servers=2) for kind in found),
        *(Setup(f"two processes, {kind}", kind, servers=2, sticky=False) for kind in found),
    ]


@dataclass(frozen=True)
class Measured:
    """Requests a second of all clients together, and microseconds of the servers' processor time a call."""

    rate: float
    cpu: float


@dataclass(frozen=True)
class Sent:
    """What a client sent: the account's key, the number of its first request, and what wrk tells."""

    key: str
    first: int
    run: Run

    def requests(self) -> range:
        """The requests by number; wrk makes the first one to look at it, and does not send it."""
        return range(self.first + 1, self.run.made)


def options(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="sharing.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seconds", type=int, nargs="?", default=3, help="of each setup in each round")
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--quick", action="store_true", help="one round of a second")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="full load for so long instead")
    parser.add_argument(
        "--store", choices=[stores.SQLITE, stores.REDIS], default=stores.SQLITE, help="of the soak"
    )
    return parser.parse_args(words)


# What a call costs


def measured(setup: Setup, seconds: int) -> Measured:
    """One run of a setup.

    Raises:
        SystemExit: a process does not hold what was sent.
    """
    with stores.store(setup.store) as store, ExitStack() as stack:
        servers = [
            stack.enter_context(stores.serving(store.flags, setup.workers)) for _ in range(setup.servers)
        ]
        sent = driven_by_all(servers, setup.keys(), 1, 0)  # everybody is known from now on
        before = sum(server.cpu() for server in servers)
        runs = driven_by_all(servers, setup.keys(), seconds, STRIDE // 2)
        taken = sum(server.cpu() for server in servers) - before
        for server in servers:
            check(server, [*sent, *runs])
    return Measured(sum(each.run.rate for each in runs), taken / sum(each.run.done for each in runs) * 1e6)


def driven_by_all(servers: Sequence[Server], keys: Sequence[str], seconds: float, first: int) -> list[Sent]:
    """Have a client for each key call, at the servers in turn, over one connection each.

    Raises:
        SystemExit: not all was answered well.
    """
    with ExitStack() as stack:
        clients = []
        for at, key in enumerate(keys):
            start = first + at * STRIDE
            port = servers[at % len(servers)].port
            wrk = stack.enter_context(driven(ONE.of(key), port, seconds, start, connections=1))
            clients.append((key, start, wrk))
        sent = [Sent(key, start, result(wrk)) for key, start, wrk in clients]
    for each in sent:
        if each.run.broken or each.run.refused:
            raise SystemExit(
                f"{each.key}: {each.run.broken} connections broke, {each.run.refused} answers were refusals"
            )
    return sent


def check(server: Server, sent: Sequence[Sent]) -> None:
    """Compare what a process holds of each account with all that was sent since there was one.

    Raises:
        SystemExit: they differ.
    """
    for key in {each.key for each in sent}:
        with Control(server.url, account=key) as control:
            told = counted(control)
            account = control.accounts()
        ranges = [each.requests() for each in sent if each.key == key]
        due = sums.due(ONE.of(key), ranges, {}, account["seed"], account["as_of"])
        if problems := sums.wrong(due, {key: account["credits"]["spent"]}, told, len(ranges)):
            raise SystemExit(f"{server.url}: {'; '.join(problems)}")


def rows(every: Mapping[Setup, Sequence[Measured]]) -> list[Sequence[str]]:
    """The lines of the table: medians, beside those of the first setup."""
    medians = {
        setup: (statistics.median(run.rate for run in runs), statistics.median(run.cpu for run in runs))
        for setup, runs in every.items()
    }
    (rate, cpu), *_ = medians.values()
    found: list[Sequence[str]] = []
    for setup, (own_rate, own_cpu) in medians.items():
        ratio, more = own_rate / rate, own_cpu - cpu
        judged = ("", "")
        if setup.servers == setup.workers == 1 and setup.store is not None:
            most = MORE_CPU[setup.store]
            judged = (f"≤ {most} µs", _verdict(holds=more <= most))
        elif setup.sticky and setup.servers * setup.workers == 2:
            judged = (f"{TWO_PROCESSES} of one", _verdict(holds=ratio >= TWO_PROCESSES))
        accounts = "each at one process" if setup.sticky else "one, at both in turn"
        if setup.servers * setup.workers == 1:
            accounts = "four"
        found.append(
            (
                setup.name,
                accounts,
                f"{own_rate:,.0f}",
                f"{ratio:.2f}",
                f"{own_cpu:.0f}",
                f"{more:+.0f}",
                *judged,
            )
        )
    return found


def _verdict(*, holds: bool) -> str:
    return "met" if holds else "missed"


# Coming back


def fill(server: Server, accounts: int, calls: int) -> None:
    """Have so many accounts make so many calls each."""
    with asking(server.port) as ask:
        for number in range(accounts):
            load = ONE.of(f"benchmark-tenant-{number:04}")
            for i in range(calls):
                status, content = ask(load.request(i))
                if status != 200:
                    raise SystemExit(f"{load.request(i)}: {status} {content[:500]!r}")


def come_back(kind: str, accounts: int, calls: int) -> Sequence[str]:
    """The line of the table on a process that begins where others were, and on another that was asleep."""
    with stores.store(kind) as store:
        with stores.serving(store.flags) as writer, stores.serving(store.flags) as asleep:
            fill(writer, accounts, calls)
            waits = [called(asleep.port, calls + at) for at in range(2)]
        size = store.size()
        begun = time.perf_counter()
        with stores.serving(store.flags) as again:
            ready = (time.perf_counter() - begun) * 1000
            first = called(again.port, calls + 2)
    name = f"{kind}, {accounts:,} accounts of {calls:,} calls" if accounts > 1 else f"{kind}, {calls:,} calls"
    return (name, f"{ready:.0f}", f"{first:.1f}", f"{waits[0]:.1f}", f"{waits[1]:.1f}", f"{size:.1f}")


def called(port: int, i: int) -> float:
    """Milliseconds that a call of the first account takes."""
    load = ONE.of("benchmark-tenant-0000")
    with asking(port) as ask:
        begun = time.perf_counter()
        status, content = ask(load.request(i))
        taken = time.perf_counter() - begun
    if status != 200:
        raise SystemExit(f"{load.request(i)}: {status} {content[:500]!r}")
    return taken * 1000


# The soak


def soaked(seconds: float, kind: str) -> list[soak.Check]:
    """Two processes at full load, each asked for every account; a table of memory is printed before."""
    with stores.store(kind) as store, ExitStack() as stack:
        servers = [stack.enter_context(stores.serving(store.flags)) for _ in range(2)]
        first = servers[0].port
        load = mixed(lambda *what: asked(first, *what))
        priced = sums.prices(load, lambda *what: asked(first, *what))
        with Control(servers[0].url) as control:
            control.clear_journal()
        clients = [
            stack.enter_context(driven(load, each.port, seconds, at * STRIDE, connections=8))
            for at, each in enumerate(servers)
        ]
        samples = sampled(store, servers, clients, min(soak.EVERY, seconds / soak.LEAST))
        runs = [result(wrk) for wrk in clients]
        sent = [range(at * STRIDE + 1, run.made) for at, run in enumerate(runs)]
        *of_processes, of_store = samples
        checks = [
            replace(soak.memory(own), name=name)
            for name, own in zip(("first process", "second process"), of_processes, strict=True)
        ]
        checks.append(bounded(of_store))
        for each in servers:
            with Control(each.url) as control:
                told = counted(control)
                accounts = {key: control.of(key).accounts() for key in KEYS}
            world = (accounts[KEYS[0]]["seed"], accounts[KEYS[0]]["as_of"])
            due = sums.due(load, sent, priced, *world)
            spent = {key: account["credits"]["spent"] for key, account in accounts.items()}
            checks.append(soak.exact(due, spent, told, 16))
        broken = sum(run.broken for run in runs)
        rate = sum(run.rate for run in runs)
        checks.append(soak.Check("no connection broke", not broken, f"{rate:,.0f} requests/s"))
    names = ("first process", "second process", "store")
    tenths = [
        [f"{name}, MB", *(f"{soak.tenth(own, number, number):.1f}" for number in range(1, 11))]
        for name, own in zip(names, samples, strict=True)
    ]
    print(table(["tenth of the time", *map(str, range(1, 11))], tenths))
    return checks


def bounded(samples: Sequence[soak.Sample]) -> soak.Check:
    """Whether a store, which grows until logs are trimmed, grows no higher in the second half than before."""
    middle = samples[-1][0] / 2
    early, late = (max(mb for at, mb in samples if (at > middle) is half) for half in (False, True))
    told = f"{early:.1f} MB at the most in the first half, {late:.1f} MB in the second"
    return soak.Check("store bounded", late <= early * (1 + STORE_SHARE) + soak.LEAST_MB, told)


def sampled(
    store: Store, servers: Sequence[Server], clients: Sequence[subprocess.Popen[str]], every: float
) -> list[list[soak.Sample]]:
    """The MB of each server and of the store until the clients end."""
    begun = time.monotonic()
    samples: list[list[soak.Sample]] = [[], [], []]
    while True:
        at = time.monotonic() - begun
        sizes = [*(resident(each.processes[0]) for each in servers), store.size()]
        for own, size in zip(samples, sizes, strict=True):
            own.append((at, size))
        try:
            clients[0].wait(every)
        except subprocess.TimeoutExpired:
            continue
        return samples


# What is printed


def main(seconds: int, rounds: int, entries: Sequence[tuple[int, int]] = ENTRIES) -> None:
    """Print two tables in Markdown."""
    need_wrk()
    every: dict[Setup, list[Measured]] = {setup: [] for setup in setups()}
    for _ in range(rounds):
        for setup, runs in every.items():
            runs.append(measured(setup, seconds))
    print(table(HEAD, rows(every)))
    print(f"\nMedians of {rounds} rounds of {seconds} s, four clients on one connection each. {machine()}")
    back = [come_back(kind, *each) for kind in stores.found() for each in entries]
    print("\n" + table(BACK, back))


def main_of_soak(minutes: float, kind: str) -> bool:
    """Print two tables in Markdown; whether all holds."""
    need_wrk()
    checks = soaked(minutes * 60, kind)
    head = (f"{minutes:g} minutes, two processes, {kind}", "figures", "")
    print("\n" + table(head, [each.row() for each in checks]))
    print(f"\n{machine()}")
    return all(each.holds for each in checks)


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    if chosen.soak is not None:
        sys.exit(0 if main_of_soak(chosen.soak, chosen.store) else 1)
    elif chosen.quick:
        main(1, 1, ENTRIES[:1])
    else:
        main(chosen.seconds, chosen.rounds)
