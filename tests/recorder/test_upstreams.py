"""What is sent reaches the upstream and nobody else; where its redirects lead; and by which proxy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from recorder.raw_upstream import RawUpstream, answer, refused

from mock_lusha.errors import MockLushaError
from mock_lusha.recorder.guard import Guard, LiveCallError
from mock_lusha.recorder.recorder import Recorder
from mock_lusha.recorder.transport import AsyncRecorderTransport, RecorderTransport
from mock_lusha.recorder.upstreams import proxy_for

if TYPE_CHECKING:
    from collections.abc import Callable

    Send = Callable[..., httpx.Response]

KEY = "MARKEDKEY-0123456789-ABCDEF"
LUSHA = "https://api.lusha.com"
MADE_UP = "lusha-upstream.invalid"
JSON = "Content-Type: application/json"
PLAIN = answer(b'{"usage":{}}', 200, JSON)
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def forwarding(upstream: str, max_credits: int | None = None, **more: Any) -> Recorder:
    """A recorder that only forwards."""
    return Recorder(None, "passthrough", upstream=upstream, guard=Guard(upstream, max_credits), **more)


def through_sync(recorder: Recorder, url: str = f"{LUSHA}/account/usage", **more: Any) -> httpx.Response:
    follow = more.pop("follow_redirects", False)
    with httpx.Client(transport=RecorderTransport(recorder), follow_redirects=follow) as client:
        return client.request(more.pop("method", "GET"), url, **more)


def through_async(recorder: Recorder, url: str = f"{LUSHA}/account/usage", **more: Any) -> httpx.Response:
    follow = more.pop("follow_redirects", False)

    async def call() -> httpx.Response:
        transport = AsyncRecorderTransport(recorder)
        async with httpx.AsyncClient(transport=transport, follow_redirects=follow) as client:
            return await client.request(more.pop("method", "GET"), url, **more)

    return asyncio.run(call())


@pytest.fixture(params=[through_sync, through_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    found: Send = request.param
    return found


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names no proxy."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


# Who is called


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.example/v2/person",
        "https://api.lusha.com.evil.example/v2/person",
        "https://api.lusha.com:8443/v2/person",
        "http://127.0.0.1:1/v2/person",
        "https://api.lusha.com//evil.example/v2/person",
        "https://api.lusha.com/\\evil.example/v2/person",
    ],
)
def test_a_request_to_another_host_is_sent_nowhere(send: Send, url: str) -> None:
    with RawUpstream(PLAIN) as upstream:
        recorder = forwarding(upstream.url)
        with pytest.raises(LiveCallError, match=r"BLOCKED: a request .*was sent nowhere"):
            send(recorder, url, headers={"authorization": "Bearer OTHERSECRET"})
        assert upstream.requests == []
    assert recorder.verdicts == {"BLOCKED": 1}
    assert "OTHERSECRET" not in recorder.refused[0]


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_requests_to_lusha_and_to_the_upstream_reach_the_upstream(send: Send, scheme: str) -> None:
    with RawUpstream(PLAIN) as upstream:
        for url in (f"{scheme}://API.lusha.com/account/usage", f"{upstream.url}/account/usage"):
            assert send(forwarding(upstream.url), url).status_code == 200
        assert len(upstream.requests) == 2


def test_headers_for_the_way_and_for_other_hosts_stay_behind(send: Send) -> None:
    sent = {
        "Host": "evil.example",
        "Proxy-Authorization": "Basic MARK",
        "Proxy-Connection": "keep-alive",
        "Connection": "keep-alive, X-Of-One-Hop",
        "X-Of-One-Hop": "MARK",
        "Forwarded": "host=MARK",
        "X-Forwarded-Host": "MARK",
        "X-Forwarded-For": "MARK",
        "X-Original-URL": "/MARK",
        "X_Forwarded_Host": "MARK",
        "X-Host": "MARK",
        "X-HTTP-Host-Override": "MARK",
        "X-Override-URL": "/MARK",
        "X-Accel-Redirect": "/MARK",
        "X-Envoy-Original-Path": "/MARK",
        "Origin": "http://MARK",
        "Referer": "http://MARK/",
        "TE": "trailers",
        "Upgrade": "MARK",
        "X-Own": "kept",
    }
    with RawUpstream(PLAIN) as upstream:
        send(forwarding(upstream.url), headers=sent)
        head = upstream.requests[0].decode().lower()
        assert f"\r\nhost: {upstream.authority}\r\n" in head
    assert "\r\nx-own: kept\r\n" in head
    assert "mark" not in head
    assert "evil.example" not in head
    assert all(f"\r\n{name}:" not in head for name in ("te", "upgrade", "proxy-connection"))


def test_no_extension_of_a_request_chooses_the_target(send: Send) -> None:
    extensions = {"target": b"http://evil.example/", "sni_hostname": "evil.example"}
    with RawUpstream(PLAIN) as upstream:
        send(forwarding(upstream.url), extensions=extensions)
        assert upstream.requests[0].startswith(b"GET /account/usage HTTP/1.1\r\n")


# Where redirects lead


@pytest.mark.parametrize(
    ("location", "own"),
    [
        ("/v2/person?a=1", "/v2/person?a=1"),
        ("company", "/v2/company"),
        ("?b=2", "/v2/person?b=2"),
        ("{upstream}/v2/company", "/v2/company"),
        ("{upstream}", "/"),
        ("https://api.lusha.com/v2/company#x", "/v2/company"),
        ("https://evil.example/v2/company", None),
        ("//evil.example/v2/company", None),
        ("https:evil.example", None),
        ("http://127.0.0.1:1/v2/company", None),
        ("{upstream}@evil.example/", None),
        ("{upstream}//evil.example/", None),
        ("/\\evil.example/", None),
        ("/%5Cevil.example/", "/%5Cevil.example/"),
        ("\\\\evil.example", None),
        ("http://[::1", None),
        ("javascript:alert(1)", None),
        ("/caf\xe9", None),
    ],
)
@pytest.mark.parametrize("status", [201, 302, 307])
def test_a_redirect_leads_to_the_recorder_or_nowhere(
    send: Send, location: str, own: str | None, status: int
) -> None:
    given = b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " % status
    with RawUpstream(None) as upstream:
        named = location.replace("{upstream}", upstream.url).encode("latin-1")
        upstream._answers = [given + named + b"\r\nAlt-Svc: h2=evil.example\r\n\r\n"]
        found = send(forwarding(upstream.url), f"{LUSHA}/v2/person?a=1")
    assert found.status_code == status
    assert found.headers.get("location") == own
    assert "alt-svc" not in found.headers


def test_the_path_of_the_upstream_is_not_in_a_redirect(send: Send) -> None:
    for location, own in (("/base/v2/x", "/v2/x"), ("/v2/x", None), ("/based/v2/x", None)):
        with RawUpstream(answer(b"", 302, f"Location: {location}")) as upstream:
            found = send(forwarding(f"{upstream.url}/base"), f"{LUSHA}/v2/person")
            assert upstream.requests[0].startswith(b"GET /base/v2/person ")
        assert found.headers.get("location") == own


def test_each_step_of_a_redirect_is_counted(send: Send) -> None:
    with RawUpstream(answer(b"", 302, "Location: /v2/person?email=next@acme.com")) as upstream:
        recorder = forwarding(upstream.url, max_credits=12)
        with pytest.raises(LiveCallError, match="12 credits are spent"):
            send(recorder, f"{LUSHA}/v2/person?email=a@acme.com", follow_redirects=True)
        assert sum(b"/v2/person" in each for each in upstream.requests) == 2


# Proxies


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_an_upstream_elsewhere_is_reached_by_the_proxy_of_the_environment(
    send: Send, environment: pytest.MonkeyPatch, variable: str
) -> None:
    with RawUpstream(PLAIN) as proxy:
        environment.setenv(variable, f"http://user:pass@{proxy.authority}")
        recorder = forwarding(f"http://{MADE_UP}:81", max_credits=0)
        assert send(recorder).json() == {"usage": {}}
        (request,) = proxy.requests
    assert request.startswith(f"GET http://{MADE_UP}:81/account/usage HTTP/1.1\r\n".encode())
    assert f"\r\nhost: {MADE_UP}:81\r\n".encode() in request.lower()
    assert b"\r\nproxy-authorization: basic dxnlcjpwyxnz\r\n" in request.lower()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "all_proxy"])
def test_an_upstream_over_tls_is_reached_through_a_tunnel(
    send: Send, environment: pytest.MonkeyPatch, variable: str
) -> None:
    with RawUpstream(b"HTTP/1.1 407 Who\r\nConnection: close\r\n\r\n") as proxy:
        environment.setenv(variable, proxy.authority)  # without a scheme, as curl takes it
        recorder = forwarding(f"https://{MADE_UP}", max_credits=6)
        with pytest.raises(httpx.ProxyError, match="407"):
            send(recorder, f"{LUSHA}/v2/person?email=a@acme.com", headers={"api_key": KEY})
        assert proxy.requests[0].startswith(f"CONNECT {MADE_UP}:443 HTTP/1.1\r\n".encode())
        assert KEY.encode() not in b"".join(proxy.requests)
    assert recorder.guard.held == 0  # it was never sent


def test_an_upstream_on_this_machine_is_reached_directly(send: Send, environment: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES[:3]:
        environment.setenv(name, refused())
    with RawUpstream(PLAIN) as upstream:
        assert send(forwarding(upstream.url)).status_code == 200


@pytest.mark.parametrize(
    ("named", "upstream", "proxied"),
    [
        ({"https_proxy": "http://p:1"}, "https://api.lusha.com", True),
        ({"https_proxy": "http://p:1"}, "http://api.lusha.com", False),
        ({"https_proxy": "http://p:1", "no_proxy": "lusha.com"}, "https://api.lusha.com", False),
        ({"https_proxy": "http://p:1", "no_proxy": ".lusha.com"}, "https://api.lusha.com", False),
        ({"https_proxy": "http://p:1", "no_proxy": "*"}, "https://api.lusha.com", False),
        ({"https_proxy": "http://p:1", "no_proxy": "a.example, sha.com"}, "https://api.lusha.com", True),
        ({"https_proxy": "http://p:1", "no_proxy": "api.lusha.com:443"}, "https://api.lusha.com:444", True),
        ({"all_proxy": "http://p:1"}, "http://lusha.localhost", False),
        ({"all_proxy": "http://p:1"}, "http://[::1]:8080", False),
        ({"all_proxy": "https://p:1"}, "http://api.lusha.com", True),
        ({"no_proxy": "lusha.com"}, "https://api.lusha.com", False),
        ({}, "https://api.lusha.com", False),
    ],
)
def test_the_environment_says_who_is_reached_by_a_proxy(
    environment: pytest.MonkeyPatch, named: dict[str, str], upstream: str, proxied: bool
) -> None:
    for name, value in named.items():
        environment.setenv(name, value)
    found = proxy_for(upstream)
    assert (found is not None) is proxied
    assert found is None or str(found.url).endswith("://p:1")


@pytest.mark.parametrize("proxy", ["ftp://user:MARK@p:1", "http://user:MARK@[::1"])
def test_what_is_no_proxy_is_told_of_without_its_password(
    send: Send, environment: pytest.MonkeyPatch, proxy: str
) -> None:
    environment.setenv("ALL_PROXY", proxy)
    recorder = forwarding(f"http://{MADE_UP}", max_credits=6)
    with pytest.raises(MockLushaError, match="HTTP_PROXY or ALL_PROXY is no address of a proxy") as told:
        send(recorder, f"{LUSHA}/v2/person?email=a@acme.com")
    assert "MARK" not in str(told.value)
    assert recorder.guard.held == 0
