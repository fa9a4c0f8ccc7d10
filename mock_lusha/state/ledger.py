"""The ledger of an account: what was charged, for what, and why something was free."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from mock_lusha.caching import GenerationalMap
from mock_lusha.errors import ApiError
from mock_lusha.plans import PRICES
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

KEPT = 10_000
REMEMBERED = 50_000
"""Of how many entities a ledger knows what was paid for, at the least; that of longer ago costs again."""
UNLIMITED_SHOWN = 1_000_000_000
"""What usage gives as the total of an account with unlimited credits: the API has no word for it."""


class Item(NamedTuple):
    """Something a request would be charged for.

    ``kind`` is one of PRICES; ``entity`` identifies whom or what, e.g. ``person:4711``. ``free`` says why
    it costs nothing whatever was shown before, e.g. ``not found``. ``again`` items are paid in each request;
    those that ``remain`` are besides remembered as paid for, so that others of their kind are free.
    """

    kind: str
    entity: str
    free: str | None = None
    again: bool = False
    remain: bool = False


Details = tuple[int, int]
"""Details of a person that a request would be charged for: the person's id, and kinds as ``bits_of`` them.

It stands for an ``Item`` of each kind, and is cheaper to make.
"""

_PERSON = "person:"
_BITS: Mapping[str, int] = {kind: 1 << place for place, kind in enumerate(PRICES)}

# Only details are paid for together: there is an entry for any of them, and for each other kind alone.
_DETAIL_BITS = sum([_BITS[kind] for kind in ("email", "phone", "contact", "company")])
_KINDS: Mapping[int, Sequence[tuple[str, int]]] = {
    bits: tuple([(kind, bit) for kind, bit in _BITS.items() if bits & bit])
    for bits in (*range(_DETAIL_BITS + 1), *_BITS.values())
}
_SIZES = {bits: len(kinds) for bits, kinds in _KINDS.items()}
_PRICES = {bits: sum([PRICES[kind] for kind, _ in kinds]) for bits, kinds in _KINDS.items()}


def bits_of(*kinds: str) -> int:
    """Kinds of PRICES as bits."""
    return sum([_BITS[kind] for kind in kinds])


@frozen
class Entry:
    """One line of the ledger. ``units`` is 1; ``price`` is 0 when ``why`` says it was free."""

    request: int
    operation: str
    kind: str
    entity: str
    units: int
    price: int
    why: str


class Charge(Sequence[Entry]):
    """What one request was charged: an entry an item, written out when it is read.

    ``paid`` are the kinds of each item, or of its details, that had to be paid for, as bits; ``size`` is how
    many kinds there are.
    """

    __slots__ = ("_items", "_operation", "_request", "cost", "paid", "size")

    def __init__(
        self,
        request: int,
        operation: str,
        items: Sequence[Item | Details],
        paid: Sequence[int],
        size: int,
    ) -> None:
        self._request = request
        self._operation = operation
        self._items = items
        self.paid = paid
        self.cost = sum(map(_PRICES.__getitem__, paid))
        """What all of it cost, in credits."""
        self.size = size

    @property
    def prices(self) -> list[int]:
        """What each item, or its details, cost, in credits."""
        return [_PRICES[paid] for paid in self.paid]

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return list(self)[index]

    def __iter__(self) -> Iterator[Entry]:
        for item, paid in zip(self._items, self.paid, strict=True):
            entity, kinds, free, again = _read(item)
            for kind, bit in kinds:
                price = PRICES[kind] if paid & bit else 0
                why = free or (
                    "charged" if price else "paid in this request" if again else "already revealed"
                )
                yield Entry(self._request, self._operation, kind, entity, 1, price, why)


def _read(item: Item | Details) -> tuple[str, Sequence[tuple[str, int]], str | None, bool]:
    """Entity, kinds with their bits, why it is free, and whether it is paid in each request."""
    if isinstance(item, Item):
        return item.entity, _KINDS[_BITS[item.kind]], item.free, item.again
    return f"{_PERSON}{item[0]}", _KINDS[item[1]], None, False


def _mark(entity: str) -> int | str:
    """What an entity is remembered by: people are by their ids."""
    person, separator, number = entity.rpartition(_PERSON)
    return int(number) if separator and not person and number.isascii() and number.isdecimal() else entity


def _is_paid_again(item: Item | Details) -> bool:
    """Whether it is paid in each request, and nothing is remembered of it."""
    return isinstance(item, Item) and item.again and not item.remain and item.free is None


class Ledger:
    """Credits of one account. ``total`` None is unlimited. Keeps the last 10,000 entries and exact sums.

    ``spent`` is all that was ever charged, whatever was drained, refilled or renewed since.
    """

    def __init__(self, total: int | None) -> None:
        self.total = self._allowance = total
        self.spent = 0
        self.used = 0
        self.count = 0
        self._charges: deque[Charge] = deque()
        self._entry_count = 0
        self._paid_for: GenerationalMap[int | str, int] = GenerationalMap(REMEMBERED)

    @property
    def remaining(self) -> int | None:
        """Credits left; None is unlimited."""
        return None if self.total is None else self.total - self.used

    def shown(self, kind: str, entity: str) -> bool:
        """Whether this was paid for before, as far as it is remembered."""
        return bool((self._paid_for.get(_mark(entity)) or 0) & _BITS[kind])

    def paid_bits(self, person_id: int) -> int:
        """The kinds of a person's details that were paid for, as bits, as far as it is remembered."""
        return self._paid_for.young.get(person_id) or self._paid_for.old.get(person_id) or 0

    def knows(self, person_id: int) -> bool:
        """Whether details of a person were charged or known to be paid for, as far as it is remembered."""
        return person_id in self._paid_for

    @property
    def entries(self) -> list[Entry]:
        """The entries that are kept, oldest first."""
        return [entry for charge in self._charges for entry in charge][-KEPT:]

    def charge(self, request: int, operation: str, items: Iterable[Item | Details]) -> Charge:
        """Charge all items of a request, or none.

        What was shown before is free, also within one request.

        Raises:
            ApiError: ``insufficient-credits`` when the balance cannot pay for all of it.
        """
        items = tuple(items)
        charge, fresh = self._all_new(request, operation, items) or self._price(request, operation, items)
        if self.total is not None and charge.cost > self.total - self.used:
            raise self._short_of(charge.cost, self.total)
        self._paid_for.update(fresh)
        self._keep(charge)
        return charge

    def _short_of(self, cost: int, total: int) -> ApiError:
        """The error of a request that cannot be paid."""
        remaining = total - self.used
        text = f"this request costs {cost}, and {remaining} of {total} credits are left"
        return ApiError("insufficient-credits", [text])

    def quote(self, items: Iterable[Item | Details]) -> int:
        """What items would cost now, in credits; nothing is charged."""
        charge, _ = self._price(0, "", tuple(items))
        return charge.cost

    def _all_new(
        self, request: int, operation: str, items: Sequence[Item | Details]
    ) -> tuple[Charge, Mapping[int | str, int]] | None:
        """The charge for details of people none of whom was shown before, and what was shown with it; what is
        paid in each request may stand before them.

        None for anything else.
        """
        begin = next((at for at, item in enumerate(items) if not _is_paid_again(item)), len(items))
        first, details = items[:begin], items[begin:]
        if Item in set(map(type, details)) or len(set(first)) < begin:
            return None
        fresh: dict[int | str, int] = dict(details)  # type: ignore[arg-type] # all are details
        paid_before = self._paid_for
        if len(fresh) < len(details) or not (
            paid_before.young.keys().isdisjoint(fresh) and paid_before.old.keys().isdisjoint(fresh)
        ):
            return None
        paid = [_BITS[each.kind] for each in first if isinstance(each, Item)] + list(fresh.values())
        return Charge(request, operation, items, paid, sum(map(_SIZES.__getitem__, paid))), fresh

    def _price(
        self, request: int, operation: str, items: Sequence[Item | Details]
    ) -> tuple[Charge, Mapping[int | str, int]]:
        """The charge for items, and what was shown with it for the first time."""
        young, old = self._paid_for.young, self._paid_for.old
        paid: list[int] = []
        size = len(items)
        fresh: dict[int | str, int] = {}
        entity: int | str
        again: set[Item] = set()
        for item in items:
            if not isinstance(item, Item):
                entity, bits = item
                size += _SIZES[bits] - 1
            elif item.free is not None:
                paid.append(0)
                continue
            elif item.again:
                paid.append(0 if item in again else _BITS[item.kind])
                again.add(item)
                if item.remain:
                    mark = _mark(item.entity)
                    before = fresh.get(mark) or young.get(mark) or old.get(mark) or 0
                    fresh[mark] = before | _BITS[item.kind]
                continue
            else:
                entity, bits = _mark(item.entity), _BITS[item.kind]
            paid_before = fresh.get(entity) or young.get(entity) or old.get(entity) or 0
            bits &= ~paid_before
            paid.append(bits)
            if bits:
                fresh[entity] = paid_before | bits
        return Charge(request, operation, items, paid, size), fresh

    def _keep(self, charge: Charge) -> None:
        self.used += charge.cost
        self.spent += charge.cost
        if not charge.size:
            return
        self.count += charge.size
        self._entry_count += charge.size
        self._charges.append(charge)
        while self._entry_count - self._charges[0].size >= KEPT:
            self._entry_count -= self._charges.popleft().size

    def scratch(self) -> ScratchLedger:
        """A ledger that knows what this one does, and is charged by itself."""
        other = ScratchLedger(self.total)
        other._allowance, other.spent, other.used = self._allowance, self.spent, self.used
        other._paid_for = self._paid_for.copy()
        return other

    def drain(self, leave: int = 0) -> None:
        """Let ``leave`` credits remain of those that are left; a total becomes one if there was none."""
        if self.total is None:
            self.total = self.used + leave
        else:
            self.used = max(self.used, self.total - leave)

    def refill(self, left: int | None) -> None:
        """Set how many credits are left; None is unlimited."""
        self.total = None if left is None else self.used + left

    def renew(self) -> None:
        """A new billing period begins: the credits are those of the account's beginning again.

        What was drained or refilled in the period ends with it. What was revealed stays so.
        """
        self.total, self.used = self._allowance, 0

    def usage(self) -> dict[str, int]:
        """``total``, ``used`` and ``remaining`` as the usage endpoint shows them."""
        total = UNLIMITED_SHOWN if self.total is None else self.total
        return {"total": total, "used": self.used, "remaining": total - self.used}


class ScratchLedger(Ledger):
    """A copy of a ledger, without its entries, to see what requests would be charged.

    ``unpaid`` is what requests would have cost that the balance could not pay for.
    """

    def __init__(self, total: int | None) -> None:
        super().__init__(total)
        self.unpaid = 0

    def _short_of(self, cost: int, total: int) -> ApiError:
        self.unpaid += cost
        return super()._short_of(cost, total)
