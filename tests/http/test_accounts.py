"""The named accounts and what makes a key a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mock_lusha.config import Settings, data_folder
from mock_lusha.state.account_profiles import load_profiles
from mock_lusha.state.accounts import Accounts, mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

    from mock_lusha.clock import Clock

ADA = {"email": "ada.quill@quill-works.example"}
PLAN_TEXT = "Your pricing version does not support this feature"
REVEAL_TEXT = (
    "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]"
)
INACTIVE_TEXT = "Your account is not active. Please reach out to support at support@lusha.com for assistance"
TRIAL_TEXT = "You've reached your trial limit, please contact support for upgrade"


@dataclass(frozen=True)
class Story:
    """An account that works: what it has, and what a match and the gated features come to."""

    credits: int
    minute: int
    hour: int | None
    day: int
    match: int = 6
    everything: bool = False
    flags: bool = True


STORIES = {
    "free": Story(40, 40, None, 100),
    "starter": Story(300, 40, None, 100),
    "pro": Story(3_000, 50, 150, 1_500),
    "premium": Story(10_000, 300, 1_800, 18_000),
    "scale": Story(10_000, 300, 5_000, 50_000, everything=True),
    "legacy": Story(10_000, 300, 600, 6_000, match=1, flags=False),
    "no-unified-credits": Story(10_000, 300, 1_800, 18_000, match=1, flags=False),
    "some-key-of-ours": Story(10_000, 300, 5_000, 50_000, everything=True),
}

each_story = pytest.mark.parametrize(("key", "story"), STORIES.items(), ids=list(STORIES))


@each_story
def test_an_account_has_the_credits_of_its_story_and_pays_its_price(
    make_client: Callable[..., CheckedClient], key: str, story: Story
) -> None:
    client = make_client(key)

    first = client.get("/account/usage").json()
    person = client.get("/v2/person", params=ADA)
    second = client.get("/account/usage").json()

    assert first == {"usage": {"credits": {"total": story.credits, "used": 0, "remaining": story.credits}}}
    assert person.json()["contact"]["isCreditCharged"] is True
    assert second["usage"]["credits"] == {
        "total": story.credits,
        "used": story.match,
        "remaining": story.credits - story.match,
    }


@each_story
def test_an_account_shows_the_limits_of_its_plan(
    make_client: Callable[..., CheckedClient], key: str, story: Story
) -> None:
    headers = make_client(key).get("/v2/person", params=ADA).headers

    shown = {window: headers.get(f"x-rate-limit-{window}") for window in ("minute", "hourly", "daily")}
    assert shown == {
        "minute": str(story.minute),
        "hourly": None if story.hour is None else str(story.hour),
        "daily": str(story.day),
    }


@each_story
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/prospecting/contact/search"),
        ("GET", "/prospecting/filters/contacts/seniority"),
        ("GET", "/api/signals/filters/contact"),
    ],
    ids=["prospecting", "filters", "signals"],
)
def test_only_scale_has_prospecting_filters_and_signals(
    make_client: Callable[..., CheckedClient], key: str, story: Story, method: str, path: str
) -> None:
    answer = make_client(key).request(method, path, json={} if method == "POST" else None)

    if story.everything:
        assert answer.status_code != 403
    else:
        assert (answer.status_code, answer.json()["message"]) == (403, PLAN_TEXT)


@each_story
def test_signals_on_a_person_need_the_plan_too(
    make_client: Callable[..., CheckedClient], key: str, story: Story
) -> None:
    client = make_client(key)

    answer = client.get("/v2/person", params={**ADA, "signals": "allSignals"})

    if story.everything:
        assert answer.status_code == 200
        assert "signals" in answer.json()["contact"]["data"]
    else:
        assert (answer.status_code, answer.json()["message"]) == (403, PLAN_TEXT)
        assert client.used() == 0


@each_story
@pytest.mark.parametrize("flag", ["revealEmails", "revealPhones"])
@pytest.mark.parametrize("value", ["true", "false"])
def test_reveal_flags_need_unified_credits(
    make_client: Callable[..., CheckedClient], key: str, story: Story, flag: str, value: str
) -> None:
    client = make_client(key)

    single = client.get("/v2/person", params={**ADA, flag: value})
    bulk = client.post(
        "/v2/person",
        json={"contacts": [{"contactId": "1", **ADA}], "metadata": {flag: value == "true"}},
    )

    if story.flags:
        assert (single.status_code, bulk.status_code) == (200, 200)
    else:
        assert [(a.status_code, a.json()["message"]) for a in (single, bulk)] == [(403, REVEAL_TEXT)] * 2
        assert client.used() == 0


REFUSED = {
    "inactive": (403, INACTIVE_TEXT),
    "invalid": (401, "Invalid API key"),
    "trial-ended": (429, TRIAL_TEXT),
    "daily-quota-spent": (
        429,
        "Daily API rate limit exceeded. Limit: 100 calls per day. Reset in 86400 seconds.",
    ),
    "hourly-limit-spent": (
        429,
        "Hourly API rate limit exceeded. Limit: 150 calls per hour. Reset in 3600 seconds",
    ),
}


@pytest.mark.parametrize(("key", "expected"), REFUSED.items(), ids=list(REFUSED))
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/person?email=ada.quill@quill-works.example"),
        ("POST", "/v2/company"),
        ("GET", "/account/usage"),
        ("POST", "/prospecting/company/search"),
    ],
)
def test_an_account_with_a_closed_door_refuses_every_call(
    make_client: Callable[..., CheckedClient], key: str, expected: tuple[int, str], method: str, path: str
) -> None:
    answer = make_client(key).request(method, path, json={} if method == "POST" else None)

    assert (answer.status_code, answer.json()["message"]) == expected


@pytest.mark.parametrize("limits", ["enforce", "headers", "off"])
@pytest.mark.parametrize("key", ["daily-quota-spent", "hourly-limit-spent", "trial-ended"])
def test_a_spent_account_is_refused_whatever_the_servers_limits(
    make_client: Callable[..., CheckedClient], key: str, limits: str
) -> None:
    answer = make_client(key, limits=limits).get("/v2/person", params=ADA)

    assert answer.status_code == 429


def test_out_of_credits_pays_for_nothing_but_may_do_what_is_free(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client("out-of-credits")

    paid = client.get("/v2/person", params=ADA)
    miss = client.get("/v2/person", params={"personId": "1"})
    neither = client.get("/v2/person", params={**ADA, "revealEmails": "false", "revealPhones": "false"})
    usage = client.get("/account/usage")

    assert (paid.status_code, paid.json()["message"]) == (402, "Insufficient credits")
    assert (miss.status_code, neither.status_code) == (200, 200)
    assert usage.json() == {"usage": {"credits": {"total": 0, "used": 0, "remaining": 0}}}


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("inactive+worker-3", 403),
        ("trial-ended+x", 429),
        ("daily-quota-spent+x", 429),
        ("out-of-credits+x", 402),
        ("invalid+x", 401),
        ("free+a+b", 200),
        ("free+", 200),
    ],
)
def test_a_suffix_keeps_the_story(make_client: Callable[..., CheckedClient], key: str, status: int) -> None:
    assert make_client(key).get("/v2/person", params=ADA).status_code == status


def test_a_suffix_makes_a_tenant_of_its_own(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client("free+one")

    client.get("/v2/person", params=ADA)

    assert {key: client.used(key) for key in ("free+one", "free+two", "free")} == {
        "free+one": 6,
        "free+two": 0,
        "free": 0,
    }


def test_two_keys_share_neither_credits_nor_windows_nor_reveals(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client("tenant-one")
    client.get("/v2/person", params=ADA)

    other = client.get("/v2/person", params=ADA, key="tenant-two")
    again = client.get("/v2/person", params=ADA)

    assert other.json()["contact"]["isCreditCharged"] is True
    assert again.json()["contact"]["isCreditCharged"] is False
    assert (other.headers["x-daily-usage"], again.headers["x-daily-usage"]) == ("1", "2")


@pytest.mark.in_process("no client sends it")
def test_a_key_is_taken_without_the_space_around_it(client: CheckedClient) -> None:
    client.get("/v2/person", params=ADA, headers={"api_key": "spacious"})

    assert client.used("  spacious ") == 6


def test_an_unknown_key_has_the_settings_plan_and_credits(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client("nobody-knows-me", plan="pro", credits=7)

    answer = client.get("/account/usage")

    assert answer.json()["usage"]["credits"]["total"] == 7
    assert answer.headers["x-rate-limit-daily"] == "1500"


@pytest.mark.parametrize("key", ["nobody-knows-me", "fre", "some+suffix", "+", "free +x"])
def test_strict_keys_refuse_a_key_that_no_account_names(
    make_client: Callable[..., CheckedClient], key: str
) -> None:
    answer = make_client(key, strict_keys=True).get("/account/usage")

    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API key")
    assert not [name for name in answer.headers if "requests-left" in name]


def test_strict_keys_offer_the_nearest_name(make_client: Callable[..., CheckedClient]) -> None:
    answer = make_client("premum", strict_keys=True).get("/account/usage")

    assert answer.json()["errors"] == ["no account has this key and keys are strict; did you mean premium?"]


@pytest.mark.parametrize("key", ["free", "scale+mine"])
def test_strict_keys_take_named_accounts(make_client: Callable[..., CheckedClient], key: str) -> None:
    assert make_client(key, strict_keys=True).get("/account/usage").status_code == 200


def test_open_gates_give_every_account_everything(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client("legacy", gates="open")

    flags = client.get("/v2/person", params={**ADA, "revealEmails": "true"})
    signals = client.get("/v2/company", params={"domain": "quill-works.example", "signals": "allSignals"})

    assert (flags.status_code, signals.status_code) == (200, 200)


def test_past_ten_thousand_the_longest_idle_unnamed_account_is_forgotten(clock: Clock) -> None:
    profiles = load_profiles([data_folder("fixtures") / "accounts.yaml"])
    accounts = Accounts(Settings(), clock, profiles)
    first = {name: accounts.get(name) for name in ("free", "tenant-0", "tenant-1")}
    for number in range(2, 10_000):
        accounts.get(f"tenant-{number}")
    before = len(accounts)
    accounts.get("tenant-0")  # not idle any more: tenant-1 is the longest idle now
    accounts.get("one-too-many")

    assert (before, len(accounts)) == (10_001, 10_001)
    assert {name: accounts.get(name) is account for name, account in first.items()} == {
        "free": True,
        "tenant-0": True,
        "tenant-1": False,
    }


OWN = """
accounts:
  acme-ci:
    about: Our own.
    plan: premium
    credits: 50
    dialect: documented
    error_format: guide
    limits: headers
    strict: true
    seed: acme
    as_of: 2026-01-01
  never-found:
    match_rate: 0
  unlimited:
    credits: unlimited
  free:
    plan: free
    credits: 3
  enriches-not:
    features: [account]
  bare:
