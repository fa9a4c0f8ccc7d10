"""Of calls that are not as expected, the nearest is named first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.control.differences import differences_of, nearest_misses
from mock_lusha.state.journal import Record

if TYPE_CHECKING:
    from support import CheckedClient

PERSON = "/v2/person?firstName={}&lastName={}&companyName=Acme"
BULK = {"contacts": [{"contactId": "1", "firstName": "Jane", "lastName": "Doe", "companyName": "Acme"}]}


def contact(**changes: Any) -> dict[str, Any]:
    return {"contacts": [{**BULK["contacts"][0], **changes}]}


# What is sent, in this order; what is expected -> the places of the nearest three, the nearest first
CASES: dict[str, tuple[list[Any], dict[str, Any], list[int]]] = {
    "a letter is nearer than a word": (
        [PERSON.format("Jane", "Do"), PERSON.format("Jane", "Smith")],
        {"operation": "searchSingleContact", "query": {"firstName": "Jane", "lastName": "Doe"}},
        [0, 1],
    ),
    "one value is nearer than two": (
        [PERSON.format("Jane", "Smith"), PERSON.format("Jana", "Do"), PERSON.format("X", "Y")],
        {"operation": "searchSingleContact", "query": {"firstName": "Jane", "lastName": "Doe"}},
        [0, 1, 2],
    ),
    "no body is as far as all that it should hold": (
        [contact(firstName="Mary", lastName="Roe"), PERSON.format("Jane", "Doe"), contact(lastName="Roe")],
        {"body": BULK},
        [2, 0, 1],
    ),
    "a list that is too short lacks what is in the rest": (
        [contact(firstName="Mary"), {"contacts": []}, contact(contactId="2", lastName="Poe")],
        {"operation": "searchMultipleContacts", "body": BULK},
        [0, 2, 1],
    ),
    "the operation goes before all": (
        ["/account/usage", PERSON.format("Jane", "Doe"), contact(firstName="Mary", lastName="Roe")],
        {"operation": "searchMultipleContacts", "body": BULK},
        [2, 1, 0],
    ),
    "of two as near the later": (
        [PERSON.format("Jane", "Roe"), PERSON.format("Jane", "Poe")],
        {"query": {"lastName": "Doe"}},
        [1, 0],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_nearest_is_first(case: str, client: CheckedClient) -> None:
    sent, expected, places = CASES[case]
    for each in sent:
        if isinstance(each, str):
            client.get(each)
        else:
            client.post("/v2/person", json=each)

    misses = client.post("/_mock/verify", json=expected).json()["near_misses"]

    assert [miss["id"] - 1 for miss in misses] == places


def record(number: int, query: str) -> Record:
    return Record(
        id=number, begun=0, time=0, account="", operation=None, method="GET", path="/", query=query, body=b"",
        status=200, answered=b"", charged=0, left={}, reset=None, error=None, message=None, details=(),
        rules=(), warnings=(), misplaced=(), entries=(), lookups=(), ms=0, started=0,
    )  # fmt: skip


@given(
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["jane", "jana", "x"])), max_size=80),
    st.dictionaries(st.sampled_from("abcd"), st.just("jane"), min_size=1),
)
def test_none_that_is_left_out_differs_in_fewer_things(
    sent: list[dict[str, str]], wanted: dict[str, str]
) -> None:
    records = [
        record(number, "&".join(f"{name}={value}" for name, value in query.items()))
        for number, query in enumerate(sent)
    ]
    differences = [(each, list(differences_of(each, {"query": wanted}))) for each in records]

    found = nearest_misses(differences, 3)

    counts = [len(each) for _, each in found]
    assert counts == sorted(counts)
    assert all(counts)
    left_out = [len(each) for of, each in differences if each and of not in [one for one, _ in found]]
    assert not counts or all(count >= counts[-1] for count in left_out)


def test_an_expectation_that_is_nested_without_end_is_compared(client: CheckedClient) -> None:
    body: Any = "x"
    for _ in range(120):
        body = {"a": [body]}
    client.get("/account/usage")

    answer = client.post("/_mock/verify", json={"body": body})

    assert answer.status_code in {200, 400}


def test_a_call_and_an_expectation_that_are_nested_alike_are_compared_or_said_not_to_be(
    client: CheckedClient,
) -> None:
    content = b'{"contacts":' + b"[" * 1_000 + b"]" * 1_000 + b"}"
    client.post("/v2/person", content=content, headers={"content-type": "application/json"})

    found = client.post("/_mock/verify", content=b'{"body": ' + content + b"}").json()

    assert found["verified"] is False
    assert found["near_misses"][0]["differences"] == ["body is nested too deeply to be compared"]


@pytest.mark.parametrize(
    "expected",
    [
        {"body": {f"k{n}": n for n in range(9_000)}},
        {"body": {"contacts": [0] * 90_000}},
        {"path": "/" * 90_000},
    ],
    ids=["names", "items", "a path"],
)
def test_what_an_expectation_of_very_much_misses_is_told_in_short(
    expected: dict[str, Any], client: CheckedClient
) -> None:
    client.post("/v2/person", json=BULK)

    answer = client.post("/_mock/verify", json=expected)

    assert answer.json()["verified"] is False
    assert len(answer.json()["near_misses"][0]["differences"]) <= 20
    assert len(answer.content) < 3_000
