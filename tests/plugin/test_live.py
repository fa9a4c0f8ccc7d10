"""A test that uses the double does not reach the real API, unless it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., pytest.RunResult]

# Nothing of these suites may reach the network: whatever is not refused is looked up here, and noted.
FENCE = """
    import socket, sys
    import pytest

    asked = []

    @pytest.fixture(autouse=True, scope="session")
    def fence():
        real = sys.modules["_socket"].getaddrinfo

        def look_up(host, *args):
            if host in ("127.0.0.1", b"127.0.0.1", "localhost"):
                return real(host, *args)
            asked.append(host)
            raise socket.gaierror(socket.EAI_NONAME, "fenced")

        sys.modules["_socket"].getaddrinfo = look_up
        yield
        sys.modules["_socket"].getaddrinfo = real

    @pytest.fixture
    def reached():
        asked.clear()
        return asked
"""
WAYS = """
    import asyncio, http.client, socket, urllib.request
    import aiohttp, httpx, httpx2, pytest, requests, urllib3

    HOST = "api.lusha.com"
    URL = "https://api.lusha.com/account/usage"
    KEY = {"api_key": "any"}

    async def by_aiohttp():
        async with aiohttp.ClientSession() as session, session.get(URL, headers=KEY) as answer:
            return answer.status

    async def by_async_httpx(lib):
        async with lib.AsyncClient() as client:
            return (await client.get(URL, headers=KEY)).status_code

    def by_http_client():
        connection = http.client.HTTPSConnection(HOST, timeout=5)
        try:
            connection.request("GET", "/account/usage", headers=KEY)
            return connection.getresponse().read() and 200
        finally:
            connection.close()

    CLIENTS = {
        "httpx": lambda: httpx.get(URL, headers=KEY).status_code,
        "httpx, async": lambda: asyncio.run(by_async_httpx(httpx)),
        "httpx2": lambda: httpx2.get(URL, headers=KEY).status_code,
        "httpx2, async": lambda: asyncio.run(by_async_httpx(httpx2)),
        "requests": lambda: requests.get(URL, headers=KEY, timeout=5).status_code,
        "urllib3": lambda: urllib3.request("GET", URL, headers=KEY, retries=False).status,
        "aiohttp": lambda: asyncio.run(by_aiohttp()),
        "urllib": lambda: urllib.request.urlopen(urllib.request.Request(URL, headers=KEY), timeout=5).status,
        "http.client": by_http_client,
    }
    SOCKETS = {
        "create_connection": lambda: socket.create_connection((HOST, 443), 5),
        "getaddrinfo": lambda: socket.getaddrinfo(HOST, 443),
        "asyncio": lambda: asyncio.run(asyncio.open_connection(HOST, 443)),
    }
"""


@pytest.fixture
def fenced(run: Run) -> Run:
    """Runs a suite that has the clients above, and a fence around it."""
    return lambda source, *arguments, ini="": run(WAYS + source, *arguments, conftest=FENCE, ini=ini)


REFUSED = """
    @pytest.mark.parametrize("name", [*CLIENTS, *SOCKETS])
    def test_it(name, lusha, reached):
        with pytest.raises(Exception) as caught:
            {**CLIENTS, **SOCKETS}[name]()
        told = str(caught.value)
        assert told.startswith(f"BLOCKED: test_suite.py::test_it[{name}] called api.lusha.com"), told
        assert "use lusha.intercept()" in told and "--lusha-allow-live" in told
        assert (reached, lusha.blocked) == ([], ["api.lusha.com"])

    def test_the_site(lusha, reached):
        with pytest.raises(Exception, match="called www.lusha.com"):
            requests.get("https://www.lusha.com/", timeout=5)
        assert reached == []