"""


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_file_of_ones_own_adds_accounts(make_client: Callable[..., CheckedClient], own_file: Path) -> None:
    client = make_client("acme-ci", accounts=own_file)

    usage = client.get("/account/usage")
    refused = client.get("/v2/person", params={"email": "jane@acme.com", "foo": "1"})

    assert usage.json() == {"usage": {"bulkCredits": {"total": 50, "used": 0, "remaining": 50}}}
    assert usage.headers["x-rate-limit-hourly"] == "1800"
    assert refused.status_code == 400
    assert refused.json() == {"error": {"code": 400, "message": "property foo should not exist"}}


def test_a_file_of_ones_own_replaces_a_shipped_account_and_keeps_the_others(
    make_client: Callable[..., CheckedClient], own_file: Path
) -> None:
    client = make_client("free", accounts=own_file)

    totals = {
        key: client.get("/account/usage", key=key).json()["usage"]["credits"]["total"]
        for key in ("free", "free+1", "starter", "bare", "unlimited")
    }

    assert totals == {"free": 3, "free+1": 3, "starter": 300, "bare": 10_000, "unlimited": 1_000_000_000}


def test_an_account_may_have_a_world_and_a_match_rate_of_its_own(
    make_client: Callable[..., CheckedClient], own_file: Path
) -> None:
    client = make_client("bare", accounts=own_file)
    asked = {"email": "jane.doe@acme.com"}

    here, there, nowhere = (
        client.get("/v2/person", params=asked, key=key).json()["contact"]["data"]
        for key in ("bare", "acme-ci", "never-found")
    )

    assert nowhere is None
    assert here["personId"] != there["personId"] or here["jobTitle"] != there["jobTitle"]


def test_an_account_may_have_fewer_features_than_its_plan(
    make_client: Callable[..., CheckedClient], own_file: Path
) -> None:
    client = make_client("enriches-not", accounts=own_file)

    assert client.get("/v2/person", params=ADA).status_code == 403
    assert client.get("/account/usage").status_code == 200


@pytest.mark.parametrize(
    ("key", "shown"),
    [("0123456789abcdef", "…cdef"), ("0123456789ab", "…89ab"), ("0123456789a", "…"), ("", "…")],
)
def test_a_mask_shows_four_characters_of_a_long_key_and_none_of_a_short_one(key: str, shown: str) -> None:
    assert mask(key) == shown
