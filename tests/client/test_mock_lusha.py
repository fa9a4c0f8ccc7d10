"""The handle on one account of one server: how it begins, and how it is called."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from client.handles import COMPANY, KEYS, MOMENT, SINGLE, SMALL, nobody_there, servers, statuses

from mock_lusha import ControlError, MockLusha, SettlementError
from mock_lusha.client.api_key import OWN_KEY
from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def name(answer: httpx.Response) -> tuple[str, bool]:
    return answer.json()["data"]["name"], "employees" in answer.json()["data"]


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
        "people is no setting that an account may have for itself: known are plan, credits, seed, as_of, dialect, error_format, limits, strict, match_rate, waterfall, v2, tracked_domains, signal_score_price, users, webhook_delivery, scenario, webhooks, now",
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
    "websites": (
        {"tracked_domains": "a.example b.example", "signal_score_price": "paid"},
        {"tracked_domains": ["a.example", "b.example"], "signal_score_price": "paid"},
    ),
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
        MockLusha(url=(url := answers(404, b"<h1>Not found</h1>"))).start()

    assert str(caught.value) == f"no mock-lusha is at {url}: it answers 404 to GET /_mock/ready"


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
