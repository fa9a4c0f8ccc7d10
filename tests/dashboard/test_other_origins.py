"""What a page of another origin can do in a real browser: nothing, unless the server names its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from dashboard.browser import started
from raw_http import running
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from mock_lusha import MockServer, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

CALLS = """async ([url]) => {
  const call = async (path, init) => {
    try {
      const answer = await fetch(url + path, init);
      return [answer.status, answer.headers.get("x-rate-limit-daily") !== null, typeof (await answer.json())];
    } catch (error) {
      return error.name;
    }
  };
  const headers = {api_key: "k", "Content-Type": "application/json"};
  const body = JSON.stringify({companies: [{domain: "acme.com"}]});
  const failing = name => ({headers: {...headers, "x-mock-lusha-scenario": name}});
  return {
    paid: await call("/v3/companies/search-and-enrich", {method: "POST", headers, body}),
    keyless: await call("/v3/account/usage"),
    refused: await call("/v3/account/usage", failing("insufficient-credits")),
    limited: await call("/v3/account/usage", failing("daily-quota")),
    steered: await call("/_mock/clock?account=k", {method: "PATCH", headers, body: '{"advance": 60}'}),
    told: await call("/_mock/accounts"),
  };
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[tuple[str, Page]]:
    """An origin of somebody else's page, and the page, opened."""

    async def empty(_: Any) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>An application</title>")

    with running(Starlette(routes=[Route("/", empty)])) as site, started() as browser:
        origin = f"http://localhost:{site.port}"
        page = browser.new_page()
        page.goto(origin)
        yield origin, page


def test_a_page_of_an_origin_that_is_named_calls_reads_and_steers(page: tuple[str, Page]) -> None:
    origin, tab = page
    with MockServer(Settings(port=0, people=0, companies=1, cors=(origin,))) as server:
        results = tab.evaluate(CALLS, [server.url])

    assert results == {
        "paid": [200, True, "object"],
        "keyless": [401, False, "object"],
        "refused": [402, True, "object"],
        "limited": [429, True, "object"],
        "steered": [200, False, "object"],
        "told": [200, False, "object"],
    }


@pytest.mark.parametrize("cors", [(), ("http://localhost:1",)], ids=["none", "another"])
def test_a_page_of_an_origin_that_is_not_named_reads_and_changes_nothing(
    page: tuple[str, Page], cors: tuple[str, ...]
) -> None:
    _, tab = page
    with MockServer(Settings(port=0, people=0, companies=1, cors=cors)) as server:
        results = tab.evaluate(CALLS, [server.url])
        accounts = httpx.get(f"{server.url}/_mock/accounts").json()["accounts"]

    assert results == dict.fromkeys(results, "TypeError")
    assert accounts == []
