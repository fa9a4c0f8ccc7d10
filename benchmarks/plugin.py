"""What the pytest plugin costs, as ratios in one run: ``python benchmarks/plugin.py``.

Suites of 1 and of 500 tests of one call each are run in processes of their own, with the fixture ``lusha``
over a socket, with it in process, with pytest-httpserver (if it is installed) and with nothing at all.
Calls by httpx that the double answers in process are timed beside calls that respx answers (if it is
installed) with a JSON of the same size. Everything is interleaved; figures are medians of rounds.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from tables import Bar, table

from mock_lusha import MockLusha, Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = 500
ROUNDS = 5
CALLS = 100
"""Calls of a round."""
CALL_ROUNDS = 60
COMPANY = "/v2/company?domain=acme.com"
# A client is the suite's own in all of them, so that only fixtures differ.
HEAD = """
import http.client
import pytest

def get(url, path, headers):
    host, port = url.removeprefix("http://").rstrip("/").rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port))
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
"""
BODY = {
    "nothing": """
@pytest.mark.parametrize("number", range({tests}))
def test_it(number):
    pass
""",
    "lusha": """
@pytest.mark.parametrize("number", range({tests}))
def test_it(number, lusha):
    assert get(lusha.url, "/v2/company?domain=acme.com", {{"api_key": lusha.api_key}}) == 200
""",
    "lusha, no call": """
@pytest.mark.parametrize("number", range({tests}))
def test_it(number, lusha):
    pass
""",
    "lusha.client in process": """
@pytest.mark.parametrize("number", range({tests}))
def test_it(number, lusha):
    assert lusha.client.get("/v2/company?domain=acme.com").status_code == 200
""",
    "pytest-httpserver": """
@pytest.mark.parametrize("number", range({tests}))
def test_it(number, httpserver):
    httpserver.expect_request("/v2/company").respond_with_json({{"data": {{"name": "Acme"}}}})
    assert get(httpserver.url_for(""), "/v2/company?domain=acme.com", {{}}) == 200
""",
}
SUITES = {"lusha": Bar(1.15, 1.0, most=True), "lusha.client in process": Bar(1.0, 0.8, most=True)}
"""Suites that are compared with that of pytest-httpserver."""
PLUGINS = {"pytest-httpserver": ["-p", "pytest_httpserver.pytest_plugin"], "nothing": []}


def environment() -> dict[str, str]:
    """The machine's, with compiled modules kept, as they are where packages are installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = str(Path(tempfile.gettempdir()) / "mock-lusha-benchmark-pycache")
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPYCACHEPREFIX": compiled}


