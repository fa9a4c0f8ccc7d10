"""Requests of prospecting, filters and signals as clients in the field send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import pytest

from mock_lusha.contract.document import Contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import CheckedClient

RANDOM = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
PEOPLE = "/prospecting/contact/search"
HOUSES = "/prospecting/company/search"
REVEAL = "/prospecting/contact/enrich"
OPEN_UP = "/prospecting/company/enrich"
SALES = {"contacts": {"include": {"departments": ["Sales"]}}}
TECH = {"companies": {"include": {"searchText": "technology"}}}
QUILL = {"companies": {"include": {"names": ["Quill Works"]}}}
SOME = object()
"""A value that is there and neither null nor empty, whatever it is."""
ABSENT = object()


class Wire(NamedTuple):
    """A request of a client, and what is read from its answer: dotted path -> value."""

    path: str
    body: Any
    reads: dict[str, Any]
    status: int = 200
    query: str = ""
    method: str = "POST"
    headers: dict[str, str] | None = None


WIRES: dict[str, Wire] = {
    # The vendor's agent server
    "agent: companies by text": Wire(
        HOUSES,
        {"pages": {"page": 0, "size": 25}, "filters": TECH},
        {"billing.creditsCharged": 1, "billing.resultsReturned": 25, "data.0.id": SOME, "requestId": SOME},
        headers={"API_KEY": "agent-key-0123456789"},
    ),
    "agent: companies by offset": Wire(
        HOUSES,
        {"offset": {"index": 20, "size": 10}, "filters": TECH},
        {"currentPage": 2, "pageLength": 10, "billing.creditsCharged": 1},
    ),
    "agent: industries as texts": Wire(
        PEOPLE,
        {
            "pages": {"page": 0, "size": 10},
            "filters": {"companies": {"include": {"mainIndustriesIds": ["17"], "subIndustriesIds": ["129"]}}},
        },
        {"pageLength": 10, "data.0.contactId": SOME, "billing.creditsCharged": 1},
    ),
    "agent: company enrich with a random request id": Wire(
        OPEN_UP,
        {"requestId": RANDOM, "companiesIds": ["7"]},
        {"requestId": RANDOM, "billing.creditsCharged": 0, "companies": []},
    ),
    "agent: companies by names": Wire(
        HOUSES, {"pages": {"page": 0, "size": 10}, "filters": QUILL}, {"data.0.name": "Quill Works"}
    ),
    "agent: a text of the names filter": Wire(
        "/prospecting/filters/companies/names", {"text": "quill"}, {"0.name": "Quill Works", "values": ABSENT}
    ),
    # The workflow node
    "node: known details": Wire(
        PEOPLE,
        {
            "pages": {"page": 0, "size": 10},
            "filters": {"contacts": {"include": {"existingDataPoints": ["work_email"]}}},
        },
        {"data.0.hasWorkEmail": True, "data.9.hasWorkEmail": True},
    ),
    "node: levels as numbers": Wire(
        PEOPLE,
        {"pages": {"page": 0, "size": 10}, "filters": {"contacts": {"include": {"seniority": [9, 10]}}}},
        {"pageLength": 10},
    ),
    "node: levels as texts": Wire(
        PEOPLE, {"filters": {"contacts": {"include": {"seniority": ["9"]}}}}, {"statusCode": 400}, 400
    ),
    "node: codes under their short names": Wire(
        HOUSES,
        {"filters": {"companies": {"include": {"sics": ["7372"], "naics": ["513210"]}}}},
        {"data.0.id": SOME},
    ),
    "node: industries as texts": Wire(
        HOUSES, {"filters": {"companies": {"include": {"mainIndustriesIds": ["17"]}}}}, {"pageLength": 20}
    ),
    "node: no upper edge as 999999": Wire(
        HOUSES,
        {
            "filters": {
                "companies": {"include": {"sizes": [{"min": 1, "max": 10}, {"min": 51, "max": 999999}]}}
            }
        },
        {"pageLength": 20},
    ),
    "node: exclusions": Wire(
        PEOPLE,
        {"filters": {**SALES, "companies": {"exclude": {"mainIndustriesIds": ["17"]}}}},
        {"pageLength": 20},
    ),
    "node: an unknown value": Wire(
        PEOPLE,
        {"filters": {"contacts": {"include": {"departments": ["Alchemy"]}}}},
        {"data": [], "totalResults": 0, "pageLength": 0, "billing.creditsCharged": 0},
    ),
    "node: empty options of a bulk": Wire(
        "/v2/person",
        {"contacts": [{"contactId": "1", "email": "jane.doe@acme.com"}], "metadata": {}},
        {"contacts.1.data.fullName": "Jane Doe"},
        headers={"api_key": "node-key-0123456789", "prtnr": "n8n"},
    ),
    "node: signal filter under its other name": Wire(
        PEOPLE,
        {"filters": {"contacts": {"include": {"signals": {"names": ["promotion"]}}}}},
        {"data.0.signalTypes": ["promotion"], "billing.creditsCharged": 2},
    ),
    # The low-code platform
    "low-code: pages in the query": Wire(
        PEOPLE,
        {"filters": SALES},
        {"currentPage": 0, "pageLength": 20},
        query="?pages[page]=3&pages[size]=50",
    ),
    "low-code: companies without pages": Wire(
        HOUSES, {"filters": {"companies": {"include": {}}}}, {"currentPage": 0, "pageLength": 20}
    ),
    "low-code: no ids to enrich": Wire(
        REVEAL, {"requestId": RANDOM, "contactIds": []}, {"statusCode": 400}, 400
    ),
    "low-code: signals with ids in the query": Wire(
        "/api/signals/contacts",
        None,
        {"statusCode": 400},
        400,
        query="?contactIds[]=1&signals[]=allSignals",
    ),
    "low-code: company signals with ids in the query": Wire(
        "/api/signals/companies", None, {"statusCode": 400}, 400, query="?companyIds=1&signals=allSignals"
    ),
    "low-code: predecessor of lookalikes": Wire(
        "/api/recommendations/contacts", {"contactIds": []}, {"statusCode": 404}, 404
    ),
    # The browser extension
    "extension: signals of a person": Wire(
        "/api/signals/contacts/search",
        {
            "contacts": [
                {"id": "signal-request-1", "full_name": "Ada Quill", "companies": [{"name": "Quill Works"}]}
            ],
            "signals": ["allSignals"],
        },
        {"contacts.signal-request-1.personId": SOME, "endDate": "2026-03-31"},
    ),
    "extension: usage": Wire("/account/usage", None, {"usage.credits.remaining": 10_000}, method="GET"),
    # Python clients
    "python: a slash at the end": Wire(
        f"{PEOPLE}/", {"pages": {"page": 0, "size": 10}, "filters": SALES}, {"pageLength": 10, "data.9": SOME}
    ),
    "python: companies with a slash at the end": Wire(
        f"{HOUSES}/", {"pages": {"page": 0, "size": 10}, "filters": TECH}, {"pageLength": 10}
    ),
    "python: industries as numbers": Wire(
        HOUSES, {"filters": {"companies": {"include": {"mainIndustriesIds": [17]}}}}, {"pageLength": 20}
    ),
    "python: a page too small": Wire(
        PEOPLE,
        {"pages": {"page": 0, "size": 9}, "filters": SALES},
        {"message": "pages.size must not be less than 10 (sent: 9)"},
        400,
    ),
    "python: a page too large": Wire(
        PEOPLE,
        {"pages": {"page": 0, "size": 51}, "filters": SALES},
        {"message": "pages.size must not be greater than 50 (sent: 51)"},
        400,
    ),
    "python: names in the wrong place": Wire(
        HOUSES, {"filters": {"companyNames": ["Quill Works"]}}, {"pageLength": 20}
    ),
}


def read(body: Any, path: str) -> Any:
    """The value at a dotted path, or ABSENT."""
    for step in path.split("."):
        if isinstance(body, list):
            if not step.isdecimal() or int(step) >= len(body):
                return ABSENT
            body = body[int(step)]
        elif step in body:
            body = body[step]
        else:
            return ABSENT
    return body


@pytest.fixture
def small(make_client: Callable[..., CheckedClient]) -> CheckedClient:
    return make_client(people=4_000, companies=800, limits="headers")


@pytest.mark.parametrize("name", WIRES)
def test_a_client_in_the_field_gets_what_it_reads(small: CheckedClient, name: str) -> None:
    wire = WIRES[name]
    sent = {} if wire.body is None else {"json": wire.body}
    answer = small.request(wire.method, wire.path + wire.query, headers=wire.headers, **sent)

    assert answer.status_code == wire.status, answer.text
    for path, expected in wire.reads.items():
        found = read(answer.json(), path)
        if expected is SOME:
            assert found is not ABSENT
            assert found not in (None, "", [], {}), path
        else:
            assert found == expected, path


def test_codes_of_companies_are_searched_under_both_names(small: CheckedClient) -> None:
    totals = {
        name: small.post(HOUSES, json={"filters": {"companies": {"include": {name: codes}}}}).json()
        for name, codes in (
            ("sics", ["7372"]), ("sicCodes", ["7372"]), ("naics", ["513210"]), ("naicsCodes", ["513210"]),
        )
    }  # fmt: skip

    assert totals["sics"]["totalResults"] == totals["sicCodes"]["totalResults"] > 0
    assert totals["naics"]["totalResults"] == totals["naicsCodes"]["totalResults"] > 0


def test_an_offset_is_the_page_it_falls_on(small: CheckedClient) -> None:
    by_offset = small.post(HOUSES, json={"offset": {"index": 20, "size": 10}, "filters": TECH}).json()
    by_page = small.post(HOUSES, json={"pages": {"page": 2, "size": 10}, "filters": TECH}).json()

    assert by_offset["data"] == by_page["data"]
    assert by_offset["currentPage"] == by_page["currentPage"] == 2


# The vendor's agent server: search, then enrich what was found, under any request id


def test_the_agent_enriches_found_companies_under_an_id_of_its_own(small: CheckedClient) -> None:
    found = small.post(HOUSES, json={"pages": {"page": 0, "size": 10}, "filters": TECH}).json()
    ids = [row["id"] for row in found["data"]]
    answer = small.post(OPEN_UP, json={"requestId": RANDOM, "companiesIds": ids}).json()

    assert str(UUID(found["requestId"])) == found["requestId"]
    assert all(isinstance(id_, str) for id_ in ids)
    assert [str(company["id"]) for company in answer["companies"]] == ids
    assert [company["name"] for company in answer["companies"]] == [row["name"] for row in found["data"]]
    assert answer["billing"]["creditsCharged"] == 10
    assert small.used() == found["billing"]["creditsCharged"] + answer["billing"]["creditsCharged"]


def test_the_agent_counts_the_keys_of_a_bulk_of_companies(small: CheckedClient) -> None:
    sent = {"companies": [{"id": "1", "domain": "acme.com"}, {"id": "2", "domain": "quill-works.example"}]}

    assert len(small.post("/v2/company", json=sent).json().keys()) == 2


# The workflow node: it splits what it found into shown and new


def test_the_node_sees_on_the_next_search_whom_it_revealed(small: CheckedClient) -> None:
    body = {"pages": {"page": 0, "size": 10}, "filters": SALES}
    first = small.post(PEOPLE, json=body).json()
    new = [row["contactId"] for row in first["data"] if not row["isShown"]]
    answer = small.post(REVEAL, json={"requestId": first["requestId"], "contactIds": new[:4]}).json()
    second = small.post(PEOPLE, json=body).json()

    shown = [row["isSuccess"] for row in answer["contacts"]] + [False] * 6

    assert len(new) == 10
    assert shown.count(True) >= 2, "one of them may be withheld"
    assert answer["creditsCharged"] == answer["billing"]["creditsCharged"] > 0
    assert [row["isShown"] for row in second["data"]] == shown
    assert not {row["contactId"] for row in second["data"]} & set(new), "ids hold for one search"


# The low-code platform: it goes on until a page is empty


def test_the_loop_of_the_low_code_platform_ends_on_an_empty_page(small: CheckedClient) -> None:
    sent = {"companies": {"include": {"searchText": "robotics"}}}
    seen: list[str] = []
    lengths = []
    for page in range(1_000):
        answer = small.post(HOUSES, json={"pages": {"page": page, "size": 10}, "filters": sent})
        rows = answer.json()["data"]
        lengths.append(len(rows))
        if not rows:
            assert (answer.status_code, answer.json()["billing"]["creditsCharged"]) == (200, 0)
            break
        seen += [row["id"] for row in rows]
    total = small.post(HOUSES, json={"filters": sent}).json()["totalResults"]

    assert len(set(seen)) == len(seen) == total > 0
    assert lengths[-1] == 0
    assert all(length == 10 for length in lengths[:-2])


def test_enriching_what_an_empty_page_holds_ends_the_run(small: CheckedClient) -> None:
    nobody = {"contacts": {"include": {"departments": ["Alchemy"]}}}
    found = small.post(PEOPLE, json={"filters": nobody}).json()
    ids = [row["contactId"] for row in found["data"]]
    refused = small.post(REVEAL, json={"requestId": found["requestId"], "contactIds": ids})

    assert refused.status_code == 400
    assert "contactIds must contain at least 1 elements" in refused.json()["message"]


def test_the_second_page_in_the_query_is_the_first_again(small: CheckedClient) -> None:
    first, second = (
        small.post(f"{PEOPLE}?pages[page]={page}&pages[size]=50", json={"filters": SALES}).json()
        for page in (0, 1)
    )

    assert [row["name"] for row in first["data"]] == [row["name"] for row in second["data"]]


# Python clients


def test_a_client_that_walks_items_finds_each_of_its_people(small: CheckedClient) -> None:
    people = {"row-1": "jane.doe@acme.com", "row-2": "ada.quill@quill-works.example"}
    contacts = [{"contactId": id_, "email": email} for id_, email in people.items()]
    answer = small.post("/v2/person", json={"contacts": contacts}).json()
    names = {
        id_: (entry["data"]["fullName"], answer["companies"][str(entry["data"]["companyId"])]["name"])
        for id_, entry in answer["contacts"].items()
        if not entry["error"]
    }

    assert names == {"row-1": ("Jane Doe", "Acme"), "row-2": ("Ada Quill", "Quill Works")}


def test_a_client_that_remembers_the_last_request_id_enriches_its_page_only(small: CheckedClient) -> None:
    first, last = (
        small.post(PEOPLE, json={"pages": {"page": page, "size": 10}, "filters": SALES}).json()
        for page in (0, 1)
    )
    ids = [row["contactId"] for row in (*first["data"][:2], *last["data"][:2])]
    answer = small.post(REVEAL, json={"requestId": last["requestId"], "contactIds": ids}).json()

    assert [row["isSuccess"] for row in answer["contacts"]] == [False, False, True, True]
    assert [row["id"] for row in answer["contacts"]] == ids


# The contract's own examples


def _examples() -> Iterator[tuple[str, str, Any]]:
    contract = Contract.load()
    for operation in contract.operations.values():
        item = contract.document["paths"][operation.path][operation.method.lower()]
        for media in item.get("requestBody", {}).get("content", {}).values():
            for name, example in media["examples"].items():
                yield f"{operation.id} {name}", operation.path, example["value"]


EXAMPLES = {name: (path, body) for name, path, body in _examples()}


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("strict", [False, True])
def test_an_example_of_the_contract_is_answered(
    make_client: Callable[..., CheckedClient], name: str, strict: bool
) -> None:
    path, body = EXAMPLES[name]
    # An example's request id is of no search that was made, and that is refused in strict mode alone.
    status = 400 if strict and path == REVEAL else 200
    answer = make_client(people=4_000, companies=800, strict=strict).post(path, json=body)

    assert answer.status_code == status, answer.text


def test_every_operation_with_a_body_has_an_example() -> None:
    with_body = {operation.path for operation in Contract.load().operations.values() if operation.body}

    assert {path for path, _ in EXAMPLES.values()} == with_body
    assert len(with_body) == 16
