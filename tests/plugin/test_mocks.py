"""Interception beside libraries that mock: begun before, after and inside each, and ended in any order."""

# ruff: noqa: E501 - suites in strings read as they are written

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Run = Callable[..., pytest.RunResult]

HEAD = """
    import httpx, httpx2, pytest, requests

    API = "https://api.lusha.com/account/usage"
    OTHER = "https://api.lusha.com/v2/company?domain=acme.com"
    KEY = {"api_key": "any"}

    def status(lib=httpx, url=API):
        return lib.get(url, headers=KEY, timeout=5).status_code
"""
RESPX = """
    import respx

    def test_after(lusha):
        with lusha.intercept():
            with respx.mock as router:
                router.get(API).respond(299)
                assert status() == 299
                with pytest.raises(respx.models.AllMockedAssertionError):
                    status(url=OTHER)
                router.route(host="api.lusha.com").pass_through()
                assert status(url=OTHER) == 200
            assert status() == 200
        assert lusha.calls.count() == 2

    def test_before(lusha):
        with respx.mock(assert_all_called=False) as router:
            router.get(API).respond(299)
            assert status() == 299
            with lusha.intercept():
                assert status() == 200
            assert status() == 299
        with pytest.raises(Exception, match="BLOCKED"):
            status()

    def test_the_fixture(respx_mock, lusha):
        respx_mock.get(API).respond(299)
        assert status() == 299
        with lusha.intercept():
            assert status() == 200
        assert status() == 299

    def test_its_mock_is_ended_first_and_last(lusha):
        for first in ("respx", "lusha"):
            router = respx.mock(assert_all_called=False)
            router.start()
            router.get(API).respond(299)
            interception = lusha.intercept()
            assert status() == 200
            if first == "respx":
                router.stop()
                assert status() == 200
                interception.stop()
            else:
                interception.stop()
                assert status() == 299
                router.stop()
            with pytest.raises(Exception, match="BLOCKED"):
                status()

    def test_many_times(lusha):
        for _ in range(20):
            with respx.mock(assert_all_called=False) as router:
                router.get(API).respond(299)
                first = lusha.intercept()
                with respx.mock(assert_all_called=False):
                    second = lusha.intercept()
                    first.stop()
                    assert status() == 200
                second.stop()
                assert status() == 299

    @respx.mock
    async def run(lusha):
        respx.get(API).respond(299)
        async with httpx.AsyncClient(headers=KEY) as client:
            seen = [(await client.get(API)).status_code]
            with lusha.intercept():
                seen.append((await client.get(API)).status_code)
        return seen

    def test_async(lusha):
        import asyncio
        assert asyncio.run(run(lusha)) == [299, 200]
"""
PYTEST_HTTPX = """
    def test_before(httpx_mock, lusha):
        httpx_mock.add_response(status_code=299, is_reusable=True)
        assert status() == 299
        with lusha.intercept():
            assert status() == 200
        assert status() == 299

    def test_after(lusha, request):
        with lusha.intercept():
            assert status() == 200
            httpx_mock = request.getfixturevalue("httpx_mock")
            httpx_mock.add_response(status_code=299, is_reusable=True)
            assert status() == 299
        assert status() == 299

    @pytest.mark.httpx_mock(should_mock=lambda request: request.url.host != "api.lusha.com")
    def test_what_it_lets_through(lusha, request):
        lusha.intercept()
        httpx_mock = request.getfixturevalue("httpx_mock")
        httpx_mock.add_response(status_code=299)
        assert (status(), status(url="https://example.test/")) == (200, 299)

    def test_nothing_is_left(lusha):
        with pytest.raises(Exception, match="BLOCKED"):
            status()
"""
VCR = """
    import vcr

    # What it leaves open or deprecates itself is not ours to judge.
    pytestmark = pytest.mark.filterwarnings("default")
    LIBRARIES = pytest.mark.parametrize("lib", [httpx, httpx2, requests])

    @LIBRARIES
    def test_after(lib, lusha, tmp_path):
        path = str(tmp_path / "it.yaml")
        for _ in range(2):
            with lusha.intercept(), vcr.use_cassette(path) as cassette:
                assert status(lib) == 200
        assert [each.uri for each in cassette.requests] == [API]
        assert lusha.calls.count() == 1
        with vcr.use_cassette(path, record_mode="none"):
            assert status(lib) == 200
        assert lusha.calls.count() == 1
        with lusha.intercept():
            assert status(lib) == 200
        assert lusha.calls.count() == 2

    @LIBRARIES
    def test_before(lib, lusha, tmp_path):
        with vcr.use_cassette(str(tmp_path / "it.yaml")) as cassette:
            with lusha.intercept():
                assert status(lib) == 200
            assert len(cassette) == (1 if lib is requests else 0)
        assert lusha.calls.count() == 1
        with lusha.intercept():
            assert status(lib) == 200
        assert lusha.calls.count() == 2

    @LIBRARIES
    def test_it_does_not_record_the_real_api(lib, lusha, tmp_path):
        with vcr.use_cassette(str(tmp_path / "it.yaml")) as cassette, pytest.raises(Exception, match="BLOCKED"):
            status(lib)
        assert len(cassette) == 0
"""
RESPONSES = """
    import responses

    @responses.activate
    def test_before(lusha):
        responses.get(API, status=299)
        with lusha.intercept():
            assert status(requests) == 299
            with pytest.raises(requests.ConnectionError):
                status(requests, OTHER)
            responses.add_passthru("https://api.lusha.com/v2")
            assert status(requests, OTHER) == 200
            assert status() == 200
        assert status(requests) == 299

    def test_after(lusha):
        with lusha.intercept():
            with responses.RequestsMock() as mock:
                mock.get(API, status=299)
                assert status(requests) == 299
            assert status(requests) == 200

    def test_nothing_is_left(lusha):
        with pytest.raises(Exception, match="BLOCKED"):
            status(requests)
"""
REQUESTS_MOCK = """
    def test_before(requests_mock, lusha):
        requests_mock.get(API, status_code=299)
        with lusha.intercept():
            assert status(requests) == 299
            assert status() == 200
        assert status(requests) == 299

    def test_after(lusha):
        import requests_mock
        with lusha.intercept():
            with requests_mock.Mocker(real_http=True) as mock:
                mock.get(API, status_code=299)
                assert (status(requests), status(requests, OTHER)) == (299, 200)
            assert status(requests) == 200
"""
PLUGINS = ("respx.plugin", "pytest_httpx", "requests_mock.contrib._pytest_plugin")


def test_each_has_what_began_before_it(run_apart: Run, pytester: pytest.Pytester) -> None:
    others = {
        "test_respx": RESPX,
        "test_pytest_httpx": PYTEST_HTTPX,
        "test_responses": RESPONSES,
        "test_requests_mock": REQUESTS_MOCK,
    }
    pytester.makepyfile(**{name: HEAD + source for name, source in others.items()})

    result = run_apart(HEAD + VCR, plugins=PLUGINS)

    result.assert_outcomes(passed=24)
