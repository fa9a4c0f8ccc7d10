"""How a handle ends, and what it reports."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from client.handles import (
    BULK,
    COMPANY,
    JANE,
    KEYS,
    OTHER,
    PERSON,
    REVEALED,
    SINGLE,
    SMALL,
    USAGE,
    servers,
    statuses,
)

from mock_lusha import MockLusha, SettlementError
from mock_lusha.client.api_key import OWN_KEY
from mock_lusha.client.calls import Call
from mock_lusha.client.control import Control
from mock_lusha.client.protocol import fingerprint
from mock_lusha.errors import MockLushaError
from mock_lusha.world.account_lookup import AccountLookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha.server import MockServer


@pytest.fixture
def called(lusha: MockLusha) -> MockLusha:
    """A handle after five calls: a company, another, a person, nobody, people."""
    for path in (COMPANY, OTHER, f"{JANE}&revealEmails=true&revealEmails=false", "/v2/person"):
        lusha.client.get(path)
    lusha.client.post("/v2/person", json=BULK)
    return lusha


def name(answer: httpx.Response) -> tuple[str, bool]:
    return answer.json()["data"]["name"], "employees" in answer.json()["data"]


# How it ends


def settled(lusha: MockLusha, arrange: Callable[[MockLusha], object]) -> tuple[str, ...]:
    """The problems that a handle comes to at the end, after what was arranged and one call of a company."""
    lusha.start()
    arrange(lusha)
    lusha.client.get(COMPANY)
    try:
        lusha.stop()
    except SettlementError as error:
        problems = error.problems
        return problems if str(error) == "\n".join(problems) else (str(error),)
    return ()


MINE = {"name": "mine", "rules": [{"when": {"nth": 2}, "respond": "gdpr"}]}


def held(lusha: MockLusha) -> None:
    lusha.control.scenario(MINE)
    lusha.hold("mine")


# Arguments, what is arranged -> the problems it comes to
PROBLEMS: dict[str, tuple[dict[str, Any], Callable[[MockLusha], object], list[str]]] = {
    "nothing": ({}, lambda lusha: None, []),
    "a rule that fired": ({}, lambda lusha: lusha.on(SINGLE).fail(503, times=1), []),
    "a rule that fired less often": ({}, lambda lusha: lusha.on(SINGLE).fail(503, times=2), ["the rule added/rule-1 fired 1 of 2 times: 1 call met its conditions (searchSingleCompanyV2: unavailable)"]),
    "a rule for whatever comes": ({}, lambda lusha: lusha.on(PERSON).fail(503), []),
    "a share": ({}, lambda lusha: lusha.on(PERSON).fail(503, share=0.5), []),
    "times": ({}, lambda lusha: lusha.on(PERSON).fail(503, times=1), ["the rule added/rule-1 never fired: 0 calls met its conditions (searchSingleContact: unavailable)"]),
    "nth": ({}, lambda lusha: lusha.on(SINGLE).fail(503, nth=2), ["the rule added/rule-1 never fired: 1 call met its conditions (searchSingleCompanyV2: unavailable)"]),
    "a later step": ({}, lambda lusha: lusha.on(SINGLE).fail(503, times=1).fail(429, times=1), ["the rule added/rule-2 never fired: 1 call met its conditions (searchSingleCompanyV2: too-many-requests)"]),
    "a scenario that ended": ({}, lambda lusha: lusha.scenario("flaky").end(), ["the rule flaky/rule-1 never fired: 0 calls met its conditions (any call: unavailable)"]),
    "a scenario": ({}, lambda lusha: lusha.scenario([{"name": "later", "when": {"nth": 2}, "respond": "gdpr"}]), ["the rule inline-1/later never fired: 1 call met its conditions (any call: gdpr)"]),
    "a scenario of the control API": ({}, lambda lusha: lusha.control.scenario(MINE), []),
    "one that is held": ({}, held, ["the rule mine/rule-1 never fired: 1 call met its conditions (any call: gdpr)"]),
    "no step": ({}, lambda lusha: lusha.on(SINGLE), ["lusha.on(...) named calls and not what happens to them: say .fail(...), .reply(...), .delay(...)"]),
    "as much as may be spent": ({"max_credits": 1}, lambda lusha: None, []),
    "more than may be spent": ({"max_credits": 1}, lambda lusha: lusha.client.get(OTHER), ["2 credits were spent, and at most 1 were to be"]),
    "anything where nothing may be spent": ({"max_credits": 0}, lambda lusha: None, ["1 credit was spent, and at most 0 were to be"]),
    "all": (
        {"max_credits": 0},
        lambda lusha: (lusha.on(PERSON).fail(503, times=1), lusha.on(), lusha.on()),
        [
            "the rule added/rule-1 never fired: 0 calls met its conditions (searchSingleContact: unavailable)",
            "1 credit was spent, and at most 0 were to be",
            *["lusha.on(...) named calls and not what happens to them: say .fail(...), .reply(...), .delay(...)"] * 2,
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS)
def test_what_is_wrong_at_the_end_is_an_error(case: str, handle: Callable[..., MockLusha]) -> None:
    options, arrange, problems = PROBLEMS[case]
    key = next(KEYS)

    assert settled(handle(api_key=key, **options), arrange) == tuple(problems)

    with handle(api_key=key) as again:
        assert again.control.accounts()["requests"] == 0, "the account is gone in any case"


@pytest.mark.parametrize("case", PROBLEMS)
def test_nothing_is_wrong_where_nothing_is_verified(case: str, handle: Callable[..., MockLusha]) -> None:
    options, arrange, _ = PROBLEMS[case]

    assert settled(handle(verify=False, **options), arrange) == ()


def test_a_defect_of_the_double_is_a_problem(
    handle: Callable[..., MockLusha], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: AccountLookup, query: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(AccountLookup, "company", broken)
    number = 0

    def failing(lusha: MockLusha) -> None:
        nonlocal number
        assert statuses(lusha, 1) == [500]
        number = lusha.calls.last.id

    problems = settled(handle(), failing)

    assert problems[0] == f"the double itself failed at exchange {number} ({SINGLE}): KeyError: 'lost'"
    assert len(problems) == 2


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_block_ends_with_what_is_wrong(kind: str) -> None:
    before = servers()

    async def spending() -> None:
        async with MockLusha(max_credits=0, **SMALL) as lusha:
            await lusha.async_client.get(COMPANY)

    def spending_at_once() -> None:
        with MockLusha(max_credits=0, **SMALL) as lusha:
            lusha.client.get(COMPANY)

    with pytest.raises(SettlementError) as caught:
        asyncio.run(spending()) if kind == "async" else spending_at_once()

    assert caught.value.problems == ("1 credit was spent, and at most 0 were to be",)
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, MockLushaError)
    assert servers() == before


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_what_a_block_raises_is_not_hidden(kind: str, handle: Callable[..., MockLusha]) -> None:
    key = next(KEYS)

    async def failing() -> None:
        async with handle(api_key=key, max_credits=0) as lusha:
            lusha.on(PERSON).fail(429, times=1)
            await lusha.async_client.get(COMPANY)
            raise ZeroDivisionError("ours")

    def failing_at_once() -> None:
        with handle(api_key=key, max_credits=0) as lusha:
            lusha.on(PERSON).fail(429, times=1)
            lusha.client.get(COMPANY)
            raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError, match="ours"):
        asyncio.run(failing()) if kind == "async" else failing_at_once()

    with handle(api_key=key) as again:
        assert (again.control.accounts()["requests"], again.control.scenarios()["added"]) == (0, {})


def test_what_it_came_to_can_be_asked_for(lusha: MockLusha) -> None:
    for _ in range(2):
        lusha.client.get(REVEALED)

    came_to = lusha.settle()

    assert came_to["problems"] == []
    assert {name: came_to[name] for name in ("calls", "spent", "revealed_again", "conduct", "forgotten")} == {
        "calls": 2, "spent": 1, "revealed_again": 1, "conduct": {"revealed-twice": 1}, "forgotten": True
    }  # fmt: skip
    assert len(lusha.calls) == 0


# The report


def test_a_report_tells_the_calls_and_why_they_went_wrong() -> None:
    with MockLusha(**SMALL) as lusha:
        lusha.on("getAccountUsageStats").fail(503, times=1)
        for path in (REVEALED, "/v2/person", USAGE):
            lusha.client.get(path)
        httpx.get(lusha.url + COMPANY)
        httpx.get(lusha.url + COMPANY, headers={"api_key": "somebody-else"})

        report = lusha.report()

    assert report.splitlines() == [
        "3 calls:",
        "#1 GET /v2/person?email=jane.doe@acme.com&revealEmails=true -> 200, 1 credit",
        "#2 GET /v2/person -> 400, bad-request",
        "    refused with 400 bad-request: Invalid request parameters",
        "    one of these is needed: personId, linkedinUrl, email, or firstName and lastName with companyName or companyDomain; none was sent",
        "#3 GET /account/usage -> 503, unavailable, rule added/rule-1#1",
        "    the rule added/rule-1#1 fired",
        "    refused with 503 unavailable: Service unavailable",
        "#4 GET /v2/company?domain=acme.com -> 401, no-api-key",
        "    refused with 401 no-api-key: No API key found in request",
        "    send the key in the header api_key",
        f"1 call came with other keys than this test's, which is {OWN_KEY}",
        f"    of account {fingerprint('somebody-else')}",
    ]


def test_a_report_of_nothing_says_so(double: MockServer) -> None:
    with MockLusha(url=double.url) as lusha:
        assert lusha.report() == "0 calls:"


def test_a_report_leaves_out_what_others_sent_before_or_elsewhere(
    double: MockServer, handle: Callable[..., MockLusha]
) -> None:
    httpx.get(double.url + COMPANY)
    with handle() as lusha:
        last = lusha.control.of(None).journal(last=1)["exchanges"][0]["id"]

    with handle() as lusha, MockLusha(url=double.url) as elsewhere:
        httpx.get(double.url + USAGE)
        reports = lusha.report(), elsewhere.report()

    assert reports[0].splitlines()[:2] == ["0 calls:", f"#{last + 1} GET /account/usage -> 401, no-api-key"]
    assert reports[1] == "0 calls:"


def test_a_report_is_of_the_last_calls_and_explains_the_last_of_those() -> None:
    with MockLusha(**SMALL) as lusha:
        lusha.on().fail(503)
        statuses(lusha, 31)

        lines = lusha.report().splitlines()

    assert lines[0] == "31 calls, the last 30:"
    assert [line.split()[0] for line in lines[1:] if line.startswith("#")] == [f"#{n}" for n in range(2, 32)]
    assert lines.count("    the rule added/rule-1#31 fired") == 1
    assert sum(line.startswith("    the rule ") for line in lines) == 10


def test_what_is_shared_by_handles_stays_open(double: MockServer) -> None:
    with Control(double.url) as control:
        for _ in range(2):
            with MockLusha(server=double, control=control, api_key=next(KEYS)) as lusha:
                assert statuses(lusha, 1) == [200]
        assert control.ready()["status"] == "ready"
        assert control.account is None


def test_a_call_is_a_value(called: MockLusha) -> None:
    shown = called.control.journal()["exchanges"][0]

    assert Call.of(shown) == called.calls[0]
    with pytest.raises(AttributeError):
        called.calls[0].status = 1  # type: ignore[misc] # that it cannot be set is what is tested
