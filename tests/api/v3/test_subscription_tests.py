"""Tests of subscriptions: what is sent, and what is told of it; the secret and the audit log with them."""

from __future__ import annotations

import json
import re
from threading import Event
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from api.v3.receivers import CLOSE, account_of, receiving
from api.v3.test_subscriptions import KEY, PATH, Double

from mock_lusha.client.inprocess import InProcessTransport
from mock_lusha.outbound import time_limit
from mock_lusha.state.webhooks import AuditEntry, Subscription
from mock_lusha.webhooks import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from api.v3.receivers import Receiver
    from deployment import NewApp
    from support import AnswerCheck

    from mock_lusha.server import MockServer

LOGS = "/api/audit-logs"
SECRET = "/api/account/secret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def double(new_app: NewApp, answer_check: AnswerCheck, now: datetime) -> Iterator[Double]:
    double = Double(new_app, answer_check, now)
    double.client.post(f"{SECRET}/regenerate")
    yield double
    double.client.close()


def subscribe(double: Double, url: str, **item: Any) -> str:
    """The id of a subscription."""
    item = {"entityType": "contact", "entityId": "1", "signalTypes": ["promotion"], **item}
    id_: str = double.create(item, url=url)[0]["subscription"]["id"]
    return id_


unshared = pytest.mark.one_process("several processes have no tests of subscriptions in the audit log")


def run(double: Double, id_: str, mode: str | None = None) -> Any:
    """What a test tells."""
    answer = double.client.post(f"{PATH}/{id_}/test" + ("" if mode is None else f"?mode={mode}"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def warnings(double: Double) -> list[str]:
    """What the log says of the last call."""
    return list([*double.app.state.journal.records(everybody=True)][-1].warnings)


@pytest.mark.parametrize(
    "mode", [pytest.param(None, marks=unshared), pytest.param("full", marks=unshared), "direct"]
)
def test_a_test_is_signed_and_told_and_free(mode: str | None, double: Double, receiver: Receiver) -> None:
    secret = double.client.get(SECRET).json()["secret"]
    id_ = subscribe(double, receiver.url, name="Hook")
    before = double.client.used()

    told = run(double, id_, mode)

    ((headers, body),) = receiver.requests
    verify(headers, body, secret, tolerance=1, now=double.clock.now)
    assert headers["User-Agent"] == "Lusha-Webhooks/1.0"
    payload = json.loads(body)
    assert payload["billing"] == {"creditsCharged": 0}
    assert (payload["subscriptionId"], payload["entityId"], payload["type"]) == (id_, "1", "promotion")
    assert (told["subscriptionId"], told["subscriptionName"], told["url"]) == (id_, "Hook", receiver.url)
    assert (told["mode"], told["isSuccess"]) == (mode or "full", True)
    assert (told["flowCheck"]["success"], told["flowCheck"]["statusCode"]) == (True, 201)
    assert told["testPayload"] == {
        "entityType": "contact",
        "signalType": "promotion",
        "data": payload["data"],
    }
    assert double.client.used() == before
    logs = double.client.get(LOGS).json()["data"]
    assert [(log["payloadId"], log["status"], log["error"]) for log in logs] == (
        [] if mode == "direct" else [(payload["id"], "success", None)]
    )


@unshared
@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_only_a_status_of_success_is_success_and_none_is_tried_again(
    status: int, double: Double, receiver: Receiver
) -> None:
    receiver.status = status
    told = run(double, subscribe(double, receiver.url))

    assert len(receiver.requests) == 1
    assert told["isSuccess"] is told["flowCheck"]["success"] is (status == 204)
    assert told["flowCheck"]["statusCode"] == status
    (log,) = double.client.get(LOGS).json()["data"]
    assert (log["status"], log["statusCode"]) == ("success" if status == 204 else "permanent_failure", status)
    assert log["error"] == (None if status == 204 else f"the receiver answered {status}")
    assert double.client.get(PATH).json()["data"][0]["isActive"] is True


@unshared
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/", "cannot be reached"),
        ("http://8.8.8.8/", "--webhook-allow 8.8.8.8 allows it"),
        ("http://169.254.169.254/latest", "never allowed"),
        ("http://[::ffff:169.254.169.254]/", "never allowed"),
        ("http://0x0a000001/", "--webhook-allow"),
    ],
)
def test_what_cannot_be_reached_or_must_not_is_told_with_the_reason(
    url: str, reason: str, double: Double
) -> None:
    told = run(double, subscribe(double, url))

    assert told["isSuccess"] is told["flowCheck"]["success"] is False
    assert "statusCode" not in told["flowCheck"]
    (log,) = double.client.get(LOGS).json()["data"]
    assert "statusCode" not in log
    assert reason in log["error"]
    assert reason in warnings_of_test(double)


