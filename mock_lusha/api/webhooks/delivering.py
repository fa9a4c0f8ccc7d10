"""Delivering: what is due is made into signed requests, and what became of each leads to the next.

It knows no socket: whoever delivers takes a request, sends it in one of three ways, and says what was
answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_lusha.api.webhooks.payloads import opt_out, payload
from mock_lusha.api.webhooks.planning import OPT_OUT, plan_events
from mock_lusha.errors import ApiError
from mock_lusha.seeded import number
from mock_lusha.services.billing import settle
from mock_lusha.state.ledger import Item
from mock_lusha.state.webhooks import Attempt, Delivery
from mock_lusha.values import frozen
from mock_lusha.webhooks import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_lusha.scenario.model import DeliveryFault
    from mock_lusha.state.accounts import Account
    from mock_lusha.state.webhooks import Event, Subscription, Webhooks
    from mock_lusha.world.entities import Person
    from mock_lusha.world_store import WorldStore

USER_AGENT: Final = "Lusha-Webhooks/1.0"
LATE: Final = 60.0
"""Seconds by which a delivery is late that a scenario holds up, on the account's clock."""
_OPERATION = "webhook delivery"


@frozen
class SignedRequest:
    """One attempt, ready to be sent: at the time ``at`` of the account's clock."""

    delivery: Delivery
    at: float
    url: str
    headers: Mapping[str, str]
    body: bytes


