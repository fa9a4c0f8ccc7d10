"""``LushaTestCase`` in somebody else's suite, under unittest and under pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unittest
from typing import TYPE_CHECKING, ClassVar

import pytest
from client.handles import servers

from mock_lusha import Control, LushaTestCase, MockServer, Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ran = Callable[[str], tuple[dict[str, int], str]]

RUNNERS = {
    "unittest": ["unittest"],
    "pytest": ["pytest", "-p", "no:cacheprovider", "-p", "pytest_mock_lusha.plugin"],
}
SUITE = """
import unittest
from mock_lusha import LushaTestCase

COMPANY = "/v2/company?domain=acme.com"
KEYS = set()


class SyncTest(LushaTestCase):
    lusha_settings = {"plan": "pro", "people": 0, "companies": 1}

    def setUp(self):  # does not call super
        self.status = self.lusha.client.get(COMPANY).status_code
        KEYS.add(self.lusha.api_key)

    def tearDown(self):
        if "breaks_at_its_end" in self.id():
            raise ValueError("torn")

    def test_one(self):
        self.assertEqual(self.status, 200)
        self.assertEqual(self.lusha.ledger.spent, 1)
        self.assertEqual(self.lusha.control.accounts()["plan"], "pro")
        self.assertEqual(self.lusha.control.accounts()["label"], self.id())

    def test_two_has_an_account_of_its_own(self):
        self.assertEqual(self.lusha.ledger.spent, 1)
        self.assertEqual(len(KEYS), len(set(KEYS)))

    def test_fails(self):
        self.lusha.on("getAccountUsageStats").fail(503)
        self.assertEqual(self.lusha.client.get("/account/usage").status_code, 200)

    def test_fails_in_a_part(self):
        with self.subTest("part"):
            self.fail("in part")

    def test_breaks_at_its_end(self):
        pass

    def test_rule_fired_less_often(self):
        self.lusha.on("getAccountUsageStats").fail(503, times=2)
        self.lusha.client.get("/account/usage")

    @unittest.skip("not now")
    def test_skipped(self):
        raise AssertionError

    def test_skips_itself(self):
        self.skipTest("later")

    @unittest.expectedFailure
    def test_expected(self):
        self.fail()


class LetOffTest(LushaTestCase):
    lusha_verify = False
    lusha_settings = {"people": 0, "companies": 1}

    def test_rule_fired_less_often(self):
        self.lusha.on("getAccountUsageStats").fail(503, times=2)


class AsyncTest(LushaTestCase, unittest.IsolatedAsyncioTestCase):
    lusha_settings = {"people": 0, "companies": 1}

    async def asyncSetUp(self):
        self.status = (await self.lusha.async_client.get(COMPANY)).status_code

    async def test_one(self):
        self.assertEqual(self.status, 200)

    async def test_fails(self):
        self.assertEqual((await self.lusha.async_client.get("/v9")).status_code, 200)
"""


@pytest.fixture(params=RUNNERS)
def ran(request: pytest.FixtureRequest, tmp_path: Path) -> Ran:
    """Runs a suite in a process of its own: how many of its tests came to what, and what was said."""

    def run(source: str) -> tuple[dict[str, int], str]:
        (tmp_path / "test_suite.py").write_text(source, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", *RUNNERS[request.param], "test_suite.py"],
            cwd=tmp_path,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = done.stdout + done.stderr
        counts = {
            name: int(number) for number, name in re.findall(r"(\d+) (passed|failed|skipped|xfailed)", said)
        }
        if request.param == "unittest":
            ended = said.rpartition("FAILED")[2] or said.rpartition("OK")[2]
            counts = {name.strip(): int(number) for name, number in re.findall(r"([a-z ]+)=(\d+)", ended)}
            counts["failed"] = counts.pop("failures", 0) + counts.pop("errors", 0)
        return counts, said

    return run


def test_each_test_has_a_handle_and_a_failure_has_its_report(ran: Ran) -> None:
    counts, said = ran(SUITE)

    assert counts["failed"] == 5, said
    assert counts["skipped"] == 2
    for line in (
        # of a test, a part, an end, an async test
        " GET /account/usage -> 503, unavailable, rule added/rule-1#1",
        "refused with 503 unavailable",
        "no operation is served at GET /v9",
        "the rule added/rule-1 fired 1 of 2 times: 1 call met its conditions (getAccountUsageStats: unava",
    ):
        assert line in said
    assert said.count("GET /v2/company?domain=acme.com -> 200, 1 credit") >= 4
    for failure in ("in part", "torn"):
        assert re.search(rf"{failure}\n(?:E +)?1 call:\n", said), said


def test_a_test_that_passes_says_nothing(ran: Ran) -> None:
    counts, said = ran("""
