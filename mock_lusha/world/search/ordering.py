"""The order in which searches find the people of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_lusha.seeded import number
from mock_lusha.world import arrays as np

if TYPE_CHECKING:
    from collections.abc import Generator

    from mock_lusha.world.world import World

_BUCKET = 32_768
"""About how many people are put into order in one go."""


def ordering(world: World) -> Generator[int, None, Any]:
    """Numbers of the directory's people, less those pinned over, in an order of no meaning: that of a
    mixed number, of which the first bits make buckets that are ordered one by one."""
    numbers = np.arange(world.directory.people, dtype=np.uint64)
    mixed = (numbers + np.uint64(number(world.seed, "order") >> 1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    yield 0
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    yield 0
    bits = max(0, len(numbers) // _BUCKET).bit_length()
    buckets = (mixed >> np.uint64(64 - bits)).astype(np.int16) if bits else np.zeros(len(numbers), np.int16)
    yield 0
    pinned_numbers = [n for n in map(world.person_number, world.pins.people) if n is not None]
    parts = []
    for bucket in range(1 << bits):
        inside = np.flatnonzero(buckets == bucket).astype(np.int32)
        order = inside[np.argsort(mixed[inside], kind="stable")]
        parts.append(order[~np.isin(order, pinned_numbers)] if pinned_numbers else order)
        yield 0
    return np.concatenate(parts)
