"""What the journal keeps of a call takes little room, and is shown as it was sent whatever came after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support import AnswerCheck, CheckedClient

from mock_lusha import Settings, create_app
from mock_lusha.state.journal import MOST_ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_lusha.clock import Clock
    from mock_lusha.state.journal import Journal, Record

PEOPLE, COMPANIES = "/prospecting/contact/search", "/prospecting/company/search"
BULK = {"contacts": [{"contactId": str(n), "email": f"jane.number{n}@acme.com"} for n in range(30)]}
SEARCHES: dict[str, tuple[str, dict[str, Any]]] = {
    "people, a long page": (PEOPLE, {"filters": {}, "pages": {"page": 0, "size": 50}}),
    "people, a short one": (PEOPLE, {"filters": {"contacts": {"include": {"departments": ["Sales"]}}}}),
    "people with signals": (
        PEOPLE,
        {"filters": {"contacts": {"include": {"signal": {"names": ["promotion"]}}}}},
    ),
    "nobody": (PEOPLE, {"filters": {"contacts": {"include": {"searchText": "no-such-word-at-all"}}}}),
    "companies": (COMPANIES, {"filters": {}, "pages": {"page": 0, "size": 50}}),
    "companies with signals": (
        COMPANIES,
        {"filters": {"companies": {"include": {"signal": {"names": ["surgeInHiring"]}}}}},
    ),
}


class Opened(NamedTuple):
    """A client of an app, and the app's journal."""

    client: CheckedClient
    journal: Journal

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(path, json=body)

    @property
    def records(self) -> list[Record]:
        return list(self.journal.records(everybody=True))


@pytest.fixture
def opened(answer_check: AnswerCheck, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Opened]:
    app = create_app(Settings(people=400, companies=40, **getattr(request, "param", {})), clock=clock)
    client = CheckedClient(app, answer_check, "test-key-0123456789")
    yield Opened(client, app.state.journal)
    client.close()


@pytest.mark.parametrize("opened", [{"dialect": "live"}, {"dialect": "documented"}], indirect=True)
@pytest.mark.parametrize("case", SEARCHES)
def test_an_answer_to_a_search_is_shown_as_it_was_though_time_went_on(case: str, opened: Opened) -> None:
    path, body = SEARCHES[case]
    before = opened.post(path, body)
    found = opened.post(PEOPLE, {"filters": {}, "pages": {"page": 0, "size": 50}}).json()
    rows = found.get("data") or found["contacts"]
    paid = {"requestId": found["requestId"], "contactIds": [row["contactId"] for row in rows]}
    assert opened.post("/prospecting/contact/enrich", paid).status_code == 200
    opened.client.request("PATCH", f"/_mock/clock?account={opened.client.key}", json={"advance": 35_000_000})
    after = opened.post(path, body)

    first, *_, last = opened.records
    assert before.content != after.content
    assert first.answer == before.content[:MOST_ANSWER]
    assert last.answer == after.content[:MOST_ANSWER]


def test_an_answer_that_a_rule_changed_is_shown_as_it_was_sent(opened: Opened) -> None:
    rule = {"respond": {"patch": {"requestId": "00000000-0000-4000-8000-000000000000"}}}
    opened.client.request("PUT", "/_mock/scenario", json={"name": "ours", "rules": [rule]})

    answer = opened.post(*SEARCHES["people, a long page"])

    assert answer.json()["requestId"] == "00000000-0000-4000-8000-000000000000"
    assert opened.records[0].answer == answer.content[:MOST_ANSWER]


@pytest.mark.parametrize("case", ["people, a long page", "companies"])
def test_a_long_answer_to_a_search_is_shown_as_far_as_any_other(case: str, opened: Opened) -> None:
    answer = opened.post(*SEARCHES[case])

    assert len(answer.content) > MOST_ANSWER
    assert [each.answer for each in opened.records] == [answer.content[:MOST_ANSWER]]


CALLS: dict[str, tuple[str, str, Any]] = {
    "a person": ("GET", "/v2/person?email=jane.doe@acme.com", None),
    "a bulk": ("POST", "/v2/person", BULK),
    "a company": ("GET", "/v2/company?domain=acme.com", None),
    "a list": ("GET", "/prospecting/filters/companies/industries_labels", None),
    "a mistake": ("GET", "/v2/person?firstName=Jane", None),
    "no such path": ("GET", "/v2/nothing-is-here", None),
}


@pytest.mark.parametrize("case", CALLS)
def test_what_is_asked_and_answered_again_is_kept_once(case: str, opened: Opened) -> None:
    method, path, body = CALLS[case]
    for _ in range(10):
        opened.client.request(method, path, json=body)

    kept = opened.records[1:]  # who is paid for is told so
    assert len({id(each.answer) for each in kept}) == 1
    assert len({id(each.body) for each in kept}) == 1


def test_looks_that_come_to_the_same_are_kept_once(opened: Opened) -> None:
    companies = {"companies": [{"id": str(n), "domain": f"number{n}.com"} for n in range(20)]}
    for _ in range(5):
        assert opened.post("/v2/company", companies).status_code == 200

    kept = opened.records
    assert [len(list(each.lookups)) for each in kept] == [20] * 5
    assert len({id(each.lookups) for each in kept}) == 1


def test_who_reads_the_journal_leaves_no_answers_to_searches_in_it(opened: Opened) -> None:
    for _ in range(3):
        opened.post(*SEARCHES["people, a long page"])

    read, again = ([each.answer for each in opened.records] for _ in range(2))

    assert read == again
    assert len(set(read)) == 3
    assert not {id(each) for each in read} & {id(each) for each in again}