from mock_lusha import LushaTestCase

class QuietTest(LushaTestCase):
    lusha_settings = {"people": 0, "companies": 1}

    def test_it(self):
        self.assertEqual(self.lusha.client.get("/account/usage").status_code, 200)
""")

    assert counts["failed" if "failed" in counts else "passed"] in {0, 1}
    assert "GET /account/usage" not in said
    assert "FAILED" not in said


LIVE = """
import unittest
from urllib.request import Request, urlopen

from mock_lusha import LushaTestCase
from mock_lusha.client.intercept.targets import BlockedError

SMALL = {"people": 0, "companies": 1}
asked = []

def call():
    request = Request("https://api.lusha.com/account/usage", headers={"api_key": "any"})
    return urlopen(request, timeout=5).status

class RefusedTest(LushaTestCase):
    lusha_settings = SMALL

    def setUp(self):
        self.addCleanup(self.refused)

    def refused(self):
        with self.assertRaisesRegex(BlockedError, "BLOCKED: .*test_it called api.lusha.com.*lusha_intercept"):
            call()

    def test_it(self):
        self.refused()
        self.assertEqual(self.lusha.blocked, ["api.lusha.com"])
        with self.lusha.intercept():
            self.assertEqual(call(), 200)

class InterceptedTest(LushaTestCase):
    lusha_settings = SMALL
    lusha_intercept = True

    def test_it(self):
        self.assertEqual(call(), 200)
        self.lusha.calls.assert_called("getAccountUsageStats", times=1)

class AllowedTest(LushaTestCase):
    lusha_settings = SMALL
    lusha_allow_live = True

    def test_it(self):
        import _socket
        real, _socket.getaddrinfo = _socket.getaddrinfo, lambda host, *args: asked.append(host)
        try:
            with self.assertRaises(Exception):
                call()
        finally:
            _socket.getaddrinfo = real
        self.assertEqual(asked, ["api.lusha.com"])
"""


def test_the_real_api_is_refused_unless_the_class_says_otherwise(ran: Ran) -> None:
    counts, said = ran(LIVE)

    assert counts.get("failed", 0) == 0, said
    assert "3 passed" in said or "Ran 3 tests" in said


def quiet() -> type[LushaTestCase]:
    """A test case that pytest does not find by itself."""

    class Quiet(LushaTestCase):
        lusha_settings: ClassVar = {"people": 0, "companies": 1}

        def test_it(self) -> None:
            self.lusha.client.get("/account/usage")

    return Quiet


def results(cls: type[unittest.TestCase], name: str) -> unittest.TestResult:
    result = unittest.TestResult()
    unittest.TestSuite([cls(name)]).run(result)
    return result


def test_the_server_of_a_class_ends_with_it() -> None:
    before = servers()

    result = results(quiet(), "test_it")

    assert result.wasSuccessful(), result.errors
    assert servers() == before


@pytest.mark.parametrize("strict", [False, True])
def test_a_server_that_is_given_is_used_and_left_as_it_was_found(strict: bool) -> None:
    settings = Settings(port=0, limits="headers", people=0, companies=1, strict_keys=strict)
    with MockServer(settings) as double, Control(double.url) as control:
        for server in (double, double.url):

            class Given(LushaTestCase):
                lusha_server: ClassVar = server
                lusha_settings: ClassVar = {"plan": "free"}

                def test_it(self) -> None:
                    assert self.lusha.client.get("/account/usage").status_code == 200
                    assert self.lusha.control.accounts()["plan"] == "free"

            result = results(Given, "test_it")

            assert result.wasSuccessful(), result.errors + result.failures
            assert control.health()["exchanges"] == 0
            assert control.accounts() == {"accounts": []}
