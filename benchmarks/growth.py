"""How what a call takes grows with what there is: exchanges, keys, pins, rules, people, recordings.

Run as ``python benchmarks/growth.py``; with names of items (``journal pins``) it measures those alone, and
with one item and ``--size N`` it gives the milliseconds of that size as JSON. Each size has a process of its
own, and no socket. A row has the best of several measures at three sizes, and the exponent by which it grows
with the size: 0 for what stays as it is, 1 for what is in proportion.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from processes import KEY, machine
from tables import Bar, table

from mock_lusha import Settings, create_app
from mock_lusha.cli.collection import without_collecting

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

FLAT = Bar(0.15, 0.05, most=True)
LINEAR = Bar(1.15, 1.0, most=True)
SLICE = Bar(50, 20, most=True)
"""Milliseconds for which others wait at the longest."""
TIMES = 7
_OPEN: dict[str, Any] = {"limits": "headers", "credits": None, "people": 200, "companies": 20}


class Double:
    """A double in this process, and how long its answers take."""

    def __init__(self, **settings: Any) -> None:
        self.app = create_app(Settings(**{**_OPEN, **settings}))

    async def ask(self, method: str, target: str, body: Any = None, key: str = KEY["api_key"]) -> bytes:
        """The body of an answer, which must be a success."""
        path, _, query = target.partition("?")
        headers = [
            (b"host", b"localhost"),
            (b"api_key", key.encode()),
            (b"content-type", b"application/json"),
        ]
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "scheme": "http",
            "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 1),
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"" if body is None else json.dumps(body).encode()}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        if sent[0]["status"] >= 300:
            raise SystemExit(f"{method} {target}: {sent[0]['status']} {sent[1]['body'][:500]!r}")
        return b"".join(message.get("body", b"") for message in sent)

    async def took(self, method: str, target: str, body: Any = None, key: str = KEY["api_key"]) -> float:
        """The milliseconds of one answer."""
        begin = time.perf_counter()
        await self.ask(method, target, body, key)
        return (time.perf_counter() - begin) * 1000

    async def best(self, method: str, target: str, body: Any = None) -> float:
        """The milliseconds of one answer, the best of several; ``{}`` of the target is another number each
        time."""
        return min([await self.took(method, target.replace("{}", str(turn)), body) for turn in range(TIMES)])

    async def least_waited(self, method: str, target: str, body: Any = None) -> float:
        """The milliseconds for which others wait at the longest meanwhile, the best of several."""
        return min([await waited(self.ask(method, target, body)) for _ in range(TIMES)])


async def waited(work: Coroutine[Any, Any, Any]) -> float:
    """The milliseconds for which somebody else waited at the longest while something was done."""
    task = asyncio.create_task(work)
    longest, before = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    await task
    return longest * 1000


# What is measured: the milliseconds of a size, by row


async def journal(size: int) -> dict[str, float]:
    """Reading and verifying where so many exchanges are kept, of a hundred accounts."""
    double = Double(journal=size)
    for number in range(size):
        await double.ask("GET", f"/v2/person?email=jane.n{number}@acme.com", key=f"key-{number % 100}")
    nobody = {"query": {"email": "no.body@acme.com"}, "times": 0}
    return {
        "read the last 10 of all": await double.best("GET", "/_mock/journal?last=10"),
        "verify an outcome over all": await double.best("POST", "/_mock/verify", {"status": 500, "times": 0}),
        "verify a query over all": await double.best("POST", "/_mock/verify", nobody),
        "waited for while a query is verified": await double.least_waited("POST", "/_mock/verify", nobody),
        "waited for while 1,000 are read": await double.least_waited("GET", "/_mock/journal"),
    }


async def keys(size: int) -> dict[str, float]:
    """Calls and the list of accounts where so many keys have called."""
    double = Double()
    for number in range(size):
        await double.ask("GET", "/v2/company?domain=acme.com", key=f"key-{number}")
    new = [await double.took("GET", "/v2/company?domain=acme.com", key=f"new-{n}") for n in range(TIMES)]
    return {
        "a call with a new key": min(new),
        "list the last 100 accounts": await double.best("GET", "/_mock/accounts?last=100"),
        "list all accounts": await double.best("GET", "/_mock/accounts"),
        "waited for while all are listed": await double.least_waited("GET", "/_mock/accounts"),
    }


async def pins(size: int) -> dict[str, float]:
    """Calls where so many people are pinned, each at a company of their own."""
    double = Double()
    for begin in range(0, size, 100):
        people = [
            {"firstName": "Zoe", "lastName": f"Nr{number}", "companyDomain": f"pinned{number}.example"}
            for number in range(begin, min(begin + 100, size))
        ]
        await double.ask("POST", "/_mock/entities", {"people": people})
    await double.ask("GET", "/v2/person?email=a.b@acme.com")
    return {
        "a call of a pinned person": await double.best("GET", "/v2/person?email=zoe.nr{}@pinned{}.example"),
        "a call of a new employer": await double.best("GET", "/v2/person?email=jane.doe@employer{}.com"),
    }


async def rules(size: int) -> dict[str, float]:
    """Calls where a scenario has so many rules."""
    double = Double()
    document = [
        {"when": {"operation": "searchSingleContact", "identifier": f"word{number}"}, "respond": "gdpr"}
        for number in range(size)
    ]
    await double.ask("PUT", "/_mock/scenario", {"name": "many", "rules": document})
    return {"a call that no rule is about": await double.best("GET", "/v2/person?email=jane.doe{}@acme.com")}


async def people(size: int) -> dict[str, float]:
    """The first search of a directory with so many people."""
    double = Double(people=size, companies=max(1, size // 50))
    search = {"filters": {"contacts": {"include": {"departments": ["Legal"]}}}}
    await double.ask("GET", "/v2/person?email=jane.doe@acme.com")
    begin = time.perf_counter()
    longest = await waited(double.ask("POST", "/prospecting/contact/search", search))
    return {
        "the first search": (time.perf_counter() - begin) * 1000,
        "waited for while it is prepared": longest,
    }


async def recordings(size: int) -> dict[str, float]:
    """A cassette with so many exchanges."""
    from mock_lusha.recorder.cassette import Cassette, save  # noqa: PLC0415 - for this item alone
    from mock_lusha.recorder.interaction import Interaction  # noqa: PLC0415

    exchanges = [
        Interaction(
            "GET", "/v2/company", 200, operation="searchSingleCompanyV2",
            query=(("domain", f"company{number}.com"),), answer={"data": {"name": f"Company {number}"}},
            has_answer=True,
        )
        for number in range(size)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cassette.yaml"
        save(Cassette(tuple(exchanges)), path)
        begin = time.perf_counter()
        double = Double(cassette=path)
        loaded = (time.perf_counter() - begin) * 1000
        return {
            "load a cassette": loaded,
            "a call that is recorded": await double.best("GET", "/v2/company?domain=company{}.com"),
            "a call that is not": await double.best("GET", "/v2/company?domain=other{}.com"),
        }


@dataclass(frozen=True)
class Item:
    """What grows: its name in the table, three sizes, what gives the figures of a size, and what each may be
    at most: an exponent, or with ``SLICE`` the milliseconds at the largest size."""

    what: str
    sizes: tuple[int, int, int]
    measure: Callable[[int], Coroutine[Any, Any, dict[str, float]]]
    bars: tuple[Bar, ...]


ITEMS = {
    "journal": Item("exchanges", (6_000, 20_000, 60_000), journal, (FLAT, FLAT, LINEAR, SLICE, SLICE)),
    "keys": Item("keys", (10_000, 20_000, 40_000), keys, (FLAT, FLAT, LINEAR, SLICE)),
    "pins": Item("pins", (10, 300, 10_000), pins, (FLAT, FLAT)),
    "rules": Item("rules", (10, 100, 1_000), rules, (FLAT,)),
    "people": Item("people", (50_000, 500_000, 5_000_000), people, (LINEAR, SLICE)),
    "recordings": Item("recordings", (500, 1_500, 5_000), recordings, (LINEAR, FLAT, FLAT)),
}


def exponent(sizes: Sequence[float], figures: Sequence[float]) -> float:
    """The slope of figures over sizes where both are logarithms, by least squares."""
    across, up = [math.log(size) for size in sizes], [math.log(figure) for figure in figures]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / spread


def rows(item: Item, measured: Sequence[dict[str, float]]) -> list[tuple[str, ...]]:
    """The lines of the table of an item, of which each size gave figures."""
    found = []
    sizes = ", ".join(f"{size:,}" for size in item.sizes)
    for name, bar in zip(measured[0], item.bars, strict=True):
        figures = [each[name] for each in measured]
        slope = exponent(item.sizes, figures)
        judged, told = (figures[-1], f"{bar} ms") if bar is SLICE else (slope, str(bar))
        cells = [f"{figure:,.2f}" for figure in figures]
        found.append((name, f"{sizes} {item.what}", *cells, f"{slope:.2f}", told, bar.verdict(judged)))
    return found


def options(words: Sequence[str] | None = None) -> argparse.Namespace:
    """What is said on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("items", nargs="*", metavar="ITEM", help=f"of {', '.join(ITEMS)}; all of them")
    parser.add_argument("--size", type=int, help="of one item: its figures of this size alone, as JSON")
    chosen = parser.parse_args(words)
    if not set(chosen.items) <= ITEMS.keys() or (chosen.size is not None and len(chosen.items) != 1):
        parser.error(f"items are {', '.join(ITEMS)}, and --size is of one of them")
    return chosen


def main(names: Sequence[str]) -> None:
    """Print how the items grow as a Markdown table."""
    lines: list[tuple[str, ...]] = []
    for name in names or ITEMS:
        measured = []
        for size in ITEMS[name].sizes:
            command = [sys.executable, __file__, name, "--size", str(size)]
            told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            measured.append(json.loads(told.splitlines()[-1]))
        lines += rows(ITEMS[name], measured)
    print(table(("what", "sizes", "ms", "ms", "ms", "exponent", "bar / aim", ""), lines))
    print(f"\n{machine()}")


if __name__ == "__main__":
    given = options()
    if given.size is None:
        main(given.items)
    else:
        with without_collecting():  # the garbage collector runs as seldom as in a server
            import mock_lusha.app  # noqa: F401 - what is there at its start
        print(json.dumps(asyncio.run(ITEMS[given.items[0]].measure(given.size))))
