"""The double beside other ways to have something that answers: requests a second, interleaved.

Run as ``python benchmarks/peers.py [SECONDS] [ROUNDS]``; needs ``wrk`` on the path. What is compared is
installed by ``benchmarks/install-peers``; what is not found is left out. All of them but the double answer
with bytes that do not depend on what was asked, or that they make of its contract, and keep no account. Each
runs as it does without any options.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bare import canned
from ceilings import ceilings
from driving import asking, need_wrk, run
from loads import BULK, LIST, MANY, ONE, Load, Shape
from processes import HERE, UNDER_WAY, bare_command, double_command, first_answer, free_port, machine, running
from tables import table
from throughput import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ceilings import Command

LOADS: Sequence[Load] = (
    Load("GET one person", [ONE], people=1),
    Load("POST 100", [MANY], people=BULK),
    Load("GET a list", [LIST]),
)
CONTRACT = HERE.parent / "mock_lusha" / "contract" / "v2.json"
FOLDER = Path(os.environ.get("PEERS") or Path.home() / ".cache" / "mock-lusha-peers")
"""Where ``install-peers`` puts them."""
OBJECT = Shape("GET", "/answers/canned.json")
_SCALAR = """
import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { createMockServer } from '@scalar/mock-server'
const [port, contract] = process.argv.slice(1)
const app = await createMockServer({ specification: JSON.parse(readFileSync(contract, 'utf8')) })
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' })
"""
_STUB = {
    "request": {"method": "ANY", "urlPattern": ".*"},
    "response": {
        "status": 200,
        "bodyFileName": "canned.json",
        "headers": {"content-type": "application/json"},
    },
}


@dataclass(frozen=True)
class Peer:
    """Something that answers: how it is started, and whether it is on this machine.

    ``folder`` is the one that it is started in. One that is ``sized`` answers as many bytes as the double,
    and begins anew for each load. With ``stores`` it is given the bytes once it has started, and is asked for
    them in place of what a load asks for, by GET alone.
    """

    name: str
    command: Command
    found: bool = True
    sized: bool = True
    folder: Path | None = None
    stores: Callable[[int, int], None] | None = None

    def load(self, load: Load) -> Load | None:
        """What it is asked in place of a load; None where it has no such answer."""
        if self.stores is None:
            return load
        return Load(load.name, [OBJECT]) if load.shapes[0].method == "GET" else None


def wiremock(port: int, size: int, folder: Path) -> list[str]:
    """WireMock with one stub that answers everything."""
    (folder / "mappings").mkdir()
    (folder / "mappings" / "any.json").write_text(json.dumps(_STUB), encoding="utf-8")
    (folder / "__files").mkdir()
    (folder / "__files" / "canned.json").write_bytes(canned(size))
    where = ["--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", str(folder)]
    return ["java", "-jar", str(_jar()), *where]


def _jar() -> Path | None:
    return next(FOLDER.glob("node_modules/wiremock/build/*.jar"), None)


def store_object(port: int, size: int) -> None:
    """Give moto's S3 an object that anybody may read."""
    bucket = OBJECT.path.rpartition("/")[0]
    for path, content in ((bucket, b""), (OBJECT.path, canned(size))):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(
            "PUT", path, content, {"x-amz-acl": "public-read", "content-type": "application/json"}
        )
        connection.getresponse().read()
        connection.close()


def _tool(name: str) -> str | None:
    """The path of a program that was installed for this, or that is on the path."""
    return shutil.which(name, path=str(FOLDER / "node_modules" / ".bin")) or shutil.which(name)


def peers() -> list[Peer]:
    """All there are, those that are not on this machine too."""
    prism, mockoon = _tool("prism"), _tool("mockoon-cli")
    moto = FOLDER / "moto" / "bin" / "moto_server"
    limits = ceilings()
    return [
        Peer("nginx, a file", limits.get("nginx", limits["raw ASGI"]), "nginx" in limits),
        Peer("raw ASGI on uvicorn", limits["raw ASGI"]),
        Peer("Starlette on uvicorn", lambda port, size, _: bare_command(port, size)),
        Peer("**the double, everything on**", lambda port, *_: double_command(port, *UNDER_WAY), sized=False),
        Peer("WireMock, a stub", wiremock, bool(_jar() and shutil.which("java"))),
        Peer(
            "Scalar's mock server, our contract",
            lambda port, *_: ["node", "--input-type=module", "-e", _SCALAR, str(port), str(CONTRACT)],
            (FOLDER / "node_modules" / "@scalar" / "mock-server").is_dir(),
            sized=False,
            folder=FOLDER,
        ),
        Peer(
            "Mockoon, our contract",
            lambda port, *_: [str(mockoon), "start", "-X", "--data", str(CONTRACT), "--port", str(port)],
            mockoon is not None,
            sized=False,
        ),
        Peer(
            "Prism, our contract",
            lambda port, *_: [str(prism), "mock", "-p", str(port), "-h", "127.0.0.1", str(CONTRACT)],
            prism is not None,
            sized=False,
        ),
        Peer(
            "pytest-httpserver",
            lambda port, size, _: [sys.executable, __file__, "--httpserver", str(port), str(size)],
            find_spec("pytest_httpserver") is not None,
        ),
        Peer(
            "moto, an object of S3",
            lambda port, *_: [str(moto), "-H", "127.0.0.1", "-p", str(port)],
            moto.is_file(),
            stores=store_object,
        ),
    ]


