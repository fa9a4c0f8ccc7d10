"""Every error of the guide and every fault of the line, reached in each way, as two real clients see it."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
from support import RATE_HEADERS

from mock_lusha.client.control import Control
from mock_lusha.config import Settings, data_folder
from mock_lusha.errors import CATALOGUE
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

COMPANY = "/v2/company?domain=acme.com"
KEYS = (f"wire-{number:06d}" for number in count())
FACTOR = 0.002


@dataclass(frozen=True)
class Seen:
    """What a client saw: an answer, or the name of what was raised in its place."""

    status: int = 0
    headers: Any = None
    content: bytes = b""
    raised: str = ""


def by_httpx(url: str, headers: dict[str, str], timeout: float) -> Seen:
    try:
        answer = httpx.get(url, headers=headers, timeout=timeout, trust_env=False)
    except httpx.HTTPError as error:
        return Seen(raised=type(error).__name__)
    return Seen(answer.status_code, answer.headers, answer.content)


def by_requests(url: str, headers: dict[str, str], timeout: float) -> Seen:
    try:
        answer = requests.get(url, headers=headers, timeout=timeout)
    except requests.RequestException as error:
        return Seen(raised=type(error).__name__)
    return Seen(answer.status_code, answer.headers, answer.content)


CLIENTS: dict[str, Callable[[str, dict[str, str], float], Seen]] = {
    "httpx": by_httpx,
    "requests": by_requests,
}


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario for each fault."""
    folder = tmp_path_factory.mktemp("stories")
    for name, respond in FAULTS.items():
        story = {"name": name, "rules": [{"respond": respond}]}
        (folder / f"{name}.yaml").write_text(json.dumps(story), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def common(stories: Path) -> Iterator[MockServer]:
    """A server without a scenario of its own."""
    with MockServer(Settings(port=0, scenarios=stories, limits="headers", delay_factor=FACTOR)) as server:
        yield server


def call_by_header(common: MockServer, stories: Path, name: str, client: str, timeout: float) -> Seen:
    headers = {"api_key": next(KEYS), "x-mock-lusha-scenario": name}
    return CLIENTS[client](common.url + COMPANY, headers, timeout)


def call_by_account(common: MockServer, stories: Path, name: str, client: str, timeout: float) -> Seen:
    key = next(KEYS)
    with Control(common.url, account=key) as control:
        control.scenario(name)
    return CLIENTS[client](common.url + COMPANY, {"api_key": key}, timeout)


def call_by_server(common: MockServer, stories: Path, name: str, client: str, timeout: float) -> Seen:
    settings = Settings(
        port=0, scenarios=stories, scenario=name, limits="headers", people=0, companies=1, delay_factor=FACTOR
    )
    with MockServer(settings) as server:
        return CLIENTS[client](server.url + COMPANY, {"api_key": next(KEYS)}, timeout)


WAYS = {"server": call_by_server, "account": call_by_account, "header": call_by_header}
ways = pytest.mark.parametrize("way", WAYS)
clients = pytest.mark.parametrize("client", CLIENTS)

# The rows of the guide's table: scenario -> status.
GUIDE = {
    "bad-request": 400,
    "unauthorized": 401,
    "insufficient-credits": 402,
    "inactive-account": 403,
    "plan-restricted": 403,
    "not-found": 404,
    "bad-full-name": 412,
    "trial-ended": 429,
    "daily-quota": 429,
    "hourly-limit": 429,
    "gdpr": 451,
    "client-timeout": 499,
    "server-error": 500,
    "bad-gateway": 502,
    "unavailable": 503,
    "gateway-timeout": 504,
}


@ways
@clients
@pytest.mark.parametrize("name", GUIDE)
def test_an_error_of_the_guide_arrives(
    name: str, client: str, way: str, common: MockServer, stories: Path
) -> None:
    seen = WAYS[way](common, stories, name, client, 5)

    assert seen.status == GUIDE[name] == CATALOGUE[name].status
    body = json.loads(seen.content)
    assert body["statusCode"] == seen.status
    assert body["error"]["code"] == CATALOGUE[name].status
    if "{" not in CATALOGUE[name].message:
        assert body["message"] == CATALOGUE[name].message
    rate = {header for header in map(str.lower, seen.headers) if header in RATE_HEADERS}
    assert len(rate) == (0 if seen.status == 401 else 9)
    assert ("X-RateLimit-Reset-Daily" in seen.headers) is (seen.status == 429)
    assert "Retry-After" not in seen.headers
    spent = {"daily-quota": "daily", "hourly-limit": "hourly"}.get(name)
    if spent is not None:
        assert seen.headers[f"x-{spent}-requests-left"] == "0"
        assert "Reset in " in body["message"]


@ways
@clients
def test_the_fourth_call_of_a_burst_is_too_many(
    client: str, way: str, common: MockServer, stories: Path
) -> None:
    statuses = []
    key = next(KEYS)
    headers = {"api_key": key}
    settings = Settings(port=0, limits="headers", people=0, companies=1, scenario="per-second-burst")
    with MockServer(settings) as own, Control(common.url, account=key) as control:
        if way == "account":
            control.scenario("per-second-burst")
        elif way == "header":
            headers["x-mock-lusha-scenario"] = "per-second-burst"
        url = own.url if way == "server" else common.url
        statuses = [CLIENTS[client](url + COMPANY, headers, 5).status for _ in range(5)]

    assert statuses == [200, 200, 200, 429, 200]


# Faults of the line: what happens, as a scenario's `respond`.
FAULTS: dict[str, dict[str, Any]] = {
    "line-cut-before-headers": {"fault": "cut-before-headers"},
    "line-cut-mid-body": {"fault": "cut-mid-body"},
    "line-truncated": {"fault": "truncated-json"},
    "line-malformed": {"fault": "malformed-json"},
    "line-empty": {"fault": "empty-body"},
    "line-html": {"fault": "wrong-content-type"},
    "line-doubled": {"fault": "duplicated"},
    "line-late": {"delay": 3_600},
    "line-trickle": {"bytes_per_second": 50_000},
    "line-own-status": {"status": 507, "body": {"full": True}, "headers": {"X-Disk": 1}},
    "line-own-text": {"status": 200, "body": "<p>maintenance</p>", "content_type": "text/html"},
    "line-patched": {"patch": {"data": {"name": "Patched", "employees": None}}},
    "line-uniform": {"delay": {"uniform": [0.1, 0.5]}},
    "line-lognormal": {"delay": {"lognormal": {"p50": 0.1, "p99": 0.5}}},
}
RAISED = {
    ("line-cut-before-headers", "httpx"): {"RemoteProtocolError"},
    ("line-cut-before-headers", "requests"): {"ConnectionError"},
    ("line-cut-mid-body", "httpx"): {"RemoteProtocolError"},
    ("line-cut-mid-body", "requests"): {"ChunkedEncodingError"},
    ("line-late", "httpx"): {"ReadTimeout"},
    ("line-late", "requests"): {"ReadTimeout"},
}


@ways
@clients
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_line_is_met(
    name: str, client: str, way: str, common: MockServer, stories: Path
) -> None:
    seen = WAYS[way](common, stories, name, client, 0.5 if name == "line-late" else 5)

    if (name, client) in RAISED:
        assert seen.raised in RAISED[name, client]
        return
    assert seen.raised == ""
    if name == "line-own-status":
        assert (seen.status, json.loads(seen.content)) == (507, {"full": True})
        assert seen.headers["X-Disk"] == "1"
        return
    assert seen.status == 200
    if name in {"line-truncated", "line-malformed", "line-doubled"}:
        assert seen.headers["content-type"].startswith("application/json")
        with pytest.raises(ValueError, match=r"line 1 column \d+|Extra data"):
            json.loads(seen.content)
        assert seen.content.startswith(b'{"data"')
    elif name == "line-empty":
        assert seen.content == b""
    elif name in {"line-html", "line-own-text"}:
        assert seen.headers["content-type"].startswith("text/html")
        assert seen.content.startswith(b"<")
    else:
        data = json.loads(seen.content)["data"]
        assert data["name"] == ("Patched" if name == "line-patched" else "Acme")
        assert ("employees" in data) is (name != "line-patched")


def test_every_error_of_the_catalogue_has_its_row_or_says_why_not() -> None:
    elsewhere = {
        "no-api-key",  # a gateway's, in the shipped scenarios
        "datapoint-restricted",
        "dnc-restricted",
        "minute-limit",
        "payload-too-large",
        "bad-key-format",  # of v3, in tests/api/v3/test_keys.py
        "visits-restricted",  # in tests/api/v3/test_website_visits.py
        "identity-unavailable",  # in tests/api/v3/test_signal_scores.py
        "retired",  # in tests/http/test_retirement.py
        "dedupe-session-invalid",  # of lookalikes, in tests/api/v3/test_lookalikes.py
        *("table-not-found", "column-not-found", "table-name-conflict"),  # in tests/api/v3/test_tables.py
        *("subscription-limit", "opt-out-exists"),  # in tests/api/v3/test_subscriptions.py
        "secret-not-found",  # in tests/api/v3/test_subscription_tests.py
        "not-implemented",
        "too-many-requests",  # a burst
    }

    assert CATALOGUE.keys() - GUIDE.keys() == elsewhere


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_any_error_of_the_catalogue_can_be_asked_for_by_name(name: str, common: MockServer) -> None:
    key = next(KEYS)
    with Control(common.url, account=key) as control:
        control.scenario({"name": "any", "rules": [{"respond": name}]})

    assert by_httpx(common.url + COMPANY, {"api_key": key}, 5).status == CATALOGUE[name].status


def test_a_header_of_a_rule_takes_the_place_of_the_answers_own(common: MockServer) -> None:
    key = next(KEYS)
    with Control(common.url, account=key) as control:
        control.scenario({"name": "told", "rules": [{"respond": {"headers": {"X-Hourly-Requests-Left": 0}}}]})

    seen = by_requests(common.url + COMPANY, {"api_key": key}, 5)

    assert seen.headers["x-hourly-requests-left"] == "0"


# Two accounts at one time


def driven(server: MockServer, key: str, calls: int) -> list[int]:
    with httpx.Client(base_url=server.url, headers={"api_key": key}, trust_env=False, timeout=20) as client:
        return [
            client.get("/v2/person", params={"email": f"jane.no{i}@acme.com"}).status_code
            for i in range(calls)
        ]


def both(calls: int) -> tuple[list[int], list[int]]:
    settings = Settings(port=0, limits="headers", delay_factor=0.001, people=0, companies=1)
    with MockServer(settings) as server, ThreadPoolExecutor(2) as pool:
        for key, scenario in (("stormy", "brownout"), ("calm", "happy")):
            with Control(server.url, account=key) as control:
                control.scenario(scenario)
        stormy = pool.submit(driven, server, "stormy", calls)
        calm = pool.submit(driven, server, "calm", calls)
        return stormy.result(), calm.result()


def test_one_account_browns_out_the_same_way_twice_and_another_never_sees_it() -> None:
    first, well = both(200)
    second, again = both(200)

    assert first == second
    assert set(well) == set(again) == {200}
    faults = Counter(first)
    assert faults[200] > 150
    assert 8 <= faults[500] + faults[503] <= 40
    assert faults.keys() == {200, 500, 503}


# Each shipped scenario

SHIPPED = {path.stem for path in data_folder("scenarios").glob("*.yaml")} - {"magic"}


class Walk:
    """A client of an account under one scenario."""

    def __init__(self, server: MockServer, scenario: str) -> None:
        self.key = f"wire-{scenario}"  # what is drawn depends on it
        self.server = server
        self.control = Control(server.url, account=self.key)
        self.control.scenario(scenario)

    def get(self, path: str = COMPANY, timeout: float = 5) -> Seen:
        return by_requests(self.server.url + path, {"api_key": self.key}, timeout)

    def post(self, path: str, body: Any) -> Any:
        answer = requests.post(self.server.url + path, json=body, headers={"api_key": self.key}, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def used(self) -> int:
        used: int = self.control.accounts()["credits"]["used"]
        return used


def flaky(walk: Walk) -> None:
    assert [walk.get().status for _ in range(4)] == [503, 503, 200, 200]


def per_second_burst(walk: Walk) -> None:
    assert [walk.get().status for _ in range(8)] == [200, 200, 200, 429, 200, 200, 200, 429]


def client_timeout(walk: Walk) -> None:
    assert walk.get(timeout=0.01).raised == "ReadTimeout"
    assert walk.get().status == 499
    assert walk.used() == 0


def slow_and_charged(walk: Walk) -> None:
    assert walk.get(timeout=0.01).raised in {"ReadTimeout", "ConnectionError"}
    assert walk.used() == 1
    assert walk.get().status == 200


def slow(walk: Walk) -> None:
    assert [walk.get().status for _ in range(3)] == [200, 200, 200]
    assert all(each["rules"] for each in walk.control.journal()["exchanges"])


def brownout(walk: Walk) -> None:
    assert {walk.get().status for _ in range(60)} == {200, 500, 503}


def disconnect(walk: Walk) -> None:
    raised = [walk.get().raised for _ in range(4)]
    assert raised == ["ConnectionError", "ChunkedEncodingError"] * 2


def malformed(walk: Walk) -> None:
    for _ in range(5):
        walk.get()
    kinds = [rule for each in walk.control.journal()["exchanges"] for rule in each["rules"]]
    assert {kind.partition("/")[2].partition("#")[0] for kind in kinds} == {
        "truncated-json", "malformed-json", "empty-body", "wrong-content-type", "duplicated"
    }  # fmt: skip


def out_of_credits_midway(walk: Walk) -> None:
    domains = ("acme.com", "other.com", "third.com", "fourth.com")
    assert walk.get("/account/usage").status == 200
    assert [walk.get(f"/v2/company?domain={domain}").status for domain in domains] == [200, 200, 402, 402]


def erased_between(walk: Walk) -> None:
    found = walk.post(
        "/prospecting/contact/search", {"filters": {"contacts": {"include": {"departments": ["Sales"]}}}}
    )
    ids = [person["contactId"] for person in found["data"]][:3]
    rows = walk.post("/prospecting/contact/enrich", {"requestId": found["requestId"], "contactIds": ids})[
        "contacts"
    ]
    assert [row["isSuccess"] for row in rows] == [False, True, True]
    walk.control.end_scenario()
    again = walk.post(
        "/prospecting/contact/search", {"filters": {"contacts": {"include": {"departments": ["Sales"]}}}}
    )
    assert again["totalResults"] == found["totalResults"] - 1


def happy(walk: Walk) -> None:
    assert [walk.get().status for _ in range(3)] == [200, 200, 200]


def refused(walk: Walk) -> None:
    name = walk.control.scenarios()["account"]["name"]
    kind = CATALOGUE[name]
    for path in (COMPANY, "/account/usage", "/prospecting/filters/contacts/departments"):
        seen = walk.get(path)
        assert seen.status == kind.status
        assert json.loads(seen.content)["error"]["code"] == kind.status
    assert walk.used() == 0


STORIES: Mapping[str, Callable[[Walk], None]] = {
    "flaky": flaky,
    "per-second-burst": per_second_burst,
    "client-timeout": client_timeout,
    "slow-and-charged": slow_and_charged,
    "slow": slow,
    "brownout": brownout,
    "disconnect": disconnect,
    "malformed": malformed,
    "out-of-credits-midway": out_of_credits_midway,
    "erased-between-search-and-enrich": erased_between,
    "happy": happy,
} | dict.fromkeys((SHIPPED & CATALOGUE.keys()) - {"client-timeout"}, refused)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_scenario_does_what_it_tells(name: str, common: MockServer) -> None:
    walk = Walk(common, name)

    STORIES[name](walk)

    walk.control.close()
