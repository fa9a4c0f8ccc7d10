"""Bytes that come again and again, kept once."""

from __future__ import annotations

_LEAST = 100
"""Bytes that are worth looking for."""
_MARK = 64
"""Bytes at the beginning and at the end of a piece by which it is looked for."""
_COST = 150
"""Bytes that it takes to know a text, beyond its own."""


class Alike:
    """What was kept lately, so that what is the same can be that again.

    At most ``most`` bytes are known, or the last text; then all are forgotten in one go, which costs nothing
    but that one more copy is kept of what comes again.
    """

    __slots__ = ("_held", "_known", "_most", "_pieces")

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[bytes, bytes] = {}
        self._pieces: dict[tuple[int, bytes, bytes], bytes] = {}
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

    def _learnt(self, size: int) -> None:
        self._held += size + _COST
        if self._held > self._most:
            self.forget()

    def forget(self) -> None:
        """Know nothing any more."""
        self._known.clear()
        self._pieces.clear()
        self._held = 0
