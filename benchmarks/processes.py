"""Server processes of the benchmarks."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
KEY = {"api_key": "benchmark-key-0123456789"}


def free_port() -> int:
    """A port that was free a moment ago; the benchmarks own the machine."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def double_command(port: int, *flags: str) -> list[str]:
    """The double with everything switched on, but limits that would refuse a load shown only."""
    command = [sys.executable, "-m", "mock_lusha", "serve", "--port", str(port), "--log-level", "warning"]
    return [*command, "--limits", "headers", "--credits", "unlimited", *flags]


def bare_command(port: int, size: int) -> list[str]:
    """Bare Starlette with canned bytes."""
    return [sys.executable, str(HERE / "bare.py"), str(port), str(size)]


def first_answer(port: int, path: str, give_up: float = 20.0) -> bytes:
    """Ask until the server answers 200; its body."""
    deadline = time.monotonic() + give_up
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path, headers=KEY)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                return body
        except OSError:
            time.sleep(0.002)
        finally:
            connection.close()
    raise SystemExit(f"no answer on port {port}")


@contextlib.contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MOCK_LUSHA_")}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
