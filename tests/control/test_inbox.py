"""Inboxes: the double itself as the receiver of its deliveries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha.client.control import Control
from mock_lusha.client.protocol import ControlError
from mock_lusha.config import Settings
from mock_lusha.server import MockServer
from mock_lusha.state.inbox import MOST_KEPT, Inboxes, Received
from mock_lusha.webhooks import sign, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "a-key-of-our-own-4711"
SECRET, TOKEN = "whsec_of-these-tests", "a-token"
WEEK = 7 * 86_400


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A server that is steered with a token, and on which a second is none."""
    settings = Settings(port=0, people=0, companies=1, control_token=TOKEN, webhook_retries=(5.0,))
    with MockServer(settings) as running:
        yield running


def steer(server: MockServer, key: str = KEY, inbox: str = "ci", secret: str = SECRET) -> Control:
    """The steering of an account that has subscribed acme.com to an inbox."""
    control = Control(server.url, key, token=TOKEN)
    subscription = {
        "url": f"{server.url}/_mock/inbox/{inbox}",
        "entityType": "company",
        "find": {"domain": "acme.com"},
        "signalTypes": ["allSignals"],
    }
    control.change(webhooks={"secret": secret, "subscriptions": [subscription]})
    control.freeze()
    return control


def kinds(control: Control) -> str:
    """A type of signals that acme.com has."""
    for kind in ("riskNews", "commercialActivityNews", "headcountIncrease12m", "linkedinActivityIntent"):
        try:
            trigger(control, kind)
        except ControlError:
            continue
        return kind
    raise AssertionError("acme.com has no signal")


def trigger(control: Control, kind: str) -> Any:
    return control.trigger(kind, "company", find={"domain": "acme.com"})


def test_a_delivery_comes_to_an_inbox_as_it_was_signed(server: MockServer) -> None:
    with steer(server) as control:
        kinds(control)

        answer = control.inbox("ci")

        (received,) = answer["received"]
        assert answer["dropped"] == 0
        assert received["receivedAt"] == control.clock()["now"]
        assert received["attempt"] == 1
        verify(received["headers"], received["body"], SECRET)
        body = json.loads(received["body"])
        assert received["delivery"] == body["id"]
        (delivery,) = control.deliveries()["deliveries"]
        assert (delivery["state"], delivery["body"]) == ("success", received["body"])


def test_days_that_pass_bring_what_happens_in_them_the_newest_last(server: MockServer) -> None:
    with steer(server) as control:
        control.advance(52 * WEEK)

        received = control.inbox("ci")["received"]

        times = [json.loads(each["body"])["timestamp"] for each in received]
        assert len(times) > 2
        assert times == sorted(times)


def test_an_inbox_is_emptied_alone(server: MockServer) -> None:
    with steer(server) as control, steer(server, "of-another-account", "x") as other:
        kinds(control)
        kinds(other)

        assert control.clear_inbox("ci")["cleared"] == 1

        assert control.inbox("ci")["received"] == []
        assert control.inbox("x")["received"] == []
        assert len(other.inbox("x")["received"]) == 1


def test_accounts_that_differ_behind_a_tilde_get_their_own(server: MockServer) -> None:
    with steer(server, "suite~one") as one, steer(server, "suite~two") as two:
        kinds(one)
        kinds(two)

        assert [len(each.inbox("ci")["received"]) for each in (one, two)] == [1, 1]


def test_the_journal_has_no_deliveries(server: MockServer) -> None:
    with steer(server) as control:
        kinds(control)

        assert control.journal()["exchanges"] == []
        assert httpx.get(f"{server.url}/_mock/health").json()["exchanges"] == 0


@pytest.mark.parametrize("spoilt", ["secret", "body", "no signature", "no account"])
def test_what_no_account_has_sent_is_refused(server: MockServer, spoilt: str) -> None:
    body = b'{"id":"1","subscriptionId":"2"}'
    secret = SECRET if spoilt != "secret" else "whsec_of-somebody-else"
    headers = {"X-Lusha-Timestamp": "1772443800", "X-Lusha-Signature": sign(secret, "1772443800", body)}
    if spoilt == "no signature":
        del headers["X-Lusha-Signature"]
    sent = body + b" " if spoilt == "body" else body
    inbox = "another" if spoilt == "no account" else "ci"
    with steer(server) as control:
        answer = httpx.post(f"{server.url}/_mock/inbox/{inbox}", content=sent, headers=headers)

        assert answer.status_code == 401
        assert "X-Lusha-Signature must be made with the secret of an account" in answer.text
        assert SECRET not in answer.text
        assert control.inbox(inbox)["received"] == []


def test_reading_takes_the_token_and_a_name_of_the_right_form(server: MockServer) -> None:
    assert httpx.get(f"{server.url}/_mock/inbox/ci?account={KEY}").status_code == 401
    with Control(server.url, KEY, token=TOKEN) as control:
        for name in ("a%20b", "a" * 65, "%C3%A9"):
            with pytest.raises(ControlError, match="the name of an inbox is 1 to 64 letters"):
                control.inbox(name)


def test_very_many_are_dropped_and_counted() -> None:
    inboxes = Inboxes()
    for number in range(MOST_KEPT + 3):
        inboxes.add(Received("ci" if number else "first", float(number), {}, b"", str(number), 1))

    assert (inboxes.dropped("first"), inboxes.dropped("ci"), len(inboxes.of("ci"))) == (1, 2, MOST_KEPT)
    assert inboxes.of("ci")[-1].at == MOST_KEPT + 2
    assert inboxes.has(str(MOST_KEPT), 1)
    assert not inboxes.has("1", 1)
