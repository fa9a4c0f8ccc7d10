"""The ledger of an account: what was charged, for what, and why something was free."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mock_lusha.errors import ApiError
from mock_lusha.state.plans import PRICES
from mock_lusha.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT = 10_000
UNLIMITED_SHOWN = 1_000_000_000
"""What usage gives as the total of an account with unlimited credits: the API has no word for it."""


@frozen
class Item:
    """Something a request would be charged for.

    ``kind`` is one of PRICES; ``entity`` identifies whom or what, e.g. ``person:4711``. ``free`` says why
    it costs nothing whatever was shown before, e.g. ``not found``. ``again`` items are paid in each request.
    """

    kind: str
    entity: str
    free: str | None = None
    again: bool = False


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


class Ledger:
    """Credits of one account. ``total`` None is unlimited. Keeps the last 10,000 entries and exact sums.

    ``spent`` is all that was ever charged, whatever was drained, refilled or renewed since.
    """

    def __init__(self, total: int | None) -> None:
        self.total = self._allowance = total
        self.spent = 0
        self.used = 0
        self.count = 0
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self._shown: set[tuple[str, str]] = set()

    @property
    def remaining(self) -> int | None:
        """Credits left; None is unlimited."""
        return None if self.total is None else self.total - self.used

    def shown(self, kind: str, entity: str) -> bool:
        """Whether this was paid for, or given free of charge, before."""
        return (kind, entity) in self._shown

    def charge(self, request: int, operation: str, items: Iterable[Item]) -> list[Entry]:
        """Charge all items of a request, or none.

        What was shown before is free, also within one request.

        Raises:
            ApiError: ``insufficient-credits`` when the balance cannot pay for all of it.
        """
        entries: list[Entry] = []
        fresh: set[tuple[str, str]] = set()
        again: set[tuple[str, str]] = set()
        for item in items:
            mark = (item.kind, item.entity)
            if item.free is not None:
                price, why = 0, item.free
            elif item.again:
                price, why = (0, "paid in this request") if mark in again else (PRICES[item.kind], "charged")
                again.add(mark)
            elif mark in self._shown or mark in fresh:
                price, why = 0, "already revealed"
            else:
                price, why = PRICES[item.kind], "charged"
                fresh.add(mark)
            entries.append(Entry(request, operation, item.kind, item.entity, 1, price, why))
        cost = sum(entry.price for entry in entries)
        if self.total is not None and cost > self.total - self.used:
            raise ApiError(
                "insufficient-credits",
                [f"this request costs {cost}, and {self.total - self.used} of {self.total} credits are left"],
            )
        self.used += cost
        self.spent += cost
        self.count += len(entries)
        self.entries.extend(entries)
        self._shown |= fresh
        return entries

    def drain(self, leave: int = 0) -> None:
        """Let ``leave`` credits remain of those that are left; a total becomes one if there was none."""
        if self.total is None:
            self.total = self.used + leave
        else:
            self.used = max(self.used, self.total - leave)

    def refill(self, left: int | None) -> None:
        """Let so many credits be left; None is unlimited."""
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
