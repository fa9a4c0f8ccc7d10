"""Calls are verified against the journal."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from control.steering import COMPANY, KEY, OTHER, PERSON, SINGLE, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient


def bulk(size: int) -> bytes:
    """A body of a bulk lookup, of so many bytes."""
    return b'{"companies": [{"id": "1", "domain": "acme.com"}]'.ljust(size - 1) + b"}"


# URL, options (a POST where there is a body) -> status, query and body as they are kept
ACME = {"id": "1", "domain": "acme.com"}


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
