"""``tableId`` in calls that find, reveal or tell signals: their results are written to a table."""

# ruff: noqa: E501 - a line of tests reads one call a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from support import CheckedClient

OWNER = {"owner": {"email": "petra.lindqvist@quillmark-robotics.example"}}
ACTING = f"?email={OWNER['owner']['email']}"
PAGE = {"pagination": {"page": 0, "size": 10}}
FILTERS: dict[str, Any] = {
    "contacts": {"contacts": {"include": {"departments": ["Information Technology"]}}},
    "companies": {"companies": {"include": {"sizes": [{"min": 1}]}}},
}


class Writer:
    """Calls that write to a table of a kind."""

    def __init__(self, client: CheckedClient, kind: str) -> None:
        self.client = client
        self.kind = kind
        answer = client.post(f"/v3/{kind}/tables", json={"name": f"of {kind}", **OWNER})
        self.table = answer.json()["data"]["tableId"]

    def call(self, operation: str, **body: Any) -> Any:
        named = {name: value for name, value in {"tableId": self.table, **body}.items() if value is not None}
        answer = self.client.post(f"/v3/{self.kind}/{operation}", json=named)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def prospect(self, **body: Any) -> Any:
        return self.call("prospecting", **PAGE, filters=FILTERS[self.kind], **body)

    def rows(self) -> list[str]:
        answer = self.client.get(f"/v3/{self.kind}/tables/{self.table}/entities{ACTING}")
        return [row["id"] for row in answer.json()["data"]]

    def column(self, column_id: str) -> dict[str, int]:
        columns = self.client.get(f"/v3/{self.kind}/tables/{self.table}/columns{ACTING}").json()["data"]
        column = next(column for column in columns if column["columnId"] == column_id)
        return {name: number for name, number in column.items() if name.startswith("rows") and number}


@pytest.mark.parametrize(("kind", "price"), [("contacts", 0), ("companies", 1)])
def test_what_prospecting_finds_is_written_once(small: CheckedClient, kind: str, price: int) -> None:
    writer = Writer(small, kind)
    bare = writer.prospect(tableId=None)
    before = small.used()

    first, again = writer.prospect(), writer.prospect()

    ids = [result["id"] for result in first["results"]]
    found = len(ids)
    told = {"tableId": writer.table, "columnsCreated": 0, "rowsProcessed": found}
    assert first["tableWrite"] == told | {
        "added": found, "alreadyPresent": 0, "rowsCharged": found, "rowsAlreadyPaidInTable": 0,
        "creditsCharged": price * found,
    }  # fmt: skip
    assert again["tableWrite"] == told | {
        "added": 0, "alreadyPresent": found, "rowsCharged": 0, "rowsAlreadyPaidInTable": found, "creditsCharged": 0,
    }  # fmt: skip
    assert small.used() - before == 2 * bare["billing"]["creditsCharged"] + price * found
    for answer in (first, again):
        del answer["tableWrite"], answer["requestId"]
        assert answer == {name: value for name, value in bare.items() if name != "requestId"}
    assert writer.rows() == ids


def test_people_who_are_revealed_fill_the_columns_of_what_was_asked_for(small: CheckedClient) -> None:
    writer = Writer(small, "contacts")
    ids = [result["id"] for result in writer.prospect(tableId=None)["results"]]

    answer = writer.call("enrich", ids=[*ids, "1"], reveal=["emails"])

    assert answer["tableWrite"]["added"] == len(ids)
    assert writer.rows() == ids
    held = sum("emails" in result for result in answer["results"])
    assert writer.column("c6").get("rowsSuccess", 0) in range(1, held + 1)  # of work mailboxes
    assert writer.column("c7") == {"rowsNotRun": len(ids)}


