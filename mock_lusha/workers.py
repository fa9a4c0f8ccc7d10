"""Several processes that serve one listening socket, and the one that watches over them.

The supervisor serves nothing: it forks the workers, starts another where one dies, and has all of them end
when it is told to. Each worker is reached by a pair of sockets, which also tells either side that the other
is gone: orders are bytes, so a signal that reaches the whole process group or container (a terminal's Ctrl-C,
``timeout``, systemd) beside the supervisor's order is not a second one.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import select
import selectors
import signal
import socket
import sys
import time
import traceback
from array import array
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

from mock_lusha.errors import ConfigError, MockLushaError, shorten
from mock_lusha.process_signals import ending_signals
from mock_lusha.shared_listener import UNUSED, SharedListener

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from types import FrameType

REST: Final = 1.0
"""Seconds from the start of a worker to that of the one which takes its place, at least. Our decision."""
MOST_FAILURES: Final = 3
"""Deaths in a row of a worker that was never ready, after which the supervisor gives up. Our decision."""
_OVERDUE: Final = 5.0
"""Seconds past all that a worker may take to end, after which it is killed."""
_OVERDUE_AT_ONCE: Final = 3.0
"""The same after a second signal."""
_READY, _DRAIN, _QUIT = b"r", b"d", b"q"
_MOST_MESSAGE: Final = 2_000
_log = logging.getLogger("mock_lusha")


def check_workers(count: int) -> None:
    """Refuse to start several workers where processes cannot be forked.

    Raises:
        ConfigError: this platform has no fork.
    """
    if count > 1 and not hasattr(os, "fork"):
        raise ConfigError(
            f"workers: {count} processes cannot share a socket on {sys.platform}; use 1, and start several "
            "servers on ports of their own"
        )


class Worker:
    """What a worker knows of its place: its number from 1, whether it is the first in this place, and its
    supervisor."""

    def __init__(self, number: int, channel: socket.socket, shared: memoryview, *, first: bool) -> None:
        self.number = number
        self.first = first
        channel.setblocking(False)
        self._channel = channel
        self._shared = shared
        self._handler: Any = None
        self._drains = self._signalled = False

    def holds(self) -> bool:
        """Whether nobody is to be told yet that the server is ready, since not all workers are."""
        return not self._shared[0]

    def share(self, listener: socket.socket, backlog: int) -> SharedListener:
        """The socket to accept from, in place of the one that all inherited."""
        self._shared[self.number] = 0
        return SharedListener(listener, self._shared, self.number, backlog)

    def ready(self) -> None:
        """Tell the supervisor that this worker serves."""
        self._send(_READY)

    def fail(self, message: str) -> None:
        """Tell the supervisor why this worker ends."""
        self._send(message.encode("utf-8", "replace")[:_MOST_MESSAGE])

    def is_told_to_end(self) -> bool:
        """Whether the supervisor said so, or is gone; for what is done before the loop runs."""
        return bool(select.select([self._channel], [], [], 0)[0])

    @property
    def is_orphan(self) -> bool:
        """Whether the supervisor is gone."""
        with contextlib.suppress(BlockingIOError):
            try:
                return not self._channel.recv(1, socket.MSG_PEEK)
            except ConnectionError:
                return True
        return False

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Obey the supervisor from now on; the handlers of signals are those of the server."""
        for number in ending_signals():
            self._handler = signal.getsignal(number)
            signal.signal(number, self._on_signal)
        loop.add_reader(self._channel.fileno(), partial(self._on_order, loop))

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # The supervisor was told by the same one: the order came first, by chance.
        again = self._drains and not self._signalled
        self._signalled = True
        if not again:
            self._end(number, frame)

    def _on_order(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            orders = self._channel.recv(16)
        except BlockingIOError:
            return
        except ConnectionError:
            orders = b""
        if not orders:
            loop.remove_reader(self._channel.fileno())
            _log.warning("the process that started this worker is gone: it drains and ends")
        if not self._drains:
            self._end(signal.SIGTERM, None)
        if _QUIT in orders:
            self._end(signal.SIGTERM, None)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._drains = True
        self._handler(number, frame)

    def _send(self, content: bytes) -> None:
        with contextlib.suppress(OSError):  # it is gone, which the loop notices
            self._channel.sendall(content)


class _Place:
    """One of the numbers from 1, and the process that has it now (``pid`` 0: none has). ``due`` is when the
    next one is started, on the clock of ``time.monotonic``."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.pid = 0
        self.channel: socket.socket | None = None
        self.begun = 0.0
        self.due: float | None = 0.0
        self.is_first = True
        self.is_ready = False
        self.failures = 0
        self.message = b""


class Supervisor:
    """Runs ``work`` in ``count`` processes.

    ``on_ready`` is called once, when all serve. ``patience`` are the seconds that workers may take to drain.
    ``say`` tells of what happens, with a level and fields.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Worker], None],
        *,
        on_ready: Callable[[], None],
        on_end: Callable[[], None],
        patience: float,
        say: Callable[..., None],
    ) -> None:
        self._work = work
        self._on_ready = on_ready
        self._on_end = on_end
        self._patience = patience
        self._say = say
        self._places = [_Place(number) for number in range(1, count + 1)]
        # The first number says whether all were ready once, the others how many connections a worker has.
        self._shared = memoryview(mmap.mmap(-1, 4 * (count + 1))).cast("I")
        self._shared[1:] = memoryview(array("I", [UNUSED] * count))
        self._selector = selectors.DefaultSelector()
        self._signals = 0
        self._obeyed = 0
        self._ends = False
        self._deadline: float | None = None
        self._code = 0

    def run(self) -> int:
        """Start the workers and watch over them until they are to end; the exit code.

        That is 0 after a signal, and the last one's where workers could not be started. ``on_end`` is called
        when they begin to end, before any of them is told.
        """
        with self._selector, self._woken_by_signals():
            try:
                while self._goes_on():
                    self._start_due()
                    self._wait()
                    self._obey()
            finally:
                self._kill()
        return self._code

    def _goes_on(self) -> bool:
        return not self._ends or any(place.pid for place in self._places)

    # Start

    def _start_due(self) -> None:
        for place in self._places:
            if not self._ends and place.due is not None and place.due <= time.monotonic():
                self._start(place)

    def _start(self, place: _Place) -> None:
        place.due, place.begun = None, time.monotonic()
        place.is_ready, place.message = False, b""
        ours, its = socket.socketpair()
        sys.stderr.flush()
        # A signal must not come to a worker that has still the handlers of its supervisor.
        signal.pthread_sigmask(signal.SIG_BLOCK, ending_signals())
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            its.close()
            place.message = f"it cannot be forked: {error.strerror or error}".encode()
            self._died(place, 1)
            return
        finally:
            if os.getpid() == self._home:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, ending_signals())
        if pid == 0:
            ours.close()
            self._be_worker(Worker(place.number, its, self._shared, first=place.is_first))
        its.close()
        ours.setblocking(False)
        place.pid, place.channel = pid, ours
        self._selector.register(ours, selectors.EVENT_READ, (place, ours))

    def _be_worker(self, worker: Worker) -> NoReturn:
        """The life of a worker; nothing of the supervisor's stack goes on in it."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in ending_signals():
                signal.signal(number, _leave)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ending_signals())
            # The others' sockets: while this process holds them, they would not notice the supervisor's end.
            for place in self._places:
                if place.channel is not None:
                    place.channel.close()
            self._selector.close()
            self._bell.close()
            self._ringer.close()
            self._work(worker)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except MockLushaError as error:
            worker.fail(str(error))
            code = 2
        except BaseException as error:  # noqa: BLE001 - the process ends here, whatever it was
            worker.fail(f"{type(error).__name__}: {shorten(str(error), 300)}")
            _log.error("%s", traceback.format_exc().rstrip())
        finally:
            with contextlib.suppress(BaseException):
                logging.shutdown()
            os._exit(code)

    # Watch

    @contextlib.contextmanager
    def _woken_by_signals(self) -> Iterator[None]:
        self._home = os.getpid()
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ, None)
        before = {number: signal.signal(number, self._on_signal) for number in ending_signals()}
        # Where it is ignored, as some shells leave it, nobody could learn how a child ended.
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        wakes = signal.set_wakeup_fd(self._ringer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakes)
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
            self._bell.close()
            self._ringer.close()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _wait(self) -> None:
        """Wait until a worker says something or dies, a signal comes, or something is due."""
        moments = [place.due for place in self._places if place.due is not None and not self._ends]
        moments += [] if self._deadline is None else [self._deadline]
        seconds = max(0.0, min(moments) - time.monotonic()) if moments else None
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    self._bell.recv(1_024)
            else:
                self._hear(*key.data)
        if self._deadline is not None and self._deadline <= time.monotonic():
            self._deadline = None
            for place in self._places:
                if place.pid:
                    self._tell(place, "did not end in time and is killed", "warning")
                    os.kill(place.pid, signal.SIGKILL)

    def _hear(self, place: _Place, channel: socket.socket) -> None:
        try:
            content = channel.recv(_MOST_MESSAGE + 1)
        except BlockingIOError:
            return
        except ConnectionError:
            content = b""
        if content.startswith(_READY) and not place.is_ready:
            place.is_ready, place.failures, content = True, 0, content[1:]
            self._look_whether_all_serve()
        elif not content:
            self._reap(place, channel)
        place.message += content

    def _look_whether_all_serve(self) -> None:
        if not self._shared[0] and all(place.is_ready for place in self._places) and not self._ends:
            self._shared[0] = 1
            self._on_ready()

    def _reap(self, place: _Place, channel: socket.socket) -> None:
        """Its socket is closed: the process has ended, or is about to."""
        self._selector.unregister(channel)
        channel.close()
        place.channel = None
        try:
            code = os.waitstatus_to_exitcode(os.waitpid(place.pid, 0)[1])
        except ChildProcessError:  # somebody else in this process took it
            code = 1
        self._died(place, code)

    def _died(self, place: _Place, code: int) -> None:
        how = f"ended with exit code {code}" if code >= 0 else f"was ended by {_name_of(-code)}"
        pid, place.pid = place.pid, 0
        self._shared[place.number] = UNUSED
        place.is_first = place.is_first and not self._shared[0]
        if self._ends:
            if code:
                self._tell(place, how, "warning", pid)
            return
        why = place.message.decode("utf-8", "replace")
        if not place.is_ready:
            place.failures += 1
            how += f" before it was ready{f': {why}' if why else ''}"
        if place.failures >= MOST_FAILURES:
            text = f"{how}; that was {MOST_FAILURES} times in a row, so the server ends"
            self._tell(place, text, "error", pid)
            self._code = code if code > 0 else 128 - code if code else 1
            self._end()
            return
        place.due = max(time.monotonic(), place.begun + REST)
        self._tell(place, f"{how}; another takes its place", "warning", pid)

    def _tell(self, place: _Place, text: str, level: str, pid: int | None = None) -> None:
        pid = place.pid if pid is None else pid
        named = f"worker {place.number}" + (f" (process {pid})" if pid else "")
        self._say(f"{named} {text}", level, worker=place.number, pid=pid or None)

    # End

    def _obey(self) -> None:
        """Do what signals ask for: a first one drains, a second ends at once."""
        if self._obeyed == self._signals:
            return
        again = self._obeyed > 0 or self._signals > 1
        self._obeyed = self._signals
        self._end()
        if again:
            self._order(_QUIT)
            self._deadline = time.monotonic() + _OVERDUE_AT_ONCE

    def _end(self) -> None:
        if not self._ends:
            self._ends = True
            self._on_end()
            self._order(_DRAIN)
            self._deadline = time.monotonic() + self._patience + _OVERDUE

    def _order(self, order: bytes) -> None:
        for place in self._places:
            if place.channel is not None:
                with contextlib.suppress(OSError):  # it ends already
                    place.channel.send(order)

    def _kill(self) -> None:
        """Leave no process behind: there is one only where this one failed."""
        for place in self._places:
            if place.pid and os.getpid() == self._home:
                with contextlib.suppress(OSError):
                    os.kill(place.pid, signal.SIGKILL)
                    os.waitpid(place.pid, 0)


def _leave(number: int, frame: object) -> NoReturn:
    # A signal to stop is not a failure.
    sys.exit(0)


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
