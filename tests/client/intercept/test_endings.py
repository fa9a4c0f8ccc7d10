"""After an interception everything is as it was, and meanwhile no other way leads to Lusha."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import aiohttp
import httpcore
import httpx
import pytest
import requests
import urllib3
import uvloop
import vcr
from client.intercept.ways import (
    API,
    COMPANY,
    KEYS,
    SENT,
    SINGLE,
    Way,
    by_httpx,
    by_urllib,
)

from mock_lusha import MockLusha
from mock_lusha.client.intercept import patches
from mock_lusha.client.intercept.switchboard import switchboard
from mock_lusha.client.intercept.targets import BlockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_lusha.client.intercept.gate import Gate
    from mock_lusha.server import MockServer


# As it was before


def in_force() -> bool:
    """Whether anybody has the calls of Lusha's hosts."""
    return switchboard().active(0) is not None


def test_nothing_is_in_force_after_the_block(socketed: MockLusha) -> None:
    before = in_force()

    with socketed.intercept() as first:
        with socketed.intercept():
            pass
        inside = in_force()
    first.stop()

    assert (before, inside, in_force()) == (False, True, False)


def test_an_error_in_the_block_ends_it_too(socketed: MockLusha) -> None:
    with pytest.raises(ZeroDivisionError), socketed.intercept():
        raise ZeroDivisionError

    assert not in_force()


def test_the_end_of_the_handle_ends_it_too(double: MockServer) -> None:
    with MockLusha(server=double, api_key=next(KEYS)) as lusha:
        lusha.intercept()
        lusha.intercept()
        inside = in_force()

    assert (inside, in_force()) == (True, False)


def test_after_the_block_the_api_is_what_it_was(
    way: Way, handle: Callable[..., MockLusha], reached: list[str]
) -> None:
    lusha = handle(in_process=way.in_process)
    with lusha.intercept():
        way.call("GET", API + COMPANY, SENT)
    reached.clear()

    with pytest.raises(way.unreached):
        way.call("GET", API + COMPANY, SENT)

    assert set(reached) == {"api.lusha.com"}
    lusha.calls.assert_called(times=1)


@pytest.mark.parametrize("order", ["in turn", "out of turn"])
def test_of_two_interceptions_the_later_one_has_the_calls(
    order: str, way: Way, handle: Callable[..., MockLusha], reached: list[str]
) -> None:
    first, second = (handle(in_process=way.in_process) for _ in range(2))
    outer, inner = first.intercept(), second.intercept()
    way.call("GET", API + COMPANY, SENT)
    if order == "in turn":
        inner.stop()
    else:
        outer.stop()
    way.call("GET", API + COMPANY, SENT)
    counted = (len(first.calls), len(second.calls))

    outer.stop()
    inner.stop()
    reached.clear()
    with pytest.raises(way.unreached):
        way.call("GET", API + COMPANY, SENT)

    assert counted == ((1, 1) if order == "in turn" else (0, 2))
    assert set(reached) == {"api.lusha.com"}
    assert (len(first.calls), len(second.calls)) == counted


def test_what_two_interceptions_refuse_is_noted_once(socketed: MockLusha) -> None:
    with socketed.intercept(), socketed.intercept(), pytest.raises(BlockedError):
        by_httpx("GET", "https://app.lusha.com/", {})

    assert socketed.blocked == ["app.lusha.com"]


