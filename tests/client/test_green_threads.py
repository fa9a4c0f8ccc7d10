"""Where threads are coroutines, a double says so at once, and one elsewhere is used."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
from suites import OFF
from support import server_elsewhere

from mock_lusha.config import Settings
from mock_lusha.errors import ConfigError
from mock_lusha.server import MockServer

GEVENT = """
from gevent import monkey
monkey.patch_all({how})
import httpx, requests
from mock_lusha import MockLusha

def run():
    with MockLusha({where}) as lusha, lusha.intercept():
        url = "https://api.lusha.com/account/usage"
        seen = [lusha.client.get("/account/usage").status_code]
        key = {{"api_key": "any"}}
        seen += [lib.get(url, headers=key, timeout=5).status_code for lib in (httpx, requests)]
        print(seen, lusha.calls.count())

try:
    run()
except Exception as error:
    print(type(error).__name__, error)
"""


def told(how: str, where: str) -> str:
    code = GEVENT.format(how=how, where=where)
    return subprocess.run(
        [sys.executable, "-Wdefault", "-c", code], check=True, capture_output=True, text=True, timeout=60
    ).stdout


def test_a_server_is_not_started_under_gevent_and_the_way_out_is_told() -> None:
    pytest.importorskip("gevent", reason="gevent is not installed")

    found = told("", "people=0, companies=1")

    assert found.startswith("ConfigError gevent has replaced the threads of this process")
    assert "`mock-lusha serve`" in found
    assert "--lusha-url URL" in found
    assert "thread=False" in found


def test_a_server_is_started_where_gevent_leaves_threads_alone() -> None:
    pytest.importorskip("gevent", reason="gevent is not installed")

    assert told("thread=False", "people=0, companies=1") == "[200, 200, 200] 3\n"


def test_a_server_elsewhere_is_used_under_gevent() -> None:
    pytest.importorskip("gevent", reason="gevent is not installed")

    with server_elsewhere("--people=0", "--companies=1") as url:
        assert told("", f"url={url!r}") == "[200, 200, 200] 3\n"


def test_a_suite_under_gevent_is_told_too(pytester: pytest.Pytester) -> None:
    pytest.importorskip("gevent", reason="gevent is not installed")
    pytester.makeconftest("from gevent import monkey\nmonkey.patch_all()\n")
    pytester.makepyfile("def test_it(lusha): pass\ndef test_again(lusha): pass\ndef test_other(): pass")

    result = pytester.runpytest_subprocess("-Wdefault", *OFF, timeout=60)

    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["*the double cannot be started: gevent has replaced the threads*"])


@pytest.mark.parametrize("name", ["gevent", "eventlet"])
def test_either_is_known_by_what_it_says_of_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, asked = {
        "gevent": ("gevent.monkey", "is_module_patched"),
        "eventlet": ("eventlet.patcher", "is_monkey_patched"),
    }[name]
    server = MockServer(Settings(port=0, people=0, companies=1))

    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{asked: lambda _: True}))
    with pytest.raises(ConfigError, match=rf"^{name} has replaced the threads"):
        server.start()
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{asked: lambda _: False}))
    server.start()
    server.stop()