@unshared
def test_a_receiver_that_hangs_or_closes_or_answers_a_lot_is_told_as_it_is(
    new_app: NewApp, answer_check: AnswerCheck, now: datetime, receiver: Receiver
) -> None:
    double = Double(new_app, answer_check, now, webhook_timeout=0.2)
    double.client.post(f"{SECRET}/regenerate")
    id_, over = subscribe(double, receiver.url), Event()

    receiver.then = lambda: over.wait(20)
    hangs = run(double, id_)
    over.set()
    receiver.then = lambda: CLOSE
    closes = run(double, id_)
    receiver.then, receiver.body = lambda: None, b"x" * 2_000_000
    answers = run(double, id_)

    assert [told["isSuccess"] for told in (hangs, closes, answers)] == [False, False, True]
    errors = [log["error"] for log in double.client.get(LOGS).json()["data"]]
    assert errors[0] is None
    assert "cannot be read" in errors[1]
    assert errors[2] == "no answer within 0.2 s"
    double.client.close()


@pytest.mark.parametrize(
    ("seconds", "factor", "limit"), [(10, 1, 10), (10, 0.5, 5), (10, 0, 1), (0.2, 0, 0.2), (10, 2, 20)]
)
def test_the_time_of_a_receiver_goes_with_delays_but_leaves_it_some(
    seconds: float, factor: float, limit: float
) -> None:
    assert time_limit(seconds, factor) == limit


def warnings_of_test(double: Double) -> str:
    """What the log says of the last call but one."""
    return " ".join([*double.app.state.journal.records(everybody=True)][-2].warnings)


def test_one_of_kafka_sends_nothing(double: Double, receiver: Receiver) -> None:
    told = run(double, subscribe(double, receiver.url), "kafka")

    assert receiver.requests == []
    assert (told["isSuccess"], told["flowCheck"]) == (True, {"success": True, "durationMs": 0})
    assert double.client.get(LOGS).json()["data"] == []


def test_without_a_secret_nothing_is_sent_and_the_log_says_why(
    new_app: NewApp, answer_check: AnswerCheck, now: datetime, receiver: Receiver
) -> None:
    double = Double(new_app, answer_check, now)

    told = run(double, subscribe(double, receiver.url))

    assert (told["isSuccess"], receiver.requests) == (False, [])
    assert "no secret" in warnings(double)[0]
    double.client.close()


@pytest.mark.one_process("a cassette belongs to one process")
def test_in_replay_only_nothing_is_sent(
    new_app: NewApp, answer_check: AnswerCheck, now: datetime, receiver: Receiver, tmp_path: Path
) -> None:
    cassette = tmp_path / "empty.yaml"
    cassette.write_text("format: 1\ninteractions: []\n...\n", encoding="utf-8")
    double = Double(new_app, answer_check, now, cassette=cassette, replay_only=True)
    hooks = double.account.webhooks
    hooks.secret = "whsec_0"
    hooks.add(Subscription("id", "contact", "1", 1, ["promotion"], receiver.url, None, 0.0, 0.0))

    answer = double.client.post(f"{PATH}/id/test")

    assert (answer.status_code, receiver.requests) == (404, [])
    assert "nothing is recorded" in answer.text
    double.client.close()


