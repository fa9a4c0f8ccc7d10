"""Sends to the double what is addressed to api.lusha.com, whichever library sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from mock_lusha.client.intercept.targets import Target


class Interception:
    """In force from where it is made until ``stop``, or the end of its ``with`` block.

    Calls by httpx, httpx2, urllib3 (and so requests), aiohttp, http.client and urllib.request are sent to
    the double; a library that is none of these is kept from reaching Lusha where it connects, or asks for the
    address of a host. Of several interceptions the latest that is in force has the calls.

    ``kept`` is where it is noted before it begins: who stops those that are noted there has forgotten none,
    even where a handler of signals raises in between.
    """

    def __init__(self, target: Target, kept: list[Interception] | None = None) -> None:
        from mock_lusha.client.intercept.switchboard import switchboard  # noqa: PLC0415 - with the first interception

        self.target = target
        self._board = switchboard()
        if kept is not None:
            kept.append(self)
        self._stopped = False
        self._board.begin(target)

    def __repr__(self) -> str:
        return f"<interception {'ended' if self._stopped else 'in force'}, {self.target!r}>"

    def stop(self) -> None:
        """Let calls go where they are addressed again; harmless when it has been done."""
        self._board.end(self.target)
        self._stopped = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
