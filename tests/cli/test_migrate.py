"""``mock-lusha migrate``: which calls of version 2 are left in recordings, and what takes their place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.recordings import run, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support import CheckedClient

ADA = "/v2/person?email=ada.quill@quill-works.example"
TWO_LEFT = [
    "calls that end with version 2: 3, of operations: 2",
    "",
    "GET /v2/person (searchSingleContact): 2",
    "  successor: POST /v3/contacts/search-and-enrich (searchAndEnrichContacts)",
]
NONE_LEFT = "no call of version 2 is left that ends with it"


@pytest.fixture
def journal(make_client: Callable[..., CheckedClient], tmp_path: Path) -> Callable[..., Path]:
    """Calls some URLs, and gives the file of the journal of them."""

    def keep(*urls: str, **settings: Any) -> Path:
        client = make_client(**settings)
        for url in urls:
            client.get(url)
        path = tmp_path / "journal.json"
        path.write_bytes(client.get("/_mock/journal").content)
        return path

    return keep


def test_calls_of_a_journal_are_counted_by_operation_with_successor_and_changes(
    journal: Callable[..., Path],
) -> None:
    result = run("migrate", journal(ADA, ADA, "/company?domain=acme.com", "/v3/account/usage"))

    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert lines[:4] == TWO_LEFT
    assert '  - `reveal: ["emails", "phones"]` in place of `revealEmails` and `revealPhones`' in lines
    assert "GET /v2/company (searchSingleCompanyV2): 1" in lines
    assert not [line for line in lines if "getAccountUsage" in line]


def test_of_a_full_journal_the_calls_it_no_longer_has_count_too(journal: Callable[..., Path]) -> None:
    result = run("migrate", journal(*[ADA] * 5, journal=1))

    assert "GET /v2/person (searchSingleContact): 5" in result.stdout


def test_calls_of_cassettes_are_listed_also_where_the_operation_is_not_known(
    recorded: Path, tmp_path: Path
) -> None:
    old = {"request": {"method": "GET", "path": "/company"}, "response": {"status": 404, "headers": {}}}
    other = written(tmp_path / "by-hand.yaml", interactions=[old])

    result = run("migrate", recorded, other)

    assert result.exit_code == 1
    assert "GET /v2/company (searchSingleCompanyV2): 2" in result.stdout
    assert "POST /v2/person (searchMultipleContacts): 1" in result.stdout


def test_what_stays_is_told_and_is_no_failure(journal: Callable[..., Path]) -> None:
    result = run("migrate", journal("/account/usage"))

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:4] == [
        NONE_LEFT,
        "",
        "GET /account/usage (getAccountUsageStats): 1; it stays",
        "  successor: GET /v3/account/usage (getAccountUsage)",
    ]


@pytest.mark.parametrize("urls", [(), ("/v3/account/usage", "/nothing")], ids=["no calls", "none of v2"])
def test_where_none_is_left_it_says_so(urls: tuple[str, ...], journal: Callable[..., Path]) -> None:
    result = run("migrate", journal(*urls))

    assert (result.exit_code, result.stdout) == (0, NONE_LEFT + "\n")


def test_programs_read_it_as_json(journal: Callable[..., Path]) -> None:
    result = run("migrate", "--format", "json", journal("/api/signals/filters/contacts", "/account/usage"))

    [options, usage] = json.loads(result.stdout)
    assert options["successors"] == [
        "getContactSignalTypes", "getCompanySignalTypes", "getCompanySignalFilterValues",
    ]  # fmt: skip
    assert (options["operation"], options["calls"], options["ends"]) == ("getSignalOptions", 1, True)
    assert (usage["operation"], usage["ends"]) == ("getAccountUsageStats", False)


UNREADABLE: dict[str, tuple[str, str | bytes | None, str]] = {
    "no such cassette": ("calls.yaml", None, "there is no such cassette"),
    "no such journal": ("journal.json", None, "journal.json: No such file or directory"),
    "a damaged cassette": ("calls.yaml", "format: 1\n", "is damaged"),
    "no JSON": ("journal.json", "{", "is not JSON: "),
    "JSON that is too deep": ("journal.json", "[" * 100_000, "is not JSON: "),
    "no UTF-8": ("journal.json", b"\xff", "is not UTF-8"),
    "a HAR file": ("calls.json", '{"log": {"entries": []}}', "`mock-lusha cassette import` makes a cassette"),
    "another object": ("journal.json", '{"exchanges": []}', "that is what GET /_mock/journal answers"),
    "a list": ("journal.json", "[]", "is not a journal: "),
    "other counts": ("journal.json", '{"counts": {"a": {"1": "x"}}, "exchanges": []}', "counts.a are no"),
    "flat counts": ("journal.json", '{"counts": {"a": 1}, "exchanges": []}', "counts.a are no"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_other_files_are_refused_with_what_they_are(case: str, tmp_path: Path) -> None:
    name, content, message = UNREADABLE[case]
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    result = run("migrate", path)

    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert message in result.stderr
