"""Stores of the benchmarks, the servers that share them, and what these take of processor and memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from processes import UNDER_WAY, double_command, first_answer, free_port, resident, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SQLITE, REDIS = "SQLite", "Redis"
_SECRET = "a-secret-of-the-benchmarks"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Store:
    """An empty store that is there: the flags of servers that use it, and its folder (None: no file)."""

    flags: Sequence[str] = ()
    folder: Path | None = None
    process: int | None = None

    def size(self) -> float:
        """MB (of 2**20 bytes) of its files, or of the memory of Redis."""
        if self.process is not None:
            return resident(self.process)
        if self.folder is None:
            return 0.0
        return sum(path.stat().st_size for path in self.folder.iterdir()) / 2**20


def found() -> list[str]:
    """The kinds of stores that this machine can have."""
    return [SQLITE, *([REDIS] if shutil.which("redis-server") else [])]


@contextmanager
def store(kind: str | None) -> Iterator[Store]:
    """A store of a kind, or none; it is gone when the block ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        secret = ("--store-secret", _SECRET)
        if kind == SQLITE:
            yield Store(("--store", f"sqlite:{folder / 'store.db'}", *secret), folder)
        elif kind == REDIS:
            port = free_port()
            command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
            command += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
            redis = stack.enter_context(running(command))
            yield Store(("--store", f"redis://127.0.0.1:{port}", *secret), process=redis.pid)
        else:
            yield Store()


@dataclass(frozen=True)
class Server:
    """A double: its port, and the processes that serve there."""

    port: int
    processes: Sequence[int]

    @property
    def url(self) -> str:
        """Where it is called and steered."""
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds of processor time that its processes have taken so far."""
        return sum(map(cpu, self.processes))


@contextmanager
def serving(flags: Sequence[str], workers: int = 1) -> Iterator[Server]:
    """A double with everything on and these flags, once it is ready."""
    port = free_port()
    more = ("--workers", str(workers)) if workers > 1 else ()
    with running(double_command(port, *UNDER_WAY, *flags, *more)) as process:
        first_answer(port, "/_mock/ready")
        yield Server(port, _children(process.pid) if workers > 1 else [process.pid])


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in told.split()]


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has taken, as Linux tells it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
