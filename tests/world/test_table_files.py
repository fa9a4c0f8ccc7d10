"""Tables in files of fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_lusha.errors import DataFileError
from mock_lusha.world.pin_files import read_fixtures
from mock_lusha.world.resolver import CompanyQuery, PersonQuery
from mock_lusha.world.table_files import TableFixture, table_fixtures

if TYPE_CHECKING:
    from pathlib import Path

TABLES = """\
tables:
  - name: Autumn fair
    kind: contacts
    rows:
      - ada@quill.example
      - https://www.linkedin.com/in/mock-ada
      - {firstName: Ada, lastName: Quill, companyDomain: quill.example}
      - {personId: 4711}
  - {name: Suppliers, kind: companies, account: acme-ci, owner: petra@quill.example, visibility: shared,
     rows: [quill.example, {name: Quill Works}]}
  - {name: Suppliers, kind: companies, account: other, rows: null}
"""


def read(tmp_path: Path, text: str) -> tuple[TableFixture, ...]:
    (tmp_path / "tables.yaml").write_text(text, encoding="utf-8")
    return table_fixtures(read_fixtures([tmp_path]))


def test_a_file_says_what_tables_there_are(tmp_path: Path) -> None:
    fair, suppliers, empty = read(tmp_path, TABLES)

    assert fair.rows == (
        PersonQuery(email="ada@quill.example"),
        PersonQuery(linkedin_url="https://www.linkedin.com/in/mock-ada"),
        PersonQuery(first_name="Ada", last_name="Quill", company_domain="quill.example"),
        PersonQuery(person_id="4711"),
    )
    assert (fair.kind, fair.account, fair.owner, fair.is_shared) == ("contacts", None, None, False)
    assert suppliers.rows == (CompanyQuery(domain="quill.example"), CompanyQuery(name="Quill Works"))
    assert (suppliers.account, suppliers.owner, suppliers.is_shared) == (
        "acme-ci",
        "petra@quill.example",
        True,
    )
    assert empty.rows == ()
    assert suppliers.source == f"{tmp_path / 'tables.yaml'}:9"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("tables: [{kind: contacts}]", 1, "a table needs name"),
        ("tables: [{name: x}]", 1, "a table needs kind"),
        ("tables:\n- name: x\n  kind: people", 3, "kind is one of contacts, companies, not people"),
        ("tables:\n- {name: x, kind: contacts, colour: red}", 2, "a table has no 'colour': known are name, "),
        (
            "tables:\n- {name: x, kind: contacts, visibility: public}",
            2,
            "visibility is one of private, shared, not",
        ),
        (
            "tables:\n- {name: x, kind: contacts, rows: [quill.example]}",
            2,
            "a row of contacts is an e-mail address",
        ),
        ("tables:\n- {name: x, kind: contacts, rows: [{domain: a}]}", 2, "a row has no 'domain'"),
        (
            "tables:\n- {name: x, kind: companies, rows: [{}]}",
            2,
            "a row needs one of companyId, domain, name",
        ),
        (
            "tables:\n- {name: x, kind: companies}\n- {name: x, kind: contacts}",
            3,
            "a table named x is there already",
        ),
        ("tables: {name: x}", 1, "tables is a list, not"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(DataFileError) as caught:
        read(tmp_path, text)

    assert str(caught.value).startswith(f"{tmp_path / 'tables.yaml'}:{line}: {message}")
