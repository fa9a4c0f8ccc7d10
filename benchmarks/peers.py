"""The double beside other ways to have something that answers: requests a second, interleaved.

Run as ``python benchmarks/peers.py [SECONDS] [ROUNDS]``; needs ``wrk`` on the path. Raw ASGI and Starlette on
uvicorn are always there; nginx, pytest-httpserver, Prism and Mockoon only where they are found. All of them
but the double answer with bytes that do not depend on what was asked, keep no account and check no body
(Prism checks it).
"""

from __future__ import annotations

import argparse
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
from driving import need_wrk, run
from loads import BULK, LIST, MANY, ONE, Load
from processes import (
    HERE,
    UNDER_WAY,
    bare_command,
    double_command,
    first_answer,
    free_port,
    machine,
    running,
)
from tables import table
from throughput import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Command = Callable[[int, int, Path], list[str]]  # of a port, the size of an answer, and a folder

LOADS: Sequence[Load] = (
    Load("GET one person", [ONE], people=1),
    Load("POST 100", [MANY], people=BULK),
    Load("GET a list", [LIST]),
)
CONTRACT = HERE.parent / "mock_lusha" / "contract" / "v2.json"
_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{}}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    root {folder};
    default_type application/json;
    location / {{ try_files /canned.json =404; error_page 405 =200 /canned.json; }}
  }}
}}
"""


@dataclass(frozen=True)
class Peer:
    """Something that answers: how it is started, and whether it is on this machine."""

    name: str
    command: Command
    found: bool = True


def nginx(port: int, size: int, folder: Path) -> list[str]:
    """One worker of nginx, and a file of so many bytes."""
    (folder / "canned.json").write_bytes(canned(size))
    conf = folder / "nginx.conf"
    conf.write_text(_NGINX.format(folder=folder, port=port), encoding="utf-8")
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(conf)]


def peers() -> list[Peer]:
    """All there are, those that are not on this machine too."""
    return [
        Peer("nginx, a file", nginx, shutil.which("nginx") is not None),
        Peer("raw ASGI on uvicorn", lambda port, size, _: bare_command(port, size, raw=True)),
        Peer("Starlette on uvicorn", lambda port, size, _: bare_command(port, size)),
        Peer("**the double, everything on**", lambda port, *_: double_command(port, *UNDER_WAY)),
        Peer(
            "pytest-httpserver",
            lambda port, size, _: [sys.executable, __file__, "--httpserver", str(port), str(size)],
            find_spec("pytest_httpserver") is not None,
        ),
        Peer(
            "Prism, our contract",
            lambda port, *_: ["prism", "mock", "-p", str(port), "-h", "127.0.0.1", str(CONTRACT)],
            shutil.which("prism") is not None,
        ),
        Peer(
            "Mockoon, our contract",
            lambda port, *_: ["mockoon-cli", "start", "-X", "--data", str(CONTRACT), "--port", str(port)],
            shutil.which("mockoon-cli") is not None,
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
        with running(peer.command(port, size, Path(folder))):
            first_answer(port, LIST.path)
            yield port


def rates(load: Load, seconds: int, rounds: int, found: Sequence[Peer]) -> list[str]:
    """Requests a second of each, in turn: medians, or ``refused`` where that is what was answered."""
    with ExitStack() as stack:
        with running(double_command(port := free_port())):
            first_answer(port, "/_mock/ready")
            size = size_of(load, port)
        ports = [stack.enter_context(serving(peer, size)) for peer in found]
        runs = [[run(load, port, seconds) for port in ports] for _ in range(rounds)]
    return [
        "refused" if any(each.refused for each in own) else f"{statistics.median(r.rate for r in own):,.0f}"
        for own in zip(*runs, strict=True)
    ]


def main(seconds: int, rounds: int) -> None:
    """Print the table in Markdown."""
    need_wrk()
    every = peers()
    found = [peer for peer in every if peer.found]
    columns = [rates(load, seconds, rounds, found) for load in LOADS]
    rows = [[peer.name, *(column[at] for column in columns)] for at, peer in enumerate(found)]
    print(table(["requests/s", *(load.name for load in LOADS)], rows))
    absent = [peer.name.partition(",")[0] for peer in every if not peer.found]
    print(f"\nMedians of {rounds} rounds of {seconds} s. {machine()}")
    if absent:
        print(f"Not found on this machine: {', '.join(absent)}.")


if __name__ == "__main__":
    chosen = options(sys.argv[1:])
    if chosen.httpserver:
        serve_httpserver(*chosen.httpserver)
    else:
        main(chosen.seconds, chosen.rounds)
