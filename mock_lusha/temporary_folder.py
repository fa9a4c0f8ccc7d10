"""A folder that several processes share for as long as one of them runs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there, which others cannot read
_LOCK = "in-use"


class TemporaryFolder:
    """A new folder that its user alone may read: in memory where the platform has a place for that.

    The process that made it removes it (``remove``). Where that one was killed, the last of those that
    ``join`` does when it leaves (``leave``).

    Raises:
        OSError: none can be made.
    """

    def __init__(self) -> None:
        self.path = _made()
        self._lock: int | None = None

    def join(self) -> None:
        """Count this process among the users of the folder, until it ends or leaves."""
        # A lock belongs to what was opened, which a fork shares: each process opens the file itself.
        self._lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def leave(self, *, orphaned: bool) -> None:
        """Use it no longer; remove it if whoever made it is gone (``orphaned``) and nobody uses it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if not orphaned:
            return
        # All that leave try: of two that do so at once, at least the later one finds it unused.
        with contextlib.suppress(OSError):
            lock = os.open(self.path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.remove()
            finally:
                os.close(lock)

    def remove(self) -> None:
        """Remove it with all that is in it; harmless when it is gone."""
        shutil.rmtree(self.path, ignore_errors=True)


def _made() -> Path:
    if _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK | os.X_OK):
        with contextlib.suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="mock-lusha-", dir=_IN_MEMORY))
    return Path(tempfile.mkdtemp(prefix="mock-lusha-"))
