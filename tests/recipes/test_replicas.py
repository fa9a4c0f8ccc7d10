"""Replicas with one state behind a proxy that asks them in turn: together they are a single server."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from documents import PAGES, blocks
from recipes.recipe import EXAMPLES, documents, settings_of
from recipes.test_proxies import bills, serving
from redis_process import RedisProcess, free_port
from support import IN_CI

from mock_lusha import MockServer, Settings
from mock_lusha.replication.opening import OF_THE_PROCESS
from mock_lusha.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATH = "/v3/companies/search-and-enrich"
KEYS = [f"team-{number}-key" for number in range(6)]
CALLS = 20
SMALL: dict[str, Any] = {"people": 0, "companies": 1, "credits": 31, "limits": "headers"}
"""Each call costs 2 credits, so that 15 are paid, five are refused, and one credit is left."""
SECRET = "a-secret-of-the-tests"


def service(name: str) -> dict[str, Any]:
    (document,) = documents("replicas/compose.yaml")
    found: dict[str, Any] = document["services"][name]
    return found


def of_kubernetes(kind: str, name: str) -> dict[str, Any]:
    (found,) = [
        document
        for document in documents("kubernetes/redis.yaml")
        if (document["kind"], document["metadata"]["name"]) == (kind, name)
    ]
    return found


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisProcess]:
    """A Redis as the recipe starts it."""
    _, *flags = service("redis")["command"]
    redis = RedisProcess("--dir", str(tmp_path), *flags)
    yield redis
    redis.kill()


@contextmanager
def replica(redis: RedisProcess) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server that shares its state by a Redis: its address, and its process."""
    port = free_port()
    flags = [f"--{name}={value}" for name, value in SMALL.items()]
    command = [sys.executable, "-m", "mock_lusha", "serve", f"--port={port}", "--log-level=error", *flags]
    command += [f"--store={redis.url()}", f"--store-secret={SECRET}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield f"127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.communicate(timeout=20)


@contextmanager
def proxy(folder: Path, addresses: list[str]) -> Iterator[str]:
    """The URL of nginx with the example's file, in which addresses and folders alone are others."""
    if shutil.which("nginx") is None:
        assert not IN_CI, "nginx is not installed"
        pytest.skip("needs nginx: apt-get install nginx-light")
    port = free_port()
    text = (EXAMPLES / "replicas" / "nginx.conf").read_text(encoding="utf-8")
    text, listeners = re.subn(r"^( +listen )8080;", rf"\g<1>127.0.0.1:{port};", text, flags=re.M)
    several = " ".join(f"server {address};" for address in addresses)
    text, servers = re.subn(r"^( +)server lusha:8080;", rf"\g<1>{several}", text, flags=re.M)
    assert (listeners, servers) == (1, 1)
    (folder / "nginx.conf").write_text(text.replace("/tmp/", f"{folder}/"), encoding="utf-8")
    command = ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with serving(command, port):
        yield f"http://127.0.0.1:{port}"


def call(url: str, calls: int) -> list[tuple[str, int]]:
    """Keys and statuses of calls of all keys at once."""

    def one(work: tuple[int, str]) -> tuple[str, int]:
        number, key = work
        body = {"companies": [{"domain": f"company-{number}.com"}]}
        return key, client.post(PATH, json=body, headers={"api_key": key}).status_code

    jobs = [(number, key) for number in range(calls) for key in KEYS]
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client, ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, jobs))


def test_three_replicas_that_are_asked_in_turn_are_one_server_also_when_one_dies(
    redis: RedisProcess, tmp_path: Path
) -> None:
    with MockServer(Settings(port=0, **SMALL)) as single:
        expected = Counter(call(single.url, CALLS))
        whole = bills(single.url)
    with ExitStack() as stack:
        started = [stack.enter_context(replica(redis)) for _ in range(3)]
        for _, process in started:
            assert process.stderr is not None
            assert "serves" in process.stderr.readline()
        addresses = [address for address, _ in started]
        url = stack.enter_context(proxy(tmp_path, addresses))

        assert Counter(call(url, CALLS)) == expected
        assert [bills(f"http://{address}") for address in addresses] == [whole] * 3

        started[0][1].kill()
        started[0][1].wait()
        statuses = Counter(status for _, status in call(url, 5))
        assert statuses.keys() <= {402, 502}
        assert statuses[402] > statuses[502], "a replica that is dead is left out"
        assert [bills(f"http://{address}") for address in addresses[1:]] == [whole] * 2
    assert Counter(status for _, status in expected.elements()) == {200: 15 * len(KEYS), 402: 5 * len(KEYS)}


