"""Interception: calls to api.lusha.com by any of the libraries arrive at the double, and nowhere else."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import requests
import urllib3
from client.handles import nobody_there
from client.intercept.ways import (
    API,
    COMPANY,
    JSON,
    SENT,
    SINGLE,
    WAYS,
    Way,
)

from mock_lusha.client.intercept.targets import BlockedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from mock_lusha import MockLusha


# What arrives


@pytest.mark.parametrize("spelled", ["api_key", "API_KEY", "Api_Key"])
@pytest.mark.parametrize("sent", ["the-real-key-0123456789", "free"])
def test_any_key_becomes_that_of_the_test(spelled: str, sent: str, way: Way, lusha: MockLusha) -> None:
    headers = {spelled: sent, "x-other": "kept"}

    seen = way.call("GET", API + COMPANY, headers)

    assert (seen.status, json.loads(seen.content)["data"]["name"]) == (200, "Acme")
    lusha.calls.assert_called_with(SINGLE, query={"domain": "acme.com"}, times=1)
    assert headers == {spelled: sent, "x-other": "kept"}


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({}, "send the key in the header api_key"),
        ({"api_key": ""}, "the header api_key was sent empty"),
        (
            {"x-api-key": "the-real-key-0123456789"},
            "a key was sent in the header x-api-key; it is read from the header api_key only",
        ),
    ],
    ids=["no key", "an empty key", "a key elsewhere"],
)
def test_a_key_that_was_not_sent_stays_missing(
    headers: dict[str, str], hint: str, way: Way, lusha: MockLusha
) -> None:
    seen = way.call("GET", API + COMPANY, headers)

    assert (seen.status, json.loads(seen.content)["errors"]) == (401, [hint])
    assert len(lusha.calls) == 0


def test_a_body_arrives(way: Way, lusha: MockLusha) -> None:
    body = {"companies": [{"id": "1", "domain": "acme.com"}, {"id": "ä", "name": "Möbel & Söhne"}]}

    seen = way.call("POST", f"{API}/v2/company", JSON, json.dumps(body).encode())

    assert (seen.status, sorted(json.loads(seen.content))) == (200, ["1", "ä"])
    assert (lusha.calls.last.method, lusha.calls.last.body) == ("POST", body)


def test_a_query_arrives(way: Way, lusha: MockLusha) -> None:
    query = "firstName=J%C3%BCrgen&lastName=O%27Neil+%26%20S%C3%B6hne&companyName=A%2BB%2FC&revealEmails="

    seen = way.call("GET", f"{API}/v2/person?{query}", SENT)

    assert seen.status == 200
    assert lusha.calls.last.queries == {
        "firstName": ["Jürgen"],
        "lastName": ["O'Neil & Söhne"],
        "companyName": ["A+B/C"],
        "revealEmails": [""],
    }


@pytest.mark.parametrize(
    "url",
    ["https://API.Lusha.com/account/usage", "http://api.lusha.com/account/usage", f"{API}:443/account/usage"],
    ids=["upper case", "without TLS", "with the port"],
)
def test_the_api_is_known_however_it_is_written(url: str, way: Way, lusha: MockLusha) -> None:
    assert way.call("GET", url, SENT).status == 200

    lusha.calls.assert_called("getAccountUsageStats", times=1)


def test_the_answer_is_that_of_the_api(way: Way, lusha: MockLusha, reached: list[str]) -> None:
    reached.clear()

    seen = way.call("GET", API + COMPANY, SENT)

    assert seen.url == (API + COMPANY if way.whole else COMPANY)
    assert set(reached) <= {"127.0.0.1"}
    assert lusha.blocked == []


@pytest.mark.parametrize("status", [400, 401, 429, 451, 500, 503])
def test_an_error_is_what_it_is(status: int, way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).fail(status, times=1)

    seen = way.call("GET", API + COMPANY, SENT)

    assert (seen.status, json.loads(seen.content)["statusCode"]) == (status, status)
    assert way.call("GET", API + COMPANY, SENT).status == 200


def test_a_delay_is_waited_for(way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(0.05, times=1)

    assert way.call("GET", API + COMPANY, SENT).status == 200
    assert lusha.calls.last.ms > 45


def test_what_comes_too_late_looks_as_a_real_timeout(way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).delay(5)

    for url in (lusha.url, API):
        with pytest.raises(way.late) as caught:
            way.call("GET", url + COMPANY, {"api_key": lusha.api_key}, timeout=0.15)
        assert type(caught.value) is way.late


@pytest.mark.parametrize("mid_body", [False, True], ids=["before headers", "mid body"])
def test_a_cut_connection_looks_as_a_real_one(mid_body: bool, way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).cut(mid_body=mid_body)
    raised = way.broken if mid_body else way.cut

    calls = []
    for url in (lusha.url, API):
        with pytest.raises(raised) as caught:
            way.call("GET", url + COMPANY, {"api_key": lusha.api_key})
        assert type(caught.value) is raised
        calls.append(len(lusha.calls))

    assert calls[1] == 2 * calls[0] > 0


@pytest.mark.parametrize("to", ["/account/usage", f"{API}/account/usage"], ids=["path", "URL"])
def test_a_redirection_is_followed_to_the_double(to: str, handle: Callable[..., MockLusha]) -> None:
    ways = [way for name, way in WAYS.items() if name != "urllib3, headers of a pool"]
    for way in ways:
        lusha = handle(in_process=way.in_process)
        lusha.on(SINGLE).reply(302, headers={"Location": to})
        with lusha.intercept():
            seen = way.call("GET", API + COMPANY, SENT)

        assert seen.status == 200
        assert [call.path for call in lusha.calls] == ["/v2/company", "/account/usage"]


def test_many_threads_are_intercepted_at_once(way: Way, lusha: MockLusha) -> None:
    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(lambda _: way.call("GET", API + COMPANY, SENT).status, range(12)))

    assert seen == [200] * 12
    lusha.calls.assert_called(SINGLE, times=12)


def pieces() -> Iterator[bytes]:
    yield from (b'{"companies":', b'[{"id":"1","domain":"acme.com"}]}')


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


def stream_by_httpx() -> int:
    with httpx.Client(headers=JSON) as client:
        return client.post(f"{API}/v2/company", content=pieces()).status_code


def stream_by_async_httpx() -> int:
    async def asked() -> int:
        async with httpx.AsyncClient(headers=JSON) as client:
            return (await client.post(f"{API}/v2/company", content=async_pieces())).status_code

    return asyncio.run(asked())


def stream_by_requests() -> int:
    return requests.post(f"{API}/v2/company", headers=JSON, data=pieces(), timeout=5).status_code


def stream_by_urllib3() -> int:
    with urllib3.PoolManager() as manager:
        return manager.request("POST", f"{API}/v2/company", headers=JSON, body=pieces()).status


def stream_by_aiohttp() -> int:
    async def asked() -> int:
        async with (
            aiohttp.ClientSession(headers=JSON) as session,
            session.post(f"{API}/v2/company", data=async_pieces()) as answer,
        ):
            return answer.status

    return asyncio.run(asked())


STREAMS: dict[str, Callable[[], int]] = {
    "httpx": stream_by_httpx,
    "httpx, async": stream_by_async_httpx,
    "requests": stream_by_requests,
    "urllib3": stream_by_urllib3,
    "aiohttp": stream_by_aiohttp,
}


@pytest.mark.parametrize("in_process", [False, True], ids=["over a socket", "in process"])
@pytest.mark.parametrize("library", STREAMS)
def test_a_body_that_is_streamed_arrives(
    library: str, in_process: bool, handle: Callable[..., MockLusha]
) -> None:
    lusha = handle(in_process=in_process)
    lusha.intercept()

    assert STREAMS[library]() == 200

    assert lusha.calls.last.body == {"companies": [{"id": "1", "domain": "acme.com"}]}


def test_clients_that_were_made_before_are_intercepted(socketed: MockLusha) -> None:
    with httpx.Client(headers=SENT) as client, requests.Session() as session, urllib3.PoolManager() as pools:
        session.headers.update(SENT)
        with socketed.intercept():
            seen = [
                client.get(API + COMPANY).status_code,
                session.get(API + COMPANY).status_code,
                pools.request("GET", API + COMPANY, headers=SENT).status,
            ]

    assert seen == [200, 200, 200]
    socketed.calls.assert_called(SINGLE, times=3)


def test_a_transport_of_ones_own_is_left_alone(socketed: MockLusha) -> None:
    mine = httpx.MockTransport(lambda request: httpx.Response(299, text=request.headers["api_key"]))

    with socketed.intercept(), httpx.Client(transport=mine, headers=SENT) as client:
        answer = client.get(API + COMPANY)

    assert (answer.status_code, answer.text) == (299, SENT["api_key"])
    assert len(socketed.calls) == 0


def test_an_answer_is_read_piece_by_piece(socketed: MockLusha) -> None:
    with (
        socketed.intercept(),
        httpx.Client(headers=SENT) as client,
        client.stream("GET", API + COMPANY) as answer,
    ):
        first = next(answer.iter_raw())
    with (
        socketed.intercept(),
        requests.get(API + COMPANY, headers=SENT, stream=True, timeout=5) as streamed,
    ):
        second = next(streamed.iter_content(7))

    assert first.startswith(b'{"data"')
    assert second == b'{"data"'


# Proxies


def test_proxies_of_the_environment_do_not_matter(
    way: Way, lusha: MockLusha, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = nobody_there()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)

    for url in (API, "http://api.lusha.com"):
        assert way.call("GET", url + COMPANY, SENT).status == 200
    for url in ("https://app.lusha.com", "http://app.lusha.com"):
        with pytest.raises(BlockedError):
            way.call("GET", url + COMPANY, SENT)

    lusha.calls.assert_called(SINGLE, times=2)


def test_a_proxy_of_a_client_does_not_matter(socketed: MockLusha) -> None:
    proxy = nobody_there()

    async def asked() -> int:
        async with aiohttp.ClientSession(headers=SENT, proxy=proxy) as session:
            return (await session.get(API + COMPANY)).status

    with socketed.intercept():
        with httpx.Client(proxy=proxy, headers=SENT) as client:
            assert client.get(API + COMPANY).status_code == 200
        with urllib3.ProxyManager(proxy, headers=SENT) as manager:
            assert manager.request("GET", API + COMPANY, headers=SENT).status == 200
        for url in (API, "http://api.lusha.com"):
            answer = requests.get(
                url + COMPANY, headers=SENT, proxies={"http": proxy, "https": proxy}, timeout=5
            )
            assert answer.status_code == 200
        assert asyncio.run(asked()) == 200

    socketed.calls.assert_called(SINGLE, times=5)