@pytest.mark.parametrize("way", ["socket", "in process"])
def test_a_receiver_may_call_the_double_while_a_test_waits_for_it(
    way: str, server: MockServer, receiver: Receiver
) -> None:
    transport = InProcessTransport(server) if way == "in process" else None
    headers = {"api_key": f"key-of-calls-back-{way.replace(' ', '-')}"}
    with httpx.Client(base_url=server.url, headers=headers, transport=transport, trust_env=False) as client:
        client.post(f"{SECRET}/regenerate")
        body = {
            "defaults": {"url": receiver.url, "entityType": "contact", "signalTypes": ["promotion"]},
            "subscriptions": [{"entityId": "1"}],
        }
        id_ = client.post(PATH, json=body).json()["results"][0]["subscription"]["id"]
        seen = []
        receiver.then = lambda: seen.append(
            httpx.get(f"{server.url}{PATH}/{id_}", headers=headers, trust_env=False).json()["id"]
        )

        told = client.post(f"{PATH}/{id_}/test").json()

    assert told["isSuccess"] is True
    assert seen == [id_]


def test_a_mode_that_there_is_not_is_refused(double: Double) -> None:
    id_ = subscribe(double, "http://127.0.0.1:9/")

    assert double.client.post(f"{PATH}/{id_}/test?mode=colour").status_code == 400
    assert double.client.post(f"{PATH}/none/test").status_code == 404


TYPES = [
    ("contact", "allSignals", {"personId", "currentCompanyId", "currentTitle", "signalDate"}),
    ("contact", "companyChange", {"personId", "previousCompanyName", "previousDomain", "signalDate"}),
    ("company", "allSignals", {"companyId", "companyName", "domain"}),
    ("company", "riskNews", {"companyId", "eventType", "articleTitle", "eventEffectiveDate"}),
    ("company", "headcountIncrease1m", {"companyId", "changeRatePercent", "signalDate"}),
    ("company", "linkedinActivityIntent", {"companyId", "activityUrl", "signalCategory"}),
]


@pytest.mark.parametrize(("entity_type", "kind", "fields"), TYPES)
@pytest.mark.parametrize("is_known", [True, False])
def test_the_data_are_those_of_the_type(
    entity_type: str, kind: str, fields: set[str], is_known: bool, double: Double
) -> None:
    entity_id = "999999999999999999"
    if is_known:
        many = {"contact": "contacts", "company": "companies"}[entity_type]
        item = {"email": "jane.doe@acme.com"} if entity_type == "contact" else {"domain": "acme.com"}
        found = double.client.post(f"/v3/{many}/search", json={many: [item]})
        entity_id = found.json()["results"][0]["id"]
    id_ = subscribe(
        double, "http://127.0.0.1:9/", entityType=entity_type, entityId=entity_id, signalTypes=[kind]
    )

    sample = run(double, id_, "kafka")["testPayload"]

    assert fields <= sample["data"].keys()
    assert sample["signalType"] != "allSignals"
    assert kind in {"allSignals", sample["signalType"]}
    assert sample["data"].get("eventType", "").islower() is ("eventType" in sample["data"])


def test_that_of_opt_outs_has_no_envelope(double: Double, receiver: Receiver) -> None:
    body = {"entityType": "contact", "url": receiver.url}
    id_ = double.client.post(f"{PATH}/opt-out", json=body).json()["id"]

    told = run(double, id_)

    ((_, sent),) = receiver.requests
    assert json.loads(sent) == told["testPayload"]["data"]
    assert told["testPayload"]["signalType"] == "optOut"
    assert json.loads(sent)["partnerClientId"] is None


# The secret


