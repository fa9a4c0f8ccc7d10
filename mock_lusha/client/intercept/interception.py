"""Interception: calls of api.lusha.com go to the double, whichever library sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from mock_lusha.client.intercept.targets import Target


class Interception:
    """In force from where it is made until ``stop``, or the end of its ``with`` block.

    Calls by httpx, httpx2, urllib3 (and so requests), aiohttp, http.client and urllib.request are sent to
    the double; any other library is refused when it connects to Lusha, or looks the address up. Of several
    interceptions the latest that is in force takes the calls.

    It is in the list ``interceptions`` before it begins: stopping those in the list stops all, even where a
    handler of signals raises in between.
    """

    def __init__(self, target: Target, interceptions: list[Interception] | None = None) -> None:
        from mock_lusha.client.intercept.switchboard import switchboard  # noqa: PLC0415 - with the first interception

        self.target = target
        self._board = switchboard()
        if interceptions is not None:
            interceptions.append(self)
        self._stopped = False
        self._board.begin(target)

    def __repr__(self) -> str:
        return f"<interception {'ended' if self._stopped else 'in force'}, {self.target!r}>"

    def stop(self) -> None:
        """Let calls go where they are addressed again; harmless when it is stopped already."""
        self._board.end(self.target)
        self._stopped = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
