"""What time alone makes due is looked at again when it is due; a loop that is told of it stands for time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import CheckedClient

from mock_lusha import create_app
from mock_lusha.config import Settings
from mock_lusha.webhook_driver import LONGEST_SLEEP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support import AnswerCheck

    from mock_lusha.clock import Clock

KEY = "acme-ci"
WHAT = {"url": "http://127.0.0.1:9/", "entityType": "company", "signalTypes": ["allSignals"]}
PRESETS = {"secret": "whsec_ours", "subscriptions": [{**WHAT, "find": {"domain": "acme.com"}}]}


class Timers:
    """Stands for a loop: the seconds of the timers that are set and were not cancelled."""

    def __init__(self) -> None:
        self.set: dict[Timer, float] = {}

    def call_later(self, seconds: float, *_: Any) -> Timer:
        timer = Timer(self)
        self.set[timer] = seconds
        return timer


class Timer:
    def __init__(self, timers: Timers) -> None:
        self._timers = timers

    def cancel(self) -> None:
        del self._timers.set[self]


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def client(answer_check: AnswerCheck, clock: Clock, timers: Timers) -> Iterator[CheckedClient]:
    """A client of a server that runs, as far as webhooks can tell."""
    app = create_app(Settings(people=0, companies=1), clock=clock)
    app.state.webhooks.start(timers)
    client = CheckedClient(app, answer_check, KEY)
    yield client
    client.close()


def test_a_subscription_that_a_call_makes_is_looked_at_again(client: CheckedClient, timers: Timers) -> None:
    search = {"companies": [{"domain": "acme.com"}]}
    (company,) = client.post("/v3/companies/search", json=search).json()["results"]
    assert timers.set == {}

    body = {"defaults": WHAT, "subscriptions": [{"entityId": company["id"]}]}
    client.post("/api/subscriptions", json=body)

    assert list(timers.set.values()) == [LONGEST_SLEEP]


def test_presets_are_looked_at_again_after_a_reset(client: CheckedClient, timers: Timers) -> None:
    client.request("PUT", "/_mock/accounts", json={"key": KEY, "webhooks": PRESETS})
    timers.set.clear()

    client.post(f"/_mock/reset?account={KEY}")

    assert list(timers.set.values()) == [LONGEST_SLEEP]


def test_an_account_whose_deliveries_are_collected_is_not_looked_at(
    client: CheckedClient, timers: Timers
) -> None:
    client.request(
        "PUT", "/_mock/accounts", json={"key": KEY, "webhooks": PRESETS, "webhook_delivery": "collect"}
    )

    assert timers.set == {}


def test_no_clock_that_stands_still_is_waited_for(client: CheckedClient, timers: Timers) -> None:
    client.request("PATCH", f"/_mock/clock?account={KEY}", json={"freeze": True})
    client.request("PUT", "/_mock/accounts", json={"key": KEY, "webhooks": PRESETS})
    client.request("PATCH", f"/_mock/clock?account={KEY}", json={"freeze": True})

    assert timers.set == {}
