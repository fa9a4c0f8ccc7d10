"""What the pytest plugin costs, as ratios in one run: ``python benchmarks/plugin.py``.

Suites of 1 and of 500 tests of one call each are run in processes of their own, with the fixture ``lusha``
over a socket, with it in process, with pytest-httpserver (if it is installed) and with nothing at all.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

TESTS = 500
ROUNDS = 5
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


def main() -> None:
    """Print a table in Markdown."""
    names = [name for name in BODY if name != "pytest-httpserver" or find_spec("pytest_httpserver")]
    first: dict[str, list[float]] = {name: [] for name in names}
    many: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        seconds(name, 1)  # compiles what is imported
    for _ in range(ROUNDS):
        for name in names:
            first[name].append(seconds(name, 1))
            many[name].append(seconds(name, TESTS))
    ones = {name: statistics.median(values) for name, values in first.items()}
    alls = {name: statistics.median(values) for name, values in many.items()}
    bare = (alls["nothing"] - ones["nothing"]) / (TESTS - 1)
    print(f"import of the plugin beyond pytest: {import_ms():.1f} ms\n")
    print(f"| fixture | first test, ms | each further test, ms | {TESTS} tests, s |")
    print("| --- | --- | --- | --- |")
    for name in names:
        first_ms = (ones[name] - ones["nothing"]) * 1000
        further_ms = ((alls[name] - ones[name]) / (TESTS - 1) - bare) * 1000
        print(f"| {name} | {first_ms:.0f} | {further_ms:.2f} | {alls[name]:.2f} |")
    print("\nfirst and further tests are beyond what an empty test costs")


if __name__ == "__main__":
    main()
