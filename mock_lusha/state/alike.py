"""What comes again and again, kept once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_LEAST = 100
"""Bytes that are worth looking for."""
_MARK = 64
"""Bytes at the beginning and at the end of a piece by which it is looked for."""
_COST = 150
"""Bytes that it takes to know a text, beyond its own, and each thing that goes with it."""


class Alike:
    """What was kept lately, so that what is the same can be that again.

    At most ``most`` bytes are known, or the last text; then all are forgotten in one go, which costs nothing
    but that one more copy is kept of what comes again.
    """

    __slots__ = ("_held", "_known", "_most", "_pieces", "_things")

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[bytes, bytes] = {}
        self._pieces: dict[tuple[int, bytes, bytes], bytes] = {}
        self._things: dict[bytes, Sequence[Any]] = {}
        self._held = 0

    def first(self, text: bytes, size: int) -> bytes:
        """The first ``size`` bytes of a text, or all if it has no more."""
        length = len(text)
        if length < _LEAST:
            return text[:size]
        if length <= size:
            # Who made a text once and sends it often has had it hashed.
            known = self._known.get(text)
            if known is None:
                known = self._known[text] = text
                self._learnt(length)
            return known
        mark = length, text[:_MARK], text[size - _MARK : size]
        piece = self._pieces.get(mark)
        # To compare takes a tenth of what hashing takes.
        if piece is None or len(piece) != size or not text.startswith(piece):
            piece = self._pieces[mark] = text[:size]
            self._learnt(size)
        return piece

    def with_text(self, text: bytes, things: Sequence[T]) -> Sequence[T]:
        """What goes with a text: the very things that went with it before, where they are the same."""
        known = self._things.get(text)
        if known is things or known == things:
            return known
        self._things[text] = things
        self._learnt(_COST * len(things))
        return things

    def _learnt(self, size: int) -> None:
        self._held += size + _COST
        if self._held > self._most:
            self.forget()

    def forget(self) -> None:
        """Know nothing any more."""
        self._known.clear()
        self._pieces.clear()
        self._things.clear()
        self._held = 0