def options(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="peers.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seconds", type=int, nargs="?", default=2, help="of each load in each round")
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--httpserver", type=int, nargs=2, metavar=("PORT", "SIZE"), help=argparse.SUPPRESS)
    return parser.parse_args(words)


def serve_httpserver(port: int, size: int) -> None:
    """Serve canned bytes with pytest-httpserver until the process is ended."""
    from pytest_httpserver import HTTPServer  # noqa: PLC0415 - a peer, if it is there

    with HTTPServer(host="127.0.0.1", port=port, threaded=True) as server:
        server.expect_request(re.compile(".*")).respond_with_data(
            canned(size), content_type="application/json"
        )
        while True:
            time.sleep(3600)


@contextmanager
def serving(peer: Peer, size: int) -> Iterator[int]:
    """The port of a peer that answers."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with running(peer.command(port, size, Path(folder)), peer.folder):
            if peer.stores is None:
                first_answer(port, LIST.path)
            else:
                first_answer(port, "/")
                peer.stores(port, size)
                first_answer(port, OBJECT.path)
            yield port


def rates(load: Load, seconds: int, rounds: int, servers: Sequence[tuple[Peer, int]]) -> list[str]:
    """Requests a second of each, in turn: medians, or ``refused`` where that is what was answered. One that
    cannot be asked this has a dash."""
    asked = [(peer.load(load), port) for peer, port in servers]
    runs = [[None if own is None else run(own, port, seconds) for own, port in asked] for _ in range(rounds)]
    figures = []
    for own in zip(*runs, strict=True):
        done = [each for each in own if each is not None]
        if any(each.refused for each in done):
            figures.append("refused")
        else:
            figures.append(f"{statistics.median(each.rate for each in done):,.0f}" if done else "–")
    return figures


def own_size(load: Load, peer: Peer, port: int, size: int) -> str:
    """The bytes of an answer in brackets, unless they are about as many as of the double."""
    if peer.sized:
        return ""
    with asking(port) as ask:
        own = len(ask(load.request(0))[1])
    return "" if size < 2 * own < 4 * size else f" ({own:,} bytes)"


def columns(seconds: int, rounds: int, found: Sequence[Peer]) -> list[list[str]]:
    """The figures of all peers, by load."""
    with ExitStack() as whole:
        double = whole.enter_context(serving(next(peer for peer in found if "double" in peer.name), 0))
        ports = {peer.name: whole.enter_context(serving(peer, 0)) for peer in found if not peer.sized}
        figures = []
        for load in LOADS:
            size = size_of(load, double)
            with ExitStack() as stack:
                sized = {peer.name: stack.enter_context(serving(peer, size)) for peer in found if peer.sized}
                servers = [(peer, {**ports, **sized}[peer.name]) for peer in found]
                of_load = rates(load, seconds, rounds, servers)
                figures.append(
                    [
                        figure + own_size(load, *server, size)
                        for figure, server in zip(of_load, servers, strict=True)
                    ]
                )
        return figures


def section(seconds: int, rounds: int) -> str:
    """The table in Markdown, and what is not in it."""
    every = peers()
    found = [peer for peer in every if peer.found]
    rows = [
        [peer.name, *figures] for peer, *figures in zip(found, *columns(seconds, rounds, found), strict=True)
    ]
    absent = [peer.name.partition(",")[0] for peer in every if not peer.found]
    lines = [
        table(["requests/s", *(load.name for load in LOADS)], rows),
        f"\nMedians of {rounds} rounds of {seconds} s. {machine()}",
        *([f"Not found on this machine: {', '.join(absent)}."] if absent else []),
    ]
    return "\n".join(lines)


def main(seconds: int, rounds: int) -> None:
    """Print it."""
    need_wrk()
    print(section(seconds, rounds))


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    if chosen.httpserver:
        serve_httpserver(*chosen.httpserver)
    else:
        main(chosen.seconds, chosen.rounds)
