"""Two replicas behind a proxy that chooses by the API key: an account is whole on one of them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from recipes.recipe import EXAMPLES, documents
from support import IN_CI

from mock_lusha import Control, MockServer, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = "/v3/companies/search-and-enrich"
KEYS = [*(f"team-{number:02}-key" for number in range(28)), "nightly+east", "key with ~spaces & more"]
CALLS = 8
SETTINGS = Settings(port=0, people=0, companies=1, credits=15)
"""Each call costs 2 credits, so that seven are paid, one is refused, and one credit is left."""
GATEWAY_ERRORS = {"nginx": 502, "haproxy": 503}


class Proxied(NamedTuple):
    """A proxy, and the replicas behind it."""

    kind: str
    url: str
    replicas: list[MockServer]


def written(kind: str, folder: Path, port: int, replicas: list[MockServer]) -> list[str]:
    """Write the example with other ports and folders, and nothing else changed; gives the command."""
    name = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[kind]
    text = (EXAMPLES / "proxy" / name).read_text(encoding="utf-8")
    text, listeners = re.subn(r"^( +(?:listen |bind ))\S*8080", rf"\g<1>127.0.0.1:{port}", text, flags=re.M)
    assert listeners == 1
    for number, replica in enumerate(replicas):
        text, servers = re.subn(rf"\bmock-lusha-{number}:8080", replica.url.removeprefix("http://"), text)
        assert servers == 1
    (folder / name).write_text(text.replace("/tmp/", f"{folder}/"), encoding="utf-8")
    if kind == "nginx":
        return [kind, "-e", "stderr", "-c", str(folder / name), "-g", "daemon off;"]
    return [kind, "-f", str(folder / name)]


@contextmanager
def serving(command: list[str], port: int) -> Iterator[None]:
    """The proxy, from when it takes connections to the end of the block."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            for _ in range(400):
                with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=5):
                    break
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.025)
                    raise AssertionError(process.communicate()[1])
            else:
                pytest.fail("the proxy takes no connections")
            yield
        finally:
            process.terminate()
            process.communicate(timeout=20)


@pytest.fixture(params=sorted(GATEWAY_ERRORS))
def proxied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxied]:
    kind = request.param
    if shutil.which(kind) is None:
        assert not IN_CI, f"{kind} is not installed"
        pytest.skip(f"needs {kind}: apt-get install nginx-light haproxy")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ExitStack() as stack:
        replicas = [stack.enter_context(MockServer(SETTINGS)) for _ in range(2)]
        stack.enter_context(serving(written(kind, tmp_path, port, replicas), port))
        yield Proxied(kind, f"http://127.0.0.1:{port}", replicas)


def call_concurrently(url: str, calls: int = 1) -> Counter[tuple[str, int]]:
    """Statuses by key: the calls of all keys at once, over connections that are kept."""
    local = threading.local()
    clients: list[httpx.Client] = []

    def call(work: tuple[int, str]) -> tuple[str, int]:
        number, key = work
        if not hasattr(local, "client"):
            local.client = httpx.Client(base_url=url, trust_env=False)
            clients.append(local.client)
        body = {"companies": [{"domain": f"company-{number}.com"}]}
        return key, local.client.post(PATH, json=body, headers={"api_key": key}).status_code

    with ThreadPoolExecutor(12) as pool:
        statuses = Counter(pool.map(call, [(number, key) for number in range(calls) for key in KEYS]))
    for client in clients:
        client.close()
    return statuses


def bills(url: str) -> dict[str, Any]:
    """By fingerprint, what the accounts of a server spent and have left."""
    with Control(url) as control:
        accounts = control.accounts()["accounts"]
    return {account["fingerprint"]: account["credits"] for account in accounts}


def test_the_ledger_of_each_account_is_that_of_a_single_server(proxied: Proxied) -> None:
    with MockServer(SETTINGS) as single:
        expected = call_concurrently(single.url, CALLS)
        whole = bills(single.url)

    statuses = call_concurrently(proxied.url, CALLS)

    first, second = (bills(replica.url) for replica in proxied.replicas)
    assert statuses == expected
    assert {status for _, status in statuses} == {200, 402}
    assert first.keys().isdisjoint(second)
    assert first
    assert second
    assert first | second == whole
    assert {account["spent"] for account in whole.values()} == {14}


def test_steering_an_account_reaches_the_replica_that_has_it(proxied: Proxied) -> None:
    call_concurrently(proxied.url)
    for key in KEYS:
        # Characters that a query escapes: the header says which account it is.
        plain = key.replace("-", "").isalnum()
        headers = {} if plain else {"api_key": key}
        url = f"{proxied.url}/_mock/accounts?account={quote(key)}"
        assert httpx.get(url, headers=headers, trust_env=False).json()["credits"]["spent"] == 2, key

    body = {"key": KEYS[0], "plan": "scale", "credits": 2}
    made = httpx.put(
        f"{proxied.url}/_mock/accounts", json=body, headers={"api_key": KEYS[0]}, trust_env=False
    )

    assert made.status_code in {200, 201}
    assert [len(bills(replica.url)) for replica in proxied.replicas].count(0) == 0
    assert sum(len(bills(replica.url)) for replica in proxied.replicas) == len(KEYS)


def test_accounts_of_a_dead_replica_are_refused_and_begin_nowhere_anew(proxied: Proxied) -> None:
    call_concurrently(proxied.url)
    alive, dead = proxied.replicas
    before = bills(alive.url)
    dead.stop()

    statuses = call_concurrently(proxied.url)

    assert Counter(status for _, status in statuses.elements()) == {
        200: len(before),
        GATEWAY_ERRORS[proxied.kind]: len(KEYS) - len(before),
    }
    assert bills(alive.url).keys() == before.keys()


def test_a_call_without_a_key_is_refused_as_the_double_refuses_it(proxied: Proxied) -> None:
    answer = httpx.post(proxied.url + PATH, json={}, trust_env=False)

    assert answer.status_code == 401
    assert "api_key" in answer.text or "API key" in answer.text


def test_large_requests_are_refused_by_the_double_and_not_by_the_proxy(proxied: Proxied) -> None:
    key = {"api_key": "k"}
    with httpx.Client(base_url=proxied.url, headers=key, trust_env=False) as client:
        wide = client.get("/v3/account/usage", headers={"x-wide": "a" * 40_000})
        large = client.post(PATH, content=b" " * 1_200_000)

    assert wide.status_code == 200
    assert (large.status_code, large.json()["statusCode"]) == (413, 413)


def test_envoy_chooses_by_the_same_header_and_takes_no_replica_out() -> None:
    """Envoy is not run here."""
    (bootstrap,) = documents("proxy/envoy.yaml")
    (listener,), (cluster,) = (bootstrap["static_resources"][name] for name in ("listeners", "clusters"))
    (network_filter,) = listener["filter_chains"][0]["filters"]
    manager = network_filter["typed_config"]
    (route,) = manager["route_config"]["virtual_hosts"][0]["routes"]
    endpoints = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]

    assert route["route"]["hash_policy"][0] == {"header": {"header_name": "api_key"}, "terminal": True}
    assert route["route"]["cluster"] == cluster["name"] == cluster["load_assignment"]["cluster_name"]
    assert manager["common_http_protocol_options"] == {"headers_with_underscores_action": "ALLOW"}
    assert cluster["lb_policy"] == "RING_HASH"
    assert not cluster.keys() & {"health_checks", "outlier_detection"}
    assert [each["endpoint"]["address"]["socket_address"] for each in endpoints] == [
        {"address": f"mock-lusha-{number}", "port_value": Settings().port} for number in range(2)
    ]
