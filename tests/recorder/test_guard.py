"""The guard on money: what may be called, what it may cost, and when it stops."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mock_lusha.config import Settings
from mock_lusha.recorder.guard import Guard, LiveCallError, cost_of, is_free, is_loopback, worst_case
from mock_lusha.recorder.interaction import Interaction
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport
from mock_lusha.recording import open_recorder
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_lusha.contract.document import Contract
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


def answered(operation: str | None, answer: Any = None, status: int = 200, body: Any = None) -> Interaction:
    return Interaction(
        "POST", "/", status, operation=operation, body=body, has_body=body is not None, answer=answer,
        has_answer=answer is not None,
    )  # fmt: skip


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
        Guard(LIVE).check(operation, (), None)


@pytest.mark.parametrize("operation", [USAGE, COMPANY, SEARCH, None])
def test_a_loopback_upstream_needs_no_cap(operation: str | None) -> None:
    Guard(LOOPBACK, ci=True).check(operation, (), None)


@pytest.mark.parametrize("upstream", [LIVE, LOOPBACK])
def test_a_cap_of_nothing_allows_what_is_free_everywhere(upstream: str) -> None:
    guard = Guard(upstream, 0)
    guard.check(USAGE, (), None)
    with pytest.raises(LiveCallError, match="it may cost 1, 0 credits are spent, and --max-credits is 0"):
        guard.check(COMPANY, (), None)


@pytest.mark.parametrize("upstream", [LIVE, LOOPBACK])
def test_what_nobody_knows_the_price_of_is_not_called_under_a_cap(upstream: str) -> None:
    with pytest.raises(LiveCallError, match=r"a path that the contract does not have .* nobody knows"):
        Guard(upstream, 1000).check(None, (), None)


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
            guard.check(USAGE, (), None)
    else:
        guard.check(USAGE, (), None)


def test_forcing_a_ci_run_lifts_no_cap() -> None:
    with pytest.raises(LiveCallError, match="without --max-credits"):
        Guard(LIVE, ci=True, forced=True).check(USAGE, (), None)


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
                guard.check(USAGE, (), None)
        else:
            guard.check(USAGE, (), None)


# What a call may cost


@pytest.mark.parametrize(
    ("operation", "body", "most"),
    [
        (USAGE, None, 0),
        ("getSignalOptions", None, 0),
        (PERSON, None, 6),
        (PEOPLE, {"contacts": [{}, {}, {}]}, 18),
        (PEOPLE, {"contacts": [{}], "metadata": {"signals": ["promotion"]}}, 7),
        (PEOPLE, {"contacts": "no list"}, 6),
        (PEOPLE, {"contacts": []}, 0),
        (PEOPLE, "no object", 6),
        (COMPANY, None, 1),
        (COMPANIES, {"companies": [{}, {}]}, 2),
        ("enrichProspectingContacts", {"contactIds": ["a", "b"]}, 12),
        ("enrichProspectingCompanies", {"companiesIds": ["a", "b"]}, 2),
        ("getContactSignalsById", {"contactIds": [1, 2], "signals": ["promotion"]}, 2),
        ("getContactSignalsById", {"contactIds": [1], "signals": ["allSignals"]}, 22),
        ("getCompanySignalsById", {"companyIds": [1, 2]}, 2),
        (SEARCH, None, 1),
        (SEARCH, {"pages": {"page": 0, "size": 25}}, 1),
        (SEARCH, {"pages": {"page": 0, "size": 26}}, 2),
        (SEARCH, {"pages": {"page": 0, "size": 50}}, 2),
        (SEARCH, {"pages": {"page": 0, "size": "50"}}, 2),
        (SEARCH, {"pages": {"page": 0, "size": 0}}, 1),
        (SEARCH, {"pages": {"page": 0, "size": -1000}}, 1),
        (SEARCH, {"filters": {"contacts": {"include": {"signals": {}}}}}, 23),
        (None, None, None),
    ],
)
def test_the_worst_a_call_may_cost(operation: str | None, body: Any, most: int | None) -> None:
    assert worst_case(operation, (), body) == most


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ((("signals", "promotion"),), 7),
        ((("signals", "promotion,companyChange"),), 8),
        ((("signals[]", "promotion"), ("signals[]", "companyChange")), 8),
        ((("signals", "allSignals"),), 28),
        ((("email", "a@one.com"),), 6),
    ],
)
def test_signals_of_the_query_cost_more(query: tuple[tuple[str, str], ...], most: int) -> None:
    assert worst_case(PERSON, query, None) == most


def test_every_operation_of_the_contract_has_a_price(contract: Contract) -> None:
    for operation in contract.operations:
        most = worst_case(operation, (), {})
        assert most is not None
        assert (most == 0) is is_free(operation)
    assert not is_free(None)


def _contact(*, charged: bool = True, **data: Any) -> dict[str, Any]:
    return {"isCreditCharged": charged, "data": data}


@pytest.mark.parametrize(
    ("answer", "cost"),
    [
        pytest.param(answered(COMPANY, {"creditsCharged": 0}), 0, id="nothing, it says"),
        pytest.param(answered(COMPANY, {"creditCharged": 3}), 3, id="a number, it says"),
        pytest.param(answered(SEARCH, {"billing": {"creditsCharged": 2}}), 2, id="a bill"),
        pytest.param(answered(SEARCH, {"billing": {"creditsCharged": True}}), 1, id="a bill of no number"),
        pytest.param(answered(COMPANY, {"data": {}}), 1, id="it does not say"),
        pytest.param(answered(COMPANY, None), 1, id="an answer without a body"),
        pytest.param(answered(COMPANIES, {"1": {}, "2": {}}), 2, id="companies by id"),
        pytest.param(
            answered(PERSON, {"contact": _contact(emailAddresses=[{}], phoneNumbers=[{}])}),
            6,
            id="email and phone",
        ),
        pytest.param(
            answered(PERSON, {"contact": _contact(emailAddresses=[{}], phoneNumbers=[])}), 1, id="an email"
        ),
        pytest.param(answered(PERSON, {"contact": _contact(phoneNumbers=[{}])}), 5, id="a phone"),
        pytest.param(
            answered(PERSON, {"contact": _contact(charged=False, phoneNumbers=[{}])}), 0, id="one for free"
        ),
        pytest.param(answered(PERSON, {"contact": {"isCreditCharged": True}}), 6, id="charged, for what"),
        pytest.param(answered(PERSON, {"contact": None}), 0, id="nobody"),
        pytest.param(
            answered(
                PEOPLE, {"contacts": {"1": _contact(phoneNumbers=[{}]), "2": _contact(emailAddresses=[{}])}}
            ),
            6,
            id="two people",
        ),
        pytest.param(answered(PEOPLE, {"contacts": []}), 0, id="no people"),
        pytest.param(answered(COMPANY, {"creditsCharged": 9}, 404), 0, id="an error"),
        pytest.param(answered(COMPANY, None, 429), 0, id="too many calls"),
        pytest.param(answered(None, {"data": 1}), 0, id="an unknown path"),
        pytest.param(answered(USAGE, {"usage": {}}), 0, id="the usage"),
    ],
)
def test_the_credits_of_an_answer(answer: Interaction, cost: int) -> None:
    guard = Guard(LOOPBACK)
    assert cost_of(answer) == guard.count(answer) == guard.spent == cost


# Stopping at the cap


@pytest.mark.parametrize("upstream", [LIVE, LOOPBACK])
def test_calls_stop_where_the_next_one_may_exceed_the_cap(upstream: str) -> None:
    guard = Guard(upstream, 7)
    guard.check(PERSON, (), None)
    guard.count(answered(PERSON, {"contact": _contact(emailAddresses=[{}])}))
    guard.check(PERSON, (), None)
    guard.count(answered(PERSON, {"contact": _contact(emailAddresses=[{}])}))
    with pytest.raises(LiveCallError, match="it may cost 6, 2 credits are spent, and --max-credits is 7"):
        guard.check(PERSON, (), None)
    guard.check(COMPANY, (), None)


def test_calls_under_way_count_as_what_they_may_cost() -> None:
    guard = Guard(LIVE, 7)
    guard.check(PERSON, (), None)
    guard.check(COMPANY, (), None)
    with pytest.raises(LiveCallError, match="0 credits are spent and 7 may be, by calls without an answer"):
        guard.check(COMPANY, (), None)
    guard.check(USAGE, (), None)
    guard.count(answered(PERSON, None, 404))
    guard.check(PERSON, (), None)
    assert (guard.spent, guard.held) == (0, 7)


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
