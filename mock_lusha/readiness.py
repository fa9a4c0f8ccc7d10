"""Whether the server takes calls, for whoever asks before sending some."""

from __future__ import annotations

from typing import Literal

State = Literal["ready", "warming", "draining"]


class Readiness:
    """``ready``, or why not: ``warming`` before the first call, ``draining`` before the end."""

    def __init__(self) -> None:
        self.state: State = "ready"