def test_a_secret_is_made_shown_and_made_again(double: Double) -> None:
    other = "other-key-of-secrets-01"
    missing = double.client.get(SECRET, key=other)
    made = double.client.post(f"{SECRET}/regenerate", key=other)
    shown = double.client.get(SECRET, key=other)
    again = double.client.post(f"{SECRET}/regenerate", key=other)

    assert missing.status_code == 404
    assert missing.json()["message"] == "Account secret not found. Please generate one first."
    assert (made.status_code, again.status_code) == (200, 200)
    assert made.json() == shown.json() != again.json()
    assert re.fullmatch("whsec_[A-Za-z0-9]{50}", made.json()["secret"])


def test_a_change_that_makes_the_secret_again_shows_it(double: Double) -> None:
    id_ = subscribe(double, "http://127.0.0.1:9/")
    before = double.client.get(SECRET).json()

    kept = double.client.request("PATCH", f"{PATH}/{id_}", json={"regenerateSecret": False}).json()
    changed = double.client.request("PATCH", f"{PATH}/{id_}", json={"regenerateSecret": True}).json()

    assert "secret" not in kept
    assert before["secret"] != changed["secret"] == double.client.get(SECRET).json()["secret"]
    assert "secret" not in double.client.get(f"{PATH}/{id_}").json()


def test_the_journal_masks_secrets(double: Double) -> None:
    id_ = subscribe(double, "http://127.0.0.1:9/")
    secrets = [
        double.client.get(SECRET).json()["secret"],
        double.client.post(f"{SECRET}/regenerate").json()["secret"],
        double.client.request("PATCH", f"{PATH}/{id_}", json={"regenerateSecret": True}).json()["secret"],
    ]

    journal = double.client.get("/_mock/journal", params={"account": KEY}).text

    assert not any(secret in journal for secret in secrets)


# The audit log

_DAY = 86_400


@pytest.mark.one_process("it writes into an account")
def test_attempts_are_listed_counted_and_forgotten(double: Double) -> None:
    now = double.clock.now()
    audit = account_of(double.app, KEY).webhooks.audit
    ages = [("success", 89), ("failed", 100), ("permanent_failure", 179), ("success", 91), ("failed", 181)]
    for number, (status, age) in enumerate(ages):
        audit.append(
            AuditEntry(
                str(number), f"s{number % 2}", "p", status, 200, "http://a.example", now - age * _DAY, 5,  # type: ignore[arg-type]
                None, 1,
            )
        )  # fmt: skip

    def listed(query: str = "") -> list[str]:
        return [row["id"] for row in double.client.get(f"{LOGS}{query}").json()["data"]]

    assert listed() == ["2", "1", "0"]
    assert listed("?status=failed") == ["1"]
    assert listed("?subscriptionId=s0") == ["2", "0"]
    assert listed("?subscriptionId=nobody") == []
    assert listed("?limit=1&offset=1") == ["1"]
    page = double.client.get(f"{LOGS}?limit=2").json()["pagination"]
    assert page == {"total": 3, "limit": 2, "offset": 0, "hasMore": True}
    assert double.client.get(f"{LOGS}?status=lost").status_code == 400
    assert double.client.get(f"{LOGS}/stats").json() == {
        "total": 3, "success": 1, "failed": 1, "permanentFailure": 1, "dlq": 1, "totalCreditsConsumed": 3,
        "successRate": "33.33%",
    }  # fmt: skip
    assert double.client.get(f"{LOGS}/stats?subscriptionId=s1").json()["successRate"] == "0.00%"


@pytest.mark.parametrize(("dialect", "count"), [("live", 7), ("documented", 4)])
def test_without_traffic_the_rate_is_a_bare_zero(
    new_app: NewApp, dialect: str, count: int, answer_check: AnswerCheck, now: datetime
) -> None:
    double = Double(new_app, answer_check, now, dialect=dialect)

    stats = double.client.get(f"{LOGS}/stats").json()
    logs = double.client.get(LOGS).json()

    assert (len(stats), stats["successRate"], stats["total"]) == (count, "0%", 0)
    assert logs == {"data": [], "pagination": {"total": 0, "limit": 50, "offset": 0, "hasMore": False}}
    double.client.close()
