"""Writes the log without ever waiting for whoever reads it."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import select
import stat
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from mock_lusha.wording import counted, noun

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WAITING: Final = 4_000_000
"""Bytes of lines that wait for somebody who does not read; further lines are dropped. Our decision."""
_AT_ONCE: Final = getattr(select, "PIPE_BUF", 512)
"""Bytes that a pipe takes without waiting once it is said to have room."""
_UNBOUNDED: Final = 1 << 62
GATHER_SECONDS: Final = 0.05
"""How long a line of a request waits for others, which are then written with it: three writes a second cost
nothing, three thousand cost as much as the requests. Our decision."""
MOST_GATHERED: Final = 256
"""Lines that wait for others at most."""
_PATIENCE: Final = 1.0
"""Seconds at the end of the process in which lines that wait are still written."""


class LogWriter(logging.Handler):
    """Writes lines to a file descriptor: at once where there is room for them.

    A pipe that nobody reads is full some time, and whoever writes to it then waits; here that would be all
    requests. Lines wait in a queue instead, from which a thread writes them that ends with the last one.
    What finds no place there is dropped: ``dropped`` counts those lines, and a line tells of them where they
    would have stood.

    Lines of requests (``gather``) are written together where they come closely one after the other; before
    any other line those that were gathered are written. On a terminal none waits.

    Where other processes write to the same pipe (``shared``), one of them may take the room that this one
    saw: a line waits then, too. Lines of up to 4,096 bytes are whole, longer ones as long as the pipe has
    room.

    ``line_of`` makes the line of what is told of a request, as the formatter does of a record. ``monotonic``
    reads seconds on a clock that does not go back.
    """

    def __init__(
        self,
        descriptor: int,
        *,
        shared: bool = False,
        line_of: Callable[[str], str] = str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.dropped = 0
        self._line_of = line_of
        self._monotonic = monotonic
        self._gathered: list[bytes] = []
        self._since = -math.inf
        """When the last line was written, or the first was gathered of those that wait."""
        self._is_terminal = os.isatty(descriptor)
        self._is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        """It always has room, for any number of lines."""
        self._descriptor = descriptor = _without_waiting(descriptor) if shared else descriptor
        self._mutex = threading.Lock()
        self._waiting: deque[tuple[bytes, int]] = deque()
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

    def gather(self, text: str) -> None:
        """Write the line of a request at once, or with others that follow it closely, within 50 ms.

        To be called on a loop; elsewhere no line waits.
        """
        content = _bytes(self._line_of(text))
        now = self._monotonic()
        with self._mutex:
            lines = self._gathered
            is_first = not lines
            is_due = now - self._since >= GATHER_SECONDS or len(lines) >= MOST_GATHERED - 1
            if self._is_terminal or (is_first and (is_due or not self._is_looked_after())):
                self._since = now
                self._put(content, 1)
                return
            lines.append(content)
            if is_first:
                self._since = now
            elif is_due:
                self._put_gathered()

    def _is_looked_after(self) -> bool:
        """Have the loop write what is gathered; whether there is one."""
        import asyncio  # noqa: PLC0415 - whoever gathers has it

        try:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self.write_gathered)
        except RuntimeError:
            return False
        return True

    def write_gathered(self) -> None:
        """Write what is gathered, without waiting."""
        with self._mutex:
            self._put_gathered()

    def write(self, line: str) -> None:
        """Write a line, or several, without waiting."""
        with self._mutex:
            self._put_gathered()
            self._put(_bytes(line), 1)

    def _put_gathered(self) -> None:
        lines = self._gathered
        if not lines:
            return
        self._gathered = []
        self._since = self._monotonic()
        most = _UNBOUNDED if self._is_file else _AT_ONCE
        at = size = 0
        for number, line in enumerate(lines):
            size += len(line)
            if size > most and number > at:  # a pipe takes no more in one piece
                self._put(b"".join(lines[at:number]), number - at)
                at, size = number, len(line)
        self._put(b"".join(lines[at:]), len(lines) - at)

    def _put(self, content: bytes, lines: int) -> None:
        """Write so many lines, or let them wait."""
        if self._thread is None and (self._is_file or (len(content) <= _AT_ONCE and self._has_room())):
            content = self._written(content, lines)
            if not content:
                return
        if self._size + len(content) > MOST_WAITING:
            self.dropped += lines
            self._untold += lines
            return
        self._tell()
        self._queue(content, lines)
        if self._thread is None:
            self._thread = threading.Thread(target=self._drain, name="mock-lusha-log", daemon=True)
            self._thread.start()

    def flush(self) -> None:
        """Write what is gathered, and wait a moment for lines that wait."""
        self.write_gathered()
        thread = self._thread
        if thread is not None:
            thread.join(_PATIENCE)

    def _has_room(self) -> bool:
        # One that nobody can read any more has room, too: writing then fails at once.
        return self._poll is not None and bool(self._poll.poll(0))

    def _written(self, content: bytes, lines: int) -> bytes:
        """Write as much of so many lines as there is room for; what is left."""
        try:
            return content[os.write(self._descriptor, content) :]
        except BlockingIOError:  # somebody who shares the pipe made it so
            return content
        except OSError:  # nobody can read it any more
            self.dropped += lines
            return b""

    def _queue(self, content: bytes, lines: int) -> None:
        self._waiting.append((content, lines))
        self._size += len(content)

    def _tell(self) -> None:
        """Let a line wait that says how many were dropped before it."""
        if self._untold:
            dropped = counted(self._untold, "line")
            were, them = noun(self._untold, "was", "were"), noun(self._untold, "it", "them")
            text = f"{dropped} of the log {were} dropped here: nobody read {them}"
            self._untold = 0
            record = logging.LogRecord("mock_lusha", logging.WARNING, __file__, 0, text, None, None)
            self._queue(_bytes(self.format(record)), 1)

    def _drain(self) -> None:
        """Write what waits until nothing does; in a thread of its own."""
        content, lines = b"", 0
        while True:
            with self._mutex:
                if not content and not self._waiting:
                    self._tell()
                if not content and not self._waiting:
                    self._thread = None
                    return
                if not content:
                    content, lines = self._waiting.popleft()
                    self._size -= len(content)
            if self._poll is not None:
                self._poll.poll()
            content = self._written(content, lines)


def _bytes(line: str) -> bytes:
    return (line + "\n").encode("utf-8", "backslashreplace")


def _without_waiting(descriptor: int) -> int:
    """A descriptor of the same pipe that never waits; the same one where that cannot be had.

    Whether one waits is shared by all that have the pipe by inheritance, also by whoever started this
    program: so it is opened once more.
    """
    if sys.platform == "linux" and stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        with contextlib.suppress(OSError):
            return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    return descriptor
