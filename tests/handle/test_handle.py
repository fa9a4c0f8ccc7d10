"""The handle on one account of one server: how it begins, what it tells, what it arranges, how it ends."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
import gc
import os
import re
import socket
import ssl
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import httpx
import pytest

from mock_lusha import ControlError, MockLusha, SettlementError, UnexpectedCallsError
from mock_lusha.client import Control
from mock_lusha.config import Settings
from mock_lusha.errors import CATALOGUE, ConfigError, MockLushaError
from mock_lusha.handle.calls import Call
from mock_lusha.handle.ledger import Charge
from mock_lusha.handle.limits import Window
from mock_lusha.handle.lusha import OWN_KEY
from mock_lusha.handle.rules import On, RuleError
from mock_lusha.orders import fingerprint
from mock_lusha.server import MockServer
from mock_lusha.world.lookup import Lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_lusha.literals import PersonFacts

KEYS = (f"handle-{number:06d}" for number in count())
SMALL: dict[str, Any] = {"people": 0, "companies": 1}
COMPANY = "/v2/company?domain=acme.com"
OTHER = "/v2/company?domain=other.com"
JANE = "/v2/person?email=jane.doe@acme.com"
REVEALED = f"{JANE}&revealEmails=true"
USAGE = "/account/usage"
SINGLE: Final = "searchSingleCompanyV2"
PERSON: Final = "searchSingleContact"
PEOPLE: Final = "searchMultipleContacts"
BULK = {"contacts": [{"contactId": "1", "email": "zoe@acme.com"}]}
WEEKLY: Any = "weekly"
GOLD: Any = "gold"
MOMENT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def double() -> Iterator[MockServer]:
    """A server that the tests of this module share, each with a key of its own."""
    with MockServer(Settings(port=0, limits="headers", **SMALL)) as running:
        yield running


@pytest.fixture
def handle(double: MockServer) -> Callable[..., MockLusha]:
    """Makes a handle of the shared server with a key of its own: ``handle(plan="pro")``, not yet started."""

    def make(**options: Any) -> MockLusha:
        return MockLusha(server=double, **{"api_key": next(KEYS), **options})

    return make


@pytest.fixture
def lusha(handle: Callable[..., MockLusha]) -> Iterator[MockLusha]:
    """A handle that is started, and settled at the end."""
    with handle() as started:
        yield started


def statuses(lusha: MockLusha, calls: int, url: str = COMPANY) -> list[int]:
    """The statuses of so many calls."""
    return [lusha.client.get(url).status_code for _ in range(calls)]


def servers() -> int:
    """How many servers run in this process."""
    return sum(thread.name == "mock-lusha" for thread in threading.enumerate())


def nobody_there() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


# How it begins, and ends


def test_a_block_has_a_server_of_its_own() -> None:
    before = servers()

    with MockLusha(**SMALL) as lusha:
        inside = servers()
        answer = httpx.get(lusha.url + COMPANY, headers={"api_key": lusha.api_key})

    assert (answer.status_code, inside, servers()) == (200, before + 1, before)
    assert lusha.url == ""


def test_an_async_block_has_a_server_of_its_own() -> None:
    before = servers()

    async def asked() -> tuple[int, int]:
        async with MockLusha(**SMALL) as lusha:
            return (await lusha.async_client.get(COMPANY)).status_code, servers()

    assert asyncio.run(asked()) == (200, before + 1)
    assert servers() == before


def test_start_and_stop_do_the_same_as_a_block_and_again() -> None:
    lusha = MockLusha(plan="pro", **SMALL)

    for _ in range(2):
        assert lusha.start() is lusha
        assert statuses(lusha, 1) == [200]
        assert lusha.control.accounts()["requests"] == 1
        lusha.stop()
        lusha.stop()


def test_it_cannot_be_started_twice(lusha: MockLusha) -> None:
    with pytest.raises(RuntimeError) as caught:
        lusha.start()

    assert str(caught.value) == "it is started already"
    assert statuses(lusha, 1) == [200]


@pytest.mark.parametrize("name", ["control", "env", "calls", "ledger", "limits", "conduct", "clock"])
def test_before_the_start_there_is_nothing_to_ask(name: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        getattr(MockLusha(**SMALL), name)

    assert str(caught.value) == "it is not started: use it in a with block, or call start()"


def test_settings_are_keyword_arguments() -> None:
    with MockLusha(plan="pro", credits=20, seed="mine", as_of="2026-03-31", **SMALL) as lusha:
        settings = lusha.control.settings()
        account = lusha.control.accounts()

    assert (settings["plan"], settings["people"], settings["limits"]) == ("pro", 0, "headers")
    assert (account["plan"], account["credits"]["remaining"], account["seed"]) == ("pro", 20, "mine")
    assert (account["limits"], account["as_of"]) == ("headers", "2026-03-31")


def test_settings_are_an_object_that_keyword_arguments_change() -> None:
    settings = Settings(plan="pro", credits=20, port=0, **SMALL)

    with MockLusha(settings, credits=5) as lusha:
        account = lusha.control.accounts()

    assert (account["plan"], account["credits"]["remaining"], account["limits"]) == ("pro", 5, "enforce")
    assert settings.credits == 20


# Arguments -> what is said
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no setting, and one is near": ({"pepole": 1}, "pepole is no setting: did you mean people?"),
    "no setting of an account, and one is near": (
        {"url": "http://127.0.0.1:1", "match_rat": 1},
        "match_rat is no setting that an account may have for itself: did you mean match_rate?",
    ),
    "a setting of a server": (
        {"url": "http://127.0.0.1:1", "people": 1},
        "people is no setting that an account may have for itself: known are plan, credits, seed, as_of, dialect, error_format, limits, strict, match_rate, scenario, now",
    ),
    "a value": ({"plan": "gold"}, "plan: it takes one of free, starter, pro, premium, scale, legacy, not 'gold'"),
    "settings of a server elsewhere": (
        {"url": "http://127.0.0.1:1", "settings": Settings()},
        "settings are those of a server of one's own: leave out url and server, or them",
    ),
    "settings of a server that runs": (
        {"server": MockServer(), "settings": Settings()},
        "settings are those of a server of one's own: leave out url and server, or them",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_set_is_refused_at_once(case: str) -> None:
    options, message = REFUSED[case]

    with pytest.raises(ConfigError) as caught:
        MockLusha(**options)

    assert str(caught.value) == message


# Settings of an account -> what it shows
OVERRIDES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plan": ({"plan": "pro"}, {"plan": "pro"}),
    "credits": ({"credits": 7}, {"credits": {"total": 7, "used": 0, "remaining": 7, "spent": 0}}),
    "no credits": ({"credits": 0}, {"credits": {"total": 0, "used": 0, "remaining": 0, "spent": 0}}),
    "credits without end": (
        {"credits": None},
        {"credits": {"total": None, "used": 0, "remaining": None, "spent": 0}},
    ),
    "a day": ({"as_of": date(2025, 5, 1)}, {"as_of": "2025-05-01"}),
    "a flag and a share": ({"strict": True, "match_rate": 0.5}, {"strict": "yes", "match_rate": 0.5}),
    "words": (
        {"seed": "mine", "dialect": "documented", "error_format": "guide", "limits": "enforce"},
        {"seed": "mine", "dialect": "documented", "error_format": "guide", "limits": "enforce"},
    ),
    "a scenario": ({"scenario": "server-error"}, {"scenario": "server-error"}),
    "no scenario": ({"scenario": None}, {"scenario": None}),
    "rules": ({"scenario": [{"respond": "gdpr"}]}, {"scenario": "inline-0"}),
    "now": ({"now": "2025-01-02T03:04:05Z"}, {"as_of": "2025-01-02"}),
    "now and a day": ({"now": datetime(2025, 1, 2, tzinfo=UTC), "as_of": "2024-12-31"}, {"as_of": "2024-12-31"}),
}  # fmt: skip


@pytest.mark.parametrize("case", OVERRIDES)
def test_an_account_of_a_server_that_runs_has_settings_of_its_own(
    case: str, handle: Callable[..., MockLusha]
) -> None:
    given, shown = OVERRIDES[case]

    with handle(**given) as lusha, handle() as other:
        account = lusha.control.accounts()
        others = other.control.accounts()

    assert {name: account[name] for name in shown} == shown
    assert (others["plan"], others["scenario"], others["limits"]) == ("scale", None, "headers")
    if "now" in given:
        assert (
            account["clock"]["now"][:13] == {"now": "2025-01-02T03", "now and a day": "2025-01-02T00"}[case]
        )


def test_a_setting_that_cannot_be_used_stops_the_start(handle: Callable[..., MockLusha]) -> None:
    lusha = handle(plan="gold")

    with pytest.raises(ConfigError, match="plan: it takes one of free, starter"):
        lusha.start()

    with pytest.raises(RuntimeError):
        lusha.control  # noqa: B018 - to ask is the test


def test_the_account_of_a_shared_server_is_gone_at_the_end(handle: Callable[..., MockLusha]) -> None:
    key = next(KEYS)
    for options in ({}, {"verify": False}):
        with handle(api_key=key, plan="pro", **options) as lusha:
            seen = lusha.control.accounts()
            statuses(lusha, 1)

        assert (seen["plan"], seen["requests"]) == ("pro", 0)


def test_a_server_elsewhere_is_used_by_its_address(double: MockServer) -> None:
    with MockLusha(url=f"{double.url}/", plan="pro") as lusha, MockLusha(url=double.url) as other:
        asked = statuses(lusha, 2)
        seen = (len(lusha.calls), len(other.calls), lusha.control.accounts()["plan"])

    assert asked == [200, 200]
    assert seen == (2, 0, "pro")
    assert lusha.url == double.url
    assert lusha.api_key != other.api_key
    assert lusha.api_key.startswith(f"{OWN_KEY}~")
    assert MockLusha().api_key == OWN_KEY
    assert MockLusha(server=double).api_key.startswith(f"{OWN_KEY}~")


def test_a_server_with_a_token_is_steered_with_it_alone() -> None:
    with MockServer(Settings(port=0, control_token="s3cret", **SMALL)) as guarded:
        for token in (None, "s3cre"):
            with pytest.raises(ControlError) as caught:
                MockLusha(url=guarded.url, plan="pro", token=token).start()
            assert caught.value.status == 401

        with MockLusha(url=guarded.url, plan="pro", token="s3cret") as lusha:
            assert statuses(lusha, 1) == [200]
            lusha.calls.assert_called(SINGLE, times=1)


def test_a_server_that_does_not_answer_is_an_error() -> None:
    url = nobody_there()

    with pytest.raises(ControlError) as caught:
        MockLusha(url=url).start()

    assert str(caught.value).startswith(f"{url} cannot be asked: ")
    assert caught.value.status is None


def test_a_server_that_is_not_ours_is_an_error(answers: Callable[[int, bytes], str]) -> None:
    with pytest.raises(ControlError) as caught:
        MockLusha(url=answers(404, b"<h1>Not found</h1>")).start()

    assert str(caught.value) == "GET /_mock/ready was answered with 404: <h1>Not found</h1>"


def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(ControlError) as caught:
        MockLusha(url="nowhere").start()

    assert str(caught.value) == "a server is at an http:// or https:// address, not at 'nowhere'"


def test_what_is_released_leaves_the_account(handle: Callable[..., MockLusha]) -> None:
    key = next(KEYS)
    lusha = handle(api_key=key).start()
    statuses(lusha, 1)

    lusha.release()

    with handle(api_key=key) as again:
        again.calls.assert_called(times=1)


# Calling it


def test_variables_point_a_program_at_it(lusha: MockLusha, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"LUSHA_API_URL": lusha.url, "LUSHA_BASE_URL": lusha.url, "LUSHA_API_KEY": lusha.api_key}
    before = {name: os.environ.get(name) for name in wanted}

    with monkeypatch.context() as patch:
        setter: Any = patch
        lusha.patch_env(setter)
        inside = {name: os.environ.get(name) for name in wanted}

    assert lusha.env == inside == wanted
    assert {name: os.environ.get(name) for name in wanted} == before


@pytest.fixture(params=[False, True], ids=["over a socket", "in process"])
def either(request: pytest.FixtureRequest, handle: Callable[..., MockLusha]) -> Iterator[MockLusha]:
    """A handle whose clients go over a socket, and one whose clients do not."""
    with handle(in_process=request.param) as started:
        yield started


def test_a_client_is_pointed_and_has_the_key_and_knows_no_proxy(
    either: MockLusha, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", nobody_there())

    answer = either.client.get(COMPANY)

    assert answer.json()["data"]["name"] == "Acme"
    assert str(answer.url) == either.url + COMPANY
    assert answer.request.headers["api_key"] == either.api_key
    assert either.client is either.client
    either.calls.assert_called(times=1)


def test_an_async_client_is_pointed_and_has_the_key_in_any_loop(
    either: MockLusha, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", nobody_there())

    async def asked() -> httpx.Response:
        answers = await asyncio.gather(*(either.async_client.get(COMPANY) for _ in range(3)))
        return answers[0]

    for _ in range(2):
        answer = asyncio.run(asked())
        assert answer.json()["data"]["name"] == "Acme"
        assert answer.request.headers["api_key"] == either.api_key
    either.calls.assert_called(SINGLE, times=6)


def test_a_client_that_was_closed_is_made_again(either: MockLusha) -> None:
    async def asked() -> int:
        async with either.async_client as client:
            return (await client.get(COMPANY)).status_code

    for _ in range(2):
        with either.client as client:
            assert client.get(COMPANY).status_code == 200
        assert asyncio.run(asked()) == 200
    either.calls.assert_called(times=4)


def test_transports_are_for_clients_of_ones_own(either: MockLusha) -> None:
    headers = {"api_key": either.api_key}

    async def asked() -> int:
        async with httpx.AsyncClient(
            transport=either.async_transport, base_url=either.url, headers=headers
        ) as client:
            return (await client.get(COMPANY)).status_code

    with httpx.Client(transport=either.transport, base_url=either.url, headers=headers) as client:
        assert client.get(COMPANY).status_code == 200
    assert asyncio.run(asked()) == 200
    either.calls.assert_called(SINGLE, times=2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://127.0.0.1:1"])
def test_a_server_behind_tls_must_prove_who_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for kind in ("HTTPTransport", "AsyncHTTPTransport"):
        monkeypatch.setattr(httpx, kind, lambda verify, **options: asked.append(verify))
    lusha = MockLusha(url=url)

    _ = lusha.transport, lusha.async_transport

    if url.startswith("https:"):
        assert asked == [True, True]
    else:
        assert [isinstance(verify, ssl.SSLContext) for verify in asked] == [True, True]


def test_no_socket_is_left_open(handle: Callable[..., MockLusha]) -> None:
    async def asked(lusha: MockLusha) -> int:
        return (await lusha.async_client.get(COMPANY)).status_code

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for lusha in (MockLusha(**SMALL), handle(), handle(in_process=True)):
            with lusha:
                assert lusha.client.get(COMPANY).status_code == 200
                assert asyncio.run(asked(lusha)) == 200
            del lusha
            gc.collect()

    assert [str(each.message) for each in seen if issubclass(each.category, ResourceWarning)] == []


def test_threads_share_a_client(either: MockLusha) -> None:
    client = either.client

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: client.get(COMPANY).status_code, range(40)))

    assert seen == [200] * 40
    either.calls.assert_called(SINGLE, times=40)


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
        "GET /v2/company?domain=acme.com -> 200, 1 credits",
        "GET /v2/company?domain=other.com -> 200, 1 credits",
        "GET /v2/person?email=jane.doe@acme.com&revealEmails=true&revealEmails=false -> 200, 5 credits",
        "GET /v2/person -> 400, bad-request",
        "POST /v2/person -> 200, 6 credits",
        "GET /v2/company?domain=acme.com -> no answer, cut-before-headers, rule added/rule-1#1",
    ]


def test_many_calls_are_shortened_where_they_are_shown(called: MockLusha) -> None:
    first = repr(called.calls)
    called.client.get(USAGE)

    assert first.startswith("<5 calls: GET /v2/company?domain=acme.com -> 200, 1 credits; GET /v2/company?")
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
            "at least 1 calls were expected of {'operation': 'getAccountUsageStats'}; there were 0",
            f"  near: exchange {{5}} {PEOPLE}: operation is {PEOPLE}, not getAccountUsageStats",
            f"  near: exchange {{4}} {PERSON}: operation is {PERSON}, not getAccountUsageStats",
            f"  near: exchange {{3}} {PERSON}: operation is {PERSON}, not getAccountUsageStats",
        ],
    ),
    "too many": (
        "assert_called", [SINGLE], {"times": 1},
        [f"1 calls were expected of {{'operation': '{SINGLE}'}}; there were 2", "  exchanges {1}, {2}"],
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
            f"at least 1 calls were expected of {{'operation': '{SINGLE}', 'query': {{'domain': 'third.com'}}}}; there were 0",
            f"  near: exchange {{2}} {SINGLE}: query.domain is 'other.com', not 'third.com'",
            f"  near: exchange {{1}} {SINGLE}: query.domain is 'acme.com', not 'third.com'",
            f"  near: exchange {{5}} {PEOPLE}: operation is {PEOPLE}, not {SINGLE}; query has no domain",
        ],
    ),
    "another body": (
        "assert_called_with", [PEOPLE], {"body": {"contacts": [{"contactId": "2"}]}, "times": 1},
        [
            f"1 calls were expected of {{'operation': '{PEOPLE}', 'body': {{'contacts': [{{'contactId': '2'}}]}}}}; there were 0",
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
    assert repr(conduct) == "<conduct: revealed-twice 1 times, key-misplaced 2 times>"
    with pytest.raises(AssertionError) as caught:
        conduct.assert_clean()
    assert str(caught.value).splitlines() == [
        "the calls were made in a way that does harm:",
        "revealed-twice, 1 times. Store what was revealed; asking again costs a call, and with other plans credits.",
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


# Scenario


def test_a_scenario_is_in_force_until_its_block_ends(lusha: MockLusha) -> None:
    with lusha.scenario("flaky") as active:
        inside = statuses(lusha, 3)

    assert active.name == "flaky"
    assert (inside, statuses(lusha, 1)) == ([503, 503, 200], [200])
    active.end()
    assert lusha.control.scenarios()["account"] is None


def test_a_scenario_may_be_in_force_until_the_end(lusha: MockLusha) -> None:
    active = lusha.scenario("flaky")

    assert statuses(lusha, 3) == [503, 503, 200]
    active.end()
    assert statuses(lusha, 1) == [200]


def test_a_scenario_ends_once(lusha: MockLusha) -> None:
    with lusha.scenario("flaky") as first:
        statuses(lusha, 2)

    lusha.scenario([{"respond": "gdpr"}])
    first.end()

    assert statuses(lusha, 1) == [451]


# What is given -> its name
INLINE: dict[str, tuple[Any, str]] = {
    "a list": ([{"respond": "gdpr"}], "inline-1"),
    "a tuple": (({"respond": "gdpr"},), "inline-1"),
    "a mapping": ({"rules": [{"respond": "gdpr"}]}, "inline-1"),
    "a mapping with a name": ({"name": "mine", "description": "Ours.", "rules": [{"respond": "gdpr"}]}, "mine"),
}  # fmt: skip


@pytest.mark.parametrize("case", INLINE)
def test_a_scenario_may_be_written_in_the_test(case: str, lusha: MockLusha) -> None:
    what, name = INLINE[case]

    with lusha.scenario(what) as active:
        assert statuses(lusha, 1) == [451]

    assert active.name == name
    assert statuses(lusha, 1) == [200]


def test_scenarios_without_a_name_have_different_ones(lusha: MockLusha) -> None:
    names = [lusha.scenario([{"respond": "gdpr"}]).name for _ in range(3)]

    assert names == ["inline-1", "inline-2", "inline-3"]


FILE = """\
description: At noon.
rules:
  - when: {operation: searchSingleCompanyV2, until: 2026-04-01}
    respond: gdpr
