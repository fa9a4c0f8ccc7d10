"""What requests would cost, as a handle tells it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import total_ordering
from typing import TYPE_CHECKING, Any

from mock_lusha.client.protocol import hides, without_none
from mock_lusha.values import frozen
from mock_lusha.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mock_lusha.client.control import Control

__tracebackhide__ = hides


@frozen
class PricedRequest:
    """What a request would come to. ``status`` is None where the connection is cut before an answer.

    ``price`` is what it would cost if the balance were enough, ``charged`` what it would be charged, in
    credits. ``entries`` have ``entity``, ``kind``, ``price`` and ``why``; ``limit`` has the ``window`` that
    is full, its ``requests`` and ``seconds``, and the seconds until its ``reset``. ``delay`` is in seconds.
    """

    operation: str | None
    status: int | None
    error: str | None
    message: str | None
    details: Sequence[str]
    price: int
    charged: int
    entries: Sequence[Mapping[str, Any]]
    limit: Mapping[str, Any] | None
    fault: str | None
    delay: float
    bytes_per_second: int | None
    rules: Sequence[str]
    warnings: Sequence[str]
    notes: Sequence[str]

    @property
    def is_refused(self) -> bool:
        """Whether it would not be answered as it should."""
        return self.status is None or self.status >= 400

    @property
    def why(self) -> Iterator[str]:
        """Why it comes to that, a line for each reason."""
        answer = "no answer" if self.status is None else str(self.status)
        cost = f"{counted(self.price, 'credit')}, {self.charged} charged"
        yield f"{self.operation or 'no operation'}: {answer}, {cost}"
        if self.error is not None:
            yield f"  {self.error}: {'; '.join(self.details) or self.message or 'no ordinary answer'}"
        for entry in self.entries:
            yield f"  {entry['price']} for {entry['kind']} of {entry['entity']}: {entry['why']}"
        if self.limit is not None:
            most, seconds = (
                counted(self.limit["requests"], "request"),
                counted(self.limit["seconds"], "second"),
            )
            reset = counted(self.limit["reset"], "second")
            yield (
                f"  the {self.limit['window']} window is full ({most} in {seconds}): it reopens {reset} later"
            )
        yield from (f"  rule {rule}" for rule in self.rules)
        yield from (f"  {text}" for text in (*self.warnings, *self.notes))


@total_ordering
class Price:
    """What requests would cost: ``int(price)`` is that in credits, and it compares as that number.

    ``items`` are the requests, each as it would be answered.
    """

    def __init__(self, answer: Mapping[str, Any]) -> None:
        names = PricedRequest.__dataclass_fields__
        self.items = [PricedRequest(**{name: item[name] for name in names}) for item in answer["items"]]
        self.total: Mapping[str, Any] = answer["total"]

    @property
    def credits(self) -> int:
        """What all would cost if the balance were enough."""
        credits_: int = self.total["price"]
        return credits_

    @property
    def charged(self) -> int:
        """What would be charged of the credits there are."""
        charged: int = self.total["charged"]
        return charged

    @property
    def remaining(self) -> int | None:
        """The credits left afterwards; None is unlimited."""
        remaining: int | None = self.total["remaining"]
        return remaining

    @property
    def missing(self) -> int:
        """How many more credits would let all be paid, at the least."""
        missing: int = self.total["missing"]
        return missing

    @property
    def seconds(self) -> float:
        """How long the requests take at the least under the limits of the plan, where one waits for these."""
        seconds: float = self.total["seconds"]
        return seconds

    @property
    def status(self) -> int | None:
        """The status of the first request that would be refused, else that of the last one."""
        return next((item for item in self.items if item.is_refused), self.items[-1]).status

    @property
    def limit(self) -> Mapping[str, Any] | None:
        """The window that is full; of several requests, the one that lets wait the longest."""
        limits = [item.limit for item in self.items if item.limit is not None]
        return max(limits, key=lambda limit: limit["reset"], default=None)

    @property
    def why(self) -> list[str]:
        """Why it costs that, in lines."""
        return [line for item in self.items for line in item.why]

    def __int__(self) -> int:
        return self.credits

    __index__ = __int__

    def __eq__(self, other: object) -> bool:
        return self.credits == int(other) if isinstance(other, int | Price) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self.credits < int(other) if isinstance(other, int | Price) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.credits)

    def __str__(self) -> str:
        return "\n".join(self.why)

    def __repr__(self) -> str:
        missing = f", {self.missing} missing" if self.missing else ""
        return f"<price: {counted(self.credits, 'credit')}, {self.charged} charged{missing}>"


def price_of(
    control: Control,
    what: str | Mapping[str, Any] | Sequence[Mapping[str, Any]],
    request: Mapping[str, Any],
    *,
    wait: bool | None,
) -> Price:
    """What one request, by its operation or as a whole, or several would cost.

    Raises:
        TypeError: parts of a request are given beside whole ones.
    """
    parts = without_none(**request)
    if isinstance(what, str):
        return Price(control.preview({"operation": what, **parts}, wait=wait))
    if not isinstance(what, Mapping | list | tuple):
        raise TypeError(
            f"price() takes the id of an operation, a request or a list of them, not {type(what).__name__}"
        )
    if parts:
        raise TypeError(f"{', '.join(parts)} goes with the id of an operation; requests have their own")
    return Price(control.preview(what, wait=wait))
