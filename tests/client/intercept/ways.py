"""Ways to call an API, of all the libraries that are intercepted."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from http.client import IncompleteRead, RemoteDisconnected
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp
import httpx
import httpx2
import requests
import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


KEYS = (f"intercept-{number:06d}" for number in count())
API = "https://api.lusha.com"
COMPANY = "/v2/company?domain=acme.com"
SINGLE: Final = "searchSingleCompanyV2"
SENT = {"api_key": "the-real-key-0123456789"}
JSON = {**SENT, "content-type": "application/json"}
LOCAL = {"127.0.0.1", "localhost", "::1"}


class Seen(NamedTuple):
    """What a client saw of an answer: its status, its URL as the library tells it, its content."""

    status: int
    url: str
    content: bytes


def by_httpx(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with httpx.Client(headers=headers, timeout=timeout) as client:
        answer = client.request(method, url, content=body, follow_redirects=True)
    return Seen(answer.status_code, str(answer.url), answer.content)


def by_httpx2(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with httpx2.Client(headers=headers, timeout=timeout) as client:
        answer = client.request(method, url, content=body, follow_redirects=True)
    return Seen(answer.status_code, str(answer.url), answer.content)


def by_async_httpx2(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    async def asked() -> Seen:
        async with httpx2.AsyncClient(headers=headers, timeout=timeout) as client:
            answer = await client.request(method, url, content=body, follow_redirects=True)
        return Seen(answer.status_code, str(answer.url), answer.content)

    return asyncio.run(asked())


def by_async_httpx(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    async def asked() -> Seen:
        async with httpx.AsyncClient(headers=headers, timeout=timeout) as client:
            answer = await client.request(method, url, content=body, follow_redirects=True)
        return Seen(answer.status_code, str(answer.url), answer.content)

    return asyncio.run(asked())


def by_requests(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    answer = requests.request(method, url, headers=headers, data=body, timeout=timeout)
    return Seen(answer.status_code, answer.url, answer.content)


ONCE = urllib3.Retry(total=None, connect=0, read=0, other=0, redirect=2)


def by_urllib3(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with urllib3.PoolManager() as manager:
        try:
            answer = manager.request(method, url, headers=headers, body=body, timeout=timeout, retries=ONCE)
        except urllib3.exceptions.MaxRetryError as error:
            raise error.reason or error from error
        return Seen(answer.status, answer.geturl() or "", answer.data)


def by_pool_of_urllib3(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    path = urllib3.util.parse_url(url).request_uri
    with urllib3.connection_from_url(url) as pool:
        try:
            answer = pool.urlopen(method, path, body, headers, timeout=timeout, retries=ONCE)
        except urllib3.exceptions.MaxRetryError as error:
            raise error.reason or error from error
        return Seen(answer.status, answer.geturl() or "", answer.data)


def by_headers_of_a_pool(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    with urllib3.connection_from_url(url, headers=dict(headers)) as pool:
        answer = pool.request(
            method, urllib3.util.parse_url(url).request_uri, body=body, timeout=timeout, retries=False
        )
        return Seen(answer.status, answer.geturl() or "", answer.data)


def by_aiohttp(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    async def asked() -> Seen:
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(total=timeout)) as session,
            session.request(method, url, headers=headers, data=body) as answer,
        ):
            return Seen(answer.status, str(answer.url), await answer.read())

    return asyncio.run(asked())


def by_aiohttp_from_a_base(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    parts = urllib3.util.parse_url(url)

    async def asked() -> Seen:
        async with (
            aiohttp.ClientSession(
                f"{parts.scheme}://{parts.netloc}",
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as session,
            session.request(method, parts.request_uri, data=body) as answer,
        ):
            return Seen(answer.status, str(answer.url), await answer.read())

    return asyncio.run(asked())


def by_urllib(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, timeout: float = 5
) -> Seen:
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return Seen(answer.status, answer.url, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Seen(error.code, error.url, error.read())


class Way(NamedTuple):
    """A way to call. ``whole`` is whether the library tells the URL of an answer with its host; ``late``,
    ``cut``, ``broken`` and ``unreached`` are what it raises where no answer comes in time, the connection
    is cut before the headers or in the body, and no such host is known."""

    call: Callable[..., Seen]
    late: type[Exception]
    cut: type[Exception]
    broken: type[Exception]
    unreached: type[Exception]
    whole: bool = True
    in_process: bool = False


_HTTPX = (httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.RemoteProtocolError, httpx.ConnectError)
_HTTPX2 = (httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.RemoteProtocolError, httpx2.ConnectError)
_URLLIB = (TimeoutError, RemoteDisconnected, IncompleteRead, urllib.error.URLError)
_REQUESTS = (
    requests.ReadTimeout,
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.ConnectionError,
)
_AIOHTTP = (
    TimeoutError,
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientPayloadError,
    aiohttp.ClientConnectorError,
)
_URLLIB3 = (
    urllib3.exceptions.ReadTimeoutError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.NameResolutionError,
)
WAYS: dict[str, Way] = {
    "httpx": Way(by_httpx, *_HTTPX),
    "httpx, async": Way(by_async_httpx, *_HTTPX),
    "httpx in process": Way(by_httpx, *_HTTPX, in_process=True),
    "httpx in process, async": Way(by_async_httpx, *_HTTPX, in_process=True),
    "httpx2": Way(by_httpx2, *_HTTPX2),
    "httpx2, async": Way(by_async_httpx2, *_HTTPX2),
    "httpx2 in process": Way(by_httpx2, *_HTTPX2, in_process=True),
    "httpx2 in process, async": Way(by_async_httpx2, *_HTTPX2, in_process=True),
    "urllib.request": Way(by_urllib, *_URLLIB),
    "requests": Way(by_requests, *_REQUESTS),
    "requests beside a double in process": Way(by_requests, *_REQUESTS, in_process=True),
    "urllib3": Way(by_urllib3, *_URLLIB3, whole=False),
    "urllib3, a pool": Way(by_pool_of_urllib3, *_URLLIB3, whole=False),
    "urllib3, headers of a pool": Way(by_headers_of_a_pool, *_URLLIB3, whole=False),
    "aiohttp": Way(by_aiohttp, *_AIOHTTP),
    "aiohttp, a base": Way(by_aiohttp_from_a_base, *_AIOHTTP),
}
