"""Webhooks of an account: its secret, its subscriptions, what is to be delivered, and what became of that.

A calendar says when a subscription has something to do: an event that comes, or a delivery to attempt. What
is due is taken from it in the order of time, whatever drives it: the real clock, or a clock that is moved.
Deliveries of one subscription go out in order: the next one waits until the one before it arrived or was
given up.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict, deque
from copy import copy
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from mock_lusha.state.inbox import Inboxes
from mock_lusha.values import frozen, mutable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mock_lusha.state.totals import Totals

SubscribedType = Literal["contact", "company"]
DeliveryState = Literal["waiting", "taken", "success", "failed", "dropped"]
MOST_SUBSCRIPTIONS: Final = 1_000
"""How many subscriptions an account has at most (our decision: Lusha's number is not known)."""
MOST_WAITING: Final = 1_000
"""How many deliveries of a subscription wait at most; further ones are dropped, and counted."""
MOST_DELIVERIES: Final = 2_000
"""How many deliveries of an account are kept; past that the oldest that are over are forgotten."""
MOST_AUDITED: Final = 10_000
"""How many attempts the audit log of an account keeps."""
SUCCESS_DAYS, FAILED_DAYS = 90, 180
"""How long attempts are kept that arrived, and those that did not (Lusha's document)."""
BLOCKED: Final = "Max retries exceeded"
"""Why a subscription is paused once the retries of a delivery are used up (Lusha's document)."""
_DAY = 86_400.0
_OVER = frozenset({"success", "failed", "dropped"})


@frozen
class Event:
    """Something that happens to a subscribed entity: a ``type`` of signals, and the ``data`` that deliveries
    tell of it, at ``due``, in seconds since the epoch on the account's clock."""

    due: float
    type: str
    data: Mapping[str, Any]


@frozen
class Attempt:
    """One attempt to deliver: when, with which timestamp and signature, and what came of it."""

    at: float
    timestamp: str
    signature: str
    status: int | None
    error: str | None
    ms: int

    @property
    def has_arrived(self) -> bool:
        """Whether the receiver acknowledged it."""
        return self.status is not None and 200 <= self.status < 300 and self.error is None


@mutable
class Delivery:
    """A payload on its way: ``body`` is what is sent and signed, ``due`` when the next attempt is made.
    ``fault`` is what a scenario lets happen to it."""

    id: str
    number: int
    subscription: str
    type: str
    url: str
    body: bytes
    due: float
    credits: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    fault: str | None = None
    state: DeliveryState = "waiting"
    reason: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in _OVER


@frozen
class AuditEntry:
    """An attempt as the audit log has it."""

    id: str
    subscription: str
    payload: str
    status: Literal["success", "failed", "permanent_failure"]
    code: int | None
    url: str
    at: float
    ms: int
    error: str | None
    credits: int

    def is_kept(self, now: float) -> bool:
        """Whether it is young enough."""
        days = SUCCESS_DAYS if self.status == "success" else FAILED_DAYS
        return now - self.at < days * _DAY


@mutable
class Subscription:
    """A subscription: whoever it is about (``entity_id`` as it was sent, ``number`` as the world has it, None
    where nobody has that id), for which types, and where to."""

    id: str
    entity_type: SubscribedType
    entity_id: str
    number: int | None
    types: Sequence[str]
    url: str
    name: str | None
    created: float
    updated: float
    is_active: bool = True
    block_reason: str | None = None
    blocked_at: float | None = None
    is_opt_out: bool = False
    events: deque[Event] = field(default_factory=deque)
    """What will happen, in order."""
    waiting: deque[Delivery] = field(default_factory=deque)
    """What has happened and did not arrive yet, in order."""
    dropped: int = 0

    @property
    def next_due(self) -> float | None:
        """When it has something to do."""
        times = [queue[0].due for queue in (self.events, self.waiting) if queue]
        return min(times, default=None)


class Webhooks:
    """The webhooks of one account."""

    def __init__(self) -> None:
        self.on_planned: Callable[[], None] | None = None
        """Called when something was planned that time alone makes due."""
        self.totals: Totals | None = None
        """Where the server counts attempts, and what deliveries cost."""
        self.secret: str | None = None
        self.subscriptions: dict[str, Subscription] = {}
        self.problems: list[str] = []
        """What the account's profile asks for and could not be made, and why."""
        self.deliveries: OrderedDict[str, Delivery] = OrderedDict()
        self.audit: deque[AuditEntry] = deque(maxlen=MOST_AUDITED)
        self.inboxes = Inboxes()
        self.numbers = 0
        """How many ids were given out of anything here; ids follow from it."""
        self.passed = 0.0
        """Up to when all that happened is known."""
        self.world: Any = None
        """The world that the events of its subscriptions were read from."""
        self._calendar: list[tuple[float, int, str]] = []
        self._planned = 0

    def copy(self) -> Webhooks:
        """The same webhooks, which change by themselves and tell nobody of what is planned."""
        other = copy(self)
        other.on_planned = other.totals = None
        other.deliveries = OrderedDict(
            (name, replace(delivery, attempts=delivery.attempts[:]))
            for name, delivery in self.deliveries.items()
        )
        other.subscriptions = {
            name: replace(
                each,
                events=each.events.copy(),
                # One that waits is kept among the deliveries, unless very many are.
                waiting=deque(other.deliveries.get(it.id) or replace(it) for it in each.waiting),
            )
            for name, each in self.subscriptions.items()
        }
        other.problems, other.audit, other._calendar = self.problems[:], self.audit.copy(), self._calendar[:]
        other.inboxes = Inboxes()
        return other

    def next_number(self) -> int:
        """A number that nothing here had."""
        self.numbers += 1
        return self.numbers

    def add(self, subscription: Subscription) -> None:
        """Keep a subscription."""
        self.subscriptions[subscription.id] = subscription
        self.plan(subscription)

    def remove(self, subscription: Subscription) -> None:
        """Let a subscription go, with all that waits."""
        self.stop(subscription, "the subscription was deleted")
        del self.subscriptions[subscription.id]

    def find(self, entity_type: SubscribedType, entity_id: str) -> Subscription | None:
        """The subscription of an entity."""
        return next(
            (
                each
                for each in self.subscriptions.values()
                if (each.entity_type, each.entity_id) == (entity_type, entity_id) and not each.is_opt_out
            ),
            None,
        )

    def plan(self, subscription: Subscription) -> None:
        """Note in the calendar when a subscription has something to do."""
        due = subscription.next_due
        if due is not None:
            self._planned += 1
            heapq.heappush(self._calendar, (due, self._planned, subscription.id))
            if self.on_planned is not None:
                self.on_planned()

    def stop(self, subscription: Subscription, reason: str) -> None:
        """Drop all that waits for a subscription."""
        for delivery in subscription.waiting:
            delivery.state, delivery.reason = "dropped", reason
        subscription.waiting.clear()

    @property
    def is_full(self) -> bool:
        """Whether it has as many subscriptions as an account may have."""
        return len(self.subscriptions) >= MOST_SUBSCRIPTIONS

    @property
    def next_due(self) -> float | None:
        """When something is to do; None where nothing is planned."""
        self._tidy()
        return self._calendar[0][0] if self._calendar else None

    def due(self, now: float) -> Iterator[tuple[float, Subscription]]:
        """The subscriptions that have something to do up to a moment, in the order of time, with when that
        is.

        Whoever takes one does it, and plans it again, before the next one is taken.
        """
        while True:
            self._tidy()
            if not self._calendar or self._calendar[0][0] > now:
                return
            due, _, name = heapq.heappop(self._calendar)
            yield due, self.subscriptions[name]

    def _tidy(self) -> None:
        """Forget what the calendar says of subscriptions that are gone, or have something else to do."""
        while self._calendar:
            due, _, name = self._calendar[0]
            subscription = self.subscriptions.get(name)
            if subscription is not None and subscription.next_due == due:
                return
            heapq.heappop(self._calendar)

    def queue(self, subscription: Subscription, delivery: Delivery) -> None:
        """Let a delivery wait for its turn, or what its fault makes of that."""
        self.deliveries[delivery.id] = delivery
        if delivery.fault == "dropped":
            delivery.state, delivery.reason = "dropped", "a scenario drops it"
        elif len(subscription.waiting) >= MOST_WAITING:
            delivery.state, delivery.reason = "dropped", f"{MOST_WAITING} deliveries wait already"
            subscription.dropped += 1
        elif subscription.waiting and subscription.waiting[-1].fault == "out-of-order":
            before = subscription.waiting.pop()
            before.fault, before.due = None, delivery.due
            subscription.waiting += [delivery, before]
        else:
            subscription.waiting.append(delivery)
        if len(self.deliveries) > MOST_DELIVERIES:
            over = next((each.id for each in self.deliveries.values() if each.is_over), None)
            if over is not None:
                del self.deliveries[over]

    def attempted(
        self,
        subscription: Subscription,
        delivery: Delivery,
        attempt: Attempt,
        retry: float | None,
        entry_id: str,
    ) -> None:
        """Note an attempt at the first delivery that waits; ``retry`` is in how many seconds there is another
        one, None where this was the last."""
        delivery.attempts.append(attempt)
        status: Literal["success", "failed", "permanent_failure"] = "success"
        if not attempt.has_arrived:
            status = "failed" if retry is not None else "permanent_failure"
        if self.totals is not None:
            self.totals.attempts[status] += 1
        self.audit.append(
            AuditEntry(
                entry_id, subscription.id, delivery.id, status, attempt.status, delivery.url, attempt.at,
                attempt.ms, attempt.error, delivery.credits if len(delivery.attempts) == 1 else 0,
            )
        )  # fmt: skip
        if attempt.has_arrived and delivery.fault == "twice":
            delivery.fault, delivery.due = None, attempt.at
            return
        if attempt.has_arrived:
            delivery.state = "success"
        elif retry is not None:
            delivery.state, delivery.due = "waiting", attempt.at + retry
            return
        else:
            delivery.state = "failed"
        if subscription.waiting and subscription.waiting[0] is delivery:
            subscription.waiting.popleft()
        for later in subscription.waiting:
            later.due = max(later.due, attempt.at)
            break
        if not attempt.has_arrived:
            subscription.is_active = False
            subscription.block_reason, subscription.blocked_at = BLOCKED, attempt.at
            self.stop(subscription, BLOCKED)
