"""What was tried of the API and what was not, as the control API tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from control.steering import KEY, told
from hypothesis import given
from hypothesis import strategies as st

from mock_lusha.contract.registry import Registry
from mock_lusha.coverage.report import KINDS
from mock_lusha.coverage.situations import SITUATIONS
from mock_lusha.state.coverage import MOST_FOLDED, MOST_OUTCOMES, Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

SEARCH = "/v3/contacts/search"
JANE: dict[str, Any] = {"contacts": [{"email": "jane.doe@acme.com"}]}
OPERATIONS = Registry.load().operations


def coverage(lusha: CheckedClient, query: str = "") -> Any:
    return told(lusha, "GET", f"coverage{query}")


def of_all(lusha: CheckedClient) -> Any:
    return lusha.get("/_mock/coverage").json()


def states(report: Any) -> dict[str, str]:
    return {row["name"]: row["state"] for row in report["situations"]}


def test_without_a_call_nothing_is_missed(lusha: CheckedClient) -> None:
    report = coverage(lusha)

    assert (report["calls"], report["gaps"], report["unread"]) == (0, [], 0)
    assert report["score"] == {"tried": 0, "concerned": 0, "percent": 100.0}
    assert {*states(report).values()} == {"not concerned"}


def test_a_call_of_v3_concerns_its_like_and_nothing_of_v2(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE)

    report = coverage(lusha)

    operations = report["operations"]
    assert operations["called"] == ["searchContacts"]
    assert "enrichContacts" in operations["missed"]
    assert {OPERATIONS[name].generation for name in operations["missed"]} == {"v3"}
    assert "createContactsTable" in operations["not_concerned"]
    assert {*operations["called"], *operations["missed"], *operations["not_concerned"]} == {*OPERATIONS}
    assert states(report)["retired"] == states(report)["delivered"] == "not concerned"
    assert not any(gap["operation"] in operations["not_concerned"] for gap in report["gaps"])


def test_a_generation_that_is_named_counts_whole(lusha: CheckedClient) -> None:
    missed = coverage(lusha, "?generations=v3")["operations"]["missed"]

    assert {*missed} == {name for name, operation in OPERATIONS.items() if operation.generation == "v3"}


@pytest.mark.parametrize(
    "query", ["generations=v4", "generations=", "generation=v3", "generations=v3&generations=v4"]
)
def test_a_generation_that_there_is_not_is_refused(lusha: CheckedClient, query: str) -> None:
    answer = lusha.get(f"/_mock/coverage?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_gaps_come_by_their_worth_and_no_line_twice(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE)

    gaps = coverage(lusha)["gaps"]

    kinds = [KINDS.index(gap["kind"]) for gap in gaps]
    assert kinds == sorted(kinds)
    assert gaps[0]["line"] == 'lusha.on("searchContacts").fail("insufficient-credits")'
    assert len({gap["line"] for gap in gaps}) == len(gaps)


def test_statuses_and_errors_are_told_by_operation(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE)
    lusha.post(SEARCH, json={"contacts": [{"email": "ratelimited@acme.com"}]})

    report = coverage(lusha)

    tried = [row for row in report["statuses"] if row["tried"]]
    assert [(row["operation"], row["status"], row["times"]) for row in tried] == [
        ("searchContacts", 200, 1),
        ("searchContacts", 429, 1),
    ]
    assert [row["name"] for row in report["errors"] if row["tried"]] == ["too-many-requests"]
    assert states(report)["too-many-a-second"] == "tried"


def test_fields_and_listed_values_that_were_sent_are_tried(lusha: CheckedClient) -> None:
    lusha.get("/v2/person", params={"email": "jane.doe@acme.com", "filterBy": "emailAddresses"})
    lusha.post("/v3/contacts/enrich", json={"ids": ["v1.none"], "reveal": ["emails"]})

    report = coverage(lusha)

    assert report["fields"]["searchSingleContact"]["tried"] == ["query.email", "query.filterBy"]
    assert "query.linkedinUrl" in report["fields"]["searchSingleContact"]["missed"]
    assert report["values"]["searchSingleContact"]["query.filterBy"] == {
        "tried": ["emailAddresses"], "missed": ["phoneNumbers"]
    }  # fmt: skip
    assert report["values"]["enrichContacts"]["body.reveal"] == {"tried": ["emails"], "missed": ["phones"]}


def test_of_fields_within_one_that_was_never_sent_only_that_one_is_a_gap(lusha: CheckedClient) -> None:
    filters = {"contacts": {"include": {"departments": ["Legal"]}}}
    lusha.post("/v3/contacts/prospecting", json={"filters": filters, "pagination": {"page": 0, "size": 10}})

    missed = coverage(lusha)["fields"]["prospectingContacts"]["missed"]

    assert "body.filters.companies" in missed
    assert not any(place.startswith("body.filters.companies.") for place in missed)
    assert "body.filters.contacts.include.countries" in missed


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", b'"\\ud800"', b"[" * 5_000, b'{"contacts": {"email": 1}}', b"x" * 60_000,
     b'{"contacts": [null, 1, [[{"email": {}}]]], "": 1, "\xc3\xbc": []}'],
)  # fmt: skip
def test_whatever_was_sent_can_be_read(lusha: CheckedClient, body: bytes) -> None:
    lusha.post(SEARCH, content=body, headers={"content-type": "application/json"})

    report = coverage(lusha)

    assert report["calls"] == 1
    assert report["operations"]["called"] == ["searchContacts"]


def test_a_body_that_was_kept_in_part_alone_is_said_to_be_unread(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json={"contacts": [{"email": f"{'x' * 50_000}@acme.com"}]})

    assert coverage(lusha)["unread"] == 1


# What stays

FORGETTING: dict[str, tuple[str, str, Any]] = {
    "settling": ("POST", "accounts/settle", {}),
    "deleting": ("DELETE", "accounts", None),
    "clearing its journal": ("DELETE", "journal", None),
    "resetting": ("POST", "reset", None),
}


@pytest.mark.parametrize("how", FORGETTING)
def test_what_an_account_tried_outlives_its_exchanges(lusha: CheckedClient, how: str) -> None:
    method, path, body = FORGETTING[how]
    lusha.post(SEARCH, json=JANE)
    before = of_all(lusha)

    told(lusha, method, path, body)

    assert told(lusha, "GET", "journal")["total"] == 0
    assert of_all(lusha) == before


def test_an_account_that_was_forgotten_begins_anew_itself(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE)
    told(lusha, "POST", "accounts/settle", {})

    assert coverage(lusha)["calls"] == 0
    lusha.post(SEARCH, json=JANE)
    assert coverage(lusha)["calls"] == 1
    assert of_all(lusha)["calls"] == 2


def test_what_was_tried_is_forgotten_when_that_is_asked_for(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE)
    lusha.post(SEARCH, json=JANE, headers={"api_key": "another"})

    told(lusha, "DELETE", "coverage")
    assert (coverage(lusha)["calls"], of_all(lusha)["calls"]) == (0, 1)
    assert told(lusha, "GET", "journal")["total"] == 1
    lusha.request("DELETE", "/_mock/coverage")
    assert of_all(lusha)["fields"] == {}
    lusha.get("/v3/account/usage")
    lusha.post("/_mock/reset")
    assert of_all(lusha)["calls"] == 0


def test_what_no_call_shows_can_be_noted(lusha: CheckedClient) -> None:
    told(lusha, "POST", "coverage", {"mark": "receiver-examined"})

    assert (
        states(coverage(lusha))["receiver-examined"] == states(of_all(lusha))["receiver-examined"] == "tried"
    )
    assert lusha.post(f"/_mock/coverage?account={KEY}", json={"mark": "bravery"}).status_code == 400
    assert lusha.post("/_mock/coverage", json={"mark": "receiver-examined"}).status_code == 400


def test_calls_without_a_key_count_for_the_server(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE, headers={"api_key": ""})

    assert states(of_all(lusha))["no-key"] == "tried"


def test_calls_without_a_key_count_once_with_the_account_that_is_settled_next(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json=JANE, headers={"api_key": ""})
    before = of_all(lusha)

    first, second = (told(lusha, "POST", "accounts/settle", {})["coverage"]["outcomes"] for _ in range(2))

    assert (first, second) == ([["searchContacts", 401, "no-api-key", 1]], [])
    assert of_all(lusha) == before


def test_what_falls_out_of_the_journal_was_read_before(make_client: Callable[..., CheckedClient]) -> None:
    lusha = make_client(key=KEY, people=0, companies=1, journal=1)
    lusha.post("/v3/contacts/search", json={"contacts": [{"email": "nobody@acme.com"}]})
    for number in range(MOST_FOLDED + 3):
        lusha.get("/v2/company", params={"domain": f"c{number}.example"})

    report = coverage(lusha)

    assert report["fields"]["searchContacts"]["tried"] == ["body.contacts", "body.contacts.email"]
    assert states(report)["nothing-found"] == "tried"
    assert report["unread"] == 2
    assert report["calls"] == MOST_FOLDED + 4


def test_the_same_request_is_not_unread_however_often_it_comes(
    make_client: Callable[..., CheckedClient],
) -> None:
    lusha = make_client(key=KEY, people=0, companies=1, journal=1)
    for _ in range(2 * MOST_FOLDED):
        lusha.get("/v3/account/usage")

    assert coverage(lusha)["unread"] == 0


def test_reading_twice_counts_once(lusha: CheckedClient) -> None:
    lusha.post(SEARCH, json={"contacts": [{"email": "nobody@acme.com"}]})

    first, second = coverage(lusha), coverage(lusha)

    assert first == second
    assert next(row["times"] for row in first["situations"] if row["name"] == "nothing-found") == 1


# Tallies

OUTCOMES = st.tuples(st.none() | st.text(), st.integers(0, 599), st.none() | st.text())


@given(st.lists(OUTCOMES), st.lists(OUTCOMES))
def test_a_sum_of_tallies_travels_as_json_and_has_the_calls_of_both(
    one: list[tuple[str | None, int, str | None]], other: list[tuple[str | None, int, str | None]]
) -> None:
    tallies = []
    for outcomes in (one, other):
        tally = Tally(fields={"a": {str(len(outcomes))}}, unread=1)
        for outcome in outcomes:
            tally.note(outcome)
        tallies.append(tally)
    total = Tally()
    for tally in tallies:
        total.add(Tally.of(tally.plain()))

    assert (total.calls, total.unread) == (len(one) + len(other), 2)
    assert Tally.of(total.plain()).plain() == total.plain()


def test_a_tally_is_bounded_whatever_is_answered() -> None:
    tally = Tally()
    for number in range(MOST_OUTCOMES + 10):
        tally.note(("searchContacts", number, None))

    assert len(tally.outcomes) == MOST_OUTCOMES
    assert tally.calls == MOST_OUTCOMES + 10


def test_the_names_of_situations_are_words_of_their_own() -> None:
    names = [situation.name for situation in SITUATIONS]

    assert len({*names}) == len(names)
    assert not {*names} & {*OPERATIONS}
