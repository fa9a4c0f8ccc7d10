"""Sending loads to servers: with wrk at full speed, or one request after another."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loads import Request, headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loads import Load

CONNECTIONS = 16
PROBING = "benchmark-probe-0123456789"
"""The key of requests that are no part of a load."""


@dataclass(frozen=True)
class Run:
    """What wrk tells of a run.

    ``done`` is how many requests were answered, ``made`` the number of the next one that it would have made
    (0 where the load is constant), ``p99`` in milliseconds. ``refused`` were answers from 400 on, ``broken``
    connections that failed and requests that took longer than ten seconds.
    """

    done: int
    seconds: float
    p99: float
    made: int
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.done / self.seconds


def need_wrk() -> None:
    """End with a word on what to install where there is no wrk."""
    if shutil.which("wrk") is None:
        raise SystemExit(
            "wrk is not on the path; install it from your system's packages: apt-get install wrk"
        )


@contextmanager
def driven(
    load: Load, port: int, seconds: float, start: int = 0, connections: int = CONNECTIONS
) -> Iterator[subprocess.Popen[str]]:
    """A wrk that is sending a load, from its ``start``-th request on; one thread."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(load.script(start))
        script.flush()
        # wrk takes whole seconds.
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
        with subprocess.Popen(
            [*command, "-s", script.name, f"http://127.0.0.1:{port}/"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as wrk:  # fmt: skip
            try:
                yield wrk
            finally:
                wrk.terminate()


def result(wrk: subprocess.Popen[str]) -> Run:
    """Wait for a wrk to end; what it tells."""
    printed, _ = wrk.communicate()
    return read(printed)


def read(printed: str) -> Run:
    """What wrk printed.

    Raises:
        SystemExit: with what it printed, where that is no result.
    """
    _, mark, told = printed.partition("RESULT ")
    if not mark:
        raise SystemExit(f"wrk failed: {printed}")
    found = json.loads(told.splitlines()[0])
    return Run(
        done=found["requests"],
        seconds=found["microseconds"] / 1e6,
        p99=found["p99"] / 1000,
        made=found["made"],
        refused=found["refused"],
        broken=found["broken"],
    )


def run(load: Load, port: int, seconds: float, start: int = 0) -> Run:
    """Send a load for so many seconds.

    Raises:
        SystemExit: connections broke.
    """
    with driven(load, port, seconds, start) as wrk:
        told = result(wrk)
    if told.broken:
        raise SystemExit(f"{load.name}: {told.broken} connections broke")
    return told


@contextmanager
def asking(port: int) -> Iterator[Callable[[Request], tuple[int, bytes]]]:
    """Sends requests over one connection; (status, body) of each."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(request: Request) -> tuple[int, bytes]:
        body = request.body.encode() or None
        connection.request(request.method, request.path, body, headers(request))
        answer = connection.getresponse()
        return answer.status, answer.read()

    try:
        yield ask
    finally:
        connection.close()


def asked(port: int, method: str, path: str, body: str = "", key: str = PROBING) -> Any:
    """The JSON of an answer of 200 to a request that is no part of a load.

    Raises:
        SystemExit: it was another one.
    """
    with asking(port) as ask:
        status, content = ask(Request(key, method, path, body))
    if status != 200:
        raise SystemExit(f"{method} {path}: {status} {content[:500]!r}")
    return json.loads(content)
