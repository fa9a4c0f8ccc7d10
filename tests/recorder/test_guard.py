"""The guard on money: what may be called, what it may cost, and when it stops."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha.config import Settings
from mock_lusha.contract.registry import Registry
from mock_lusha.recorder.guard import Guard, LiveCallError, is_loopback
from mock_lusha.recorder.opening import open_recorder
from mock_lusha.recorder.request import RecorderRequest
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_lusha.recorder.recorder import Recorder

LIVE = "https://api.lusha.com"
LOOPBACK = "http://127.0.0.1:9"
PERSON, PEOPLE = "searchSingleContact", "searchMultipleContacts"
COMPANY, COMPANIES = "searchSingleCompanyV2", "searchMultipleCompaniesV2"
USAGE = "getAccountUsageStats"
SEARCH = "searchProspectingContacts"


@pytest.fixture
def upstream() -> Iterator[MockServer]:
    with MockServer(Settings(port=0, people=200, companies=20, limits="headers")) as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.yaml"


def client(recorder: Recorder) -> httpx.Client:
    return httpx.Client(
        transport=RecorderTransport(recorder), base_url=LIVE, headers={"api_key": "a-key-0123456789"}
    )


OPERATIONS = Registry.load().operations


def check(guard: Guard, operation: str | None, body: Any = None, inexact: str = "") -> None:
    """Ask a guard to allow a call."""
    asked = RecorderRequest("POST", "/", (), body, has_body=body is not None, inexact=inexact)
    guard.check(OPERATIONS[operation] if operation else None, asked)


def count(guard: Guard, operation: str, answer: Any, status: int = 200, body: Any = None) -> int | None:
    """Let a guard count an answer."""
    asked = RecorderRequest("POST", "/", (), body, has_body=body is not None)
    return guard.count(OPERATIONS[operation], asked, status, answer)


EMAIL = {"contact": {"isCreditCharged": True, "data": {"emailAddresses": [{}], "phoneNumbers": []}}}


# What is live


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8080", True),
        ("http://localhost", True),
        ("HTTP://LOCALHOST:1", True),
        ("http://lusha.localhost:8080/v2", True),
        ("https://api.lusha.com", False),
        ("http://localhost.evil.com", False),
        ("http://127.0.0.1.evil.com", False),
        ("http://127.0.0.1@evil.com", False),
        ("http://evil.com/localhost", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("http://api.lusha.com\\@localhost", False),
        ("http://api.lusha.com @localhost", False),
        ("http://a@localhost", False),
        ("http://[::1", False),
        ("localhost:8080", False),
        ("", False),
    ],
)
def test_only_this_machine_is_no_live_upstream(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
    assert Guard(url).live is not loopback


@pytest.mark.parametrize("operation", [USAGE, COMPANY, None])
def test_nothing_live_is_called_without_a_cap(operation: str | None) -> None:
    with pytest.raises(LiveCallError, match="no live call is made without --max-credits N"):
        check(Guard(LIVE), operation)


@pytest.mark.parametrize("operation", [USAGE, COMPANY, SEARCH, None])
def test_a_loopback_upstream_needs_no_cap(operation: str | None) -> None:
    check(Guard(LOOPBACK, ci=True), operation)


@pytest.mark.parametrize("upstream", [LIVE, LOOPBACK])
def test_a_cap_of_nothing_allows_what_is_free_everywhere(upstream: str) -> None:
    guard = Guard(upstream, 0)
    check(guard, USAGE)
    with pytest.raises(LiveCallError, match="it may cost 1, 0 credits are spent, and --max-credits is 0"):
        check(guard, COMPANY)


@pytest.mark.parametrize("upstream", [LIVE, LOOPBACK])
def test_what_nobody_knows_the_price_of_is_not_called_under_a_cap(upstream: str) -> None:
    with pytest.raises(LiveCallError, match=r"a path that the contract does not have .* nobody knows"):
        check(Guard(upstream, 1000), None)


@pytest.mark.parametrize(
    ("upstream", "ci", "forced", "refused"),
    [
        (LIVE, True, False, True),
        (LIVE, True, True, False),
        (LIVE, False, False, False),
        (LOOPBACK, True, False, False),
    ],
)
def test_a_ci_run_calls_nothing_live_unless_it_is_forced(
    upstream: str, ci: bool, forced: bool, refused: bool
) -> None:
    guard = Guard(upstream, 10, ci=ci, forced=forced)
    if refused:
        with pytest.raises(LiveCallError, match=r"this is a CI run \(CI=true\)"):
            check(guard, USAGE)
    else:
        check(guard, USAGE)


def test_forcing_a_ci_run_lifts_no_cap() -> None:
    with pytest.raises(LiveCallError, match="without --max-credits"):
        check(Guard(LIVE, ci=True, forced=True), USAGE)


@pytest.mark.parametrize(
    ("value", "refused"),
    [("true", True), ("1", True), ("TRUE", True), ("false", False), ("", False), (None, False)],
)
def test_the_environment_says_what_is_a_ci_run(
    path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None, refused: bool
) -> None:
    monkeypatch.delenv("CI", raising=False)
    if value is not None:
        monkeypatch.setenv("CI", value)
    for forced in (False, True):
        guard = open_recorder(path, "once", upstream=LIVE, max_credits=0, forced=forced).guard
        if refused and not forced:
            with pytest.raises(LiveCallError, match="CI run"):
                check(guard, USAGE)
        else:
            check(guard, USAGE)


# Stopping at the cap


@pytest.mark.parametrize("upstream", [LIVE, LOOPBACK])
def test_calls_stop_where_the_next_one_may_exceed_the_cap(upstream: str) -> None:
    guard = Guard(upstream, 7)
    check(guard, PERSON)
    count(guard, PERSON, EMAIL)
    check(guard, PERSON)
    count(guard, PERSON, EMAIL)
    with pytest.raises(LiveCallError, match="it may cost 6, 2 credits are spent, and --max-credits is 7"):
        check(guard, PERSON)
    check(guard, COMPANY)


def test_calls_under_way_count_as_what_they_may_cost() -> None:
    guard = Guard(LIVE, 7)
    check(guard, PERSON)
    check(guard, COMPANY)
    with pytest.raises(LiveCallError, match="0 credits are spent and 7 may be, by calls without an answer"):
        check(guard, COMPANY)
    check(guard, USAGE)
    count(guard, PERSON, None, 404)
    check(guard, PERSON)
    assert (guard.spent, guard.held) == (0, 7)


@pytest.mark.parametrize("status", [405, 409, 413, 422, 499, 500, 502, 503, 504, 599])
def test_an_answer_that_does_not_say_whether_it_was_charged_holds_the_worst_for_good(status: int) -> None:
    guard = Guard(LIVE, 7)
    check(guard, PERSON)
    assert count(guard, PERSON, {"contact": None}, status) is None
    with pytest.raises(LiveCallError, match="0 credits are spent and 6 may be"):
        check(guard, PERSON)


def test_an_answer_above_the_worst_case_counts_as_told_and_ends_the_spending() -> None:
    guard = Guard(LIVE, 1000)
    check(guard, "enrichProspectingCompanies", {"companiesIds": ["1"]})
    told = {"billing": {"creditsCharged": 40}}
    assert count(guard, "enrichProspectingCompanies", told, body={"companiesIds": ["1"]}) == 40
    assert (guard.spent, guard.held) == (40, 0)
    with pytest.raises(LiveCallError, match="said it cost 40, where the price list says 1 at most: nobody"):
        check(guard, COMPANY)
    check(guard, USAGE)


def test_a_body_that_cannot_be_read_exactly_has_no_price() -> None:
    check(Guard(LOOPBACK), PEOPLE, "no JSON", "its body is compressed")
    with pytest.raises(LiveCallError, match=r"nobody knows what it costs \(its body is compressed\)"):
        check(Guard(LOOPBACK, 1000), PEOPLE, None, "its body is compressed")


@pytest.mark.parametrize("path", ["/v2/../v2/person", "/api/signals/filters/..", "/a\\..\\b", "/./x"])
def test_a_path_that_servers_may_shorten_has_no_price(path: str) -> None:
    with pytest.raises(LiveCallError, match="its path has dots for a segment"):
        Guard(LOOPBACK, 1000).check(OPERATIONS["getSignalOptions"], RecorderRequest("GET", path))


def test_the_usage_is_read_by_one_caller() -> None:
    assert not Guard(LOOPBACK).claim_usage()
    guard = Guard(LOOPBACK, 1)
    assert [guard.claim_usage() for _ in range(3)] == [True, False, False]
    guard.return_usage()
    assert guard.claim_usage()


def test_calls_at_once_do_not_exceed_the_cap_together(upstream: MockServer, path: Path) -> None:
    recorder = open_recorder(path, "once", upstream=upstream.url, max_credits=3)

    async def all_at_once() -> list[Any]:
        transport = AsyncRecorderTransport(recorder)
        async with httpx.AsyncClient(transport=transport, base_url=LIVE, headers={"api_key": "k"}) as each:
            calls = [each.get("/v2/company", params={"domain": f"c{n}.com"}) for n in range(8)]
            return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(all_at_once())
    assert sum(isinstance(each, LiveCallError) for each in found) == 5
    assert recorder.verdicts == {"LIVE": 3, "BLOCKED": 5}
    assert recorder.guard.spent <= 3
    assert recorder.guard.held == 0


def test_a_call_that_was_never_sent_costs_nothing(path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        recorder = open_recorder(
            path, "once", upstream=f"http://127.0.0.1:{closed.getsockname()[1]}", max_credits=1
        )
        with client(recorder) as each:
            for _ in range(2):
                with pytest.raises(httpx.ConnectError):
                    each.get("/v2/company?domain=acme.com")
    assert recorder.guard.spent == 0
    assert not path.exists()


# Over a socket


def test_usage_is_read_before_the_first_call_and_only_then(upstream: MockServer, path: Path) -> None:
    recorder = open_recorder(path, "once", upstream=upstream.url, max_credits=20)
    with client(recorder) as each:
        each.get("/v2/company?domain=acme.com")
        assert upstream.exchanges == 2
        assert recorder.guard.usage is not None
        assert recorder.guard.usage["credits"]["used"] == 0
        each.get("/v2/company?domain=acme.com")
        assert upstream.exchanges == 3
    assert [found.operation for found in recorder.cassette.interactions] == [COMPANY, COMPANY]


def test_without_a_cap_usage_is_not_read(upstream: MockServer, path: Path) -> None:
    recorder = open_recorder(path, "once", upstream=upstream.url)
    with client(recorder) as each:
        each.get("/v2/company?domain=acme.com")
    assert upstream.exchanges == 1
    assert recorder.guard.usage is None


def test_the_cap_holds_on_loopback_and_what_is_counted_is_what_was_charged(
    upstream: MockServer, path: Path
) -> None:
    recorder = open_recorder(path, "once", upstream=upstream.url, max_credits=3)
    with client(recorder) as each:
        for n in range(3):
            assert each.get("/v2/company", params={"domain": f"c{n}.com"}).status_code == 200
        spent = each.get("/account/usage").json()["usage"]["credits"]["used"]
        assert recorder.guard.spent == spent == 3
        with pytest.raises(LiveCallError, match="3 credits are spent"):
            each.get("/v2/company?domain=one-more.com")
    assert recorder.verdicts == {"LIVE": 4, "BLOCKED": 1}
    assert [found.credits for found in recorder.cassette.interactions] == [1, 1, 1, 0]


def test_what_is_replayed_counts_for_nothing(upstream: MockServer, path: Path) -> None:
    with client(open_recorder(path, "once", upstream=upstream.url)) as each:
        each.get("/v2/company?domain=acme.com")
    replay = open_recorder(path, "new", upstream=LIVE, max_credits=0)
    with client(replay) as each:
        assert each.get("/v2/company?domain=acme.com").status_code == 200
    assert (replay.guard.spent, replay.guard.usage) == (0, None)
