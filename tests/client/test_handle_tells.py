"""What a handle tells: calls, ledger, limits, conduct, clock."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from client.handles import (
    BULK,
    COMPANY,
    JANE,
    MOMENT,
    OTHER,
    PEOPLE,
    PERSON,
    REVEALED,
    SINGLE,
    USAGE,
    statuses,
)

from mock_lusha import ControlError, MockLusha, UnexpectedCallsError
from mock_lusha.client.ledger import Charge
from mock_lusha.client.limits import Window

if TYPE_CHECKING:
    from collections.abc import Callable


WEEKLY: Any = "weekly"


# Calls


@pytest.fixture
def called(lusha: MockLusha) -> MockLusha:
    """A handle after five calls: a company, another, a person, nobody, people."""
    for path in (COMPANY, OTHER, f"{JANE}&revealEmails=true&revealEmails=false", "/v2/person"):
        lusha.client.get(path)
    lusha.client.post("/v2/person", json=BULK)
    return lusha


def test_calls_are_a_sequence_oldest_first(called: MockLusha) -> None:
    calls = called.calls

    operations = [SINGLE, SINGLE, PERSON, PERSON, PEOPLE]
    assert len(calls) == 5
    assert [call.operation for call in calls] == operations
    assert [call.operation for call in reversed(calls)] == operations[::-1]
    assert calls[0].query == {"domain": "acme.com"}
    assert calls[-1] == calls.last
    assert [call.id for call in calls[1:3]] == [calls[1].id, calls[2].id]
    assert calls[0].id < calls[1].id < calls[4].id
    called.client.get(USAGE)
    assert (len(calls), len(called.calls)) == (5, 6)


def test_a_call_tells_what_was_asked_and_answered(called: MockLusha) -> None:
    called.clock.set("2026-03-31T12:00:00Z")
    called.client.get(REVEALED)

    company, person, nobody, people = (called.calls[index] for index in (0, 2, 3, 4))
    assert (company.method, company.path, company.status, company.charged) == ("GET", "/v2/company", 200, 1)
    assert (company.body, company.answer["data"]["name"], company.error) == (None, "Acme", None)
    assert company.left == {"daily": 49_999, "hourly": 4_999, "minute": 299}
    assert (company.rules, company.warnings) == ((), ())
    assert 0 < company.ms < 10_000
    assert person.query == {"email": "jane.doe@acme.com", "revealEmails": "false"}
    assert person.queries == {"email": ["jane.doe@acme.com"], "revealEmails": ["true", "false"]}
    assert (nobody.status, nobody.error, nobody.query, nobody.queries) == (400, "bad-request", {}, {})
    assert (people.method, people.body) == ("POST", BULK)
    assert people.answer["contacts"]["1"]["data"]["fullName"] == "Zoe Little"
    assert called.calls.last.time.startswith("2026-03-31T12:00:0")


def test_a_call_is_written_in_one_line(called: MockLusha) -> None:
    called.on(SINGLE).cut(times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        called.client.get(COMPANY)

    assert [str(call) for call in called.calls] == [
        "GET /v2/company?domain=acme.com -> 200, 1 credit",
        "GET /v2/company?domain=other.com -> 200, 1 credit",
        "GET /v2/person?email=jane.doe@acme.com&revealEmails=true&revealEmails=false -> 200, 5 credits",
        "GET /v2/person -> 400, bad-request",
        "POST /v2/person -> 200, 6 credits",
        "GET /v2/company?domain=acme.com -> no answer, cut-before-headers, rule added/rule-1#1",
    ]


def test_many_calls_are_shortened_where_they_are_shown(called: MockLusha) -> None:
    first = repr(called.calls)
    called.client.get(USAGE)

    assert first.startswith("<5 calls: GET /v2/company?domain=acme.com -> 200, 1 credit; GET /v2/company?")
    assert first.endswith("; GET /v2/person -> 400, bad-request; POST /v2/person -> 200, 6 credits>")
    assert repr(called.calls) == first.replace("<5", "<6").replace("credits>", "credits; …>")


def test_a_body_that_is_no_json_is_a_text(lusha: MockLusha) -> None:
    lusha.client.post("/v2/person", content=b"{", headers={"content-type": "application/json"})

    assert (lusha.calls.last.body, lusha.calls.last.status) == ("{", 400)


# What is asked for -> the places of the calls that are it, of the five and a sixth that a rule refused
FILTERS: dict[str, tuple[list[Any], dict[str, Any], list[int]]] = {
    "operation": ([SINGLE], {}, [0, 1, 5]),
    "an operation that was not called": (["getAccountUsageStats"], {}, []),
    "status": ([], {"status": 400}, [3]),
    "error": ([], {"error": "gdpr"}, [5]),
    "rule": ([], {"rule": "added/rule-1"}, [5]),
    "all of them": ([SINGLE], {"status": 451, "error": "gdpr", "rule": "rule-1"}, [5]),
    "nothing": ([], {}, [0, 1, 2, 3, 4, 5]),
}


@pytest.mark.parametrize("case", FILTERS)
def test_calls_are_filtered_and_counted(case: str, called: MockLusha) -> None:
    args, options, places = FILTERS[case]
    called.on(SINGLE).fail("gdpr", times=1)
    called.client.get(COMPANY)
    calls = called.calls

    found = calls.filter(*args, **options)

    assert list(found) == [calls[place] for place in places]
    assert calls.count(*args, **options) == len(places)


def test_an_operation_that_there_is_not_is_refused_with_the_nearest(lusha: MockLusha) -> None:
    hint = "operation is not one of the contract: did you mean searchSingleContact?"
    asked: list[Callable[..., object]] = [
        lusha.calls.filter, lusha.calls.count, lusha.calls.assert_called, lusha.calls.assert_not_called,
        lusha.calls.assert_called_with,
    ]  # fmt: skip
    for ask in asked:
        with pytest.raises(ControlError, match=re.escape(hint)) as caught:
            ask("searchSingleContct")
        assert caught.value.status == 400


def test_of_no_calls_there_is_no_last(lusha: MockLusha) -> None:
    with pytest.raises(LookupError) as caught:
        lusha.calls.last  # noqa: B018 - to ask is the test

    assert str(caught.value) == "no call was made"
    assert (len(lusha.calls), repr(lusha.calls)) == (0, "<0 calls: >")


# Method, arguments -> holds of the five
HOLDS: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "called": ("assert_called", [SINGLE], {}),
    "anything called": ("assert_called", [], {"times": 5}),
    "called so often": ("assert_called", [SINGLE], {"times": 2}),
    "called at least": ("assert_called", [SINGLE], {"at_least": 2, "at_most": 3}),
    "called with a status": ("assert_called", [PERSON], {"status": 400, "times": 1}),
    "called at a path": ("assert_called", [], {"path": "/v2/person", "method": "POST", "times": 1}),
    "not called": ("assert_not_called", ["getAccountUsageStats"], {}),
    "not called so": ("assert_not_called", [SINGLE], {"status": 404}),
    "called with a parameter": ("assert_called_with", [SINGLE], {"query": {"domain": "acme.com"}, "times": 1}),
    "called with a body": ("assert_called_with", [PEOPLE], {"body": {"contacts": [{"contactId": "1"}]}}),
    "called with any": ("assert_called_with", [], {"status": 200, "times": 4}),
}  # fmt: skip


@pytest.mark.parametrize("case", HOLDS)
def test_what_was_called_passes(case: str, called: MockLusha) -> None:
    method, args, options = HOLDS[case]

    getattr(called.calls, method)(*args, **options)


# Method, arguments -> message, with {n} for the number of the n-th call
MISSED: dict[str, tuple[str, list[Any], dict[str, Any], list[str]]] = {
    "too few": (
        "assert_called", ["getAccountUsageStats"], {},
        [
            "at least 1 call was expected of {'operation': 'getAccountUsageStats'}; there were 0",
            f"  near: exchange {{5}} {PEOPLE}: operation is {PEOPLE}, not getAccountUsageStats",
            f"  near: exchange {{4}} {PERSON}: operation is {PERSON}, not getAccountUsageStats",
            f"  near: exchange {{3}} {PERSON}: operation is {PERSON}, not getAccountUsageStats",
        ],
    ),
    "too many": (
        "assert_called", [SINGLE], {"times": 1},
        [f"1 call was expected of {{'operation': '{SINGLE}'}}; there were 2", "  exchanges {1}, {2}"],
    ),
    "called": (
        "assert_not_called", [SINGLE], {},
        [f"0 calls were expected of {{'operation': '{SINGLE}'}}; there were 2", "  exchanges {1}, {2}"],
    ),
    "anything called": (
        "assert_not_called", [], {},
        ["0 calls were expected of any kind; there were 5", "  exchanges {1}, {2}, {3}, {4}, {5}"],
    ),
    "another parameter": (
        "assert_called_with", [SINGLE], {"query": {"domain": "third.com"}},
        [
            f"at least 1 call was expected of {{'operation': '{SINGLE}', 'query': {{'domain': 'third.com'}}}}; there were 0",
            f"  near: exchange {{2}} {SINGLE}: query.domain is 'other.com', not 'third.com'",
            f"  near: exchange {{1}} {SINGLE}: query.domain is 'acme.com', not 'third.com'",
            f"  near: exchange {{5}} {PEOPLE}: operation is {PEOPLE}, not {SINGLE}; query has no domain",
        ],
    ),
    "another body": (
        "assert_called_with", [PEOPLE], {"body": {"contacts": [{"contactId": "2"}]}, "times": 1},
        [
            f"1 call was expected of {{'operation': '{PEOPLE}', 'body': {{'contacts': [{{'contactId': '2'}}]}}}}; there were 0",
            f"  near: exchange {{5}} {PEOPLE}: body.contacts.0.contactId is '1', not '2'",
            f"  near: exchange {{4}} {PERSON}: operation is {PERSON}, not {PEOPLE}; body is None, not {{'contacts': [{{'contactId': '2'}}]}}",
            f"  near: exchange {{3}} {PERSON}: operation is {PERSON}, not {PEOPLE}; body is None, not {{'contacts': [{{'contactId': '2'}}]}}",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSED)
def test_what_was_called_otherwise_fails_with_the_nearest(case: str, called: MockLusha) -> None:
    method, args, options, lines = MISSED[case]

    with pytest.raises(AssertionError) as caught:
        getattr(called.calls, method)(*args, **options)

    message = "\n".join(lines)
    for place, call in enumerate(called.calls, 1):
        message = message.replace(f"{{{place}}}", str(call.id))
    assert str(caught.value) == message
    assert type(caught.value) is UnexpectedCallsError


# Ledger


def test_the_ledger_tells_what_was_charged_and_what_was_free(lusha: MockLusha) -> None:
    person, _ = (lusha.client.get(REVEALED).json()["contact"]["data"]["personId"] for _ in range(2))

    assert lusha.ledger.entries == [
        Charge(PERSON, "email", f"person:{person}", 1, "charged"),
        Charge(PERSON, "email", f"person:{person}", 0, "already revealed"),
    ]
    assert (lusha.ledger.spent, lusha.ledger.remaining) == (1, 9_999)


def test_what_was_spent_counts_through_drain_and_renewal(lusha: MockLusha) -> None:
    lusha.client.get(COMPANY)
    lusha.credits(0)
    drained = (lusha.ledger.spent, lusha.ledger.remaining, *statuses(lusha, 1, OTHER))
    lusha.clock.advance(timedelta(days=31))
    renewed = (*statuses(lusha, 1, OTHER), lusha.ledger.spent)

    assert drained == (1, 0, 402)
    assert renewed == (200, 2)
    lusha.ledger.assert_spent(2)


def test_another_sum_than_was_spent_fails_with_what_was_charged(lusha: MockLusha) -> None:
    person = lusha.client.get(REVEALED).json()["contact"]["data"]["personId"]
    company = lusha.client.get(COMPANY).json()["data"]["id"]
    lusha.client.get(REVEALED)

    with pytest.raises(AssertionError) as caught:
        lusha.ledger.assert_spent(3)

    assert str(caught.value).splitlines() == [
        "2 credits were spent, not 3",
        f"  1 for email of person:{person} ({PERSON})",
        f"  1 for company of company:{company} ({SINGLE})",
    ]
    with pytest.raises(AssertionError, match=r"^2 credits were spent, not 0"):
        lusha.ledger.assert_spent(0)


def test_of_nothing_nothing_is_spent(lusha: MockLusha) -> None:
    lusha.ledger.assert_spent(0)

    assert lusha.ledger.entries == []
    with pytest.raises(AssertionError, match=r"\A0 credits were spent, not 1\Z"):
        lusha.ledger.assert_spent(1)


# Limits


def test_limits_are_windows_by_their_names(lusha: MockLusha) -> None:
    lusha.clock.freeze()
    lusha.client.get(COMPANY)
    lusha.clock.advance(20)

    limits = lusha.limits
    assert dict(limits) == {
        "daily": Window(50_000, 1, 49_999, 86_380),
        "hourly": Window(5_000, 1, 4_999, 3_580),
        "minute": Window(300, 1, 299, 40),
    }
    assert limits["hourly"].left == 4_999
    assert (len(limits), "minute" in limits, limits.get(WEEKLY)) == (3, True, None)
    lusha.client.get(COMPANY)
    assert limits["minute"].used == 2


def test_a_window_that_the_account_has_not_is_named_with_those_it_has(lusha: MockLusha) -> None:
    with pytest.raises(KeyError) as caught:
        lusha.limits[WEEKLY]

    assert caught.value.args == ("this account has no window 'weekly'; it has daily, hourly, minute",)


def test_limits_are_enforced_when_a_test_wants_it(lusha: MockLusha) -> None:
    most = lusha.limits["minute"].limit
    lusha.on("getAccountUsageStats").spend("minute", times=1)
    lusha.client.get(USAGE)
    only_shown = (lusha.limits.mode, *statuses(lusha, 1))

    lusha.limits.enforce()

    assert only_shown == ("headers", 200)
    assert (lusha.limits.mode, *statuses(lusha, 1)) == ("enforce", 429)
    assert lusha.limits["minute"].limit == most
    lusha.limits.set("off")
    assert (lusha.limits.mode, *statuses(lusha, 1)) == ("off", 200)


# Conduct


def test_the_conduct_is_clean_until_it_is_not(lusha: MockLusha) -> None:
    lusha.conduct.assert_clean()
    assert (len(lusha.conduct), repr(lusha.conduct)) == (0, "<conduct: clean>")

    answers = [lusha.client.get(REVEALED, headers={"x-api-key": "x"}).json() for _ in range(2)]
    person = answers[0]["contact"]["data"]["personId"]

    conduct = lusha.conduct
    assert [(verdict.name, verdict.times) for verdict in conduct] == [
        ("revealed-twice", 1),
        ("key-misplaced", 2),
    ]
    assert conduct[0].evidence == (f"person:{person} was revealed before; keep what was paid for",)
    assert conduct[:1] == [conduct[0]]
    assert repr(conduct) == "<conduct: revealed-twice 1 time, key-misplaced 2 times>"
    with pytest.raises(AssertionError) as caught:
        conduct.assert_clean()
    assert str(caught.value).splitlines() == [
        "the calls were made in a way that does harm:",
        "revealed-twice, 1 time. Store what was revealed; asking again costs a call, and credits for companies in v3 or by plan.",
        f"  person:{person} was revealed before; keep what was paid for",
        "key-misplaced, 2 times. The key is read from the header api_key, and nowhere else.",
        "  a key was sent in the header x-api-key",
        "  a key was sent in the header x-api-key",
    ]


def test_a_verdict_may_be_left_out(lusha: MockLusha) -> None:
    for _ in range(7):
        lusha.client.get(REVEALED, headers={"x-api-key": "x"})

    lusha.conduct.assert_clean(but=["revealed-twice", "key-misplaced"])
    with pytest.raises(AssertionError) as caught:
        lusha.conduct.assert_clean(but={"revealed-twice"})
    assert str(caught.value).count("a key was sent in the header x-api-key") == 5
    assert "revealed-twice" not in str(caught.value)


# Clock


def test_the_clock_moves_as_it_is_told(lusha: MockLusha) -> None:
    clock = lusha.clock
    clock.freeze()
    clock.set(MOMENT)
    moves: list[float | timedelta] = [60, 0.25, timedelta(days=1, milliseconds=5), 0]

    moments = []
    for by in moves:
        clock.advance(by)
        moments.append(clock.now - MOMENT)

    assert [each.total_seconds() for each in moments] == [60, 60.25, 86_460.255, 86_460.255]
    with pytest.raises(ControlError, match="advance must not be less than 0"):
        clock.advance(timedelta(seconds=-1))


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=2))), datetime(2029, 12, 31, 22, tzinfo=UTC)),
        (datetime(2030, 1, 1), datetime(2030, 1, 1, tzinfo=UTC)),  # noqa: DTZ001
        ("2030-01-01T00:00:00+02:00", datetime(2029, 12, 31, 22, tzinfo=UTC)),
        ("2030-01-01", datetime(2030, 1, 1, tzinfo=UTC)),
    ],
    ids=["a zone", "no zone", "a text", "a day"],
)
def test_the_clock_is_put_to_a_moment(moment: datetime | str, shown: datetime, lusha: MockLusha) -> None:
    lusha.clock.freeze()

    lusha.clock.set(moment)

    assert (lusha.clock.now, lusha.clock.now.tzinfo) == (shown, UTC)


def test_the_clock_stands_until_it_is_let_run(lusha: MockLusha) -> None:
    frozen = [lusha.clock.frozen]

    lusha.clock.freeze(MOMENT)
    frozen.append(lusha.clock.frozen)
    first, second = lusha.clock.now, lusha.clock.now
    lusha.clock.unfreeze()
    frozen.append(lusha.clock.frozen)

    assert frozen == [False, True, False]
    assert first == second
    assert timedelta(0) <= first - MOMENT < timedelta(seconds=1)
    assert timedelta(0) <= lusha.clock.now - first < timedelta(seconds=5)


def test_windows_reopen_when_the_clock_says_so(handle: Callable[..., MockLusha]) -> None:
    with handle(plan="pro", limits="enforce") as lusha:
        lusha.clock.freeze()
        lusha.on(SINGLE).spend("hourly", nth=1)

        before = statuses(lusha, 2)
        lusha.clock.advance(timedelta(minutes=59, seconds=59))
        still = statuses(lusha, 1)
        lusha.clock.advance(1)

        assert (before, still, statuses(lusha, 1)) == ([200, 429], [429], [200])
