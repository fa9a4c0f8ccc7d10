"""The journal: what an exchange tells, what is kept of it, and how it is read."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from control.steering import ADA, COMPANY, KEY, OTHER, PERSON, SINGLE, told
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.state.journal import (
    MOST_ANSWER,
    MOST_BODY,
    MOST_BYTES,
    MOST_IN_ALL,
    Journal,
    Record,
)
from mock_lusha.state.masking import without_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient


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
        "trace": None,
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
    journal, one = Journal(size=20_000), record()
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
    journal, one = Journal(size=60_000), record()
    for _ in range(60_001):
        journal.add("first", one)

    assert len(list(journal.records("first"))) == 60_000
    journal.add("second", one)
    assert len(list(journal.records(everybody=True))) == 1


def test_an_account_that_lost_its_exchanges_keeps_those_that_follow() -> None:
    with patch("mock_lusha.state.journal.MOST_IN_ALL", 4):
        journal = Journal(size=3)
        for number, key in enumerate(["first", "first", "second", "second", "second", "first"], 1):
            journal.add(key, record(number))

    assert [each.id for each in journal.records("first")] == [6]
    assert [each.id for each in journal.records("second")] == [3, 4, 5]
    assert journal.find(1) is None
    assert [key for key, _ in filter(None, map(journal.find, (5, 6)))] == ["second", "first"]


def test_past_a_bound_of_bytes_the_longest_idle_account_loses_its_exchanges_too() -> None:
    with patch("mock_lusha.state.journal.MOST_BYTES", 100):
        journal = Journal(size=3)
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
        journal = Journal(size=3)
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
        journal = Journal(size=size)
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
    for before in (None, 1, 4, 30):
        newest = [each.id for each in journal.newest(everybody=True, before=before)]
        assert newest == [number for number in kept[::-1] if before is None or number < before]
    assert [number for number in range(70) if journal.find(number)] == kept
    assert len(kept) <= most