class Deliverer:
    """Delivers for accounts; ``retries`` are the seconds after which a delivery that did not arrive is tried
    again."""

    def __init__(
        self,
        worlds: WorldStore,
        retries: Sequence[float],
        fault_of: Callable[[Account, bytes, float], DeliveryFault | None] = lambda *_: None,
    ) -> None:
        self._worlds = worlds
        self._retries = retries
        self._fault_of = fault_of

    def next_request(self, account: Account, until: float) -> SignedRequest | None:
        """The next attempt that is due up to a moment; None where there is none.

        It is answered, or put back, before the next one is asked for.
        """
        hooks = account.webhooks
        self.refresh(account)
        for due, subscription in hooks.due(until):
            hooks.passed = max(hooks.passed, due)
            if subscription.events and subscription.events[0].due == due:
                self._happen(account, subscription, subscription.events.popleft())
            elif subscription.waiting:
                return self.signed(account, subscription.waiting[0], due)
            hooks.plan(subscription)
        hooks.passed = max(hooks.passed, until)
        return None

    def happen(self, account: Account, until: float) -> None:
        """Let the news of all that happened up to a moment wait for its turn, in the order of time."""
        hooks = account.webhooks
        self.refresh(account)
        happened: list[tuple[float, int, Subscription, Event]] = []
        for at, subscription in enumerate(hooks.subscriptions.values()):
            while subscription.events and subscription.events[0].due <= until:
                event = subscription.events.popleft()
                happened.append((event.due, at, subscription, event))
            hooks.plan(subscription)
        for _, _, subscription, event in sorted(happened, key=lambda each: each[:2]):
            self._happen(account, subscription, event)
        hooks.passed = max(hooks.passed, until)

    def refresh(self, account: Account) -> None:
        """Plan events again where the account's world is another one than they were read from."""
        hooks = account.webhooks
        world = self._worlds.world(account)
        if hooks.subscriptions and hooks.world is not world:
            plan_events(account, world, self._worlds.lookup(account), hooks.passed)

    def _happen(self, account: Account, subscription: Subscription, event: Event) -> None:
        hooks = account.webhooks
        if subscription.is_active and hooks.secret is not None:
            self.enqueue(account, subscription, event.type, event.data, event.due)

    def enqueue(
        self, account: Account, subscription: Subscription, kind: str, data: Mapping[str, Any], at: float
    ) -> Delivery:
        """Let the news of a signal wait for its turn; it is paid for here, 1 credit, and its retries are
        free.

        One that cannot be paid is not sent.
        """
        hooks = account.webhooks
        name = new_uuid(account, hooks)
        try:
            cost = settle(account, _OPERATION, [Item("signal", f"webhook:{name}", again=True)]).cost
        except ApiError:
            cost = 0
            delivery = Delivery(name, hooks.next_number(), subscription.id, kind, subscription.url, b"", at)
            hooks.deliveries[name] = delivery
            delivery.state, delivery.reason = "dropped", "the credits do not pay for it"
            return delivery
        if hooks.totals is not None:
            hooks.totals.delivery_credits += cost
        body = payload(name, kind, subscription, data, at, cost)
        delivery = Delivery(
            name, hooks.next_number(), subscription.id, kind, subscription.url, body, at, cost
        )
        self._queue(account, subscription, delivery)
        return delivery

    def _queue(self, account: Account, subscription: Subscription, delivery: Delivery) -> None:
        delivery.fault = self._fault_of(account, delivery.body, delivery.due)
        if delivery.fault == "late":
            delivery.due += LATE
        elif delivery.fault == "out-of-order":
            delivery.due += LATE  # where nothing overtakes it until then, it goes out all the same
        account.webhooks.queue(subscription, delivery)
        account.webhooks.plan(subscription)

    def enqueue_opt_out(
        self, account: Account, subscription: Subscription, person: Person, at: float
    ) -> Delivery:
        """Let the news that somebody opts out wait for its turn; it is free."""
        hooks = account.webhooks
        name, body = new_uuid(account, hooks), opt_out(person, at)
        delivery = Delivery(name, hooks.next_number(), subscription.id, OPT_OUT, subscription.url, body, at)
        self._queue(account, subscription, delivery)
        return delivery

    def resend(self, account: Account, subscription: Subscription, delivery: Delivery, at: float) -> None:
        """Let a delivery that is over wait for its turn again; its attempts are counted from the
        beginning."""
        delivery.state, delivery.reason, delivery.due = "waiting", None, at
        delivery.attempts.clear()
        subscription.waiting.append(delivery)
        account.webhooks.plan(subscription)

    def signed(self, account: Account, delivery: Delivery, at: float) -> SignedRequest:
        """An attempt at a delivery, signed with the secret that the account has now."""
        timestamp, secret = str(int(at)), account.webhooks.secret or ""
        if delivery.fault == "wrong-signature":
            secret += "-of-somebody-else"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(secret, timestamp, delivery.body),
        }
        return SignedRequest(delivery, at, delivery.url, headers, delivery.body)

    def answered(
        self,
        account: Account,
        request: SignedRequest,
        status: int | None,
        error: str | None = None,
        ms: int = 0,
    ) -> None:
        """Note what a receiver answered, or why it could not be reached: the delivery is over, or is tried
        again."""
        hooks, delivery = account.webhooks, request.delivery
        subscription = hooks.subscriptions.get(delivery.subscription)
        if subscription is None or delivery.is_over:
            return  # it was deleted, or the account was reset, while the receiver took its time
        tried = len(delivery.attempts)
        retry = self._retries[tried] if tried < len(self._retries) else None
        attempt = Attempt(
            request.at,
            request.headers[TIMESTAMP_HEADER],
            request.headers[SIGNATURE_HEADER],
            status,
            error,
            ms,
        )
        hooks.attempted(subscription, delivery, attempt, retry, new_id(account, hooks))
        hooks.plan(subscription)


def new_id(account: Account, hooks: Webhooks) -> str:
    """An id of 24 hexadecimal digits that nothing of the account had."""
    digits = number(account.seed, account.name, "webhook id", at := hooks.next_number())
    return f"{digits:016x}{at:08x}"


def new_uuid(account: Account, hooks: Webhooks) -> str:
    """A UUID of version 4 that no delivery of the account had."""
    key = (account.seed, account.name, "webhook delivery", hooks.next_number())
    text = f"{number(*key, 'high'):016x}{number(*key, 'low'):016x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"