"""


def test_the_real_api_is_refused_with_the_name_of_the_test_before_it_is_looked_up(fenced: Run) -> None:
    result = fenced(REFUSED)

    result.assert_outcomes(passed=13)
    result.stdout.fnmatch_lines(["BLOCKED: 13 calls to api.lusha.com, www.lusha.com"])


NOT_AFFECTED = """
    @pytest.fixture(name="own")
    def lusha_of_ones_own():
        return "a client of the real API"

    @pytest.mark.parametrize("name", SOCKETS)
    def test_it(name, reached):
        with pytest.raises(socket.gaierror, match="fenced"):
            SOCKETS[name]()
        assert reached == [HOST]

    def test_between(lusha):
        assert lusha.client.get("/account/usage").status_code == 200

    @pytest.mark.parametrize("name", SOCKETS)
    def test_after(name, reached):
        test_it(name, reached)

    class TestOwn:
        @pytest.fixture
        def lusha(self):
            return "a client of the real API"

        @pytest.mark.parametrize("name", SOCKETS)
        def test_it(self, name, lusha, reached):
            test_it(name, reached)
"""


def test_a_test_that_does_not_use_the_double_is_not_affected(fenced: Run) -> None:
    fenced(NOT_AFFECTED).assert_outcomes(passed=10)


ALLOWED = """
    @pytest.mark.parametrize("name", SOCKETS)
    def test_it(name, lusha, reached):
        with pytest.raises(socket.gaierror, match="fenced"):
            SOCKETS[name]()
        assert reached == [HOST]
        assert lusha.blocked == []
"""


def test_it_is_let_through_where_that_is_said(fenced: Run) -> None:
    fenced(ALLOWED, "--lusha-allow-live").assert_outcomes(passed=3)


EARLY_AND_LATE = """
    @pytest.fixture
    def early():
        with pytest.raises(Exception, match="BLOCKED: test_suite.py::test_it called"):
            SOCKETS["create_connection"]()

    @pytest.fixture
    def late():
        yield
        with pytest.raises(Exception, match="BLOCKED: test_suite.py::test_it called"):
            SOCKETS["create_connection"]()

    def test_it(early, late, lusha, reached):
        assert reached == []

    def test_asked_for_in_the_middle(request, reached):
        with pytest.raises(socket.gaierror, match="fenced"):
            SOCKETS["create_connection"]()
        lusha = request.getfixturevalue("lusha")
        with pytest.raises(Exception, match="BLOCKED: test_suite.py::test_asked"):
            SOCKETS["create_connection"]()
        with lusha.intercept():
            assert CLIENTS["requests"]() == 200
        with pytest.raises(Exception, match="BLOCKED: test_suite.py::test_asked"):
            CLIENTS["requests"]()
"""


def test_its_fixtures_are_refused_too_and_so_is_who_asks_for_it_in_the_middle(fenced: Run) -> None:
    fenced(EARLY_AND_LATE).assert_outcomes(passed=2)


INTERCEPTED = """
    @pytest.mark.lusha(intercept=True)
    @pytest.mark.parametrize("name", CLIENTS)
    def test_it(name, lusha, reached):
        assert CLIENTS[name]() == 200
        lusha.calls.assert_called("getAccountUsageStats", times=1)
        assert reached == []
"""


@pytest.mark.parametrize("arguments", [(), ("--lusha-in-process",)], ids=["socket", "in process"])
def test_a_mark_intercepts(arguments: tuple[str, ...], fenced: Run) -> None:
    fenced(INTERCEPTED, *arguments).assert_outcomes(passed=9)


DEFAULT = """
    def test_intercepted(lusha):
        assert CLIENTS["requests"]() == 200

    @pytest.mark.lusha(intercept=False)
    def test_not(lusha):
        with pytest.raises(Exception, match="BLOCKED"):
            CLIENTS["requests"]()

    @pytest.mark.lusha(intercept=False)
    class TestNearest:
        @pytest.mark.lusha(intercept=True)
        def test_it(self, lusha):
            assert CLIENTS["httpx"]() == 200

    def test_without_the_double(reached):
        with pytest.raises(socket.gaierror, match="fenced"):
            SOCKETS["create_connection"]()