def seconds(name: str, tests: int) -> float:
    """Seconds that a process of pytest takes, from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_it.py").write_text(HEAD + BODY[name].format(tests=tests), encoding="utf-8")
        (Path(folder) / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        plugins = PLUGINS.get(name, ["-p", "pytest_mock_lusha.plugin"])
        options = ["--lusha-in-process"] if "in process" in name else []
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins, *options],
            cwd=folder, check=True, stdout=subprocess.DEVNULL,
            env=environment(),
        )  # fmt: skip
        return time.perf_counter() - begun


def import_ms() -> float:
    """Milliseconds of importing the plugin where pytest is imported already."""
    code = (
        "import time, pytest; begun = time.perf_counter(); import pytest_mock_lusha.plugin; "
        "print(time.perf_counter() - begun)"
    )
    runs = [
        float(
            subprocess.run(
                [sys.executable, "-c", code], check=True, capture_output=True, env=environment()
            ).stdout
        )
        for _ in range(2 * ROUNDS)
    ]
    return statistics.median(runs) * 1000


def per_call(calls: Callable[[], None]) -> float:
    """Microseconds of each of a round of calls."""
    begun = time.perf_counter()
    calls()
    return (time.perf_counter() - begun) / CALLS * 1e6


def sync_calls(client: httpx.Client) -> None:
    """A round by a client."""
    for _ in range(CALLS):
        client.get(COMPANY).json()


def async_calls(client: httpx.AsyncClient, runner: asyncio.Runner) -> None:
    """A round by a client of asyncio."""

    async def each() -> None:
        for _ in range(CALLS):
            (await client.get(COMPANY)).json()

    runner.run(each())


def in_process() -> dict[str, tuple[float, float]]:
    """For sync and async: microseconds of a call that the double answers, and of one that respx does."""
    import respx  # noqa: PLC0415 - it may not be installed

    taken: dict[str, list[tuple[float, float]]] = {"sync": [], "async": []}
    mocked = respx.MockRouter(base_url="https://api.lusha.com", assert_all_called=False)
    own: Any = {"base_url": "https://api.lusha.com", "headers": {"api_key": "any"}}
    server = MockServer(Settings(port=0, limits="headers"))
    with (
        server,
        MockLusha(server=server, in_process=True) as lusha,
        asyncio.Runner() as runner,
        httpx.Client(**own) as client,
    ):
        async_client = httpx.AsyncClient(**own)
        answer = lusha.client.get(COMPANY).json()
        mocked.get("/v2/company").mock(return_value=httpx.Response(200, json=answer))
        for _ in range(CALL_ROUNDS):
            double = per_call(lambda: sync_calls(lusha.client))
            with mocked:
                other = per_call(lambda: sync_calls(client))
            taken["sync"].append((double, other))
            double = per_call(lambda: async_calls(lusha.async_client, runner))
            with mocked:
                other = per_call(lambda: async_calls(async_client, runner))
            taken["async"].append((double, other))
        runner.run(async_client.aclose())
    return {
        kind: (statistics.median(d for d, _ in pairs), statistics.median(o for _, o in pairs))
        for kind, pairs in taken.items()
    }


def suites(rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of suites of one test, and of many."""
    names = [name for name in BODY if name != "pytest-httpserver" or find_spec("pytest_httpserver")]
    first: dict[str, list[float]] = {name: [] for name in names}
    many: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        seconds(name, 1)  # compiles what is imported
    for _ in range(rounds):
        for name in names:
            first[name].append(seconds(name, 1))
            many[name].append(seconds(name, TESTS))
    return (
        {name: statistics.median(values) for name, values in first.items()},
        {name: statistics.median(values) for name, values in many.items()},
    )


def section(rounds: int = ROUNDS) -> str:
    """Two tables in Markdown: the figures beside their bars, and what they come from."""
    ones, alls = suites(rounds)
    bare = (alls["nothing"] - ones["nothing"]) / (TESTS - 1)
    further = {name: ((alls[name] - ones[name]) / (TESTS - 1) - bare) * 1000 for name in alls}
    figures = [
        ("fixture, each test after the first, ms", further["lusha, no call"], Bar(2, 0.5, most=True)),
        ("import of the plugin beyond pytest, ms", import_ms(), Bar(10, 3, most=True)),
    ]
    if find_spec("respx"):
        figures += [
            (
                f"{kind} call in process, {double:.0f} µs, to one that respx mocks, {other:.0f} µs",
                double / other, Bar(1.3, 0.8, most=True),
            )
            for kind, (double, other) in in_process().items()
        ]  # fmt: skip
    if "pytest-httpserver" in alls:
        figures += [
            (f"{TESTS} tests with {name} to {TESTS} with pytest-httpserver", ratio(alls, name), bar)
            for name, bar in SUITES.items()
        ]
    rows = [(name, f"{figure:.2f}", str(bar), bar.verdict(figure)) for name, figure, bar in figures]
    sources = [
        (name, f"{(ones[name] - ones['nothing']) * 1000:.0f}", f"{further[name]:.2f}", f"{alls[name]:.2f}")
        for name in alls
    ]
    head = ("fixture", "first test, ms", "each further test, ms", f"{TESTS} tests, s")
    return "\n\n".join(
        [
            table(("what", "figure", "bar / aim", ""), rows),
            table(head, sources),
            f"Medians of {rounds} rounds. First and further tests are beyond what an empty test costs.",
        ]
    )


def ratio(seconds_of: dict[str, float], name: str) -> float:
    """What a suite took beside that of pytest-httpserver."""
    return seconds_of[name] / seconds_of["pytest-httpserver"]


if __name__ == "__main__":
    print(section())
