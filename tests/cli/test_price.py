"""``mock-lusha price``: what a file of requests, or of people and companies, would cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.recordings import run
from documents import PAGES, blocks

from mock_lusha import MockLusha

if TYPE_CHECKING:
    from pathlib import Path

    from mock_lusha.server import MockServer

SMALL = ("--people", "0", "--companies", "1")
ONE = {"operation": "searchSingleCompanyV2", "query": {"domain": "acme.com"}}
PEOPLE = """\
Email,First Name,lastName,Company Domain,Notes
jo.doe@acme.com,Jo,Doe,acme.com,a customer
,Jane,Roe,acme.com,

nobody@acme.com,,,,
jo.doe@acme.com,,,,again
"""


def priced(path: Path, text: str, *flags: str, code: int = 0) -> list[str]:
    """The lines that are shown for a file."""
    path.write_text(text, encoding="utf-8")
    result = run("price", path, *SMALL, *flags)
    assert result.exit_code == code, result.output
    return result.output.splitlines()


def test_people_of_a_csv_are_priced_in_bulks(tmp_path: Path) -> None:
    assert priced(tmp_path / "people.csv", PEOPLE) == [
        "13 credits: 1 request for 4 rows",
        "  contact                0  0 to pay, 1 free",
        "  email                  2  2 to pay, 1 free",
        "  phone                 10  2 to pay, 1 free",
        "  search                 1  1 to pay",
        "found 2, 0 of them paid for already; not found 1",
        "credits: 9,987 left afterwards",
        "time: 0 s at the least, no limit is met",
        "columns not read: Notes",
    ]


def test_the_example_of_the_page_on_prices_is_what_is_shown(tmp_path: Path) -> None:
    people, shown = blocks("text", PAGES["docs/prices.md"])
    path = tmp_path / "people.csv"
    path.write_text(people, encoding="utf-8")

    assert run("price", path, "--plan", "free", "--credits", "20").output == shown


OPERATIONS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "companies by default": ("domain\nacme.com\n", (), "2 credits: 1 request for 1 row"),
    "mailboxes alone": (PEOPLE, ("--reveal", "emails"), "3 credits"),
    "nothing revealed": (PEOPLE, ("--reveal", "none"), "1 credit:"),
    "v2, names in one": (PEOPLE, ("--operation", "searchMultipleContacts"), "12 credits"),
    "one by one": (PEOPLE, ("--operation", "searchSingleContact"), "12 credits: 4 requests"),
    "by ids": ("id\n1\n2\n", ("--operation", "enrichContacts"), "0 credits: 1 request for 2 rows"),
    "semicolons": ("email;id\njo.doe@acme.com;\n", (), "7 credits: 1 request for 1 row"),
}


@pytest.mark.parametrize("case", OPERATIONS)
def test_rows_become_what_an_operation_takes(case: str, tmp_path: Path) -> None:
    text, flags, first = OPERATIONS[case]

    assert priced(tmp_path / "rows.csv", text, *flags)[0].startswith(first)


def test_what_is_missing_what_lets_wait_and_what_is_refused_is_told(tmp_path: Path) -> None:
    rows = "\n".join(["email", *(f"jo.doe{number}@acme.com" for number in range(4_100))])

    lines = priced(tmp_path / "rows.csv", rows, "--plan", "free", "--credits", "650", code=1)

    assert lines[0].endswith("41 requests for 4,100 rows")
    assert "MISSING" in next(line for line in lines if line.startswith("credits:"))
    assert "time: 1 min at the least, by the minute limit of 40 requests in 1 min" in lines
    (refused,) = [line for line in lines if line.startswith("refused:")]
    assert refused == "refused: 40 of 41 requests"
    assert lines[-1] == "  and 20 more"
    assert any(line.startswith("  row 102 to 201: 402 insufficient-credits") for line in lines)


def test_a_finding_about_an_item_names_its_row_and_column(tmp_path: Path) -> None:
    text = "first_name,size,EMAIL\n,,jo@acme.com\nJo,,not a mailbox\n"

    lines = priced(tmp_path / "rows.csv", text, "--operation", "getContactSignalScores", code=1)

    assert lines[-1] == (
        "  row 3, column EMAIL: 400 bad-request: contacts.1.email must be an email (sent: not a mailbox)"
    )


def test_requests_are_priced_one_after_another_from_json_and_lines(tmp_path: Path) -> None:
    lines = "\n".join(map(json.dumps, [ONE, ONE]))

    assert priced(tmp_path / "one.json", json.dumps(ONE))[0] == "1 credit: 1 request"
    for name, text in (("two.json", json.dumps([ONE, ONE])), ("two.jsonl", lines + "\n\n")):
        assert priced(tmp_path / name, text)[:2] == [
            "1 credit: 2 requests",
            "  company                1  1 to pay, 1 free",
        ]


def test_programs_are_told_in_json(tmp_path: Path) -> None:
    shown = json.loads("\n".join(priced(tmp_path / "people.csv", PEOPLE, "--format", "json")))

    assert shown["total"]["price"] == 13
    assert shown["people_and_companies"] == {"found": 2, "already_paid": 0, "not_found": 1, "restricted": 0}
    assert shown["problems"] == []
    assert shown["items"][0]["status"] == 200


def test_an_account_of_a_running_server_is_asked_and_not_changed(server: MockServer, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    with MockLusha(server=server, api_key="priced-elsewhere") as lusha:
        body = {"contacts": [{"email": "jo.doe@acme.com"}]}
        lusha.client.post("/v3/contacts/search-and-enrich", json=body)

        result = run("price", path, "--url", server.url, "--account", "priced-elsewhere")

        assert result.exit_code == 0
        assert "7 credits: 1 request for 4 rows" in result.output
        assert "found 2, 1 of them paid for already; not found 1" in result.output
        assert lusha.ledger.spent == 7


BAD: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "a slip in a column": ("a.csv", "emial\nx\n", (), "row 1: there is no column emial: did you mean email?"),
    "a column twice": ("a.csv", "email,Email\nx\n", (), "row 1: the column email is there twice"),
    "two of one kind": ("a.csv", "domain,company_domain\nx,\n", (), "mean the same"),
    "no column": ("a.csv", "colour,size\nx,y\n", (), "row 1 has no column of identifiers"),
    "too many cells": ("a.csv", "email\na@acme.com,b\n", (), "row 2 has 2 cells, and the heading 1"),
    "an empty row": ("a.csv", "email,size\n,b\n", (), "row 2 has nothing in the columns email"),
    "no rows": ("a.csv", "email\n", (), "it has no rows"),
    "nothing": ("a.csv", "", (), "it is empty"),
    "an open quote": ("a.csv", 'email\n"a@acme.com\n', (), "line 2: unexpected end of data"),
    "another operation": (
        "a.csv",
        "email\nx\n",
        ("--operation", "searchContact"),
        "did you mean searchContacts",
    ),
    "one without rows": ("a.csv", "email\nx\n", ("--operation", "getAccountUsage"), "looks nobody up"),
    "columns of others": (
        "a.csv",
        "email\nx\n",
        ("--operation", "searchCompanies"),
        "reads none of the columns",
    ),
    "no reveal": (
        "a.csv",
        "email\nx\n",
        ("--operation", "searchContacts", "--reveal", "emails"),
        "--body gives",
    ),
    "a body that is none": ("a.csv", "email\nx\n", ("--body", "[]"), "--body is an object"),
    "a body that is no JSON": ("a.csv", "email\nx\n", ("--body", "{"), "--body is not JSON"),
    "too many rows": (
        "a.csv",
        "email\n" + "x\n" * 1_001,
        ("--operation", "searchSingleContact"),
        "1,000 rows: divide the file",
    ),
    "no JSON": ("a.json", "{", (), "it is not JSON"),
    "JSON of another kind": ("a.json", "[1]", (), "neither a request"),
    "no request": ("a.json", "[]", (), "neither a request"),
    "a line that is none": ("a.jsonl", "{}\nx\n", (), "line 2 is not JSON"),
    "a slip in a line": ("a.jsonl", '\n{"operation": "searchContact"}\n', (), "line 2: operation is not one"),
    "flags of a CSV": ("a.json", json.dumps(ONE), ("--reveal", "emails"), "are for rows of a CSV"),
    "settings of a server": (
        "a.json",
        json.dumps(ONE),
        ("--url", "http://127.0.0.1:9"),
        "has its own settings",
    ),
    "a bad setting": ("a.json", json.dumps(ONE), ("--plan", "gold"), "--plan: it takes one of"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_priced_is_refused_in_words(case: str, tmp_path: Path) -> None:
    name, text, flags, words = BAD[case]

    lines = priced(tmp_path / name, text, *flags, code=2)

    assert words in "\n".join(lines)


@pytest.mark.parametrize("content", [b"email\n\xff\n", None])
def test_a_file_that_cannot_be_read_is_named(content: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)

    result = run("price", path)

    assert (result.exit_code, str(path) in result.output) == (2, True)


def test_an_account_must_be_named_for_a_server_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(ONE), encoding="utf-8")

    result = run("price", path, "--url", "http://127.0.0.1:9")

    assert (result.exit_code, "--account KEY is needed" in result.output) == (2, True)