# What fits together in the recipes


def test_the_compose_file_has_replicas_a_redis_that_keeps_all_and_a_proxy_that_knows_both(
    tmp_path: Path,
) -> None:
    double, nginx, app = (service(name) for name in ("lusha", "proxy", "app"))
    settings = settings_of(double["environment"], tmp_path)
    conf = (EXAMPLES / "replicas" / "nginx.conf").read_text(encoding="utf-8")
    kept = service("redis")

    assert double["deploy"]["replicas"] == 3
    assert settings.store == "redis://redis:6379"
    assert open_store(settings.store, default_of(settings.store_secret), {}).engine.shared
    assert double["depends_on"] == {"redis": {"condition": "service_healthy"}}
    assert kept["volumes"] == ["redis:/data"]
    assert re.findall(r"^ +server (\S+);", conf, re.MULTILINE) == [f"lusha:{settings.port}"]
    assert "proxy_next_upstream off;" in conf
    assert "hash" not in re.sub(r"#.*", "", conf)
    assert nginx["volumes"] == ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
    assert nginx["depends_on"] == {"lusha": {"condition": "service_healthy"}}
    (port,) = re.findall(r"^ +listen (\d+);", conf, re.MULTILINE)
    assert nginx["ports"] == [f"127.0.0.1:8080:{port}"]
    assert app["environment"]["LUSHA_BASE_URL"] == f"http://proxy:{port}"
    assert app["depends_on"] == {"proxy": {"condition": "service_healthy"}}


def default_of(value: str | None) -> str:
    """What stands for a variable of Compose that is not set."""
    (found,) = re.findall(r"^\$\{\w+:-(.*)\}$", value or "")
    return str(found)


def test_the_pods_of_kubernetes_have_one_store_a_secret_and_a_redis_that_keeps_all(tmp_path: Path) -> None:
    settings = settings_of(of_kubernetes("ConfigMap", "mock-lusha")["data"], tmp_path)
    replicas = of_kubernetes("Deployment", "mock-lusha")["spec"]
    kept = of_kubernetes("StatefulSet", "mock-lusha-redis")["spec"]
    (container,) = kept["template"]["spec"]["containers"]
    (port,) = of_kubernetes("Service", "mock-lusha-redis")["spec"]["ports"]
    (claim,) = kept["volumeClaimTemplates"]
    (mount,) = container["volumeMounts"]

    assert replicas["replicas"] == 3
    assert settings.store == f"redis://mock-lusha-redis:{port['port']}?prefix=mock-lusha"
    assert (kept["replicas"], kept["serviceName"]) == (1, "mock-lusha-redis")
    flags = service("redis")["command"]
    assert container["command"] == [*flags, "--dir", mount["mountPath"]]
    assert mount["name"] == claim["metadata"]["name"]


# What the page says


def test_the_stores_of_the_page_are_stores() -> None:
    lines = [line for block in blocks("sh", PAGES["docs/replicas.md"]) for line in block.splitlines()]
    words = [word for line in lines for word in shlex.split(line)]
    urls = {word for before, word in pairwise(words) if before == "--store"}

    assert len(urls) == 3
    for url in sorted(urls):
        assert Settings(store=url).store == url
        assert open_store(url, SECRET, {}).engine.place


def test_the_settings_that_may_differ_are_those_of_the_page() -> None:
    (listed,) = re.findall(r"These settings may differ.*?:\n(.*?)\.\n\n", PAGES["docs/replicas.md"], re.S)

    assert set(re.findall(r"`(\w+)`", listed)) == OF_THE_PROCESS
