"""Deliveries: what is due, in which order, how it is signed, and what a failure leads to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_lusha.api.webhooks.delivering import Deliverer, SignedRequest, new_id
from mock_lusha.api.webhooks.planning import plan_events
from mock_lusha.clock import Clock
from mock_lusha.config import Settings
from mock_lusha.scenario.json_places import from_json
from mock_lusha.state.account_profiles import AccountProfile
from mock_lusha.state.accounts import Account
from mock_lusha.state.webhooks import MOST_WAITING, Subscription
from mock_lusha.webhooks import WebhookVerificationError, sign, verify
from mock_lusha.world_store import WorldStore

if TYPE_CHECKING:
    from datetime import datetime

SECRET = "whsec_of-a-test"
LADDER = (300.0, 3_600.0, 39_600.0)
DAY = 86_400


class Sandbox:
    """An account with subscriptions, and a deliverer."""

    def __init__(
        self, now: datetime, retries: tuple[float, ...] = (1.0, 2.0, 4.0), balance: int | None = None
    ) -> None:
        settings = Settings(people=600, companies=60, credits=balance)
        self.worlds = WorldStore(settings)
        clock = Clock(source=now.timestamp)
        self.account = Account("some-key", "…", AccountProfile(""), settings, clock)
        self.hooks = self.account.webhooks
        self.hooks.secret = SECRET
        self.deliverer = Deliverer(self.worlds, retries)
        self.companies = [company.domain for company in self.worlds.world(self.account).directory.companies]

    def subscribe(self, number: int = 0, *types: str) -> Subscription:
        world = self.worlds.world(self.account)
        entity = world.company(self.companies[number]).id
        now = self.account.clock.now()
        subscription = Subscription(
            new_id(self.account, self.hooks), "company", str(entity), entity, types or ("allSignals",),
            f"http://127.0.0.1:9/hook/{number}", None, now, now,
        )  # fmt: skip
        self.hooks.add(subscription)
        plan_events(self.account, world, self.worlds.lookup(self.account), now)
        return subscription

    def deliver(self, days: float, answer: Any = 200) -> list[SignedRequest]:
        """All that is due within days, each answered with a status, or with what a function of it gives."""
        self.account.clock.advance(days * DAY)
        requests: list[SignedRequest] = []
        while True:
            request = self.deliverer.next_request(self.account, self.account.clock.now())
            if request is None:
                return requests
            requests.append(request)
            status = answer(request) if callable(answer) else answer
            self.deliverer.answered(self.account, request, status)


@pytest.fixture
def sandbox(now: datetime) -> Sandbox:
    return Sandbox(now)


def test_the_days_that_pass_bring_what_happens_in_them_in_order(sandbox: Sandbox) -> None:
    for number in range(10):
        sandbox.subscribe(number)

    month, rest = sandbox.deliver(30), sandbox.deliver(335)

    times = [request.at for request in (*month, *rest)]
    assert times == sorted(times)
    assert len(month) > 3
    assert len(rest) > len(month)
    assert sandbox.deliver(0) == []
    bodies = [json.loads(request.body) for request in month]
    assert all(body["billing"] == {"creditsCharged": 1} for body in bodies)
    assert len({body["id"] for body in bodies}) == len(bodies)
    assert sandbox.account.ledger.spent == len(month) + len(rest)


def test_the_same_account_gets_the_same_deliveries_again(now: datetime) -> None:
    def bodies(steps: int) -> list[bytes]:
        sandbox = Sandbox(now)
        sandbox.subscribe(1)
        sandbox.subscribe(2)
        return [request.body for _ in range(steps) for request in sandbox.deliver(120 / steps)]

    assert bodies(1) == bodies(1) == bodies(40)


def test_a_delivery_is_signed_as_it_is_sent_and_anew_each_time(sandbox: Sandbox) -> None:
    sandbox.subscribe(3)

    requests = sandbox.deliver(200, answer=500)

    assert [len({r.body for r in requests}), len(requests)] == [1, 4]
    assert len({request.headers["X-Lusha-Signature"] for request in requests}) == 4
    for request in requests:
        verify(request.headers, request.body, SECRET, tolerance=5, now=lambda at=request.at: at)  # type: ignore[misc]
        with pytest.raises(WebhookVerificationError, match="not that of this body"):
            verify(request.headers, request.body + b" ", SECRET)
        with pytest.raises(WebhookVerificationError, match="s away"):
            verify(request.headers, request.body, SECRET, tolerance=5, now=lambda at=request.at: at + 9)  # type: ignore[misc]
    assert (
        json.dumps(json.loads(request.body), separators=(",", ":"), ensure_ascii=False).encode()
        == request.body
    )


def test_retries_are_used_up_and_the_subscription_is_blocked(sandbox: Sandbox) -> None:
    subscription = sandbox.subscribe(3)

    requests = sandbox.deliver(600, answer=lambda _: 503)

    first = requests[0].at
    assert [request.at - first for request in requests] == [0.0, 1.0, 3.0, 7.0]
    assert (subscription.is_active, subscription.block_reason) == (False, "Max retries exceeded")
    assert subscription.blocked_at == first + 7
    assert [entry.status for entry in sandbox.hooks.audit] == [
        "failed",
        "failed",
        "failed",
        "permanent_failure",
    ]
    assert sandbox.account.ledger.spent == 1
    assert sandbox.deliver(100) == []


def test_the_next_delivery_waits_until_the_one_before_it_arrived(sandbox: Sandbox) -> None:
    subscription = sandbox.subscribe(3)
    now = sandbox.account.clock.now()
    names = [
        sandbox.deliverer.enqueue(sandbox.account, subscription, "riskNews", {"n": n}, now).id
        for n in range(3)
    ]
    answers = iter([500, 500, 200, 200, 200])

    requests = sandbox.deliver(10 / DAY, answer=lambda _: next(answers))

    assert [request.delivery.id for request in requests] == [names[0]] * 3 + names[1:]
    assert [request.at - now for request in requests] == [0.0, 1.0, 3.0, 3.0, 3.0]


def test_a_secret_that_is_made_between_attempts_signs_the_next_one(sandbox: Sandbox) -> None:
    subscription = sandbox.subscribe(3)
    sandbox.deliverer.enqueue(sandbox.account, subscription, "riskNews", {}, sandbox.account.clock.now())

    def answer(request: SignedRequest) -> int:
        expected = sign(str(sandbox.hooks.secret), request.headers["X-Lusha-Timestamp"], request.body)
        assert request.headers["X-Lusha-Signature"] == expected
        sandbox.hooks.secret = f"{sandbox.hooks.secret}+"
        return 500

    assert len(sandbox.deliver(1 / DAY * 60, answer)) == 4


def test_twelve_hours_of_retries_of_a_hundred_subscriptions(now: datetime) -> None:
    sandbox = Sandbox(now, LADDER)
    subscriptions = [sandbox.subscribe(number % 60) for number in range(100)]
    at = sandbox.account.clock.now()
    for subscription in subscriptions:
        sandbox.deliverer.enqueue(sandbox.account, subscription, "riskNews", {}, at)

    requests = sandbox.deliver(0.55, answer=500)

    assert len(requests) >= 400
    assert not any(subscription.is_active for subscription in subscriptions)


def test_what_cannot_be_paid_or_signed_is_not_sent(now: datetime) -> None:
    sandbox = Sandbox(now, balance=0)
    subscription = sandbox.subscribe(3)
    delivery = sandbox.deliverer.enqueue(
        sandbox.account, subscription, "riskNews", {}, sandbox.account.clock.now()
    )
    assert (delivery.state, delivery.reason) == ("dropped", "the credits do not pay for it")
    sandbox.account.ledger.refill(None)
    sandbox.hooks.secret = None

    assert sandbox.deliver(300) == []


def test_a_flood_is_cut_off_and_counted(sandbox: Sandbox) -> None:
    subscription = sandbox.subscribe(3)
    at = sandbox.account.clock.now()
    for _ in range(MOST_WAITING + 5):
        sandbox.deliverer.enqueue(sandbox.account, subscription, "riskNews", {}, at)

    assert (len(subscription.waiting), subscription.dropped) == (MOST_WAITING, 5)
    assert len(sandbox.deliver(0)) == MOST_WAITING


def test_pinned_signals_of_days_to_come_are_delivered(sandbox: Sandbox) -> None:
    subscription = sandbox.subscribe(3, "riskNews")
    domain = sandbox.companies[3]
    signals = [{"type": "riskNews", "date": "2026-04-03"}]
    document = from_json({"companies": [{"domain": domain, "signals": signals}]}, "body")
    sandbox.worlds.pin(sandbox.account, sandbox.worlds.read_pins(document))

    requests = sandbox.deliver(7)

    assert [json.loads(request.body)["data"]["articlePublishedDate"] for request in requests] == [
        "2026-04-03"
    ]
    assert not subscription.events


FAULTS: dict[str, list[int]] = {
    "late": [0, 1, 2],
    "twice": [0, 0, 1, 2],
    "out-of-order": [1, 0, 2],
    "dropped": [1, 2],
    "wrong-signature": [0, 1, 2],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_scenario_spoils_deliveries(now: datetime, fault: Any) -> None:
    sandbox = Sandbox(now)
    faults = iter([fault])
    sandbox.deliverer = Deliverer(sandbox.worlds, (1.0,), lambda *_: next(faults, None))
    subscription, at = sandbox.subscribe(3), sandbox.account.clock.now()
    for number in range(3):
        sandbox.deliverer.enqueue(sandbox.account, subscription, "riskNews", {"n": number}, at)

    requests = sandbox.deliver(100 / DAY)

    assert [json.loads(request.body)["data"]["n"] for request in requests] == FAULTS[fault]
    assert [request.at - at for request in requests[:1]] == [60.0 if fault == "late" else 0.0]
    for place, request in enumerate(requests):
        if fault == "wrong-signature" and place == 0:
            with pytest.raises(WebhookVerificationError):
                verify(request.headers, request.body, SECRET)
        else:
            verify(request.headers, request.body, SECRET)
