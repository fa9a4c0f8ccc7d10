"""Seeded draws: every random-looking choice is a hash of what it is about, never of what came before.

A block of draws is 32 lanes of 16 bits, one keyed hash. A field reads a lane of its own, fixed where the
field is made, so a new field takes an unused lane and changes no other field.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from hashlib import blake2b
from math import gcd
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
Lanes = tuple[int, ...]
_LANES = struct.Struct("<32H").unpack
_SEPARATOR = "\x1f"


def lanes(*key: object) -> Lanes:
    """32 numbers from 0 to 65535 for a key."""
    return _LANES(blake2b(tail(*key)).digest())


class SeededDraws:
    """Draws for keys that begin alike, as ``lanes`` and ``number`` give them; the beginning is hashed once.

    ``rest`` is what is left of the key, put together by ``tail``.
    """

    __slots__ = ("_lanes", "_number")

    def __init__(self, *key: object) -> None:
        self._lanes = begun(*key)
        self._number = begun(*key, size=8)

    def lanes(self, rest: bytes) -> Lanes:
        """32 numbers from 0 to 65535."""
        made = self._lanes.copy()
        made.update(rest)
        return _LANES(made.digest())

    def number(self, rest: bytes) -> int:
        """A number of 64 bits."""
        made = self._number.copy()
        made.update(rest)
        return int.from_bytes(made.digest(), "little")


def begun(*key: object, size: int = 64) -> Any:
    """The hash of the beginning of a key; copies of it are updated with the rest. ``size`` is of a digest."""
    return blake2b(tail(*key, ""), digest_size=size)


def tail(*key: object) -> bytes:
    """A key, or its end, as it is hashed."""
    return _SEPARATOR.join(map(str, key)).encode("utf-8", "surrogatepass")


def number(*key: object) -> int:
    """A number of 64 bits for a key."""
    return int.from_bytes(blake2b(tail(*key), digest_size=8).digest(), "little")


def share(*key: object) -> float:
    """A number from 0 up to 1 for a key."""
    return number(*key) / 2.0**64


def pick(pool: Sequence[T], lane: int) -> T:
    """One of a pool by a lane."""
    return pool[lane * len(pool) >> 16]


def between(least: int, most: int, lane: int) -> int:
    """A whole number from ``least`` to ``most``, both included, by a lane."""
    return least + (lane * (most - least + 1) >> 16)


def some(pool: Sequence[T], count: int, lane: int) -> tuple[T, ...]:
    """``count`` different ones of a pool by a lane (all of them if the pool is smaller)."""
    if not count:
        return ()
    size = len(pool)
    if count >= size:
        return tuple(pool)
    start = lane * size >> 16
    if count == 1:
        return (pool[start],)
    step = steps(size)[lane % (size - 1)]
    return tuple([pool[at % size] for at in range(start, start + count * step, step)])


@lru_cache(maxsize=1024)
def steps(size: int) -> tuple[int, ...]:
    """The least step from each number up that leads through all of a pool of a size."""
    found = []
    for step in range(1, size):
        while gcd(step, size) != 1:
            step += 1  # noqa: PLW2901 - the next one that does
        found.append(step)
    return tuple(found)


class Shuffle:
    """A keyed bijection of 0..size-1 onto itself, computed in both directions without a table."""

    def __init__(self, size: int, *key: object) -> None:
        self.size = size
        factor = 1 + number(*key, "factor") % max(1, size - 1)
        while gcd(factor, size) != 1:
            factor += 1
        self._factor = factor
        self._inverse = pow(factor, -1, size) if size > 1 else 0
        self._offset = number(*key, "offset") % size

    def forward(self, index: int) -> int:
        """Where ``index`` goes."""
        return (index * self._factor + self._offset) % self.size

    def back(self, value: int) -> int:
        """What goes to ``value``."""
        return (value - self._offset) * self._inverse % self.size
