"""What the server counts, as Prometheus reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from prometheus_client import parser
from prometheus_client.openmetrics import parser as open_metrics_parser
from support import CheckedClient

from mock_lusha.app import create_app
from mock_lusha.config import Settings
from mock_lusha.state.totals import MOST_OUTCOMES, OTHER, CallTotals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client import Metric
    from support import AnswerCheck

    Values = dict[tuple[str, tuple[tuple[str, str], ...]], float]
    MakeClient = Callable[..., CheckedClient]

PATH = "/_mock/metrics"
ACME = {"companies": [{"domain": "acme.com"}]}
SECRET = "a-secret-key-0123456789"
OPEN_METRICS = "application/openmetrics-text"


read_open_metrics: Callable[[str], Iterator[Metric]] = open_metrics_parser.text_string_to_metric_families


class AnyAnswer:
    """Lets pass what a scenario makes of an answer."""

    def check(self, *args: object) -> None:
        pass


@pytest.fixture
def faulty() -> Iterator[CheckedClient]:
    """A client whose answers need not be those of the contract."""
    client = CheckedClient(create_app(Settings(limits="headers")), cast("AnswerCheck", AnyAnswer()), "k")
    yield client
    client.close()


def values_of(text: str) -> Values:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }


def values(client: CheckedClient) -> Values:
    answer = client.get(PATH)
    assert answer.status_code == 200
    return values_of(answer.text)


def read(found: Values, name: str, **labels: str) -> float:
    return found.get((name, tuple(sorted(labels.items()))), 0.0)


def rule(**respond: Any) -> dict[str, Any]:
    return {"name": "secret-name", "rules": [{"name": "secret-rule", "respond": respond}]}


def fail(client: CheckedClient, **respond: Any) -> None:
    begun = client.request("PUT", "/_mock/scenario", params={"account": "k"}, json=rule(**respond))
    assert begun.status_code == 200, begun.text
    client.post("/v3/companies/search", json=ACME)
    client.request("DELETE", "/_mock/scenario", params={"account": "k"})


def test_calls_are_counted_by_operation_and_status_and_what_they_cost(make_client: MakeClient) -> None:
    client = make_client("k")
    for _ in range(2):
        client.post("/v3/companies/search-and-enrich", json=ACME)
    client.post("/v3/companies/search", json={})
    client.get("/v2/company", params={"domain": "acme.com"})
    client.get("/nowhere/" + SECRET)

    found = values(client)

    assert read(found, "mock_lusha_calls_total", operation="searchAndEnrichCompanies", status="200") == 2
    assert read(found, "mock_lusha_calls_total", operation="searchCompanies", status="400") == 1
    assert read(found, "mock_lusha_calls_total", operation="searchSingleCompanyV2", status="200") == 1
    assert read(found, "mock_lusha_calls_total", operation="none", status="404") == 1
    assert read(found, "mock_lusha_errors_total", error="bad-request") == 1
    assert read(found, "mock_lusha_errors_total", error="not-found") == 1
    charged = [exchange["charged"] for exchange in client.get("/_mock/journal").json()["exchanges"]]
    by_operation = [value for (name, _), value in found.items() if name == "mock_lusha_credits_charged_total"]
    assert sum(by_operation) == sum(charged) > 0


def test_a_histogram_has_each_call_once_and_grows_with_its_bounds(make_client: MakeClient) -> None:
    client = make_client("k")
    for _ in range(3):
        client.post("/v3/companies/search", json=ACME)

    found = values(client)

    name = "mock_lusha_call_duration_seconds"
    buckets = {
        dict(labels)["le"]: value for (sample, labels), value in found.items() if sample == f"{name}_bucket"
    }
    counts = [buckets[bound] for bound in sorted(buckets, key=float)]
    assert counts == sorted(counts)
    assert buckets["+Inf"] == read(found, f"{name}_count", operation="searchCompanies") == 3
    assert read(found, f"{name}_sum", operation="searchCompanies") > 0


def test_the_service_of_metrics_is_not_counted_in_them(make_client: MakeClient) -> None:
    client = make_client("k")
    client.get("/_mock/health")
    client.get(PATH)

    assert not [labels for (name, labels) in values(client) if name == "mock_lusha_calls_total"]


FAULTS: dict[str, dict[str, Any]] = {
    "empty-body": {"fault": "empty-body"},
    "error": {"error": "server-error"},
    "status": {"status": 418, "body": {"a": 1}},
    "slow": {"delay": 0.001},
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_rule_that_fires_is_counted_by_what_it_does(faulty: CheckedClient, kind: str) -> None:
    fail(faulty, **FAULTS[kind])

    text = faulty.get(PATH).text

    found = {
        labels: value
        for (name, labels), value in values_of(text).items()
        if name == "mock_lusha_faults_total"
    }
    assert found == {(("fault", kind),): 1}
    assert "secret" not in text


LIMITS = {
    "minute-limit": "minute",
    "hourly-limit": "hourly",
    "daily-quota": "daily",
    "too-many-requests": "second",
}


@pytest.mark.parametrize("error", LIMITS)
def test_a_limit_is_counted_by_its_window(faulty: CheckedClient, error: str) -> None:
    fail(faulty, error=error)

    found = values(faulty)

    counts = {
        dict(labels)["window"]: value
        for (name, labels), value in found.items()
        if name == "mock_lusha_limits_total"
    }
    assert counts == {window: float(window == LIMITS[error]) for window in LIMITS.values()}


def forget_account(client: CheckedClient) -> None:
    client.request("DELETE", "/_mock/accounts", params={"account": "k"})


def clear_journal(client: CheckedClient) -> None:
    client.request("DELETE", "/_mock/journal")


def reset_all(client: CheckedClient) -> None:
    client.post("/_mock/reset")


@pytest.mark.parametrize("forget", [forget_account, clear_journal, reset_all])
def test_counters_outlive_what_is_forgotten(
    make_client: MakeClient, forget: Callable[[CheckedClient], None]
) -> None:
    client = make_client("k")
    client.post("/v3/companies/search-and-enrich", json=ACME)
    fail(client, error="gdpr")
    before = values(client)

    forget(client)
    after = values(client)

    counters = {key for key in before if key[0].endswith(("_total", "_bucket", "_count", "_sum"))}
    assert {key: after[key] for key in counters} == {key: before[key] for key in counters}
    assert read(before, "mock_lusha_journal_entries") == 2


def test_outcomes_of_an_operation_are_told_apart_up_to_a_bound() -> None:
    totals = CallTotals()
    for status in range(MOST_OUTCOMES + 5):
        totals.begin(status, None)

    assert len(totals.outcomes) == MOST_OUTCOMES + 1
    assert totals.outcomes[OTHER, None] == 5


def test_attempts_of_webhooks_are_counted_and_what_deliveries_cost(make_client: MakeClient) -> None:
    client = make_client("k", webhook_delivery="collect")
    account = {"account": "k"}
    client.post("/api/account/secret/regenerate")
    company = client.post("/v3/companies/search", json=ACME).json()["results"][0]["id"]
    defaults = {"url": "http://127.0.0.1:9/", "entityType": "company", "signalTypes": ["allSignals"]}
    client.post("/api/subscriptions", json={"defaults": defaults, "subscriptions": [{"entityId": company}]})
    event = {"signalType": "websiteTrafficDecrease", "entityType": "company", "find": {"domain": "acme.com"}}
    client.post("/_mock/webhooks/trigger", params=account, json=event)
    for status in (500, 204):
        client.request("PATCH", "/_mock/clock", params=account, json={"advance": 2})
        delivery = client.post("/_mock/webhooks/take", params=account).json()["request"]["delivery"]
        client.post("/_mock/webhooks/answered", params=account, json={"delivery": delivery, "status": status})

    found = values(client)

    counts = {
        outcome: read(found, "mock_lusha_webhook_attempts_total", outcome=outcome)
        for outcome in ("success", "failed", "permanent_failure")
    }
    assert counts == {"success": 1, "failed": 1, "permanent_failure": 0}
    assert read(found, "mock_lusha_credits_charged_total", operation="webhook") == 1


def test_gauges_say_what_is_there(make_client: MakeClient) -> None:
    client = make_client("k")
    client.post("/v3/companies/search", json=ACME)

    found = values(client)

    assert read(found, "mock_lusha_accounts") == 1
    assert read(found, "mock_lusha_journal_entries") == 1
    assert read(found, "mock_lusha_journal_bytes") > 100
    assert read(found, "mock_lusha_event_streams") == 0
    assert read(found, "mock_lusha_log_lines_dropped_total") == 0
    assert read(found, "mock_lusha_state", state="ready") == 1
    assert read(found, "mock_lusha_state", state="draining") == 0
    assert read(found, "process_start_time_seconds") > 0


ACCEPTS: Mapping[str, tuple[str | None, bool]] = {
    "nothing": (None, False),
    "anything": ("*/*", False),
    "text": ("text/plain; version=0.0.4", False),
    "OpenMetrics": (f"{OPEN_METRICS}; version=1.0.0", True),
    "what Prometheus sends": (
        f"{OPEN_METRICS};version=1.0.0;q=0.5,{OPEN_METRICS};version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        True,
    ),
    "text rather": (f"{OPEN_METRICS};q=0.2,text/plain;q=0.5", False),
    "not OpenMetrics": (f"{OPEN_METRICS};q=0", False),
    "nonsense": (f"{OPEN_METRICS};q=é;;,,;", False),
}


@pytest.mark.parametrize("case", ACCEPTS)
def test_open_metrics_is_written_where_it_is_preferred(make_client: MakeClient, case: str) -> None:
    accept, is_open = ACCEPTS[case]
    client = make_client("k")
    client.post("/v3/companies/search", json=ACME)

    answer = client.get(PATH, headers={} if accept is None else {"accept": accept.encode()})

    assert answer.text.endswith("# EOF\n") is is_open
    if is_open:
        assert answer.headers["content-type"] == f"{OPEN_METRICS}; version=1.0.0; charset=utf-8"
        families = list(read_open_metrics(answer.text))
    else:
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        families = list(parser.text_string_to_metric_families(answer.text))
    assert {family.type for family in families} == {"counter", "gauge", "histogram"}
    assert all(family.documentation for family in families)


def test_nothing_that_a_caller_sent_is_a_label(make_client: MakeClient) -> None:
    client = make_client(SECRET)
    client.post(f"/v3/companies/search?{SECRET}={SECRET}", json={SECRET: SECRET})
    client.get(f"/{SECRET}", headers={"x-request-id": SECRET})
    client.request(SECRET.upper().replace("-", ""), "/v3/companies/search")

    assert SECRET.upper().replace("-", "") not in client.get(PATH).text.upper().replace("-", "")


def test_a_token_is_asked_for_as_in_all_of_the_control_api(make_client: MakeClient) -> None:
    client = make_client("k", control_token="t0ken")

    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers={"x-mock-lusha-token": "t0ken"}).status_code == 200
    assert (
        client.get(PATH, headers={"x-mock-lusha-token": "t0ken", "origin": "http://evil.example"}).status_code
        == 403
    )
