"""No way past the cap: an upstream charges by the price list, whatever it answers and is asked."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.recorder.guard import Guard, LiveCallError
from mock_lusha.recorder.proxy import RecorderProxy
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Call = tuple[str, str, bytes, dict[str, str]]
    Answer = tuple[int, dict[str, str], bytes]

UPSTREAM = "http://127.0.0.1:9"
FREE = {400, 401, 402, 403, 404, 412, 429, 451}
WHOLE = {"isCreditCharged": True, "data": {"emailAddresses": [{}], "phoneNumbers": [{}]}}


class Lusha:
    """An upstream that reads bodies generously and charges the most that the price list has: 6 a person, 1 a
    company, 1 for 25 results; nothing for a refusal that is known to be free."""

    def __init__(self, answer: Answer) -> None:
        self.charged = 0
        self._answer = answer
        self._lock = Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/account/usage":
            return httpx.Response(200, json={"usage": {"credits": {"remaining": 10**9}}})
        status, headers, content = self._answer
        if status not in FREE:
            with self._lock:
                self.charged += price(request)
        return httpx.Response(status, headers=headers, content=content)


def price(request: httpx.Request) -> int:
    method = request.headers.get("x-http-method-override", request.method)
    body = generously(request.content)
    if request.url.path == "/v2/person":
        return 6 * (len(listed(body, "contacts")) if method == "POST" else 1)
    if request.url.path in {"/v2/company", "/company"}:
        return len(listed(body, "companies")) if method == "POST" else 1
    if request.url.path == "/prospecting/contact/enrich":
        return 6 * len(listed(body, "contactIds"))
    assert request.url.path == "/prospecting/contact/search"
    pages = body.get("pages") if isinstance(body, dict) else None
    size = pages.get("size", 20) if isinstance(pages, dict) else 20
    try:
        return max(1, -(-int(size) // 25))
    except (TypeError, ValueError):
        return 1


def generously(content: bytes) -> Any:
    """The JSON of a body, as the most generous reader takes it."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    for charset in ("utf-8-sig", "utf-16"):
        try:
            return json.loads(content.decode(charset), object_pairs_hook=longest)
        except ValueError:
            continue
    return None