"""


def test_the_ini_file_intercepts_the_suite_and_a_mark_switches_it_off(fenced: Run) -> None:
    fenced(DEFAULT, ini="lusha_intercept = true\n").assert_outcomes(passed=4)


def test_what_the_mark_takes_is_told(fenced: Run) -> None:
    result = fenced("""
    @pytest.mark.lusha(intercept="yes")
    def test_it(lusha):
        pass
    """)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*intercept of @pytest.mark.lusha is True or False, not 'yes'*"])


SHARED = """
    def test_one({fixture}, reached):
        with pytest.raises(Exception, match="BLOCKED: test_suite.py::test_one called"):
            CLIENTS["requests"]()
        assert reached == [] and {fixture}.blocked == [HOST]

    def test_without_it(reached):
        with pytest.raises(socket.gaierror, match="fenced"):
            SOCKETS["create_connection"]()

    @pytest.mark.lusha(intercept=True)
    def test_marked({fixture}):
        assert CLIENTS["requests"]() == 200
        {fixture}.calls.assert_called("getAccountUsageStats", times=1)

    @pytest.mark.lusha(intercept=True)
    def test_of_two_the_nearer_is_called({fixture}, lusha):
        assert CLIENTS["requests"]() == 200
        assert (len(lusha.calls), {fixture}.calls.count()) == (1, 1)

    def test_blocked_is_its_own({fixture}, lusha):
        with pytest.raises(Exception, match="BLOCKED"):
            CLIENTS["requests"]()
        assert (lusha.blocked, {fixture}.blocked) == ([HOST], [HOST])
"""
OVERRIDDEN = """
    @pytest.fixture(scope="{scope}")
    def {fixture}({fixture}):
        return {fixture}
"""


@pytest.mark.parametrize("overridden", [False, True], ids=["the plugin's", "overridden"])
@pytest.mark.parametrize("scope", ["module", "session"])
def test_who_shares_a_handle_is_refused_or_served_and_nobody_else(
    scope: str, overridden: bool, fenced: Run
) -> None:
    source = (OVERRIDDEN if overridden else "") + SHARED

    result = fenced(source.format(scope=scope, fixture=f"lusha_{scope}"))

    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["BLOCKED: 2 calls to api.lusha.com"])


SHARED_BY_DEFAULT = """
    @pytest.fixture(scope="session")
    def resource(lusha_session):
        assert CLIENTS["requests"]() == 200
        yield lusha_session
        assert CLIENTS["requests"]() == 200
        assert lusha_session.calls.count() == 3

    def test_intercepted(resource):
        assert CLIENTS["requests"]() == 200

    @pytest.mark.lusha(intercept=False)
    def test_not(resource):
        with pytest.raises(Exception, match="BLOCKED"):
            CLIENTS["requests"]()

    def test_without_it(reached):
        with pytest.raises(socket.gaierror, match="fenced"):
            SOCKETS["create_connection"]()
"""


def test_the_ini_file_intercepts_what_shares_a_handle_until_that_has_ended(fenced: Run) -> None:
    fenced(SHARED_BY_DEFAULT, ini="lusha_intercept = true\n").assert_outcomes(passed=3)


def test_a_shared_handle_that_is_asked_for_in_the_middle_counts_for_all_that_follow(fenced: Run) -> None:
    result = fenced("""
    @pytest.mark.parametrize("time", [1, 2])
    def test_it(request, time, reached):
        request.getfixturevalue("lusha_session")
        with pytest.raises(Exception, match="BLOCKED: test_suite.py::test_it.* called"):
            SOCKETS["create_connection"]()
        assert reached == []
    """)

    result.assert_outcomes(passed=2)


CASES = """
    from mock_lusha import LushaTestCase

    class CaseTest(LushaTestCase):
        lusha_settings = {"people": 0, "companies": 1}

        @pytest.mark.lusha(intercept=True)
        def test_marked(self):
            assert CLIENTS["requests"]() == 200
            self.lusha.calls.assert_called("getAccountUsageStats", times=1)

        def test_not(self):
            with pytest.raises(socket.gaierror, match="fenced"):
                SOCKETS["create_connection"]()
"""


def test_what_is_said_to_pytest_holds_for_test_cases_too(fenced: Run) -> None:
    fenced(CASES, "--lusha-allow-live").assert_outcomes(passed=2)
