"""The plugin beside other plugins, in processes of their own, and where things end early."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from suites import OFF
from support import server_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., pytest.RunResult]

TWELVE = """
    import pytest

    @pytest.mark.parametrize("number", range(12))
    def test_it(lusha, number):
        lusha.on("searchSingleCompanyV2").fail(429, times=1)
        statuses = [lusha.client.get(f"/v2/company?domain=acme.com").status_code for _ in range(2)]
        assert statuses == [429, 200]
        assert lusha.ledger.spent == 1
        assert len(lusha.calls) == 2
"""


def test_workers_of_xdist_are_summed_in_the_controller(run_apart: Run, pytester: pytest.Pytester) -> None:
    result = run_apart(TWELVE, "-n2", "--lusha-report=json:costs.json", plugins=("xdist.plugin",))

    result.assert_outcomes(passed=12)
    result.stdout.fnmatch_lines(["24 calls in 12 tests would have cost 12 credits"])
    report = json.loads((pytester.path / "costs.json").read_text(encoding="utf-8"))
    assert (report["calls"], report["credits"], len(report["tests"])) == (24, 12, 12)


def test_workers_share_one_server_elsewhere(run_apart: Run, elsewhere: str) -> None:
    result = run_apart(TWELVE, "-n2", f"--lusha-url={elsewhere}", plugins=("xdist.plugin",))

    result.assert_outcomes(passed=12)
    result.stdout.fnmatch_lines(["24 calls in 12 tests would have cost 12 credits"])


def test_workers_that_each_run_all_tests_do_not_meet(run_apart: Run, elsewhere: str) -> None:
    result = run_apart(
        TWELVE, "--dist=each", "--tx=2*popen", f"--lusha-url={elsewhere}", plugins=("xdist.plugin",)
    )

    result.assert_outcomes(passed=24)


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A server in a process of its own, as a container would be."""
    with server_elsewhere("--people=200", "--companies=20") as url:
        yield url


ASYNC = """
    import asyncio

    {marks}
    async def test_it(lusha):
        answers = await asyncio.gather(*(
            lusha.async_client.get("/v2/person", params={{"email": f"jane.no{{n}}@acme.com"}}) for n in range(5)
        ))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert lusha.calls.count("searchSingleContact") == 5

    {marks}
    async def test_other_loop(lusha):
        async with lusha.async_client as client:
            assert (await client.get("/account/usage")).status_code == 200
        assert (await lusha.async_client.get("/account/usage")).status_code == 200
"""


@pytest.mark.parametrize("in_process", [False, True], ids=["socket", "in process"])
@pytest.mark.parametrize("plugin", ["pytest_asyncio.plugin", "anyio"])
def test_coroutines_have_a_client_of_their_own(plugin: str, in_process: bool, run_apart: Run) -> None:
    ini, mark = "", "@pytest.mark.anyio"
    if plugin != "anyio":
        ini, mark = "asyncio_default_fixture_loop_scope = function\n", "@pytest.mark.asyncio"
    source = "    import pytest\n" + ASYNC.format(marks=mark)
    if plugin == "anyio":
        source += "\n    @pytest.fixture\n    def anyio_backend():\n        return 'asyncio'\n"
        plugin = "anyio.pytest_plugin"

    result = run_apart(source, *(["--lusha-in-process"] if in_process else []), plugins=(plugin,), ini=ini)

    result.assert_outcomes(passed=2)


def test_tests_in_any_order_see_the_same(run_apart: Run, pytester: pytest.Pytester) -> None:
    source = (
        TWELVE
        + """
    def test_drawn(lusha):
        lusha.on().fail(503, share=0.5)
        statuses = [lusha.client.get("/account/usage").status_code for _ in range(12)]
        with open("drawn", "a") as file:
            print(statuses, file=file)
    """
    )
    for seed in ("1", "2", "3"):
        result = run_apart(source, f"--randomly-seed={seed}", plugins=("pytest_randomly",))
        result.assert_outcomes(passed=13)

    drawn = (pytester.path / "drawn").read_text(encoding="utf-8").splitlines()
    assert len(drawn) == 3
    assert len(set(drawn)) == 1


def test_sockets_that_may_go_to_this_machine_alone_are_enough(run_apart: Run) -> None:
    result = run_apart(TWELVE, "--allow-hosts=127.0.0.1", plugins=("pytest_socket",))

    result.assert_outcomes(passed=12)


RESPX = """
    import httpx
    import respx

    @respx.mock
    def test_mocked(lusha):
        respx.get("https://example.test/").respond(204)
        assert httpx.get("https://example.test/").status_code == 204
        assert len(lusha.calls) == 0
        lusha.on().fail(503)
        assert lusha.ledger.spent == 0

    @respx.mock
    def test_passed_through(lusha):
        respx.route(host="127.0.0.1").pass_through()
        assert lusha.client.get("/account/usage").status_code == 200
        lusha.intercept()
        headers = {"api_key": "any"}
        assert httpx.get("https://api.lusha.com/account/usage", headers=headers).status_code == 200

    def test_intercepted_under_a_fixture(lusha, respx_mock):
        respx_mock.route(host="127.0.0.1").pass_through()
        with lusha.intercept():
            assert httpx.get("https://api.lusha.com/account/usage").status_code == 401
"""


def test_respx_mocks_what_it_is_told_and_steering_goes_past_it(run_apart: Run) -> None:
    run_apart(RESPX, plugins=("respx.plugin",)).assert_outcomes(passed=3)


