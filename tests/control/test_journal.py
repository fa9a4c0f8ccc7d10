"""The journal over HTTP: what was asked, whether it was as expected, and why it was answered so."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.state.journal import (
    MOST_ANSWER,
    MOST_BODY,
    MOST_BYTES,
    MOST_IN_ALL,
    Journal,
    Record,
    without_keys,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

KEY = "a-key-of-our-own-4711"
OTHER = "another-key-of-ours-4712"
COMPANY = "/v2/company?domain=acme.com"
ADA = "ada.quill@quill-works.example"
SINGLE = "searchSingleCompanyV2"
PERSON = "searchSingleContact"


@pytest.fixture
def lusha(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(key=KEY, people=400, companies=40)


@pytest.fixture
def lenient(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    """A client of an account that lets pass what no operation knows."""
    return make_client(key=KEY, people=400, companies=40, strict="no")


@pytest.fixture
def closed(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    """A client of a world that has the pinned people and companies, and one company more."""
    return make_client(key=KEY, people=0, companies=1, open_world=False)


def told(client: CheckedClient, method: str, path: str, body: Any = None, key: str = KEY) -> Any:
    """The answer to an order about an account."""
    joint = "&" if "?" in path else "?"
    options = {} if body is None else {"json": body}
    answer = client.request(method, f"/_mock/{path}{joint}account={key}", **options)
    assert answer.status_code < 300, answer.text
    return answer.json()


def last(client: CheckedClient) -> Any:
    """The last exchange of all, as the journal has it."""
    (exchange,) = client.get("/_mock/journal?last=1").json()["exchanges"]
    return exchange


def ids(journal: Any) -> list[int]:
    return [exchange["id"] for exchange in journal["exchanges"]]


def record(number: int = 1, body: bytes = b"", answer: bytes = b"") -> Record:
    return Record(
        id=number, begun=0.0, time=0.0, account="…", operation=SINGLE, method="GET", path="/v2/company", query="",
        body=body, status=200, answered=answer, charged=0, left={}, reset=None, error=None, message=None, details=(),
        rules=(),
        warnings=(), misplaced=(), entries=(), lookups=(), ms=0.0, started=0.0,
    )  # fmt: skip


# What an exchange tells


def test_an_exchange_is_told_whole(lusha: CheckedClient) -> None:
    answer = lusha.get(COMPANY)

    told_of = last(lusha)
    assert told_of.pop("ms") >= 0
    assert told_of == {
        "id": 1,
        "time": "2026-03-31T12:00:00.000Z",
        "account": "…4711",
        "fingerprint": "3fd76273",
        "label": None,
        "operation": SINGLE,
        "method": "GET",
        "path": "/v2/company",
        "query": "domain=acme.com",
        "request": None,
        "status": 200,
        "answer": answer.json(),
        "charged": 1,
        "left": {"daily": 49_999, "hourly": 4_999, "minute": 299},
        "error": None,
        "rules": [],
        "warnings": [],
        "defect": None,
    }


def test_a_refused_exchange_is_told_with_its_error(lusha: CheckedClient) -> None:
    answer = lusha.post("/v2/company", json={"companies": []})

    told_of = last(lusha)
    assert (told_of["method"], told_of["operation"]) == ("POST", "searchMultipleCompaniesV2")
    assert (told_of["status"], told_of["error"], told_of["charged"]) == (400, "bad-request", 0)
    assert told_of["request"] == {"companies": []}
    assert told_of["answer"] == answer.json()


def test_what_a_call_was_charged_stands_beside_it(lusha: CheckedClient) -> None:
    for url in (COMPANY, COMPANY, f"/v2/person?email={ADA}", f"/v2/person?email={ADA}", "/account/usage"):
        lusha.get(url)

    exchanges = told(lusha, "GET", "journal")["exchanges"]
    assert [exchange["charged"] for exchange in exchanges] == [1, 0, 6, 0, 0]


LEFT: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "all windows": ("pro", {}, {"daily": 1_498, "hourly": 148, "minute": 48}),
    "a plan without an hour": ("free", {}, {"daily": 98, "minute": 38}),
    "windows that are only shown": ("ours", {"limits": "headers"}, {"daily": 49_998, "hourly": 4_998, "minute": 298}),
    "no windows": ("ours", {"limits": "off"}, {}),
    "a window that is spent": ("hourly-limit-spent", {}, {"daily": 1_500, "hourly": 0, "minute": 50}),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT)
def test_what_the_windows_had_left_then_is_kept(case: str, make_client: Callable[..., CheckedClient]) -> None:
    key, settings, left = LEFT[case]
    client = make_client(key=key, people=0, companies=1, **settings)
    for _ in range(2):
        client.get(COMPANY)

    assert last(client)["left"] == left


def test_an_exchange_is_of_the_accounts_own_time(lusha: CheckedClient) -> None:
    told(lusha, "PATCH", "clock", {"advance": 90.25})
    told(lusha, "PATCH", "clock", {"set": "2025-01-01T00:00:00Z"}, key=OTHER)

    for key in (KEY, OTHER):
        lusha.get(COMPANY, key=key)
    lusha.get("/nothing-here")

    exchanges = lusha.get("/_mock/journal").json()["exchanges"]
    assert [exchange["time"] for exchange in exchanges] == [
        "2026-03-31T12:01:30.250Z",
        "2025-01-01T00:00:00.000Z",
        "2026-03-31T12:00:00.000Z",
    ]


def test_all_rules_that_fired_are_named(lusha: CheckedClient) -> None:
    rules = [
        {"name": "nobody", "when": {"identifier": "nobody"}, "respond": {"outcome": "not-found"}},
        {"name": "late", "respond": {"headers": {"x-late": "1"}}},
    ]
    told(lusha, "PUT", "scenario", {"name": "ours", "rules": rules})

    lusha.get("/v2/person?email=jane.doe@acme.com")
    lusha.get("/v2/person?email=nobody@acme.com")
    lusha.get("/v2/person?email=gdpr@acme.com", key=OTHER)

    exchanges = lusha.get("/_mock/journal").json()["exchanges"]
    assert [exchange["rules"] for exchange in exchanges] == [
        ["ours/late#1"],
        ["ours/nobody#1", "ours/late#2"],
        ["magic/gdpr#1"],
    ]


RANDOM = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
# Method, URL, options -> warnings
WARNED: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    "nothing": ("GET", COMPANY, {}, []),
    "an unknown parameter": ("GET", f"{COMPANY}&domian=acme.com", {}, ["property domian should not exist; did you mean domain?"]),
    "an unknown property": ("POST", "/v2/company", {"json": {"companies": [{"id": "1", "domain": "acme.com", "nam": "A"}]}}, ["companies.0.property nam should not exist; did you mean name?"]),
    "two unknown properties": ("POST", "/v2/company", {"json": {"companies": [{"id": "1", "domain": "acme.com"}], "a": 1, "b": 2}}, ["property a should not exist", "property b should not exist"]),
    "a key in the header x-api-key too": ("GET", COMPANY, {"headers": {"x-api-key": KEY}}, ["a key was sent in the header x-api-key"]),
    "a key in two other headers": ("GET", COMPANY, {"headers": {"Authorization": f"Bearer {KEY}", "apiKey": KEY}}, ["a key was sent in the header authorization", "a key was sent in the header apikey"]),
    "an empty header": ("GET", COMPANY, {"headers": {"x-api-key": " "}}, []),
    "both": ("GET", f"{COMPANY}&a=1", {"headers": {"api-key": KEY}}, ["property a should not exist", "a key was sent in the header api-key"]),
    "a contact of another search": ("POST", "/prospecting/contact/enrich", {"json": {"requestId": RANDOM, "contactIds": [RANDOM]}}, ["contactIds.0 is not of the search with this requestId"]),
    "a key in the query too": ("GET", f"{COMPANY}&api_key={KEY}", {}, ["property api_key should not exist", "a key was sent in the query parameter api_key"]),
    "a key in the body too": ("POST", "/v2/company", {"json": {"companies": [{"id": "1", "domain": "acme.com"}], "apiKey": KEY}}, ["property apiKey should not exist", "a key was sent in the body"]),
    "an old path": ("GET", "/company?domain=acme.com", {}, ["the path /company is an old one of /v2/company"]),
}  # fmt: skip


@pytest.mark.parametrize("case", WARNED)
def test_what_was_let_pass_is_warned_of(case: str, lenient: CheckedClient) -> None:
    method, url, options, warnings = WARNED[case]

    answer = lenient.request(method, url, **options)

    assert answer.status_code == 200
    assert last(lenient)["warnings"] == warnings


# What is kept of it


def bulk(size: int) -> bytes:
    """A body of a bulk lookup, of so many bytes."""
    return b'{"companies": [{"id": "1", "domain": "acme.com"}]'.ljust(size - 1) + b"}"


def test_a_body_is_kept_up_to_50_000_bytes(lusha: CheckedClient) -> None:
    for size in (MOST_BODY, MOST_BODY + 1):
        lusha.post("/v2/company", content=bulk(size), headers={"content-type": "application/json"})

    whole, cut = (exchange["request"] for exchange in told(lusha, "GET", "journal")["exchanges"])
    assert MOST_BODY == 50_000
    assert whole == {"companies": [{"id": "1", "domain": "acme.com"}]}
    assert cut == bulk(50_001)[:50_000].decode()


def test_an_answer_is_kept_up_to_10_000_bytes(lusha: CheckedClient) -> None:
    companies = [{"id": str(number), "domain": f"company{number}.com"} for number in range(100)]

    answer = lusha.post("/v2/company", json={"companies": companies})

    told_of = last(lusha)
    assert MOST_ANSWER == 10_000 < len(answer.content)
    assert told_of["answer"] == answer.content[:10_000].decode("utf-8", "replace")
    assert told_of["request"] == {"companies": companies}


def test_a_long_query_and_path_are_cut(lusha: CheckedClient) -> None:
    lusha.get(f"{COMPANY}&a={'x' * 60_000}")
    lusha.get(f"/{'y' * 20_000}")

    query, path = lusha.get("/_mock/journal").json()["exchanges"]
    assert query["query"] == f"domain=acme.com&a={'x' * 60_000}"[:MOST_BODY]
    assert path["path"] == f"/{'y' * 498}…"


BODIES: dict[str, tuple[bytes, Any]] = {
    "no body": (b"", None),
    "no JSON": (b"{companies: ", "{companies: "),
    "a word": (b'"companies"', "companies"),
    "no UTF-8": (b'{"a": "\xff"}', '{"a": "\N{REPLACEMENT CHARACTER}"}'),
    "null": (b"null", None),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_object_is_kept_as_it_was_sent(case: str, lusha: CheckedClient) -> None:
    sent, kept = BODIES[case]

    answer = lusha.post("/v2/company", content=sent, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert last(lusha)["request"] == kept


# URL, options (a POST where there is a body) -> status, query and body as they are kept
ACME = {"id": "1", "domain": "acme.com"}
MASKED: dict[str, tuple[str, dict[str, Any], int, str, Any]] = {
    "a parameter": (f"{COMPANY}&api_key={KEY}", {}, 200, "domain=acme.com&api_key=…", None),
    "the first parameter": (f"/v2/company?apiKey={KEY}&domain=acme.com", {}, 200, "apiKey=…&domain=acme.com", None),
    "two parameters": (f"{COMPANY}&token={KEY}&secret={KEY}", {}, 200, "domain=acme.com&token=…&secret=…", None),
    "a parameter like a header": (f"{COMPANY}&X-Authorization={KEY}", {}, 200, "domain=acme.com&X-Authorization=…", None),
    "another account's key": (f"{COMPANY}&api_key={OTHER}", {}, 200, "domain=acme.com&api_key=…", None),
    "a parameter of another name": (f"{COMPANY}&access={KEY}", {}, 200, "domain=acme.com&access=…", None),
    "a parameter alone": (f"/v2/company?api_key={KEY}", {"headers": {"api_key": ""}}, 401, "api_key=…", None),
    "a header": (COMPANY, {"headers": {"x-api-key": KEY}}, 200, "domain=acme.com", None),
    "a header alone": (COMPANY, {"headers": {"api_key": "", "authorization": f"Bearer {KEY}"}}, 401, "domain=acme.com", None),
    "a property": ("/v2/company", {"json": {"companies": [ACME], "apiKey": OTHER}}, 200, "", {"companies": [ACME], "apiKey": "…"}),
    "a property of another name": ("/v2/company", {"json": {"companies": [ACME], "note": f"of {KEY}"}}, 200, "", {"companies": [ACME], "note": "of …"}),
    "a value that is answered": ("/v2/company", {"json": {"companies": [ACME | {"id": KEY}]}}, 200, "", {"companies": [ACME | {"id": "…"}]}),
    "nowhere": (COMPANY, {}, 200, "domain=acme.com", None),
}  # fmt: skip


@pytest.mark.parametrize("case", MASKED)
def test_a_key_is_masked_wherever_it_was_sent(case: str, lenient: CheckedClient) -> None:
    url, options, status, query, body = MASKED[case]

    answer = lenient.request("POST" if "json" in options else "GET", url, **options)

    assert answer.status_code == status
    assert (last(lenient)["query"], last(lenient)["request"]) == (query, body)
    for path in ("journal", "explain/last", "conduct"):
        told_of = lenient.get(f"/_mock/{path}").text
        assert KEY not in told_of
        assert OTHER not in told_of


@pytest.mark.parametrize(
    ("key", "note"),
    [
        ("short-key-7", "of short-key-7"),
        ("acme-com-example", "of acme-com-example"),
        ("long-enough-8", "of …"),
    ],
)
def test_only_a_key_that_can_be_nothing_else_is_masked_where_it_is_not_called_one(
    key: str, note: str, lusha: CheckedClient
) -> None:
    lusha.post("/v2/company", json={"companies": [ACME], "note": f"of {key}"}, key=key)

    assert last(lusha)["request"]["note"] == note


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/v2/nothing/{key}", KEY),
        ("GET", "/v2/company?{key}=1&domain=acme.com", KEY),
        ("GET", "/v2/person?email=jane.doe@acme.com&revealEmails={key}", KEY),
    ],
)
def test_an_accounts_own_key_is_told_nowhere(method: str, path: str, key: str, lusha: CheckedClient) -> None:
    lusha.request(method, path.format(key=key))

    for told_of in ("journal", "explain/last", "conduct"):
        assert key not in lusha.get(f"/_mock/{told_of}").text


def test_an_explanation_gives_the_numbers_of_a_limit(lusha: CheckedClient) -> None:
    body = {"name": "full", "rules": [{"respond": "hourly-limit"}]}
    lusha.request("PUT", f"/_mock/scenario?account={KEY}", json=body)
    lusha.get(COMPANY)

    why = lusha.get("/_mock/explain/last").json()["why"]

    assert (
        "refused with 429 hourly-limit: Hourly API rate limit exceeded. Limit: 5000 calls per hour. "
        "Reset in 3600 seconds"
    ) in why


def test_a_whole_number_is_one_however_it_is_written(lusha: CheckedClient) -> None:
    lusha.post("/api/signals/companies", json={"companyIds": [7], "signals": ["allSignals"]})

    told_of = lusha.post("/_mock/verify", json={"body": {"companyIds": [7.0]}}).json()

    assert told_of["verified"] is True


@pytest.mark.parametrize(
    "name", ["api_key", "API-KEY", "accessToken", "clientSecret", "Authorization", "TOKEN"]
)
def test_a_property_is_masked_that_is_called_like_a_key(name: str, lusha: CheckedClient) -> None:
    lusha.post("/v2/company", json={"companies": [ACME], name: 'a "quoted" text'})

    assert last(lusha)["request"] == {"companies": [ACME], name: "…"}


@pytest.mark.parametrize(
    ("query", "masked"),
    [
        ("", ""),
        ("domain=acme.com", "domain=acme.com"),
        ("key=", "key=…"),
        ("KEY=a&b=2", "KEY=…&b=2"),
        ("a=key", "a=key"),
        ("my_auth_code=1=2&b=3", "my_auth_code=…&b=3"),
        ("%61pi%5Fk%65y=1&b=2", "%61pi%5Fk%65y=…&b=2"),
        ("key", "key"),
    ],
)
def test_the_value_is_masked_of_whatever_is_called_like_a_key(query: str, masked: str) -> None:
    assert without_keys(query) == masked


# Counts, and reading by filters


@pytest.fixture
def walked(lusha: CheckedClient) -> CheckedClient:
    """A client that made six calls, numbered from 1."""
    lusha.get(COMPANY)
    lusha.get("/v2/person?email=gdpr@acme.com")
    lusha.get("/v2/person?email=jane.doe@acme.com")
    lusha.get("/v2/company?domain=nobody.example")
    lusha.get("/account/usage")
    lusha.post("/v2/company", json={})
    return lusha


FILTERS: dict[str, tuple[str, list[int]]] = {
    "none": ("", [1, 2, 3, 4, 5, 6]),
    "operation": (f"operation={SINGLE}", [1, 4]),
    "status": ("status=200", [1, 3, 5]),
    "a status there was not": ("status=500", []),
    "error": ("error=not-found", [4]),
    "another error": ("error=gdpr", [2]),
    "a part of an error's name": ("error=not", []),
    "rule": ("rule=magic/gdpr%231", [2]),
    "a part of a rule's name": ("rule=magic", [2, 4]),
    "a rule that did not fire": ("rule=flaky", []),
    "after": ("after=4", [5, 6]),
    "after the last": ("after=6", []),
    "last": ("last=2", [5, 6]),
    "the last of none": ("last=0", []),
    "more than there are": ("last=1000", [1, 2, 3, 4, 5, 6]),
    "two at once": (f"operation={SINGLE}&status=404", [4]),
    "the last of those that fit": ("status=200&last=2", [3, 5]),
    "the first of them after another": ("status=200&after=1&last=5", [3, 5]),
}


@pytest.mark.parametrize("case", FILTERS)
def test_exchanges_are_filtered_and_counts_are_not(case: str, walked: CheckedClient) -> None:
    query, fit = FILTERS[case]

    journal = told(walked, "GET", f"journal?{query}" if query else "journal")

    assert ids(journal) == fit
    assert journal["total"] == 6
    assert journal["counts"] == {
        "getAccountUsageStats": {"200": 1},
        "searchMultipleCompaniesV2": {"400": 1},
        SINGLE: {"200": 1, "404": 1},
        PERSON: {"200": 1, "451": 1},
    }


def test_a_fault_is_found_as_an_error(lusha: CheckedClient) -> None:
    rules = [{"when": {"nth": 1}, "respond": {"fault": "truncated-json"}}]
    told(lusha, "PUT", "scenario", {"name": "ours", "rules": rules})
    with pytest.raises(json.JSONDecodeError):
        lusha.get(COMPANY)
    lusha.get(COMPANY)

    journal = told(lusha, "GET", "journal?error=truncated-json")

    assert ids(journal) == [1]
    (exchange,) = journal["exchanges"]
    assert (exchange["status"], exchange["charged"], exchange["rules"]) == (200, 1, ["ours/rule-1#1"])
    assert exchange["answer"]["data"]["name"] == "Acme"


def test_counts_are_exact_though_the_ring_forgot(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, people=0, companies=1, journal=2)
    for name in ("acme.com", "nobody.example", "acme.com", "acme.com"):
        client.get(f"/v2/company?domain={name}")
    client.get(COMPANY, key=OTHER)

    journal = told(client, "GET", "journal")
    assert (journal["total"], journal["counts"]) == (4, {SINGLE: {"200": 3, "404": 1}})
    assert ids(journal) == [3, 4]
    everybody = client.get("/_mock/journal").json()
    assert (everybody["total"], everybody["counts"]) == (5, {SINGLE: {"200": 4, "404": 1}})
    assert ids(everybody) == [3, 4, 5]


def test_an_account_sees_its_own_exchanges_alone(lusha: CheckedClient) -> None:
    for key in (KEY, OTHER, KEY):
        lusha.get(COMPANY, key=key)

    assert ids(told(lusha, "GET", "journal")) == [1, 3]
    assert ids(told(lusha, "GET", "journal", key=OTHER)) == [2]
    assert told(lusha, "GET", "journal", key="a-key-nobody-used")["counts"] == {}
    everybody = lusha.get("/_mock/journal").json()
    assert [exchange["account"] for exchange in everybody["exchanges"]] == ["…4711", "…4712", "…4711"]
    assert everybody["total"] == 3


def test_calls_without_an_account_are_listed_with_everybodys(lusha: CheckedClient) -> None:
    lusha.get(COMPANY, headers={"api_key": ""})
    lusha.get(COMPANY, key="invalid")
    lusha.get("/nothing-here")
    lusha.get(COMPANY)

    everybody = lusha.get("/_mock/journal").json()
    assert [
        (exchange["account"], exchange["operation"], exchange["status"], exchange["error"], exchange["left"])
        for exchange in everybody["exchanges"][:3]
    ] == [
        ("", SINGLE, 401, "no-api-key", {}),
        ("", SINGLE, 401, "unauthorized", {}),
        ("", None, 404, "not-found", {}),
    ]
    assert everybody["counts"] == {"none": {"404": 1}, SINGLE: {"200": 1, "401": 2}}
    assert ids(told(lusha, "GET", "journal")) == [4]


def test_steering_is_not_in_the_journal(lusha: CheckedClient) -> None:
    lusha.get("/_mock/health")
    lusha.get("/_mock/nothing-here")
    lusha.get(COMPANY)

    assert ids(lusha.get("/_mock/journal").json()) == [1]


def test_a_cleared_journal_counts_anew_and_numbers_on(lusha: CheckedClient) -> None:
    for key in (KEY, OTHER):
        lusha.get(COMPANY, key=key)

    assert told(lusha, "DELETE", "journal") == {"cleared": True}

    assert told(lusha, "GET", "journal") == {"total": 0, "counts": {}, "more": False, "exchanges": []}
    assert ids(lusha.get("/_mock/journal").json()) == [2]
    lusha.get(COMPANY)
    assert ids(told(lusha, "GET", "journal")) == [3]


def test_the_journal_of_all_is_cleared_at_once(lusha: CheckedClient) -> None:
    for key in (KEY, OTHER):
        lusha.get(COMPANY, key=key)
    lusha.get("/nothing-here")

    lusha.request("DELETE", "/_mock/journal")

    assert lusha.get("/_mock/journal").json() == {"total": 0, "counts": {}, "more": False, "exchanges": []}
    assert lusha.get("/_mock/health").json()["exchanges"] == 0


# How much is kept in all


def test_past_the_bound_the_longest_idle_account_loses_its_exchanges_and_keeps_its_counts() -> None:
    journal, one = Journal(kept=20_000), record()
    for key in ("first", "second", "first"):
        for _ in range(20_000):
            journal.add(key, one)

    for _ in range(10_000):
        journal.add("third", one)
    assert len(list(journal.records("second"))) == 20_000
    journal.add("third", one)

    kept = {key: len(list(journal.records(key))) for key in ("first", "second", "third")}
    assert MOST_IN_ALL == 50_000
    assert kept == {"first": 20_000, "second": 0, "third": 10_001}
    assert journal.counts("second") == {(SINGLE, 200): 20_000}
    assert journal.counts(everybody=True).total() == 70_001
    assert journal.keys() == ["second", "first", "third"]


def test_one_account_may_keep_more_than_the_bound_if_its_ring_is_larger() -> None:
    journal, one = Journal(kept=60_000), record()
    for _ in range(60_001):
        journal.add("first", one)

    assert len(list(journal.records("first"))) == 60_000
    journal.add("second", one)
    assert len(list(journal.records(everybody=True))) == 1


def test_an_account_that_lost_its_exchanges_keeps_those_that_follow() -> None:
    with patch("mock_lusha.state.journal.MOST_IN_ALL", 4):
        journal = Journal(kept=3)
        for number, key in enumerate(["first", "first", "second", "second", "second", "first"], 1):
            journal.add(key, record(number))

    assert [each.id for each in journal.records("first")] == [6]
    assert [each.id for each in journal.records("second")] == [3, 4, 5]
    assert journal.find(1) is None
    assert [key for key, _ in filter(None, map(journal.find, (5, 6)))] == ["second", "first"]


def test_past_a_bound_of_bytes_the_longest_idle_account_loses_its_exchanges_too() -> None:
    with patch("mock_lusha.state.journal.MOST_BYTES", 100):
        journal = Journal(kept=3)
        for key in ("first", "second", "first", "first", "first"):
            journal.add(key, record(body=b"x" * 15, answer=b"x" * 10))
        assert [len(list(journal.records(key))) for key in ("first", "second")] == [3, 1]
        journal.add("third", record(answer=b"x"))
        assert [len(list(journal.records(key))) for key in ("first", "second", "third")] == [3, 0, 1]
        journal.clear("first")
        journal.add("third", record(body=b"x" * 99))
        assert [len(list(journal.records(key))) for key in ("second", "third")] == [0, 2]
        journal.add("second", record(body=b"x"))

    assert [len(list(journal.records(key))) for key in ("second", "third")] == [1, 0]
    assert MOST_BYTES == 256_000_000


def test_an_exchange_that_is_larger_than_the_bound_is_not_kept() -> None:
    with patch("mock_lusha.state.journal.MOST_BYTES", 100):
        journal = Journal(kept=3)
        for size in (50, 101, 50):
            journal.add("first", record(body=b"x" * size))

    assert [len(each.body) for each in journal.records("first")] == [50]
    assert journal.counts("first") == {(SINGLE, 200): 3}


@given(
    st.lists(st.tuples(st.sampled_from(["add", "add", "add", "clear"]), st.sampled_from("abcd")), max_size=60)
)
def test_the_journal_is_what_rings_with_an_idle_order_would_say(steps: list[tuple[str, str]]) -> None:
    most, size = 7, 3
    rings: dict[str, list[int]] = {}
    counts: Counter[str] = Counter()
    with patch("mock_lusha.state.journal.MOST_IN_ALL", most):
        journal = Journal(kept=size)
        for order, key in steps:
            if order == "clear":
                journal.clear(key)
                rings.pop(key, None)
                del counts[key]
                continue
            number = journal.next_id()
            journal.add(key, record(number))
            rings[key] = [*rings.pop(key, []), number][-size:]
            counts[key] += 1
            if sum(map(len, rings.values())) > most:
                idle = next(each for each in rings if rings[each])
                rings[idle] = []

    for key in "abcd":
        assert [each.id for each in journal.records(key)] == rings.get(key, [])
        assert journal.counts(key).total() == counts[key]
    kept = sorted(number for ring in rings.values() for number in ring)
    assert [each.id for each in journal.records(everybody=True)] == kept
    assert len(kept) <= most


# Verifying

BODY = {"contacts": [{"contactId": "1", "email": "jane.doe@acme.com"}], "metadata": {"revealEmails": True}}
EXPECTED: dict[str, tuple[dict[str, Any], tuple[bool, int, int, int | None]]] = {
    "at least one where nothing is said": ({"operation": SINGLE}, (True, 3, 1, None)),
    "exactly so many": ({"operation": SINGLE, "times": 3}, (True, 3, 3, 3)),
    "more than there were": ({"operation": SINGLE, "times": 4}, (False, 3, 4, 4)),
    "fewer than there were": ({"operation": SINGLE, "times": 2}, (False, 3, 2, 2)),
    "none": ({"operation": "searchProspectingContacts", "times": 0}, (True, 0, 0, 0)),
    "none, and there were": ({"operation": SINGLE, "times": 0}, (False, 3, 0, 0)),
    "one, and there was none": ({"operation": "searchProspectingContacts"}, (False, 0, 1, None)),
    "at least": ({"operation": SINGLE, "at_least": 3}, (True, 3, 3, None)),
    "at least more than there were": ({"operation": SINGLE, "at_least": 4}, (False, 3, 4, None)),
    "at most": ({"operation": SINGLE, "at_most": 3}, (True, 3, 0, 3)),
    "at most, and there was none": ({"operation": "searchProspectingContacts", "at_most": 1}, (True, 0, 0, 1)),
    "at most fewer than there were": ({"operation": SINGLE, "at_most": 2}, (False, 3, 0, 2)),
    "from so many to so many": ({"operation": SINGLE, "at_least": 1, "at_most": 3}, (True, 3, 1, 3)),
    "calls of any kind": ({"times": 5}, (True, 5, 5, 5)),
    "a status of an operation": ({"operation": SINGLE, "status": 404, "times": 1}, (True, 1, 1, 1)),
    "a status of any": ({"status": 200, "times": 4}, (True, 4, 4, 4)),
    "a method": ({"method": "POST", "times": 1}, (True, 1, 1, 1)),
    "a path": ({"path": "/v2/company", "times": 3}, (True, 3, 3, 3)),
    "a parameter": ({"query": {"domain": "acme.com"}, "times": 2}, (True, 2, 2, 2)),
    "two parameters": ({"query": {"partialCompany": "true", "domain": "acme.com"}, "times": 1}, (True, 1, 1, 1)),
    "an empty parameter": ({"query": {"note": ""}, "times": 0}, (True, 0, 0, 0)),
    "no parameter in particular": ({"query": {}, "times": 5}, (True, 5, 5, 5)),
    "a part of a body": ({"body": {"contacts": [{"email": "jane.doe@acme.com"}]}, "times": 1}, (True, 1, 1, 1)),
    "a whole body": ({"body": BODY, "times": 1}, (True, 1, 1, 1)),
    "an empty body": ({"body": None, "times": 4}, (True, 4, 4, 4)),
    "all at once": ({"operation": "searchMultipleContacts", "method": "POST", "path": "/v2/person", "status": 200, "query": {}, "body": {}}, (True, 1, 1, None)),
}  # fmt: skip


@pytest.mark.parametrize("case", EXPECTED)
def test_calls_are_verified(case: str, lusha: CheckedClient) -> None:
    expected, (verified, count, least, most) = EXPECTED[case]
    lusha.get(COMPANY)
    lusha.get(f"{COMPANY}&partialCompany=true")
    lusha.get("/v2/company?domain=nobody.example")
    lusha.post("/v2/person", json=BODY)
    lusha.get("/account/usage")

    answer = told(lusha, "POST", "verify", expected)

    assert (answer["verified"], answer["count"], answer["complete"]) == (verified, count, True)
    assert answer["expected"] == {"at_least": least, "at_most": most}
    assert ("near_misses" in answer) is (count < least)
    assert ("matched" in answer) is (not verified and count >= least)


SENT = {
    "contacts": [
        {"contactId": "1", "email": "jane.doe@acme.com"},
        {"contactId": "2", "fullName": "Zoe Quux", "companies": [{"name": "Acme", "isCurrent": True}]},
    ],
    "metadata": {"revealEmails": True, "note": None},
}
# What is expected of a POST of SENT with ?note=1&note=2&empty= -> how it differs
DIFFERENCES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "operation": ({"operation": PERSON}, [f"operation is searchMultipleContacts, not {PERSON}"]),
    "method": ({"method": "GET"}, ["method is POST, not GET"]),
    "path": ({"path": "/v2/company"}, ["path is /v2/person, not /v2/company"]),
    "status": ({"status": 404}, ["status is 200, not 404"]),
    "a parameter that was not sent": ({"query": {"domain": "acme.com"}}, ["query has no domain"]),
    "a parameter of other values": ({"query": {"note": "3"}}, ["query.note is '1', '2', not '3'"]),
    "a parameter of two values": ({"query": {"note": "2"}}, []),
    "an empty parameter": ({"query": {"empty": ""}}, []),
    "a property that was not sent": ({"body": {"filters": {}}}, ["body has no filters"]),
    "a property deep inside": ({"body": {"contacts": [{}, {"companies": [{"domain": "acme.com"}]}]}}, ["body.contacts.1.companies.0 has no domain"]),
    "another value": ({"body": {"contacts": [{"email": "j@acme.com"}, {}]}}, ["body.contacts.0.email is 'jane.doe@acme.com', not 'j@acme.com'"]),
    "fewer items": ({"body": {"contacts": [{"contactId": "1"}]}}, ["body.contacts has 2 items, not 1"]),
    "more items": ({"body": {"contacts": [{}, {}, {}]}}, ["body.contacts has 2 items, not 3"]),
    "items in another order": ({"body": {"contacts": [{"contactId": "2"}, {"contactId": "1"}]}}, ["body.contacts.0.contactId is '1', not '2'", "body.contacts.1.contactId is '2', not '1'"]),
    "a text for true": ({"body": {"metadata": {"revealEmails": "true"}}}, ["body.metadata.revealEmails is True, not true"]),
    "a number for true": ({"body": {"metadata": {"revealEmails": 1}}}, ["body.metadata.revealEmails is True, not 1"]),
    "null for true": ({"body": {"metadata": {"revealEmails": None}}}, ["body.metadata.revealEmails is True, not None"]),
    "null": ({"body": {"metadata": {"note": None}}}, []),
    "a list for an object": ({"body": {"metadata": []}}, ["body.metadata is {'revealEmails': True, 'note': None}, not []"]),
    "a list for the body": ({"body": ["contacts"]}, [f"body is {str(SENT)[:59]}…, not ['contacts']"]),
    "several": ({"method": "GET", "status": 404, "query": {"a": "b"}, "body": {"c": 1}}, ["method is POST, not GET", "status is 200, not 404", "query has no a", "body has no c"]),
}  # fmt: skip


@pytest.mark.parametrize("case", DIFFERENCES)
def test_a_call_that_differs_is_told_with_how(case: str, lenient: CheckedClient) -> None:
    expected, differences = DIFFERENCES[case]
    assert lenient.post("/v2/person?note=1&note=2&empty=", json=SENT).status_code == 200

    answer = told(lenient, "POST", "verify", expected | {"at_least": 2})

    assert answer["count"] == (0 if differences else 1)
    miss = {"id": 1, "operation": "searchMultipleContacts", "status": 200, "differences": differences}
    assert answer["near_misses"] == ([miss] if differences else [])


def test_an_answer_of_no_json_differs_as_text(lusha: CheckedClient) -> None:
    lusha.post("/v2/person", content=b"{contacts", headers={"content-type": "application/json"})

    answer = told(lusha, "POST", "verify", {"body": {"contacts": []}})

    (miss,) = answer["near_misses"]
    assert miss["differences"] == ["body is {contacts, not {'contacts': []}"]


def test_the_nearest_misses_are_of_the_same_operation_then_of_few_differences_then_of_like_texts(
    lusha: CheckedClient,
) -> None:
    expected = {"operation": SINGLE, "status": 200, "query": {"domain": "other.com"}}
    lusha.get("/v2/company?domain=nobody.example")
    lusha.get(COMPANY)
    lusha.get("/v2/company?domain=third.com")
    lusha.get("/v2/company")
    lusha.get("/account/usage")

    misses = told(lusha, "POST", "verify", expected)["near_misses"]

    assert [(miss["id"], miss["differences"]) for miss in misses] == [
        (3, ["query.domain is 'third.com', not 'other.com'"]),
        (2, ["query.domain is 'acme.com', not 'other.com'"]),
        (1, ["status is 404, not 200", "query.domain is 'nobody.example', not 'other.com'"]),
    ]


def test_calls_of_other_operations_are_the_last_to_be_near(lusha: CheckedClient) -> None:
    lusha.get("/account/usage")
    lusha.get("/v2/company?domain=nobody.example")

    misses = told(lusha, "POST", "verify", {"operation": SINGLE, "status": 200})["near_misses"]

    assert [(miss["id"], miss["operation"], miss["status"]) for miss in misses] == [
        (2, SINGLE, 404),
        (1, "getAccountUsageStats", 200),
    ]


def test_of_too_many_calls_the_first_twenty_are_told(lusha: CheckedClient) -> None:
    for _ in range(21):
        lusha.get(COMPANY)
    lusha.get("/account/usage")

    answer = told(lusha, "POST", "verify", {"operation": SINGLE, "at_most": 20})

    assert (answer["verified"], answer["count"]) == (False, 21)
    assert answer["matched"] == list(range(1, 21))


COMPLETE: dict[str, tuple[dict[str, Any], int, bool]] = {
    "an operation": ({"operation": SINGLE}, 3, True),
    "a status": ({"status": 200}, 4, True),
    "an operation's status": ({"operation": SINGLE, "status": 404}, 0, True),
    "anything": ({}, 4, True),
    "a parameter": ({"query": {"domain": "acme.com"}}, 1, False),
    "a body": ({"body": None}, 2, False),
    "a path": ({"operation": SINGLE, "path": "/v2/company"}, 1, False),
    "a method": ({"method": "GET"}, 2, False),
}


@pytest.mark.parametrize("case", COMPLETE)
def test_where_the_ring_lost_exchanges_only_counts_are_complete(
    case: str, make_client: Callable[..., CheckedClient]
) -> None:
    expected, count, complete = COMPLETE[case]
    client = make_client(key=KEY, people=0, companies=1, journal=2)
    for _ in range(3):
        client.get(COMPANY)
    client.get("/account/usage")

    answer = told(client, "POST", "verify", expected)

    assert (answer["count"], answer["complete"]) == (count, complete)


def test_a_body_that_was_cut_cannot_be_verified(lusha: CheckedClient) -> None:
    lusha.post("/v2/company", content=bulk(60_000), headers={"content-type": "application/json"})
    expected = {"body": {"companies": [ACME]}}

    answer = told(lusha, "POST", "verify", expected)

    assert (answer["verified"], answer["count"], answer["complete"]) == (False, 0, False)
    assert [miss["differences"] for miss in answer["near_misses"]] == [
        ["body was cut at 50000 bytes, so that it cannot be compared"]
    ]
    for other in ({"status": 404}, {"operation": SINGLE}, {"path": "/v2/person"}):
        assert told(lusha, "POST", "verify", expected | other)["complete"] is True
    assert told(lusha, "POST", "verify", {"path": "/v2/company"})["complete"] is True


def test_a_ring_that_is_full_but_lost_nothing_is_complete(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(key=KEY, people=0, companies=1, journal=2)
    for key in (KEY, KEY, OTHER, OTHER, OTHER):
        client.get(COMPANY, key=key)

    expected = {"query": {"domain": "acme.com"}}
    assert told(client, "POST", "verify", expected)["complete"] is True
    assert told(client, "POST", "verify", expected, key=OTHER)["complete"] is False
    assert client.post("/_mock/verify", json=expected).json()["complete"] is False


def test_an_accounts_calls_are_verified_alone_or_everybodys_together(lusha: CheckedClient) -> None:
    for key in (KEY, OTHER, OTHER):
        lusha.get(COMPANY, key=key)
    lusha.get(COMPANY, headers={"api_key": ""})

    for expected in ({"operation": SINGLE}, {"operation": SINGLE, "method": "GET"}):
        assert told(lusha, "POST", "verify", expected)["count"] == 1
        assert told(lusha, "POST", "verify", expected, key=OTHER)["count"] == 2
        assert lusha.post("/_mock/verify", json=expected).json()["count"] == 4


# Explaining

IN = "https://www.linkedin.com/in"
# Query -> what decided, who was found and where; {person}, {profile}, {company} are those of Ada Quill
FOUND: dict[str, tuple[str, str, str, str]] = {
    "a person's id": ("/v2/person?personId={person}", "personId", "Ada Quill", "quill-works.example"),
    "a profile": ("/v2/person?linkedinUrl={profile}", "linkedinUrl", "Ada Quill", "quill-works.example"),
    "an email": (f"/v2/person?email={ADA}", "email", "Ada Quill", "quill-works.example"),
    "a name and a company": ("/v2/person?firstName=ada&lastName=QUILL&companyName=Quill Works", "name", "Ada Quill", "quill-works.example"),
    "a name and a domain": ("/v2/person?firstName=Ada&lastName=Quill&companyDomain=www.quill-works.example", "name", "Ada Quill", "quill-works.example"),
    "an id before an email": ("/v2/person?email=jane.doe@acme.com&personId={person}", "personId", "Ada Quill", "quill-works.example"),
    "a profile before an email": (f"/v2/person?email={ADA}&linkedinUrl={IN}/jane-doe", "linkedinUrl", "Jane Doe", "quill-works.example"),
    "an email before a name": (f"/v2/person?firstName=Jane&lastName=Doe&companyName=Acme&email={ADA}", "email", "Ada Quill", "quill-works.example"),
    "an id nobody has": ("/v2/person?personId=1&email=jane.doe@acme.com", "email", "Jane Doe", "acme.com"),
    "a company's id": ("/v2/company?companyId={company}", "companyId", "Quill Works", "quill-works.example"),
    "a domain": ("/v2/company?domain=QUILL-works.example", "domain", "Quill Works", "quill-works.example"),
    "a company's name": ("/v2/company?company=Quill Works", "name", "Quill Works", "quill-works.example"),
    "a company's id before its domain": ("/v2/company?domain=acme.com&companyId={company}", "companyId", "Quill Works", "quill-works.example"),
    "a domain before a name": ("/v2/company?domain=acme.com&company=Quill Works", "domain", "Quill Works", "acme.com"),
}  # fmt: skip
ASKED = {
    "personId": "person_id",
    "linkedinUrl": "linkedin_url",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "companyDomain": "company_domain",
    "companyId": "company_id",
    "company": "name",
}


@pytest.mark.parametrize("case", FOUND)
def test_what_found_whom_is_explained(case: str, lusha: CheckedClient) -> None:
    url, by, name, domain = FOUND[case]
    ada = lusha.get(f"/v2/person?email={ADA}").json()["contact"]["data"]
    url = url.format(person=ada["personId"], profile=ada["socialLinks"]["linkedin"], company=ada["companyId"])

    answer = lusha.get(url)

    explained = told(lusha, "GET", "explain/last")
    (looked,) = explained["lookups"]
    assert (explained["id"], explained["status"]) == (2, 200)
    assert explained["why"][0] == f"{name} was found by {by}"
    data = answer.json().get("contact", answer.json())["data"]
    assert looked == {
        "asked": {ASKED.get(each, each): value for each, value in answer.request.url.params.items()},
        "by": by,
        "id": data.get("personId", data.get("id")),
        "name": name,
        "domain": domain,
    }


def test_each_of_a_bulk_is_explained(lusha: CheckedClient) -> None:
    contacts = [
        {"contactId": "1", "email": ADA},
        {"contactId": "2", "email": "nobody@acme.com"},
        {"contactId": "3", "fullName": "Jane Doe", "companies": [{"domain": "acme.com"}]},
    ]
    lusha.post("/v2/person", json={"contacts": contacts, "metadata": {"revealEmails": True}})

    explained = told(lusha, "GET", "explain/last")

    assert explained["why"] == [
        "the rule magic/nobody#1 fired",
        "Ada Quill was found by email",
        "not found: outcome not-found",
        "Jane Doe was found by name",
        "charged 2: 2 items paid for, 1 free",
    ]
    assert [looked["by"] for looked in explained["lookups"]] == ["email", None, "name"]
    assert explained["lookups"][1] == {
        "asked": {"email": "nobody@acme.com"},
        "by": None,
        "why": "outcome not-found",
        "nearest": [],
    }


def test_who_is_found_but_not_shown_is_explained(lusha: CheckedClient) -> None:
    lusha.get("/v2/person?email=paula.partial@quill-works.example")

    explained = told(lusha, "GET", "explain/last")

    outcome = "known, but without email and phone (see partialProfile): counts as not found"
    assert explained["why"] == [
        f"Paula Partial was found by email; {outcome}",
        "charged 0: 0 items paid for, 1 free",
    ]
    assert explained["lookups"][0]["outcome"] == outcome


# URLs of calls -> what the last one cost: kind, price, why
PRICES: dict[str, tuple[list[str], int, list[tuple[str, int, str]], str]] = {
    "charged": ([f"/v2/person?email={ADA}"], 6, [("email", 1, "charged"), ("phone", 5, "charged")], "charged 6: 2 items paid for, 0 free"),
    "one kind": ([f"/v2/person?email={ADA}&revealPhones=true"], 5, [("phone", 5, "charged")], "charged 5: 1 items paid for, 0 free"),
    "already revealed": ([f"/v2/person?email={ADA}"] * 2, 0, [("email", 0, "already revealed"), ("phone", 0, "already revealed")], "charged 0: 0 items paid for, 2 free"),
    "one kind already revealed": ([f"/v2/person?email={ADA}&revealEmails=true", f"/v2/person?email={ADA}"], 5, [("email", 0, "already revealed"), ("phone", 5, "charged")], "charged 5: 1 items paid for, 1 free"),
    "not found": (["/v2/person?email=nobody@acme.com"], 0, [("contact", 0, "not found")], "charged 0: 0 items paid for, 1 free"),
    "restricted": (["/v2/person?email=conrad.withheld@quill-works.example"], 0, [("contact", 0, "restricted")], "charged 0: 0 items paid for, 1 free"),
    "nothing revealed": ([f"/v2/person?email={ADA}&revealEmails=false&revealPhones=false"], 0, [("contact", 0, "no detail revealed")], "charged 0: 0 items paid for, 1 free"),
    "a company": ([COMPANY], 1, [("company", 1, "charged")], "charged 1: 1 items paid for, 0 free"),
    "a company again": ([COMPANY, COMPANY], 0, [("company", 0, "already revealed")], "charged 0: 0 items paid for, 1 free"),
    "without a price": (["/account/usage"], 0, [], "nothing in it has a price"),
}  # fmt: skip


@pytest.mark.parametrize("case", PRICES)
def test_why_a_call_cost_what_it_did_is_explained(case: str, lusha: CheckedClient) -> None:
    urls, charged, items, why = PRICES[case]
    for url in urls:
        lusha.get(url)

    explained = told(lusha, "GET", "explain/last")

    price = explained["price"]
    assert (price["charged"], explained["why"][-1]) == (charged, why)
    assert [(item["kind"], item["price"], item["why"]) for item in price["items"]] == items
    found = next((looked.get("id") for looked in explained["lookups"]), None)
    kind = "company" if "/company" in urls[-1] else "person"
    wanted = f"{kind}:{found or 'unknown'}"
    assert {item["entity"] for item in price["items"]} == ({wanted} if items else set())


NO_KEY = "refused with 401 no-api-key: No API key found in request"
MISSING = "refused with 404 not-found: Resource not found"
# Key, method, URL, options -> status, all that is said
REFUSED: dict[str, tuple[str, str, str, dict[str, Any], int, list[str]]] = {
    "no key": ("", "GET", COMPANY, {}, 401, [NO_KEY, "the header api_key was sent empty"]),
    "a key elsewhere": ("", "GET", COMPANY, {"headers": {"x-api-key": KEY}}, 401, [NO_KEY, "a key was sent in the header x-api-key; it is read from the header api_key only", "a key in the header x-api-key is not read; it belongs into the header api_key"]),
    "a key that is not known": ("invalid", "GET", COMPANY, {}, 401, ["refused with 401 unauthorized: Invalid API key", "the key 'invalid' stands for one Lusha does not know"]),
    "no credits": ("out-of-credits", "GET", COMPANY, {}, 402, ["refused with 402 insufficient-credits: Insufficient credits", "this request costs 1, and 0 of 0 credits are left", "Acme was found by domain"]),
    "a closed account": ("inactive", "GET", COMPANY, {}, 403, ["refused with 403 inactive-account: Your account is not active. Please reach out to support at support@lusha.com for assistance"]),
    "a plan without it": ("pro", "GET", "/prospecting/filters/contacts/departments", {}, 403, ["refused with 403 plan-restricted: Your pricing version does not support this feature", "this account (plan pro) does not have the feature filters"]),
    "an input that is wrong": (KEY, "GET", "/v2/company?domian=acme.com", {}, 400, ["refused with 400 bad-request: Invalid request parameters", "property domian should not exist; did you mean domain?"]),
    "a company there is not": (KEY, "GET", "/v2/company?domain=nobody.example", {}, 404, ["the rule magic/nobody#1 fired", MISSING, "not found: outcome not-found"]),
    "a path there is not": (KEY, "GET", "/v2/companies", {}, 404, ["no operation is served at GET /v2/companies", MISSING, "nothing is served at /v2/companies; did you mean /v2/company?"]),
    "a method there is not": (KEY, "DELETE", "/v2/company", {}, 404, ["no operation is served at DELETE /v2/company", MISSING, "DELETE is not served at /v2/company; it takes GET, HEAD, POST"]),
    "a name of one word": (KEY, "POST", "/v2/person", {"json": {"contacts": [{"contactId": "1", "fullName": "Cher"}]}}, 412, ["refused with 412 bad-full-name: The request failed due to invalid syntax that was provided. Please make sure to send a full name field that contains a valid first & last name", "contacts.0.fullName must have a first and a last name (sent: Cher)"]),
    "a trial that is over": ("trial-ended", "GET", COMPANY, {}, 429, ["refused with 429 trial-ended: You've reached your trial limit, please contact support for upgrade"]),
    "a person under restriction": (KEY, "GET", "/v2/person?email=greta.datenschutz@quill-works.example", {}, 451, ["refused with 451 gdpr: We are unable to process this contact request due to our GDPR regulations", "Greta Datenschutz was found by email"]),
    "a rule": (KEY, "GET", COMPANY, {"headers": {"x-mock-lusha-scenario": "server-error"}}, 500, ["the rule server-error/rule-1#1 fired", "refused with 500 server-error: Internal server error. Please try again later."]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_why_a_call_was_refused_is_explained(case: str, lusha: CheckedClient) -> None:
    key, method, url, options, status, why = REFUSED[case]
    assert lusha.request(method, url, key=key, **options).status_code == status

    explained = lusha.get("/_mock/explain/last").json()

    assert (explained["status"], explained["why"]) == (status, why)
    assert explained["price"] == {"charged": 0, "items": []}
    assert ("reopens" in explained) is (status == 429)


def test_an_answer_that_was_spoilt_is_explained(lusha: CheckedClient) -> None:
    told(lusha, "PUT", "scenario", {"name": "ours", "rules": [{"respond": {"fault": "duplicated"}}]})
    with pytest.raises(json.JSONDecodeError):
        lusha.get(COMPANY)

    assert told(lusha, "GET", "explain/last")["why"] == [
        "the rule ours/rule-1#1 fired",
        "duplicated: no ordinary answer was sent",
        "Acme was found by domain",
        "charged 1: 1 items paid for, 0 free",
    ]


# Key, error of a rule -> seconds and moment at which it reopens, 90 seconds after the first request
REOPENS: dict[str, tuple[str, str | None, int | None, str | None]] = {
    "a minute": (KEY, "minute-limit", 30, "2026-03-31T12:02:00.000Z"),
    "an hour": (KEY, "hourly-limit", 3_510, "2026-03-31T13:00:00.000Z"),
    "a day": (KEY, "daily-quota", 86_310, "2026-04-01T12:00:00.000Z"),
    "an hour without a rule": ("hourly-limit-spent", None, 3_510, "2026-03-31T13:00:00.000Z"),
    "a day without a rule": ("daily-quota-spent", None, 86_310, "2026-04-01T12:00:00.000Z"),
    "a second": (KEY, "too-many-requests", None, None),
    "a trial": ("trial-ended", None, None, None),
}


@pytest.mark.parametrize("case", REOPENS)
def test_when_a_limit_reopens_is_explained(case: str, lusha: CheckedClient) -> None:
    key, error, seconds, moment = REOPENS[case]
    lusha.get(COMPANY, key=key)
    if error is not None:
        rules = [{"respond": {"error": error}}]
        told(lusha, "PUT", "scenario", {"name": "ours", "rules": rules}, key=key)
    told(lusha, "PATCH", "clock", {"advance": 90}, key=key)
    assert lusha.get(COMPANY, key=key).status_code == 429

    explained = told(lusha, "GET", "explain/last", key=key)

    assert explained["reopens"] == {"seconds": seconds, "at": moment}
    said = [text for text in explained["why"] if "reopens" in text]
    assert said == ([] if seconds is None else [f"the window reopens {seconds} seconds later"])


def test_only_what_was_refused_with_429_reopens(lusha: CheckedClient) -> None:
    for url in (COMPANY, "/v2/company?domain=nobody.example"):
        lusha.get(url)

        assert "reopens" not in told(lusha, "GET", "explain/last")


CLOSED = "outside the directory, and the world is closed"
# URL -> those near it, of the people and companies that are pinned
NEARBY: dict[str, tuple[str, list[str]]] = {
    "an email": ("person?email=ada.quil@quill-works.example", ["ada-quill at quill-works.example"]),
    "an email of another domain": ("person?email=ada.quill@quilworks.example", ["ada-quill at quill-works.example"]),
    "a name": ("person?firstName=Adah&lastName=Quil&companyName=Quill Works", ["ada-quill at quill-works.example"]),
    "a name of a company nearby": ("person?firstName=Ada&lastName=Quill&companyName=Quil Work", ["ada-quill at quill-works.example"]),
    "a name like two": ("person?firstName=Ada&lastName=Partial&companyDomain=quill-works.example", ["paula-partial at quill-works.example", "ada-quill at quill-works.example"]),
    "a name like nobody's": ("person?email=xx.zzz@quill-works.example", ["quill-works.example"]),
    "an employer like none": ("person?email=jane.doe@zz.zz", []),
    "a profile": (f"person?linkedinUrl={IN}/ada-quil", []),
    "a domain": ("company?domain=quil-works.example", ["quill-works.example"]),
    "a company's name": ("company?company=Quil Works", ["quill-works.example"]),
    "a domain like none": ("company?domain=zz.zz", []),
}  # fmt: skip


@pytest.mark.parametrize("case", NEARBY)
def test_who_is_near_is_told_where_a_closed_world_has_nobody(case: str, closed: CheckedClient) -> None:
    url, nearest = NEARBY[case]
    closed.get(f"/v2/{url}")

    explained = told(closed, "GET", "explain/last")

    (looked,) = explained["lookups"]
    assert (looked["by"], looked["why"]) == (None, CLOSED)
    assert [each for each in looked["nearest"] if each.endswith("quill-works.example")] == nearest
    assert f"not found: {CLOSED}" in explained["why"]


def test_people_and_companies_of_the_directory_are_near_too(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(key=KEY, people=40, companies=4, open_world=False)
    search = {"filters": {}, "pages": {"page": 0, "size": 50}}
    rows = client.post("/prospecting/contact/search", json=search).json()["data"]
    row = next(row for row in rows if row["fqdn"] != "quill-works.example")
    first, last_name = row["name"].split(" ", 1)
    name = {"firstName": first, "lastName": f"{last_name}x"}

    client.get("/v2/person", params=name | {"companyDomain": row["fqdn"]})
    client.get("/v2/company", params={"domain": f"x{row['fqdn']}"})

    person, company = (told(client, "GET", f"explain/{number}")["lookups"][0] for number in (2, 3))
    assert person["nearest"][0] == f"{row['name'].lower().replace(' ', '-')} at {row['fqdn']}"
    assert company["nearest"][0] == row["fqdn"]


def test_whoever_an_account_pinned_is_near_to_it_alone(closed: CheckedClient) -> None:
    zoe = {"firstName": "Zoe", "lastName": "Quux", "companyDomain": "quill-works.example"}
    told(closed, "POST", "entities", {"people": [zoe]})

    for key, nearest in ((KEY, "zoe-quux at quill-works.example"), (OTHER, "quill-works.example")):
        closed.get("/v2/person?email=zoe.qux@quill-works.example", key=key)
        (looked,) = told(closed, "GET", "explain/last", key=key)["lookups"]
        assert looked["nearest"][0] == nearest


def test_at_most_three_are_near_and_none_of_another_company(closed: CheckedClient) -> None:
    zoe = [("Zoe", f"Quux{letter}", "quill-works.example") for letter in "abcd"]
    people = [
        {"firstName": first, "lastName": last_name, "companyDomain": domain}
        for first, last_name, domain in [*zoe, ("Zoe", "Quuxes", "zebra.example")]
    ]
    companies = [{"domain": f"quill-works{number}.example"} for number in range(4)]
    told(
        closed, "POST", "entities", {"people": people, "companies": [*companies, {"domain": "zebra.example"}]}
    )

    closed.get("/v2/person?email=zoe.quuxe@quill-works.example")
    closed.get("/v2/company?domain=quill-worksx.example")

    person, company = (told(closed, "GET", f"explain/{number}")["lookups"][0] for number in (1, 2))
    assert len(person["nearest"]) == 3
    assert {each[:8] for each in person["nearest"]} == {"zoe-quux"}
    assert {each.partition(" at ")[2] for each in person["nearest"]} == {"quill-works.example"}
    assert len(company["nearest"]) == 3


MISSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a match rate": ({"match_rate": 0}, "/v2/person?email=jane.doe@acme.com", "outside the directory, and the match rate leaves it out"),
    "a company's match rate": ({"match_rate": 0}, COMPANY, "outside the directory, and the match rate leaves it out"),
    "an id of nobody": ({}, "/v2/person?personId=1", "no identifier of these names anybody"),
    "an id of no company": ({}, "/v2/company?companyId=1", "no identifier of these names anybody"),
    "a magic word": ({}, "/v2/person?email=nobody@quill-works.example", "outcome not-found"),
    "a magic domain": ({}, "/v2/company?domain=nobody.example", "outcome not-found"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSED)
def test_why_nobody_was_found_is_explained(case: str, make_client: Callable[..., CheckedClient]) -> None:
    settings, url, why = MISSED[case]
    client = make_client(key=KEY, people=0, companies=1, **settings)
    client.get(url)

    explained = told(client, "GET", "explain/last")

    (looked,) = explained["lookups"]
    assert (looked["by"], looked["why"], looked["nearest"]) == (None, why, [])
    assert f"not found: {why}" in explained["why"]


def test_whoever_was_erased_is_explained_so(lusha: CheckedClient) -> None:
    told(lusha, "POST", "entities/erase", {"people": [{"email": ADA}], "companies": [{"domain": "acme.com"}]})

    for url in (f"/v2/person?email={ADA}", COMPANY):
        lusha.get(url)
        (looked,) = told(lusha, "GET", "explain/last")["lookups"]
        assert (looked["by"], looked["nearest"]) == (None, [])
        assert looked["why"] == "erased from this account's world"


def test_warnings_are_part_of_the_explanation(lenient: CheckedClient) -> None:
    lenient.get(f"{COMPANY}&note=1", headers={"authorization": KEY})

    assert told(lenient, "GET", "explain/last")["why"] == [
        "Acme was found by domain",
        "charged 1: 1 items paid for, 0 free",
        "property note should not exist",
        "a key in the header authorization is not read; it belongs into the header api_key",
    ]


def test_the_last_exchange_is_an_accounts_or_everybodys(lusha: CheckedClient) -> None:
    for key in (KEY, OTHER):
        lusha.get(COMPANY, key=key)
    lusha.get("/nothing-here")

    assert told(lusha, "GET", "explain/last")["id"] == 1
    assert told(lusha, "GET", "explain/last", key=OTHER)["id"] == 2
    assert lusha.get("/_mock/explain/last").json()["id"] == 3


def test_an_exchange_is_explained_by_its_number(lusha: CheckedClient) -> None:
    lusha.get(COMPANY)
    lusha.get("/account/usage")

    for path in ("explain/1", f"explain/1?account={KEY}", "explain/0001"):
        explained = lusha.get(f"/_mock/{path}").json()
        assert (explained["id"], explained["operation"]) == (1, SINGLE)


NO_EXCHANGE: dict[str, tuple[str, str]] = {
    "another account's": (f"2?account={KEY}", "2"),
    "one of no account": (f"3?account={KEY}", "3"),
    "one that the ring lost": ("1", "1"),
    "one that is to come": ("99", "99"),
    "none": ("0", "0"),
    "the last of none": ("last?account=a-key-nobody-used", "last"),
}


@pytest.mark.parametrize("case", NO_EXCHANGE)
def test_an_exchange_the_account_does_not_have_is_a_404(
    case: str, make_client: Callable[..., CheckedClient]
) -> None:
    path, number = NO_EXCHANGE[case]
    client = make_client(key=KEY, people=0, companies=1, journal=1)
    client.get(COMPANY)
    client.get(COMPANY, key=OTHER)
    client.get("/nothing-here")
    client.get(COMPANY)

    answer = client.get(f"/_mock/explain/{path}")

    assert answer.status_code == 404
    assert answer.json()["errors"] == [
        f"the journal has no exchange {number}; see /_mock/journal for those it has"
    ]