"""


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
@pytest.mark.parametrize("kind", ["path", "text"])
def test_a_scenario_may_be_a_file(suffix: str, kind: str, lusha: MockLusha, tmp_path: Path) -> None:
    path = tmp_path / f"noon{suffix}"
    path.write_text(FILE, encoding="utf-8")
    lusha.clock.set(MOMENT)

    with lusha.scenario(path if kind == "path" else str(path)) as active:
        inside = statuses(lusha, 1)
        lusha.clock.set("2026-04-01T00:00:01Z")
        later = statuses(lusha, 1)

    assert (active.name, inside, later) == ("noon", [451], [200])


def test_a_file_in_the_home_folder_or_the_current_one_is_found(
    lusha: MockLusha, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noon.yaml").write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    names = [lusha.scenario(text).name for text in ("~/noon.yaml", "noon.yaml", "./noon.yaml")]

    assert names == ["noon", "noon", "noon"]


def test_the_mistakes_of_a_file_are_named_with_their_lines(lusha: MockLusha, tmp_path: Path) -> None:
    path = tmp_path / "noon.yaml"
    path.write_text("rules:\n  - respond: gdprr\n  - wen: {nth: 1}\n    respond: gdpr\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        lusha.scenario(path)

    assert str(caught.value).splitlines() == [
        f"{path}:2: no error of the catalogue is called gdprr: did you mean gdpr?",
        f"{path}:3: a rule has no 'wen': did you mean when?",
    ]
    assert lusha.control.scenarios()["account"] is None


def test_a_file_that_is_not_there_is_an_error(lusha: MockLusha, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml"):
        lusha.scenario(tmp_path / "gone.yaml")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("flakey", "there is no scenario 'flakey': did you mean flaky?"),
        ([{"respond": "gdprr"}], "no error of the catalogue is called gdprr: did you mean gdpr?"),
        ({"rules": [], "rulez": []}, "rulez"),
    ],
    ids=["a name", "a list", "a mapping"],
)
def test_a_scenario_that_cannot_be_is_refused(what: Any, message: str, lusha: MockLusha) -> None:
    with pytest.raises(ControlError, match=re.escape(message)) as caught:
        lusha.scenario(what)

    assert caught.value.status == 400
    assert lusha.control.scenarios()["account"] is None


def test_what_was_in_force_before_goes_on_where_it_was(lusha: MockLusha) -> None:
    with lusha.scenario(
        [{"when": {"nth": "1..2"}, "respond": "gdpr"}, {"when": {"nth": 3}, "respond": "not-found"}]
    ):
        first = statuses(lusha, 1)
        with lusha.scenario("flaky"):
            second = statuses(lusha, 1)
            with lusha.scenario([{"respond": "server-error"}]):
                third = statuses(lusha, 2)
            fourth = statuses(lusha, 2)
        fifth = statuses(lusha, 3)

    assert [first, second, third, fourth, fifth] == [[451], [503], [500, 500], [503, 200], [451, 404, 200]]
    assert statuses(lusha, 1) == [200]


def test_a_scenario_ends_also_where_its_block_fails(lusha: MockLusha) -> None:
    with pytest.raises(ZeroDivisionError), lusha.scenario([{"respond": "gdpr"}]):
        raise ZeroDivisionError

    assert statuses(lusha, 1) == [200]


def test_a_scenario_of_the_server_goes_on_behind_one_of_a_test() -> None:
    with MockLusha(scenario="server-error", **SMALL) as lusha:
        before = statuses(lusha, 1)
        with lusha.scenario("unavailable"):
            inside = statuses(lusha, 1)

        assert (before, inside, statuses(lusha, 1)) == ([500], [503], [500])


# Rules


class Step(NamedTuple):
    """A step of a rule, the call it is tried on, and what is seen."""

    build: Callable[[On], On]
    seen: Callable[[httpx.Response], Any]
    value: Any
    url: str = COMPANY


def status(answer: httpx.Response) -> int:
    return answer.status_code


def code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error"]["code"]


def told(answer: httpx.Response) -> tuple[int, str, bytes]:
    return answer.status_code, answer.headers["content-type"], answer.content


def name(answer: httpx.Response) -> tuple[str, bool]:
    return answer.json()["data"]["name"], "employees" in answer.json()["data"]


def contact(answer: httpx.Response) -> int:
    found: int = answer.json()["contact"]["error"]["code"]
    return found


def phones(answer: httpx.Response) -> set[bool]:
    return {each["doNotCall"] for each in answer.json()["contact"]["data"]["phoneNumbers"]}


def body(answer: httpx.Response) -> tuple[int, bool]:
    return answer.status_code, answer.json()["data"]["name"] == "Acme"


def spoiled(answer: httpx.Response) -> tuple[bytes, bool]:
    return answer.content[:7], answer.content.endswith(b"}")


JSON = "application/json; charset=utf-8"
PHONES = f"{JANE}&revealPhones=true"
STEPS: dict[str, Step] = {
    "fail by name": Step(lambda on: on.fail("gdpr"), code, (451, 451)),
    "fail by status": Step(lambda on: on.fail(429), code, (429, 429)),
    "fail later": Step(lambda on: on.fail(503, delay=0.01), code, (503, 503)),
    "reply": Step(lambda on: on.reply(507), status, 507),
    "reply with JSON": Step(lambda on: on.reply(200, {"full": True}), told, (200, JSON, b'{"full":true}')),
    "reply with a list": Step(lambda on: on.reply(200, [1, None]), told, (200, JSON, b"[1,null]")),
    "reply with a text": Step(lambda on: on.reply(503, "<p>down</p>", content_type="text/html"), told, (503, "text/html", b"<p>down</p>")),
    "reply with a header": Step(lambda on: on.reply(200, {}, headers={"X-Disk": 1}, delay=0.01), lambda answer: answer.headers["x-disk"], "1"),
    "delay": Step(lambda on: on.delay(0.01), body, (200, True)),
    "delay by a law": Step(lambda on: on.delay({"uniform": [0.001, 0.002]}), body, (200, True)),
    "trickle": Step(lambda on: on.trickle(100_000), body, (200, True)),
    "garble": Step(lambda on: on.garble(), spoiled, (b'{"data"', False)),
    "garble otherwise": Step(lambda on: on.garble("wrong-content-type"), lambda answer: told(answer)[:2], (200, "text/html; charset=utf-8")),
    "garble the whole": Step(lambda on: on.garble("empty-body"), told, (200, JSON, b"")),
    "patch": Step(lambda on: on.patch({"data": {"name": "Patched", "employees": None}}), name, ("Patched", False)),
    "patch the whole": Step(lambda on: on.patch(None), told, (200, JSON, b"null")),
    "outcome not-found": Step(lambda on: on.outcome("not-found"), contact, 3, JANE),
    "outcome gdpr": Step(lambda on: on.outcome("gdpr"), status, 451, JANE),
    "outcome compliance": Step(lambda on: on.outcome("compliance"), contact, 5, JANE),
    "outcome no-phones": Step(lambda on: on.outcome("no-phones"), phones, set(), PHONES),
    "outcome do-not-call": Step(lambda on: on.outcome("do-not-call"), phones, {True}, PHONES),
    "drain": Step(lambda on: on.drain(), code, (402, 402)),
    "drain but for some": Step(lambda on: on.drain(1), body, (200, True)),
    "spend": Step(lambda on: on.spend("hourly"), lambda answer: answer.headers["x-hourly-requests-left"], "0"),
}  # fmt: skip


@pytest.mark.parametrize("case", STEPS)
def test_a_rule_does_what_its_step_says(case: str, lusha: MockLusha) -> None:
    step = STEPS[case]
    on = lusha.on()

    assert step.build(on) is on
    answer = lusha.client.get(step.url)

    assert step.seen(answer) == step.value
    assert lusha.calls.last.rules == ("added/rule-1#1",)


@pytest.mark.parametrize("mid_body", [False, True], ids=["before headers", "mid body"])
def test_a_rule_cuts_the_connection(mid_body: bool, lusha: MockLusha) -> None:
    lusha.on().cut(mid_body=mid_body, times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        lusha.client.get(COMPANY)

    assert lusha.calls.last.error == ("cut-mid-body" if mid_body else "cut-before-headers")
    assert statuses(lusha, 1) == [200]


def test_a_delay_takes_its_time(lusha: MockLusha) -> None:
    lusha.on().delay(5, times=1)

    with pytest.raises(httpx.ReadTimeout):
        lusha.client.get(COMPANY, timeout=0.1)

    assert statuses(lusha, 1) == [200]


STATUSES = sorted({kind.status for kind in CATALOGUE.values()})
SEVERAL = {401: "unauthorized", 403: "plan-restricted", 429: "too-many-requests"}


@pytest.mark.parametrize("number", STATUSES)
def test_a_status_stands_for_its_usual_error(number: int, lusha: MockLusha) -> None:
    names = [kind.name for kind in CATALOGUE.values() if kind.status == number]
    lusha.on().fail(number)

    answer = lusha.client.get(COMPANY)

    assert answer.status_code == number
    assert lusha.calls.last.error == SEVERAL.get(number, names[0])
    assert (len(names) > 1) is (number in SEVERAL)


def test_a_status_of_no_error_is_refused_with_those_there_are(lusha: MockLusha) -> None:
    with pytest.raises(RuleError) as caught:
        lusha.on().reply(418).fail(418)

    assert str(caught.value) == (
        f"no error of Lusha's has status 418 (they have {', '.join(map(str, STATUSES))}); see reply(418)"
    )
    assert isinstance(caught.value, MockLushaError)


WRONG: dict[str, tuple[Callable[[Any], object], str]] = {
    "error": (lambda lusha: lusha.on().fail("gdprr"), "no error of the catalogue is called gdprr: did you mean gdpr?"),
    "operation": (lambda lusha: lusha.on("searchSingleContct").fail(429), "no operation is called searchSingleContct: did you mean searchSingleContact?"),
    "parameter": (lambda lusha: lusha.on(SINGLE, query={"domian": "a"}).fail(429), "'domian' is no query parameter of searchSingleCompanyV2: did you mean domain?"),
    "fault": (lambda lusha: lusha.on().garble("truncated"), "did you mean truncated-json?"),
    "nth": (lambda lusha: lusha.on().fail(429, nth=0), "nth"),
    "share": (lambda lusha: lusha.on().fail(429, share=2), "share is a number over 0 up to 1, not 2"),
    "header": (lambda lusha: lusha.on(header={}).fail(429), "header is a mapping from a header to what it must be, not {}"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_rule_that_cannot_be_is_refused_where_it_is_built(
    case: str, handle: Callable[..., MockLusha]
) -> None:
    build, message = WRONG[case]

    with handle(verify=False) as lusha:
        with pytest.raises(ControlError, match=re.escape(message)) as caught:
            build(lusha)

        assert caught.value.status == 400
        assert statuses(lusha, 1) == [200]


# Conditions -> which of four calls (a company, another, a person, people) they mean
MEANT: dict[str, tuple[list[Any], dict[str, Any], list[bool]]] = {
    "all": ([], {}, [True, True, True, True]),
    "an operation": ([SINGLE], {}, [True, True, False, False]),
    "two operations": ([PERSON, PEOPLE], {}, [False, False, True, True]),
    "a method": ([], {"method": "POST"}, [False, False, False, True]),
    "a path": ([], {"path": "/v2/company"}, [True, True, False, False]),
    "a part of a path": ([], {"path": {"contains": "person"}}, [False, False, True, True]),
    "a header": ([], {"header": {"x-job": "2"}}, [False, True, False, False]),
    "no header": ([], {"header": {"x-job": {"absent": True}}}, [False, False, False, True]),
    "a parameter": ([], {"query": {"domain": "acme.com"}}, [True, False, False, False]),
    "a pattern": ([], {"query": {"domain": {"regex": "^o"}}}, [False, True, False, False]),
    "a body": ([], {"body": {"$.contacts[*].email": "zoe@acme.com"}}, [False, False, False, True]),
    "an identifier": ([], {"identifier": "zoe"}, [False, False, False, True]),
    "several": ([SINGLE], {"method": "GET", "header": {"x-job": "1"}}, [True, False, False, False]),
}  # fmt: skip


@pytest.mark.parametrize("case", MEANT)
def test_a_rule_is_for_the_calls_that_are_meant(case: str, lusha: MockLusha) -> None:
    operations, conditions, meant = MEANT[case]
    lusha.on(*operations, **conditions).fail("gdpr")

    seen = [
        lusha.client.get(path, headers={"x-job": str(job)}).status_code
        for job, path in enumerate((COMPANY, OTHER, JANE), 1)
    ]
    seen.append(lusha.client.post("/v2/person", json=BULK).status_code)

    assert [status == 451 for status in seen] == meant


# How a step is counted -> which of six calls it happens to
COUNTED: dict[str, tuple[dict[str, Any], list[int]]] = {
    "always": ({}, [1, 2, 3, 4, 5, 6]),
    "times": ({"times": 2}, [1, 2]),
    "nth": ({"nth": 3}, [3]),
    "nth of several": ({"nth": [1, "4..5"]}, [1, 4, 5]),
    "from the nth": ({"nth": "5.."}, [5, 6]),
    "every": ({"every": 2}, [2, 4, 6]),
    "every, and times": ({"every": 2, "times": 2}, [2, 4]),
    "share of all": ({"share": 1}, [1, 2, 3, 4, 5, 6]),
}


@pytest.mark.parametrize("case", COUNTED)
def test_a_step_happens_as_often_as_it_says(case: str, lusha: MockLusha) -> None:
    counted, happens = COUNTED[case]
    lusha.on(SINGLE).fail("gdpr", **counted)

    lusha.client.get(JANE)
    seen = statuses(lusha, 6)

    assert [place for place, status in enumerate(seen, 1) if status == 451] == happens


def test_a_share_is_the_same_in_every_run(double: MockServer) -> None:
    def seen(key: str) -> list[int]:
        with MockLusha(server=double, api_key=key) as lusha:
            lusha.on(SINGLE).fail("gdpr", share=0.5)
            return statuses(lusha, 40)

    first, second = seen("a-share-of-calls"), seen("a-share-of-calls")
    assert first == second != seen("another-share-of-calls")
    assert 10 <= first.count(451) <= 30


def test_steps_follow_one_another(lusha: MockLusha) -> None:
    on = lusha.on(SINGLE).fail(503, times=2).fail(429, times=1).reply(201, {}, times=1)

    assert on.steps == 3
    assert statuses(lusha, 6) == [503, 503, 429, 201, 200, 200]


def test_of_rules_that_fit_the_first_that_was_built_decides(lusha: MockLusha) -> None:
    lusha.scenario([{"respond": "server-error"}])
    lusha.on(PERSON).fail("gdpr")
    lusha.on().fail(503, times=2)
    lusha.on(SINGLE).fail(429, times=1)

    seen = [lusha.client.get(path).status_code for path in (COMPANY, JANE, COMPANY, COMPANY, COMPANY)]

    assert seen == [503, 451, 503, 429, 500]


# Arranging the world


@pytest.mark.parametrize("style", ["snake", "camel"])
def test_a_person_is_added_in_either_spelling(style: str, lusha: MockLusha) -> None:
    facts: dict[str, dict[str, Any]] = {
        "snake": {
            "first_name": "Zoe", "last_name": "Quux", "company_domain": "quux.example", "job_title": "Boss",
            "emails": ["z@quux.example"], "job_start_date": date(2020, 1, 2),
        },
        "camel": {
            "firstName": "Zoe", "lastName": "Quux", "companyDomain": "quux.example", "jobTitle": "Boss",
            "emails": ["z@quux.example"], "jobStartDate": "2020-01-02",
        },
    }  # fmt: skip

    added = lusha.add_person(**facts[style])

    assert {name: added[name] for name in ("firstName", "lastName", "companyDomain")} == {
        "firstName": "Zoe", "lastName": "Quux", "companyDomain": "quux.example"
    }  # fmt: skip
    for query in ("email=z@quux.example", f"personId={added['personId']}"):
        found = lusha.client.get(f"/v2/person?{query}").json()["contact"]["data"]
        assert (found["personId"], found["companyId"]) == (added["personId"], added["companyId"])
        assert (found["fullName"], found["jobTitle"]["title"]) == ("Zoe Quux", "Boss")
        assert found["jobStartDate"] == "2020-01-02"


def test_a_company_is_added_and_known_by_its_id(lusha: MockLusha) -> None:
    added = lusha.add_company(domain="quux.example", name="Quux Works", employees=42)

    assert added == {"companyId": added["companyId"], "name": "Quux Works", "domain": "quux.example"}
    found = lusha.client.get("/v2/company?domain=quux.example").json()["data"]
    assert (found["id"], found["name"], found["employees"]) == (added["companyId"], "Quux Works", "11 - 50")
    person = lusha.add_person(first_name="Zoe", last_name="Quux", company_domain="quux.example")
    assert person["companyId"] == added["companyId"]


def test_who_is_added_is_of_that_account_alone(lusha: MockLusha, handle: Callable[..., MockLusha]) -> None:
    lusha.add_person(first_name="Zoe", last_name="Quux", company_domain="acme.com", job_title="Chief Quuxer")
    query = "/v2/person?firstName=Zoe&lastName=Quux&companyDomain=acme.com"

    def title(of: MockLusha) -> str:
        found: str = of.client.get(query).json()["contact"]["data"]["jobTitle"]["title"]
        return found

    with handle() as other:
        assert title(other) != title(lusha) == "Chief Quuxer"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"first_name": "Zoe"}, "body.people.0: lastName is missing"),
        (
            {"first_name": "Zoe", "last_name": "Quux", "company_domain": "acme.com", "job_titel": "Boss"},
            "body.people.0.jobTitel: a pinned person has no 'jobTitel': did you mean jobTitle?",
        ),
    ],
    ids=["one is missing", "one is unknown"],
)
def test_facts_that_cannot_be_used_are_refused(facts: dict[str, Any], message: str, lusha: MockLusha) -> None:
    with pytest.raises(ControlError) as caught:
        lusha.add_person(**facts)

    assert str(caught.value) == f"POST /_mock/entities was answered with 400: {message}"
    assert lusha.control.entities()["pinned"]["people"] == []


def test_a_fact_that_is_given_in_both_spellings_is_refused(lusha: MockLusha) -> None:
    with pytest.raises(TypeError) as caught:
        lusha.add_company(company_id=1, companyId=2, domain="quux.example")

    assert str(caught.value) == "companyId was given twice, once as companyId"


NAMES = {"firstName": "Jane", "lastName": "Doe", "companyDomain": "acme.com"}
FINDS: dict[str, dict[str, Any]] = {
    "email": {"email": "jane.doe@acme.com"},
    "names": {"first_name": "Jane", "last_name": "Doe", "company_domain": "acme.com"},
    "names in camel case": NAMES,
    "linkedin": {"linkedin_url": "https://www.linkedin.com/in/mock-lusha-jane-doe--at--acme-com"},
}


@pytest.mark.parametrize("case", FINDS)
def test_a_person_is_erased(case: str, lusha: MockLusha, handle: Callable[..., MockLusha]) -> None:
    before = lusha.client.get(JANE).json()["contact"]["error"]

    lusha.erase(**FINDS[case])

    assert before is None
    assert lusha.client.get(JANE).json()["contact"]["error"]["code"] == 3
    with handle() as other:
        assert other.client.get(JANE).json()["contact"]["error"] is None


def test_a_person_is_erased_by_their_id_and_comes_back_when_added(lusha: MockLusha) -> None:
    facts: PersonFacts = {"first_name": "Zoe", "last_name": "Quux", "company_domain": "acme.com"}
    added = lusha.add_person(**facts)
    url = f"/v2/person?personId={added['personId']}"

    lusha.erase(person_id=added["personId"])

    assert lusha.client.get(url).json()["contact"]["error"]["code"] == 3
    assert lusha.add_person(**facts) == added
    assert lusha.client.get(url).json()["contact"]["error"] is None


@pytest.mark.parametrize("case", ["domain", "company_id", "name"])
def test_a_company_is_erased(case: str, lusha: MockLusha) -> None:
    added = lusha.add_company(domain="quux-works.example", name="Quux Works")
    finds = {"domain": "quux-works.example", "company_id": added["companyId"], "name": "Quux Works"}

    lusha.erase(**{case: finds[case]})

    assert statuses(lusha, 1, "/v2/company?domain=quux-works.example") == [404]
    assert statuses(lusha, 1) == [200]


@pytest.mark.parametrize(
    ("find", "named"),
    [
        ({}, "nothing"),
        ({"emial": "a"}, "emial"),
        ({"email": "jane.doe@acme.com", "domain": "acme.com"}, "email, domain"),
    ],
    ids=["nothing", "a word", "both"],
)
def test_what_identifies_neither_is_not_erased(find: dict[str, Any], named: str, lusha: MockLusha) -> None:
    with pytest.raises(TypeError) as caught:
        lusha.erase(**find)

    assert str(caught.value) == (
        "erase() takes one of personId, linkedinUrl, email, firstName, lastName, companyName, companyDomain for a "
        f"person, or of companyId, domain, name for a company, not {named}"
    )
    assert lusha.control.entities()["erased"] == {"people": [], "companies": []}


@pytest.mark.parametrize(
    ("find", "message"),
    [
        ({"person_id": 1}, "people.0 finds nobody in this account's world: {'personId': 1}"),
        ({"domain": "..."}, "companies.0 finds no company in this account's world: {'domain': '...'}"),
    ],
    ids=["person", "company"],
)
def test_who_is_not_there_is_not_erased(find: dict[str, Any], message: str, lusha: MockLusha) -> None:
    with pytest.raises(ControlError) as caught:
        lusha.erase(**find)

    assert str(caught.value) == f"POST /_mock/entities/erase was answered with 400: {message}"


def test_the_plan_changes_and_what_was_used_stays(lusha: MockLusha) -> None:
    lusha.client.get(COMPANY)

    lusha.plan("pro")

    assert (lusha.limits["hourly"].limit, lusha.limits["hourly"].used, lusha.ledger.spent) == (150, 1, 1)
    assert statuses(lusha, 1, "/prospecting/filters/contacts/departments") == [403]
    with pytest.raises(ControlError, match="plan: it takes one of free"):
        lusha.plan(GOLD)


def test_credits_are_left_as_many_as_are_said(lusha: MockLusha) -> None:
    seen: list[tuple[int | None, ...]] = []
    for left, url in ((1, COMPANY), (0, OTHER), (None, OTHER)):
        lusha.credits(left)
        seen.append((lusha.ledger.remaining, *statuses(lusha, 1, url)))

    assert seen == [(1, 200), (0, 402), (None, 200)]


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
    "a rule that fired less often": ({}, lambda lusha: lusha.on(SINGLE).fail(503, times=2), ["the rule added/rule-1 fired 1 of 2 times: 1 calls met its conditions (searchSingleCompanyV2: unavailable)"]),
    "a rule for whatever comes": ({}, lambda lusha: lusha.on(PERSON).fail(503), []),
    "a share": ({}, lambda lusha: lusha.on(PERSON).fail(503, share=0.5), []),
    "times": ({}, lambda lusha: lusha.on(PERSON).fail(503, times=1), ["the rule added/rule-1 never fired: 0 calls met its conditions (searchSingleContact: unavailable)"]),
    "nth": ({}, lambda lusha: lusha.on(SINGLE).fail(503, nth=2), ["the rule added/rule-1 never fired: 1 calls met its conditions (searchSingleCompanyV2: unavailable)"]),
    "a later step": ({}, lambda lusha: lusha.on(SINGLE).fail(503, times=1).fail(429, times=1), ["the rule added/rule-2 never fired: 1 calls met its conditions (searchSingleCompanyV2: too-many-requests)"]),
    "a scenario that ended": ({}, lambda lusha: lusha.scenario("flaky").end(), ["the rule flaky/rule-1 never fired: 0 calls met its conditions (any call: unavailable)"]),
    "a scenario": ({}, lambda lusha: lusha.scenario([{"name": "later", "when": {"nth": 2}, "respond": "gdpr"}]), ["the rule inline-1/later never fired: 1 calls met its conditions (any call: gdpr)"]),
    "a scenario of the control API": ({}, lambda lusha: lusha.control.scenario(MINE), []),
    "one that is held": ({}, held, ["the rule mine/rule-1 never fired: 1 calls met its conditions (any call: gdpr)"]),
    "no step": ({}, lambda lusha: lusha.on(SINGLE), ["lusha.on(...) named calls and not what happens to them: say .fail(...), .reply(...), .delay(...)"]),
    "as much as may be spent": ({"max_credits": 1}, lambda lusha: None, []),
    "more than may be spent": ({"max_credits": 1}, lambda lusha: lusha.client.get(OTHER), ["2 credits were spent, and at most 1 were to be"]),
    "anything where nothing may be spent": ({"max_credits": 0}, lambda lusha: None, ["1 credits were spent, and at most 0 were to be"]),
    "all": (
        {"max_credits": 0},
        lambda lusha: (lusha.on(PERSON).fail(503, times=1), lusha.on(), lusha.on()),
        [
            "the rule added/rule-1 never fired: 0 calls met its conditions (searchSingleContact: unavailable)",
            "1 credits were spent, and at most 0 were to be",
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
    def broken(self: Lookup, query: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(Lookup, "company", broken)
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

    assert caught.value.problems == ("1 credits were spent, and at most 0 were to be",)
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
        "#1 GET /v2/person?email=jane.doe@acme.com&revealEmails=true -> 200, 1 credits",
        "#2 GET /v2/person -> 400, bad-request",
        "    refused with 400 bad-request: Invalid request parameters",
        "    one of these is needed: personId, linkedinUrl, email, or firstName and lastName with companyName or companyDomain; none was sent",
        "#3 GET /account/usage -> 503, unavailable, rule added/rule-1#1",
        "    the rule added/rule-1#1 fired",
        "    refused with 503 unavailable: Service unavailable",
        "#4 GET /v2/company?domain=acme.com -> 401, no-api-key",
        "    refused with 401 no-api-key: No API key found in request",
        "    send the key in the header api_key",
        f"1 calls came with other keys than this test's, which is {OWN_KEY}",
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


# What was found by trying


def test_scenarios_of_one_name_do_not_meet(lusha: MockLusha) -> None:
    outer = {"name": "mine", "rules": [{"respond": "gdpr"}]}
    inner = {"name": "mine", "rules": [{"respond": "unavailable"}]}

    with lusha.scenario(outer):
        assert statuses(lusha, 1) == [451]
        with lusha.scenario(inner):
            assert statuses(lusha, 1) == [503]
        assert statuses(lusha, 1) == [451]
    assert statuses(lusha, 1) == [200]


def test_one_scenario_within_itself_begins_anew_and_lets_the_outer_go_on(lusha: MockLusha) -> None:
    with lusha.scenario("flaky"):
        assert statuses(lusha, 1) == [503]
        with lusha.scenario("flaky"):
            assert statuses(lusha, 3) == [503, 503, 200]
        assert statuses(lusha, 2) == [503, 200]


def test_what_an_accounts_file_names_goes_on_after_a_scenario(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.yaml"
    accounts.write_text("accounts:\n  sick: {scenario: server-error}\n", encoding="utf-8")

    with MockLusha(accounts=accounts, api_key="sick", **SMALL) as lusha:
        with lusha.scenario("gdpr"):
            assert statuses(lusha, 1) == [451]
        assert statuses(lusha, 1) == [500]


def test_a_server_of_ones_own_is_steered_with_its_token() -> None:
    with MockLusha(control_token="s3cret", **SMALL) as lusha:
        assert len(lusha.calls) == 0


def test_threads_that_begin_at_once_share_one_client(lusha: MockLusha) -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: lusha.client, range(32)))

    assert len(set(map(id, clients))) == 1


def test_an_exception_is_seen_though_the_server_is_gone() -> None:
    def block(server: MockServer) -> None:
        with MockLusha(url=server.url):
            server.stop()
            raise ValueError("of the test")

    with MockServer(Settings(port=0, **SMALL)) as server, pytest.raises(ValueError, match="of the test"):
        block(server)


def test_a_server_that_answers_and_is_no_double_is_told(answers: Callable[[int, bytes], str]) -> None:
    url = answers(200, b'{"status": "ready"}')

    with pytest.raises(ControlError, match="answers, but is no mock-lusha"):
        MockLusha(url=url).start()


def test_a_clock_is_frozen_at_the_very_moment(lusha: MockLusha) -> None:
    for _ in range(50):
        lusha.clock.unfreeze()
        lusha.clock.freeze(MOMENT)
        assert lusha.clock.now == MOMENT


@pytest.mark.parametrize("name", ["client", "async_client", "intercept"])
def test_before_the_start_nothing_can_be_called(name: str, handle: Callable[..., MockLusha]) -> None:
    unstarted = handle()

    with pytest.raises(RuntimeError, match="it is not started"):
        unstarted.intercept() if name == "intercept" else getattr(unstarted, name)


def test_a_second_life_is_not_held_to_the_first() -> None:
    lusha = MockLusha(**SMALL).start()
    lusha.on(SINGLE)
    with pytest.raises(SettlementError):
        lusha.stop()

    lusha.start()

    lusha.stop()
