"""Seeded draws by the hundred thousand: what ``seeded`` draws one by one, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_lusha.seeded import steps
from mock_lusha.world import arrays as np

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

AT_ONCE = 10_000
"""How many digests are made in one go where others wait."""


def digests(base: Any, rests: Iterable[bytes]) -> list[bytes]:
    """The digests of a begun key with each of the rests."""
    copy = base.copy
    # The fastest loop that CPython has for it: ``update`` in the condition saves a statement each.
    return [h.digest() for rest in rests if (h := copy()).update(rest) is None]


def digests_in_steps(base: Any, rests: Sequence[bytes]) -> Generator[None, None, list[bytes]]:
    """The same, with a yield after each ten thousand."""
    results: list[bytes] = []
    for at in range(0, len(rests), AT_ONCE):
        results += digests(base, rests[at : at + AT_ONCE])
        yield
    return results


def lanes_in(digest_list: Sequence[bytes], lanes: Sequence[int], size: int = 64) -> list[Any]:
    """The wanted lanes of many digests of a size in bytes, each an array of int64."""
    # All digests as one table of 16-bit lanes: no integer is unpacked in Python.
    table = np.frombuffer(b"".join(digest_list), dtype="<u2").reshape(-1, size // 2)
    return [table[:, lane].astype(np.int64) for lane in lanes]


def pick_index(count: Any, lane: Any) -> Any:
    """Which of ``count`` a lane picks, as ``seeded.pick`` does."""
    # Multiply and shift, as ``seeded`` does: a modulo would favour small numbers and cost more.
    return lane * count >> 16


def between(least: int, most: int, lane: Any) -> Any:
    """Whole numbers from ``least`` to ``most``, both included."""
    return least + (lane * (most - least + 1) >> 16)


class Ring(NamedTuple):
    """What ``seeded.some`` takes of one pool of ``size``, many times: ``count`` places from ``start``, each
    as far from the one before as the number whose ``inverse`` modulo ``size`` this is."""

    size: int
    start: Any
    inverse: Any
    count: Any

    @classmethod
    def of(cls, size: int, count: Any, lane: Any) -> Ring:
        """What counts and lanes take."""
        inverses = np.array([pow(step, -1, size) for step in steps(size)] or [0], dtype=np.int32)
        start = (lane * size >> 16).astype(np.int32)
        return cls(size, start, inverses[lane % max(1, size - 1)], np.asarray(count, dtype=np.int32))

    def taking(self, places: Iterable[int]) -> Any:
        """Which of them take one of the places."""
        mask = np.zeros(len(self.start), dtype=bool)
        for place in places:
            mask |= self.turn(place) < self.count
        return mask

    def turn(self, place: int) -> Any:
        """At which turn each would take a place: the n for which ``start + n * step`` is the place."""
        # Nothing is enumerated.
        return (place - self.start) * self.inverse % self.size


def some_bits(sizes: Any, count: Any, lane: Any) -> Any:
    """What ``seeded.some`` takes of small pools, each of a size of its own: the places as bits."""
    masks = np.zeros(len(sizes), dtype=np.int32)
    for size in sorted(set(sizes.tolist())):  # np.unique would import masked arrays
        here = np.flatnonzero(sizes == size)
        if not size:
            continue
        at = lane[here] * size >> 16
        step = np.array(steps(size) or [0], dtype=np.int64)[lane[here] % max(1, size - 1)]
        counts = np.minimum(count[here], size)
        bits = np.zeros(len(here), dtype=np.int32)
        for index in range(int(counts.max(initial=0))):
            # As often as the largest company needs, for all companies at once.
            bits |= np.where(index < counts, 1 << (at + index * step) % size, 0).astype(np.int32)
        masks[here] = bits
    return masks