def test_an_interception_that_cannot_begin_leaves_nothing_behind(
    socketed: MockLusha, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(gate: Gate, original: Any) -> Any:
        raise ZeroDivisionError

    def unseen() -> None:
        pass

    monkeypatch.setattr(aiohttp.BaseConnector, "connect", unseen)
    monkeypatch.setattr(patches, "PLACES", [("aiohttp", "BaseConnector", "connect", broken)])

    with pytest.raises(ZeroDivisionError):
        socketed.intercept()

    assert not in_force()
    assert aiohttp.BaseConnector.__dict__["connect"] is unseen


def test_the_handles_own_clients_go_their_own_way(socketed: MockLusha, reached: list[str]) -> None:
    async def asked() -> int:
        return (await socketed.async_client.get(COMPANY)).status_code

    with socketed.intercept():
        seen = [socketed.client.get(COMPANY).status_code, asyncio.run(asked())]

    assert seen == [200, 200]
    socketed.calls.assert_called(SINGLE, times=2)
    assert set(reached) <= {"127.0.0.1"}


def test_what_a_pool_was_made_with_goes_with_the_call(socketed: MockLusha) -> None:
    socketed.on().delay(5)

    with socketed.intercept():
        manager = urllib3.PoolManager(timeout=0.15, retries=False)

        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            manager.request("GET", "https://api.lusha.com/account/usage", headers={"api_key": "any"})


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A proxy that the environment names; it notes what it is asked for, and serves nothing."""
    seen: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            seen.append(self.path)
            self.send_error(403)

        do_GET = do_CONNECT  # noqa: N815 - the base class asks for it

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        yield seen
        server.shutdown()
        thread.join()


def connected(host: str) -> None:
    with socket.socket() as unasked:
        unasked.connect((host, 443))


def by_a_proxy_of_httpcore(url: str) -> int:
    with httpcore.HTTPProxy(os.environ["https_proxy"]) as pool:
        return pool.request("GET", url, headers={"api_key": "any"}).status


SERVED: dict[str, Callable[[str], int]] = {
    "urllib over http": lambda host: by_urllib("GET", f"http://{host}/account/usage", SENT).status,
    "urllib over https": lambda host: by_urllib("GET", f"https://{host}/account/usage", SENT).status,
    "httpcore": lambda host: (
        httpcore.request("GET", f"https://{host}/account/usage", headers={"api_key": "any"}).status
    ),
    "httpcore by a proxy": lambda host: by_a_proxy_of_httpcore(f"https://{host}/account/usage"),
}
ESCAPES: dict[str, Callable[[str], object]] = {
    "a socket": lambda host: socket.create_connection((host, 443), timeout=5),
    "a socket without asking": connected,
    "an address": lambda host: socket.gethostbyname_ex(host)[0],
    "asyncio on uvloop": lambda host: uvloop.run(asyncio.open_connection(host, 443)),
}


@pytest.mark.parametrize("name", SERVED)
def test_what_a_proxy_would_be_asked_for_arrives_too(
    name: str, socketed: MockLusha, proxy: list[str]
) -> None:
    with socketed.intercept():
        status = SERVED[name]("api.lusha.com")
        with pytest.raises(BlockedError):
            SERVED[name]("www.lusha.com")

    assert (status, proxy, socketed.blocked) == (200, [], ["www.lusha.com"])
    socketed.calls.assert_called("getAccountUsageStats", times=1)


@pytest.mark.parametrize("name", ESCAPES)
def test_no_other_way_leads_to_lusha(name: str, socketed: MockLusha, proxy: list[str]) -> None:
    for host in ("api.lusha.com", "www.lusha.com"):
        with socketed.intercept(), pytest.raises(BlockedError):
            ESCAPES[name](host)

    assert proxy == []
    gc.collect()


def test_two_slashes_are_a_path_and_no_host(socketed: MockLusha, proxy: list[str]) -> None:
    with socketed.intercept():
        answer = requests.get("https://api.lusha.com//account/usage", headers={"api_key": "any"}, timeout=5)

    assert answer.json()["statusCode"] == 404
    assert proxy == []


def test_a_recorder_that_kept_httpxs_own_methods_is_stopped_below(
    socketed: MockLusha, tmp_path: Path, proxy: list[str]
) -> None:
    with socketed.intercept(), vcr.use_cassette(str(tmp_path / "it.yaml")):
        try:
            status = httpx.get("https://api.lusha.com/account/usage", headers={"api_key": "live"}).status_code
        except BlockedError:
            status = 0

    assert status in {0, 200}
    assert proxy == []
