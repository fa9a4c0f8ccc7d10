"""The caches of the double, all bounded: by entries, by bytes, or by generations."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class SecondHitCache:
    """Results by input bytes, kept from the second time an input is seen.

    Most inputs that are new never come again. Remembering only their hash at first costs a tenth of keeping
    their result, and lets results that are used again stay.
    """

    _LONGEST_INPUT = 50_000  # bytes; a bulk of 100 people fits

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._results: OrderedDict[bytes, Any] = OrderedDict()

    def get(self, raw: bytes) -> Any:
        """The result of an input, None where it is not cached."""
        return self._results.get(raw)

    def put(self, raw: bytes, result: Any) -> None:
        """Cache the result of an input that was seen before and is not too long; the oldest entry goes."""
        key = hash(raw)
        if key not in self._seen:
            self._seen[key] = None
            if len(self._seen) > self._max_entries:
                self._seen.popitem(last=False)
        elif len(raw) <= self._LONGEST_INPUT:
            self._results[raw] = result
            if len(self._results) > self._max_entries:
                self._results.popitem(last=False)


class SizedLRU:
    """Values by key, at most ``max_bytes`` of them; the least recently used goes first.

    A value that is larger than the whole cache is not kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get_or_make(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """The value of a key, made if it is not there; ``size`` tells its bytes."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            cached: T = entry[0]
            return cached
        value = make()
        value_size = size(value)
        if value_size <= self._max_bytes:
            self._entries[key] = (value, value_size)
            self._bytes += value_size
            while self._bytes > self._max_bytes:
                self._bytes -= self._entries.popitem(last=False)[1][1]
        return value


class GenerationalMap(Generic[K, V]):
    """Values by key: at least the last ``min_entries`` that were put in, at most twice as many.

    They are in ``young`` and ``old``; when ``young`` is full, it becomes ``old`` and what was there is
    dropped at once, so that putting in costs no more than a dict does.
    """

    __slots__ = ("_min_entries", "old", "young")

    def __init__(self, min_entries: int) -> None:
        self._min_entries = min_entries
        self.young: dict[K, V] = {}
        self.old: dict[K, V] = {}

    def update(self, values: Mapping[K, V]) -> None:
        """Put in several; a key that was there before counts as put in again."""
        self.young.update(values)
        if len(self.young) > self._min_entries:
            self.old, self.young = self.young, {}

    def copy(self) -> GenerationalMap[K, V]:
        """One with the same values, which changes by itself."""
        other: GenerationalMap[K, V] = GenerationalMap(self._min_entries)
        other.young, other.old = self.young.copy(), self.old.copy()
        return other

    def get(self, key: K) -> V | None:
        """The value of a key, None if there is none or it was dropped."""
        value = self.young.get(key)
        return self.old.get(key) if value is None else value

    def forget(self, key: K) -> None:
        """Drop a key."""
        self.young.pop(key, None)
        self.old.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self.young or key in self.old

    def __bool__(self) -> bool:
        return bool(self.young or self.old)


class IdentityCache(Generic[K, V]):
    """Values by the very object they are made of; at most ``max_entries``, then all are dropped at once.

    ``entries`` are pairs of object and value by the object's ``id``: the pair keeps the object alive, so that
    no other one has its id. Hashing the object by its fields would take ten times as long.
    """

    __slots__ = ("_max_entries", "entries")

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self.entries: dict[int, tuple[K, V]] = {}

    def get(self, key: K) -> V | None:
        """The value of an object, None if there is none."""
        entry = self.entries.get(id(key))
        return None if entry is None else entry[1]

    def put(self, key: K, value: V) -> V:
        """Keep the value of an object; gives it back."""
        if len(self.entries) >= self._max_entries:
            self.entries.clear()
        self.entries[id(key)] = key, value
        return value


class CacheStore:
    """One cache of each class, made when it is first asked for.

    An application has one. Who answers asks for a cache of their own class, so that no generation of the API
    is handed what another one made.
    """

    def __init__(self) -> None:
        self._caches: dict[type, Any] = {}

    def get(self, kind: type[T]) -> T:
        """The cache of a class."""
        cache = self._caches.get(kind)
        if cache is None:
            cache = self._caches[kind] = kind()
        found: T = cache
        return found


class Interner:
    """Equal bytes and sequences, replaced by the first one seen, so that memory holds them once.

    At most ``max_bytes`` are known, or the last text; then all are forgotten in one go, which costs nothing
    but one more copy of what comes again.
    """

    __slots__ = ("_bytes", "_known", "_max_bytes", "_prefixes", "_sequences")

    _SHORTEST = 100  # bytes that are worth looking for
    _MARK = 64  # bytes at both ends of a prefix by which it is looked for
    _OVERHEAD = 150  # bytes that it takes to know a text or an element of a sequence, beyond its own

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._known: dict[bytes, bytes] = {}
        self._prefixes: dict[tuple[int, bytes, bytes], bytes] = {}
        self._sequences: dict[bytes, Sequence[Any]] = {}
        self._bytes = 0

    def prefix(self, text: bytes, size: int) -> bytes:
        """The first ``size`` bytes of a text, or all if it has no more."""
        length = len(text)
        if length < self._SHORTEST:
            return text[:size]
        if length <= size:
            # A text that was made once and is sent often has its hash stored already.
            known = self._known.get(text)
            if known is None:
                known = self._known[text] = text
                self._learn(length)
            return known
        mark = length, text[: self._MARK], text[size - self._MARK : size]
        prefix = self._prefixes.get(mark)
        # Comparing takes a tenth of what hashing takes.
        if prefix is None or len(prefix) != size or not text.startswith(prefix):
            prefix = self._prefixes[mark] = text[:size]
            self._learn(size)
        return prefix

    def sequence(self, text: bytes, values: Sequence[T]) -> Sequence[T]:
        """The sequence that belongs to a text: the very one that came with it before, if equal."""
        known = self._sequences.get(text)
        if known is values or known == values:
            return known
        self._sequences[text] = values
        self._learn(self._OVERHEAD * len(values))
        return values

    def _learn(self, size: int) -> None:
        self._bytes += size + self._OVERHEAD
        if self._bytes > self._max_bytes:
            self.clear()

    def clear(self) -> None:
        """Know nothing any more."""
        self._known.clear()
        self._prefixes.clear()
        self._sequences.clear()
        self._bytes = 0
