"""Tables: ``/v3/{contacts,companies}/tables``."""

# ruff: noqa: E501 - a table of cases reads one case a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from support import CheckedClient

PETRA, TOMAS = (f"{name}@quillmark-robotics.example" for name in ("petra.lindqvist", "tomas.okafor"))
PATHS = {"contacts": "/v3/contacts/tables", "companies": "/v3/companies/tables"}


class Caller:
    """Calls of tables of a kind by a user of an account."""

    def __init__(self, client: CheckedClient, kind: str = "contacts", user: str = PETRA) -> None:
        self.client = client
        self.kind = kind
        self.user = user
        self.path = PATHS[kind]

    def send(self, method: str, end: str = "", *, query: str = "", **body: Any) -> httpx.Response:
        url = f"{self.path}{end}"
        if method == "GET" or (method == "DELETE" and not body):
            return self.client.request(method, f"{url}?email={self.user}{query}")
        return self.client.request(method, url, json={"owner": {"email": self.user}, **body})

    def ok(self, method: str, end: str = "", **body: Any) -> Any:
        answer = self.send(method, end, **body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def create(self, name: str = "Fair", **body: Any) -> str:
        table: str = self.ok("POST", name=name, **body)["data"]["tableId"]
        return table

    def ids(self, number: int = 3) -> list[str]:
        """Ids of people, or of companies, that the account was given."""
        if self.kind == "contacts":
            items: Any = {"contacts": [{"email": f"jane.doe@acme{n}.com"} for n in range(number)]}
        else:
            items = {"companies": [{"domain": f"acme{n}.com"} for n in range(number)]}
        results = self.client.post(f"/v3/{self.kind}/search", json=items).json()["results"]
        return [result["id"] for result in results]

    def rows(self, table: str, query: str = "") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.ok("GET", f"/{table}/entities", query=query)["data"]
        return rows

    def columns(self, table: str) -> dict[str, dict[str, Any]]:
        return {column["columnId"]: column for column in self.ok("GET", f"/{table}/columns")["data"]}

    def cells(self, table: str, column: str) -> list[tuple[str, Any]]:
        return [
            next((cell["status"], cell["value"]) for cell in row["columns"] if cell["id"] == column)
            for row in self.rows(table)
        ]


@pytest.fixture(params=PATHS)
def caller(request: pytest.FixtureRequest, small: CheckedClient) -> Caller:
    """Of both kinds, one after the other."""
    return Caller(small, request.param)


@pytest.fixture
def contacts(small: CheckedClient) -> Caller:
    return Caller(small)


def test_a_table_is_created_listed_renamed_archived_and_deleted(caller: Caller) -> None:
    table = caller.create(visibility="shared")

    shown = caller.ok("POST", "/list", name="FAI")
    assert shown["data"] == [
        {
            "tableId": table, "name": "Fair", "entityType": caller.kind, "visibility": "shared", "status": "active",
            "owner": {"id": 1001, "email": PETRA, "name": "Petra Lindqvist"},
            "createdBy": {"surface": "api", "createdByUserId": 1001},
            "workspaceUrl": f"https://workspace.mock-lusha.example/tables/{table}",
        }
    ]  # fmt: skip
    assert shown["pagination"] == {"page": 0, "size": 100, "total": 1}
    assert shown["billing"] == {"creditsCharged": 0, "resultsReturned": 1}
    assert caller.ok("PATCH", f"/{table}", name="Autumn fair", archived=True)["data"]["status"] == "archived"
    assert [caller.ok("POST", "/list", status=s)["pagination"]["total"] for s in ("active", "archived")] == [
        0,
        1,
    ]
    assert caller.ok("PATCH", f"/{table}")["data"]["name"] == "Autumn fair"
    assert caller.ok("DELETE", f"/{table}") == {"tableId": table, "status": "deleted"}
    gone = caller.send("GET", f"/{table}")
    assert (gone.status_code, gone.json()["message"]) == (404, "TABLE_NOT_FOUND: Table not found")
    assert caller.client.used() == 0


def test_a_table_with_ids_begins_with_their_rows_and_leaves_out_who_is_nobody(caller: Caller) -> None:
    ids = caller.ids()
    before = caller.client.used()
    table = caller.create(ids=[ids[1], "999", ids[0], ids[1]])

    assert caller.client.used() - before == (2 if caller.kind == "companies" else 0)
    assert [row["id"] for row in caller.rows(table)] == [ids[1], ids[0]]


def test_a_name_is_one_tables_alone_in_an_account_whatever_it_holds(small: CheckedClient) -> None:
    contacts, companies = Caller(small), Caller(small, "companies", TOMAS)
    contacts.create("Fair")
    other = companies.create("Other")

    for answer in (
        companies.send("POST", name=" Fair "),
        companies.send("PATCH", f"/{other}", name="Fair", visibility="shared"),
    ):
        assert answer.status_code == 409
        assert answer.json()["message"] == "TABLE_NAME_CONFLICT: A table with this name already exists"
    assert companies.ok("GET", f"/{other}")["data"]["visibility"] == "private"
    assert companies.ok("PATCH", f"/{other}", name="Other")["data"]["name"] == "Other"


def test_a_private_table_is_seen_by_its_owner_alone_and_a_shared_one_by_all(contacts: Caller) -> None:
    tomas = Caller(contacts.client, user=TOMAS.upper())
    table = contacts.create()
    ids = contacts.ids()

    assert tomas.send("GET", f"/{table}").status_code == 404
    assert tomas.ok("POST", "/list")["data"] == []
    contacts.ok("PATCH", f"/{table}", visibility="shared")
    assert tomas.ok("POST", f"/{table}/entities", entityIds=ids)["data"]["added"] == 3
    assert [row["tableId"] for row in tomas.ok("POST", "/list")["data"]] == [table]


def test_tables_of_another_account_are_not_there(contacts: Caller) -> None:
    table = contacts.create()
    contacts.client.key = f"{contacts.client.key}-of-another"

    assert contacts.send("GET", f"/{table}").status_code == 404
    assert contacts.create() != table  # the name is free there


def test_adding_and_removing_rows_may_be_sent_again(caller: Caller) -> None:
    ids, table = caller.ids(), caller.create()
    twice = [*ids, ids[0], "999"]

    first = caller.ok("POST", f"/{table}/entities", entityIds=twice)
    again = caller.ok("POST", f"/{table}/entities", entityIds=twice)

    told = {"invalidIds": ["999"], "addedBy": {"surface": "api"}}
    cost = 3 if caller.kind == "companies" else 0
    assert first["data"] == {"added": 3, "alreadyPresent": 1, **told}
    assert again["data"] == {"added": 0, "alreadyPresent": 4, **told}
    assert [each["billing"]["creditsCharged"] for each in (first, again)] == [cost, 0]
    removed = caller.ok("DELETE", f"/{table}/entities", entityIds=[ids[1], ids[1], "999", "what?"])
    assert removed["data"] == {"removed": 1, "invalidIds": ["999", "what?"]}
    assert caller.ok("DELETE", f"/{table}/entities", entityIds=ids[1:2])["data"]["removed"] == 0
    assert [row["id"] for row in caller.rows(table)] == [ids[0], ids[2]]


def test_ids_of_the_other_kind_stand_for_nobody(small: CheckedClient) -> None:
    contacts, companies = Caller(small), Caller(small, "companies")
    mixed = [contacts.ids(1)[0], companies.ids(1)[0]]

    assert (
        contacts.ok("POST", f"/{contacts.create()}/entities", entityIds=mixed)["data"]["invalidIds"]
        == mixed[1:]
    )


def test_reading_rows_costs_a_credit_each_time_and_row(contacts: Caller) -> None:
    table = contacts.create(ids=contacts.ids())
    before = contacts.client.used()

    pages = [contacts.ok("GET", f"/{table}/entities", query=f"&size=2&page={n}") for n in range(3)]

    assert [page["billing"] for page in pages] == [
        {"creditsCharged": n, "resultsReturned": n} for n in (2, 1, 0)
    ]
    assert [page["pagination"]["total"] for page in pages] == [3] * 3
    contacts.rows(table)
    assert contacts.client.used() - before == 6


def test_a_long_table_is_read_page_by_page_in_the_order_in_which_it_was_filled(contacts: Caller) -> None:
    table = contacts.create()
    ids: list[str] = []
    added = 0
    for page in range(3):
        body = {
            "filters": {"companies": {"include": {"sizes": [{"min": 1}]}}},
            "pagination": {"page": page, "size": 100},
            "tableId": table,
        }
        answer = contacts.client.post("/v3/contacts/prospecting", json=body).json()
        added += answer["tableWrite"]["added"]
        ids += [result["id"] for result in answer["results"]]

    rows = [row["id"] for page in range(4) for row in contacts.rows(table, f"&page={page}")]

    assert rows == [each for each in ids if each in set(rows)]
    assert len(rows) == added >= 290  # the law keeps a few from being shown
    assert contacts.rows(table, "&page=1000") == []


def advance(caller: Caller, seconds: float) -> None:
    clock = f"/_mock/clock?account={caller.client.key}"
    assert caller.client.request("PATCH", clock, json={"advance": seconds}).is_success


def test_a_column_runs_on_the_clock_and_is_charged_for_what_it_finds(contacts: Caller) -> None:
    table = contacts.create(ids=contacts.ids(8))
    assert set(contacts.cells(table, "c7")) == {("not_run", None)}

    run = contacts.ok("POST", f"/{table}/columns/c7/run", runScope="missing")
    assert run["data"] == {"columnId": "c7", "runScope": "missing", "status": "processing"}
    assert set(contacts.cells(table, "c7")) == {("processing", None)}
    assert contacts.ok("GET", f"/{table}")["data"]["isProcessing"]
    advance(contacts, 1)

    cells = contacts.cells(table, "c7")
    phones = [value for state, value in cells if state == "success"]
    assert {state for state, _ in cells} == {"success", "no_data"}
    assert all((value is not None) == (state == "success") for state, value in cells)
    assert run["billing"] == {"creditsCharged": 5 * len(phones), "resultsReturned": 8}
    column = contacts.columns(table)["c7"]
    assert (column["rowsSuccess"], column["rowsNoData"]) == (len(phones), 8 - len(phones))
    assert (
        contacts.ok("POST", f"/{table}/columns/c7/run", runScope="missing")["billing"]["resultsReturned"] == 0
    )


def test_a_telephone_that_was_revealed_is_free_the_first_time_and_paid_when_it_is_run_again(
    contacts: Caller,
) -> None:
    ids = contacts.ids(8)
    reveal = {"ids": ids, "reveal": ["phones"]}
    paid = contacts.client.post("/v3/contacts/enrich", json=reveal).json()["billing"]["creditsCharged"]
    table = contacts.create(ids=ids)

    costs = [
        contacts.ok("POST", f"/{table}/columns/c7/run", runScope="all")["billing"]["creditsCharged"]
        for _ in range(2)
    ]
    assert costs == [0, paid]
    assert paid > 0


def test_a_detail_that_a_column_revealed_is_free_elsewhere_and_no_longer_masked(contacts: Caller) -> None:
    ids = contacts.ids(8)
    table = contacts.create(ids=ids)
    masked = [mail for row in contacts.rows(table) for mail in row["datapoints"]["emails"]]
    contacts.ok("POST", f"/{table}/columns/c6/run", runScope="all")
    advance(contacts, 1)
    shown = [mail for row in contacts.rows(table) for mail in row["datapoints"]["emails"]]

    assert {mail["isMasked"] for mail in masked} == {True}
    assert all(mail["email"].startswith("*") and "@" in mail["email"] for mail in masked)
    assert False in {mail["isMasked"] for mail in shown}
    enriched = contacts.client.post("/v3/contacts/enrich", json={"ids": ids, "reveal": ["emails"]}).json()
    mails = [mail["email"] for result in enriched["results"] for mail in result.get("emails", ())]
    assert set(mails) >= {value for _, value in contacts.cells(table, "c6") if value}
    again = contacts.ok("POST", f"/{table}/columns/c6/run", runScope="specific", entityIds=ids[:1])
    assert again["billing"]["resultsReturned"] == 1


def test_a_company_is_paid_once_in_a_table(small: CheckedClient) -> None:
    companies = Caller(small, "companies")
    ids = companies.ids(4)
    rows = {"name": "bare", "kind": "companies", "rows": [f"acme{n}.com" for n in range(4)]}
    created = small.post(f"/_mock/tables?account={small.key}", json=rows).json()
    bare, paid = created["tables"][0]["id"], companies.create("paid", ids=ids[:2])
    companies.ok("POST", f"/{paid}/entities", entityIds=ids)

    def run(table: str, column: str) -> int:
        cost: int = companies.ok("POST", f"/{table}/columns/{column}/run", runScope="all")["billing"][
            "creditsCharged"
        ]
        return cost

    assert [run(paid, column) for column in ("c6", "c7")] == [0, 0]
    assert [run(bare, column) for column in ("c1", "c1", "c6", "c7")] == [4, 0, 0, 0]


def test_what_cannot_be_paid_changes_nothing(make_client: Callable[..., CheckedClient]) -> None:
    client = make_client(credits=3, people=600, companies=60)
    companies = Caller(client, "companies")
    ids, table = companies.ids(3), companies.create()

    refused = companies.send("POST", f"/{table}/entities", entityIds=ids)
    assert refused.status_code == 402
    assert companies.ok("POST", f"/{table}/entities", entityIds=ids[:2])["billing"]["creditsCharged"] == 2
    assert companies.send("GET", f"/{table}/entities").status_code == 402
    assert companies.send("POST", name="Other", ids=ids).status_code == 402
    assert [row["name"] for row in companies.ok("POST", "/list")["data"]] == ["Fair"]
    contacts = Caller(client)
    people = contacts.create("people", ids=[])
    assert contacts.send("POST", f"/{people}/columns/c7/run", runScope="all").status_code == 200


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ({"entityIds": ["x"] * 501}, "entityIds must contain no more than 500 elements"),
        ({"entityIds": []}, "entityIds must contain at least 1 elements"),
        ({"entityIds": ["someone"]}, "Invalid contact id (sent: someone)"),
        (
            {"entityIds": ["1", "2"], "companyIds": ["1"]},
            "companyIds must have an id for each of the 2 entityIds, not 1",
        ),
        ({"entityIds": ["1"], "companyIds": ["acme"]}, "Invalid company id (sent: acme)"),
        ({"entityIds": ["1"], "colour": "red"}, "property colour should not exist"),
        ({"entityIds": ["1"], "owner": {}}, "owner.email should not be empty"),
        ({"entityIds": ["1"], "owner": {"email": "petra"}}, "owner.email must be an email"),
        (
            {"entityIds": ["1"], "owner": {"email": "who@acme.com"}},
            f"owner.email must be a user of this account, whose users are {PETRA}, {TOMAS} (sent: who@acme.com)",
        ),
    ],
)
def test_rows_that_cannot_be_added_are_refused(contacts: Caller, body: dict[str, Any], finding: str) -> None:
    table = contacts.create()

    answer = contacts.send("POST", f"/{table}/entities", **body)

    assert (answer.status_code, contacts.rows(table)) == (400, [])
    assert finding in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "end", "body", "status", "finding"),
    [
        ("POST", "", {"name": ""}, 400, "name should not be empty"),
        ("POST", "", {"name": "x" * 256}, 400, "name must be shorter than or equal to 255 characters"),
        ("POST", "", {"name": "x", "visibility": "public"}, 400, "visibility must be one of the following values"),
        ("POST", "/list", {"size": 101}, 400, "size must not be greater than 100"),
        ("POST", "/list", {"status": "deleted"}, 400, "status must be one of the following values"),
        ("GET", "/7", {}, 404, "TABLE_NOT_FOUND: Table not found"),
        ("PATCH", "/what", {"name": "x"}, 404, "TABLE_NOT_FOUND: Table not found"),
        ("DELETE", "/{table}/columns/c9", {}, 404, "COLUMN_NOT_FOUND: Column not found"),
        ("DELETE", "/{table}/columns/c1", {}, 400, "column c1 (Full name) is a default column, and stays"),
        ("POST", "/{table}/columns/c6/run", {"runScope": "some"}, 400, "runScope must be one of the following values"),
        ("POST", "/{table}/columns/c6/run", {"runScope": "specific"}, 400, "entityIds must contain at least 1 elements"),
        ("POST", "/{table}/columns/c6/run", {"runScope": "specific", "entityIds": ["1"]}, 400, "1 of the entityIds have no row"),
        ("POST", "/{table}/columns/c6/run", {"runScope": "all", "entityIds": ["1"]}, 400, "entityIds goes with runScope specific, not with all"),
        ("POST", "/{table}/columns/c9/run", {"runScope": "all"}, 404, "COLUMN_NOT_FOUND: Column not found"),
        ("DELETE", "/{table}/entities", {"entityIds": []}, 400, "entityIds must contain at least 1 elements"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_served_is_refused(
    contacts: Caller, method: str, end: str, body: dict[str, Any], status: int, finding: str
) -> None:
    table = contacts.create("There")

    answer = contacts.send(method, end.format(table=table), **body)

    assert answer.status_code == status
    assert finding in answer.json()["message"]


def test_a_user_must_be_named_in_the_query(contacts: Caller) -> None:
    table = contacts.create()

    for query in ("", "?email=", "?email=nobody%40acme.com", "?email=petra"):
        answer = contacts.client.get(f"{contacts.path}/{table}{query}")
        assert answer.status_code == 400, query
        assert "email" in answer.json()["message"]


def test_a_table_that_is_archived_is_read_and_takes_no_changes(contacts: Caller) -> None:
    ids = contacts.ids(1)
    table = contacts.create(ids=ids)
    contacts.ok("PATCH", f"/{table}", archived=True)

    for method, end, body in (
        ("POST", "entities", {"entityIds": ids}),
        ("DELETE", "entities", {"entityIds": ids}),
        ("POST", "columns/c6/run", {"runScope": "all"}),
    ):
        answer = contacts.send(method, f"/{table}/{end}", **body)
        assert (answer.status_code, answer.json()["message"]) == (
            400, "the table is archived: set archived to false first",
        )  # fmt: skip
    assert len(contacts.rows(table)) == 1
    contacts.ok("PATCH", f"/{table}", archived=False)
    assert contacts.ok("DELETE", f"/{table}/entities", entityIds=ids)["data"]["removed"] == 1


def test_somebody_erased_has_an_empty_row(contacts: Caller) -> None:
    table = contacts.create(ids=contacts.ids(2))
    erased = {"people": [{"email": "jane.doe@acme0.com"}]}
    assert contacts.client.post(
        f"/_mock/entities/erase?account={contacts.client.key}", json=erased
    ).is_success

    rows = contacts.rows(table)

    assert [{cell["value"] for cell in row["columns"]} == {None} for row in rows] == [True, False]
    assert "firstName" not in rows[0]


def test_nobody_pays_for_who_was_erased(contacts: Caller) -> None:
    table = contacts.create(ids=contacts.ids(3))
    erased = {"people": [{"email": f"jane.doe@acme{n}.com"} for n in range(3)]}
    assert contacts.client.post(
        f"/_mock/entities/erase?account={contacts.client.key}", json=erased
    ).is_success
    before = contacts.client.used()

    run = contacts.ok("POST", f"/{table}/columns/c6/run", runScope="all")
    advance(contacts, 1)

    assert {cell for row in contacts.rows(table) for cell in [row["columns"][5]["status"]]} == {"no_data"}
    assert (contacts.columns(table)["c6"]["rowsNoData"], run["billing"]["creditsCharged"]) == (3, 0)
    assert contacts.client.used() == before


@pytest.mark.parametrize("outcome", ["no-phones", "gdpr", "not-found"])
def test_a_run_sees_people_as_a_scenario_wants_them_to_be(contacts: Caller, outcome: str) -> None:
    table = contacts.create(ids=contacts.ids(6))
    rule = {"when": {"operation": "runContactsTableColumn"}, "respond": {"outcome": outcome}}
    scenario = f"/_mock/scenario?account={contacts.client.key}"
    assert contacts.client.request("PUT", scenario, json={"name": "ours", "rules": [rule]}).is_success

    run = contacts.ok("POST", f"/{table}/columns/c7/run", runScope="all")
    advance(contacts, 1)

    assert (run["billing"]["creditsCharged"], contacts.columns(table)["c7"]["rowsNoData"]) == (0, 6)


def test_a_run_sees_what_was_changed_of_somebody_since(contacts: Caller) -> None:
    table = contacts.create(ids=contacts.ids(1))
    entities = f"/_mock/entities?account={contacts.client.key}"
    find = {"email": "jane.doe@acme0.com"}
    costs = []
    changes: list[dict[str, Any]] = [{"phones": []}, {"phones": ["+1 212-555-0123"]}, {"restricted": "gdpr"}]
    for change in changes:
        patch = {"people": [{"find": find, "set": change}]}
        assert contacts.client.request("PATCH", entities, json=patch).is_success
        run = contacts.ok("POST", f"/{table}/columns/c7/run", runScope="all")
        costs.append(run["billing"]["creditsCharged"])

    assert costs == [0, 5, 0]


def test_a_run_that_failed_has_used_up_nothing(contacts: Caller) -> None:
    ids = contacts.ids(4)
    contacts.client.post("/v3/contacts/enrich", json={"ids": ids, "reveal": ["emails"]})
    table = contacts.create(ids=ids)
    rule = {"when": {"operation": "runContactsTableColumn", "nth": 1}, "respond": {"cells": "failed"}}
    scenario = f"/_mock/scenario?account={contacts.client.key}"
    assert contacts.client.request("PUT", scenario, json={"name": "ours", "rules": [rule]}).is_success

    costs = [
        contacts.ok("POST", f"/{table}/columns/c6/run", runScope="all")["billing"]["creditsCharged"]
        for _ in range(2)
    ]
    assert costs == [0, 0]


@pytest.mark.parametrize(
    ("plan", "reads", "writes"), [("scale", 200, 201), ("pro", 200, 403), ("free", 403, 403)]
)
def test_plans_read_or_write_tables(
    make_client: Callable[..., CheckedClient], plan: str, reads: int, writes: int
) -> None:
    caller = Caller(make_client(plan=plan, people=0, companies=1))

    assert caller.send("POST", "/list").status_code == reads
    assert caller.send("POST", name="Fair").status_code == writes


def test_reset_lets_tables_go(contacts: Caller) -> None:
    table = contacts.create()

    assert contacts.client.request("DELETE", f"/_mock/accounts?account={contacts.client.key}").is_success

    assert contacts.send("GET", f"/{table}").status_code == 404
    assert contacts.create() == table
