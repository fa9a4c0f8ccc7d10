"""The guard on money: what a call may cost at most, what it did cost, and when to stop."""

from __future__ import annotations

import contextlib
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mock_lusha.contract.registry import Registry
from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.budgets import MemoryBudget, Spending
from mock_lusha.recorder.charges import charge
from mock_lusha.recorder.prices import Price, UnpricedError, quote
from mock_lusha.web_origin import is_loopback_host
from mock_lusha.wording import counted, noun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_lusha.contract.document import Operation
    from mock_lusha.recorder.budgets import Budget
    from mock_lusha.recorder.prices import Quote
    from mock_lusha.recorder.request import RecorderRequest

_DOT_SEGMENTS: Final = frozenset({".", ".."})


class LiveCallError(MockLushaError):
    """BLOCKED: a call was refused before it was made; the message says what would allow it."""


class Guard:
    """Allows calls to an upstream, or refuses them.

    Without ``max_credits`` a live upstream is not called at all; with it calls stop where the worst that the
    next one may cost would exceed it. ``ci`` says that this is a CI run, where live calls must be ``forced``.
    A loopback upstream is never live; the cap holds there too, if there is one. Guards with one ``budget``
    share what is spent.

    A call that is allowed holds the worst it may cost until its answer is counted, so that calls made at once
    do not exceed the cap together; one whose answer never came, or does not say whether it was charged (499,
    5xx), may have been charged, and holds it for good.
    """

    def __init__(
        self,
        upstream: str,
        max_credits: int | None = None,
        *,
        ci: bool = False,
        forced: bool = False,
        budget: Budget | None = None,
    ) -> None:
        self.live = not is_loopback(upstream)
        self.max_credits = max_credits
        self.usage: Mapping[str, Any] | None = None
        self._upstream = upstream
        self._ci = ci
        self._forced = forced
        self._budget = budget or MemoryBudget()
        self._used = False
        self._usage_asked = False
        self._lock = Lock()

    @property
    def spent(self) -> int:
        """Credits that are counted as charged, by all that share the budget."""
        return self._spending().spent

    @property
    def held(self) -> int:
        """Credits that may be charged yet, or may have been."""
        return self._spending().held

    def _spending(self) -> Spending:
        if self._used:
            with contextlib.suppress(OSError), self._budget.changing() as spending:
                return spending
        return Spending()

    def claim_usage(self) -> bool:
        """Whether the account's usage is to be read now, before the first call; True for one caller alone,
        which calls ``return_usage`` if it cannot be read."""
        with self._lock:
            is_first = self.max_credits is not None and not self._usage_asked
            self._usage_asked |= is_first
        return is_first

    def return_usage(self) -> None:
        """The usage could not be read: the next call reads it."""
        with self._lock:
            self._usage_asked = False

    def check(self, operation: Operation | None, request: RecorderRequest) -> None:
        """Allow a call.

        Raises:
            LiveCallError: it may not be made.
        """
        what = "a path that the contract does not have" if operation is None else operation.id
        prefix = f"BLOCKED: {what} was not sent to {self._upstream}"
        if self.live and self._ci and not self._forced:
            raise LiveCallError(
                f"{prefix}: this is a CI run (CI=true); record on a machine of your own, or force it by name"
            )
        if self.live and self.max_credits is None:
            raise LiveCallError(
                f"{prefix}: no live call is made without --max-credits N (0 allows what is free)"
            )
        if self.max_credits is None:
            return
        try:
            most = quoted(operation, request).most
        except UnpricedError as error:
            raise LiveCallError(
                f"{prefix}: nobody knows what it costs ({error}), and --max-credits is {self.max_credits}"
            ) from None
        self._used = True
        try:
            with self._budget.changing() as spending:
                if most and spending.stopped:
                    raise LiveCallError(f"{prefix}: {spending.stopped}")
                if spending.spent + spending.held + most > self.max_credits:
                    pending = (
                        f" and {spending.held} may be, by calls without an answer" if spending.held else ""
                    )
                    raise LiveCallError(
                        f"{prefix}: it may cost {most}, {counted(spending.spent, 'credit')} "
                        f"{noun(spending.spent, 'is', 'are')} spent{pending}, and "
                        f"--max-credits is {self.max_credits}"
                    )
                spending.held += most
        except OSError as error:
            raise LiveCallError(f"{prefix}: what it may cost cannot be written down: {error}") from None

    def count(
        self, operation: Operation | None, request: RecorderRequest, status: int, answer: Any
    ) -> int | None:
        """Count what an answer says was charged, or the worst where it does not say; returns that number,
        None where it is unknown. ``answer`` is its JSON, None where it cannot be read exactly."""
        try:
            worst = quoted(operation, request)
        except UnpricedError:
            return None  # there is no cap: under one it was not sent
        cost = charge(price_of(operation), worst, status, answer)
        if cost is None:
            return None
        self._used = True
        with contextlib.suppress(OSError), self._budget.changing() as spending:  # else it stays held
            if self.max_credits is not None:
                spending.held = max(0, spending.held - worst.most)
                if cost > worst.most and not spending.stopped:
                    spending.stopped = (
                        f"an answer said it cost {cost}, where the price list says {worst.most} at most: "
                        f"nobody knows what another call costs"
                    )
            spending.spent += cost
        return cost

    def release(self, operation: Operation | None, request: RecorderRequest) -> None:
        """Give back what is held for a call that was not sent."""
        if self.max_credits is not None:
            with contextlib.suppress(OSError), self._budget.changing() as spending:
                spending.held = max(0, spending.held - quoted(operation, request).most)


def quoted(operation: Operation | None, request: RecorderRequest) -> Quote:
    """The worst case of a call.

    Raises:
        UnpricedError: it is unknown: the contract does not have the call or a price for it, or the call
            cannot be read exactly.
    """
    price = price_of(operation)
    if not _DOT_SEGMENTS.isdisjoint(request.path.replace("\\", "/").split("/")):
        raise UnpricedError("its path has dots for a segment")
    if request.inexact:
        raise UnpricedError(request.inexact)
    return quote(price, request.query, request.body, has_body=request.has_body)


def price_of(operation: Operation | None) -> Price:
    """The price of an operation.

    Raises:
        UnpricedError: it does not have one.
    """
    if operation is None:
        raise UnpricedError("the contract does not have it")
    if operation.price is None:
        raise UnpricedError("the contract has no price for it")
    return Price.of(operation.price, operation.bulk)


def worst_case(operation: str, query: Sequence[tuple[str, str]], body: Any) -> int | None:
    """The most credits that a call of an operation of the API may cost; None where that is unknown.

    ``body`` is its JSON, None for no body.
    """
    definition = Registry.load().operations.get(operation)
    try:
        return quote(price_of(definition), query, body, has_body=body is not None).most
    except UnpricedError:
        return None


def is_free(operation: Operation | None) -> bool:
    """Whether an operation never costs anything."""
    return operation is not None and operation.price is not None and Price.of(operation.price).free


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine. One that readers of URLs may understand differently is not."""
    if any(character in url for character in "\\@ ") or not url.isprintable():
        return False
    try:
        return is_loopback_host(urlsplit(url).hostname or "")
    except ValueError:
        return False
