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
from hypothesis import HealthCheck, given, settings
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

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.charged = 0
        self._answers = list(answers)
        self._lock = Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/account/usage":
            return httpx.Response(200, json={"usage": {"credits": {"remaining": 10**9}}})
        with self._lock:
            status, headers, content = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if status not in FREE:
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
            return json.loads(content.decode(charset))
        except ValueError:
            continue
    return None


def listed(body: Any, name: str) -> Sequence[Any]:
    if isinstance(body, list):
        return body
    found = (
        next((v for n, v in body.items() if n.lower() == name.lower()), []) if isinstance(body, dict) else []
    )
    if isinstance(found, dict):
        return list(found.values())
    return found if isinstance(found, list) else []


# What is asked


def bulk(path: str, name: str, items: Any, spoilt: Callable[[bytes], tuple[bytes, dict[str, str]]]) -> Call:
    content, headers = spoilt(json.dumps({name: items}).encode())
    return "POST", path, content, {"content-type": "application/json", **headers}


SPOILT = st.sampled_from(
    [
        lambda content: (content, {}),
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
CALLS = st.one_of(
    st.sampled_from(["GET", "HEAD"]).map(lambda method: (method, "/v2/person?email=a@acme.com", b"", {})),
    st.sampled_from(["/v2/company?domain=a.com", "/company?domain=a.com", "/v2/company/?domain=a.com"]).map(
        lambda path: ("GET", path.replace("/?", "?"), b"", {})
    ),
    st.builds(bulk, st.just("/v2/person"), st.just("contacts"), ITEMS, SPOILT),
    st.builds(bulk, st.just("/v2/company"), st.just("companies"), ITEMS, SPOILT),
    st.builds(bulk, st.just("/prospecting/contact/enrich"), st.just("contactIds"), ITEMS, SPOILT),
    st.builds(
        bulk,
        st.just("/prospecting/contact/search"),
        st.just("pages"),
        st.sampled_from(
            [{"size": size} for size in (10, 26, 50, 51, 5000, "500", -5, None)] + [None, [], {}]
        ),
        SPOILT,
    ),
    st.just(("GET", "/v2/person", b'{"contacts":[{},{},{}]}', {"x-http-method-override": "POST"})),
)

# What is answered: no number below what is charged that looks like one that may be believed.
NUMBERS: st.SearchStrategy[Any] = st.sampled_from([-6, -1, 0.5, 10**6, None, "0", True, [], 1e300])
SAID = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "creditsCharged": NUMBERS,
            "creditCharged": st.just(0),
            "billing": st.fixed_dictionaries({"creditsCharged": NUMBERS}) | st.none(),
            "contact": st.sampled_from([WHOLE, None, [], {"data": WHOLE["data"]}, {"isCreditCharged": True}]),
            "contacts": st.sampled_from([{}, [], None, {"1": WHOLE}, {"1": {"data": {"emails": ["a"]}}}]),
        },
    ),
    st.sampled_from([None, [], [{"x": 1}], "text", 1]),
)
CONTENTS = st.one_of(
    SAID.map(lambda value: json.dumps(value).encode()),
    SAID.map(lambda value: json.dumps(value).encode()[:-2]),
    st.sampled_from(
        [
            b"",
            b"<html>ok</html>",
            b"\xff\xfe",
            b'{"creditsCharged":0,"creditsCharged":6}',
            b'{"creditsCharged":NaN}',
            b"[" * 2000,
        ]
    ),
)
ANSWERS = st.tuples(
    st.sampled_from([200, 200, 200, 201, 204, 302, 400, 404, 429, 405, 422, 499, 500, 503]),
    st.sampled_from(
        [
            {"content-type": "application/json"},
            {"content-type": "text/html"},
            {},
            {"content-type": "application/json", "location": "https://evil.example/"},
        ]
    ),
    CONTENTS,
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
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    answers=st.lists(ANSWERS, min_size=1, max_size=6),
    calls=st.lists(CALLS, min_size=1, max_size=12),
    cap=st.integers(0, 30),
)
def test_no_more_is_charged_than_the_cap(
    way: Callable[[Lusha, Recorder, Sequence[Call]], None],
    answers: Sequence[Answer],
    calls: Sequence[Call],
    cap: int,
) -> None:
    lusha, recorder = Lusha(answers), forwarding(cap)
    way(lusha, recorder, calls)
    assert lusha.charged <= cap
    assert lusha.charged <= recorder.guard.spent + recorder.guard.held