def test_companies_that_are_revealed_are_paid_in_the_table_with_the_call(small: CheckedClient) -> None:
    writer = Writer(small, "companies")
    ids = [result["id"] for result in writer.prospect(tableId=None)["results"]]
    before = small.used()

    answer = writer.call("enrich", ids=ids)

    written = answer["tableWrite"]
    assert (written["rowsCharged"], written["creditsCharged"]) == (len(ids), 0)
    assert small.used() - before == answer["billing"]["creditsCharged"] == len(ids)
    run = {"runScope": "all", **OWNER}
    url = f"/v3/companies/tables/{writer.table}/columns/c6/run"
    assert small.post(url, json=run).json()["billing"]["creditsCharged"] == 0


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_signals_make_columns_that_can_be_run_and_removed(small: CheckedClient, kind: str) -> None:
    writer = Writer(small, kind)
    ids = [result["id"] for result in writer.prospect(tableId=None)["results"]]
    name = {"contacts": "promotion", "companies": "riskNews"}[kind]
    since = "2024-01-01"

    answer = writer.call("signals", ids=ids, signalTypes=[name], startDate=since)

    assert answer["tableWrite"]["columnsCreated"] == 1
    assert writer.call("signals", ids=ids, signalTypes=[name])["tableWrite"]["columnsCreated"] == 0
    holders = sum(
        bool(result.get(name))
        for result in writer.call("signals", ids=ids, signalTypes=[name], startDate=since)["results"]
    )
    column = f"col_signals_{name}"
    assert writer.column(column).get("rowsSuccess", 0) == holders
    rows = small.get(f"/v3/{kind}/tables/{writer.table}/entities{ACTING}").json()["data"]
    values = [cell["value"] for row in rows for cell in row["columns"] if cell["id"] == column]
    assert len([value for value in values if value is not None]) == holders
    url = f"/v3/{kind}/tables/{writer.table}/columns/{column}"
    assert small.post(f"{url}/run", json={"runScope": "all", **OWNER}).status_code == 200
    assert small.request("DELETE", f"{url}{ACTING}").json() == {
        "tableId": writer.table, "columnId": column, "removed": True,
    }  # fmt: skip


def test_lookalikes_are_written_too(small: CheckedClient) -> None:
    writer = Writer(small, "companies")

    answer = writer.call("lookalike", seeds={"domains": [f"acme{n}.com" for n in range(5)]}, limit=10)

    assert answer["tableWrite"]["added"] == 10
    assert writer.rows() == [result["id"] for result in answer["results"]]


def test_a_call_that_does_both_at_once_writes_to_no_table_whatever_it_is_sent(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(strict="no", people=0, companies=1)
    for kind, item in (("contacts", {"email": "jane.doe@acme.com"}), ("companies", {"domain": "acme.com"})):
        writer = Writer(client, kind)
        for table in (writer.table, {"a": 1}, 5):
            answer = writer.call("search-and-enrich", tableId=table, **{kind: [item]})
            assert "tableWrite" not in answer
        assert writer.rows() == []


def test_a_table_holds_what_the_call_was_shown(small: CheckedClient) -> None:
    writer = Writer(small, "contacts")
    ids = [result["id"] for result in writer.prospect(tableId=None)["results"]]
    rule = {"when": {"operation": "enrichContacts"}, "respond": {"outcome": "no-phones"}}
    assert small.request(
        "PUT", f"/_mock/scenario?account={small.key}", json={"name": "o", "rules": [rule]}
    ).is_success

    answer = writer.call("enrich", ids=ids, reveal=["phones"])

    assert answer["tableWrite"]["added"] == len(ids)
    assert writer.column("c7") == {"rowsNoData": len(ids)}


def test_the_day_of_a_signal_stays_until_its_cell_is_run_again(small: CheckedClient) -> None:
    writer = Writer(small, "companies")
    ids = [result["id"] for result in writer.prospect(tableId=None)["results"]]
    writer.call("signals", ids=ids[:8], signalTypes=["riskNews"], startDate="2024-01-01")

    def days() -> list[str | None]:
        rows = small.get(f"/v3/companies/tables/{writer.table}/entities{ACTING}").json()["data"]
        return [
            cell["value"]
            for row in rows[:8]
            for cell in row["columns"]
            if cell["id"] == "col_signals_riskNews"
        ]

    before = days()
    assert small.request(
        "PATCH", f"/_mock/clock?account={small.key}", json={"advance": 500 * 86_400}
    ).is_success
    small.post(f"/v3/companies/tables/{writer.table}/entities", json={"entityIds": ids[8:], **OWNER})

    assert any(before)
    assert days() == before


def test_what_cannot_be_written_leaves_the_answer_as_it_is_and_the_journal_says_why(
    make_client: Callable[..., CheckedClient],
) -> None:
    client = make_client(people=300, companies=30, credits=5)
    contacts, companies = Writer(client, "contacts"), Writer(client, "companies")
    client.request("PATCH", f"/v3/contacts/tables/{contacts.table}", json={"archived": True, **OWNER})
    reasons = {
        "7": (contacts, "no table has this id"),
        contacts.table: (contacts, "it is archived"),
        companies.table: (contacts, "it is a table of companies"),
        None: (companies, "this request costs 10, and"),
    }
    for table, (writer, reason) in reasons.items():
        answer = writer.prospect(**({} if table is None else {"tableId": table}))
        assert "tableWrite" not in answer
        assert answer["results"]
        journal = client.get(f"/_mock/journal?account={client.key}&last=1").json()
        assert reason in journal["exchanges"][-1]["warnings"][0]
    assert companies.rows() == []
