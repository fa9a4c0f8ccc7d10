"""The command ``coverage``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from mock_lusha.cli.main import main
from mock_lusha.config import Settings
from mock_lusha.server import MockServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

LINE = 'lusha.on("getAccountUsage").fail("too-many-requests")'


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["coverage", *args], prog_name="mock-lusha")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of which one account asked for its usage."""
    with MockServer(Settings(port=0, people=0, companies=1, control_token="hush")) as server:
        httpx.get(f"{server.url}/v3/account/usage", headers={"api_key": "some-key"})
        yield server.url


def test_the_gaps_are_listed_with_their_lines(url: str) -> None:
    result = run("--url", url, "--token", "hush")

    assert result.exit_code == 0
    head, *rest = result.output.splitlines()
    assert head == (
        "1 call; 1 of 11 operations and situations that concern them were tried (9.1 %), 18 gaps."
    )
    assert rest[1] == "situation"
    assert f"      {LINE}" in rest


def test_the_other_forms_say_the_same(url: str) -> None:
    forms = ("json", "markdown")
    as_json, as_markdown = (run("--url", url, "--token", "hush", "--format", form) for form in forms)

    assert json.loads(as_json.output)["gaps"][0]["line"] == LINE
    assert f"| `{LINE}` |" in as_markdown.output
    assert as_markdown.output.startswith("## Lusha: what was not tried\n")


def test_one_account_alone_and_a_whole_generation_can_be_asked_for(url: str) -> None:
    other = run("--url", url, "--token", "hush", "--account", "another-key")
    whole = run("--url", url, "--token", "hush", "--generations", "v3")

    assert other.stdout.startswith("0 calls; 0 of 0 ")
    assert "no call was made with this key" in other.stderr
    assert (
        run("--url", url, "--token", "hush", "--account", "another-key", "--fail-under", "0").exit_code == 1
    )
    assert "searchContacts was never called" in whole.output


@pytest.mark.parametrize(("least", "code"), [("9", 0), ("9.2", 1), ("100", 1)])
def test_too_little_is_an_exit_code(url: str, least: str, code: int) -> None:
    result = run("--url", url, "--token", "hush", "--fail-under", least)

    assert result.exit_code == code
    assert ("were to be" in result.stderr) is bool(code)


MISTAKES = {
    "no token": ([], "answered with 401"),
    "no such generation": (["--generations", "v33"], "there is no generation 'v33': did you mean v3?"),
    "no percentage": (["--fail-under", "101"], "101.0 is not in the range 0<=x<=100"),
    "no number": (["--fail-under", "nan"], "a percentage"),
    "no form": (["--format", "yaml"], "'yaml' is not one of"),
    "a key that is none": (["--token", "hush", "--account", " "], "account"),
    "nobody there": (["--url", "http://127.0.0.1:9"], "cannot be asked"),
}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_a_mistake_is_told_and_nothing_is_shown(url: str, name: str) -> None:
    args, words = MISTAKES[name]

    result = run("--url", url, *args)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
