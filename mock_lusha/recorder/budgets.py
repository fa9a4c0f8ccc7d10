"""What a run has spent: kept in memory, or in a file that all processes of the run share."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

import orjson

from mock_lusha.values import mutable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_LARGEST: Final = 4096
_KEPT_FOR: Final = 7 * 24 * 3600  # seconds
_SUFFIX: Final = ".spent"


@mutable
class Spending:
    """Credits ``spent``, and ``held`` for calls that are under way or never said what they cost. ``stopped``
    says why nothing more may be spent; empty where it may."""

    spent: int = 0
    held: int = 0
    stopped: str = ""


class Budget(Protocol):
    """What a run has spent, for any number of threads and processes."""

    def changing(self) -> AbstractContextManager[Spending]:
        """The spending, for a block in which no other thread or process has it; what the block changes is
        kept if it ends without an error.

        Raises:
            OSError: it cannot be read or kept.
        """


class MemoryBudget:
    """The budget of one process."""

    def __init__(self) -> None:
        self._spending = Spending()
        self._lock = Lock()

    @contextlib.contextmanager
    def changing(self) -> Iterator[Spending]:
        """The spending, for one thread at a time."""
        with self._lock:
            yield self._spending


class FileBudget:
    """The budget of all processes of this machine and user that use the same file.

    The run goes on while any of them lives: each holds a lock of the system, which ends with the process,
    however it ends. Where no process holds one, a new run begins with nothing spent; but ``joins`` says that
    the file is of one run alone, and what is in it counts. The file is opened when it is first needed.
    """

    def __init__(self, path: Path, *, joins: bool = False) -> None:
        self._path = path
        self._joins = joins
        self._file: int | None = None

    @contextlib.contextmanager
    def changing(self) -> Iterator[Spending]:
        """The spending, for one thread of one process at a time."""
        _make_private(self._path.parent)
        with _locked(self._path.parent):
            if self._file is None:
                self._file = self._open()
            before = os.pread(self._file, _LARGEST, 0)
            try:
                spending = Spending(**orjson.loads(before)) if before else Spending()
            except (orjson.JSONDecodeError, TypeError):
                raise OSError(f"{self._path} is damaged") from None
            yield spending
            after = orjson.dumps(
                {"spent": spending.spent, "held": spending.held, "stopped": spending.stopped[:1000]}
            )
            # As long as before or longer, so that it is never half of one and half of another.
            os.pwrite(self._file, after.ljust(len(before)), 0)

    def _open(self) -> int:
        """The file; it is never closed, as it holds the run while this process lives."""
        import fcntl  # noqa: PLC0415 - not there on Windows

        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if not self._joins:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(file, 0)
        fcntl.flock(file, fcntl.LOCK_SH)
        os.utime(file)
        _forget_old(self._path.parent, os.fstat(file).st_mtime)
        return file


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes and threads out; all that is done meanwhile takes microseconds."""
    import fcntl  # noqa: PLC0415 - not there on Windows

    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _forget_old(folder: Path, now: float) -> None:
    """Remove what runs of long ago left behind."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"*{_SUFFIX}"):
            if path.stat().st_mtime < now - _KEPT_FOR:
                path.unlink()


def of_cassette(cassette: Path) -> Budget:
    """The budget of all recorders of a cassette, in this process and in others that live at the same time."""
    return _budget_of(f"cassette:{cassette.resolve()}", joins=False)


def of_run(name: str) -> Budget:
    """The budget of a run that has a name of its own, which no other run ever has."""
    return _budget_of(f"run:{name}", joins=True)


@cache
def _budget_of(name: str, *, joins: bool) -> Budget:
    """One budget for each name in a process: a recorder that is opened after another goes on with what that
    one spent."""
    if find_spec("fcntl") is None:
        return MemoryBudget()  # Windows: only the threads of one process share
    folder = Path(tempfile.gettempdir()) / f"mock-lusha-{os.getuid()}"
    name = blake2b(name.encode(), digest_size=16).hexdigest()
    return FileBudget(folder / f"{name}{_SUFFIX}", joins=joins)


def _make_private(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise OSError(f"{folder} is no folder that is this user's alone")
