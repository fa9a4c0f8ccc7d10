"""A gate is the view that one switch has of the switchboard: who takes a call."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from mock_lusha.client.intercept.hosts import host_name
from mock_lusha.client.intercept.targets import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from mock_lusha.client.intercept.targets import Refusal

    Claim = Target | Refusal
    """What takes the calls."""
    Make = Callable[["Gate", Any], Any]
    """Makes a switch out of its gate and the function that it replaces."""

_LET_THROUGH: ContextVar[bool] = ContextVar("mock-lusha-let-through", default=False)


class Board(Protocol):
    """The switchboard, as gates see it."""

    def active(self, since: int) -> tuple[int, Claim] | None:
        """The claim that takes the calls, of those that began since a moment."""

    def native(self, owner: Any, name: str) -> Any:
        """The function that was at a place before any switch."""

    def is_first(self, owner: Any, name: str, begun: int) -> bool:
        """Whether nobody has patched a place since a moment."""


class Gate:
    """Decides for one switch, by the claims that began since it was put in place."""

    def __init__(self, board: Board, since: int) -> None:
        self.board = board
        self.since = since

    def target(self, *hosts: Any) -> Target | None:
        """The double that takes a call of one of these hosts; None where nothing takes it, and it goes on.

        Raises:
            BlockedError: the host may not be called.
        """
        active = self.board.active(self.since)
        if active is None or _LET_THROUGH.get():
            return None
        claim = active[1]
        taken = [claim.takes(host) for host in hosts if host is not None]
        return claim if isinstance(claim, Target) and any(taken) else None

    def guard(self, *hosts: Any) -> None:
        """Refuse hosts of Lusha's, the API too.

        Raises:
            BlockedError: one of them is.
        """
        target = self.target(*hosts)
        if target is not None:
            raise target.refuse(next(host_name(host) or "" for host in hosts if target.takes(host)))

    def is_passed_by(self, module: ModuleType | None, owner: str, name: str) -> bool:
        """Whether another library patched a place further down since the claim that takes the calls began:
        that patch answers then."""
        active = self.board.active(self.since)
        if active is None or module is None:
            return False
        return not self.board.is_first(getattr(module, owner), name, active[0])

    @staticmethod
    def is_letting_through() -> bool:
        """Whether this is done in a block of ``let_through``."""
        return _LET_THROUGH.get()

    @staticmethod
    @contextlib.contextmanager
    def let_through() -> Iterator[None]:
        """Let calls in this block go where they are addressed, as a recorder needs it."""
        token = _LET_THROUGH.set(True)
        try:
            yield
        finally:
            _LET_THROUGH.reset(token)