def longest(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of names that stand twice the one with most in it."""
    return dict(sorted(pairs, key=lambda pair: len(pair[1]) if isinstance(pair[1], list) else 0))


def listed(body: Any, name: str) -> Sequence[Any]:
    if isinstance(body, list):
        return body
    named = body.items() if isinstance(body, dict) else ()
    found: Any = next((value for each, value in named if each.lower() == name.lower()), None)
    if isinstance(found, dict):
        return list(found.values())
    return found if isinstance(found, list) else []


# What is asked


def bulk(path: str, name: str, items: Any, spoilt: Callable[[bytes], tuple[bytes, dict[str, str]]]) -> Call:
    content, headers = spoilt(json.dumps({name: items}).encode())
    return "POST", path, content, {"content-type": "application/json", **headers}


SPOILT = st.sampled_from(
    [
        *[lambda content: (content, {})] * 10,
        lambda content: (gzip.compress(content), {"content-encoding": "gzip"}),
        lambda content: (gzip.compress(content), {}),
        lambda content: (b"\xef\xbb\xbf" + content, {}),
        lambda content: (content.decode().encode("utf-16"), {}),
        lambda content: (content[:-1] + b',"x":NaN}', {}),
        lambda content: (content[:-1] + b',"x":"\\ud800"}', {}),
        lambda content: (content.replace(b'"contact', b'"Contact', 1), {}),
        lambda content: (b'{"contacts":[],' + content[1:], {}),
        lambda content: (content[:-1] + b',"contacts":[]}', {}),
        lambda content: (content.partition(b":")[2][:-1], {}),
    ]
)
ITEMS: st.SearchStrategy[Any] = st.one_of(
    st.integers(0, 4).map(lambda n: [{"contactId": str(i)} for i in range(n)]),
    st.integers(1, 4).map(lambda n: {str(i): {} for i in range(n)}),
)
# What is answered: nothing that may be believed and is below what is charged.
NUMBERS: st.SearchStrategy[Any] = st.sampled_from([-6, -1, 0.5, 10**6, None, "0", True, [], 1e300])
PERSONS: st.SearchStrategy[Any] = st.sampled_from(
    [
        WHOLE,
        {"data": WHOLE["data"]},
        {"isCreditCharged": True},
        {"isCreditCharged": True, "data": {"emails": ["a"]}},
        {"isCreditCharged": False, "data": WHOLE["data"]},
        {"isCreditCharged": 0, "data": None},
        {"error": {"code": 3}},
        None,
        {},
        [],
    ]
)
LIES = {"creditsCharged": 0, "creditCharged": 0}
ONE = st.builds(lambda person: {"contact": person, **LIES}, PERSONS)
MANY = st.lists(PERSONS, max_size=2).map(
    lambda persons: {"contacts": {str(n): person for n, person in enumerate(persons)}, **LIES}
)
BILLED = st.builds(lambda number: {"billing": {"creditsCharged": number}, **LIES}, NUMBERS)
ENRICHED = st.builds(
    lambda one, other: {"creditsCharged": one, "billing": {"creditsCharged": other}}, NUMBERS, NUMBERS
)
SEARCH = st.sampled_from([{"size": size} for size in (10, 26, 50, 51, 5000, "500", -5, None)])


def asked(path: str, name: str, items: st.SearchStrategy[Any] = ITEMS) -> st.SearchStrategy[Call]:
    return st.builds(bulk, st.just(path), st.just(name), items, SPOILT)


def got(*calls: Call) -> st.SearchStrategy[Call]:
    return st.sampled_from(calls)


# Calls, and what their answers may say.
KINDS: tuple[tuple[st.SearchStrategy[Call], st.SearchStrategy[Any]], ...] = (
    (
        got(
            ("GET", "/v2/person?email=a@acme.com", b"", {}),
            ("HEAD", "/v2/person?email=a@acme.com", b"", {}),
            ("GET", "/v2/person", b'{"contacts":[{},{},{}]}', {"x-http-method-override": "POST"}),
        ),
        ONE,
    ),
    (got(("GET", "/v2/company?domain=a.com", b"", {}), ("GET", "/company?domain=a.com", b"", {})), BILLED),
    (asked("/v2/person", "contacts"), MANY),
    (asked("/v2/company", "companies"), BILLED),
    (asked("/prospecting/contact/enrich", "contactIds"), ENRICHED),
    (asked("/prospecting/contact/search", "pages", SEARCH), BILLED),
)
ODD_CONTENTS = st.sampled_from(
    [
        b"",
        b"null",
        b'[{"x":1}]',
        b"<html>ok</html>",
        b"\xff\xfe",
        b'{"creditsCharged":6,"creditsCharged":0}',
        b'{"contact":{"isCreditCharged":true,"isCreditCharged":false}}',
        b'{"billing":{"creditsCharged":0},"x":NaN}',
        b"[" * 2000,
    ]
)
PLAIN = {"content-type": "application/json"}
HEADERS = st.sampled_from(
    [*[PLAIN] * 6, {"content-type": "text/html"}, {}, {**PLAIN, "content-encoding": "br"}]
)
STATUSES = st.sampled_from([*[200] * 12, 201, 204, 302, 399, *sorted(FREE), 405, 413, 422, 499, 500, 503])


@st.composite
def answers(draw: st.DrawFn, said: st.SearchStrategy[Any]) -> Answer:
    how = draw(st.sampled_from(["well", "well", "well", "cut", "odd"]))
    content = draw(ODD_CONTENTS) if how == "odd" else json.dumps(draw(said)).encode()
    return draw(STATUSES), draw(HEADERS), content[:-2] if how == "cut" else content


CASES = st.one_of(
    *(st.tuples(st.lists(calls, min_size=1, max_size=2), answers(said)) for calls, said in KINDS)
)


def forwarding(cap: int) -> Recorder:
    return Recorder(None, "passthrough", upstream=UPSTREAM, guard=Guard(UPSTREAM, cap))


def sync(lusha: Lusha, recorder: Recorder, calls: Sequence[Call]) -> None:
    transport = RecorderTransport(recorder, httpx.MockTransport(lusha))
    with httpx.Client(transport=transport, base_url="https://api.lusha.com") as client:
        for call in calls:
            one(client, call)


def one(client: httpx.Client, call: Call) -> None:
    method, path, content, headers = call
    with contextlib.suppress(LiveCallError, httpx.DecodingError):
        client.request(method, path, content=content, headers=headers)


def threads(lusha: Lusha, recorder: Recorder, calls: Sequence[Call]) -> None:
    transport = RecorderTransport(recorder, httpx.MockTransport(lusha))
    with (
        httpx.Client(transport=transport, base_url="https://api.lusha.com") as client,
        ThreadPoolExecutor(4) as pool,
    ):
        list(pool.map(lambda call: one(client, call), calls))


def at_once(lusha: Lusha, recorder: Recorder, calls: Sequence[Call]) -> None:
    async def later(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return lusha(request)

    async def all_of_them() -> None:
        transport = AsyncRecorderTransport(recorder, httpx.MockTransport(later))
        async with httpx.AsyncClient(transport=transport, base_url="https://api.lusha.com") as client:
            sent = [client.request(m, path, content=c, headers=h) for m, path, c, h in calls]
            for found in await asyncio.gather(*sent, return_exceptions=True):
                assert not isinstance(found, BaseException) or isinstance(
                    found, LiveCallError | httpx.DecodingError
                )

    asyncio.run(all_of_them())


def proxy(lusha: Lusha, recorder: Recorder, calls: Sequence[Call]) -> None:
    async def all_of_them() -> None:
        app = RecorderProxy(recorder, AsyncRecorderTransport(recorder, httpx.MockTransport(lusha)))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8081") as client:
            for method, path, content, headers in calls:
                found = await client.request(method, path, content=content, headers=headers)
                assert found.headers["x-mock-lusha-verdict"] in {"LIVE", "BLOCKED"}

    asyncio.run(all_of_them())


@pytest.mark.parametrize("way", [sync, threads, at_once, proxy])
@given(case=CASES, cap=st.integers(0, 20))
def test_no_more_is_charged_than_the_cap(
    way: Callable[[Lusha, Recorder, Sequence[Call]], None], case: tuple[list[Call], Answer], cap: int
) -> None:
    calls, given_ = case
    lusha, recorder = Lusha(given_), forwarding(cap)
    way(lusha, recorder, calls * 5)
    assert lusha.charged <= cap
    assert lusha.charged <= recorder.guard.spent + recorder.guard.held
