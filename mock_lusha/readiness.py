"""Whether the server takes calls, for whoever asks before sending some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

State = Literal["ready", "warming", "draining"]


class Readiness:
    """``ready``, or why not: ``warming`` before the first call, ``draining`` before the end.

    ``holds`` says whether something else is still to wait for, which makes ``ready`` ``warming``: the other
    workers of the server. ``trouble`` tells within 0.3 s why the store cannot be used that processes share,
    or None; it is asked by probes alone. ``worker`` is the number of this worker, where there are several.
    """

    def __init__(self) -> None:
        self._state: State = "ready"
        self.worker: int | None = None
        self.holds: Callable[[], bool] | None = None
        self.trouble: Callable[[], Awaitable[str | None]] | None = None

    @property
    def state(self) -> State:
        """What to say to whoever asks."""
        if self._state == "ready" and self.holds is not None and self.holds():
            return "warming"
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
