"""Which hosts are intercepted, which are refused, and which are left alone."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
import urllib3
from client.intercept.ways import (
    API,
    COMPANY,
    SENT,
    SINGLE,
    Way,
    by_headers_of_a_pool,
    by_pool_of_urllib3,
)

from mock_lusha.client.intercept.targets import BlockedError, Target
from mock_lusha.errors import MockLushaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_lusha import MockLusha


# What is refused

BLOCKED = {
    "app": ("app.lusha.com", "app.lusha.com"),
    "the domain itself": ("lusha.com", "lusha.com"),
    "upper case": ("API-STAGING.lusha.com", "api-staging.lusha.com"),
    "a trailing dot": ("app.lusha.com.", "app.lusha.com"),
    "below the API": ("v3.api.lusha.com", "v3.api.lusha.com"),
}


@pytest.mark.parametrize("case", BLOCKED)
def test_another_host_of_lushas_is_refused_and_noted_and_nothing_is_sent(
    case: str, way: Way, lusha: MockLusha, reached: list[str]
) -> None:
    host, noted = BLOCKED[case]
    reached.clear()

    with pytest.raises(BlockedError) as caught:
        way.call("GET", f"https://{host}{COMPANY}", SENT)

    assert str(caught.value) == (
        f"BLOCKED: {noted} was called, and lusha.intercept() is in force: calls of api.lusha.com are sent to "
        "the double, and no other host of Lusha's may be called"
    )
    assert isinstance(caught.value, MockLushaError)
    assert not isinstance(caught.value, OSError)
    assert lusha.blocked == [noted]
    assert reached == []
    assert len(lusha.calls) == 0


def test_a_redirection_to_another_host_of_lushas_is_refused(way: Way, lusha: MockLusha) -> None:
    lusha.on(SINGLE).reply(302, headers={"Location": "https://app.lusha.com/"})

    if way.call is by_headers_of_a_pool:
        assert way.call("GET", API + COMPANY, SENT).status == 302
        return
    of_one_host = way.call is by_pool_of_urllib3  # which refuses another by itself
    with pytest.raises(urllib3.exceptions.HostChangedError if of_one_host else BlockedError):
        way.call("GET", API + COMPANY, SENT)

    assert lusha.blocked == ([] if of_one_host else ["app.lusha.com"])
    lusha.calls.assert_called(times=1)


async def open_connection() -> None:
    await asyncio.open_connection("api.lusha.com", 443)


STRANGERS: dict[str, tuple[Callable[[], object], str]] = {
    "socket": (lambda: socket.create_connection(("API.lusha.com.", 443)), "api.lusha.com"),
    "a name in bytes": (lambda: socket.getaddrinfo(b"api.lusha.com", 443), "api.lusha.com"),
    "asyncio": (lambda: asyncio.run(open_connection()), "api.lusha.com"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_library_that_is_not_known_is_kept_from_the_api(
    case: str, socketed: MockLusha, reached: list[str]
) -> None:
    call, noted = STRANGERS[case]
    socketed.intercept()
    reached.clear()

    with pytest.raises(BlockedError) as caught:
        call()

    assert str(caught.value) == (
        f"BLOCKED: {noted} was called, and lusha.intercept() is in force: only calls by httpx, httpx2, "
        "httpcore, requests, urllib3, aiohttp, urllib.request and http.client can be sent to the double"
    )
    assert socketed.blocked == [noted]
    assert reached == []


def test_a_library_that_is_not_known_is_kept_from_other_hosts_of_lushas(
    socketed: MockLusha, reached: list[str]
) -> None:
    socketed.intercept()
    reached.clear()

    with pytest.raises(BlockedError, match=r"^BLOCKED: app\.lusha\.com was called, .* no other host"):
        urllib.request.urlopen("http://app.lusha.com/", timeout=1)

    assert socketed.blocked == ["app.lusha.com"]
    assert reached == []


# What is left alone


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_other_hosts_are_left_alone(host: str, way: Way, lusha: MockLusha, elsewhere: int) -> None:
    seen = way.call("GET", f"http://{host}:{elsewhere}{COMPANY}", SENT)

    assert json.loads(seen.content) == {
        "path": COMPANY,
        "host": f"{host}:{elsewhere}",
        "key": SENT["api_key"],
    }
    assert (len(lusha.calls), lusha.blocked) == (0, [])


def test_other_libraries_reach_other_hosts(socketed: MockLusha, elsewhere: int) -> None:
    socketed.intercept()

    with urllib.request.urlopen(f"http://localhost:{elsewhere}/path", timeout=5) as answer:
        assert json.loads(answer.read())["path"] == "/path"
    assert socket.getaddrinfo(b"127.0.0.1", 80)[0][4] == ("127.0.0.1", 80)


HOSTS: dict[str, bool | None] = {  # None is refused
    "api.lusha.com": True,
    "API.LUSHA.COM": True,
    "api.lusha.com.": True,
    "lusha.com": None,
    "www.lusha.com": None,
    "API-STAGING.lusha.com": None,
    "app.lusha.com.": None,
    "api.lusha.com.lusha.com": None,
    "api.lusha.com.example": False,
    "api.lusha.com.evil.example": False,
    "notlusha.com": False,
    "api.notlusha.com": False,
    "api-lusha.com": False,
    "lusha.com.example": False,
    "lusha.community": False,
    "lusha": False,
    "com": False,
    "127.0.0.1": False,
    "localhost": False,
    "": False,
}


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host or "none")
def test_only_the_api_is_taken_and_only_lushas_hosts_are_refused(host: str) -> None:
    target = Target("http://127.0.0.1:1", "key")

    if HOSTS[host] is None:
        with pytest.raises(BlockedError, match=f"^BLOCKED: {host.lower().rstrip('.')} was called"):
            target.takes(host)
    else:
        assert target.takes(host) is HOSTS[host]

    assert target.blocked == ([host.lower().rstrip(".")] if HOSTS[host] is None else [])


@pytest.mark.parametrize(
    ("sent", "key"),
    [("any", "key"), (b"any", "key"), (" any ", "key"), ("", None), (b"", None), ("  ", None), (None, None)],
    ids=["any", "bytes", "spaces around", "empty", "empty bytes", "spaces", "none"],
)
def test_the_tests_own_key_is_for_any_that_was_sent(sent: str | bytes | None, key: str | None) -> None:
    assert Target("http://127.0.0.1:1", "key").key_for(sent) == key
