"""The command ``summary``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from mock_lusha import Control, MockServer, Settings
from mock_lusha.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

PATH = "/v3/companies/search-and-enrich"


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["summary", *args], prog_name="mock-lusha")


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(Settings(port=0, people=0, companies=1, control_token="hush")) as server:
        yield server


def enrich(server: MockServer, key: str) -> None:
    body = {"companies": [{"domain": "acme.com"}]}
    httpx.post(server.url + PATH, json=body, headers={"api_key": key}).raise_for_status()


def test_text_has_the_bill_the_conduct_and_the_coverage(server: MockServer) -> None:
    for key in ("one", "one", "two", "two", "two"):
        enrich(server, key)

    lines = run("--url", server.url, "--token", "hush").output.splitlines()

    assert lines[:2] == [
        "5 calls to api.lusha.com would have cost 10 credits",
        "       5 searchAndEnrichCompanies 200",
    ]
    assert sum(line.startswith("conduct: searched-again, 3 times. ") for line in lines) == 1
    assert any(line.startswith("coverage: 1 of ") for line in lines)


def test_markdown_has_them_as_sections_with_tables(server: MockServer) -> None:
    for _ in range(2):
        enrich(server, "one")

    output = run("--url", server.url, "--token", "hush", "--format", "markdown").output

    assert [line for line in output.splitlines() if line.startswith("#")] == [
        "## Lusha: what was asked",
        "## Lusha: what the client could do better",
        "## Lusha: what was not tried",
    ]
    assert "2 calls would have cost **4 credits**." in output
    assert "\n\n| operation | status | calls |\n| --- | --- | ---: |\n" in output
    assert "| searchAndEnrichCompanies | 200 | 2 |\n" in output


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_bill_outlives_resets_and_accounts(server: MockServer, form: str) -> None:
    enrich(server, "one")
    with Control(server.url, token="hush") as control:
        control.reset()
        enrich(server, "one")
        control.of("one").settle()

        before = run("--url", server.url, "--token", "hush", "--format", form).output
        control.reset()
        after = run("--url", server.url, "--token", "hush", "--format", form).output

    for output in (before, after):
        assert "2 calls " in output
        assert "4 credits" in output
    assert "not tried" not in after
    assert "100.0 %" not in after


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_server_that_nobody_called_has_a_summary_too(server: MockServer, form: str) -> None:
    result = run("--url", server.url, "--token", "hush", "--format", form)

    assert result.exit_code == 0
    assert "0 calls " in result.output
    assert "|" not in result.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--url", "http://127.0.0.1:1"), "cannot be asked"),
        (("--url", "nowhere"), "a server is at an http:// or https:// address, not at 'nowhere'"),
        (("--format", "html"), "'html' is not one of"),
        (("--token", "wrong"), "x-mock-lusha-token"),
    ],
)
def test_it_says_why_it_cannot_tell(server: MockServer, words: tuple[str, ...], why: str) -> None:
    result = run("--url", server.url, *words)

    assert result.exit_code == 2
    assert why in result.output
    assert "Traceback" not in result.output
