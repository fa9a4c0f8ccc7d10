"""A program that is run in the foreground: it gets the signals, and its exit code is ours."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

NOT_FOUND = 127
NOT_EXECUTABLE = 126
_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


def run(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a program until it ends; its exit code, as a shell tells it: 128 and the signal that ended it.

    Raises:
        OSError: it cannot be started.
    """
    program: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        # A terminal sends it to the program too, which would get it twice.
        if number in {signal.SIGINT, getattr(signal, "SIGQUIT", 0)} and _in_foreground():
            return
        if program is None:
            early.append(number)
            return
        with contextlib.suppress(OSError):
            program.send_signal(number)

    numbers = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
    before = {
        number: signal.signal(number, pass_on)
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN  # as under nohup; the program ignores it then, too
    }
    try:
        program = subprocess.Popen(list(command), env=dict(environ))  # noqa: S603 - the user's own command
        for number in early:
            program.send_signal(number)
        code = program.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    return code if code >= 0 else 128 - code


def _in_foreground() -> bool:
    """Whether a terminal sends its signals to this process and those that it started."""
    if sys.platform == "win32":
        return True
    for stream in (0, 1, 2):
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(stream) == os.getpgrp()
    return False
