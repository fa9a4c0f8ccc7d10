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
_AT_ONCE = 250_000
"""How many are put into buckets in one go."""


def ordering(world: World) -> Generator[int, None, Any]:
    """Numbers of the directory's people, less those pinned over, in an order of no meaning: that of a
    mixed number, of which the first bits make buckets that are ordered one by one."""
    people, first = world.directory.people, np.uint64(number(world.seed, "order") >> 1)
    bits = max(0, people // _BUCKET).bit_length()
    portions = []
    for at in range(0, max(1, people), _AT_ONCE):
        numbers = np.arange(at, min(at + _AT_ONCE, people), dtype=np.uint64)
        mixed = (numbers + first) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        buckets = (mixed >> np.uint64(64 - bits)).astype(np.int16) if bits else np.zeros(len(mixed), np.int16)
        # Bucket by bucket, in the order of their numbers, and where each bucket begins.
        inside = np.argsort(buckets, kind="stable")
        starts = np.searchsorted(buckets[inside], np.arange((1 << bits) + 1))
        portions.append((numbers[inside].astype(np.int32), mixed[inside], starts.tolist()))
        yield 0
    pinned_numbers = [n for n in map(world.person_number, world.pins.people) if n is not None]
    parts = []
    for bucket in range(1 << bits):
        slices = [(whom, mixed, slice(*starts[bucket : bucket + 2])) for whom, mixed, starts in portions]
        inside = np.concatenate([whom[own] for whom, _, own in slices])
        order = inside[np.argsort(np.concatenate([mixed[own] for _, mixed, own in slices]), kind="stable")]
        parts.append(order[~np.isin(order, pinned_numbers)] if pinned_numbers else order)
        yield 0
    return np.concatenate(parts)
