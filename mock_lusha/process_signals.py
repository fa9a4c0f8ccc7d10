"""The signals that end a server."""

from __future__ import annotations

import signal


def ending_signals() -> list[signal.Signals]:
    """SIGINT, SIGTERM, and SIGHUP where there is one that is not ignored, as it is under nohup."""
    found = [signal.SIGINT, signal.SIGTERM]
    hangup: signal.Signals | None = getattr(signal, "SIGHUP", None)  # not on Windows
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        found.append(hangup)
    return found
