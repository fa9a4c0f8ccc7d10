"""Writes the log without ever waiting for whoever reads it."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import stat
import sys
import threading
from collections import deque
from typing import Final

MOST_WAITING: Final = 4_000_000
"""Bytes of lines that wait for somebody who does not read; further lines are dropped. Our decision."""
_AT_ONCE: Final = getattr(select, "PIPE_BUF", 512)
"""Bytes that a pipe takes without waiting once it is said to have room."""
_PATIENCE: Final = 1.0
"""Seconds at the end of the process in which lines that wait are still written."""


class LogWriter(logging.Handler):
    """Writes lines to a file descriptor: at once where there is room for them.

    A pipe that nobody reads is full some time, and whoever writes to it then waits; here that would be all
    requests. Lines wait in a queue instead, from which a thread writes them that ends with the last one.
    What finds no place there is dropped: ``dropped`` counts those lines, and a line tells of them where they
    would have stood.

    Where other processes write to the same pipe (``shared``), one of them may take the room that this one
    saw: a line waits then, too. Lines of up to 4,096 bytes are whole, longer ones as long as the pipe has
    room.
    """

    def __init__(self, descriptor: int, *, shared: bool = False) -> None:
        super().__init__()
        self.dropped = 0
        self._descriptor = descriptor = _without_waiting(descriptor) if shared else descriptor
        self._mutex = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._untold = 0
        self._thread: threading.Thread | None = None
        self._poll: select.poll | None = None
        if hasattr(select, "poll"):  # Windows has none: there the thread writes all
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLOUT)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line of a record."""
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - a line that cannot be formatted must not fail a request
            self.handleError(record)
        else:
            self.write(line)

    def write(self, line: str) -> None:
        """Write a line, or several, without waiting."""
        content = (line + "\n").encode("utf-8", "backslashreplace")
        with self._mutex:
            if self._thread is None and len(content) <= _AT_ONCE and self._has_room():
                content = self._written(content)
                if not content:
                    return
            if self._size + len(content) > MOST_WAITING:
                self.dropped += 1
                self._untold += 1
                return
            self._tell()
            self._queue(content)
            if self._thread is None:
                self._thread = threading.Thread(target=self._drain, name="mock-lusha-log", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Wait a moment for lines that wait."""
        thread = self._thread
        if thread is not None:
            thread.join(_PATIENCE)

    def _has_room(self) -> bool:
        # One that nobody can read any more has room, too: writing then fails at once.
        return self._poll is not None and bool(self._poll.poll(0))

    def _written(self, content: bytes) -> bytes:
        """Write as much as there is room for; what is left."""
        try:
            return content[os.write(self._descriptor, content) :]
        except BlockingIOError:  # somebody who shares the pipe made it so
            return content
        except OSError:  # nobody can read it any more
            self.dropped += 1
            return b""

    def _queue(self, content: bytes) -> None:
        self._waiting.append(content)
        self._size += len(content)

    def _tell(self) -> None:
        """Let a line wait that says how many were dropped before it."""
        if self._untold:
            text = f"{self._untold} lines of the log were dropped here: nobody read them"
            self._untold = 0
            record = logging.LogRecord("mock_lusha", logging.WARNING, __file__, 0, text, None, None)
            self._queue((self.format(record) + "\n").encode())

    def _drain(self) -> None:
        """Write what waits until nothing does; in a thread of its own."""
        content = b""
        while True:
            with self._mutex:
                if not content and not self._waiting:
                    self._tell()
                if not content and not self._waiting:
                    self._thread = None
                    return
                if not content:
                    content = self._waiting.popleft()
                    self._size -= len(content)
            if self._poll is not None:
                self._poll.poll()
            content = self._written(content)


def _without_waiting(descriptor: int) -> int:
    """A descriptor of the same pipe that never waits; the same one where that cannot be had.

    Whether one waits is shared by all that have the pipe by inheritance, also by whoever started this
    program: so it is opened once more.
    """
    if sys.platform == "linux" and stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        with contextlib.suppress(OSError):
            return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    return descriptor