VCR = """
    import requests
    import vcr

    def test_it(lusha, tmp_path):
        with vcr.use_cassette(str(tmp_path / "it.yaml"), ignore_hosts=["127.0.0.1"]) as cassette:
            headers = {"api_key": "any"}
            with lusha.intercept():
                assert requests.get("https://api.lusha.com/account/usage", headers=headers).status_code == 200
            assert lusha.calls.count() == 1
            lusha.clock.advance(5)
        # The call under the address that the code named, and no steering.
        assert [each.uri for each in cassette.requests] == ["https://api.lusha.com/account/usage"]

    def test_recorded(lusha, tmp_path):
        for _ in range(2):
            with vcr.use_cassette(str(tmp_path / "it.yaml")):
                answer = requests.get(lusha.url + "/account/usage", headers={"api_key": lusha.api_key})
                assert answer.status_code == 200
                assert lusha.calls.count() == 1
"""


def test_vcr_records_calls_and_steering_goes_past_it(run_apart: Run) -> None:
    # What vcrpy itself leaves open or deprecates is not ours to judge.
    run_apart(VCR, "-Wdefault").assert_outcomes(passed=2)


def test_without_the_plugin_there_is_no_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(lusha): pass")

    result = pytester.runpytest_subprocess(*OFF, "-p", "no:lusha", timeout=60)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'lusha' not found*"])


def test_the_plugin_is_found_by_its_entry_point(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(lusha): assert lusha.client.get('/account/usage').status_code == 200")

    result = pytester.runpytest_subprocess(*OFF, timeout=60)

    result.assert_outcomes(passed=1)


def test_loading_the_plugin_imports_nothing_more_than_pytest() -> None:
    code = """
import pytest, sys, json
before = set(sys.modules)
import pytest_mock_lusha.plugin
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(roots - set(sys.stdlib_module_names))))
"""

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert json.loads(told) == ["pytest_mock_lusha"]


FORK = """
    import os

    def test_it(lusha):
        assert lusha.client.get("/account/usage").status_code == 200
        child = os.fork()
        if child == 0:
            import http.client
            try:
                connection = http.client.HTTPConnection("127.0.0.1", int(lusha.url.rpartition(":")[2]))
                connection.request("GET", "/account/usage", headers={"api_key": lusha.api_key})
                well = connection.getresponse().status == 200 and len(lusha.calls) == 2
                os._exit(0 if well else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert len(lusha.calls) == 2
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are of POSIX")
def test_a_forked_child_can_call_and_steer_and_so_can_its_parent_after_it(run_apart: Run) -> None:
    run_apart(FORK).assert_outcomes(passed=1)


FORK_IN_PROCESS = """
    import os

    import httpx

    def test_it(lusha):
        assert lusha.client.get("/account/usage").status_code == 200
        child = os.fork()
        if child == 0:
            try:
                lusha.client.get("/account/usage")
            except httpx.ConnectError as error:
                os._exit(0 if "runs in another process" in str(error) else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert len(lusha.calls) == 1
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are of POSIX")
def test_a_forked_child_is_told_that_nothing_is_in_its_process(run_apart: Run) -> None:
    run_apart(FORK_IN_PROCESS, "--lusha-in-process").assert_outcomes(passed=1)


HELD = """
    import os, signal, threading

    # A shell lets what it runs in the background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def test_it(lusha):
        lusha.on().delay(900)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        lusha.client.get("/account/usage", timeout=800)
"""


def test_an_interrupt_ends_the_run_at_once_and_leaves_nothing(run_apart: Run) -> None:
    result = run_apart(HELD)

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*KeyboardInterrupt*"])
    assert result.duration < 400  # it did not wait for the answer, however slow the machine is


def test_a_run_leaves_no_thread_no_socket_and_no_file(run_apart: Run) -> None:
    result = run_apart(
        """
        import gc, threading
        import httpx, pytest, requests

        @pytest.mark.parametrize("number", range(3))
        def test_it(lusha, number, monkeypatch):
            lusha.patch_env(monkeypatch)
            lusha.intercept()
            headers = {"api_key": "any"}
            assert httpx.get("https://api.lusha.com/account/usage", headers=headers).status_code == 200
            assert requests.get("https://api.lusha.com/account/usage", headers=headers).status_code == 200
            assert lusha.client.get("/account/usage").status_code == 200

        def test_after(pytestconfig):
            gc.collect()
            assert [t.name for t in threading.enumerate()] == ["MainThread", "mock-lusha"]
            pytestconfig.add_cleanup(lambda: print("left:", [t.name for t in threading.enumerate()]))
    """,
        "-s",
    )

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["left: [[]'MainThread'[]]"])


def test_a_subprocess_is_pointed_at_the_double(run_apart: Run) -> None:
    result = run_apart("""
        import os, subprocess, sys

        CODE = '''
        import os, urllib.request
        request = urllib.request.Request(os.environ["LUSHA_API_URL"] + "/account/usage")
        request.add_header("api_key", os.environ["LUSHA_API_KEY"])
        print(urllib.request.urlopen(request).status)
        '''.replace("        ", "")

        def test_it(lusha, monkeypatch):
            told = subprocess.run([sys.executable, "-c", CODE], env={**os.environ, **lusha.env}, capture_output=True, text=True)
            assert told.stdout == "200\\n", told.stderr
            assert lusha.env["LUSHA_BASE_URL"] == lusha.url
            lusha.patch_env(monkeypatch)
            assert os.environ["LUSHA_API_KEY"] == lusha.api_key
            lusha.calls.assert_called("getAccountUsageStats", times=1)
    """)

    result.assert_outcomes(passed=1)
