"""Tables that accounts have from the start, or that a test creates; and cells that fail on script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_lusha.client.mock_lusha import MockLusha
from mock_lusha.client.protocol import ControlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

PETRA, TOMAS = "petra@quill.example", "tomas@quill.example"
FIXTURES = """\
people:
  - {firstName: Ada, lastName: Quill, companyDomain: quill.example, emails: [ada@quill.example], phones: []}
tables:
  - {name: Everybody's, kind: contacts, visibility: shared, rows: [ada@quill.example, "nobody@.example"]}
  - {name: Mine, kind: companies, account: mine, owner: tomas@quill.example, rows: [quill.example]}
"""
ACCOUNTS = f"accounts:\n  mine: {{users: [{PETRA}, {TOMAS}]}}\n"


@pytest.fixture
def client(tmp_path: Path, make_client: Callable[..., CheckedClient]) -> CheckedClient:
    (tmp_path / "tables.yaml").write_text(FIXTURES, encoding="utf-8")
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    return make_client(fixtures=tmp_path, accounts=tmp_path / "accounts.yaml", people=0, companies=1)


def listed(client: CheckedClient, kind: str, user: str, key: str) -> list[str]:
    body = {"owner": {"email": user}}
    data = client.post(f"/v3/{kind}/tables/list", json=body, key=key).json()["data"]
    return [table["name"] for table in data]


def test_accounts_have_the_tables_of_fixtures(client: CheckedClient) -> None:
    assert listed(client, "contacts", PETRA, "mine") == ["Everybody's"]
    assert listed(client, "companies", TOMAS, "mine") == ["Mine"]
    assert listed(client, "companies", PETRA, "mine") == []
    other = "petra.lindqvist@quillmark-robotics.example"
    assert listed(client, "contacts", other, "some-other-key-0123") == ["Everybody's"]
    assert listed(client, "companies", other, "some-other-key-0123") == []


def test_a_row_that_stands_for_nobody_is_told_in_the_journal(client: CheckedClient) -> None:
    listed(client, "contacts", PETRA, "mine")

    warnings = client.get("/_mock/journal?account=mine").json()["exchanges"][0]["warnings"]
    assert len(warnings) == 1
    assert "nobody is known by email nobody@.example; the table Everybody's has no row for it" in warnings[0]


def test_a_test_creates_tables_looks_at_them_and_lets_cells_fail() -> None:
    with MockLusha(people=0, companies=1) as lusha:
        table = lusha.tables.create(
            "Fair", "contacts", ["jane.doe@acme.com", {"email": "ada.quill@acme.com"}]
        )
        path = f"/v3/contacts/tables/{table.id}/columns/c6/run"
        run = {"runScope": "all", "owner": {"email": table.owner}}
        lusha.on("runContactsTableColumn").cells("failed", times=1)

        failed = lusha.client.post(path, json=run)
        assert failed.json()["billing"]["creditsCharged"] == 0
        assert lusha.tables["Fair"].processing
        lusha.clock.advance(1)
        assert lusha.tables[table.id].columns["c6"] == {"name": "Work email", "failed": 2}
        lusha.client.post(path, json=run)
        lusha.clock.advance(1)

        assert {row["cells"]["c6"] for row in lusha.tables.rows("Fair")} <= {"success", "no_data"}
        assert (len(lusha.tables), repr(lusha.tables)) == (1, "<tables: Fair>")
        assert lusha.ledger.spent == sum(row["cells"]["c6"] == "success" for row in lusha.tables.rows("Fair"))


def test_rows_of_fixtures_are_alive_whoever_they_are_of() -> None:
    with MockLusha(people=0, companies=1) as lusha:
        people = lusha.tables.create(
            "People",
            "contacts",
            ["jane.doe@acme.com", {"firstName": "Ada", "lastName": "Byron", "companyDomain": "acme.com"}],
        )
        firms = lusha.tables.create("Firms", "companies", ["acme.com", "acme77.com"])
        for table in (people, firms):
            query = f"email={table.owner}"
            rows = lusha.client.get(f"/v3/{table.kind}/tables/{table.id}/entities?{query}").json()["data"]
            ids = [row["id"] for row in rows]
            assert all(row["columns"][0]["value"] for row in rows)
            results = lusha.client.post(f"/v3/{table.kind}/enrich", json={"ids": ids}).json()["results"]
            assert [result.get("error") for result in results] == [None, None]


def test_a_table_that_was_refused_leaves_no_trace_in_the_ids_of_later_ones() -> None:
    def table_id(*, refused: bool) -> str:
        with MockLusha(people=0, companies=1, api_key="some-key-of-a-test") as lusha:
            if refused:
                with pytest.raises(ControlError, match="nobody is known"):
                    lusha.tables.create("Fair", "contacts", ["nobody@.example"])
            return lusha.tables.create("Fair", "contacts").id

    assert table_id(refused=True) == table_id(refused=False)


@pytest.mark.parametrize(
    ("name", "kind", "rows", "more", "message"),
    [
        ("Fair", "people", [], {}, "kind is one of contacts, companies, not people"),
        ("", "contacts", [], {}, "name is a text"),
        ("x" * 256, "contacts", [], {}, "name has at most 255 characters, not 256"),
        ("There", "companies", [], {}, "A table with this name already exists"),
        ("Fair", "contacts", ["nobody@.example"], {}, "nobody is known by email nobody@.example"),
        (
            "Fair",
            "contacts",
            [],
            {"owner": "me@acme.com"},
            "owner is a user of the account: petra.lindqvist@",
        ),
    ],
)
def test_a_table_that_cannot_be_created_is_refused_and_nothing_is_left(
    name: str, kind: str, rows: list[str], more: dict[str, str], message: str
) -> None:
    with MockLusha(people=0, companies=1) as lusha:
        lusha.tables.create("There", "contacts")

        with pytest.raises(ControlError, match=message):
            lusha.control.create_table(name, kind, rows, **more)
        assert [table.name for table in lusha.tables] == ["There"]
        with pytest.raises(KeyError, match="this account has no table 'Fair'; it has There"):
            lusha.tables["Fair"]
