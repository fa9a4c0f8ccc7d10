"""The rate limits of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from mock_lusha.client.display import shown_or
from mock_lusha.client.protocol import hides
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.client.control import Control
    from mock_lusha.client.literals import WindowName

__tracebackhide__ = hides


@frozen
class Window:
    """Requests of a window, and the whole seconds until the next one begins."""

    limit: int
    used: int
    left: int
    reset_seconds: int


if TYPE_CHECKING:
    _ByName = Mapping[WindowName, Window]
else:
    _ByName = Mapping  # which words are names is for type checkers alone


class HandleLimits(_ByName):
    """``limits["hourly"].left``; the windows are ``minute``, ``hourly`` (not on every plan) and ``daily``."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __repr__(self) -> str:
        def shown() -> str:
            windows = (
                f"{name} {window.used} of {window.limit} used" for name, window in self._windows().items()
            )
            return f"<limits: {self.mode}; {', '.join(windows)}>"

        return shown_or(shown, "<limits>")

    def _windows(self) -> dict[WindowName, Window]:
        return {name: Window(**window) for name, window in self._control.accounts()["windows"].items()}

    def __getitem__(self, name: WindowName) -> Window:
        windows = self._windows()
        if name not in windows:
            raise KeyError(f"this account has no window {name!r}; it has {', '.join(windows)}")
        return windows[name]

    def __iter__(self) -> Iterator[WindowName]:
        return iter(self._windows())

    def __len__(self) -> int:
        return len(self._windows())

    @property
    def mode(self) -> str:
        """``enforce``, ``headers`` (counted and shown, never refused) or ``off``."""
        mode: str = self._control.accounts()["limits"]
        return mode

    def set(self, mode: Literal["enforce", "headers", "off"]) -> None:
        """Enforce the limits of the plan from now on, only show them, or leave them out."""
        self._control.change(limits=mode)

    def enforce(self) -> None:
        """Refuse what is over the limits of the plan, with 429, from now on."""
        self.set("enforce")
