"""Rate limits over HTTP: windows, headers and the two ways not to enforce them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from support import CheckedClient

    from mock_lusha.clock import Clock

COMPANY = "/v2/company?domain=quill-works.example"
PERSON = "/v2/person?email=ada.quill@quill-works.example"
NINE = {
    f"{prefix}-{window}{suffix}"
    for window in ("daily", "hourly", "minute")
    for prefix, suffix in (("x-rate-limit", ""), ("x", "-requests-left"), ("x", "-usage"))
}
RATE = re.compile(r"x-(rate-limit-|ratelimit-|(daily|hourly|minute)-)|retry-after|ratelimit")


def rate_headers(answer: httpx.Response) -> set[str]:
    return {name for name in answer.headers if RATE.match(name)}


@pytest.fixture
def enforced(make_client: Callable[..., CheckedClient]) -> Callable[..., CheckedClient]:
    def make(key: str, **settings: Any) -> CheckedClient:
        return make_client(key, limits="enforce", credits="unlimited", **settings)

    return make


def test_an_endpoint_takes_25_requests_a_second(enforced: Callable[..., CheckedClient], clock: Clock) -> None:
    client = enforced("busy")

    statuses = [client.get(COMPANY).status_code for _ in range(27)]
    elsewhere = client.get(PERSON).status_code
    clock.advance(0.999)
    still = client.get(COMPANY).status_code
    clock.advance(0.001)
    again = client.get(COMPANY).status_code

    assert statuses == [200] * 25 + [429] * 2
    assert (elsewhere, still, again) == (200, 429, 200)


def test_an_old_path_counts_as_its_endpoint(enforced: Callable[..., CheckedClient]) -> None:
    client = enforced("busy")
    for _ in range(25):
        client.get("/company?domain=quill-works.example")

    assert client.get(COMPANY).status_code == 429


def test_usage_takes_5_requests_a_minute(enforced: Callable[..., CheckedClient], clock: Clock) -> None:
    client = enforced("curious")

    statuses = [client.get("/account/usage").status_code for _ in range(6)]
    clock.advance(47.5)
    refused = client.get("/account/usage")
    clock.advance(12.5)
    again = client.get("/account/usage")

    assert statuses == [200] * 5 + [429]
    assert refused.json()["message"] == (
        "Minute API rate limit exceeded. Limit: 5 calls per minute. Reset in 13 seconds"
    )
    assert again.status_code == 200


WINDOWS = {
    "minute": ("pro", 50, 60, "Minute API rate limit exceeded. Limit: 50 calls per minute."),
    "hour": ("pro", 150, 3_600, "Hourly API rate limit exceeded. Limit: 150 calls per hour."),
    "day": ("free", 100, 86_400, "Daily API rate limit exceeded. Limit: 100 calls per day."),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_a_full_window_refuses_until_it_ends(
    enforced: Callable[..., CheckedClient], clock: Clock, window: str
) -> None:
    key, limit, seconds, text = WINDOWS[window]
    client = enforced(key)
    started = clock.now()
    per_minute = 40 if window != "minute" else limit
    for number in range(limit):
        if number and number % 20 == 0:
            clock.advance(60 if number % per_minute == 0 else 1)
        assert client.get(COMPANY).status_code == 200
    elapsed = clock.now() - started
    # The minute must not be what refuses the larger windows.
    if window != "minute":
        clock.advance(60)
        elapsed += 60

    refused = client.get(COMPANY)
    clock.advance(seconds - elapsed - 1)
    last = client.get(COMPANY)
    clock.advance(1)
    again = client.get(COMPANY)

    assert refused.status_code == 429
    assert refused.json()["message"].rstrip(".") == f"{text} Reset in {seconds - elapsed:.0f} seconds"
    assert last.json()["message"].rstrip(".") == f"{text} Reset in 1 seconds"
    assert again.status_code == 200


def test_windows_start_at_the_first_request_and_follow_each_other(
    enforced: Callable[..., CheckedClient], clock: Clock
) -> None:
    client = enforced("pro")
    clock.advance(50)  # no account yet: its minute begins below

    usage = []
    for step in (0, 59, 1, 59, 1, 600):
        clock.advance(step)
        usage.append(client.get(COMPANY).headers["x-minute-usage"])

    assert usage == ["1", "2", "1", "2", "1", "1"]


def test_an_hour_later_a_spent_hour_is_served_again(
    enforced: Callable[..., CheckedClient], clock: Clock
) -> None:
    client = enforced("hourly-limit-spent")

    before = client.get(COMPANY)
    clock.advance(3_600)
    after = client.get(COMPANY)

    assert (before.status_code, after.status_code) == (429, 200)
    assert before.headers["x-hourly-requests-left"] == "0"
    assert after.headers["x-hourly-requests-left"] == "149"


def test_a_day_later_a_spent_day_is_served_again(
    enforced: Callable[..., CheckedClient], clock: Clock
) -> None:
    client = enforced("daily-quota-spent")

    before = client.get(COMPANY)
    clock.advance(86_400)
    after = client.get(COMPANY)

    assert (before.status_code, after.status_code) == (429, 200)
    assert after.headers["x-daily-usage"] == "1"


def test_a_request_refused_with_429_is_not_counted(
    enforced: Callable[..., CheckedClient], clock: Clock
) -> None:
    client = enforced("busy")
    for _ in range(30):
        client.get(COMPANY)
    clock.advance(1)

    assert client.get(COMPANY).headers["x-daily-usage"] == "26"


COUNTED = {
    "200": ("scale", "GET", PERSON, None, 200),
    "200 of a miss": ("scale", "GET", "/v2/person?personId=1", None, 200),
    "400 of a query": ("scale", "GET", "/v2/person", None, 400),
    "400 of a body": ("scale", "POST", "/v2/person", {}, 400),
    "402": ("out-of-credits", "GET", PERSON, None, 402),
    "403 of an inactive account": ("inactive", "GET", PERSON, None, 403),
    "403 of a plan": ("free", "POST", "/prospecting/contact/search", {}, 403),
    "403 of a data point": ("legacy", "GET", PERSON + "&revealEmails=true", None, 403),
    "404 of a company": ("scale", "GET", "/v2/company?companyId=1", None, 404),
    "412": (
        "scale",
        "POST",
        "/v2/person",
        {"contacts": [{"contactId": "1", "fullName": "Ada"}]},
        412,
    ),
    "413": ("scale", "POST", "/v2/person", {"contacts": "x" * 1_000_001}, 413),
    "451": (
        "scale",
        "GET",
        "/v2/person?firstName=Greta&lastName=Datenschutz&companyDomain=quill-works.example",
        None,
        451,
    ),
    "HEAD": ("scale", "HEAD", PERSON, None, 200),
}


@pytest.mark.parametrize(("key", "method", "url", "body", "status"), COUNTED.values(), ids=list(COUNTED))
def test_every_other_request_of_an_account_is_counted(
    enforced: Callable[..., CheckedClient],
    key: str,
    method: str,
    url: str,
    body: dict[str, Any] | None,
    status: int,
) -> None:
    client = enforced(key)

    answers = [client.request(method, url, json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert [answer.headers["x-daily-usage"] for answer in answers] == ["1", "2"]
    assert rate_headers(answers[0]) == {name for name in NINE if key != "free" or "hourly" not in name}


def test_an_unknown_path_is_not_counted(enforced: Callable[..., CheckedClient]) -> None:
    client = enforced("busy")

    lost = client.get("/v2/nothing")

    assert rate_headers(lost) == set()
    assert client.get(COMPANY).headers["x-daily-usage"] == "1"


def test_a_control_path_is_not_counted(enforced: Callable[..., CheckedClient]) -> None:
    client = enforced("busy")

    ready = client.get("/_mock/ready")

    assert rate_headers(ready) == set()
    assert client.get(COMPANY).headers["x-daily-usage"] == "1"


def test_nine_headers_tell_limit_left_and_usage(enforced: Callable[..., CheckedClient]) -> None:
    client = enforced("premium")
    client.get(PERSON)

    answer = client.get(COMPANY)

    assert {name: answer.headers[name] for name in rate_headers(answer)} == {
        "x-rate-limit-daily": "18000",
        "x-daily-requests-left": "17998",
        "x-daily-usage": "2",
        "x-rate-limit-hourly": "1800",
        "x-hourly-requests-left": "1798",
        "x-hourly-usage": "2",
        "x-rate-limit-minute": "300",
        "x-minute-requests-left": "298",
        "x-minute-usage": "2",
    }


@pytest.mark.parametrize("key", ["free", "starter"])
def test_a_plan_without_hourly_cap_shows_six_headers(
    enforced: Callable[..., CheckedClient], key: str
) -> None:
    answer = enforced(key).get(COMPANY)

    assert rate_headers(answer) == {name for name in NINE if "hourly" not in name}


@pytest.mark.parametrize("key", ["invalid", ""], ids=["invalid", "missing"])
def test_a_401_shows_none(make_client: Callable[..., CheckedClient], key: str) -> None:
    answer = make_client(key or None, limits="enforce").get(COMPANY)

    assert answer.status_code == 401
    assert rate_headers(answer) == set()


def test_two_more_headers_on_429_speak_of_the_day_in_whole_seconds(
    enforced: Callable[..., CheckedClient], clock: Clock
) -> None:
    client = enforced("pro")
    for _ in range(25):
        client.get(COMPANY)
    clock.advance(0.25)

    refused = client.get(COMPANY)

    assert rate_headers(refused) == NINE | {"x-ratelimit-remaining-daily", "x-ratelimit-reset-daily"}
    assert refused.headers["x-ratelimit-remaining-daily"] == "1475"
    assert refused.headers["x-ratelimit-reset-daily"] == "86400"


@pytest.mark.parametrize(
    ("key", "remaining"),
    [("trial-ended", "100"), ("daily-quota-spent", "0"), ("hourly-limit-spent", "1500")],
)
def test_every_429_has_them(enforced: Callable[..., CheckedClient], key: str, remaining: str) -> None:
    refused = enforced(key).get(COMPANY)

    assert refused.status_code == 429
    assert refused.headers["x-ratelimit-remaining-daily"] == remaining
    assert refused.headers["x-ratelimit-reset-daily"] == "86400"


@pytest.mark.parametrize(
    ("url", "status"), [(COMPANY, 200), ("/v2/company", 400), ("/v2/company?companyId=1", 404)]
)
def test_in_the_documented_dialect_every_answer_has_them(
    make_client: Callable[..., CheckedClient], clock: Clock, url: str, status: int
) -> None:
    client = make_client("pro", dialect="documented")
    client.get(COMPANY)
    clock.advance(3_600)

    answer = client.get(url)
    seen = make_client("pro").get(url)

    assert answer.status_code == seen.status_code == status
    assert rate_headers(answer) == NINE | {"x-ratelimit-remaining-daily", "x-ratelimit-reset-daily"}
    assert answer.headers["x-ratelimit-remaining-daily"] == answer.headers["x-daily-requests-left"] == "1498"
    assert answer.headers["x-ratelimit-reset-daily"] == str(86_400 - 3_600)
    assert rate_headers(seen) == NINE


def test_in_the_documented_dialect_too_limits_that_are_off_show_none(
    make_client: Callable[..., CheckedClient],
) -> None:
    assert rate_headers(make_client(dialect="documented", limits="off").get(COMPANY)) == set()
    assert rate_headers(make_client("invalid", dialect="documented").get(COMPANY)) == set()


def test_limits_that_are_only_shown_refuse_nothing(
    make_client: Callable[..., CheckedClient], clock: Clock
) -> None:
    client = make_client("pro", limits="headers", credits="unlimited")

    answers = [client.get(COMPANY) for _ in range(200)]

    assert {answer.status_code for answer in answers} == {200}
    assert rate_headers(answers[-1]) == NINE
    assert answers[-1].headers["x-hourly-usage"] == "200"
    assert answers[-1].headers["x-hourly-requests-left"] == "0"
    assert answers[-1].headers["x-daily-requests-left"] == "1300"
    clock.advance(3_600)
    assert client.get(COMPANY).headers["x-hourly-usage"] == "1"


def test_limits_that_are_off_show_and_refuse_nothing(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client("pro", limits="off", credits="unlimited")

    answers = [client.get(COMPANY) for _ in range(200)]

    assert {answer.status_code for answer in answers} == {200}
    assert rate_headers(answers[-1]) == set()


@pytest.mark.parametrize(("key", "status"), [("inactive", 403), ("trial-ended", 429)])
def test_with_limits_off_a_refusal_shows_none_either(
    make_client: Callable[..., CheckedClient], key: str, status: int
) -> None:
    answer = make_client(key, limits="off").get(COMPANY)

    assert answer.status_code == status
    assert rate_headers(answer) == set()


def test_one_accounts_windows_are_not_anothers(enforced: Callable[..., CheckedClient]) -> None:
    client = enforced("free+one")
    for url in (COMPANY, PERSON):
        for _ in range(20):
            client.get(url)

    assert client.get(COMPANY).status_code == 429
    assert client.get(COMPANY, key="free+two").status_code == 200


def test_credits_are_not_touched_by_a_429(enforced: Callable[..., CheckedClient], clock: Clock) -> None:
    client = enforced("busy")
    for _ in range(25):
        client.get("/v2/person?personId=1")

    refused = client.get(PERSON)
    clock.advance(1)

    assert refused.status_code == 429
    assert client.used() == 0
