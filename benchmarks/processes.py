"""Server processes of the benchmarks, what they hold in memory, and the machine they run on."""

from __future__ import annotations

import contextlib
import http.client
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
KEY = {"api_key": "benchmark-key-0123456789"}
UNDER_WAY = ("--scenario", str(HERE / "never.yaml"))
"""Flags of a double whose calls are also compared with the rules of a scenario; none of them fires."""


def free_port() -> int:
    """A port that was free a moment ago; the benchmarks own the machine."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def double_command(port: int, *flags: str) -> list[str]:
    """The double as it is shipped, but for limits and credits: both are kept, and neither runs out."""
    command = [sys.executable, str(HERE / "roomy.py"), "serve", "--port", str(port)]
    return [*command, "--credits", "1000000000", *flags]


def shipped_command(port: int) -> list[str]:
    """The double as it is shipped."""
    return [sys.executable, "-m", "mock_lusha", "serve", "--port", str(port)]


def bare_command(port: int, size: int, *, raw: bool = False) -> list[str]:
    """Bare Starlette on uvicorn with canned bytes; ``raw`` leaves Starlette out."""
    return [sys.executable, str(HERE / "bare.py"), str(port), str(size), *(["raw"] if raw else [])]


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
        except (OSError, http.client.HTTPException):
            time.sleep(0.002)
        finally:
            connection.close()
    raise SystemExit(f"no answer on port {port}")


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path | None = None, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone afterwards, in a folder; what it says goes to a file (None: a temporary one)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MOCK_LUSHA_")}
    with tempfile.TemporaryFile() if log is None else log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=folder, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


def busy(pid: int) -> float:
    """Microseconds of the processor that all threads of a process took, as Linux tells it."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1000


def resident(pid: int) -> float:
    """Resident memory of a process in MB (of 2**20 bytes), as Linux tells it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"process {pid} has ended")


def machine() -> str:
    """The machine and the versions a result comes from, in one line."""
    told = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "starlette", "uvloop", "httptools"))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, {python}, {told}"
    )


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
